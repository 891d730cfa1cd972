"""The area `company`: sites, teams and touchpoints."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.company"
    label = "company"
