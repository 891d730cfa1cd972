"""What an effect comes to: it worked, it harmed, it made no difference worth its name, or nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

from peakend.evidence.errors import need_above_zero, need_share
from peakend.feedback.intervals import normal_quantile

if TYPE_CHECKING:
    from peakend.evidence.effects import Effect

Verdict = Literal["worked", "harmed", "no_effect", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on `effect`; where nobody can tell, how many `more` observations it would take.

    `more` is over all groups in the proportions they have; 0 where the effect lies so near the margin that
    only a wider or a narrower margin would settle it, None where nothing varies.
    """

    effect: Effect
    margin: float
    verdict: Verdict
    more: int | None = None


def judged(effect: Effect, margin: float, power: float = 0.8) -> Judged:
    """Judge `effect` by the smallest effect that would be worth it.

    No effect: the interval of 1 − 2 alpha lies inside ±margin (two one-sided tests), also where it lies off
    zero by a hair. Worked or harmed: the interval of 1 − alpha lies off zero. Else nobody can tell.
    Source: Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15(6), pp. 657–680.
    """
    need_above_zero("margin", margin)
    need_share("power", power)
    low, high, inner_low, inner_high = effect.low, effect.high, effect.inner_low, effect.inner_high
    if low is None or high is None or inner_low is None or inner_high is None:
        return Judged(effect, margin, "cannot_tell")
    if -margin < inner_low and inner_high < margin:
        return Judged(effect, margin, "no_effect")
    if low > 0:
        return Judged(effect, margin, "worked")
    if high < 0:
        return Judged(effect, margin, "harmed")
    return Judged(effect, margin, "cannot_tell", more_needed(effect, margin, power))


def more_needed(effect: Effect, margin: float, power: float = 0.8) -> int:
    """How many more it takes to find an effect of `margin`, or to show its absence, with `power`.

    The standard error shrinks with the root of n; it must be margin / (z₁₋α/₂ + z_power) for the one and
    margin / (z₁₋α + z₁₋β/₂) for the other.
    """
    need_above_zero("margin", margin)
    if effect.low is None or effect.high is None:
        return 0
    alpha = effect.alpha
    z = normal_quantile(1 - alpha)
    error = (effect.high - effect.low) / (2 * z)
    found = z + normal_quantile(2 * power - 1)
    absent = normal_quantile(1 - 2 * alpha) + normal_quantile(power)
    factor = (error * max(found, absent) / margin) ** 2
    return max(0, ceil((factor - 1) * effect.n))
