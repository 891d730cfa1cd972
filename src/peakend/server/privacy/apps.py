"""The area `privacy`: export, erasure, retention."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.privacy"
    label = "privacy"
