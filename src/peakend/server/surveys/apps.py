"""The area `surveys`: questionnaires and their versions."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.surveys"
    label = "surveys"
