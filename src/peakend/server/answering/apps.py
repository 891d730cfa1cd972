"""The area `answering`: the pages customers answer on."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.answering"
    label = "answering"
