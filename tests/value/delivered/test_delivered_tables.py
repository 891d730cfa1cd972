"""From answers, orders and minutes to delivered value, its change, and whether both sides gain."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Settings
from peakend.value.delivered.analyses import DELIVERED, MUTUAL
from peakend.value.delivered.columns import CUSTOMER_DELIVERED_VALUE
from peakend.value.delivered.delivered_tables import delivered_tables
from peakend.value.delivered.eight_factors import COSTS, VALUES
from peakend.value.delivered.mutual_tables import mutual_tables
from peakend.value.prediction.results import LIFETIME_VALUES
from peakend.value.profit.analyses import ANALYSES as PROFIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Relation

CUSTOMERS = 120
LAST = datetime(2024, 12, 30, 12)
CUSTOMER_PROFIT = next(t for a in PROFIT for t in a.gives if t.name == "customer_profit")
ASKED = {
    "product_value": 500.0,
    "service_value": 200.0,
    "personnel_value": 100.0,
    "image_value": 100.0,
    "energy_cost": 80.0,
    "psychic_cost": 40.0,
}
FACTOR = {"product_value": "product", "service_value": "service", "personnel_value": "personnel",
          "image_value": "image", "energy_cost": "energy", "psychic_cost": "psychic"}  # fmt: skip


def table(result: pa.Table | Relation) -> pa.Table:
    return result if isinstance(result, pa.Table) else result.to_arrow()


@pytest.fixture
def company_of(inputs_of: Callable[..., Inputs]) -> Callable[..., Inputs]:
    """`company_of(service=0.5)`: the answer about service rises by so much of its scale between two years;
    `minutes`: so many more minutes an order."""

    def build(*, service: float = 0.0, minutes: float = 0.0, seed: int = 3, **given: Any) -> Inputs:  # noqa: ANN401
        random = np.random.default_rng(seed)
        rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("responses", "answers", "transactions", "interactions")
        }
        for customer in range(CUSTOMERS):
            for year, shift in ((0, 0.0), (1, service)):
                at = LAST - timedelta(days=500 - 365 * year)
                _year(rows, customer, year, at, shift, minutes * year, random)
        rows["transactions"].append(_sale("last", 0, LAST))
        factors = [
            *(
                {"factor": FACTOR[d], "segment": "*", "amount_per_unit": Decimal(str(v)), "unit": "scale"}
                for d, v in ASKED.items()
            ),
            {"factor": "money", "segment": "*", "amount_per_unit": Decimal(1), "unit": "money"},
            {"factor": "time", "segment": "*", "amount_per_unit": Decimal(2), "unit": "minute"},
        ]
        tables: dict[str, Any] = {
            **rows,
            "customers": [{"customer_id": f"c{n}"} for n in range(CUSTOMERS + 30)],
            "questions": [
                {"question_id": d, "metric": "rating", "dimension": d, "scale_low": 1.0, "scale_high": 5.0}
                for d in ASKED
            ],
            "value_factors": [{**row, "currency": "CNY"} for row in factors],
        }
        return inputs_of(given.pop("settings", None), **{**tables, **given})

    return build


def _year(
    rows: dict[str, list[dict[str, Any]]],
    customer: int,
    year: int,
    at: datetime,
    shift: float,
    minutes: float,
    random: np.random.Generator,
) -> None:
    response = f"r{customer}-{year}"
    rows["responses"].append(
        {"response_id": response, "survey_id": "s", "customer_id": f"c{customer}", "answered_at": at}
    )
    for dimension in ASKED:
        high = 2.2 + (4 * shift if dimension == "service_value" else 0.0)
        score = float(np.clip(random.normal(high, 0.4), 1, 5))
        rows["answers"].append(
            {"response_id": response, "question_id": dimension, "state": "answered", "score": score}
        )
    rows["transactions"].append(_sale(f"{customer}-{year}", customer, at))
    spent = 60 * (10 + minutes + random.normal(0, 1))
    rows["interactions"].append(
        {"event_id": f"e{customer}-{year}", "customer_id": f"c{customer}", "at": at, "duration_s": spent}
    )


def _sale(key: str, customer: int, at: datetime) -> dict[str, Any]:
    return {
        "transaction_id": f"t{key}",
        "order_id": f"o{key}",
        "customer_id": f"c{customer}",
        "at": at,
        "kind": "sale",
        "revenue": Decimal(200),
        "currency": "CNY",
    }


def rows_of(result: pa.Table | Relation, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in table(result).to_pylist()}


def test_the_parts_of_every_customer_add_up(company_of: Callable[..., Inputs]) -> None:
    rows = table(delivered_tables(company_of())["customer_delivered_value"]).to_pylist()
    assert len(rows) == CUSTOMERS
    for row in rows:
        costs = [row["time_spent" if name == "time" else name] for name in COSTS]
        assert row["total_value"] == sum(row[name] for name in VALUES)
        assert row["total_cost"] == sum(costs)
        assert row["delivered_value"] == row["total_value"] - row["total_cost"]
        assert row["relationship_component"] == 0, "nobody has a membership or service contacts"


def test_scores_minutes_and_prices_become_money_as_declared(company_of: Callable[..., Inputs]) -> None:
    found = rows_of(delivered_tables(company_of())["delivered_factors"], "item")
    assert found["money"]["mean"] == pytest.approx(200)
    assert found["time"]["mean"] == pytest.approx(20, abs=0.6), "ten minutes at two each"
    assert found["product"]["mean"] == pytest.approx(500 * 0.3, rel=0.1)


def test_a_rise_of_service_is_found_on_the_value_route_and_lost_time_on_the_other(
    company_of: Callable[..., Inputs],
) -> None:
    found = rows_of(delivered_tables(company_of(service=0.3, minutes=5))["delivered_change"], "item")
    assert found["service"]["verdict"] == "better"
    assert found["service"]["change"] == pytest.approx(0.3 * 200, rel=0.15)
    assert found["time"]["verdict"] == "worse"
    assert found["time"]["change"] == pytest.approx(10, abs=1)
    assert {found[name]["verdict"] for name in ("product", "image", "psychic")} == {"cannot_tell"}
    exact = found["total_value"]["total_change"] - found["total_cost"]["total_change"]
    assert found["delivered_value"]["total_change"] == exact


def test_where_nothing_changed_hardly_anything_is_told(company_of: Callable[..., Inputs]) -> None:
    told = 0
    for seed in range(12):
        rows = table(delivered_tables(company_of(seed=seed))["delivered_change"]).to_pylist()
        told += any(row["verdict"] in ("better", "worse") for row in rows)
    # Corrected: a company alarms in at most 5 %; four of twelve would happen once in 500 times.
    assert told <= 3


def test_coverage_counts_everybody_once(company_of: Callable[..., Inputs]) -> None:
    rows = table(delivered_tables(company_of())["delivered_coverage"]).to_pylist()
    known = {row["item"]: row["customers"] for row in rows if row["kind"] == "known"}
    assert sum(known.values()) == CUSTOMERS + 30
    assert known == {**{str(n): 0 for n in range(1, 8)}, "0": 30, "8": CUSTOMERS}


def test_a_factor_without_a_price_stays_unknown(company_of: Callable[..., Inputs]) -> None:
    inputs = company_of()
    fewer = inputs["value_factors"].query("select * from f where f.factor <> 'image'", name="f")
    inputs = Inputs(inputs.engine, {**inputs.relations, "value_factors": fewer}, inputs.settings)
    rows = table(delivered_tables(inputs)["customer_delivered_value"]).to_pylist()
    assert {row["delivered_value"] for row in rows} == {None}
    assert {row["factors_known"] for row in rows} == {7}


def test_a_segment_of_its_own_has_its_own_price(company_of: Callable[..., Inputs]) -> None:
    member = {"segmentation": "tier", "segment": "gold", "subject": "customer", "subject_id": "c1"}
    dear = {"factor": "time", "segment": "gold", "segmentation": "tier", "amount_per_unit": Decimal(9),
            "unit": "minute", "currency": "CNY"}  # fmt: skip
    plain = company_of()
    own = [
        {k: v for k, v in row.items() if v is not None}
        for row in plain["value_factors"].to_arrow().to_pylist()
    ]
    rows = rows_of(
        delivered_tables(company_of(segment_members=[member], value_factors=[*own, dear]))[
            "customer_delivered_value"
        ],
        "customer_id",
    )
    before = rows_of(delivered_tables(plain)["customer_delivered_value"], "customer_id")
    assert float(rows["c1"]["time_spent"]) == pytest.approx(4.5 * float(before["c1"]["time_spent"]), rel=1e-4)
    assert rows["c2"]["time_spent"] == before["c2"]["time_spent"]


def test_relationship_value_needs_a_relationship(company_of: Callable[..., Inputs]) -> None:
    member = {"membership_id": "m", "customer_id": "c5", "programme": "p"}
    rows = rows_of(
        delivered_tables(company_of(memberships=[member]))["customer_delivered_value"], "customer_id"
    )
    assert rows["c5"]["relationship_component"] == rows["c5"]["personnel"] + rows["c5"]["image"]
    assert rows["c6"]["relationship_component"] == 0


def mutual(inputs: Inputs, profit: dict[str, int]) -> tuple[Inputs, dict[str, Any]]:
    stored = table(delivered_tables(inputs)["customer_delivered_value"]).cast(
        CUSTOMER_DELIVERED_VALUE.schema()
    )
    extra = {
        "customer_delivered_value": inputs.engine.from_arrow(stored),
        "lifetime_values": inputs.engine.from_arrow(LIFETIME_VALUES.schema().empty_table()),
        "customer_profit": inputs.engine.from_arrow(
            CUSTOMER_PROFIT.of([{"customer_id": c, "profit": Decimal(p)} for c, p in profit.items()])
        ),
    }
    whole = Inputs(inputs.engine, {**inputs.relations, **extra}, Settings())
    return whole, dict(mutual_tables(whole))


def test_everybody_known_on_both_sides_is_in_one_quadrant(company_of: Callable[..., Inputs]) -> None:
    profit = {f"c{n}": 50 if n % 3 else -20 for n in range(CUSTOMERS - 10)}
    inputs, found = mutual(company_of(), profit)
    rows = rows_of(found["mutual_value"], "quadrant")
    values = rows_of(delivered_tables(inputs)["customer_delivered_value"], "customer_id")
    expected = dict.fromkeys(("win_win", "subsidy", "exploitation", "exit"), 0)
    for customer, worth in profit.items():
        gains = values[customer]["delivered_value"] > 0
        name = ("win_win" if worth > 0 else "subsidy") if gains else ("exploitation" if worth > 0 else "exit")
        expected[name] += 1
    assert {name: rows[name]["customers"] for name in expected} == expected
    assert rows["unknown"]["customers"] == 10
    assert sum(rows[name]["share"] for name in expected) == pytest.approx(1)
    behind = MUTUAL.gives[0].behind
    assert behind is not None
    for name, row in rows.items():
        assert behind(inputs, row).to_arrow().num_rows == row["customers"], name


def test_moves_between_years_make_a_hundred_percent(company_of: Callable[..., Inputs]) -> None:
    _, found = mutual(company_of(service=0.5), {})
    moves = table(found["mutual_moves"]).to_pylist()
    assert sum(row["customers"] for row in moves) == CUSTOMERS
    for before in {row["from_quadrant"] for row in moves}:
        assert sum(row["share"] for row in moves if row["from_quadrant"] == before) == pytest.approx(1)


def test_no_transactions_give_empty_tables(inputs_of: Callable[..., Inputs]) -> None:
    assert all(table(found).num_rows == 0 for found in delivered_tables(inputs_of()).values())
    assert {t.name for t in DELIVERED.gives} == set(delivered_tables(inputs_of()))
