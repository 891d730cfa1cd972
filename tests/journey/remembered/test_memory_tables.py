"""The analyses `moments` and `peak_end` on canonical tables, and the customers behind their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from journey.remembered.lived import STOPS, company
from peakend.analyses.catalogue import catalogue
from peakend.declaration import Inputs, Settings
from peakend.engine import Engine, connect
from peakend.feedback.scales import ScoreOutsideScaleError
from peakend.journey.remembered.columns import ROLES, VERDICT
from peakend.journey.remembered.memory_tables import memory_tables, moment_tables

Row = dict[str, Any]
Build = Callable[..., Inputs]
ANALYSES = {analysis.name: analysis for analysis in catalogue()}


def cut(inputs: Inputs) -> Inputs:
    """With the steps and journeys that `moments` needs, as whoever gives them computes them."""
    relations = dict(inputs.relations)
    giver = next(a for a in ANALYSES.values() if any(t.name == "journey_steps" for t in a.gives))
    for name, relation in giver.compute(inputs).items():
        relations[name] = (
            relation if not isinstance(relation, pa.Table) else inputs.engine.from_arrow(relation)
        )
    return Inputs(inputs.engine, relations, inputs.settings)


def felt(inputs: Inputs) -> Inputs:
    """With the results of `moments`, each computed once."""
    ready = cut(inputs)
    found = moment_tables(ready)
    relations = {name: ready.engine.from_arrow(relation.to_arrow()) for name, relation in found.items()}
    return Inputs(ready.engine, {**ready.relations, **relations}, ready.settings)


def rows(inputs: Inputs, name: str) -> list[Row]:
    found: list[Row] = inputs[name].to_arrow().to_pylist()
    return found


@pytest.fixture(scope="module")
def airline() -> Inputs:
    from peakend.warehouse.schema import canonical_tables

    engine = connect("duckdb://")
    members = [
        {"segmentation": "tier", "segment": "gold" if n % 3 else "blue", "subject": "customer",
         "subject_id": f"c{n:05d}"}
        for n in range(900)
    ] + [
        {"segmentation": "rare", "segment": "few", "subject": "customer", "subject_id": f"c{n:05d}"}
        for n in range(6)
    ]  # fmt: skip
    given: Mapping[str, list[Row]] = {**company(), "segment_members": members}
    relations = {
        name: engine.from_arrow(pa.Table.from_pylist(given.get(name, []), table.schema()))
        for name, table in canonical_tables().items()
    }
    return felt(Inputs(engine, relations, Settings()))


@pytest.fixture(scope="module")
def results(airline: Inputs) -> dict[str, list[Row]]:
    return {name: table.to_pylist() for name, table in memory_tables(airline).items()}


def test_the_planted_rule_is_told_with_its_evidence(results: dict[str, list[Row]]) -> None:
    whole = results["memory_verdict"][0]
    assert (whole["segmentation"], whole["verdict"], whole["model"]) == ("all", "told", "peak_end")
    assert whole["ahead_low"] > 0
    assert whole["ahead_of_mean_low"] > 0
    assert whole["peak_weight"] == pytest.approx(0.5, abs=0.1)
    assert whole["peak_weight_low"] < whole["peak_weight"] < whole["peak_weight_high"]
    assert whole["coverage"] == 1.0
    assert whole["asked_together"] == 0.0
    models = [row for row in results["memory_models"] if row["segmentation"] == "all"]
    assert len(models) == 8
    assert [row["model"] for row in models if row["standing"] == "best"] == ["peak_end"]
    assert sum(row["akaike_weight"] for row in models) == pytest.approx(1)


def test_segments_with_few_customers_are_hidden(results: dict[str, list[Row]]) -> None:
    by_cut = {(row["segmentation"], row["segment"]): row for row in results["memory_verdict"]}
    assert by_cut["tier", "gold"]["model"] is not None
    few = by_cut.get(("rare", "few"))
    assert few is None or (few["hidden"] and few["n"] is None and few["customers"] is None)


@pytest.mark.parametrize("place", [0, 1])
def test_the_list_behind_a_verdict_is_as_long_as_its_number(
    airline: Inputs, results: dict[str, list[Row]], place: int
) -> None:
    row = [row for row in results["memory_verdict"] if not row["hidden"]][place]
    assert VERDICT.behind is not None
    listed = VERDICT.behind(airline, row).to_arrow()
    assert listed.column_names[0] == "customer_id"
    assert listed.num_rows == row["customers"]


def test_the_list_behind_a_role_is_as_long_as_its_number(
    airline: Inputs, results: dict[str, list[Row]]
) -> None:
    assert ROLES.behind is not None
    assert len(results["memory_roles"]) == len(STOPS)
    for row in results["memory_roles"]:
        assert ROLES.behind(airline, row).to_arrow().num_rows == row["customers"]


def test_roles_are_found_and_held_against_the_design(results: dict[str, list[Row]]) -> None:
    by_name = {row["touchpoint_id"]: row for row in results["memory_roles"]}
    assert by_name["lounge"]["role"] == "peak"
    assert by_name["greeting"]["role"] == "end"
    assert by_name["lounge"]["as_designed"] is True
    assert by_name["flight"]["as_designed"] is False
    assert by_name["greeting"]["as_designed"] is None
    assert by_name["greeting"]["end_share"] == 1.0
    assert by_name["checkin"]["valley"] == "tolerated"
    assert by_name["baggage"]["valley"] == "remembered"
    for row in by_name.values():
        assert row["memory_weight_low"] <= row["memory_weight"] <= row["memory_weight_high"]
    weight = sum(row["memory_weight"] * row["n"] for row in by_name.values())
    assert weight == pytest.approx(900, rel=1e-9)


def test_under_an_average_no_low_point_is_tolerated(inputs_of: Build) -> None:
    found = memory_tables(felt(inputs_of(**company(journeys=500, rule="mean"))))
    verdict = found["memory_verdict"].to_pylist()[0]
    assert verdict["model"] in ("mean", "duration", "recency")
    assert {row["valley"] for row in found["memory_roles"].to_pylist()} <= {
        None,
        "even",
        "cannot_tell",
        "remembered",
    }


def test_where_nothing_is_tied_to_the_whole_no_weight_is_given(inputs_of: Build) -> None:
    given = company(journeys=400)
    for number, answer in enumerate(given["answers"]):
        answer["score"] = (number * 7) % 11
    found = memory_tables(felt(inputs_of(**given)))
    assert found["memory_verdict"].to_pylist()[0]["reason"] == "unrelated"
    rows = found["memory_roles"].to_pylist()
    assert {row["memory_weight"] for row in rows} == {None}
    assert {row["valley"] for row in rows} <= {None, "cannot_tell"}
    assert {row["role"] for row in rows} == {None, "peak", "end"}


def test_sources_in_their_order_of_precedence(inputs_of: Build) -> None:
    base = datetime(2024, 5, 1)

    five = {"scale_low": 1, "scale_high": 5}

    def event(place: int, **more: object) -> Row:
        at = base + timedelta(hours=place)
        row = {"event_id": f"e{place}", "customer_id": "c", "case_id": "j", "at": at}
        return {**row, "touchpoint_id": f"t{place}", **more}

    inputs = cut(
        inputs_of(
            interactions=[
                event(0, emotion=0.3, outcome="Unresolved "),
                event(1, emotion=0.3),
                event(2, outcome="未解决"),
                event(3, outcome="resolved", duration_s=900),
                event(4, outcome="resolved", duration_s=30),
                event(5, duration_s=6000),
            ],
            touchpoints=[{"touchpoint_id": f"t{n}", "service_level_s": 600} for n in (3, 4, 5)],
            surveys=[{"survey_id": "s"}, {"survey_id": "secret", "anonymous": True}],
            questions=[
                {"question_id": "q0", "metric": "csat", "touchpoint_id": "t0"} | five,
                {"question_id": "all", "metric": "nps", "scale_low": 0, "scale_high": 10, "overall": True},
            ],
            responses=[
                {"response_id": "r", "survey_id": "s", "event_id": "e5", "customer_id": "c",
                 "answered_at": base + timedelta(days=1)},
                {"response_id": "a", "survey_id": "secret", "event_id": "e1",
                 "answered_at": base + timedelta(days=1)},
            ],
            answers=[
                {"response_id": "r", "question_id": "q0", "state": "answered", "score": 5},
                {"response_id": "r", "question_id": "all", "state": "answered", "score": 8},
                {"response_id": "a", "question_id": "q0", "state": "answered", "score": 1},
            ],
        )
    )  # fmt: skip
    found = {name: relation.to_arrow().to_pylist() for name, relation in moment_tables(inputs).items()}  # type: ignore[union-attr]
    by_event = {row["event_id"]: (row["source"], row["score"]) for row in found["journey_moments"]}
    assert by_event == {
        "e0": ("sensed", 0.3),
        "e1": ("sensed", 0.3),
        "e2": ("operations", -0.5),
        "e3": ("operations", -0.5),
        "e5": ("operations", -1.0),
    }
    memory = found["journey_memory"][0]
    assert (memory["n_moments"], memory["events"], memory["asked"], memory["asked_together"]) == (5, 6, 0, 0)
    assert (memory["overall"], memory["linked_by"]) == (pytest.approx(0.6), "named")
    assert sum(row["events"] for row in found["moment_sources"]) == 6


def test_the_whole_is_that_of_the_journey_and_asked_after_it(inputs_of: Build) -> None:
    base = datetime(2024, 5, 1)
    events = [
        {"event_id": f"{case}{n}", "customer_id": case, "case_id": case, "at": base + timedelta(hours=n),
         "touchpoint_id": "t", "emotion": 0.1 * n}
        for case in ("named", "near", "late", "early") for n in range(3)
    ]  # fmt: skip

    def said(customer: str, event: str | None, days: float) -> Row:
        return {"response_id": f"r-{customer}", "survey_id": "s", "customer_id": customer, "event_id": event,
                "answered_at": base + timedelta(days=days)}  # fmt: skip

    responses = [
        said("named", "named1", 90),
        said("near", None, 20),
        said("late", None, 31),
        said("early", "early0", 0.05),
    ]
    inputs = cut(
        inputs_of(
            interactions=events,
            surveys=[{"survey_id": "s", "programme": "p", "wave": "2024"}],
            questions=[
                {"question_id": "q", "metric": "csat", "scale_low": 1, "scale_high": 5, "overall": True}
            ],
            responses=responses,
            answers=[
                {"response_id": row["response_id"], "question_id": "q", "state": "answered", "score": 4}
                for row in responses
            ],
        )
    )
    memory = moment_tables(inputs)["journey_memory"].to_arrow().to_pylist()  # type: ignore[union-attr]
    assert {row["journey_id"]: row["linked_by"] for row in memory} == {
        "named": "named",
        "near": "after",
        "late": None,
        "early": None,
    }
    assert {row["wave"] for row in memory} == {"2024", None}
    assert {row["overall"] for row in memory} == {0.5, None}


def test_an_answer_outside_its_scale_stops_it(inputs_of: Build, memory: Engine) -> None:
    given = company(journeys=10)
    given["answers"][0]["score"] = 11
    with pytest.raises(ScoreOutsideScaleError, match="11"):
        moment_tables(cut(inputs_of(**given)))


def test_nothing_known_is_no_error(inputs_of: Build) -> None:
    given = company(journeys=20)
    given["answers"] = []
    found = {name: table.to_pylist() for name, table in memory_tables(felt(inputs_of(**given))).items()}
    assert found["memory_verdict"][0]["hidden"]
    assert found["memory_models"] == found["memory_distances"] == []
    assert found["memory_roles"]
