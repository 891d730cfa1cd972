"""Several processes at once: one case an answer, one taker, caps that hold, one message a level."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import close_old_connections, connections

from peakend.server.acting.actors import Role, system
from peakend.server.acting.audit import verify
from peakend.server.acting.errors import SiteError
from peakend.server.cases import lifecycle
from peakend.server.cases.compensation import compensate
from peakend.server.cases.models import Case, Compensation, Escalation
from peakend.server.cases.opening import open_from_response
from peakend.server.cases.tasks import escalate
from peakend.server.people.models import User
from peakend.server.surveys.questionnaire import Questionnaire

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call gave or raised, all begun together."""
    gate, found = threading.Barrier(len(calls)), [None] * len(calls)

    def run(n: int, call: Callable[[], object]) -> None:
        close_old_connections()
        gate.wait(10)
        try:
            found[n] = call()  # type: ignore[call-overload]
        except Exception as error:  # noqa: BLE001
            found[n] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return list(found)


def test_an_answer_sent_at_once_opens_one_case(completed: Callable[..., Any]) -> None:
    from django.db import transaction

    response = completed(9)
    type(response).objects.filter(pk=response.pk).update(
        answers={"recommend": {"state": "answered", "score": 1}}
    )
    response.refresh_from_db()
    whole = Questionnaire.model_validate(response.version.questionnaire)

    def submit() -> int:
        with transaction.atomic():
            case = open_from_response(response, whole)
            assert case is not None
            return int(case.pk)

    found = at_once(*[submit] * 6)
    assert len(set(found)) == 1, found
    assert Case.objects.count() == 1
    assert Case.objects.get().events.filter(kind="opened").count() == 1


def test_one_of_many_takes_it(completed: Callable[..., Any], company: Any) -> None:
    for n in range(4):
        mate = User.objects.create_user(f"m{n}@example.com", f"mate {n}", Role.FRONT_LINE)
        mate.teams.add(company.teams["north"])
        company.users[f"m{n}"] = mate
    completed(1)
    key = Case.objects.get().key
    actors = [company.actor(f"m{n}") for n in range(4)]
    found = at_once(*[lambda actor=actor: lifecycle.take(actor=actor, key=key) for actor in actors])
    assert sum(isinstance(one, Case) for one in found) == 1, found
    assert sum(isinstance(one, SiteError) for one in found) == 3, found
    assert verify().broken_at is None


def test_caps_hold_for_grants_at_once(
    completed: Callable[..., Any], company: Any, customer_of: Callable[..., Any]
) -> None:
    customer = customer_of()
    completed(1, customer=customer)
    key = Case.objects.get().key
    actor = company.actor("north.front_line")
    at_once(
        *[lambda: compensate(actor=actor, key=key, kind="gift", amount="80", reason="sorry")] * 5
    )  # the cap is 200 a case
    granted = Compensation.objects.filter(status="granted").values_list("amount", flat=True)
    assert sum(granted) == Decimal(160)
    assert Compensation.objects.count() == 5


def test_two_workers_tell_each_level_once(
    completed: Callable[..., Any], customer_of: Callable[..., Any]
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    completed(1, customer=customer_of())
    past = timezone.now() - timedelta(days=30)
    Case.objects.update(opened_at=past, contact_due_at=past + timedelta(hours=1), escalate_at=past)
    found = at_once(*[lambda: escalate(system("sweep"))] * 3)
    assert not [one for one in found if isinstance(one, Exception)], found
    assert Escalation.objects.count() == 3
    assert Case.objects.get().events.filter(kind="escalated").count() == 1
