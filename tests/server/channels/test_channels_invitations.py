"""Invitations: who gets one, when, once, and how they say no."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.acting.errors import InvalidError, NotAllowedError, NotFoundError
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case
from peakend.server.channels import rules, sending, tasks, waves, wording
from peakend.server.channels.inviting import Asked, invite, invite_many, report_bounce
from peakend.server.channels.links import digest_of, personal_link, secret_of
from peakend.server.channels.models import ContactRecord, Invitation, Trigger
from peakend.server.channels.sampling import Sampling
from peakend.server.channels.triggers import save_trigger
from peakend.server.customers.consents import allows
from peakend.server.customers.models import Consent, Customer
from peakend.server.customers.rows import InteractionRow
from peakend.server.customers.services import record_interactions
from peakend.server.notices.models import Event, Mail

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)  # Monday 12:00 in Shanghai
WORKER = system("sweep")


def _customer(number: int = 1, **fields: Any) -> Customer:
    kept = {"email": f"c{number}@example.com", "name": f"Guest {number}", "language": "en"} | fields
    return Customer.objects.create(customer_id=f"C{number}", **kept)


def _sent(invitation: Invitation) -> Invitation:
    tasks.send(WORKER)
    invitation.refresh_from_db()
    return invitation


def test_a_letters_link_is_stored_nowhere_else(company: Any, live_survey: Callable[..., Any]) -> None:
    with clock.at(NOON):
        made = invite(actor=WORKER, survey=live_survey(), customer=_customer(name="<b>Lin</b>"))
        assert made.status == "waiting"
        assert _sent(made).status == "sent"
    mail = Mail.objects.get()
    secret = re.search(r"/s/i/([A-Za-z0-9_-]{43})/", mail.text)
    assert secret is not None
    assert made.digest == digest_of(secret.group(1))
    assert secret.group(1) not in str(Invitation.objects.values())
    assert "&lt;b&gt;Lin&lt;/b&gt;" in mail.html
    assert "<b>" not in mail.html
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["List-Unsubscribe"].endswith(f"/s/no/{secret.group(1)}/>")
    assert made.expires_at == NOON + timedelta(days=30)


def test_the_letter_speaks_the_customers_language(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    with clock.at(NOON):
        for number, language in enumerate(("zh", "zh-Hant", "de")):
            invite(actor=WORKER, survey=survey, customer=_customer(number, language=language))
        tasks.send(WORKER)
    subjects = list(Mail.objects.order_by("id").values_list("subject", flat=True))
    assert [one.startswith("您的到访") for one in subjects] == [True, True, False]


def test_each_suppression_leaves_its_reason(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    people = [_customer(n) for n in range(5)]
    Customer.objects.filter(pk=people[1].pk).update(email="")
    Consent.objects.create(customer=people[2], purpose="survey", status="refused", at=NOON)
    Case.objects.create(number=1, title="late", customer=people[3], opened_at=NOON)
    Response.objects.create(
        survey=survey, version=survey.current, customer=people[4], language="en", channel="link",
        state="completed", started_at=NOON, completed_at=NOON - timedelta(days=2),
    )  # fmt: skip
    with clock.at(NOON):
        invite_many(actor=WORKER, survey=survey, channel="email", rows=[Asked(one) for one in people])
        tasks.send(WORKER)
    found = dict(ContactRecord.objects.values_list("customer__customer_id", "reason"))
    assert found == {"C0": "", "C1": "no_address", "C2": "refused", "C3": "complaint", "C4": "answered"}
    assert Mail.objects.get().to == "c0@example.com"
    assert Invitation.objects.filter(status="suppressed").count() == 4


def test_a_recovery_question_passes_the_open_case_but_not_the_cap(
    company: Any, live_survey: Callable[..., Any]
) -> None:
    survey, customer = live_survey(), _customer()
    Case.objects.create(number=1, title="late", customer=customer, opened_at=NOON)
    with clock.at(NOON):
        for _ in range(3):
            made = invite(actor=WORKER, survey=survey, customer=customer, purpose="recovery")
            assert _sent(made).status == "sent"
        made = invite(actor=WORKER, survey=survey, customer=customer, purpose="recovery")
        assert _sent(made).reason == "cap"


def test_the_night_delays_and_the_morning_sends(company: Any, live_survey: Callable[..., Any]) -> None:
    night = datetime(2026, 5, 4, 15, tzinfo=UTC)  # 23:00 in Shanghai
    with clock.at(night):
        made = _sent(invite(actor=WORKER, survey=live_survey(), customer=_customer()))
        assert made.status == "waiting"
        assert made.due_at == datetime(2026, 5, 5, 0, tzinfo=UTC)
        tasks.send(WORKER)
        assert ContactRecord.objects.filter(outcome="delayed").count() == 1
    with clock.at(made.due_at):
        assert _sent(made).status == "sent"


def test_one_reminder_only_to_those_who_did_not_answer(company: Any, live_survey: Callable[..., Any]) -> None:
    survey = live_survey()
    with clock.at(NOON):
        made = invite_many(
            actor=WORKER, survey=survey, channel="email", rows=[Asked(_customer(n)) for n in range(3)]
        )
        tasks.send(WORKER)
    Invitation.objects.filter(pk=made[0].pk).update(status="completed")
    Response.objects.create(
        survey=survey, version=survey.current, invitation=made[1], language="en", channel="email",
        state="completed", started_at=NOON, completed_at=NOON,
    )  # fmt: skip
    for days in (4, 5, 6, 20):
        with clock.at(NOON + timedelta(days=days)):
            tasks.remind(WORKER)
        assert Mail.objects.count() == (3 if days < 5 else 4)
    last = Mail.objects.order_by("-id")[0]
    assert last.to == "c2@example.com"
    assert personal_link(made[2]) in last.text
    assert ContactRecord.objects.filter(kind="reminder", outcome="sent").count() == 1


def test_a_bounce_ends_mail_to_the_address_but_not_to_a_new_one(
    company: Any, live_survey: Callable[..., Any]
) -> None:
    customer = _customer()
    with clock.at(NOON):
        first = _sent(invite(actor=WORKER, survey=live_survey(), customer=customer))
        report_bounce(actor=WORKER, key=first.key, permanent=True)
        assert _sent(invite(actor=WORKER, survey=live_survey(), customer=customer)).reason == "bounced"
        Customer.objects.filter(pk=customer.pk).update(email="new@example.com")
        assert _sent(invite(actor=WORKER, survey=live_survey(), customer=customer)).status == "sent"


def test_reading_the_way_out_changes_nothing_and_one_click_ends_all(
    company: Any, live_survey: Callable[..., Any], client: Client
) -> None:
    customer = _customer()
    with clock.at(NOON):
        made = _sent(invite(actor=WORKER, survey=live_survey(), customer=customer))
    path = f"/s/no/{secret_of(made.key)}/"
    assert client.get(path).status_code == 200
    made.refresh_from_db()
    assert made.status == "sent"
    from django.test import Client as Browser

    strict = Browser(enforce_csrf_checks=True)  # a mail program has no token
    for _ in range(2):
        assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    made.refresh_from_db()
    assert made.status == "declined"
    assert not allows(customer, "survey", "email")
    assert Consent.objects.count() == 1
    assert client.get("/s/no/" + "x" * 43 + "/").status_code == 404


def test_declining_one_survey_leaves_the_others(
    company: Any, live_survey: Callable[..., Any], client: Client
) -> None:
    customer = _customer()
    with clock.at(NOON):
        made = _sent(invite(actor=WORKER, survey=live_survey(), customer=customer))
    client.post(f"/s/no/{secret_of(made.key)}/", {"what": "this"})
    assert Invitation.objects.get().status == "declined"
    assert allows(customer, "survey", "email")


def test_a_trigger_asks_minutes_after_the_event(company: Any, live_survey: Callable[..., Any]) -> None:
    customer = _customer(site=company.sites["north"])
    save_trigger(
        actor=WORKER, survey=live_survey(), name="Lounge", touchpoint=company.touchpoints["lounge"],
        kinds=["visit"], delay_minutes=20,
    )  # fmt: skip
    rows = [
        InteractionRow(
            event_id="E1", at=NOON, customer_id="C1", touchpoint="lounge", kind="visit", site="north"
        ),
        InteractionRow(event_id="E2", at=NOON, customer_id="C1", touchpoint="cabin", kind="visit"),
        InteractionRow(event_id="E3", at=NOON, customer_id="C1", touchpoint="lounge", kind="call"),
        InteractionRow(event_id="E4", at=NOON, touchpoint="lounge", kind="visit"),
    ]
    with clock.at(NOON + timedelta(minutes=1)):
        record_interactions(actor=WORKER, rows=rows)
        record_interactions(actor=WORKER, rows=rows)
    made = Invitation.objects.get()
    assert (made.interaction.event_id, made.site) == ("E1", company.sites["north"])
    for minute in range(25):  # a worker that sweeps once a minute
        with clock.at(NOON + timedelta(minutes=minute)):
            tasks.send(WORKER)
    made.refresh_from_db()
    assert made.sent_at is not None
    assert timedelta(minutes=20) <= made.sent_at - NOON <= timedelta(minutes=21)
    assert customer.email == Mail.objects.get().to


def test_an_event_too_long_ago_is_not_asked_about(company: Any, live_survey: Callable[..., Any]) -> None:
    _customer()
    save_trigger(actor=WORKER, survey=live_survey(), name="Any", max_age_hours=2, delay_minutes=10)
    old = InteractionRow(event_id="E1", at=NOON - timedelta(hours=3), customer_id="C1")
    new = InteractionRow(event_id="E2", at=NOON, customer_id="C1")
    with clock.at(NOON):
        record_interactions(actor=WORKER, rows=[old, new])
    with clock.at(NOON + timedelta(hours=5)):  # the worker was away
        tasks.send(WORKER)
    assert Invitation.objects.get().reason == "too_old"
    assert list(ContactRecord.objects.values_list("reason", flat=True)) == ["too_old", "too_old"]
    assert not Mail.objects.exists()


def test_two_triggers_ask_once_about_one_event(company: Any, live_survey: Callable[..., Any]) -> None:
    _customer()
    survey = live_survey()
    for name in ("a", "b"):
        save_trigger(actor=WORKER, survey=survey, name=name, delay_minutes=0)
    with clock.at(NOON):
        record_interactions(actor=WORKER, rows=[InteractionRow(event_id="E1", at=NOON, customer_id="C1")])
        tasks.send(WORKER)
    found = sorted(Invitation.objects.values_list("status", "reason"))
    assert found == [("sent", ""), ("suppressed", "event")]


def test_the_companys_own_sender_gets_the_link_after_the_ledger(
    company: Any, live_survey: Callable[..., Any], client: Client, token_of: Callable[..., dict[str, str]]
) -> None:
    survey = live_survey()
    _customer(1, phone="13800000001")
    _customer(2)
    headers = token_of("cx_manager", "channels.*", "customers.read")
    body = {"survey": survey.key, "channel": "sms", "rows": [{"customer_id": c} for c in ("C1", "C2", "C3")]}
    with clock.at(NOON):
        answer = client.post("/api/v1/invitations", body, "application/json", headers=headers)
    assert answer.status_code == 200
    first, second, third = answer.json()["results"]
    assert first["status"] == "sent"
    assert digest_of(first["link"].split("/")[-2]) == Invitation.objects.get(key=first["key"]).digest
    assert (second["status"], second["link"]) == ("suppressed", None)
    assert third["status"] == "refused"
    assert client.get(f"/api/v1/invitations/{second['key']}/link", headers=headers).status_code == 409
    event = Event.objects.get(name="invitation.ready")
    assert secret_of(first["key"]) not in str(event.payload)
    reads = token_of("analyst", "channels.read")
    assert client.get(f"/api/v1/invitations/{first['key']}/link", headers=reads).status_code == 403


def test_a_supervisor_invites_only_the_own_customers(company: Any, live_survey: Callable[..., Any]) -> None:
    there = _customer(1, site=company.sites["south"])
    with pytest.raises(NotFoundError):
        invite(actor=company.actor("north.supervisor"), survey=live_survey(), customer=there)
    with pytest.raises(NotAllowedError):
        invite(actor=company.actor("north.front_line"), survey=live_survey(), customer=there)
    assert not Invitation.objects.exists()


def test_a_wave_draws_the_same_share_again_and_ends(company: Any, live_survey: Callable[..., Any]) -> None:
    Customer.objects.bulk_create(
        Customer(customer_id=f"C{n}", email=f"c{n}@example.com", tier="gold" if n < 20 else "silver")
        for n in range(200)
    )
    sampling = Sampling(mode="stratified", by="tier", shares={"gold": 1.0}, share=0.3, seed=7)
    with clock.at(NOON):
        wave = waves.plan_wave(
            actor=WORKER, survey=live_survey(), label="2026-Q2", starts_on=waves.today(),
            ends_on=waves.today() + timedelta(days=3), sampling=sampling,
        )  # fmt: skip
        for _ in range(3):
            tasks.run_waves(WORKER)
        wave.refresh_from_db()
        drawn = set(wave.invitation_set.values_list("customer__customer_id", flat=True))
        assert wave.status == "open"
        assert wave.seen == 200
        assert {f"C{n}" for n in range(20)} <= drawn
        assert 30 <= len(drawn) - 20 <= 80
        wave.invitation_set.all().delete()
        type(wave).objects.filter(pk=wave.pk).update(cursor=0, queued_at=None)
        tasks.run_waves(WORKER)
        assert set(wave.invitation_set.values_list("customer__customer_id", flat=True)) == drawn
    with clock.at(NOON + timedelta(days=5)):
        tasks.run_waves(WORKER)
        tasks.send(WORKER)
    assert not Mail.objects.exists()
    assert set(wave.invitation_set.values_list("reason", flat=True)) == {"wave_over"}


def test_a_wave_goes_out_over_days(company: Any, live_survey: Callable[..., Any]) -> None:
    Customer.objects.bulk_create(Customer(customer_id=f"C{n}", email=f"c{n}@example.com") for n in range(5))
    with clock.at(NOON):
        waves.plan_wave(
            actor=WORKER, survey=live_survey(), label="w", starts_on=waves.today(), ends_on=None,
            sampling=Sampling(), daily_most=2,
        )  # fmt: skip
        tasks.run_waves(WORKER)
    for days, mails in ((0, 2), (1, 4), (2, 5)):
        with clock.at(NOON + timedelta(days=days)):
            tasks.send(WORKER)
        assert Mail.objects.count() == mails


@pytest.mark.parametrize(
    "words",
    [
        wording.Words("Hi", "no link {{decline}}"),
        wording.Words("Hi", "no way out {{link}}"),
        wording.Words("", "{{link}} {{decline}}"),
        wording.Words("Hi", "{{link}} {{decline}} {{password}}"),
        wording.Words("Hi", "{{link}} {{decline}}", '<a href="{{link}}" onclick="x()">{{decline}}</a>'),
        wording.Words("Hi", "{{link}} {{decline}}", "<script>1</script>{{link}}{{decline}}"),
    ],
)
def test_a_letter_needs_its_links_and_no_scripts(company: Any, words: wording.Words) -> None:
    with pytest.raises(InvalidError):
        rules.set_wording(
            actor=company.actor("cx_manager"), survey=None, kind="invitation", language="en", words=words
        )


def test_a_subject_stays_on_one_line() -> None:
    made = wording.letter(
        wording.Words("Hi {{name}}", "{{link}}"),
        {"name": "x\r\nBcc: all@example.com", "link": "https://a/?b&c"},
    )
    assert made.subject == "Hi x Bcc: all@example.com"
    assert "https://a/?b&amp;c" in made.html


def test_pages_and_forms(
    company: Any, live_survey: Callable[..., Any], client_of: Callable[[str], Client]
) -> None:
    survey = live_survey()
    client = client_of("cx_manager")
    _customer()
    form = {"survey": survey.pk, "channel": "email", "customers": "C1\nnobody\n"}
    sent = client.post("/invitations/new/", form)
    assert sent.status_code == 302
    assert Invitation.objects.get().customer.customer_id == "C1"
    trigger = {
        "survey": survey.pk, "name": "Any", "kinds": "visit, repair", "outcomes": "", "delay_minutes": 5,
        "max_age_hours": 4, "share": 50, "channel": "sms", "active": "on",
    }  # fmt: skip
    assert client.post("/triggers/new/", trigger).status_code == 302
    assert Trigger.objects.get().kinds == ["repair", "visit"]
    assert Trigger.objects.get().share == 0.5
    wave = {
        "survey": survey.pk, "label": "w", "starts_on": "2026-05-04", "mode": "stratified", "share": 10,
        "by": "tier",
        "shares": "gold=100，silver=20", "channel": "email",
    }  # fmt: skip
    assert client.post("/waves/new/", wave).status_code == 302
    assert client.post("/waves/new/", wave).status_code == 200  # the label is taken
    paths = (
        "invitations",
        "invitations/letters",
        "contacts",
        "contacts/rules",
        "waves",
        "triggers",
        "quotas",
    )
    for path in (*paths, "invitations/new", "waves/new", "quotas/new", "invitations/letters/invitation/zh"):
        for language in ("en", "zh-CN"):
            page = client.get(f"/{path}/", headers={"accept-language": language})
            assert page.status_code == 200, path
    assert client_of("north.front_line").get("/invitations/").status_code == 403


def test_an_address_is_sent_to_by_one_worker_only(company: Any, live_survey: Callable[..., Any]) -> None:
    with clock.at(NOON):
        made = invite(actor=WORKER, survey=live_survey(), customer=_customer())
        assert sending.send_one(actor=WORKER, invitation=made.pk)
        assert not sending.send_one(actor=WORKER, invitation=made.pk)
    assert Mail.objects.count() == 1


def test_whoever_may_invite_notes_on_the_page_that_a_letter_came_back(
    company: Any, live_survey: Callable[..., Any], client_of: Callable[..., Client]
) -> None:
    with clock.at(NOON):
        sent = _sent(invite(actor=WORKER, survey=live_survey(), customer=_customer()))
    manager = client_of("cx_manager")
    assert f"/invitations/{sent.key}/bounce/" in manager.get("/invitations/").content.decode()
    manager.post(f"/invitations/{sent.key}/bounce/")
    sent.refresh_from_db()
    assert sent.status == "bounced"
    analyst = client_of("analyst")
    assert analyst.post(f"/invitations/{sent.key}/bounce/").status_code == 403
