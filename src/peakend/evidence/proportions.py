"""Two shares compared: Newcombe's interval of their difference, and how small a difference would be found."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtr, ndtri

from peakend.evidence.errors import need_above_zero, need_share, refused
from peakend.feedback.intervals import normal_quantile, wilson


@dataclass(frozen=True, slots=True)
class Counted:
    """`hits` of `n`."""

    hits: int
    n: int

    def __post_init__(self) -> None:
        if self.n < 1 or not 0 <= self.hits <= self.n:
            raise refused(
                f"{self.hits} of {self.n} is no share: the base must be above 0 and hold the hits.",
                f"{self.n} 个中的 {self.hits} 个不成比例：基数须大于 0 且不小于命中数。",
                hits=self.hits,
                n=self.n,
            )

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.hits / self.n


def difference_of_proportions(
    one: Counted, other: Counted, confidence: float = 0.95
) -> tuple[float, float, float]:
    """`one` − `other` with its hybrid score interval: (difference, low, high).

    Source: Newcombe (1998), Statistics in Medicine 17, pp. 873–890, method 10.
    """
    need_share("confidence", confidence)
    (l1, u1), (l2, u2) = (_wilson(each, confidence) for each in (one, other))
    p1, p2 = one.share, other.share
    gap = p1 - p2
    return gap, gap - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), gap + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)


def power_of_proportions(p1: float, p2: float, n1: int, n2: int, alpha: float = 0.05) -> float:
    """How likely `n1` and `n2` show that `p1` and `p2` differ, by the two-sided test without correction.

    Source: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, 3rd ed., chapter 4.
    """
    need_share("alpha", alpha)
    for name, p in (("p1", p1), ("p2", p2)):
        if not 0 <= p <= 1:
            raise refused(
                f"{name} must lie between 0 and 1, not {p}.", f"{name} 须在 0 与 1 之间，不能为 {p}。", p=p
            )
    need_above_zero("n1", n1)
    need_above_zero("n2", n2)
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    under_null = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    under_other = sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    beyond = abs(p1 - p2) - normal_quantile(1 - alpha) * under_null
    if under_other == 0:
        return float(beyond > 0)
    return float(ndtr(beyond / under_other))


def n_for_proportions(p1: float, p2: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """How many each of two equal groups needs to show that `p1` and `p2` differ.

    Source: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, 3rd ed., equation 4.14
    before the correction for continuity.
    """
    need_share("power", power)
    need_share("alpha", alpha)
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1 and p1 != p2):
        raise refused(
            f"Two different shares between 0 and 1 are needed, not {p1} and {p2}.",
            f"须给出 0 与 1 之间两个不同的比例，不能为 {p1} 和 {p2}。",
            p1=p1,
            p2=p2,
        )
    mid = (p1 + p2) / 2
    spread = normal_quantile(1 - alpha) * sqrt(2 * mid * (1 - mid)) + float(ndtri(power)) * sqrt(
        p1 * (1 - p1) + p2 * (1 - p2)
    )
    return spread**2 / (p1 - p2) ** 2


def detectable_rise(
    rate: float, n: int, n_control: int, power: float = 0.8, alpha: float = 0.05
) -> float | None:
    """The smallest rise over the control's `rate` that so many would find with `power`; None: not any."""
    need_share("power", power)
    room = 1 - rate
    if room <= 0 or power_of_proportions(1.0, rate, n, n_control, alpha) < power:
        return None
    low, high = 0.0, room
    for _ in range(60):
        middle = (low + high) / 2
        if power_of_proportions(rate + middle, rate, n, n_control, alpha) < power:
            low = middle
        else:
            high = middle
    return high


def _wilson(one: Counted, confidence: float) -> tuple[float, float]:
    low, high = wilson(one.share, one.n, confidence)
    return float(low), float(high)
