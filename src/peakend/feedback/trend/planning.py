"""How many answers a difference takes, and the smallest difference so many answers would show.

>>> answers_needed(0.05, 0.61)      # 5 NPS points, half promoters and a fifth detractors, each period
3831
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from peakend.errors import PeakendError
from peakend.feedback.intervals import normal_quantile
from peakend.language import Text


class PlanningError(PeakendError):
    """A difference of 0, a negative variance, a power or an error outside 0 to 1. `data` has them."""

    code: ClassVar[str] = "feedback.planning"


def answers_needed(
    difference: float,
    variance: float,
    power: float = 0.8,
    alpha: float = 0.05,
    design_effect: float = 1.0,
    comparisons: int = 1,
) -> int:
    """Answers needed in each of two periods to find `difference` with `power`.

    2v · design effect · ((z₁₋α/₂ + z_power) / δ)².

    difference, variance: in one unit; the variance of one answer: p + d − (p − d)² for NPS as a share (so 5
    points are .05), p(1 − p) for a share, s² for a mean. design_effect: n over effective n. comparisons: so
    many are made at once and alpha is shared among them (Bonferroni; Holm needs no more). Raises
    `PlanningError`.
    Source: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, 3rd ed., chapter 4;
    design effect: Kish (1965), Survey Sampling, section 8.2.
    """
    z = _z(power, alpha, comparisons)
    if not (np.isfinite(difference) and difference != 0 and variance >= 0 and design_effect > 0):
        raise _refused(difference=difference, variance=variance, design_effect=design_effect)
    return max(2, int(np.ceil(2 * variance * design_effect * (z / difference) ** 2)))


def detectable_difference(
    se: float, se_before: float, power: float = 0.8, alpha: float = 0.05, comparisons: int = 1
) -> float:
    """The smallest true difference that two periods with these standard errors would find with `power`.

    (z₁₋α/₂ + z_power) √(se² + se²), in the unit of the errors. Raises `PlanningError`.
    Source: Bloom (1995), Evaluation Review 19(5), pp. 547–556 (minimum detectable effect).
    """
    z = _z(power, alpha, comparisons)
    if not (se >= 0 and se_before >= 0):
        raise _refused(se=se, se_before=se_before)
    return z * float(np.hypot(se, se_before))


def _z(power: float, alpha: float, comparisons: int) -> float:
    from scipy.special import ndtri

    if not (0 < power < 1 and 0 < alpha < 1 and comparisons >= 1):
        raise _refused(power=power, alpha=alpha, comparisons=comparisons)
    return normal_quantile(1 - alpha / comparisons) + float(ndtri(power))


def _refused(**data: object) -> PlanningError:
    listed = ", ".join(f"{name} {value}" for name, value in data.items())
    return PlanningError(
        Text(f"No sample size answers this: {listed}.", f"这样的设定没有对应的样本量：{listed}。"),
        Text(
            "The difference must not be 0, variances and errors not negative; power and alpha lie between 0 "
            "and 1.",
            "差异不得为 0，方差与误差不得为负，功效与显著性水平应在 0 与 1 之间。",
        ),
        **data,
    )
