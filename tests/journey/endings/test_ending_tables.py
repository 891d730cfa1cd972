from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Inputs
from peakend.journey.endings.columns import END_GESTURES, EROSION, MEMORY_REPURCHASE
from peakend.journey.endings.erosion_tables import erosion_tables
from peakend.journey.endings.gesture_tables import end_gestures
from peakend.journey.endings.repurchase import memory_repurchase
from peakend.journey.remembered.moment_columns import MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FIRST = datetime(2024, 1, 1)


def journeys(slope: float = 0.0, seed: int = 1, months: int = 14, a_month: int = 60) -> list[dict[str, Any]]:
    """Journeys that end at the desk (its ends change by `slope` a month) or at the gate (steady)."""
    random = np.random.default_rng(seed)
    rows = []
    for month in range(months):
        for number in range(a_month):
            desk = number % 2 == 0
            end = 0.3 + (slope * month if desk else 0) + random.normal(0, 0.3)
            peak = random.normal(0.4, 0.4)
            key = month * a_month + number
            rows.append(
                {
                    "journey_id": f"j{key:05d}",
                    "customer_id": f"c{key % 400:04d}",
                    "ended_at": FIRST + timedelta(days=30.4 * month + number / 3),
                    "peak": float(np.clip(peak, -1, 1)),
                    "end_score": float(np.clip(end, -1, 1)),
                    "end_touchpoint_id": "desk" if desk else "gate",
                    "overall": float(np.clip(0.4 * peak + 0.5 * end + random.normal(0, 0.2), -1, 1))
                    if number % 3
                    else None,
                }
            )
    return rows


@pytest.fixture
def built(inputs_of: Callable[..., Inputs]) -> Callable[..., Inputs]:
    """Canonical tables, and `journey_memory` from these rows."""

    def build(memory: list[dict[str, Any]], **given: Any) -> Inputs:  # noqa: ANN401 - rows of any table
        inputs = inputs_of(**given)
        table = pa.Table.from_pylist(memory, MEMORY.schema())
        relations = {**inputs.relations, MEMORY.name: inputs.engine.from_arrow(table)}
        return Inputs(inputs.engine, relations, inputs.settings)

    return build


def by(table: pa.Table, key: str) -> Mapping[str, dict[str, Any]]:
    return {row[key]: row for row in table.to_pylist()}


def test_only_the_touchpoint_whose_ends_worsen_is_eroding(built: Callable[..., Inputs]) -> None:
    found = by(erosion_tables(built(journeys(-0.03)))["erosion"], "touchpoint_id")
    assert found["desk"]["verdict"] == "eroding"
    assert found["gate"]["verdict"] == "cannot_tell"
    assert found["desk"]["slope_low"] < -0.03 < found["desk"]["slope_high"]
    assert found["desk"]["end_weight"] == pytest.approx(0.5, abs=0.1)
    assert found["desk"]["change_high"] < 0


def test_steady_ends_are_not_eroding(built: Callable[..., Inputs]) -> None:
    verdicts = [
        row["verdict"]
        for seed in range(6)
        for row in erosion_tables(built(journeys(0.0, seed)))["erosion"].to_pylist()
    ]
    assert verdicts.count("cannot_tell") >= len(verdicts) - 1


def test_without_remembered_scores_the_trend_is_told_and_the_projection_is_not(
    built: Callable[..., Inputs],
) -> None:
    rows = [row | {"overall": None} for row in journeys(-0.03)]
    found = by(erosion_tables(built(rows))["erosion"], "touchpoint_id")
    assert found["desk"]["verdict"] == "eroding"
    assert found["desk"]["projected"] is None
    assert found["desk"]["change"] is None


def test_the_list_behind_a_series_is_as_long_as_its_journeys(built: Callable[..., Inputs]) -> None:
    inputs = built(journeys())
    assert EROSION.behind is not None
    for row in erosion_tables(inputs)["erosion"].to_pylist():
        assert EROSION.behind(inputs, row).to_arrow().num_rows == row["n"]


def money(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")


def experiment(lift: float, by_lot: bool = True, seed: int = 1) -> dict[str, Any]:
    """400 customers, half with a card at the desk; it lifts what they remember and brings 30 more."""
    random = np.random.default_rng(seed)
    treatments, memory, sales = [], [], []
    for number in range(400):
        customer, treated = f"c{number}", bool(random.random() < 0.5)
        treatments.append(
            {
                "initiative_id": "card",
                "unit_kind": "customer",
                "unit_id": customer,
                "arm": "gesture" if treated else "control",
                "assigned_at": FIRST,
                "randomised": by_lot,
                "source": "s",
            }
        )
        memory.append(
            {
                "journey_id": f"j{number}",
                "customer_id": customer,
                "ended_at": FIRST + timedelta(days=3),
                "peak": 0.5,
                "end_score": 0.1 + lift * treated,
                "end_touchpoint_id": "desk",
                "overall": float(np.clip(random.normal(0.1 + lift * treated, 0.3), -1, 1)),
            }
        )
        sales += [
            {
                "transaction_id": f"t{number}-{days}",
                "customer_id": customer,
                "at": FIRST + timedelta(days=days),
                "kind": "sale",
                "revenue": money(random.normal(100, 10) + (100 * lift if days == 20 and treated else 0)),
                "cost": Decimal(40),
                "currency": "CNY",
                "source": "s",
            }
            for days in (20, 200)
        ]
    return {
        "memory": memory,
        "treatments": treatments,
        "transactions": sales,
        "initiatives": [
            {
                "initiative_id": "card",
                "name": "A card at the end",
                "touchpoint_id": "desk",
                "budget": Decimal(400),
                "currency": "CNY",
                "source": "s",
            }
        ],
    }


def test_a_gesture_drawn_by_lot_is_credited_with_its_lift_and_its_payback(
    built: Callable[..., Inputs],
) -> None:
    (row,) = end_gestures(built(**experiment(0.3)))["end_gestures"].to_pylist()
    assert (row["basis"], row["verdict"], row["payback"]) == ("experiment", "lifts", "pays")
    assert row["overall"] == pytest.approx(0.3, abs=0.1)
    assert row["overall_low"] > 0.15
    assert row["revenue_low"] < 30 < row["revenue_high"]
    assert row["unit_cost"] == pytest.approx(400 / row["customers"])
    assert row["per_cost"] == pytest.approx(row["overall"] / row["unit_cost"])
    assert row["ends_there"] == 1.0


def test_a_gesture_without_effect_is_not_credited(built: Callable[..., Inputs]) -> None:
    verdicts = []
    for seed in range(12):
        (row,) = end_gestures(built(**experiment(0.0, seed=seed)))["end_gestures"].to_pylist()
        verdicts.append(row["verdict"])
        assert row["payback"] != "pays"
    assert verdicts.count("cannot_tell") >= 10


def test_what_was_not_drawn_by_lot_is_called_a_comparison(built: Callable[..., Inputs]) -> None:
    (row,) = end_gestures(built(**experiment(0.3, by_lot=False)))["end_gestures"].to_pylist()
    assert row["basis"] == "comparison"


def test_an_untried_gesture_at_the_end_is_projected_from_memory(built: Callable[..., Inputs]) -> None:
    given = {
        "initiatives": experiment(0.0)["initiatives"],
        "promises": [
            {
                "promise_id": "p",
                "touchpoint_id": "desk",
                "claim": "card",
                "unit_cost": Decimal(2),
                "source": "s",
            }
        ],
    }
    (row,) = end_gestures(built(journeys(), **given))["end_gestures"].to_pylist()
    assert (row["basis"], row["verdict"]) == ("projection", "cannot_tell")
    assert row["overall"] == pytest.approx(0.25 * 0.5, abs=0.03)
    assert row["per_cost"] == pytest.approx(row["overall"] / 2)


def test_the_list_behind_an_arm_is_as_long_as_it(built: Callable[..., Inputs]) -> None:
    inputs = built(**experiment(0.2))
    assert END_GESTURES.behind is not None
    for row in end_gestures(inputs)["end_gestures"].to_pylist():
        assert END_GESTURES.behind(inputs, row).to_arrow().num_rows == row["customers"]


def test_repurchase_is_counted_by_band_and_customers_without_ninety_days_are_left_out(
    built: Callable[..., Inputs],
) -> None:
    given = experiment(0.3)
    inputs = built(given["memory"], transactions=given["transactions"])
    found = memory_repurchase(inputs)
    rows = found["memory_repurchase"].to_pylist()
    assert sum(row["n"] for row in rows) == 400
    assert all(row["share"] == 1.0 for row in rows if not row["hidden"])
    assert {row["verdict"] for row in found["memory_link"].to_pylist()} == {"cannot_tell"}
    assert MEMORY_REPURCHASE.behind is not None
    for row in rows:
        assert MEMORY_REPURCHASE.behind(inputs, row).to_arrow().num_rows == row["n"]
    late = [row | {"ended_at": FIRST + timedelta(days=150)} for row in given["memory"]]
    nobody = memory_repurchase(built(late, transactions=given["transactions"]))
    assert nobody["memory_repurchase"].num_rows == 0
