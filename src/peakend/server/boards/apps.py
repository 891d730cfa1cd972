"""The area `boards`: live figures, saved views, the customer's page."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.boards"
    label = "boards"
