"""Another key for the same cost: coefficients against published code, planted agreement and none."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from peakend.declaration import Inputs, Settings
from peakend.value.costing.allocation_columns import ALLOCATION_SENSITIVITY
from peakend.value.costing.analyses import ALLOCATION
from peakend.value.costing.costing_columns import CUSTOMER_SERVICE_COST
from peakend.value.costing.rank_agreement import kendall_tau_b, spearman_interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine

    Build = Callable[..., Inputs]

Row = dict[str, Any]


def lived(inputs_of: Build, memory: Engine, costs: list[float], sold: list[Row]) -> Inputs:
    rows = [
        {
            "customer_id": f"c{n:04d}",
            "cost_to_serve": Decimal(f"{cost:.4f}"),
            "minutes": cost,
            "currency": "CNY",
        }
        for n, cost in enumerate(costs)
    ]
    made = inputs_of(Settings(currency="CNY"), transactions=sold)
    table = CUSTOMER_SERVICE_COST.of(rows)
    relations = {**made.relations, "customer_service_cost": memory.from_arrow(table)}
    return Inputs(memory, relations, made.settings)


def orders(counts: list[int], margin: float = 10.0) -> list[Row]:
    return [
        {
            "transaction_id": f"t{n}-{k}",
            "order_id": f"o{n}-{k}",
            "customer_id": f"c{n:04d}",
            "at": datetime(2024, 1, 1),
            "kind": "sale",
            "revenue": Decimal("30"),
            "cost": Decimal(f"{30 - margin:.4f}"),
            "currency": "CNY",
        }
        for n, count in enumerate(counts)
        for k in range(count)
    ]


def told(inputs: Inputs) -> dict[tuple[str, str], Row]:
    rows = ALLOCATION.compute(inputs)["allocation_sensitivity"].to_pylist()
    return {(row["ranking"], row["allocation_key"]): row for row in rows}


def test_cost_that_follows_orders_is_ranked_the_same(inputs_of: Build, memory: Engine) -> None:
    random = np.random.default_rng(1)
    counts = random.integers(1, 40, 400).tolist()
    found = told(lived(inputs_of, memory, [2.5 * c for c in counts], orders(counts)))
    for ranking in ("cost", "profit"):
        row = found[ranking, "orders"]
        assert row["spearman"] == pytest.approx(1)
        assert (row["moved"], row["warning"]) == (0, False)
    assert found["profit", "orders"]["sign_share"] == 0
    # Equal for all: there is no ranking of costs to compare with.
    assert found["cost", "customers"]["spearman"] is None


def test_cost_unrelated_to_orders_is_not(inputs_of: Build, memory: Engine) -> None:
    random = np.random.default_rng(2)
    counts = random.integers(1, 40, 800).tolist()
    costs = random.uniform(1, 600, 800).round(4).tolist()
    inputs = lived(inputs_of, memory, costs, orders(counts))
    found = told(inputs)
    row = found["cost", "orders"]
    assert abs(row["spearman"]) < 0.1
    assert row["spearman_low"] < 0 < row["spearman_high"]
    assert row["warning"]
    # With nothing in common nine in ten are in another tenth.
    assert row["moved_share_low"] < 0.9 < row["moved_share_high"]
    for one in found.values():
        if one["moved"]:
            listed = ALLOCATION_SENSITIVITY.behind(inputs, one).to_arrow()
            assert listed.num_rows == one["moved"]


def test_ranks_and_signs_against_scipy(inputs_of: Build, memory: Engine) -> None:
    random = np.random.default_rng(4)
    counts = random.integers(1, 9, 90)
    costs = random.integers(1, 60, 90).astype(float)
    found = told(lived(inputs_of, memory, costs.tolist(), orders(counts.tolist())))
    other = costs.sum() * counts / counts.sum()
    row = found["cost", "orders"]
    assert row["spearman"] == pytest.approx(stats.spearmanr(costs, other).statistic)
    profit, changed = 10.0 * counts - costs, 10.0 * counts - other
    row = found["profit", "orders"]
    assert row["spearman"] == pytest.approx(stats.spearmanr(profit, changed).statistic)
    assert row["to_loss"] == int(((profit >= 0) & (changed < 0)).sum())
    assert row["to_profit"] == int(((profit < 0) & (changed >= 0)).sum())
    assert row["allocated"] == Decimal(int(costs.sum()))


def test_kendall_of_a_table_against_scipy() -> None:
    random = np.random.default_rng(9)
    x = random.integers(0, 8, 300)
    y = np.clip(x + random.integers(-3, 4, 300), 0, 7)
    table = np.zeros((8, 8), dtype=np.int64)
    np.add.at(table, (x, y), 1)
    assert kendall_tau_b(table) == pytest.approx(stats.kendalltau(x, y).statistic)
    assert kendall_tau_b(np.array([[3, 4]])) is None


def test_the_interval_of_spearman_covers() -> None:
    random = np.random.default_rng(12)
    # Spearman's ρ of a bivariate normal with correlation r is 6/π·asin(r/2).
    r = 0.6
    true = 6 / np.pi * np.arcsin(r / 2)
    covered = 0
    for _ in range(600):
        x, y = random.multivariate_normal([0, 0], [[1, r], [r, 1]], 80).T
        ends = spearman_interval(float(stats.spearmanr(x, y).statistic), 80)
        assert ends is not None
        covered += ends[0] <= true <= ends[1]
    assert 0.92 <= covered / 600 <= 0.98
    assert spearman_interval(1.0, 50) is None


def test_nothing_and_too_few(inputs_of: Build, memory: Engine) -> None:
    assert told(lived(inputs_of, memory, [], orders([1]))) == {}
    found = told(lived(inputs_of, memory, [1.0, 2.0], orders([1, 2])))
    assert all(row["hidden"] and row["n"] is None for row in found.values())


def test_days_stand_for_orders_without_a_number(inputs_of: Build, memory: Engine) -> None:
    sold = [row | {"order_id": None} for row in orders([3] * 12)]
    found = told(lived(inputs_of, memory, [1.0] * 12, sold))
    assert found["profit", "orders"]["n"] == 12
    assert found["profit", "orders"]["sign_share"] == 0
