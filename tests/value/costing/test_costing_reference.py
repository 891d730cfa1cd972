"""The published case of time-driven costing, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import polars as pl
import pytest

from peakend.value import ActivityCosts, CostingError, activity_costs

# Kaplan & Anderson (2004), Harvard Business Review 82(11): a customer-service department in a quarter.
MINUTES = {"orders": 8, "inquiries": 44, "credit checks": 50}
VOLUMES = {"orders": 49_000, "inquiries": 1_400, "credit checks": 2_500}
SURVEYED = {"orders": "0.7", "inquiries": "0.1", "credit checks": "0.2"}


@pytest.fixture
def case() -> ActivityCosts:
    return activity_costs(MINUTES, VOLUMES, pool_cost=560_000, capacity_minutes=700_000)


def test_the_published_case(case: ActivityCosts) -> None:
    (pool,) = case.pools
    assert pool.rate == Decimal("0.80")
    assert [case.activity(name).unit_cost for name in MINUTES] == [
        Decimal("6.40"),
        Decimal("35.20"),
        Decimal("40.00"),
    ]
    assert [case.activity(name).cost for name in MINUTES] == [313_600, 49_280, 100_000]
    assert pool.used_minutes == 578_600
    assert pool.assigned == 462_880
    assert pool.unused_minutes == 121_400
    assert pool.unused == 97_120
    assert round(pool.used_minutes / pool.capacity_minutes, 2) == Decimal("0.83")
    assert case.problems == ()


def rows() -> list[dict[str, object]]:
    return [
        {
            "activity_id": name,
            "pool": "service",
            "pool_cost": 560_000,
            "capacity_minutes": 700_000,
            "unit_minutes": unit,
            "surveyed_share": SURVEYED[name],
        }
        for name, unit in MINUTES.items()
    ]


def test_the_traditional_method_hides_what_is_not_used() -> None:
    found = activity_costs(rows(), VOLUMES)
    assert [found.activity(name).traditional_unit_cost for name in MINUTES] == [
        8,
        40,
        Decimal("44.80"),
    ]
    assert sum(found.activity(name).traditional_cost for name in MINUTES) == 560_000


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_any_data_frame_will_do(frame: type) -> None:
    counted = frame([{"activity_id": name, "volume": volume} for name, volume in VOLUMES.items()])
    assert activity_costs(frame(rows()), counted).unused == 97_120


def test_a_missing_column_and_half_a_pool_are_told() -> None:
    with pytest.raises(CostingError, match="lack pool"):
        activity_costs([{"activity_id": "a", "pool_cost": 1, "capacity_minutes": 1, "unit_minutes": 1}], {})
    with pytest.raises(CostingError, match="capacity_minutes"):
        activity_costs({"a": 1}, {"a": 1}, pool_cost=5)
    with pytest.raises(CostingError, match="not as int"):
        activity_costs(3, {})


def test_variances_add_up() -> None:
    found = activity_costs(
        [
            {
                **row,
                "standard_cost": 500_000,
                "standard_capacity_minutes": 650_000,
                "standard_unit_minutes": 7 if row["activity_id"] == "orders" else None,
            }
            for row in rows()
        ],
        VOLUMES,
    )
    told = found.pools[0].variances
    assert told is not None
    rate = Decimal(500_000) / 650_000
    assert float(told.standard_rate) == pytest.approx(float(rate))
    assert float(told.rate) == pytest.approx(float(560_000 - 700_000 * rate), abs=1e-4)
    assert float(told.volume) == pytest.approx(float(121_400 * rate), abs=1e-4)
    assert float(told.efficiency) == pytest.approx(float(49_000 * rate), abs=1e-4)
    assert told.rate + told.volume + told.efficiency == told.total == 560_000 - told.applied
