"""The calendar cares before, during and after: each occasion once, and never for who does not want it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.care.models import CareTask
from peakend.server.care.selectors import calendar as found
from peakend.server.care.services import calendar
from peakend.server.care.tasks import run_calendar
from peakend.server.cases.models import Case
from peakend.server.channels.models import ContactRecord, Invitation
from peakend.server.customers.models import Consent, Customer, Interaction
from peakend.server.customers.personal import holders
from peakend.server.improvement.models import Checklist, Visit

NOW = datetime(2026, 11, 15, 4, tzinfo=UTC)
WORKER = system("sweep care.calendar")


def rule(company: Any, **more: Any) -> Any:
    fields: dict[str, Any] = {
        **{"stage": "after", "trigger": "after_interaction", "days": 3, "purpose": "service"},
        **{"name_en": "Call", "name_zh": "回访", "channel": "phone"},
        **{"text_en": "Ask how it went", "text_zh": "询问使用情况"},
    }
    return calendar.set_rule(actor=company.actor("cx_manager"), **{**fields, **more})


def customer(company: Any, key: str = "C-1", **more: Any) -> Customer:
    return Customer.objects.create(customer_id=key, site=company.sites["north"], **more)


def met(company: Any, who: Customer, at: datetime, **more: Any) -> Interaction:
    number = Interaction.objects.count()
    fields = {"site": company.sites["north"], "team": company.teams["north"], **more}
    return Interaction.objects.create(event_id=f"E-{number}", customer=who, at=at, **fields)


def swept(at: datetime, times: int = 1) -> int:
    with clock.at(at):
        return sum(run_calendar(WORKER) for _ in range(times))


def test_a_year_with_a_customer_fires_every_stage_exactly_once(company: Any) -> None:
    """Day after day, each day twice: a planned visit, an interaction, its case, silence, the anniversary."""
    who = customer(company, attributes={"合同到期": "2026-06-01"})
    other = customer(company, "C-2")
    start = datetime(2026, 1, 1, 4, tzinfo=UTC)
    with clock.at(start):
        rules = {
            name: rule(company, **more)
            for name, more in {
                "visit": {"stage": "before", "trigger": "before_visit", "days": 2},
                "date": {"stage": "before", "trigger": "before_date", "days": 10, "attribute": "合同到期"},
                "now": {"stage": "during", "trigger": "after_interaction", "days": 0},
                "later": {"stage": "after", "trigger": "after_interaction", "days": 3},
                "case": {"stage": "after", "trigger": "case_closed", "days": 5},
                "silence": {"stage": "before", "trigger": "silence", "days": 90},
                "year": {"stage": "after", "trigger": "anniversary", "days": 0},
            }.items()
        }
    met(company, other, datetime(2020, 12, 31, 23, tzinfo=UTC))  # long before: its silence is past
    checklist = Checklist.objects.create(code="x", name_en="x", name_zh="x", made_at=start)
    Visit.objects.create(
        **{"checklist": checklist, "site": company.sites["north"], "task": "x", "customer": who},
        window_from=datetime(2026, 1, 20, 1, tzinfo=UTC),
        window_to=datetime(2026, 1, 20, 3, tzinfo=UTC),
    )
    first = datetime(2026, 1, 10, 2, tzinfo=UTC)
    for day in (*range(0, 160, 3), *range(360, 380, 3)):
        now = start + timedelta(days=day)
        if now.date() == first.date():
            met(company, who, first)
            Case.objects.create(
                **{"number": 1, "title": "x", "customer": who, "site": company.sites["north"]},
                **{"opened_at": first, "closed_at": first, "status": "closed"},
            )
        swept(now, times=2)
    fired = {
        name: [task.at.date() for task in CareTask.objects.filter(rule=each, customer=who)]
        for name, each in rules.items()
    }
    assert fired == {
        "visit": [date(2026, 1, 18)],
        "date": [date(2026, 5, 21)],  # ten days before the day in China, which begins at 16:00 UTC
        "now": [date(2026, 1, 10)],
        "later": [date(2026, 1, 13)],
        "case": [date(2026, 1, 15)],
        "silence": [date(2026, 4, 10)],
        "year": [date(2027, 1, 10)],
    }
    others = list(CareTask.objects.filter(customer=other).values_list("rule__trigger", "occasion"))
    assert others == [("anniversary", "anniversary:6")]


def test_what_happened_before_the_rule_or_long_ago_is_left_alone(company: Any) -> None:
    who = customer(company)
    met(company, who, NOW - timedelta(days=4))
    with clock.at(NOW):
        rule(company, days=3)
    assert swept(NOW + timedelta(hours=1)) == 0
    met(company, who, NOW)
    assert swept(NOW + timedelta(days=11)) == 0  # the worker was away for more than a week
    assert swept(NOW + timedelta(days=9)) == 1


def test_nobody_is_cared_for_who_was_erased_or_does_not_want_it(company: Any) -> None:
    with clock.at(NOW):
        rule(company, days=0)
        rule(company, days=0, purpose="marketing")
    gone = customer(company, "C-gone", erased_at=NOW)
    refusing = customer(company, "C-no")
    silent = customer(company, "C-silent")
    agreed = customer(company, "C-yes")
    Consent.objects.create(customer=refusing, purpose="service", status="withdrawn", at=NOW)
    Consent.objects.create(customer=agreed, purpose="marketing", status="given", at=NOW)
    for who in (gone, refusing, silent, agreed):
        met(company, who, NOW + timedelta(minutes=1))
    assert swept(NOW + timedelta(hours=1)) == 3
    made = {(task.customer.customer_id, task.rule.purpose) for task in CareTask.objects.all()}
    assert made == {("C-silent", "service"), ("C-yes", "service"), ("C-yes", "marketing")}


def test_many_who_do_not_want_it_do_not_stand_in_the_way(company: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(calendar, "BATCH", 2)
    with clock.at(NOW):
        rule(company, days=0)
    for number in range(5):
        who = customer(company, f"C-{number}")
        Consent.objects.create(customer=who, purpose="service", status="withdrawn", at=NOW)
        met(company, who, NOW + timedelta(minutes=1))
    met(company, customer(company, "C-last"), NOW + timedelta(minutes=2))
    assert swept(NOW + timedelta(hours=1)) == 1


def test_an_invitation_goes_through_the_channels_and_their_ledger(company: Any, live_survey: Any) -> None:
    survey = live_survey()
    with clock.at(NOW):
        rule(company, days=0, action="invitation", channel="sms", survey=survey.key)
    asked = customer(company, "C-1", phone="13800000000", language="zh")
    spared = customer(company, "C-2", phone="13800000001")
    refusing = customer(company, "C-3", phone="13800000002")
    Consent.objects.create(customer=refusing, purpose="survey", status="refused", at=NOW)
    for number in range(3):
        ContactRecord.objects.create(
            customer=spared, channel="sms", at=NOW - timedelta(days=number), outcome="sent"
        )
    for who in (asked, spared, refusing):
        met(company, who, NOW + timedelta(minutes=1))
    assert swept(NOW + timedelta(hours=1), times=2) == 2
    made = {task.customer.customer_id: task for task in CareTask.objects.all()}
    assert {key: task.status for key, task in made.items()} == {"C-1": "invited", "C-2": "spared"}
    invitation = Invitation.objects.get(customer=asked)
    assert invitation.embedded == {"care": "询问使用情况"}
    assert invitation.status == "sent"
    assert Invitation.objects.get(customer=spared).reason == "cap"


def test_who_served_cares_else_the_team_else_the_supervisor(company: Any) -> None:
    with clock.at(NOW):
        rule(company, days=0)
    for key, more in {
        "served": {"employee_id": company.users["south.front_line"].employee_id},
        "team": {},
        "site": {"team": None},
        "nobody": {"team": None, "site": None},
    }.items():
        who = Customer.objects.create(customer_id=key)
        met(company, who, NOW + timedelta(minutes=1), **more)
    assert swept(NOW + timedelta(hours=1)) == 4
    owners = {task.customer.customer_id: task.owner for task in CareTask.objects.all()}
    assert owners == {
        "served": company.users["south.front_line"],
        "team": company.users["north.front_line"],
        "site": company.users["north.supervisor"],
        "nobody": None,
    }


def test_a_task_is_settled_once_by_who_reaches_it(company: Any, client_of: Callable[..., Client]) -> None:
    with clock.at(NOW):
        rule(company, days=0)
    met(company, customer(company, name="Mei"), NOW + timedelta(minutes=1))
    swept(NOW + timedelta(hours=1))
    task = CareTask.objects.get()
    assert not found.tasks(company.actor("south.front_line")).exists()
    client = client_of("north.front_line")
    assert "Ask how it went" in client.get("/care/tasks/").content.decode()
    with pytest.raises(NotFoundError):
        calendar.settle_task(actor=company.actor("south.supervisor"), task=task.key, status="done")
    with pytest.raises(NotAllowedError):
        calendar.settle_task(actor=company.actor("analyst"), task=task.key, status="done")
    client.post(f"/care/tasks/{task.key}/settle/", {"status": "done", "note": "Mei is happy"})
    task.refresh_from_db()
    assert (task.status, task.note) == ("done", "Mei is happy")
    with pytest.raises(ConflictError):
        calendar.settle_task(actor=company.actor("north.supervisor"), task=task.key, status="dropped")


def test_what_was_done_for_a_customer_is_handed_out_and_erased(company: Any) -> None:
    with clock.at(NOW):
        rule(company, days=0)
    who = customer(company)
    met(company, who, NOW + timedelta(minutes=1))
    swept(NOW + timedelta(hours=1))
    task = CareTask.objects.get()
    calendar.settle_task(
        actor=company.actor("north.supervisor"), task=task.key, status="done", note="Mei is happy"
    )
    (holder,) = (one for one in holders() if one.name == "care")
    assert "Mei is happy" in str(list(holder.export(who)))
    assert holder.erase(who) == 1
    task.refresh_from_db()
    assert (task.customer, task.note, task.occasion) == (None, "", "")


def test_narrow_rules_hear_only_what_is_theirs(company: Any) -> None:
    with clock.at(NOW):
        rule(company, days=0, touchpoint="lounge", tier="gold", site="north")
        rule(company, stage="after", trigger="case_closed", days=0, tier="gold", site="north")
        rule(company, stage="before", trigger="before_date", attribute="d", tier="gold", site="north")
    moment, lounge = NOW + timedelta(minutes=1), company.touchpoints["lounge"]
    day = {"d": "2026-11-15"}
    gold, plain = (
        customer(company, "C-g", tier="gold", attributes=day),
        customer(company, "C-p", attributes=day),
    )
    for who, touchpoint in ((gold, lounge), (gold, company.touchpoints["cabin"]), (plain, lounge)):
        met(company, who, moment, touchpoint=touchpoint)
    for number, who in enumerate((gold, plain), 1):
        Case.objects.create(
            **{"number": number, "title": "x", "customer": who, "site": company.sites["north"]},
            **{"opened_at": moment, "closed_at": moment, "status": "closed"},
        )
    assert swept(NOW + timedelta(hours=1)) == 3
    assert set(CareTask.objects.values_list("customer__customer_id", flat=True)) == {"C-g"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "before"},
        {"stage": "never"},
        {"trigger": "eclipse"},
        {"days": -1},
        {"days": 1001},
        {"trigger": "silence", "days": 0},
        {"attribute": "x"},
        {"stage": "before", "trigger": "before_date", "attribute": " "},
        {"purpose": "gossip"},
        {"channel": "pigeon"},
        {"name_en": ""},
        {"text_zh": " "},
        {"survey": "x"},
        {"action": "invitation", "channel": "email"},
        {"action": "invitation", "channel": "phone", "survey": "x"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(company: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        rule(company, **wrong)


def test_the_calendar_names_stages_without_care(company: Any, client_of: Callable[..., Client]) -> None:
    made = rule(company)
    text = client_of("analyst").get("/care/calendar/").content.decode()
    assert "Stages without care: 2 of 3" in text
    calendar.retire_rule(actor=company.actor("cx_manager"), rule=made.key)
    assert all(not stage.rules for stage in found.stages(company.actor("analyst")))
    with pytest.raises(NotAllowedError):
        calendar.retire_rule(actor=company.actor("north.supervisor"), rule=made.key)
