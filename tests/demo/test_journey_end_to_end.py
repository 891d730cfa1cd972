"""A small airline's journeys: the catalogue finds what was planted in them; in the null twin it is silent.

Its surveys ask about the whole only, and moments are sensed: asked in one breath, the parts and the whole
share a mood, and on a rating scale the middle is not where customers feel neither well nor ill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from peakend.analyses import run
from peakend.demo import simulate
from peakend.engine import connect

if TYPE_CHECKING:
    from peakend.engine import Engine

Rows = list[dict[str, Any]]
Airline = Mapping[str, Rows]
CUSTOMERS = 3000
# Neither here nor in the twin: what else changes feelings, and how else the whole is judged.
AWAY = ("weighing", "asymmetry", "expectations", "mismatch", "delight", "visitors", "trend", "halo",
        "straight_liners", "attitude", "site_days", "equal_times")  # fmt: skip
NULLS = ("memory", "detours", "seams", "defects", "checklists", "conflicting_facts", "bad_week", "gesture",
         "erosion", "repurchase", "loyalty_link")  # fmt: skip
WANTED = ("peak_end", "erosion", "end_gestures", "designed_journeys", "handoff_gaps", "attribution",
          "service_consistency", "fact_conflicts", "defect_density", "visit_quality")  # fmt: skip
RESULTS = ("memory_verdict", "memory_models", "erosion", "end_gestures", "design_deviations", "handoff_gaps",
           "touchpoint_attribution", "control_points", "fact_conflicts", "defect_density",
           "visit_quality")  # fmt: skip
FACTS = ("truth_effects", "touchpoints")
_WHOLES = """
select a.* from answers a
join questions q on q.question_id = a.question_id
where q.overall or q.metric in ('text', 'choice')
"""


def _asks_about_the_whole_only(engine: Engine) -> None:
    kept = engine.query(_WHOLES, answers=engine.table("answers"), questions=engine.table("questions"))
    rows = kept.to_arrow(engine.schema("answers"))
    engine.from_arrow(rows).save("answers", replace=True)


def _airline(
    folder: Any,  # noqa: ANN401 - pytest's factory of folders
    without: Sequence[str],
    wanted: Sequence[str] = WANTED,
) -> Airline:
    place = folder.mktemp("journeys") / "airline.duckdb"
    with connect(f"duckdb:///{place}") as engine:
        simulate("airline", customers=CUSTOMERS, seed=1, into=engine, without=(*AWAY, *without))
        _asks_about_the_whole_only(engine)
        report = run(engine, only=wanted)
        assert {outcome.status for outcome in report.outcomes} == {"done"}
        stored = [name for name in (*RESULTS, *FACTS) if name in engine.tables()]
        return {name: engine.table(name).to_arrow().to_pylist() for name in stored}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Airline:
    return _airline(tmp_path_factory, ())


@pytest.fixture(scope="module")
def null(tmp_path_factory: pytest.TempPathFactory) -> Airline:
    return _airline(tmp_path_factory, NULLS)


@pytest.fixture(scope="module")
def averaging(tmp_path_factory: pytest.TempPathFactory) -> Airline:
    """Customers who remember the mean of their moments."""
    return _airline(tmp_path_factory, ("peak_end",), ("peak_end",))


def _picked(rows: Rows, **wanted: object) -> Rows:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def _one(rows: Rows, **wanted: object) -> dict[str, Any]:
    (row,) = _picked(rows, **wanted)
    return row


def _verdict(airline: Airline) -> dict[str, Any]:
    return _one(airline["memory_verdict"], segmentation="all", segment="all")


def _standing(airline: Airline) -> dict[str, str]:
    models = _picked(airline["memory_models"], segmentation="all", segment="all")
    return {row["model"]: row["standing"] for row in models}


def _effect(airline: Airline, mechanism: str, effect: str) -> dict[str, Any]:
    return _one(airline["truth_effects"], mechanism=mechanism, effect=effect)


def test_the_peak_and_the_end_are_what_is_remembered(planted: Airline) -> None:
    found = _verdict(planted)
    assert (found["verdict"], found["model"]) == ("told", "peak_end")
    # Planted with equal weights.
    assert found["peak_weight_low"] < 0.5 < found["peak_weight_high"]
    assert _standing(planted)["mean"] == "worse"


def test_who_remembers_the_mean_is_not_said_to_remember_peak_and_end(averaging: Airline) -> None:
    found = _verdict(averaging)
    assert found["model"] == "mean"
    assert _standing(averaging)["peak_end"] == "worse"


def test_where_nothing_is_remembered_the_data_cannot_tell(null: Airline) -> None:
    found = _verdict(null)
    assert (found["verdict"], found["reason"]) == ("cannot_tell", "unrelated")


def _eroding(airline: Airline) -> set[str]:
    return {row["touchpoint_id"] for row in airline["erosion"] if row["verdict"] == "eroding"}


def test_the_end_that_wears_off_is_named(planted: Airline) -> None:
    assert "baggage" in _eroding(planted) <= {"baggage", ""}


def test_an_end_that_stays_as_it_is_does_not_erode(null: Airline) -> None:
    assert not _eroding(null)


def test_the_gesture_lifts_the_end_and_the_twin_gesture_does_not(planted: Airline, null: Airline) -> None:
    lifted, idle = (_one(airline["end_gestures"], arm="gesture") for airline in (planted, null))
    assert lifted["basis"] == idle["basis"] == "experiment"
    assert lifted["end_low"] > 0
    assert idle["end_low"] < 0 < idle["end_high"]
    assert lifted["unit_cost"] == pytest.approx(3.5)
    assert idle["verdict"] == "cannot_tell"


def _deviations(airline: Airline, kind: str) -> dict[str, float]:
    rows = _picked(airline["design_deviations"], kind=kind, hidden=False)
    return {row["touchpoint_id"]: row["share"] for row in rows}


def test_the_step_that_is_skipped_and_repeated_is_named(planted: Airline) -> None:
    truth = _effect(planted, "detours", "skipped")
    assert truth["touchpoint_id"] == "checkin"
    skipped, repeated = (_deviations(planted, kind) for kind in ("skipped", "repeated"))
    # Journeys that are not over yet lack every later step alike; the site has 18 % of the journeys.
    assert skipped["checkin"] - skipped["boarding"] == pytest.approx(0.18 * truth["size"], abs=0.008)
    assert set(repeated) == {"checkin"}


def test_journeys_lived_as_designed_have_nothing_but_open_ends(null: Airline) -> None:
    assert {row["kind"] for row in _picked(null["design_deviations"], hidden=False)} <= {"skipped"}
    skipped = _deviations(null, "skipped")
    assert len({round(share, 6) for share in skipped.values()}) == 1
    assert next(iter(skipped.values())) < 0.03


def _seams(airline: Airline) -> dict[tuple[str, str], dict[str, Any]]:
    rows = _picked(airline["handoff_gaps"], designed=True, hidden=False)
    return {(row["from_channel"], row["to_channel"]): row for row in rows}


def test_hand_offs_are_missing_at_one_seam_and_it_is_felt(planted: Airline) -> None:
    seams = _seams(planted)
    torn = seams["lounge", "gate"]
    assert torn["share_low"] < _effect(planted, "seams", "missing/lounge → boarding")["size"]
    assert torn["share_high"] > _effect(planted, "seams", "missing/lounge → boarding")["size"]
    assert torn["verdict"] == "worse"
    assert seams["counter", "lounge"]["gaps"] == 0


def test_where_every_hand_off_is_recorded_no_gap_is_reported(null: Airline) -> None:
    assert {row["gaps"] for row in _seams(null).values()} == {0}


def _credit(airline: Airline, method: str, touchpoint: str) -> dict[str, Any]:
    rows = airline["touchpoint_attribution"]
    return _one(rows, outcome="repurchase", method=method, touchpoint_id=touchpoint)


def test_credit_goes_to_what_brings_customers_back_not_to_what_comes_last(planted: Airline) -> None:
    assert _credit(planted, "last_touch", "baggage")["rank"] == 1
    assert _credit(planted, "last_touch", "search")["verdict"] == "cannot_tell"
    assert _credit(planted, "shapley", "search")["verdict"] == "more"
    last = _credit(planted, "shapley", "baggage")
    assert last["verdict"] == "cannot_tell"
    assert last["share"] < 0.1 < _credit(planted, "last_touch", "baggage")["share"]


def test_where_nothing_brings_customers_back_neither_gets_credit(null: Airline) -> None:
    for method in ("removal", "shapley"):
        for touchpoint in ("search", "baggage"):
            assert _credit(null, method, touchpoint)["verdict"] == "cannot_tell"


def _out_of_control(airline: Airline, measure: str = "duration") -> set[tuple[str, str, str]]:
    points = _picked(airline["control_points"], measure=measure, verdict="out_of_control")
    return {(row["touchpoint_id"], row["place"], str(row["period_start"])) for row in points}


def test_the_week_out_of_control_is_found_where_it_was(planted: Airline) -> None:
    truth = _effect(planted, "bad_week", "duration")
    week = str(truth["starts_at"].date())
    found = _out_of_control(planted)
    assert (truth["touchpoint_id"], truth["site_id"], week) in found
    assert {(touchpoint, at) for touchpoint, _, at in found} == {(truth["touchpoint_id"], week)}


def test_no_week_is_out_of_control_in_the_twin(null: Airline) -> None:
    assert not _out_of_control(null)


def test_the_conflicting_price_and_the_wrong_number_are_named(planted: Airline) -> None:
    found = {(row["attribute"], row["told_at"]) for row in planted["fact_conflicts"]}
    assert found == {("price", "booking · agent"), ("phone", "search · web")}


def test_facts_told_alike_are_no_conflict(null: Airline) -> None:
    assert not null["fact_conflicts"]


def _dense(airline: Airline) -> set[tuple[str, str]]:
    return {
        (row["touchpoint_id"], row["place"]) for row in _picked(airline["defect_density"], verdict="more")
    }


def test_small_errors_are_dense_in_one_channel_of_one_touchpoint(planted: Airline) -> None:
    assert ("booking", "agent") in _dense(planted) <= {("booking", "agent"), ("booking", "")}


def test_rare_errors_are_dense_nowhere(null: Airline) -> None:
    assert not _dense(null)


def _worse_visits(airline: Airline) -> set[str]:
    return {row["site_id"] for row in _picked(airline["visit_quality"], measure="conduct", verdict="worse")}


def test_the_site_that_leaves_an_item_out_is_named(planted: Airline) -> None:
    assert _worse_visits(planted) == {_effect(planted, "checklists", "explained")["site_id"]}


def test_sites_alike_in_the_checks_are_not_told_apart(null: Airline) -> None:
    assert not _worse_visits(null)


ROLES: tuple[tuple[str, Callable[[dict[str, Any]], object], object], ...] = (
    ("lounge", lambda row: row["role"], "peak"),
    ("baggage", lambda row: row["role"], "end"),
    ("checkin", lambda row: row["service_level_s"], 900.0),
    ("cabin", lambda row: row["thread"], "product"),
)


@pytest.mark.parametrize(("touchpoint", "said", "expected"), ROLES)
def test_the_registry_says_what_a_touchpoint_is_meant_to_be(
    planted: Airline, touchpoint: str, said: Callable[[dict[str, Any]], object], expected: object
) -> None:
    assert said(_one(planted["touchpoints"], touchpoint_id=touchpoint)) == expected
