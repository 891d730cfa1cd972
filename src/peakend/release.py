"""Which Peakend this is."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """The installed version, e.g. "0.1.0"; "unknown" when run from a bare source tree."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("peakend")
    except PackageNotFoundError:
        return "unknown"
