"""The area `sync`: what the worker brings to the warehouse."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.sync"
    label = "sync"
