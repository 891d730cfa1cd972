"""The area `notices`: outbox, webhooks, e-mail, notifications."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.notices"
    label = "notices"
