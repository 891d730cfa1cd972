"""The area `initiatives`: what was tried, what it cost, whether it worked."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.initiatives"
    label = "initiatives"
