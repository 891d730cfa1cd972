"""Standards are judged by whole intervals, schemes guard service, goals show one's own figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.errors import InvalidError, NotAllowedError, NotFoundError
from peakend.server.answering.models import Response
from peakend.server.improvement.figures import share
from peakend.server.improvement.models import Scheme
from peakend.server.improvement.selectors import goals as found
from peakend.server.improvement.services import goals

NOW = datetime(2026, 11, 15, 4, tzinfo=UTC)


def answers(company: Any, survey: Any, scores: list[int], at: datetime, **more: Any) -> None:
    for score in scores:
        Response.objects.create(
            survey=survey,
            version=survey.current,
            site=company.sites["north"],
            language="en",
            channel="link",
            state="completed",
            answers={"recommend": {"state": "answered", "score": score}},
            started_at=at,
            completed_at=at,
            **more,
        )


def item(kind: str, weight: float) -> Any:
    return {"kind": kind, "name_en": kind, "name_zh": "项", "weight": weight}


@pytest.mark.parametrize(
    ("items", "role", "problems"),
    [
        ([item("service", 0.7), item("complaints", 0.3)], "front_line", 0),
        ([item("service", 0.3), item("complaints", 0.2), item("other", 0.5)], "front_line", 0),
        ([item("service", 0.8), item("sales", 0.2)], "front_line", 0),
        ([item("service", 0.7), item("sales", 0.3)], "front_line", 1),
        ([item("service", 0.4), item("sales", 0.6)], "front_line", 2),
        ([item("service", 0.9)], "front_line", 1),
        ([], "front_line", 2),
        ([item("sales", 1.0)], "supervisor", 0),
        ([item("service", float("nan"))], "front_line", 2),
        ([item("service", 1.5), item("sales", -0.5)], "front_line", 1),
    ],
)
def test_the_guard_of_schemes(items: Any, role: str, problems: int) -> None:
    assert len(goals.scheme_problems(role, items)) == problems


def test_sales_may_be_ruled_out_altogether() -> None:
    scheme = [item("service", 0.9), item("sales", 0.1)]
    assert goals.scheme_problems("front_line", scheme) == []
    assert len(goals.scheme_problems("front_line", scheme, sales_at_most=0)) == 1


def test_a_sound_scheme_replaces_the_one_before(company: Any) -> None:
    actor, words = company.actor("cx_manager"), {"role": "front_line", "name_en": "Desk", "name_zh": "柜台"}
    goals.set_scheme(actor=actor, items=[item("service", 1)], **words)
    second = goals.set_scheme(actor=actor, items=[item("service", 0.8), item("sales", 0.2)], **words)
    with pytest.raises(InvalidError):
        goals.set_scheme(actor=actor, items=[item("sales", 1)], **words)
    assert list(Scheme.objects.filter(active=True)) == [second]


@pytest.mark.parametrize(
    ("hits", "threshold", "at_least", "verdict"),
    [(45, 0.5, True, "met"), (5, 0.5, True, "missed"), (27, 0.5, True, "unclear"), (5, 0.5, False, "met")],
)
def test_met_or_missed_only_where_the_whole_interval_says_so(
    hits: int, threshold: float, at_least: bool, verdict: str
) -> None:
    assert found.judged(share("csat", hits, 50), threshold, at_least).verdict == verdict
    assert found.judged(share("csat", 9, 9), threshold, at_least).verdict == "few"


def test_a_standard_looks_at_whole_months_of_its_place(company: Any, live_survey: Any) -> None:
    survey, manager = live_survey(), company.actor("cx_manager")
    with clock.at(NOW):
        standard = goals.set_standard(
            actor=manager, name_en="Liked", name_zh="口碑", metric="nps", threshold=20, site="north", months=1
        )
        answers(company, survey, [10] * 30, datetime(2026, 10, 3, tzinfo=UTC))
        answers(company, survey, [0] * 99, datetime(2026, 11, 3, tzinfo=UTC))  # this month runs
        answers(company, survey, [0] * 99, datetime(2026, 9, 30, 15, 59, tzinfo=UTC))  # September there
        measured = found.measured(standard)
    assert (measured.figure.n, measured.figure.value, measured.verdict) == (30, 100, "met")
    with pytest.raises(InvalidError):
        goals.set_standard(actor=manager, name_en="x", name_zh="某", metric="csat", threshold=80)
    with pytest.raises(NotAllowedError):
        goals.set_standard(
            actor=company.actor("north.supervisor"), name_en="x", name_zh="某", metric="csat", threshold=0.8
        )


def test_few_anonymous_answers_do_not_move_a_figure(company: Any, live_survey: Any) -> None:
    named, secret, manager = live_survey(), live_survey(anonymous=True), company.actor("cx_manager")
    october = datetime(2026, 10, 3, tzinfo=UTC)
    with clock.at(NOW):
        standard = goals.set_standard(
            actor=manager, name_en="Liked", name_zh="口碑", metric="nps", threshold=20, months=1
        )
        answers(company, named, [10] * 12, october)
        answers(company, secret, [0], october)
        assert found.measured(standard).figure.n == 12
        answers(company, secret, [0] * 9, october)
        assert found.measured(standard).figure.n == 22


def test_a_goal_is_measured_by_ones_own_named_answers(company: Any, live_survey: Any) -> None:
    worker, supervisor = company.users["north.front_line"], company.actor("north.supervisor")
    with clock.at(NOW):
        assert worker in found.without_goal(supervisor)
        goal = goals.set_goal(
            actor=supervisor,
            person=worker.key,
            touchpoint="lounge",
            metric="nps",
            target=10,
            starts_on=date(2026, 11, 1),
            ends_on=date(2026, 12, 31),
        )
        assert worker not in found.without_goal(supervisor)
        day = NOW - timedelta(days=3)
        mine = {"employee_id": worker.employee_id, "touchpoint": company.touchpoints["lounge"]}
        answers(company, live_survey(), [9] * 14, day, **mine)
        answers(company, live_survey(anonymous=True), [0] * 20, day, **mine)
        answers(company, live_survey(), [0] * 20, day, **{**mine, "employee_id": "E-other"})
        answers(company, live_survey(), [0] * 20, day, **{**mine, "touchpoint": company.touchpoints["cabin"]})
        measured = found.goal_measured(goal)
    assert (measured.figure.n, measured.figure.value, measured.verdict) == (14, 100, "met")


def test_goals_are_ones_own_or_ones_peoples(company: Any, client_of: Callable[..., Client]) -> None:
    worker = company.users["north.front_line"]
    goal = {
        "person": worker.key,
        "touchpoint": "lounge",
        "metric": "nps",
        "target": 10.0,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2027, 1, 1),
    }
    with pytest.raises(NotFoundError):
        goals.set_goal(actor=company.actor("south.supervisor"), **goal)
    with pytest.raises(NotAllowedError):
        goals.set_goal(actor=company.actor("north.front_line"), **goal)
    made = goals.set_goal(actor=company.actor("north.supervisor"), **goal)
    again = goals.set_goal(actor=company.actor("north.supervisor"), **{**goal, "target": 20.0})
    assert made.pk == again.pk
    assert list(found.goals(company.actor("north.front_line"))) == [made]
    assert not found.goals(company.actor("south.supervisor")).exists()
    text = client_of("north.front_line").get(f"/goals/{worker.key}/").content.decode()
    assert "Lounge" in text
