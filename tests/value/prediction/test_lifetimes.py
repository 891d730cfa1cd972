"""From transactions to every customer's value: what was planted is found, and what is impossible is said."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Settings
from peakend.engine import connect
from peakend.value.prediction.analyses import LIFETIMES, TIERS
from peakend.value.prediction.lifetimes import lifetime_tables, tier_thresholds
from peakend.value.prediction.tiers import tier_tables
from peakend.value.revenue import SeveralCurrenciesError

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs
    from peakend.engine import Relation

R, ALPHA, A, B = 0.9, 10.0, 0.8, 3.0
P, Q, V = 5.0, 4.0, 60.0
WEEKS = 104
BEGIN = datetime(2023, 1, 1, 12)


def sales(customers: int, seed: int, *, weeks: int = WEEKS, cost: float | None = 0.6) -> list[dict[str, Any]]:
    """Lines of customers who buy as BG/NBD and spend as gamma–gamma say, first within a year."""
    random = np.random.default_rng(seed)
    lines: list[dict[str, Any]] = []
    for customer in range(customers):
        rate, leaves = random.gamma(R, 1 / ALPHA), random.beta(A, B)
        scale = random.gamma(Q, 1 / V)
        week = random.uniform(0, min(52, weeks))
        while week < weeks:
            lines.append(_line(len(lines), customer, week, random.gamma(P, 1 / scale), cost))
            if len(lines) > 1 and random.random() < leaves and lines[-2]["customer_id"] == f"c{customer:05d}":
                break
            week += random.exponential(1 / rate)
    return lines


def _line(number: int, customer: int, week: float, amount: float, cost: float | None) -> dict[str, Any]:
    revenue = Decimal(f"{amount:.2f}")
    return {
        "transaction_id": f"t{number:06d}",
        "order_id": f"o{number:06d}",
        "customer_id": f"c{customer:05d}",
        "at": BEGIN + timedelta(days=7 * week),
        "kind": "sale",
        "quantity": 1.0,
        "revenue": revenue,
        "cost": None if cost is None else (revenue * Decimal(str(cost))).quantize(Decimal("0.0001")),
        "currency": "CNY",
    }


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    return sales(2_500, 11)


def _arrow(result: pa.Table | Relation) -> pa.Table:
    return result if isinstance(result, pa.Table) else result.to_arrow()


def test_planted_parameters_lie_within_four_standard_errors(
    inputs_of: Callable[..., Inputs], lines: list[dict[str, Any]]
) -> None:
    """Whichever model is chosen, spend follows the planted gamma–gamma; a purchase is a day."""
    found = lifetime_tables(inputs_of(transactions=lines))
    rows = {(row["model"], row["parameter"]): row for row in _arrow(found["lifetime_parameters"]).to_pylist()}
    for name, planted in (("p", P), ("q", Q), ("v", V)):
        row = rows["gamma-gamma", name]
        assert abs(row["value"] - planted) < 4 * row["standard_error"]
    chosen = [row for row in _arrow(found["lifetime_models"]).to_pylist() if row["chosen"]]
    assert {row["stage"] for row in chosen} == {"validation", "test"}
    assert chosen[0]["model"] in {"BG/NBD", "MBG/NBD", "Pareto/NBD"}


def test_the_untouched_window_confirms_the_model(
    inputs_of: Callable[..., Inputs], lines: list[dict[str, Any]]
) -> None:
    found = lifetime_tables(inputs_of(transactions=lines))
    rows = _arrow(found["lifetime_models"]).to_pylist()
    judged = next(row for row in rows if row["stage"] == "test" and row["chosen"])
    plain = next(row for row in rows if row["stage"] == "test" and not row["chosen"])
    assert abs(judged["bias"]) < 0.15
    assert judged["deviance"] < plain["deviance"]
    tenths = _arrow(found["lifetime_calibration"]).to_pylist()
    within = sum(row["low"] <= row["predicted"] <= row["high"] for row in tenths)
    assert within >= len(tenths) - 2
    spend = _arrow(found["value_accuracy"]).to_pylist()
    assert sum(row["customers"] for row in spend[1:]) == spend[0]["customers"]
    assert spend[-1]["share_of_actual"] > 0.2


def test_every_customer_who_bought_has_one_value_on_margin(
    inputs_of: Callable[..., Inputs], lines: list[dict[str, Any]]
) -> None:
    values = _arrow(lifetime_tables(inputs_of(transactions=lines))["lifetime_values"]).to_pylist()
    assert sorted(row["customer_id"] for row in values) == sorted({line["customer_id"] for line in lines})
    assert {row["basis"] for row in values} == {"margin"}
    assert all(row["lifetime_value"] >= 0 and 0 <= row["probability_alive"] <= 1 for row in values)
    past = sum(line["revenue"] - line["cost"] for line in lines)
    assert sum(row["past_value"] for row in values) == pytest.approx(past, abs=Decimal("2"))


def test_values_discount_and_grow_with_the_horizon(
    inputs_of: Callable[..., Inputs], lines: list[dict[str, Any]]
) -> None:
    def total(**given: Any) -> float:  # noqa: ANN401
        found = lifetime_tables(inputs_of(Settings(**given), transactions=lines[:2_000]))
        return float(sum(row["lifetime_value"] for row in _arrow(found["lifetime_values"]).to_pylist()))

    plain = total(discount_rate=0.0)
    assert total(discount_rate=0.3) < total(discount_rate=0.1) < plain
    assert total(discount_rate=0.0, value_horizon_days=730) > plain


def test_without_costs_values_are_revenue_and_say_so(inputs_of: Callable[..., Inputs]) -> None:
    found = lifetime_tables(inputs_of(transactions=sales(600, 4, cost=None)))
    assert {row["basis"] for row in _arrow(found["lifetime_values"]).to_pylist()} == {"revenue"}
    checks = {row["check"]: row for row in _arrow(found["lifetime_checks"]).to_pylist()}
    assert checks["cost_known"]["warning"]


def test_too_few_customers_get_no_value_and_are_told_why(inputs_of: Callable[..., Inputs]) -> None:
    found = lifetime_tables(inputs_of(transactions=sales(12, 3)))
    assert _arrow(found["lifetime_values"]).num_rows == 0
    (row,) = _arrow(found["lifetime_models"]).to_pylist()
    assert not row["chosen"]
    assert "12 customers" in row["note_en"]


def test_a_history_too_short_to_hold_back_a_part_is_used_unjudged(inputs_of: Callable[..., Inputs]) -> None:
    lines = sales(2_000, 8, weeks=6)
    found = lifetime_tables(inputs_of(transactions=lines))
    rows = _arrow(found["lifetime_models"]).to_pylist()
    assert [row["stage"] for row in rows if row["chosen"]] == ["unjudged"]
    assert _arrow(found["lifetime_calibration"]).num_rows == 0


def test_several_currencies_are_refused_by_name(inputs_of: Callable[..., Inputs]) -> None:
    lines = sales(40, 2)
    lines[0]["currency"] = "USD"
    with pytest.raises(SeveralCurrenciesError):
        lifetime_tables(inputs_of(transactions=lines))


def tiers_of(
    inputs_of: Callable[..., Inputs], lines: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table of `value_tiers`."""
    return {name: _arrow(table).to_pylist() for name, table in tier_tables(_stored(inputs_of, lines)).items()}


def _stored(inputs_of: Callable[..., Inputs], lines: list[dict[str, Any]]) -> Inputs:
    found = lifetime_tables(inputs_of(transactions=lines))
    engine = connect("duckdb://")
    tables = {t.name: engine.from_arrow(_arrow(found[t.name]).cast(t.schema())) for t in LIFETIMES.gives}
    return inputs_of().__class__(engine, tables, Settings())


def test_tiers_hold_everybody_once_and_their_shares_add_up(
    inputs_of: Callable[..., Inputs], lines: list[dict[str, Any]]
) -> None:
    found = tiers_of(inputs_of, lines)
    *tiers, total = found["value_tiers"]
    assert sum(row["customers"] for row in tiers) == total["customers"] == 2_500
    assert sum(row["lifetime_value"] for row in tiers) == total["lifetime_value"]
    assert sum(row["value_share"] for row in tiers) == pytest.approx(1)
    assert all(row["low"] < row["lifetime_value"] < row["high"] for row in (*tiers, total))
    assert tiers[0]["customer_share"] == pytest.approx(0.05, abs=0.02)


def test_every_former_tier_moves_to_a_hundred_percent(
    inputs_of: Callable[..., Inputs], lines: list[dict[str, Any]]
) -> None:
    moves = tiers_of(inputs_of, lines)["tier_migration"]
    for before in {row["from_tier"] for row in moves}:
        assert sum(row["share"] for row in moves if row["from_tier"] == before) == pytest.approx(1)
    assert sum(row["customers"] for row in moves) == 2_500


def test_planted_growers_stand_on_the_watch_list(inputs_of: Callable[..., Inputs]) -> None:
    """A tenth of the customers began weeks ago and buys every week, much; the others long ago and seldom."""
    random = np.random.default_rng(1)
    lines: list[dict[str, Any]] = []
    for customer in range(1_000):
        grows = customer % 10 == 0
        week, gap = (96.0, 1.5) if grows else (random.uniform(0, 90), 14.0)
        while week < WEEKS:
            lines.append(_line(len(lines), customer, week, random.gamma(5, 20), 0.6))
            week += random.exponential(gap)
    inputs = _stored(inputs_of, lines)
    bands = {row["band"]: row for row in _arrow(tier_tables(inputs)["growth_potential"]).to_pylist()}
    watch = TIERS.gives[2].behind
    assert watch is not None
    listed = watch(inputs, bands["watch"]).to_arrow()["customer_id"].to_pylist()
    assert len(listed) == bands["watch"]["customers"]
    hit = sum(int(customer[1:]) % 10 == 0 for customer in listed) / len(listed)
    assert hit > 0.7, "by chance a tenth of the list would be growers"


def test_the_customers_behind_a_tier_are_as_many_as_it_says(
    inputs_of: Callable[..., Inputs], lines: list[dict[str, Any]]
) -> None:
    inputs = _stored(inputs_of, lines)
    for table in TIERS.gives[:3]:
        assert table.behind is not None
        for row in _arrow(tier_tables(inputs)[table.name]).to_pylist()[:6]:
            assert table.behind(inputs, row).to_arrow().num_rows == row["customers"]


def test_thresholds_are_round_and_split_where_they_should(inputs_of: Callable[..., Inputs]) -> None:
    values = pa.table(
        {
            "customer_id": [f"c{n:03d}" for n in range(100)],
            "lifetime_value": pa.array([Decimal(1_000 + 17 * n) for n in range(100)], pa.decimal128(18, 4)),
        }
    )
    found = tier_thresholds(inputs_of().engine.from_arrow(values))
    assert {name: float(value) for name, value in found.items()} == {
        "platinum": 2600,
        "gold": 2400,
        "iron": 1800,
    }
