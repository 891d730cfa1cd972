"""The story as a whole: a lounge swaps its diet coke. Found, named, dated; and its twin in which nobody
minds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from conformance.lounge import lounge
from peakend.declaration import Inputs, Settings
from peakend.engine import connect
from peakend.feedback.mismatch.analyses import ANALYSES, MISMATCH, UNEXPLAINED_CHANGE
from peakend.report.charts import Basis, exhibits
from peakend.warehouse.schema import canonical_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]
Found = dict[str, pa.Table]


@pytest.fixture(scope="module", params=[True, False], ids=["swap", "no swap"])
def story(request: pytest.FixtureRequest) -> Iterator[tuple[bool, Found]]:
    given = lounge(planted=request.param)
    with connect("duckdb://") as engine:
        relations = {
            name: engine.from_arrow(pa.Table.from_pylist(given.get(name, []), table.schema()))
            for name, table in canonical_tables().items()
        }
        yield request.param, dict(MISMATCH.compute(Inputs(engine, relations, Settings())))  # type: ignore[arg-type]


def rows(found: Found, table: str, **where: object) -> list[Row]:
    return [r for r in found[table].to_pylist() if all(r[name] == value for name, value in where.items())]


def test_more_than_chance_only_after_the_swap(story: tuple[bool, Found]) -> None:
    planted, found = story
    said = {row["period"]: row["verdict"] for row in rows(found, "mismatch")}
    after = {said[f"2024-{month:02d}"] for month in range(8, 13)}
    assert {said[f"2024-{month:02d}"] for month in range(1, 7)} == {"nothing_beyond_chance"}
    assert after == {"more_than_chance" if planted else "nothing_beyond_chance"}
    assert said["all"] == ("more_than_chance" if planted else "nothing_beyond_chance")


def test_the_members_and_the_site_are_found_with_the_day(story: tuple[bool, Found]) -> None:
    planted, found = story
    clusters = rows(found, "mismatch_clusters", period="all", verdict="clusters")
    if not planted:
        assert clusters == []
        return
    places = {(row["segmentation"], row["segment"]): row["from_on"] for row in clusters}
    assert places["tier", "platinum"] == date(2024, 7, 15)
    assert places["site", "PEK"] == date(2024, 7, 15)


def test_diet_coke_is_ranked_first_and_no_question_asks(story: tuple[bool, Found]) -> None:
    planted, found = story
    shared = rows(found, "mismatch_themes", period="all", verdict="shared")
    if not planted:
        assert shared == []
        return
    assert shared[0]["theme"] == "diet coke"
    assert shared[0]["asked_by"] is None


def test_the_swap_coincides_and_the_other_changes_do_not(story: tuple[bool, Found]) -> None:
    planted, found = story
    said = {row["change"]: row for row in rows(found, "mismatch_changes", kind="logged")}
    assert said["swap"]["verdict"] == ("coincides" if planted else "cannot_tell")
    assert (said["swap"]["week_on"], said["swap"]["against"]) == (date(2024, 7, 15), "rest")
    assert said["carpets"]["verdict"] == said["hours"]["verdict"] == "cannot_tell"
    assert (said["late"]["verdict"], said["late"]["reason"]) == ("not_tested", "too_short")
    own = rows(found, "mismatch_changes", kind="unlogged", change="site:PEK")[0]
    assert own["verdict"] == ("coincides" if planted else "cannot_tell")
    if planted:
        assert abs((own["week_on"] - date(2024, 7, 15)).days) <= 14
        assert own["near"] == "swap"


def test_customers_to_call_are_those_who_were_hit(story: tuple[bool, Found]) -> None:
    planted, found = story
    listed = rows(found, "mismatch_customers")
    assert len(listed) > 80 if planted else not listed
    assert all(row["total"] < row["expected"] - 1.5 for row in listed)


def test_the_charts_say_so_in_both_languages(story: tuple[bool, Found]) -> None:
    planted, found = story
    whole, words = exhibits("mismatch")
    for language in ("en", "zh"):
        finding = whole.finding(Basis(found), language)  # type: ignore[arg-type]
        assert finding is not None
        assert (finding.weight > 50) == planted
        assert whole.chart(Basis(found), language, 680) is not None  # type: ignore[arg-type]
        said = words.finding(Basis(found), language)  # type: ignore[arg-type]
        assert (said is not None and "diet coke" in said.headline) == planted
    assert len(whole.behind(Basis(found))[1]) == 13


def survey(n: int = 200, **more: object) -> dict[str, list[Row]]:
    """A small survey of one wave with two parts; every answer alike unless given otherwise."""
    score = more.get("score", lambda place, question: float(1 + (place * (question + 2)) % 5))
    tables: dict[str, list[Row]] = {
        "surveys": [
            {"survey_id": "s", "programme": "P", "wave": "1", "anonymous": more.get("anonymous", False)}
        ],
        "questions": [
            {
                "question_id": f"q{k}",
                "metric": "rating",
                "overall": k == 0,
                "scale_low": 1.0,
                "scale_high": 5.0,
            }
            for k in more.get("questions", (0, 1, 2))  # type: ignore[attr-defined]
        ],
        "responses": [
            {"response_id": f"r{p:04d}", "survey_id": "s", "customer_id": f"c{p}"} for p in range(n)
        ],
        "answers": [
            {"response_id": f"r{p:04d}", "question_id": f"q{k}", "state": "answered", "score": score(p, k)}  # type: ignore[operator]
            for p in range(n)
            for k in more.get("questions", (0, 1, 2))  # type: ignore[attr-defined]
        ],
    }
    return tables


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"score": lambda place, question: 4.0}, "no_variance"),
        ({"questions": (0,)}, "no_parts"),
        ({"n": 20}, "too_few"),
    ],
)
def test_what_cannot_be_told_has_its_reason(inputs_of: Callable[..., Inputs], more: Row, reason: str) -> None:
    found = MISMATCH.compute(inputs_of(**survey(**more)))
    (row,) = found["mismatch"].to_pylist()  # type: ignore[union-attr]
    assert (row["verdict"], row["reason"], row["share"]) == ("not_tested", reason, None)
    assert found["mismatch_changes"].to_pylist()[0]["reason"] == "no_model"  # type: ignore[union-attr]


def test_without_a_question_about_the_whole_there_is_nothing(inputs_of: Callable[..., Inputs]) -> None:
    for analysis in ANALYSES:
        for name, table in analysis.compute(inputs_of(**survey(questions=(1, 2)))).items():
            assert len(table) == 0, name  # type: ignore[arg-type]


def test_nobody_behind_an_anonymous_survey_is_listed(inputs_of: Callable[..., Inputs]) -> None:
    given = lounge(1_500)
    given["surveys"][0]["anonymous"] = True
    found = MISMATCH.compute(inputs_of(**given))
    assert found["mismatch"].to_pylist()[-1]["listed"] > 0  # type: ignore[union-attr]
    assert len(found["mismatch_customers"]) == 0  # type: ignore[arg-type]


def test_the_order_of_rows_changes_nothing(inputs_of: Callable[..., Inputs]) -> None:
    given = lounge(800)
    turned = {name: listed[::-1] for name, listed in given.items()}
    for analysis in ANALYSES:
        first, second = (analysis.compute(inputs_of(**tables)) for tables in (given, turned))
        for name, table in first.items():
            assert table.equals(second[name]), name  # type: ignore[union-attr]


def test_from_month_to_month_the_parts_and_the_rest_add_up(inputs_of: Callable[..., Inputs]) -> None:
    found = UNEXPLAINED_CHANGE.compute(inputs_of(**lounge(2_000)))["unexplained_change"].to_pylist()  # type: ignore[union-attr]
    months = {row["period"] for row in found}
    assert len(months) == 11
    for month in months:
        own = [row for row in found if row["period"] == month]
        change = next(row["value"] for row in own if row["kind"] == "change")
        assert sum(row["value"] for row in own if row["kind"] != "change") == pytest.approx(change)
    (exhibit,) = exhibits("unexplained_change")
    basis = Basis({"unexplained_change": pa.Table.from_pylist(found, UNEXPLAINED_CHANGE.gives[0].schema())})
    for language in ("en", "zh"):
        assert exhibit.finding(basis, language) is not None  # type: ignore[arg-type]
        assert exhibit.chart(basis, language, 328) is not None  # type: ignore[arg-type]
