"""The area `promises`: what is promised to customers, what its terms keep of it, and whether it can be paid."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.promises"
    label = "promises"
