# ruff: noqa: E402 - Django has to be set up first
"""A site of its own with many at once, started by tests: `racing.py quota|ledger`; prints JSON.

The database is a file (or what `DATABASE_URL` names): one in memory would serialise what is to be tested.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

os.environ["DJANGO_SETTINGS_MODULE"] = "peakend.server.settings"
import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from peakend.server.acting import clock
from peakend.server.acting.actors import system
from peakend.server.answering.models import Response
from peakend.server.channels import sending
from peakend.server.channels.inviting import Asked, invite_many
from peakend.server.channels.models import ContactRecord, Invitation, Quota
from peakend.server.channels.signals import QuotaFullError, response_completing
from peakend.server.customers.models import Customer
from peakend.server.notices.models import Mail
from peakend.server.surveys.models import Survey, SurveyVersion
from peakend.server.surveys.questionnaire import Questionnaire

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
WORKER = system("race")
# A server takes a hundred connections; the others wait at the door, as behind a pool.
DOOR = threading.BoundedSemaphore(60)
QUESTIONNAIRE = Questionnaire.model_validate(
    {
        "languages": ["en"],
        "default_language": "en",
        "title": {"en": "x"},
        "pages": [{"id": "p", "questions": [{"id": "q", "type": "nps", "text": {"en": "?"}}]}],
    }
)


def live_survey() -> Survey:
    """A published survey."""
    made = Survey.objects.create(name={"en": "x"}, status="live", draft=QUESTIONNAIRE.model_dump(mode="json"))
    made.current = SurveyVersion.objects.create(
        survey=made, number=1, questionnaire=made.draft, digest="0" * 64, published_at=NOON
    )
    made.save()
    return made


def quota() -> dict[str, int]:
    """200 complete at once where two quotas of 50 and 120 stand."""
    survey = live_survey()
    narrow = Quota.objects.create(survey=survey, name="narrow", target=50)
    Quota.objects.create(survey=survey, name="wide", target=120)
    start = threading.Barrier(200)

    def submit(number: int) -> None:
        start.wait()
        with DOOR:
            one = Response(
                survey=survey, version=survey.current, language="en", channel="link", started_at=NOON,
                answers={"q": {"state": "answered", "score": number % 11}},
            )  # fmt: skip
            try:
                with transaction.atomic():
                    try:
                        with transaction.atomic():
                            response_completing.send(Response, response=one, questionnaire=QUESTIONNAIRE)
                        one.state, one.completed_at = "completed", NOON
                    except QuotaFullError:
                        one.state = "screened"
                    one.save()
            finally:
                connection.close()

    with ThreadPoolExecutor(200) as pool:
        for done in [pool.submit(submit, number) for number in range(200)]:
            done.result()
    narrow.refresh_from_db()
    states = Counter(Response.objects.values_list("state", flat=True))
    return {**states, **dict(Quota.objects.values_list("name", "count"))}


def ledger() -> dict[str, int]:
    """Ten surveys ask the same two customers; eight workers try to send all of it at once."""
    people = [Customer.objects.create(customer_id=f"C{n}", email=f"c{n}@example.com") for n in range(2)]
    with clock.at(NOON):
        for _ in range(10):
            invite_many(
                actor=WORKER, survey=live_survey(), channel="email", rows=[Asked(one) for one in people]
            )
    waiting = list(Invitation.objects.values_list("pk", flat=True))
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        try:
            with clock.at(NOON):
                for one in waiting:
                    sending.send_one(actor=WORKER, invitation=one)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work) for _ in range(8)]:
            done.result()
    lines = ContactRecord.objects.filter(outcome="sent")
    sent = Counter(lines.values_list("customer__customer_id", flat=True))
    return {
        "most": max(sent.values()),
        "least": min(sent.values()),
        "mails": Mail.objects.count(),
        "lines": ContactRecord.objects.count(),
        "waiting": Invitation.objects.filter(status="waiting").count(),
    }


if __name__ == "__main__":
    call_command("migrate", run_syncdb=True, verbosity=0)
    print(json.dumps({"quota": quota, "ledger": ledger}[sys.argv[1]]()))
