"""What selling costs: by hand, a planted trend, and its twin without one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.declaration import Inputs, Settings
from peakend.value.costing.analyses import SELLING
from peakend.value.costing.selling_tables import trends

if TYPE_CHECKING:
    from collections.abc import Callable

    Build = Callable[..., Inputs]

Row = dict[str, Any]
REGISTRY = [
    {"touchpoint_id": "advice", "stage": "pre"},
    {"touchpoint_id": "till", "stage": "purchase"},
    {"touchpoint_id": "repair", "stage": "service"},
]


def company(months: int = 8) -> dict[str, list[Row]]:
    """Ten customers order every month; advice is asked for less from month to month."""
    activities: list[Row] = []
    interactions: list[Row] = []
    sold: list[Row] = []
    for month in range(1, months + 1):
        desk: Row = {
            "period_on": date(2024, month, 1),
            "pool": "shop",
            "pool_cost": Decimal(300),
            "capacity_minutes": 600.0,
            "currency": "CNY",
        }
        activities += [
            {**desk, "activity_id": "talk", "unit_minutes": 4.0, "driver": "interactions"},
            {**desk, "activity_id": "pack", "unit_minutes": 2.0, "driver": "orders"},
        ]
        for number in range(10):
            key = f"{month}-{number}"
            who = f"c{number}"
            at = datetime(2024, month, 5)
            sold.append(
                {"transaction_id": key, "order_id": key, "customer_id": who, "kind": "sale", "at": at}
            )
            touched = ["till", "repair"] + ["advice"] * (1 if number < 10 - month else 0)
            interactions += [
                {"event_id": f"{key}-{t}", "customer_id": who, "touchpoint_id": t, "at": at} for t in touched
            ]
    return {
        "activities": activities,
        "interactions": interactions,
        "transactions": sold,
        "touchpoints": REGISTRY,
    }


def told(inputs: Inputs) -> dict[str, list[Row]]:
    return {name: table.to_pylist() for name, table in SELLING.compute(inputs).items()}


def test_by_hand(inputs_of: Build) -> None:
    found = told(inputs_of(**company()))
    first, *_, last = found["selling_costs"]
    # Money a minute is .5: 19 steps of 4 minutes for ten orders, and 2 minutes an order.
    assert (first["orders"], first["customers"], first["steps"]) == (10, 10, 19)
    assert (first["selling_cost"], first["handling_cost"]) == (38, 10)
    assert (first["cost_per_order"], first["handling_per_order"], first["steps_per_order"]) == (3.8, 1.0, 1.9)
    assert (last["steps"], last["cost_per_order"]) == (12, 2.4)
    assert all(row["complete"] for row in found["selling_costs"])


def test_a_month_half_costed_takes_no_part_in_the_trend(inputs_of: Build) -> None:
    facts = company()
    for row in facts["activities"]:
        row["period_on"] = row["period_on"].replace(day=15)
    for row in [*facts["interactions"], *facts["transactions"]]:
        row["at"] = row["at"].replace(day=20)
    found = told(inputs_of(**facts))
    assert [row["complete"] for row in found["selling_costs"]] == [False, *[True] * 7]
    assert {row["n"] for row in found["selling_trends"]} == {7}


def series(values: np.ndarray) -> list[Row]:
    return [
        {"month_on": date(2022 + n // 12, n % 12 + 1, 1), "complete": True, "cost_per_order": float(value)}
        for n, value in enumerate(values)
    ]


def test_a_planted_fall_is_found_with_its_slope(inputs_of: Build) -> None:
    random = np.random.default_rng(5)
    covered = 0
    for _ in range(300):
        (row,) = trends(series(20 - 0.3 * np.arange(18) + random.normal(0, 1, 18)), Settings())
        covered += row["slope_low"] <= -0.3 <= row["slope_high"]
        assert row["verdict"] != "worse"
    assert 0.92 <= covered / 300 <= 0.98
    found = {row["measure"]: row for row in told(inputs_of(**company()))["selling_trends"]}
    assert found["cost_per_order"]["slope"] == pytest.approx(-0.2)


def test_its_twin_without_a_trend_finds_one_in_twenty_times() -> None:
    random = np.random.default_rng(6)
    words = [trends(series(20 + random.normal(0, 1, 18)), Settings())[0]["verdict"] for _ in range(1000)]
    assert 0.035 <= 1 - words.count("cannot_tell") / 1000 <= 0.065


def test_few_months_make_no_trend() -> None:
    (row,) = trends(series(np.arange(5.0)), Settings())
    assert (row["n"], row["verdict"], row["p_value"]) == (5, "cannot_tell", None)
    assert trends([], Settings()) == []
