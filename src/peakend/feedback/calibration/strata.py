"""The mean of a post-stratified sample with the error that its strata leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.calibration.raking import CalibrationError, post_stratify
from peakend.feedback.intervals import normal_quantile
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class StratifiedMean:
    """value: Σ W_h ȳ_h in the unit of y; se and interval from the variance within strata; None for fewer
    than two answers in a stratum. effective_n: Kish's size of the weights behind it."""

    value: float
    se: float | None
    low: float | None
    high: float | None
    n: int
    effective_n: float


def stratified_mean(
    y: ArrayLike,
    strata: Sequence[Any] | NDArray[Any],
    population: Mapping[str, float],
    confidence: float = 0.95,
) -> StratifiedMean:
    """Σ W_h ȳ_h with variance Σ W_h² s_h² / n_h, s_h² the variance (divisor n_h) within stratum h.

    y: a finite number a respondent (for NPS: `100 * nps_points(scores)`). strata: a label each, none unknown.
    population: people or shares by label. Raises `CalibrationError`.
    Source: Cochran (1977), Sampling Techniques, 3rd ed., eq. 5.6 and 5A.42 to the first order.
    """
    values = np.asarray(y, dtype=float)
    labels = np.asarray(strata, dtype=object)
    if values.ndim != 1 or len(values) != len(labels) or not np.isfinite(values).all():
        raise CalibrationError(
            Text(
                "Every respondent needs one finite number and one stratum.",
                "每位应答者须有一个有限的数值和一个分层。",
            )
        )
    found = post_stratify(labels, population, np.ones(len(values)))
    total = sum(population.values())
    value, variance, alone = 0.0, 0.0, False
    for label, size in population.items():
        inside = values[labels == label]
        share = size / total
        value += share * float(inside.mean())
        variance += share**2 * float(inside.var()) / len(inside)
        alone |= len(inside) < 2
    se = None if alone else float(np.sqrt(variance))
    half = None if se is None else normal_quantile(confidence) * se
    return StratifiedMean(
        value=value,
        se=se,
        low=None if half is None else value - half,
        high=None if half is None else value + half,
        n=len(values),
        effective_n=found.effective_n,
    )
