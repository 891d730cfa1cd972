"""The area `improvement`: the outer loop: huddles, topics, broadcasts, visits."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.improvement"
    label = "improvement"
