"""The area `initiatives`: what was tried, what it cost, and whether it worked: win-back and other initiatives."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.initiatives"
    label = "initiatives"
