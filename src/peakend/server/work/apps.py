"""The area `work`: the worker and its sweeps."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.work"
    label = "work"
