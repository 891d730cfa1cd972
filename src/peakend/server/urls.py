"""Every address of the site: each area brings its own."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from peakend.server.web import assets, health
from peakend.server.web.api import api

_AREAS = [area for area in settings.AREAS if find_spec(f"peakend.server.{area}.urls") is not None]
for _area in settings.AREAS:
    if find_spec(f"peakend.server.{_area}.api") is not None and _area != "web":
        api.add_router("", import_module(f"peakend.server.{_area}.api").router, tags=[_area])

urlpatterns = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("assets/<slug:digest>/<str:name>", assets.serve, name="asset"),
    path("api/v1/", api.urls),
    *(path("", include(f"peakend.server.{area}.urls")) for area in _AREAS),
]
handler400 = "peakend.server.web.refusing.bad_request"
handler404 = "peakend.server.web.errors.not_found"
handler500 = "peakend.server.web.errors.fault"
