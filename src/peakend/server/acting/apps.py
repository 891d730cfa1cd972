"""The area `acting`: who acts, what they may, what was done."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.acting"
    label = "acting"
