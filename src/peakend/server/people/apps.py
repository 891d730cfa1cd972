"""The area `people`: those who sign in: roles, scope, sessions, tokens."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.people"
    label = "people"
