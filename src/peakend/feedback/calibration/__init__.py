"""Weights that make a sample look like its population: post-stratification and raking."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.feedback.calibration.raking import Calibration, CalibrationError, post_stratify, rake
    from peakend.feedback.calibration.strata import StratifiedMean, stratified_mean

__all__ = [
    "Calibration",
    "CalibrationError",
    "StratifiedMean",
    "post_stratify",
    "rake",
    "stratified_mean",
]


def __getattr__(name: str) -> object:
    """Load numpy only when a function is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from peakend.feedback.calibration import raking, strata

    return {**vars(strata), **vars(raking)}[name]
