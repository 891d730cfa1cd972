"""The clock jumps an hour back and a day ahead: nothing is sent twice, nothing lost, nobody told twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.boards.models import ScoreCell
from peakend.server.cases.models import Case, Escalation
from peakend.server.channels.models import Place
from peakend.server.notices.models import Event, Notification
from peakend.server.notices.outbox import announce, send_mail
from peakend.server.notices.webhooks import create_webhook
from peakend.server.surveys.models import Survey
from peakend.server.work.worker import run_once
from server.answering.questionnaires import fields_of
from server.notices.conftest import Mailbox, Receiver

pytestmark = pytest.mark.django_db
# A Wednesday, 10:00 in Shanghai.
NOON = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OUTBOX = ("notices.spread", "notices.deliver", "notices.mail")


def work(moment: datetime, *only: str) -> None:
    """The worker's sweeps as if it were `moment`."""
    with clock.at(moment):
        run_once(only=only, rounds=5)


def test_webhooks_and_mails_arrive_once_each(company: Any, receiver: Receiver, mailbox: Mailbox) -> None:
    with clock.at(NOON):
        create_webhook(
            actor=company.actor("administrator"), name="x", url=receiver.url, events=["case.opened"]
        )
    sent = []
    for moment in (NOON, NOON - HOUR, NOON + DAY, NOON + DAY - HOUR, NOON + 2 * DAY):
        with clock.at(moment):
            sent.append(announce("case.opened", "k", {}).key)
            send_mail("somebody@example.com", f"At {moment}", "Text")
        work(moment, *OUTBOX)
    assert Counter(receiver.ids) == Counter(sent)
    assert len(mailbox.mails) == len(sent)


def test_what_failed_before_the_clock_went_back_is_tried_again_once_it_is_due(
    company: Any, receiver: Receiver
) -> None:
    receiver.answers = [500, 200]
    with clock.at(NOON):
        create_webhook(
            actor=company.actor("administrator"), name="x", url=receiver.url, events=["case.opened"]
        )
        event = announce("case.opened", "k", {})
    work(NOON, *OUTBOX)
    assert receiver.ids == [event.key]
    work(NOON - HOUR, *OUTBOX)
    work(NOON + DAY, *OUTBOX)
    work(NOON + DAY - HOUR, *OUTBOX)
    work(NOON + 2 * DAY, *OUTBOX)
    assert receiver.ids == [event.key, event.key]


def test_a_late_case_is_told_once_a_level(company: Any, live_survey: Callable[..., Survey]) -> None:
    place = Place.objects.create(survey=live_survey(), kind="qr", name="x", site=company.sites["north"])
    path = f"/s/p/{place.key}/"
    with clock.at(NOON):
        sent = fields_of(Client().get(path)) | {"q.recommend": "0"}
        assert Client().post(path, sent).status_code == 200
    case = Case.objects.get()
    told: list[tuple[int, int]] = []
    for moment in (NOON - HOUR, NOON + 9 * DAY, NOON + 8 * DAY, NOON, NOON + 9 * DAY, NOON + 10 * DAY):
        work(moment, "cases.escalate")
        told.append(
            (
                Escalation.objects.filter(case=case).count(),
                Notification.objects.filter(url__contains=case.key).count(),
            )
        )
    # Not before its time; all that was missed at once; then never again, whatever the clock says.
    assert told[0][0] == 0
    levels = Counter(Escalation.objects.values_list("round", "deadline", "level"))
    assert levels
    assert set(levels.values()) == {1}
    assert told[1][0] == 3
    assert len(set(told[1:])) == 1
    assert Event.objects.filter(name="case.escalated").count() == 1


def test_answers_are_counted_once_whenever_they_say_they_came(
    company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="qr", name="x", site=company.sites["north"])
    path, moments = f"/s/p/{place.key}/", (NOON, NOON + DAY, NOON - HOUR, NOON + DAY)
    for moment in moments:
        with clock.at(moment):
            sent = fields_of(Client().get(path)) | {"q.recommend": "9"}
            assert Client().post(path, sent).status_code == 200
        work(moment, "boards.fold")
    work(NOON - HOUR, "boards.fold")
    assert Response.objects.filter(folded=True).count() == len(moments)
    cells = ScoreCell.objects.filter(question="recommend", span="month", option="")
    assert sum(cells.values_list("c9", flat=True)) == len(moments)


def test_a_form_drawn_before_the_clock_went_back_a_little_is_still_taken(
    company: Any, live_survey: Callable[..., Survey]
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="qr", name="x")
    path = f"/s/p/{place.key}/"
    with clock.at(NOON):
        sent = fields_of(Client().get(path)) | {"q.recommend": "9"}
    with clock.at(NOON - timedelta(minutes=4)):
        assert Client().post(path, sent).status_code == 200
    assert Response.objects.get().seconds == 0
