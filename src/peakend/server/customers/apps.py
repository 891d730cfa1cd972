"""The area `customers`: customers, consents, interactions."""

from __future__ import annotations

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.customers"
    label = "customers"
