"""The registry's overview and the map of use against feeling: the sentences that numbers allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.touchpoint_importance import IMPORTANCE
from peakend.report.charts.touchpoint_registry import REGISTRY
from peakend.report.draw import svg

Make = Callable[..., Basis]
Row = dict[str, Any]

CENSUS = {
    "registered": 3,
    "met": 2,
    "never_met": 1,
    "unregistered": 1,
    "events": 1000,
    "unregistered_events": 100,
    "customers": 500,
}


def record(name: str, status: str = "met", **more: object) -> Row:
    met = status in ("met", "unregistered")
    return {
        "touchpoint_id": name.lower(),
        "touchpoint_en": name,
        "touchpoint_zh": f"{name}（中）",
        "status": status,
        "registered": status != "unregistered",
        "found": met,
        "events": 300 if met else 0,
        "customers": 200 if met else 0,
        "customer_share": 0.4 if met else 0.0,
        "moment_of_truth": False,
    } | more


def weighed(rank: int, name: str, quadrant: str, **more: object) -> Row:
    return {
        "touchpoint_id": name.lower(),
        "touchpoint_en": name,
        "touchpoint_zh": f"{name}（中）",
        "owner": "Ground",
        "customers": 300,
        "frequency": 0.9 - 0.2 * rank,
        "frequency_low": 0.1,
        "frequency_high": 0.9,
        "frequency_cut": 0.5,
        "importance": 8.0 - rank,
        "importance_low": 1.0,
        "importance_high": 9.0,
        "importance_cut": 6.0,
        "importance_source": "strong_moments",
        "quadrant": quadrant,
        "sure": True,
        "emphasis_rank": rank,
        "emphasis_rank_low": rank,
        "emphasis_rank_high": rank,
        "score": 6.0,
        "priority": 12.0 - rank,
        "priority_rank": rank,
    } | more


RECORDS = [record("Desk", moment_of_truth=True), record("Web", channels_undeclared="app", customers=250)]
EXTRA = [record("Kiosk", "unregistered"), record("Fax", "never_met")]


def test_what_nobody_registered_and_nobody_meets_comes_first(basis: Make) -> None:
    given = basis(touchpoint_registry=[*RECORDS, *EXTRA], touchpoint_census=[CENSUS])
    found = REGISTRY.finding(given, "en")
    assert found is not None
    assert found.headline == "1 touchpoint is met and not registered; 1 is registered and never met"
    assert "Not registered: “Kiosk”, with 10\u00a0% of all events. Never met: “Fax”." in found.lede
    assert "1 is met in channels that the registry does not name (“Web”: app)." in found.lede
    chinese = REGISTRY.finding(given, "zh")
    assert chinese is not None
    assert chinese.headline == "有 1 个接触点有互动却未登记，另有 1 个已登记却无人到访"


def test_a_registry_in_order_names_the_most_used(basis: Make) -> None:
    census = CENSUS | {"registered": 2, "never_met": 0, "unregistered": 0, "unregistered_events": 0}
    given = basis(touchpoint_registry=RECORDS, touchpoint_census=[census])
    found = REGISTRY.finding(given, "en")
    assert found is not None
    assert found.headline == "All 2 registered touchpoints are met; “Web” is met by most"
    assert found.caution == ""


def test_the_least_delivered_moment_of_truth_has_its_interval(basis: Make) -> None:
    told = {"delivered": 0.5, "delivered_low": 0.4, "delivered_high": 0.6, "threshold": 75.0, "answers": 90}
    given = basis(touchpoint_registry=[RECORDS[0] | told, RECORDS[1]], touchpoint_census=[CENSUS])
    found = REGISTRY.finding(given, "en")
    assert found is not None
    figure = found.figures[-1]
    assert (figure.label, figure.value) == ("Least delivered moment of truth: Desk", "50\u00a0%")
    assert "40.0 to 60.0\u00a0% · n = 90" in figure.note


def test_nothing_registered_and_nothing_met_shows_nothing(basis: Make) -> None:
    assert REGISTRY.finding(basis(touchpoint_registry=[], touchpoint_census=[]), "en") is None
    assert IMPORTANCE.finding(basis(touchpoint_importance=[]), "en") is None


def test_a_sure_hot_touchpoint_is_the_headline(basis: Make) -> None:
    rows = [weighed(1, "Security", "hot"), weighed(2, "Lounge", "quiet", score=None, priority_rank=None)]
    found = IMPORTANCE.finding(basis(touchpoint_importance=rows), "en")
    assert found is not None
    assert found.headline == "“Security” is met often and felt strongly"
    assert found.next_step is not None
    assert found.next_step.who == "Ground"


def test_an_unsure_one_is_not(basis: Make) -> None:
    rows = [
        weighed(1, "Security", "hot", sure=False, emphasis_rank_high=2),
        weighed(2, "Lounge", "quiet", emphasis_rank_low=1),
    ]
    found = IMPORTANCE.finding(basis(touchpoint_importance=rows), "en")
    assert found is not None
    assert found.headline == "No touchpoint is both often met and strongly felt beyond chance"
    assert "2 may hold the first place." in found.lede


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [328, 680])
def test_both_pictures_draw(basis: Make, language: Any, width: int) -> None:  # noqa: ANN401 - a language
    rows = [weighed(n, f"T{n}", "hot" if n == 1 else "quiet", importance=5.0) for n in range(1, 4)]
    given = basis(
        touchpoint_registry=[*RECORDS, *EXTRA], touchpoint_census=[CENSUS], touchpoint_importance=rows
    )
    for exhibit in (REGISTRY, IMPORTANCE):
        spec = exhibit.chart(given, language, width)
        assert spec is not None
        assert svg(spec, "x", "c").startswith("<svg")
        assert exhibit.behind(given)[1].num_rows > 0
