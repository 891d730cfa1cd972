"""A bad answer opens one owned case; a good one costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peakend.server.acting import clock
from peakend.server.acting.actors import Role, system
from peakend.server.acting.errors import InvalidError, NotAllowedError
from peakend.server.answering.signals import response_completed
from peakend.server.cases import editing, receivers, rules
from peakend.server.cases.models import Case, CaseRule
from peakend.server.cases.opening import open_case, open_from_response
from peakend.server.cases.signals import case_opened
from peakend.server.cases.tasks import route_again
from peakend.server.notices.models import Event, Mail, Notification
from peakend.server.people.models import User
from peakend.server.surveys.questionnaire import Questionnaire

pytestmark = pytest.mark.django_db


def whole(response: Any) -> Questionnaire:
    return Questionnaire.model_validate(response.version.questionnaire)


def test_a_detractor_opens_one_case_also_on_replay(completed: Callable[..., Any], at_work: Any) -> None:
    heard: list[Case] = []
    case_opened.connect(lambda sender, case, **_: heard.append(case), weak=False, dispatch_uid="heard")
    try:
        response = completed(3, "Nobody told us anything.")
        for _ in range(3):
            response_completed.send(type(response), response=response, questionnaire=whole(response))
    finally:
        case_opened.disconnect(dispatch_uid="heard")
    case = Case.objects.get()
    assert case.response == response
    assert (case.rule, case.severity, case.status) == ("nps-detractor", "normal", "open")
    assert [one.pk for one in heard] == [case.pk]
    assert "told" not in case.title
    assert Event.objects.filter(name="case.opened", subject=case.key).count() == 1


@pytest.mark.parametrize(
    ("score", "rule"), [(0, "nps-very-low"), (2, "nps-very-low"), (6, "nps-detractor"), (7, "")]
)
def test_where_the_line_is(completed: Callable[..., Any], score: int, rule: str) -> None:
    completed(score)
    assert list(Case.objects.values_list("rule", flat=True)) == ([rule] if rule else [])


def test_a_promoter_costs_no_query(completed: Callable[..., Any]) -> None:
    response = completed(9)
    rules.snapshot()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert open_from_response(response, whole(response)) is None
    assert len(queries) == 0


@pytest.mark.parametrize("served_by", ["E-front_line-north", ""])
def test_a_case_costs_a_fixed_number_of_queries(
    completed: Callable[..., Any],
    customer_of: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    served_by: str,
) -> None:
    monkeypatch.setattr(receivers, "open_from_response", lambda *_: None)
    first, second = (completed(3, customer=customer_of(f"C-{n}"), employee_id=served_by) for n in range(2))
    open_from_response(first, whole(first))
    with CaptureQueriesContext(connection) as queries:
        made = open_from_response(second, whole(second))
    assert made is not None
    # PostgreSQL: a lock on the customer and one on the audit besides.
    assert len(queries) == 13 + 2 * (connection.vendor == "postgresql"), "\n".join(
        one["sql"] for one in queries
    )


def test_changed_deadlines_and_calendars_count_for_the_next_case(
    completed: Callable[..., Any], company: Any, at_work: Any
) -> None:
    completed(3)
    actor = company.actor("cx_manager")
    name = {"en": "Short"}
    editing.save_sla(actor=actor, code="normal", name=name, severity="normal", resolve_amount=1, position=1)
    completed(3)
    case = Case.objects.first()
    assert case is not None
    assert case.due_at == clock.now() + timedelta(minutes=1)
    company.sites["north"].calendar = "mine"
    company.sites["north"].save()
    late = [[["12:00", "13:00"]]] * 7
    editing.save_calendar(actor=actor, code="mine", name=name, week=late)
    completed(3)
    case = Case.objects.first()
    assert case is not None
    assert case.due_at == clock.now() + timedelta(minutes=121)


def test_a_robot_opens_nothing(completed: Callable[..., Any]) -> None:
    completed(0, flags=["robot"])
    assert not Case.objects.exists()


SCALES: dict[str, Any] = {
    "languages": ["en"],
    "default_language": "en",
    "title": {"en": "Scales"},
    "pages": [
        {
            "id": "p",
            "questions": [
                {"id": "happy", "type": "csat", "text": {"en": "Happy?"}},
                {"id": "happy10", "type": "csat", "scale_low": 0, "scale_high": 10, "text": {"en": "Happy?"}},
                {"id": "easy", "type": "ces", "text": {"en": "Easy?"}},
                {"id": "parts", "type": "matrix", "text": {"en": "Parts"},
                 "rows": [{"code": "a", "text": {"en": "A"}}]},
                {"id": "why", "type": "text", "text": {"en": "Why?"}},
                {"id": "pick", "type": "single", "text": {"en": "Which?"},
                 "options": [{"code": "x", "text": {"en": "X"}}, {"code": "y", "text": {"en": "Y"}}]},
            ],
        }
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ({"happy": 2}, "csat-low"),
        ({"happy": 3}, ""),
        ({"happy10": 2.5}, "csat-low"),
        ({"happy10": 3}, ""),
        ({"easy": 2}, "ces-low"),
        ({"easy": 3}, ""),
    ],
)
def test_scores_on_other_scales_count_alike(
    completed: Callable[..., Any], live_survey: Callable[..., Any], answers: dict[str, float], rule: str
) -> None:
    given = {name: {"state": "answered", "score": score} for name, score in answers.items()}
    completed(survey=live_survey(SCALES), answers=given)
    assert list(Case.objects.values_list("rule", flat=True)) == ([rule] if rule else [])


def test_rules_on_words_tier_place_and_choice(
    completed: Callable[..., Any], live_survey: Callable[..., Any], customer_of: Callable[..., Any]
) -> None:
    CaseRule.objects.create(
        code="gold-injury",
        position=1,
        kind="complaint",
        severity="critical",
        conditions={
            "match": "all",
            "conditions": [
                {"question": "@words", "op": "contains", "value": ["injured", "受伤"]},
                {"question": "@tier", "op": "eq", "value": "gold"},
                {"question": "@site", "op": "in", "value": ["north"]},
                {"question": "pick", "op": "eq", "value": "x"},
            ],
        },
    )
    rules.changed()
    survey, customer = live_survey(SCALES), customer_of()

    def answer(text: str, pick: str, **fields: Any) -> None:
        completed(
            survey=survey,
            answers={
                "why": {"state": "answered", "text": text},
                "pick": {"state": "answered", "choice": [pick]},
            },
            **fields,
        )

    answer("She was INJURED at the door", "y", customer=customer)
    answer("She was INJURED at the door", "x")
    answer("孩子受伤了", "x", customer=customer, site="south")
    assert not Case.objects.exists()
    answer("孩子受伤了", "x", customer=customer)
    assert Case.objects.get().severity == "critical"


def test_a_rule_of_the_company_replaces_the_built_in_one(completed: Callable[..., Any]) -> None:
    CaseRule.objects.create(
        code="nps-very-low", active=False, conditions={"conditions": [{"question": "x", "op": "answered"}]}
    )
    rules.changed()
    completed(0)
    assert Case.objects.get().rule == "nps-detractor"


def test_goes_to_who_served_with_the_supervisor_and_both_are_told(
    completed: Callable[..., Any], company: Any, at_work: Any
) -> None:
    completed(3, employee_id="E-front_line-north")
    case = Case.objects.get()
    assert (case.owner, case.supervisor) == (
        company.users["north.front_line"],
        company.users["north.supervisor"],
    )
    told = set(Notification.objects.values_list("user__email", flat=True))
    assert told == {case.owner.email, case.supervisor.email}
    assert set(Mail.objects.values_list("to", flat=True)) == told
    assert case.notified_at is not None
    assert case.answered_at is not None
    assert case.notified_at - case.answered_at < timedelta(minutes=1)


def test_somebody_who_left_the_team_does_not_get_it(completed: Callable[..., Any], company: Any) -> None:
    gone = company.users["south.front_line"]
    completed(3, employee_id=gone.employee_id)
    assert Case.objects.get().owner == company.users["north.front_line"]


def test_the_team_shares_by_load_then_supervisor_then_managers(
    completed: Callable[..., Any], company: Any
) -> None:
    mate = User.objects.create_user("mate@example.com", "mate", Role.FRONT_LINE)
    mate.teams.add(company.teams["north"])
    for _ in range(4):
        completed(3)
    owners = list(Case.objects.order_by("id").values_list("owner__name", flat=True))
    assert sorted(owners[:2]) == sorted(owners[2:]) == ["front_line north", "mate"]
    User.objects.filter(role=Role.FRONT_LINE).update(is_active=False)
    completed(3)
    assert Case.objects.latest("id").owner == company.users["north.supervisor"]
    User.objects.filter(role=Role.SUPERVISOR).update(is_active=False)
    completed(3)
    assert Case.objects.latest("id").owner == company.users["cx_manager"]
    completed(3, site="")
    assert Case.objects.latest("id").owner == company.users["cx_manager"]


def test_an_owner_who_may_no_longer_sign_in_is_replaced(completed: Callable[..., Any], company: Any) -> None:
    User.objects.update(is_active=False)
    completed(3)
    case = Case.objects.get()
    assert case.owner is None
    assert route_again(system("sweep")) == 0
    User.objects.filter(role=Role.CX_MANAGER).update(is_active=True)
    assert route_again(system("sweep")) == 1
    case.refresh_from_db()
    assert case.owner == company.users["cx_manager"]
    assert case.notified_at is not None
    assert route_again(system("sweep")) == 0


def test_an_anonymous_answer_tells_neither_who_nor_the_minute(
    completed: Callable[..., Any], live_survey: Callable[..., Any], customer_of: Callable[..., Any]
) -> None:
    completed(1, "Rude.", survey=live_survey(anonymous=True), customer=customer_of())
    case = Case.objects.get()
    assert case.customer is None
    assert case.answered_at is None
    assert (case.opened_at.minute, case.opened_at.second) == (0, 0)
    assert case.contact_due_at is None
    assert case.events.get(kind="opened").at == case.opened_at


def test_by_hand_only_within_reach(company: Any, customer_of: Callable[..., Any], at_work: Any) -> None:
    customer_of()
    actor = company.actor("north.front_line")
    case = open_case(actor=actor, title=" Suitcase   broken ", customer_id="C-1", touchpoint="checkin")
    assert (case.title, case.team, case.owner) == (
        "Suitcase broken",
        company.teams["north"],
        company.users["north.front_line"],
    )
    for wrong in ({"site": "south"}, {"kind": "repeat"}, {"customer_id": "none"}, {"severity": "x"},
                  {"title": " "},
                  {"at": clock.now() + timedelta(hours=1)}):  # fmt: skip
        with pytest.raises(InvalidError):
            open_case(**{"actor": actor, "title": "t", **wrong})
    with pytest.raises(NotAllowedError):
        open_case(actor=company.actor("analyst"), title="t")
    assert Case.objects.count() == 1


def test_numbers_differ_and_are_not_single_digits(completed: Callable[..., Any]) -> None:
    for _ in range(3):
        completed(1)
    numbers = list(Case.objects.values_list("number", flat=True))
    assert len(set(numbers)) == 3
    assert min(numbers) > 1000
