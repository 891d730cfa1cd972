"""From open to closed: nothing is skipped, nobody works twice, everything is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from peakend.server.acting import clock
from peakend.server.acting.actors import Role, system
from peakend.server.acting.audit import verify
from peakend.server.acting.errors import InvalidError, NotFoundError
from peakend.server.acting.models import AuditEntry
from peakend.server.cases import contacts, editing, lifecycle, recovery
from peakend.server.cases.models import Case, CaseContact, Escalation
from peakend.server.cases.opening import open_case
from peakend.server.cases.refusals import MissingError, NotNowError, TakenError
from peakend.server.cases.signals import case_closed, case_resolved
from peakend.server.cases.tasks import escalate
from peakend.server.notices.models import Event, Mail, Notification
from peakend.server.people.models import User

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def case(completed: Callable[..., Any], customer_of: Callable[..., Any], at_work: Any) -> Case:
    """A detractor's case at ten on a Wednesday, with the front line of the north."""
    completed(3, "Slow.", customer=customer_of())
    made: Case = Case.objects.get()
    return made


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def test_deadlines_are_business_time(case: Case) -> None:
    # Four hours from ten: two until lunch, two from half past one.
    assert case.contact_due_at == at("2026-03-11T15:30")
    # 24 h of business time at seven and a half a day.
    assert case.due_at == at("2026-03-16T11:30")
    assert case.next_due_at == case.contact_due_at


def test_a_case_closes_only_with_cause_action_and_recontact(case: Case, company: Any, at_work: Any) -> None:
    actor = company.actor("north.front_line")
    heard: list[str] = []
    case_resolved.connect(
        lambda sender, case, **_: heard.append(f"resolved {case.cause}"), weak=False, dispatch_uid="r"
    )
    case_closed.connect(lambda sender, case, **_: heard.append("closed"), weak=False, dispatch_uid="c")
    try:
        lifecycle.take(actor=actor, key=case.key)
        with pytest.raises(MissingError) as missing:
            lifecycle.close(actor=actor, key=case.key)
        assert missing.value.data["missing"] == ["cause", "action", "recontact"]
        with pytest.raises(MissingError) as missing:
            lifecycle.resolve(actor=actor, key=case.key, cause="no such", action=" ")
        assert missing.value.data["missing"] == ["cause", "action", "contact"]
        contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached")
        at_work(60)
        lifecycle.resolve(actor=actor, key=case.key, cause="waiting", action="Opened a second desk.")
        with pytest.raises(MissingError) as missing:
            lifecycle.close(actor=actor, key=case.key)
        assert missing.value.data["missing"] == ["recontact"]
        at_work(5)
        contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached")
        lifecycle.close(actor=actor, key=case.key)
    finally:
        case_resolved.disconnect(dispatch_uid="r")
        case_closed.disconnect(dispatch_uid="c")
    case.refresh_from_db()
    assert (case.status, case.cause, case.next_due_at) == ("closed", "waiting", None)
    assert heard == ["resolved waiting", "closed"]
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "case.opened",
        "case.resolved",
        "case.closed",
    ]
    assert list(case.events.values_list("kind", flat=True)) == [
        *("opened", "routed", "taken", "contacted", "resolved", "contacted", "closed")
    ]
    assert AuditEntry.objects.filter(subject_key=case.key).count() == 6
    assert verify().broken_at is None


@pytest.mark.parametrize("outcome", ["not_reached", "left_message", "wrong_number"])
def test_three_tries_stand_for_a_recontact(case: Case, company: Any, outcome: str) -> None:
    actor = company.actor("north.front_line")
    contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached")
    lifecycle.resolve(actor=actor, key=case.key, cause="waiting", action="a")
    for _ in range(2):
        contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome=outcome)
        with pytest.raises(MissingError):
            lifecycle.close(actor=actor, key=case.key)
    contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome=outcome)
    assert lifecycle.close(actor=actor, key=case.key).status == "closed"


def test_contacts_before_a_reopening_do_not_count_again(case: Case, company: Any, at_work: Any) -> None:
    actor = company.actor("north.front_line")
    contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached")
    lifecycle.resolve(actor=actor, key=case.key, cause="waiting", action="a")
    contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached")
    lifecycle.close(actor=actor, key=case.key)
    at_work(60)
    again = lifecycle.reopen(actor=actor, key=case.key, note="It happened again")
    assert (again.status, again.reopened, again.closed_at) == ("working", 1, None)
    assert again.due_at is not None
    assert again.due_at > clock.now()
    with pytest.raises(MissingError):
        lifecycle.close(actor=actor, key=case.key)
    at_work(1)
    lifecycle.resolve(actor=actor, key=case.key, cause="waiting", action="b")
    with pytest.raises(MissingError):
        lifecycle.close(actor=actor, key=case.key)


def test_without_a_customer_nobody_has_to_be_called(completed: Callable[..., Any], company: Any) -> None:
    completed(1)
    case = Case.objects.get()
    actor = company.actor("north.front_line")
    with pytest.raises(InvalidError):
        contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached")
    lifecycle.resolve(actor=actor, key=case.key, cause="facility", action="Cleaned.")
    assert lifecycle.close(actor=actor, key=case.key).status == "closed"


def test_two_cannot_take_it(case: Case, company: Any) -> None:
    mate = User.objects.create_user("mate@example.com", "mate", Role.FRONT_LINE)
    mate.teams.add(company.teams["north"])
    company.users["mate"] = mate
    lifecycle.take(actor=company.actor("mate"), key=case.key)
    with pytest.raises(TakenError) as taken:
        lifecycle.take(actor=company.actor("north.front_line"), key=case.key)
    assert "mate" in taken.value.what.en
    # Twice by the same hand is no error: a button pressed twice on a slow connection.
    assert lifecycle.take(actor=company.actor("mate"), key=case.key).owner == mate


def test_waiting_stops_the_clock_and_is_recorded(case: Case, company: Any, at_work: Any) -> None:
    actor = company.actor("north.front_line")
    contact_due, due = case.contact_due_at, case.due_at
    at_work(30)
    with pytest.raises(InvalidError):
        lifecycle.wait(actor=actor, key=case.key, note=" ")
    assert lifecycle.wait(actor=actor, key=case.key, note="photos").next_due_at is None
    at_work(60)
    case = lifecycle.go_on(actor=actor, key=case.key)
    assert contact_due is not None
    assert due is not None
    assert case.contact_due_at == contact_due + timedelta(minutes=60)
    assert case.due_at == at("2026-03-16T14:00")  # 11:30 and an hour, over lunch
    assert case.waited_minutes == 60
    lifecycle.wait(actor=actor, key=case.key, note="again")
    contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="not_reached")
    assert Case.objects.get().status == "waiting"
    contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached")
    assert Case.objects.get().status == "working"


def test_a_legal_deadline_does_not_wait_and_may_be_extended_once(
    completed: Callable[..., Any], customer_of: Callable[..., Any], company: Any, at_work: Any
) -> None:
    editing.turn(actor=company.actor("cx_manager"), what="sla", code="cn-bank", active=True)
    editing.turn(actor=company.actor("cx_manager"), what="sla", code="normal", active=False)
    completed(3, customer=customer_of())
    case = Case.objects.get()
    opened = case.opened_at
    assert (case.due_at, case.regulation) == (opened + timedelta(days=15), "cn-bank")
    actor = company.actor("north.front_line")
    lifecycle.wait(actor=actor, key=case.key, note="papers")
    at_work(3 * 1440)
    assert lifecycle.go_on(actor=actor, key=case.key).due_at == opened + timedelta(days=15)
    lead = company.actor("north.supervisor")
    assert lifecycle.extend(actor=lead, key=case.key, note="Three accounts").due_at == opened + timedelta(
        days=30
    )
    with pytest.raises(InvalidError):
        lifecycle.extend(actor=lead, key=case.key, note="once more")


def test_it_is_given_only_to_who_sees_it_and_the_old_owner_is_told(case: Case, company: Any) -> None:
    lead = company.actor("north.supervisor")
    Notification.objects.all().delete()
    with pytest.raises(InvalidError):
        lifecycle.assign(actor=lead, key=case.key, to=company.users["south.front_line"].key)
    with pytest.raises(NotFoundError):
        lifecycle.assign(
            actor=company.actor("south.supervisor"), key=case.key, to=company.users["cx_manager"].key
        )
    assert (
        lifecycle.assign(actor=lead, key=case.key, to=company.users["cx_manager"].key).owner
        == company.users["cx_manager"]
    )
    told = set(Notification.objects.values_list("user__name", flat=True))
    assert told == {"cx_manager", "front_line north"}


def test_a_leaver_leaves_nothing_behind(completed: Callable[..., Any], company: Any) -> None:
    for _ in range(3):
        completed(2)
    leaver = company.users["north.front_line"]
    mate = User.objects.create_user("mate@example.com", "mate", Role.FRONT_LINE)
    mate.teams.add(company.teams["north"])
    lead = company.actor("north.supervisor")
    with pytest.raises(NotFoundError):
        lifecycle.reassign_all(actor=company.actor("south.supervisor"), who=leaver.key)
    assert lifecycle.reassign_all(actor=lead, who=leaver.key) == 3
    assert set(Case.objects.values_list("owner__name", flat=True)) == {"mate"}
    assert (
        lifecycle.reassign_all(actor=lead, who=mate.key, to=lead and company.users["north.supervisor"].key)
        == 3
    )
    assert set(Case.objects.values_list("owner__name", flat=True)) == {"supervisor north"}


def test_each_level_is_told_once_however_often_one_sweeps(case: Case, company: Any, at_work: Any) -> None:
    sweep = system("sweep cases.escalate")
    Notification.objects.all().delete()

    def told() -> list[str]:
        for _ in range(3):
            escalate(sweep)
        names = sorted(Notification.objects.values_list("user__name", flat=True))
        Notification.objects.all().delete()
        return names

    assert told() == []
    at_work(290)  # 14:50, four fifths of the way to 15:30
    assert told() == ["front_line north"]
    at_work(45)
    assert told() == ["front_line north", "supervisor north"]
    at_work(24 * 60)
    assert told() == ["cx_manager", "front_line north", "supervisor north"]
    case.refresh_from_db()
    assert case.escalation == 3
    assert list(Escalation.objects.values_list("deadline", "level")) == [("contact", n) for n in (1, 2, 3)]
    # The contact made, the clock of the solution runs on its own levels.
    contacts.log_contact(
        actor=company.actor("north.front_line"), key=case.key, channel="phone", outcome="reached"
    )
    assert told() == []
    assert Case.objects.get().details["late_contact"] is True
    at_work(30 * 1440)
    assert told() == ["cx_manager", "front_line north", "supervisor north"]
    assert Event.objects.filter(name="case.escalated").count() == 4


def test_what_waits_is_not_escalated(case: Case, company: Any, at_work: Any) -> None:
    lifecycle.wait(actor=company.actor("north.front_line"), key=case.key, note="x")
    at_work(30 * 1440)
    assert escalate(system("sweep")) == 0


def test_a_bad_score_of_the_recovery_opens_it_again(case: Case, company: Any) -> None:
    actor = company.actor("north.front_line")
    contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached")
    with pytest.raises(NotNowError):
        recovery.rescore(actor=actor, key=case.key, score=5)
    lifecycle.resolve(actor=actor, key=case.key, cause="waiting", action="a")
    with pytest.raises(InvalidError):
        recovery.rescore(actor=actor, key=case.key, score=6)
    assert recovery.rescore(actor=actor, key=case.key, score=4).status == "resolved"
    assert recovery.rescore(actor=actor, key=case.key, score=2).status == "working"


ONE_QUESTION: dict[str, Any] = {
    "languages": ["en"],
    "default_language": "en",
    "title": {"en": "How did we put it right?"},
    "pages": [{"id": "p", "questions": [{"id": "again", "type": "csat", "text": {"en": "Satisfied?"}}]}],
}


def test_the_customer_is_asked_back_and_the_answer_finds_its_case(
    case: Case, company: Any, completed: Callable[..., Any], live_survey: Callable[..., Any]
) -> None:
    from peakend.server.channels.models import Invitation

    survey = live_survey(ONE_QUESTION, programme="recovery")
    actor = company.actor("north.front_line")
    contacts.log_contact(actor=actor, key=case.key, channel="phone", outcome="reached")
    lifecycle.resolve(actor=actor, key=case.key, cause="waiting", action="a")
    invitation = Invitation.objects.get(survey=survey)
    assert invitation.customer == case.customer
    assert case.events.filter(kind="asked_back").exists()
    completed(
        survey=survey,
        answers={"again": {"state": "answered", "score": 1}},
        invitation=invitation,
        customer=case.customer,
    )
    case.refresh_from_db()
    assert (case.recovery_score, case.status, case.reopened) == (1.0, "working", 1)
    assert Case.objects.count() == 1


def test_mail_is_escaped_and_goes_through_the_outbox(case: Case, company: Any) -> None:
    assert case.customer is not None
    case.customer.name = "<b>Eve</b> {{action}}"
    case.customer.save()
    actor = company.actor("north.front_line")
    template = contacts.chosen("first-mail")
    assert template is not None
    subject, text = contacts.drafted(Case.objects.get(), template)
    assert "<b>Eve</b> {{action}}" in text  # filled once, not again
    made = contacts.write_mail(
        actor=actor, key=case.key, subject=f"{subject}\r\nBcc: x@example.com", text=text
    )
    mail = Mail.objects.get(key=made.mail_key)
    assert mail.to == case.customer.email
    assert "\n" not in mail.subject
    assert "&lt;b&gt;Eve" in mail.html
    assert "<b>" not in mail.html
    assert Case.objects.get().contacted_at is not None


def test_what_cannot_be_logged(case: Case, company: Any) -> None:
    actor = company.actor("north.front_line")
    for channel, outcome in (("pigeon", "reached"), ("phone", "sent"), ("letter", "not_reached")):
        with pytest.raises(InvalidError):
            contacts.log_contact(actor=actor, key=case.key, channel=channel, outcome=outcome)
    assert not CaseContact.objects.exists()


def test_a_note_tells_who_is_mentioned_if_they_may_see_it(case: Case, company: Any) -> None:
    Notification.objects.all().delete()
    lifecycle.note(
        actor=company.actor("north.front_line"),
        key=case.key,
        text="@SUPERVISOR.north@example.com @supervisor.south@example.com please look",
    )
    assert [one.user.name for one in Notification.objects.all()] == ["supervisor north"]


def test_four_reports_one_case_once(company: Any, customer_of: Callable[..., Any], at_work: Any) -> None:
    customer_of()
    company.touchpoints["lounge"].owner = "supervisor.south@example.com"
    company.touchpoints["lounge"].save()
    names = ["north.front_line", "north.supervisor", "south.front_line", "cx_manager", "cx_manager"]

    def tell(name: str) -> Case:
        at_work(600)
        return open_case(
            actor=company.actor(name), title="The lounge is dirty", customer_id="C-1", touchpoint="lounge"
        )

    for name in names[:3]:
        tell(name)
    assert not Case.objects.filter(kind="repeat").exists()
    tell(names[3])
    parent = Case.objects.get(kind="repeat")
    assert parent.owner == company.users["south.supervisor"]
    assert parent.reports.count() == 4
    assert parent.due_at is not None
    assert parent.escalations.count() == 1
    assert (
        Notification.objects.filter(title_en__contains="4 reports", user=company.users["cx_manager"]).count()
        == 1
    )
    tell(names[4])
    assert Case.objects.filter(kind="repeat").count() == 1
    assert parent.reports.count() == 5


def test_reports_apart_or_of_others_are_no_repetition(
    company: Any, customer_of: Callable[..., Any], at_work: Any
) -> None:
    customer_of()
    customer_of("C-2")
    actor = company.actor("north.front_line")
    for days, who in ((0, "C-1"), (1, "C-1"), (2, "C-1"), (1, "C-2"), (90, "C-1")):
        at_work(days * 1440)
        open_case(actor=actor, title="Dirty", customer_id=who, touchpoint="lounge")
    assert not Case.objects.filter(kind="repeat").exists()


def test_told_several_places_counts_whatever_it_was_about(
    company: Any, customer_of: Callable[..., Any]
) -> None:
    customer_of()
    for name, touchpoint in (
        *(("north.front_line", "lounge"), ("north.front_line", "cabin")),
        *(("south.front_line", "checkin"), ("south.front_line", "")),
    ):
        open_case(actor=company.actor(name), title="Nobody answers", customer_id="C-1", touchpoint=touchpoint)
    assert Case.objects.get(kind="repeat").owner == company.users["cx_manager"]
