"""Peak-end as a tested model: what of a journey is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.journey.remembered.fitting import fit_memory
    from peakend.journey.remembered.journey_memory import MomentsError, peak_end, worst_and_last
    from peakend.journey.remembered.verdict import MemoryFit, ModelFit

__all__ = ["MemoryFit", "ModelFit", "MomentsError", "fit_memory", "peak_end", "worst_and_last"]


def __getattr__(name: str) -> object:
    """Load numpy and scipy only when a function is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from peakend.journey.remembered import fitting, journey_memory, verdict

    return {**vars(verdict), **vars(journey_memory), **vars(fitting)}[name]
