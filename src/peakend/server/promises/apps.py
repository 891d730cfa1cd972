"""The area `promises`: what is promised to customers, what terms keep of it, whether it can be paid."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.promises"
    label = "promises"
