"""Counts and times of requests for Prometheus."""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram

# What is read from the database when asked for, apart from what processes count: areas register here.
STATE = CollectorRegistry()
REQUESTS = Counter("peakend_requests_total", "Requests answered", ("method", "route", "status"))
SECONDS = Histogram(
    "peakend_request_seconds",
    "Seconds a request took",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


_counting = True
_ROOM = {"counter": 262_144, "histogram": 524_288}  # bytes: some thousand routes with their statuses


def reserve_room(folder: Path, pid: int) -> None:
    """Take the room on the disk that the counts of the process `pid` need, before it counts anything.

    The library maps its files into memory with holes in them: on a full disk the first number written into a
    hole kills the process, and with it the answer it was about to give. Where there is no room this process
    counts nothing.
    """
    global _counting
    try:
        for name, size in _ROOM.items():
            with (folder / f"{name}_{pid}.db").open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, size)
    except OSError:
        for name in _ROOM:
            (folder / f"{name}_{pid}.db").unlink(missing_ok=True)
        _counting = False


def counted(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request."""
    if not _counting:
        return
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
