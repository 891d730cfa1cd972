"""The registry's record: what is registered beside what is found, with score, care and cost on one row."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Settings
from peakend.journey.interactions import InteractionsError
from peakend.journey.registry.columns import REGISTRY
from peakend.journey.registry.meeting import touchpoints_met
from peakend.journey.registry.record import registry_tables
from peakend.warehouse.load_sql import STUB

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine

Rows = list[dict[str, Any]]
START = datetime(2025, 3, 1, 9)


def event(number: int, touchpoint: str | None, customer: str | None = "c1", **more: object) -> dict[str, Any]:
    at = START + timedelta(hours=number)
    return {
        "event_id": f"e{number:03d}",
        "customer_id": customer,
        "at": at,
        "touchpoint_id": touchpoint,
    } | more


TOUCHPOINTS: Rows = [
    {"touchpoint_id": "ads", "name": "Ads", "name_zh": "广告", "position": 1, "stage": "pre"},
    {"touchpoint_id": "tv", "name": "TV", "position": 2, "stage": "pre", "parent_id": "ads", "channel": "tv"},
    {
        "touchpoint_id": "desk",
        "name": "Desk",
        "position": 3,
        "stage": "use",
        "channel": "counter, phone",
        "moment_of_truth": True,
        "thread": "contact",
        "purpose": "risk",
        "target": 60.0,
    },
    {"touchpoint_id": "fax", "name": "Fax", "position": 4, "stage": "service", "purpose": "design"},
    {"touchpoint_id": "kiosk", "attributes": STUB},
]


def company() -> dict[str, Any]:
    events = [event(n, "desk", f"c{n % 20}", channel="counter" if n % 3 else "app") for n in range(60)]
    events += [event(100 + n, "kiosk", f"c{n}", channel="kiosk") for n in range(5)]
    events += [event(200, "tv", None), event(201, None, "c3", kind="chat"), event(202, None, "c3")]
    events += [
        event(203, "desk") | {"at": datetime(1969, 1, 1)},
        event(204, "desk") | {"at": datetime(2999, 1, 1)},
    ]
    return {
        "touchpoints": TOUCHPOINTS,
        "interactions": events,
        "surveys": [{"survey_id": "s", "programme": "s"}],
        "questions": [
            {
                "question_id": "q",
                "metric": "rating",
                "scale_low": 1,
                "scale_high": 5,
                "touchpoint_id": "desk",
            },
            {"question_id": "all", "metric": "nps", "scale_low": 0, "scale_high": 10, "overall": True},
        ],
        "responses": [
            {"response_id": f"r{n}", "survey_id": "s", "customer_id": f"c{n % 20}", "answered_at": START}
            for n in range(40)
        ],
        "answers": [
            {"response_id": f"r{n}", "question_id": "q", "state": "answered", "score": 3.0 + n % 3}
            for n in range(40)
        ],
        "cases": [
            {"case_id": "k1", "touchpoint_id": "desk", "opened_at": START, "due_at": START},
            {"case_id": "k2", "touchpoint_id": "desk", "opened_at": START, "closed_at": START},
            {"case_id": "k3", "touchpoint_id": "lift", "opened_at": START},
            {"case_id": "k4", "opened_at": START},
        ],
        "cost_entries": [
            {"entry_id": "1", "at": START, "kind": "service", "amount": Decimal("2.5"), "currency": "CNY"}
            | {"event_id": "e001"},
            {"entry_id": "2", "at": START, "kind": "service", "amount": Decimal(4), "currency": "CNY"},
        ],
        "initiatives": [{"initiative_id": "i", "name": "Faster desk", "touchpoint_id": "desk"}],
    }


@pytest.fixture
def tables(inputs_of: Callable[..., Inputs]) -> dict[str, Rows]:
    found = registry_tables(inputs_of(**company()))
    return {name: table.to_pylist() for name, table in found.items() if isinstance(table, pa.Table)}


def of(tables: dict[str, Rows], touchpoint: str) -> dict[str, Any]:
    return next(row for row in tables["touchpoint_registry"] if row["touchpoint_id"] == touchpoint)


def test_unregistered_and_never_met_are_both_told(tables: dict[str, Rows]) -> None:
    found = {row["touchpoint_id"]: row["status"] for row in tables["touchpoint_registry"]}
    assert found == {
        "ads": "met_through_parts",
        "tv": "met",
        "desk": "met",
        "fax": "never_met",
        "kiosk": "unregistered",
        "chat": "unregistered",
        "lift": "mentioned",
    }
    census = tables["touchpoint_census"][0]
    assert (census["registered"], census["met"], census["never_met"]) == (4, 3, 1)
    assert (census["unregistered"], census["unregistered_events"], census["mentioned"]) == (2, 6, 1)
    assert (census["nameless_events"], census["impossible_events"]) == (1, 2)


def test_score_care_and_cost_join_on_one_record(tables: dict[str, Rows]) -> None:
    desk = of(tables, "desk")
    assert (desk["events"], desk["customers"]) == (60, 20)
    assert desk["score"] == pytest.approx(75.0, abs=2.0)
    assert desk["score_low"] < desk["score"] < desk["score_high"]
    assert desk["against_target"] == "above"
    assert (desk["cases"], desk["open_cases"], desk["overdue_cases"], desk["initiatives"]) == (2, 1, 1, 1)
    assert (desk["cost"], desk["currency"]) == (Decimal("2.5000"), "CNY")
    assert desk["threshold"] == 60
    assert desk["delivered"] == pytest.approx(26 / 40)
    assert desk["delivered_low"] < 26 / 40 < desk["delivered_high"]


def test_what_is_joined_adds_up_to_everything(tables: dict[str, Rows]) -> None:
    rows, census = tables["touchpoint_registry"], tables["touchpoint_census"][0]
    events = census["events"] + census["nameless_events"] + census["impossible_events"]
    assert events == len(company()["interactions"])
    assert sum(row["cases"] for row in rows) + census["cases_elsewhere"] == census["cases"] == 4
    assert sum(row["cost"] for row in rows) + census["cost_elsewhere"] == census["cost"] == Decimal("6.5")


def test_channels_met_are_held_against_those_declared(tables: dict[str, Rows]) -> None:
    desk = of(tables, "desk")
    assert desk["channels_declared"] == "counter, phone"
    assert desk["channels_met"] == "counter, app"
    assert (desk["channels_undeclared"], desk["channels_unmet"]) == ("app", "phone")
    assert of(tables, "ads")["channels_declared"] == "tv"


def test_purposes_and_moments_are_reported(tables: dict[str, Rows]) -> None:
    purposes = {row["purpose"]: row for row in tables["touchpoint_purposes"]}
    assert set(purposes) == {"risk", "design"}
    assert (purposes["risk"]["indicator"], purposes["risk"]["value"]) == ("open_cases", 0.5)
    cells = {(row["thread"], row["moment"]): row for row in tables["moment_matrix"]}
    assert len(cells) == 6
    assert cells["contact", "during"]["delivered"] == pytest.approx(26 / 40)
    assert all(row["assumption"] for row in cells.values())


def test_few_answers_are_hidden(inputs_of: Callable[..., Inputs]) -> None:
    given = company()
    given["answers"] = given["answers"][:6]
    table = registry_tables(inputs_of(**given))["touchpoint_registry"]
    assert isinstance(table, pa.Table)
    desk = next(row for row in table.to_pylist() if row["touchpoint_id"] == "desk")
    assert desk["hidden"]
    assert desk["score"] is None
    assert desk["delivered"] is None


@pytest.mark.parametrize(("planted", "verdict"), [(0.0, "cannot_tell"), (-1.5, "below")])
def test_a_planted_shortfall_is_found_and_its_twin_is_not(
    inputs_of: Callable[..., Inputs], planted: float, verdict: str
) -> None:
    given = company()
    for n, answer in enumerate(given["answers"]):
        answer["score"] = max(1.0, (3.0 + n % 3) + planted)
    given["touchpoints"] = [row | {"target": 75.0} for row in TOUCHPOINTS[:4]]
    table = registry_tables(inputs_of(**given))["touchpoint_registry"]
    assert isinstance(table, pa.Table)
    desk = next(row for row in table.to_pylist() if row["touchpoint_id"] == "desk")
    assert desk["against_target"] == verdict


def test_the_list_behind_a_record_is_as_long_as_its_number(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(**company())
    table = registry_tables(inputs)["touchpoint_registry"]
    assert isinstance(table, pa.Table)
    assert REGISTRY.behind is not None
    for row in table.to_pylist():
        listed = REGISTRY.behind(inputs, row).to_arrow()
        assert listed.column_names[0] == "customer_id"
        assert len(listed) == row["customers"]


def test_several_currencies_are_not_added(inputs_of: Callable[..., Inputs]) -> None:
    given = company()
    given["cost_entries"][1]["currency"] = "EUR"
    census = registry_tables(inputs_of(**given))["touchpoint_census"]
    assert isinstance(census, pa.Table)
    assert census.to_pylist()[0]["cost"] is None
    chosen = registry_tables(inputs_of(Settings(currency="EUR"), **given))["touchpoint_census"]
    assert isinstance(chosen, pa.Table)
    assert chosen.to_pylist()[0]["cost"] == Decimal(4)


def test_an_empty_log_gives_an_empty_record(inputs_of: Callable[..., Inputs]) -> None:
    found = registry_tables(inputs_of(touchpoints=TOUCHPOINTS[:1]))["touchpoint_registry"]
    assert isinstance(found, pa.Table)
    assert found.to_pylist()[0]["status"] == "never_met"


def test_a_frame_of_interactions_is_enough(memory: Engine) -> None:
    frame = pa.Table.from_pylist([event(n, "x", "c1" if n else None) for n in range(3)])
    row = touchpoints_met(frame).to_arrow().to_pylist()[0]
    assert (row["touchpoint_id"], row["events"], row["customers"], row["anonymous_events"]) == ("x", 3, 1, 1)
    with pytest.raises(InteractionsError, match="touchpoint_id"):
        touchpoints_met(frame.drop_columns("touchpoint_id"))
