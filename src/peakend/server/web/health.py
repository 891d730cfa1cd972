"""Is it alive, is it ready, and how is it doing: for whatever watches the site."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from peakend.server.web.metrics import STATE
from peakend.server.web.pages import public_page

_facts: dict[str, Callable[[], object]] = {}


def add_fact(name: str, fact: Callable[[], object]) -> None:
    """Let readiness tell `fact()` under `name`, for whoever watches; it makes nobody ready or not."""
    _facts[name] = fact


@public_page
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


@public_page
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and has every migration, and the site's folder takes files; 503 with the reason
    otherwise."""
    from django.db import Error
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        facts = {name: fact() for name, fact in _facts.items()}
    except Error as error:
        request.unavailable = True  # a warning in the log, no error: see `web.logs.Patience`
        return JsonResponse({"status": "no database", "error": type(error).__name__}, status=503)
    if waiting:
        return JsonResponse({"status": "migrations wait", "count": len(waiting)}, status=503)
    try:
        _write_a_little()
    except OSError as error:
        return JsonResponse({"status": "no room", "error": error.strerror or "OSError"}, status=503)
    return JsonResponse({"status": "ready", **facts})


def _write_a_little() -> None:
    """As much as an answer may need, where photos and the database are. OSError where it does not fit."""
    with tempfile.TemporaryFile(dir=settings.HOME.folder) as file:
        file.write(b"\0" * 65_536)
        file.flush()


@public_page
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format: to this machine, or to whoever sends `PEAKEND_METRICS_TOKEN` as a bearer."""
    token = os.environ.get("PEAKEND_METRICS_TOKEN", "")
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    local = (
        request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1", "")
        and "HTTP_X_FORWARDED_FOR" not in request.META
    )
    if not (local or (token and constant_time_compare(sent, token))):
        return HttpResponse(status=403)
    told = generate_latest(_registry()) + generate_latest(STATE)
    return HttpResponse(told, content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    """Every web process's counts where several share a folder, else this one's."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry
