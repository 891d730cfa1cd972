"""What a purchase is worth: the model of spend, and the margin."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peakend.value.models.average_spend import SpendError, SpendIndependence, spend_independence
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.gamma_gamma import GammaGammaModel
from peakend.value.purchases.summary import spend_counts

if TYPE_CHECKING:
    from peakend.engine import Relation
    from peakend.errors import PeakendError
    from peakend.value.purchases.purchases import Purchases

KNOWN_COSTS = 0.95
"""Share of the revenue whose cost must be known for values to be margins."""

FEWEST_REPEATERS = 10


@dataclass(frozen=True, slots=True)
class Margin:
    """rate: margin over revenue, of all customers together; 1 where basis is revenue."""

    basis: Literal["margin", "revenue"]
    rate: float
    known: float


@dataclass(frozen=True, slots=True)
class Spending:
    """model: gamma–gamma (None: it could not be fitted, `problem` says why; everybody has the mean then).

    independence: whether spend goes with frequency, on whose not being so the model rests (None: too few).
    """

    model: GammaGammaModel | None
    mean: float
    repeaters: int
    problem: PeakendError | None = None
    independence: SpendIndependence | None = None

    def parameters(self) -> dict[str, Any]:
        """What `scored.sql` asks."""
        if self.model is None:
            shape, spread, scale = None, None, None
        else:
            shape, spread, scale = (float(value) for value in self.model.params.vector)
        return {
            "spend_shape": shape,
            "spend_spread": spread,
            "spend_scale": scale,
            "spend_mean": self.mean,
        }


def spending(histories: Relation, confidence: float = 0.95) -> Spending:
    """The model of spend fitted to repeat purchases, if it converges and has a mean (q > 1)."""
    sums = histories.query("value/prediction/spend_sums", name="histories").to_arrow().to_pylist()[0]
    mean = float(sums["value"] / sums["purchases"]) if sums["purchases"] else 0.0
    counts = spend_counts(histories)
    frequency = np.asarray(counts["frequency"].to_numpy(), np.float64)
    total = np.array([float(value) for value in counts["repeat_value"].to_pylist()])
    customers = np.asarray(counts["customers"].to_numpy(), np.float64)
    paid = total > 0
    frequency, total, customers = frequency[paid], total[paid], customers[paid]
    repeaters = int(customers.sum())
    if repeaters < FEWEST_REPEATERS:
        return Spending(None, mean, repeaters)
    each = total / frequency
    try:
        model = GammaGammaModel().fit({"frequency": frequency, "monetary_value": each}, customers=customers)
        independence = spend_independence(frequency, each, customers=customers, confidence=confidence)
    except (DidNotConvergeError, SpendError) as problem:
        return Spending(None, mean, repeaters, problem)
    return Spending(model if model.params["q"] > 1 else None, mean, repeaters, independence=independence)


def margin(purchases: Purchases) -> Margin:
    """The company's margin on customers' sales less refunds; revenue itself where costs are not known."""
    row = purchases.engine.query(
        "value/prediction/known_margin",
        {"currency": purchases.currency},
        transactions=purchases.transactions,
    ).to_arrow().to_pylist()[0]  # fmt: skip
    revenue = Decimal(row["revenue"] or 0)
    with_cost = Decimal(row["revenue_with_cost"] or 0)
    known = float(with_cost / revenue) if revenue > 0 else 0.0
    if known < KNOWN_COSTS or with_cost <= 0:
        return Margin("revenue", 1.0, known)
    return Margin("margin", float(Decimal(row["margin"]) / with_cost), known)
