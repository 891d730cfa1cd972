"""The area `cases`: the inner loop: one case for one bad experience."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.cases"
    label = "cases"
