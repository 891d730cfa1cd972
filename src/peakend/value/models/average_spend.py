"""What customers spend at a purchase on average, and whether that goes with how often they buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

import numpy as np
from scipy.special import ndtri

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

NEGLIGIBLE = 0.1
"""A correlation nearer to zero does not matter to the use of the model (Cohen 1988: "small")."""

IndependenceVerdict = Literal["holds", "fails", "unclear"]


class SpendError(PeakendError):
    """Mean values of purchases cannot be used. `data`: problem, rows (how many customers), example."""

    code: ClassVar[str] = "value.spend"


@dataclass(frozen=True, slots=True)
class AverageSpend:
    """frequency: repeat purchases, x ≥ 1. total: their value, x z̄ > 0. customers: how many have this pair."""

    frequency: Floats
    total: Floats
    customers: Floats

    @classmethod
    def of(cls, data: object, customers: ArrayLike | None = None) -> AverageSpend:
        """Of a table with frequency and monetary_value (mean value of repeat purchases).

        Rows without a repeat purchase are left out; whatever their value, it is no repeat purchase's.
        Raises `SpendError`.
        """
        if isinstance(data, AverageSpend):
            return data
        table = cast("Any", data)
        x, mean = (np.asarray(table[name], np.float64) for name in ("frequency", "monetary_value"))
        counts = np.ones(len(x)) if customers is None else np.asarray(customers, np.float64)
        repeat = (x > 0) & (counts > 0)
        x, mean, counts = x[repeat], mean[repeat], counts[repeat]
        _check(x, mean, counts)
        return cls(x, x * mean, counts)

    def with_customers(self, customers: Floats) -> AverageSpend:
        """The same pairs, had by other numbers of customers; those of none are left out."""
        kept = customers > 0
        return AverageSpend(self.frequency[kept], self.total[kept], customers[kept])


def _check(x: Floats, mean: Floats, counts: Floats) -> None:
    if not len(x):
        raise SpendError(
            Text(
                "Nobody bought again: there is no repeat purchase to value.",
                "没有客户复购，无法估计复购金额。",
            ),
            Text("Observe customers for longer.", "请延长观察期。"),
            problem="no repeat purchase",
            rows=0,
            example=None,
        )
    rules = (
        (~np.isfinite(x) | (x != np.floor(x)), Text("frequency is no whole number", "frequency 不是整数")),
        (~np.isfinite(mean), Text("the mean value is missing or infinite", "平均金额缺失或无穷")),
        (mean < 0, Text("the mean value is below zero", "平均金额小于零")),
        (mean == 0, Text("the mean value is zero", "平均金额为零")),
    )
    for wrong, problem in rules:
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            rows = int(counts[wrong].sum())
            example = {"frequency": float(x[place]), "monetary_value": float(mean[place])}
            raise SpendError(
                Text(
                    f"Of {rows:,} customers who bought again {problem.en}; for example {example}.",
                    f"有 {rows:,} 位复购客户存在问题：{problem.zh}；例如 {example}。",
                ),
                Text(
                    "Net refunds against what they cancel, and leave out purchases that cost nothing.",
                    "请将退款与所抵消的购买相抵，并排除金额为零的购买。",
                ),
                problem=problem.en,
                rows=rows,
                example=example,
            )


@dataclass(frozen=True, slots=True)
class SpendIndependence:
    """Whether spend goes with frequency: their correlation among n customers who bought again.

    verdict: "holds" when the whole interval is within ±`NEGLIGIBLE`, "fails" when none of it is, else
    "unclear".
    """

    correlation: float
    low: float
    high: float
    customers: int
    verdict: IndependenceVerdict


def spend_independence(
    frequency: ArrayLike,
    monetary_value: ArrayLike,
    *,
    customers: ArrayLike | None = None,
    confidence: float = 0.95,
) -> SpendIndependence:
    """The correlation of log frequency and mean value, on whose being nil the gamma–gamma model rests.

    Where spend and frequency are independent, E[z̄ | x] is the same at every x, so that the correlation is
    nil; a rank correlation is not: a mean of few purchases has a lower median than a mean of many. log x
    rather than x, so that a handful of heavy buyers does not decide. The interval is by the influence
    function, which allows for means of few purchases varying more: ψ = z_x z_y − ρ (z_x² + z_y²) / 2, on
    Fisher's scale. Sources: Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value", section 4;
    Devlin, Gnanadesikan & Kettenring (1975), Biometrika 62(3), pp. 531–545. Raises `SpendError` as
    `AverageSpend.of`, and where all have the same frequency or value.
    """
    spend = AverageSpend.of({"frequency": frequency, "monetary_value": monetary_value}, customers)
    weight = spend.customers / spend.customers.sum()
    often, value = np.log(spend.frequency), spend.total / spend.frequency
    sides = []
    for name, side in (("frequency", often), ("monetary_value", value)):
        centred = side - weight @ side
        spread = float(np.sqrt(weight @ centred**2))
        if spread <= 1e-12 * max(1.0, float(np.abs(side).max())):
            raise SpendError(
                Text(f"All customers have the same {name}.", f"所有客户的 {name} 都相同。"),
                Text("Whether spend goes with frequency cannot be told.", "无法判断金额是否与购买频率相关。"),
                problem=f"constant {name}",
                rows=int(spend.customers.sum()),
                example=None,
            )
        sides.append(centred / spread)
    rho = float(weight @ (sides[0] * sides[1]))
    influence = sides[0] * sides[1] - rho * (sides[0] ** 2 + sides[1] ** 2) / 2
    error = float(np.sqrt(weight @ influence**2 / spend.customers.sum())) / max(1 - rho**2, 1e-12)
    middle, half = np.arctanh(np.clip(rho, -1 + 1e-15, 1 - 1e-15)), float(ndtri(0.5 + confidence / 2)) * error
    low, high = float(np.tanh(middle - half)), float(np.tanh(middle + half))
    verdict: IndependenceVerdict = "unclear"
    if low > -NEGLIGIBLE and high < NEGLIGIBLE:
        verdict = "holds"
    elif low > NEGLIGIBLE or high < -NEGLIGIBLE:
        verdict = "fails"
    return SpendIndependence(rho, low, high, int(spend.customers.sum()), verdict)
