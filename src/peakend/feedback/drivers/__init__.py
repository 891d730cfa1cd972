"""What drives the whole: relative importance, asymmetry, priorities, with honest intervals."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.feedback.drivers.covariance import em_covariance
    from peakend.feedback.drivers.dominance import Dominance, dominance_analysis
    from peakend.feedback.drivers.importance import Driver, RelativeImportance, relative_importance

__all__ = [
    "Dominance",
    "Driver",
    "RelativeImportance",
    "dominance_analysis",
    "em_covariance",
    "relative_importance",
]

_HOMES = {
    "Dominance": "dominance",
    "Driver": "importance",
    "RelativeImportance": "importance",
    "dominance_analysis": "dominance",
    "em_covariance": "covariance",
    "relative_importance": "importance",
}


def __getattr__(name: str) -> object:
    """Load what is asked for when it is: numpy and numba are slow to import."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
