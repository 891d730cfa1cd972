"""Initiatives are set down before their result: planted effects are found, null ones judged by their n."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from peakend.server.acting import clock
from peakend.server.acting.errors import InvalidError, NotAllowedError, NotFoundError
from peakend.server.answering.models import Response
from peakend.server.initiatives.models import Initiative
from peakend.server.initiatives.selectors import initiatives as found
from peakend.server.initiatives.services import initiatives

MARCH, MAY = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 5, 10, tzinfo=UTC)
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
HALF = [10, 9, 8, 7, 3]  # promoters 40 %, detractors 20 %
GOOD = [10, 9, 10, 9, 7]
WINDOWS = {
    "before_from": date(2026, 3, 1),
    "before_to": date(2026, 3, 31),
    "after_from": date(2026, 5, 1),
    "after_to": date(2026, 5, 31),
}


@pytest.fixture
def answers(company: Any) -> Callable[..., None]:
    """`answers(survey, [10, 9], MARCH)`: completed answers at north."""

    def make(survey: Any, scores: list[int], at: datetime, site: str = "north", **more: Any) -> None:
        Response.objects.bulk_create(
            Response(
                survey=survey,
                version=survey.current,
                site=company.sites[site],
                language="en",
                channel="link",
                state="completed",
                answers={"recommend": {"state": "answered", "score": score}},
                started_at=at,
                completed_at=at,
                **more,
            )
            for score in scores
        )

    return make


@pytest.fixture
def set_down(company: Any) -> Callable[..., Initiative]:
    """`set_down(site="north")`: an initiative to lift NPS, judged at once where its time is over."""

    def make(who: str = "cx_manager", **more: Any) -> Initiative:
        fields: dict[str, Any] = {
            "name_en": "New desks",
            "name_zh": "新柜台",
            "kind": "equipment",
            "metric": "nps",
            "smallest": 15.0,
            **WINDOWS,
        }
        return initiatives.set_initiative(actor=company.actor(who), **{**fields, **more})

    return make


def test_a_planted_effect_worked(
    live_survey: Callable[..., Any], answers: Callable[..., None], set_down: Callable[..., Initiative]
) -> None:
    survey = live_survey()
    answers(survey, HALF * 40, MARCH)
    answers(survey, GOOD * 40, MAY)
    answers(survey, [0] * 50, datetime(2026, 4, 10, tzinfo=UTC))  # in neither period
    with clock.at(NOW):
        result = set_down(site="north").result
    assert result["verdict"] == "worked"
    assert result["values"] == {"before": pytest.approx(20), "after": pytest.approx(80)}
    assert result["n"] == {"before": 200, "after": 200}
    assert result["low"] < 60 < result["high"]


@pytest.mark.parametrize(("times", "verdict"), [(400, "no_effect"), (4, "cannot_tell"), (1, "few")])
def test_a_null_initiative_is_judged_by_its_numbers(
    live_survey: Callable[..., Any],
    answers: Callable[..., None],
    set_down: Callable[..., Initiative],
    times: int,
    verdict: str,
) -> None:
    survey = live_survey()
    for at in (MARCH, MAY):
        answers(survey, HALF * times, at)
    with clock.at(NOW):
        result = set_down(site="north").result
    assert result["verdict"] == verdict
    if verdict == "cannot_tell":
        assert result["more"] > 100
        assert result["detectable"] > 15
    if verdict == "few":
        assert result == {"verdict": "few", "n": {"before": None, "after": None}}


def test_what_rose_everywhere_is_no_effect_of_the_initiative(
    live_survey: Callable[..., Any], answers: Callable[..., None], set_down: Callable[..., Initiative]
) -> None:
    survey = live_survey()
    for site in ("north", "south"):
        answers(survey, HALF * 300, MARCH, site)
        answers(survey, GOOD * 300, MAY, site)
    with clock.at(NOW):
        assert set_down(site="north").result["verdict"] == "worked"
        against = set_down(site="north", control_sites=["south"]).result
    assert against["verdict"] == "no_effect"
    assert against["difference"] == pytest.approx(0)
    assert against["n"]["control_after"] == 1500


def test_anonymous_answers_count_by_whole_months_and_never_below_ten(
    live_survey: Callable[..., Any], answers: Callable[..., None], set_down: Callable[..., Initiative]
) -> None:
    named, secret, small = live_survey(), live_survey(anonymous=True), live_survey(anonymous=True)
    for at in (MARCH, MAY):
        answers(named, HALF * 4, at)
        answers(secret, HALF * 4, at)
        answers(small, [0] * 9, at)
    with clock.at(NOW):
        assert set_down(site="north").result["n"] == {"before": 40, "after": 40}
        cut = set_down(site="north", before_to=date(2026, 3, 30)).result
    assert cut["n"] == {"before": 20, "after": 40}


def test_nothing_is_judged_before_its_time_and_then_once(
    live_survey: Callable[..., Any],
    answers: Callable[..., None],
    set_down: Callable[..., Initiative],
    sweep: Callable[[str], int],
) -> None:
    survey = live_survey()
    answers(survey, HALF * 20, MARCH)
    answers(survey, GOOD * 20, MAY)
    with clock.at(datetime(2026, 5, 31, tzinfo=UTC)):
        made = set_down(site="north")
        assert made.judged_at is None
        assert sweep("judge") == 0
    with clock.at(NOW):
        assert sweep("judge") == 1
        answers(survey, [0] * 500, MAY)
        assert sweep("judge") == 0
    made.refresh_from_db()
    assert made.result["verdict"] == "worked"


def test_spend_is_summed_by_currency_and_stands_on_the_curve(
    company: Any,
    live_survey: Callable[..., Any],
    answers: Callable[..., None],
    set_down: Callable[..., Initiative],
) -> None:
    survey, manager = live_survey(), company.actor("cx_manager")
    answers(survey, HALF * 20, MARCH)
    answers(survey, GOOD * 20, MAY)
    with clock.at(NOW):
        first, second, foreign = (set_down(site="north", name_en=name) for name in ("a", "b", "c"))
        for one, amount, currency in (
            (first, "100.50", "CNY"),
            (first, "9.50", "CNY"),
            (second, "40", "CNY"),
            (foreign, "7", "USD"),
        ):
            initiatives.add_spend(
                actor=manager,
                initiative=one.key,
                day=date(2026, 4, 1),
                amount=Decimal(amount),
                currency=currency,
            )
    curve = found.curve(manager, "nps")
    assert [(one.amount, one.cumulated, one.difference) for one in curve.points] == [
        (Decimal(110), Decimal(110), pytest.approx(60)),
        (Decimal(40), Decimal(150), pytest.approx(60)),
    ]
    assert (curve.currency, curve.apart) == ("CNY", 1)
    entry = first.spends.first()
    assert entry is not None
    initiatives.remove_spend(actor=manager, spend=entry.key)
    assert [one.amount for one in found.spent(found.get_initiative(manager, first.key))] == [Decimal("9.50")]
    assert found.curve(manager, "csat").points == []


def test_a_satisfied_share_is_judged_as_a_share(
    live_survey: Callable[..., Any], answers: Callable[..., None], set_down: Callable[..., Initiative]
) -> None:
    from server.conftest import TWO_QUESTIONS

    question = {**TWO_QUESTIONS["pages"][0]["questions"][0], "type": "csat", "item": "overall"}
    survey = live_survey({**TWO_QUESTIONS, "pages": [{"id": "p1", "questions": [question]}]})
    answers(survey, [5, 4, 3, 2] * 40, MARCH)
    answers(survey, [5, 4, 5, 2] * 40, MAY)
    with clock.at(NOW):
        result = set_down(site="north", metric="csat", smallest=0.05).result
    assert (result["verdict"], result["values"]) == ("worked", {"before": 0.5, "after": 0.75})


@pytest.mark.parametrize(
    "wrong",
    [
        {"smallest": 0.0},
        {"smallest": float("nan")},
        {"metric": "csat", "smallest": 5.0},
        {"metric": "waiting"},
        {"kind": "luck"},
        {"before_to": date(2026, 5, 1)},
        {"after_to": date(2029, 5, 1)},
        {"name_zh": " "},
        {"control_sites": ["south"]},
        {"site": "north", "control_sites": ["north"]},
    ],
)
def test_what_makes_no_sense_is_refused(set_down: Callable[..., Initiative], wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        set_down(**wrong)


def test_only_managers_set_down_and_other_sites_do_not_see(
    company: Any, set_down: Callable[..., Initiative]
) -> None:
    for name in ("analyst", "north.supervisor", "north.front_line"):
        with pytest.raises(NotAllowedError):
            set_down(who=name)
    north = set_down(site="north")
    set_down()
    assert list(found.initiatives(company.actor("north.supervisor"))) == [north]
    with pytest.raises(NotFoundError):
        found.get_initiative(company.actor("south.supervisor"), north.key)
    initiatives.withdraw(actor=company.actor("cx_manager"), initiative=north.key)
    assert not found.initiatives(company.actor("north.supervisor")).exists()
