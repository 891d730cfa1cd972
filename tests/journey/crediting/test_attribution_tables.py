"""Outcomes from transactions and cases, the result tables, and the customers behind each number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Results, Settings
from peakend.journey.crediting import AttributionError, Horizons, journey_outcomes, outcome_of
from peakend.journey.crediting.columns import OUTCOME_RATES, TOUCHPOINT_ATTRIBUTION, TOUCHPOINT_SEQUENCES
from peakend.journey.crediting.next_columns import NEXT_STEP_TABLE
from peakend.journey.crediting.next_tables import next_step_tables
from peakend.journey.crediting.outcomes import outcome_tables
from peakend.journey.crediting.tables import attribution_tables, sequence_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine, Relation

Row = dict[str, Any]

START = datetime(2024, 1, 1, 12)


def _step(journey: str, customer: str | None, day: float, touchpoint: str, place: int = 1) -> Row:
    return {
        "journey_id": journey,
        "place": place,
        "event_id": f"{journey}/{place:02d}",
        "customer_id": customer,
        "at": START + timedelta(days=day),
        "touchpoint_id": touchpoint,
    }


def _steps_of(journey: str, customer: str | None, day: float, path: str) -> list[Row]:
    """A path "visit>pay" with an hour between its steps."""
    return [
        _step(journey, customer, day + place / 24, name, place)
        for place, name in enumerate(path.split(">"), 1)
    ]


_SCHEMA = pa.schema(
    [
        ("journey_id", pa.string()),
        ("place", pa.int64()),
        ("event_id", pa.string()),
        ("customer_id", pa.string()),
        ("at", pa.timestamp("us")),
        ("touchpoint_id", pa.string()),
    ]
)


def _with_journeys(inputs: Inputs, steps: list[Row]) -> Inputs:
    """`inputs` with the results of the analysis `journeys` made of these steps, and the outcomes."""
    engine: Engine = inputs.engine
    journey_steps = engine.from_arrow(pa.Table.from_pylist(steps, schema=_SCHEMA))
    journeys = engine.query("journey/stream/journeys", journey_steps=_wide(journey_steps))
    relations = {**inputs.relations, "journey_steps": journey_steps, "journeys": journeys}
    ready = Inputs(engine, relations, inputs.settings)
    outcomes = outcome_tables(ready)["journey_outcomes"]
    assert not isinstance(outcomes, pa.Table)
    stored = engine.from_arrow(outcomes.to_arrow())
    return Inputs(engine, {**relations, "journey_outcomes": stored}, inputs.settings)


def _wide(steps: Relation) -> Relation:
    return steps.query(
        'select t.journey_id, t.place, t.event_id, t.customer_id, t."at", t.touchpoint_id, '
        "cast(null as varchar) as channel, cast(null as varchar) as visitor_id, "
        "cast(null as varchar) as site_id, cast(null as double) as duration_s, "
        "cast(null as double) as emotion from t"
    )


def _sale(customer: str, day: float, number: int, kind: str = "sale") -> Row:
    return {
        "transaction_id": f"t{customer}{number}",
        "customer_id": customer,
        "at": START + timedelta(days=day),
        "kind": kind,
    }


def _outcomes(inputs: Inputs) -> dict[str, Row]:
    return {row["journey_id"]: row for row in inputs["journey_outcomes"].to_arrow().to_pylist()}


def test_what_follows_a_journey(inputs_of: Callable[..., Inputs]) -> None:
    steps = [
        *_steps_of("again", "c1", 0, "visit>pay"),
        *_steps_of("refund", "c2", 0, "visit>pay"),
        *_steps_of("late", "c3", 0, "visit>pay"),
        *_steps_of("back", "c4", 0, "visit>pay"),
        *_steps_of("back later", "c4", 100, "visit"),
        *_steps_of("recent", "c5", 320, "visit"),
        *_steps_of("last", "c9", 400, "visit"),
        *_steps_of("nobody", None, 0, "visit"),
    ]
    sales = [
        # A sale in the last second of the journey is the journey's own.
        {**_sale("c1", 2 / 24, 0), "transaction_id": "own"},
        _sale("c1", 60, 1),
        _sale("c2", 60, 1, "refund"),
        _sale("c3", 95, 1),
        _sale("c5", 330, 1),
        _sale("c9", 401, 1),
    ]
    found = _outcomes(_with_journeys(inputs_of(transactions=sales), steps))
    assert "nobody" not in found
    assert {name: row["repurchased"] for name, row in found.items()} == {
        "again": True,
        "refund": False,
        "late": False,
        "back": False,
        "back later": False,
        # Bought, but not all of ninety days was observed: taking it would favour the early ones.
        "recent": None,
        "last": None,
    }
    churned = {name: row["churned"] for name, row in found.items()}
    assert churned == {
        "again": False,
        "refund": True,
        "late": False,
        "back": False,
        "back later": True,
        "recent": None,
        "last": None,
    }
    # No complaint anywhere: they are not recorded, which is not "never".
    assert {row["complained"] for row in found.values()} == {None}


def test_complaints_cut_a_journey_short(inputs_of: Callable[..., Inputs]) -> None:
    steps = [
        *_steps_of("within", "c1", 0, "visit>complaint desk>pay"),
        *_steps_of("after", "c2", 0, "visit>pay"),
        *_steps_of("too late", "c3", 0, "visit>pay"),
        *_steps_of("request", "c4", 0, "visit>pay"),
        *_steps_of("end", "c9", 200, "visit"),
    ]
    cases = [
        {"case_id": "k2", "customer_id": "c2", "kind": "complaint", "opened_at": START + timedelta(days=20)},
        {"case_id": "k3", "customer_id": "c3", "kind": "投诉", "opened_at": START + timedelta(days=50)},
        {"case_id": "k4", "customer_id": "c4", "kind": "request", "opened_at": START + timedelta(days=1)},
        {"case_id": "k9", "customer_id": "c9", "kind": "request", "opened_at": START + timedelta(days=201)},
    ]
    inputs = _with_journeys(inputs_of(cases=cases), steps)
    found = _outcomes(inputs)
    assert {name: row["complained"] for name, row in found.items()} == {
        "within": True,
        "after": True,
        "too late": False,
        "request": False,
        "end": None,
    }
    judged = outcome_of(inputs["journey_outcomes"], "complaint").to_arrow().to_pylist()
    cut = {row["journey_id"]: row["cut_at"] for row in judged if row["converted"]}
    assert cut == {"within": steps[1]["at"], "after": START + timedelta(days=20)}


def test_horizons_can_be_set_and_must_make_sense(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of()
    with pytest.raises(AttributionError, match="above 0"):
        Horizons(churn=0)
    with pytest.raises(AttributionError, match="not bliss"):
        outcome_of(inputs["interactions"], "bliss")
    ready = _with_journeys(
        inputs_of(transactions=[_sale("c1", 10, 1), _sale("c2", 90, 1)]),
        [*_steps_of("a", "c1", 0, "visit"), *_steps_of("b", "c2", 0, "visit")],
    )
    names = ("journeys", "journey_steps", "transactions", "cases", "touchpoints")
    relations = [ready[name] for name in names]
    week = journey_outcomes(
        relations[0], relations[1], relations[2], relations[3], relations[4], Horizons(repurchase=7)
    )
    assert [row["repurchased"] for row in week.to_arrow().to_pylist()] == [False, False]


@pytest.fixture
def world(inputs_of: Callable[..., Inputs]) -> Inputs:
    """600 customers with a journey each over a year, and a year of silence but for sales and complaints:
    who met the demo buys again more often, and every tenth complains on the way."""
    random = np.random.default_rng(8)
    steps, sales = [], []
    for number in range(600):
        customer, day = f"c{number:03d}", float(random.random() * 360)
        met = [name for name in ("search", "demo", "call", "visit") if random.random() < 0.5]
        if number % 10 == 0:
            met.append("complaint")
        steps += _steps_of(f"j{number:03d}", customer, day, ">".join([*met, "pay"]))
        if random.random() < (0.6 if "demo" in met else 0.2):
            sales.append(_sale(customer, day + 30, 1))
    steps += _steps_of("end", "c999", 760, "pay")
    sales.append(_sale("c999", 760.5, 1))
    names = [
        {"touchpoint_id": "demo", "name": "Demonstration", "name_zh": "演示"},
        {"touchpoint_id": "pay", "name": "Till", "name_zh": "收银台"},
    ]
    return _with_journeys(inputs_of(transactions=sales, touchpoints=names), steps)


def _table(results: Results, name: str) -> list[Row]:
    table = results[name]
    assert isinstance(table, pa.Table)
    rows: list[Row] = table.to_pylist()
    return rows


def test_the_table_of_attribution_and_its_lists(world: Inputs) -> None:
    results = attribution_tables(world)
    rates = {row["outcome"]: row for row in _table(results, "outcome_rates")}
    assert rates["repurchase"]["n"] == 600
    assert rates["repurchase"]["rate_low"] < rates["repurchase"]["rate"] < rates["repurchase"]["rate_high"]
    assert rates["complaint"]["n_converted"] == 60
    assert rates["complaint"]["cut_short"] == 1
    rows = _table(results, "touchpoint_attribution")
    demo = next(
        r
        for r in rows
        if (r["outcome"], r["method"], r["touchpoint_id"]) == ("repurchase", "shapley", "demo")
    )
    assert (demo["verdict"], demo["touchpoint_en"], demo["touchpoint_zh"]) == (
        "more",
        "Demonstration",
        "演示",
    )
    assert demo["lift_low"] > 0
    churn = next(
        r for r in rows if (r["outcome"], r["method"], r["touchpoint_id"]) == ("churn", "shapley", "demo")
    )
    assert churn["verdict"] == "less"
    # All complaints came on the way: shares are told, none is tested.
    assert {r["verdict"] for r in rows if r["outcome"] == "complaint" and not r["hidden"]} == {"not_tested"}
    assert all(0 <= r["share"] <= 1 for r in rows if r["outcome"] == "complaint" and not r["hidden"])
    behind, behind_rate = TOUCHPOINT_ATTRIBUTION.behind, OUTCOME_RATES.behind
    assert behind is not None
    assert behind_rate is not None
    for row in rows:
        if row["method"] == "shapley" and not row["hidden"] and row["touchpoint_id"] in {"demo", "pay"}:
            key = {name: row[name] for name in TOUCHPOINT_ATTRIBUTION.key}
            listed = behind(world, key).to_arrow()
            assert listed.column_names[0] == "customer_id"
            assert listed.num_rows == row["n_converted"], key
    for name, rate in rates.items():
        assert behind_rate(world, {"outcome": name}).to_arrow().num_rows == rate["n_converted"]
    with pytest.raises(AttributionError, match="nowhere"):
        behind(world, {"outcome": "churn", "method": "shapley", "touchpoint_id": "nowhere"})


def test_small_cells_are_hidden(world: Inputs) -> None:
    strict = Inputs(world.engine, world.relations, Settings(minimum_base=250))
    rows = _table(attribution_tables(strict), "touchpoint_attribution")
    hidden = [row for row in rows if row["hidden"]]
    assert hidden
    assert all(row["n"] is None and row["share"] is None and row["verdict"] is None for row in hidden)
    assert all(row["n"] >= 250 for row in rows if not row["hidden"])


def test_the_table_of_sequences_and_its_lists(world: Inputs) -> None:
    rows = _table(sequence_tables(world), "touchpoint_sequences")
    assert {row["outcome"] for row in rows} >= {"repurchase", "churn"}
    behind = TOUCHPOINT_SEQUENCES.behind
    assert behind is not None
    for row in rows[:: max(1, len(rows) // 4)]:
        key = {name: row[name] for name in TOUCHPOINT_SEQUENCES.key}
        assert behind(world, key).to_arrow().num_rows == row["n"], key
        if row["verdict"] == "not_tested":
            assert row["p_value"] is None
    with pytest.raises(AttributionError):
        behind(world, {"outcome": "churn", "link": "direct", "first_id": "nowhere", "second_id": "pay"})


def test_the_table_of_next_steps_and_its_lists(world: Inputs) -> None:
    results = next_step_tables(world)
    quality = _table(results, "next_step_quality")
    assert [row["memory"] for row in quality] == [0, 1, 2, 3]
    assert sum(row["chosen"] for row in quality) == 1
    assert quality[0]["verdict"] == "base_rate"
    assert next(row for row in quality if row["chosen"])["verdict"] == "better"
    rows = _table(results, "next_step_table")
    assert all(row["n"] >= 10 for row in rows)
    assert all(row["probability_low"] <= row["probability"] <= row["probability_high"] for row in rows)
    behind = NEXT_STEP_TABLE.behind
    assert behind is not None
    for row in rows[:4]:
        key = {name: row[name] for name in NEXT_STEP_TABLE.key}
        assert behind(world, key).to_arrow().num_rows == row["n"], key
    with pytest.raises(AttributionError, match="somewhere"):
        behind(world, {"context": "somewhere", "next_id": "pay"})


def test_a_young_log_gives_empty_tables(inputs_of: Callable[..., Inputs]) -> None:
    young = _with_journeys(inputs_of(), _steps_of("a", "c1", 0, "visit>pay"))
    for results in (attribution_tables(young), sequence_tables(young), next_step_tables(young)):
        for name in results:
            assert _table(results, name) == [], name
