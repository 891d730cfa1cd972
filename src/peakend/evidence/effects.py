"""The effect of an initiative: against a control, or before and after, or both at once."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from peakend.evidence.means import Sample, combined, detectable_difference
from peakend.evidence.proportions import Counted, detectable_rise, difference_of_proportions
from peakend.feedback.intervals import normal_quantile


@dataclass(frozen=True, slots=True)
class Effect:
    """A difference with its interval and the narrower one of equivalence; `detectable` at 80 % power.

    `low` to `high` is the interval of 1 − alpha, `inner_low` to `inner_high` that of 1 − 2 alpha, all None
    where nothing varies. `n`: how many were looked at, over every group. Shares lie in 0 to 1.
    """

    difference: float
    low: float | None
    high: float | None
    inner_low: float | None
    inner_high: float | None
    detectable: float | None
    n: int
    alpha: float = 0.05


def effect_on_proportions(
    treated: Counted,
    control: Counted,
    before: tuple[Counted, Counted] | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
) -> Effect:
    """`treated` − `control`; with `before` of both, the difference of their changes.

    The interval of two differences at once comes from those of each by squaring and adding.
    Source: Newcombe (1998), Statistics in Medicine 17, method 10; Zou & Donner (2008), Statistics in
    Medicine 27, pp. 1693–1702.
    """
    groups = [treated, control, *(before or ())]
    found = [_proportions(treated, control, before, level) for level in (1 - alpha, 1 - 2 * alpha)]
    difference, low, high = found[0]
    detectable = (
        detectable_rise(control.share, treated.n, control.n, power, alpha)
        if before is None
        else _reach(low, high, power, alpha)
    )
    return Effect(
        difference, low, high, found[1][1], found[1][2], detectable, sum(one.n for one in groups), alpha
    )


def effect_on_means(
    treated: Sample,
    control: Sample,
    before: tuple[Sample, Sample] | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
) -> Effect:
    """`treated` − `control`; with `before` of both, the difference of their changes (Welch)."""
    parts = [(1, treated), (-1, control)]
    if before is not None:
        parts += [(-1, before[0]), (1, before[1])]
    difference, low, high = combined(parts, 1 - alpha)
    _, inner_low, inner_high = combined(parts, 1 - 2 * alpha)
    samples = [one for _, one in parts]
    detectable = detectable_difference(samples, power, alpha)
    return Effect(
        difference, low, high, inner_low, inner_high, detectable, sum(one.n for one in samples), alpha
    )


def _proportions(
    treated: Counted, control: Counted, before: tuple[Counted, Counted] | None, confidence: float
) -> tuple[float, float, float]:
    if before is None:
        return difference_of_proportions(treated, control, confidence)
    d1, l1, u1 = difference_of_proportions(treated, before[0], confidence)
    d2, l2, u2 = difference_of_proportions(control, before[1], confidence)
    gap = d1 - d2
    return gap, gap - sqrt((d1 - l1) ** 2 + (u2 - d2) ** 2), gap + sqrt((u1 - d1) ** 2 + (d2 - l2) ** 2)


def _reach(low: float, high: float, power: float, alpha: float) -> float:
    """Detectable from the width of the interval, for differences without a table of their own."""
    z = normal_quantile(1 - alpha)
    return (high - low) / (2 * z) * (z + normal_quantile(2 * power - 1))
