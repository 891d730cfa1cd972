"""The journey map: what follows what, how long after, with what feeling; and where two groups part."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.journey.graph.contrasts import ContrastError, compare_journeys
    from peakend.journey.graph.following import ByError, directly_follows

__all__ = ["ByError", "ContrastError", "compare_journeys", "directly_follows"]


def __getattr__(name: str) -> object:
    """Load numpy and scipy only when a function is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from peakend.journey.graph import contrasts, following

    return {**vars(following), **vars(contrasts)}[name]
