"""The area `web`: pages, their look, the frame of the API; it begins every other area's parts."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class Area(AppConfig):
    """Django's handle on the area."""

    name = "peakend.server.web"
    label = "web"

    def ready(self) -> None:
        """Import what areas declare by being imported: policies, menu, receivers, holders, sweeps."""
        from django.conf import settings

        for area in settings.AREAS:
            for part in ("policies", "menu", "receivers", "holding", "tasks"):
                name = f"peakend.server.{area}.{part}"
                if find_spec(name) is not None:
                    import_module(name)
