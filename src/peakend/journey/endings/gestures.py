"""Which cheap gesture at the end of a journey pays: effect per cost, from experiments where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtr

from peakend.errors import PeakendError
from peakend.feedback.intervals import t_quantile
from peakend.language import Text


class GestureError(PeakendError):
    """An arm with fewer than two customers, or a cost that is not above 0."""

    code = "journey.gesture"


@dataclass(frozen=True, slots=True)
class Arm:
    """n customers with a value: their sum and sum of squares."""

    n: float
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def variance(self) -> float:
        return max(self.squares - self.total * self.total / self.n, 0.0) / (self.n - 1)


@dataclass(frozen=True, slots=True)
class Uplift:
    """Gesture minus control in the value's unit, with interval and two-sided p (1 where nothing varies)."""

    value: float
    low: float
    high: float
    p: float


def uplift(gesture: Arm, control: Arm, confidence: float = 0.95) -> Uplift:
    """The difference of two arms' means, Welch's interval. Raises `GestureError`.

    Source: Welch (1947), Biometrika 34(1/2); drawn by lot it is the average effect (Neyman 1923).
    """
    if min(gesture.n, control.n) < 2:
        raise GestureError(
            Text("Each arm needs at least two customers with a value.", "每组至少需要两位有数值的客户。")
        )
    value = gesture.mean - control.mean
    a, b = gesture.variance / gesture.n, control.variance / control.n
    if a + b == 0:
        return Uplift(value, value, value, 1.0)
    df = (a + b) ** 2 / (a**2 / (gesture.n - 1) + b**2 / (control.n - 1))
    se = float(np.sqrt(a + b))
    half = float(t_quantile(confidence, df)) * se
    return Uplift(value, value - half, value + half, float(2 * stdtr(df, -abs(value) / se)))


def projected_uplift(end_weight: float, end_weight_se: float, lift: float, z: float) -> Uplift:
    """What lifting the end by `lift` (−1 to 1) adds to the remembered whole, by the weight of ends.

    For a gesture without an experiment: association, from how memory has worked so far. p is that of the
    weight. z: normal quantile of the interval.
    """
    from scipy.special import ndtr

    value, se = end_weight * lift, abs(lift) * end_weight_se
    p = float(2 * ndtr(-abs(value) / se)) if se > 0 else 1.0
    return Uplift(value, value - z * se, value + z * se, p)


def per_cost(found: Uplift, unit_cost: float) -> Uplift:
    """`found` for each unit of money that the gesture costs a customer. Raises `GestureError`."""
    if not unit_cost > 0:
        raise GestureError(Text("The cost of a gesture is above 0.", "举措的单位成本应大于 0。"))
    return Uplift(found.value / unit_cost, found.low / unit_cost, found.high / unit_cost, found.p)


Payback = Literal["pays", "loses", "cannot_tell"]


def payback(revenue: Uplift, margin: float, unit_cost: float) -> tuple[Uplift, Payback]:
    """Margin brought minus cost, a customer, and whether its interval tells: pays, loses or cannot_tell."""
    net = Uplift(
        revenue.value * margin - unit_cost,
        revenue.low * margin - unit_cost,
        revenue.high * margin - unit_cost,
        revenue.p,
    )
    said: Payback = "pays" if net.low > 0 else "loses" if net.high < 0 else "cannot_tell"
    return net, said
