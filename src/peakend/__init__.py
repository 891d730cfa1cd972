"""Peakend 峰终: which customers matter, what they feel, what drives it, what to do, and whether it paid.

    import peakend as pk
    w = pk.open("duckdb:///x.duckdb")
    w.load("folder")
    w.run()
    w.table("nps_by_touchpoint").to_arrow()

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.analyses import catalogue as catalogue
    from peakend.declaration import Settings as Settings
    from peakend.errors import PeakendError as PeakendError
    from peakend.workspace import Workspace as Workspace
    from peakend.workspace import open_workspace as open

    __version__: str

_HOMES = {
    "PeakendError": ("peakend.errors", "PeakendError"),
    "Settings": ("peakend.declaration", "Settings"),
    "Workspace": ("peakend.workspace", "Workspace"),
    "catalogue": ("peakend.analyses", "catalogue"),
    "open": ("peakend.workspace", "open_workspace"),
}

__all__ = ["PeakendError", "Settings", "Workspace", "__version__", "catalogue", "open"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "__version__":
        from peakend.release import version

        return version()
    if name not in _HOMES:
        raise AttributeError(f"module 'peakend' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
