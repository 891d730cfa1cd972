"""Choices and premiums of a small airline: what is planted is found, and nothing in the twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from peakend.analyses import run
from peakend.demo import simulate
from peakend.engine import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = list[dict[str, Any]]
RESULTS = ("choice_coefficients", "choice_predictions", "choice_problems", "price_premium", "relative_value",
           "rival_problems", "truth_effects", "truth_parameters")  # fmt: skip


def _company(folder: Any, without: Sequence[str]) -> dict[str, Rows]:  # noqa: ANN401 - pytest's factory
    place = folder.mktemp("offers") / "airline.duckdb"
    with connect(f"duckdb:///{place}") as engine:
        simulate("airline", customers=2500, seed=1, into=engine, without=without)
        report = run(engine, only=["relative_value", "choice_model", "price_premium"])
        assert {outcome.status for outcome in report.outcomes} == {"done"}
        return {
            name: engine.table(name).to_arrow().to_pylist() for name in RESULTS if name in engine.tables()
        }


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    return _company(tmp_path_factory, ())


@pytest.fixture(scope="module")
def null(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    return _company(tmp_path_factory, ("choices", "rivals"))


def _premium(company: dict[str, Rows]) -> dict[str, Any]:
    return next(
        row
        for row in company["price_premium"]
        if (row["effects"], row["competitor_id"]) == ("competitor_and_quarter", "(all)")
    )


def _terms(company: dict[str, Rows]) -> dict[str, dict[str, Any]]:
    return {row["term"]: row for row in company["choice_coefficients"]}


def test_what_is_planted_is_found(planted: dict[str, Rows]) -> None:
    truth = {row["effect"]: row["size"] for row in planted["truth_effects"]}
    premium, terms = _premium(planted), _terms(planted)
    assert premium["coefficient_low"] < truth["rating_on_premium"] < premium["coefficient_high"]
    slope = truth["value_less_cost"]
    for term, size in (("value", slope), ("cost", -slope), ("value_less_cost", slope)):
        assert terms[term]["coefficient_low"] < size < terms[term]["coefficient_high"]
    assert {row["verdict"] for row in planted["choice_predictions"]} == {"better"}
    assert {row["problem"] for row in planted["choice_problems"]} == {"sound"}


def test_competitors_stand_where_they_were_put(planted: dict[str, Rows]) -> None:
    """Norwind is rated better and dearer, Skyreach worse and cheaper."""
    found = {r["competitor_id"]: r for r in planted["relative_value"] if r["category"] == "(all)"}
    assert {name: row["position"] for name, row in found.items()} == {
        "Norwind": "economy",
        "Skyreach": "premium",
    }
    truth = {row["name"]: row["value"] for row in planted["truth_parameters"]}
    for name, row in found.items():
        assert 1 / row["relative_price"] == pytest.approx(truth[f"price/{name}"], abs=0.03)
        assert row["rival_rating"] == pytest.approx(truth[f"rating/{name}"], abs=0.1)


def test_nothing_is_found_in_the_twin(null: dict[str, Rows]) -> None:
    premium = _premium(null)
    assert premium["coefficient_low"] < 0 < premium["coefficient_high"]
    for row in _terms(null).values():
        assert row["coefficient_low"] < 0 < row["coefficient_high"]
    assert {row["verdict"] for row in null["choice_predictions"]} == {"cannot_tell"}
