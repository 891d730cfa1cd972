"""A small airline with planted mechanisms: the catalogue names each; in the null twin each stays silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from peakend.analyses import run
from peakend.demo import simulate
from peakend.engine import connect
from peakend.feedback.words.straightliners import straight_liners

Rows = list[dict[str, Any]]
Airline = Mapping[str, Rows]
# So that a dozen and a half comments name the drink: with fewer no theme can be told from chance.
CUSTOMERS = 4000
# Neither here nor in the twin: who likes us buys faster, answers more, and drowns the few who miss the drink.
AWAY = ("promoters_worth",)
NULLS = ("mismatch", "retest", "straight_liners", "nonresponse", "tier_gap", "delight")
WANTED = ("survey_weights", "scores", "mismatch", "unexplained_change", "metric_stability", "themes")
RESULTS = ("nps_by_touchpoint", "mismatch", "mismatch_clusters", "unexplained_change", "metric_registry",
           "themes")  # fmt: skip
FACTS = ("surveys", "questions", "answers", "responses", "truth_populations")
# What customers of the one lounge miss, and what they get instead.
ITEM = ("可乐", "cola")
HERE = "lounge · APT-HZH"


def _airline(folder: Any, without: Sequence[str]) -> Airline:  # noqa: ANN401 - pytest's factory of folders
    place = folder.mktemp("airline") / "airline.duckdb"
    with connect(f"duckdb:///{place}") as engine:
        simulate("airline", customers=CUSTOMERS, seed=1, into=engine, without=(*AWAY, *without))
        report = run(engine, only=WANTED)
        assert {outcome.status for outcome in report.outcomes} == {"done"}
        return {name: engine.table(name).to_arrow().to_pylist() for name in (*RESULTS, *FACTS)}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Airline:
    return _airline(tmp_path_factory, ())


@pytest.fixture(scope="module")
def null(tmp_path_factory: pytest.TempPathFactory) -> Airline:
    return _airline(tmp_path_factory, NULLS)


def _clusters(airline: Airline) -> set[tuple[str, str]]:
    return {
        (row["segmentation"], row["segment"])
        for row in airline["mismatch_clusters"]
        if row["verdict"] == "clusters" and row["period"] == "all" and row["programme"] == "visit"
    }


def _themes(airline: Airline) -> set[str]:
    """Themes that no question asks about."""
    return {f"{row['theme_zh']} {row['theme_en']}" for row in airline["themes"] if not row["covered"]}


def test_the_swapped_drink_is_found_where_it_was_swapped_and_named(planted: Airline) -> None:
    assert ("touchpoint_site", HERE) in _clusters(planted)
    assert any(item in theme for theme in _themes(planted) for item in ITEM)


def test_nobody_misses_a_drink_that_was_not_swapped(null: Airline) -> None:
    assert {cut for cut, _ in _clusters(null)} <= {"all"}
    assert not [theme for theme in _themes(null) if any(item in theme for item in ITEM)]


def _stability(airline: Airline) -> dict[str, tuple[str, bool]]:
    return {
        row["question_id"]: (row["stability"], row["usable"])
        for row in airline["metric_registry"]
        if row["programme"] == "visit"
    }


def test_the_unstable_metric_is_refused_as_a_target(planted: Airline) -> None:
    found = _stability(planted)
    assert found["Q-CES"] == ("unstable", False)
    assert found["Q-NPS"] == ("stable", True)


def test_without_a_retest_no_metric_is_called_unstable(null: Airline) -> None:
    assert {stability for stability, _ in _stability(null).values()} == {"not_retested"}


def _errors(airline: Airline) -> tuple[float, float, float]:
    """NPS of the waves less the truth of everybody: as answered, weighted; standard error of the former."""
    wave = {row["survey_id"]: row["wave"] for row in airline["surveys"] if row["programme"] == "relationship"}
    truth: dict[str, np.ndarray[Any, Any]] = {label: np.zeros(2) for label in wave.values()}
    for row in airline["truth_populations"]:
        if row["survey_id"] in wave and row["question_id"] == "Q-NPS":
            side = (row["score"] >= 9) - (row["score"] <= 6)
            truth[wave[row["survey_id"]]] += [row["size"] * side, row["size"]]
    scored = [
        (row["n"], row["value"], row["weighted_value"], row["se"], *truth[row["period"]])
        for row in airline["nps_by_touchpoint"]
        if row["programme"] == "relationship" and row["segmentation"] == "all" and not row["hidden"]
    ]
    n, value, weighted, se, side, size = np.array(scored, dtype=float).T
    share = n / n.sum()
    return (
        float(share @ (value - 100 * side / size)),
        float(share @ (weighted - 100 * side / size)),
        float(np.sqrt(share**2 @ se**2)),
    )


def test_weighting_moves_the_score_towards_the_truth(planted: Airline) -> None:
    plain, weighted, se = _errors(planted)
    assert plain > 3 * se
    assert abs(weighted) < 0.75 * plain


def test_where_everybody_answers_alike_there_is_nothing_to_move(null: Airline) -> None:
    plain, _, se = _errors(null)
    assert abs(plain) < 3 * se


def _ratings(airline: Airline) -> np.ndarray[Any, Any]:
    """Ratings of the parts, a row a response of the survey after the visit."""
    asked = [q["question_id"] for q in airline["questions"] if q["metric"] == "rating" and q["touchpoint_id"]]
    column = {question: place for place, question in enumerate(sorted(asked))}
    visits = sorted(row["response_id"] for row in airline["responses"] if row["survey_id"] == "SV-VISIT")
    place = {response: number for number, response in enumerate(visits)}
    scores = np.full((len(place), len(column)), np.nan)
    for row in airline["answers"]:
        if row["question_id"] in column and row["response_id"] in place and row["score"] is not None:
            scores[place[row["response_id"]], column[row["question_id"]]] = row["score"]
    return scores


def test_straight_lines_are_found_in_excess(planted: Airline) -> None:
    assert straight_liners(_ratings(planted)).found


def test_careful_customers_draw_no_more_lines_than_chance(null: Airline) -> None:
    assert not straight_liners(_ratings(null)).found


def test_a_judgement_of_the_whole_is_no_part_of_it(planted: Airline) -> None:
    assert "Q-DELIGHT" in {row["question_id"] for row in planted["questions"]}
    assert "Q-DELIGHT" not in {row["part_id"] for row in planted["unexplained_change"]}
