"""What a customer's purchases to come are worth today; and the closed forms that need no model.

A discount rate is always that of a year: 0.15 makes 115 in a year worth 100 today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.models.time_units import TimeUnit, days_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_NODES = 24


class LifetimeValueError(PeakendError):
    """A lifetime value was asked for with an impossible rate, horizon or period. `data`: name, given."""

    code: ClassVar[str] = "value.lifetime_value"


class ExpectsPurchases(Protocol):
    """A fitted model that says how many purchases to expect of a customer with a history."""

    @property
    def time_unit(self) -> TimeUnit:
        """The unit of the model's times."""

    def expected_purchases(
        self, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Purchases expected in (T, T + horizon]."""


def expected_customer_lifetime_value(
    model: ExpectsPurchases,
    margin: ArrayLike,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
    *,
    horizon: float,
    discount_rate: float,
    period: float | None = None,
) -> Floats:
    """Present value at T of the margins of the purchases expected in (T, T + horizon]; arrays that broadcast.

    margin: of one purchase, in money: of a gamma–gamma model, or a constant. horizon and T in the model's
    time_unit. period: purchases of each period are discounted from its end, as accounts are kept,
    Σ_k m (E(kΔ) − E((k−1)Δ)) / (1+d)^(kΔ); without it each from when it is made, ∫ m (1+d)^(−t) dE(t). In the
    unit of `margin`. What was earned before T is not in it.
    Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42(4), pp. 415–430, equation 3.
    Raises `LifetimeValueError`.
    """
    if not (horizon >= 0 and np.isfinite(horizon)):
        raise _impossible("horizon", horizon)
    if period is not None and not period > 0:
        raise _impossible("period", period)
    _check_rate(discount_rate)
    force = np.log1p(discount_rate) * days_in(model.time_unit) / days_in("year")

    def expected(until: float) -> Floats:
        return model.expected_purchases(until, frequency, recency, T)

    discounted = (
        discounted_purchases(expected, horizon, force)
        if period is None
        else _by_period(expected, horizon, force, period)
    )
    return np.asarray(margin, np.float64) * discounted


def _by_period(expected: Callable[[float], Floats], horizon: float, force: float, period: float) -> Floats:
    ends = [*np.arange(1, int(np.ceil(horizon / period - 1e-9))) * period, horizon]
    before = np.zeros_like(expected(horizon))
    value = np.zeros_like(before)
    for end in ends:
        until = expected(float(end))
        value = value + (until - before) * np.exp(-force * end)
        before = until
    return value


def discounted_purchases(
    expected: Callable[[float], Floats], horizon: float, force: float, nodes: int = _NODES
) -> Floats:
    """∫ e^(−δt) dE(t) = e^(−δH) E(H) + δ ∫₀^H e^(−δt) E(t) dt, t = H s² with Gauss–Legendre `nodes` in s.

    expected: purchases up to a time; force: δ, a unit of that time. Each node costs a call of `expected`;
    three are right to four digits over two years at 10 %.
    """
    value = np.exp(-force * horizon) * expected(horizon)
    if force == 0 or horizon == 0:
        return np.asarray(value, np.float64)
    places, weights = np.polynomial.legendre.leggauss(nodes)
    for node, weight in zip((places + 1) / 2, weights / 2, strict=True):
        t = horizon * node**2
        value = value + weight * 2 * horizon * node * force * np.exp(-force * t) * expected(float(t))
    return np.asarray(value, np.float64)


def constant_margin_lifetime_value(margin: ArrayLike, retention: ArrayLike, discount_rate: float) -> Floats:
    """Σ_{t≥1} m r^t / (1+d)^t = m r / (1 + d − r): a margin m each year, kept from year to year with r.

    margin: money a year, the first in a year's time. retention: share kept from one year to the next, 0 to 1.
    Source: Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1), pp. 9–24. Raises
    `LifetimeValueError`.
    """
    _check_rate(discount_rate)
    kept = np.asarray(retention, np.float64)
    if not (np.all(kept >= 0) and np.all(kept <= 1)):
        raise _impossible("retention", retention)
    if np.any(1 + discount_rate - kept <= 0):
        raise _impossible("discount_rate", discount_rate)
    return np.asarray(np.asarray(margin, np.float64) * kept / (1 + discount_rate - kept), np.float64)


def present_value(amounts: ArrayLike, years: ArrayLike, discount_rate: float) -> float:
    """Σ amount / (1+d)^years of amounts that are certain; `years` from today, fractions allowed.

    Raises `LifetimeValueError`.
    """
    _check_rate(discount_rate)
    money, when = np.broadcast_arrays(np.asarray(amounts, np.float64), np.asarray(years, np.float64))
    return float((money * np.exp(-np.log1p(discount_rate) * when)).sum())


def _check_rate(discount_rate: float) -> None:
    if not (discount_rate >= 0 and np.isfinite(discount_rate)):
        raise _impossible("discount_rate", discount_rate)


def _impossible(name: str, given: object) -> LifetimeValueError:
    told = {
        "horizon": Text("a horizon is zero or more", "`horizon` 应不小于零"),
        "period": Text("a period is longer than zero", "`period` 应大于零"),
        "discount_rate": Text(
            "a yearly discount rate is zero or more (0.1 is 10 %), above zero where everybody stays",
            "年贴现率应不小于零（0.1 即 10%）；客户全部留存时应大于零",
        ),
        "retention": Text("retention is a share between 0 and 1", "留存率应在 0 与 1 之间"),
    }[name]
    return LifetimeValueError(
        Text(
            f"A lifetime value cannot be computed with {name} = {given}.",
            f"`{name}` 为 {given}，无法计算生命周期价值。",
        ),
        Text(f"{told.en[0].upper()}{told.en[1:]}.", f"{told.zh}。"),
        name=name,
        given=given,
    )
