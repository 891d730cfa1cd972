"""What makes detractors and what makes promoters: two models, one for each end, and where they differ.

A logistic model for each end gives the average change of its probability a point of the driver. Whether a
driver works at one end more than at the other is tested on the log-odds: if the outcome were one scale that
the drivers shift (proportional odds), both models would have the same coefficients with opposite signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.comparison import holm
from peakend.feedback.drivers.errors import DriversError
from peakend.feedback.drivers.regression import Fit, clustered, logistic, two_sided, with_intercept
from peakend.feedback.drivers.sample import Sample, Values, read_sample
from peakend.feedback.drivers.skipped import filled
from peakend.feedback.intervals import t_quantile
from peakend.language import Text

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
End = Literal["both", "more_detractors", "more_promoters", "cannot_tell"]

EVENTS_A_DRIVER = 5


class OneClassError(DriversError):
    """Too few respondents at one end. `data`: end, count, needed."""

    code = "feedback.drivers.one_class"

    def __init__(self, end: str, count: int, needed: int) -> None:
        name = {"detractors": Text("detractors", "贬损者"), "promoters": Text("promoters", "推荐者")}[end]
        super().__init__(
            Text(
                f"Only {count} respondents are {name.en}, or are not; a model needs {needed} of each.",
                f"{name.zh}或其余应答者仅 {count} 人；建模需各有 {needed} 人。",
            ),
            Text("Use fewer drivers, or wait for more answers.", "请减少驱动项，或等待更多答案。"),
            end=end,
            count=count,
            needed=needed,
        )


@dataclass(frozen=True, slots=True)
class EndEffects:
    """One end's model, an entry a driver.

    effect: average change of the share at this end a point of the driver (a probability), low and high its
    interval; log_odds: the coefficient; p, adjusted_p: of no effect, the latter after Holm over the drivers.
    """

    count: int
    effect: Numbers
    low: Numbers
    high: Numbers
    log_odds: Numbers
    p: Numbers
    adjusted_p: Numbers


@dataclass(frozen=True, slots=True)
class Extremes:
    """Both models and where they differ.

    difference: (−log-odds of being a detractor) less (log-odds of being a promoter) a point; above 0 the
    driver keeps from detracting more than it makes promoters. p and adjusted_p of no difference (Holm).
    ends: "more_detractors" or "more_promoters" where the difference is shown, "both" where an effect is shown
    at either end and no difference, else "cannot_tell".
    """

    names: tuple[str, ...]
    n: int
    detractors: EndEffects
    promoters: EndEffects
    difference: Numbers
    p: Numbers
    adjusted_p: Numbers
    ends: tuple[End, ...]


def extremes(
    drivers: Values,
    outcome: Values,
    weights: Values = None,
    clusters: Values = None,
    *,
    detractor_to: float = 6,
    promoter_from: float = 9,
    confidence: float = 0.95,
    alpha: float = 0.05,
) -> Extremes:
    """Models for `outcome` ≤ `detractor_to` and for `outcome` ≥ `promoter_from` on `drivers` (n × p).

    Skipped answers (NaN) are filled from the respondent's others (`skipped.filled`). Errors are robust,
    within clusters where given. Raises `OneClassError` with fewer than 5 respondents a driver at an end or
    outside it, `NotConvergedError`, `CollinearDriversError`, the errors of `sample.read_sample`.
    Source: the comparison by driver is Brant's (1990), Biometrics 46(4), pp. 1171–1178, with a joint robust
    covariance; average marginal effects by the delta method, Cameron & Trivedi (2005), section 5.9.
    """
    sample = read_sample(drivers, outcome, weights, clusters)
    whole = filled(sample.drivers, sample.weight)
    below, above = sample.outcome <= detractor_to, sample.outcome >= promoter_from
    needed = EVENTS_A_DRIVER * len(sample.names)
    for end, inside in (("detractors", below), ("promoters", above)):
        smaller = int(min(inside.sum(), (~inside).sum()))
        if smaller < needed:
            raise OneClassError(end, smaller, needed)
    fits = [logistic(whole, inside.astype(float), sample.weight) for inside in (below, above)]
    covariance = clustered(np.hstack([fit.influence for fit in fits]), sample.cluster)
    df = float(sample.units - 1)
    size, stride = len(sample.names), len(sample.names) + 1
    both = [
        _end(fit, sample, whole, inside, confidence, covariance[k * stride :, k * stride :][:stride, :stride])
        for k, (fit, inside) in enumerate(zip(fits, (below, above), strict=True))
    ]
    gap = -fits[0].coefficients[:size] - fits[1].coefficients[:size]
    places = np.arange(size)
    variance = (
        covariance[places, places]
        + covariance[places + stride, places + stride]
        + 2 * covariance[places, places + stride]
    )
    p = two_sided(gap, np.sqrt(np.maximum(variance, 0)), df)
    adjusted = holm(p)[0]
    shown = (both[0].adjusted_p <= alpha) | (both[1].adjusted_p <= alpha)
    ends = tuple(_named(g, bool(a <= alpha), bool(s)) for g, a, s in zip(gap, adjusted, shown, strict=True))
    return Extremes(sample.names, len(sample), both[0], both[1], gap, p, adjusted, ends)


def _named(gap: float, differs: bool, shown: bool) -> End:
    if differs:
        return "more_detractors" if gap > 0 else "more_promoters"
    return "both" if shown else "cannot_tell"


def _end(
    fit: Fit, sample: Sample, whole: Numbers, inside: Flags, confidence: float, covariance: Numbers
) -> EndEffects:
    """Average marginal effects Σw p(1−p) β / Σw with their delta-method errors."""
    size, df = len(sample.names), float(sample.units - 1)
    weight = sample.weight / sample.weight.sum()
    share, log_odds = fit.fitted, fit.coefficients[:size]
    slope = share * (1 - share)
    effect = float(weight @ slope) * log_odds
    bend = (weight * slope * (1 - 2 * share)) @ with_intercept(whole)
    jacobian = float(weight @ slope) * np.eye(size, size + 1) + np.outer(log_odds, bend)
    se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian), 0))
    half = float(t_quantile(confidence, df)) * se
    p = two_sided(log_odds, np.sqrt(np.diag(covariance))[:size], df)
    return EndEffects(int(inside.sum()), effect, effect - half, effect + half, log_odds, p, holm(p)[0])
