"""Scores of every customer, by a join in the engine on what their histories have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.value.prediction.candidates import alive, discounted, expected

if TYPE_CHECKING:
    from peakend.engine import Relation
    from peakend.value.models.histories import PurchaseHistories
    from peakend.value.prediction.candidates import PurchaseModel
    from peakend.value.prediction.spending import Margin, Spending


@dataclass(frozen=True, slots=True)
class Ahead:
    """How far customers' value is counted, in days, and by how much a year it counts less."""

    days: int
    discount_rate: float


def score_table(model: PurchaseModel, histories: PurchaseHistories, ahead: Ahead) -> pa.Table:
    """One row a unique history: probability_alive, expected_purchases, discounted_purchases."""
    return pa.table(
        {
            "frequency": pa.array(histories.frequency, pa.int64()),
            "recency_days": pa.array(histories.recency_days, pa.int64()),
            "age_days": pa.array(histories.age_days, pa.int64()),
            "probability_alive": pa.array(alive(model, histories), pa.float64()),
            "expected_purchases": pa.array(expected(model, histories, ahead.days), pa.float64()),
            "discounted_purchases": pa.array(
                discounted(model, histories, ahead.days, ahead.discount_rate), pa.float64()
            ),
        }
    )


def scored(histories: Relation, scores: pa.Table, spending: Spending, margin: Margin) -> Relation:
    """One row a customer: history, probability_alive, expected_purchases, expected_spend, lifetime_value,
    expected_value (the same without discount)."""
    asked: dict[str, Any] = {**spending.parameters(), "margin": margin.rate}
    engine = histories.engine
    return engine.query(
        "value/prediction/scored", asked, histories=histories, scores=engine.from_arrow(scores)
    )
