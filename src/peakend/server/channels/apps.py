"""The area `channels`: places, invitations, fatigue, quotas, triggers."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.channels"
    label = "channels"
