"""Two means compared: Welch's interval of their difference, and how small a difference would be found."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import TYPE_CHECKING

from scipy.special import nctdtr, stdtrit

from peakend.evidence.errors import need_above_zero, need_share, refused

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Sample:
    """`n` values with their mean and their standard deviation (over n − 1)."""

    n: int
    mean: float
    sd: float

    def __post_init__(self) -> None:
        if self.n < 2 or not isfinite(self.mean) or not (isfinite(self.sd) and self.sd >= 0):
            raise refused(
                f"A mean needs two values or more and a spread: n = {self.n}, mean = {self.mean}, "
                f"standard deviation = {self.sd}.",
                f"均值至少需要两个取值及其离散程度：n = {self.n}，均值 {self.mean}，标准差 {self.sd}。",
                n=self.n,
            )

    @property
    def variance_of_mean(self) -> float:
        """The square of the standard error."""
        return self.sd**2 / self.n


def sample(values: Iterable[float]) -> Sample:
    """The sample of `values`; `EvidenceError` for fewer than two."""
    listed = [float(value) for value in values]
    n = len(listed)
    mean = sum(listed) / n if n else 0.0
    return Sample(n, mean, sqrt(sum((value - mean) ** 2 for value in listed) / (n - 1)) if n > 1 else 0.0)


def difference_of_means(
    one: Sample, other: Sample, confidence: float = 0.95
) -> tuple[float, float | None, float | None]:
    """`one` − `other` with its interval: (difference, low, high); no interval where nothing varies.

    Source: Welch (1947), Biometrika 34(1–2); degrees of freedom by Satterthwaite (1946), Biometrics
    Bulletin 2(6).
    """
    return combined([(1, one), (-1, other)], confidence)


def combined(
    parts: list[tuple[int, Sample]], confidence: float = 0.95
) -> tuple[float, float | None, float | None]:
    """The sum of signed means with its interval, degrees of freedom by Satterthwaite."""
    need_share("confidence", confidence)
    value = sum(sign * one.mean for sign, one in parts)
    se, df = spread_of([one for _, one in parts])
    if se == 0:
        return value, None, None
    half = float(stdtrit(df, 0.5 + confidence / 2)) * se
    return value, value - half, value + half


def spread_of(samples: list[Sample]) -> tuple[float, float]:
    """Standard error of a sum of independent means, and its degrees of freedom by Satterthwaite."""
    total = sum(one.variance_of_mean for one in samples)
    if total == 0:
        return 0.0, float(sum(one.n - 1 for one in samples))
    return sqrt(total), total**2 / sum(one.variance_of_mean**2 / (one.n - 1) for one in samples)


def power_of_shift(shift: float, df: float, alpha: float = 0.05) -> float:
    """How likely a two-sided t test on `df` finds a difference of `shift` standard errors.

    Source: Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., chapter 2.
    """
    need_above_zero("df", df)
    need_share("alpha", alpha)
    return float(1 - nctdtr(df, abs(shift), stdtrit(df, 1 - alpha / 2)))


def detectable_difference(samples: list[Sample], power: float = 0.8, alpha: float = 0.05) -> float | None:
    """The smallest true difference that samples like these find with `power`; None where nothing varies."""
    need_share("power", power)
    se, df = spread_of(samples)
    if se == 0:
        return None
    low, high = 0.0, 1.0
    while power_of_shift(high, df, alpha) < power:
        low, high = high, 2 * high
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if power_of_shift(middle, df, alpha) < power else (low, middle)
    return high * se


def n_for_means(difference: float, sd: float = 1.0, power: float = 0.8, alpha: float = 0.05) -> int:
    """How many each of two equal groups needs to find `difference`, by the t test.

    Source: Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., chapter 2.
    """
    need_share("power", power)
    need_above_zero("difference", abs(difference))
    need_above_zero("sd", sd)
    size = abs(difference) / sd

    def enough(n: int) -> bool:
        return power_of_shift(size * sqrt(n / 2), 2 * n - 2, alpha) >= power

    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
