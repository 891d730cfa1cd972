"""The area `care`: customer care as a programme: standards, levels, audits, a calendar."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.care"
    label = "care"
