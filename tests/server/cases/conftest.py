"""Cases to test with: an answer completed, a customer, a moment on a working day."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.acting import clock

if TYPE_CHECKING:
    from peakend.server.answering.models import Response
    from peakend.server.customers.models import Customer

# An SQLite database in memory is one connection: threads have nothing to race there.
collect_ignore = [] if os.environ.get("PEAKEND_TEST_SITE") == "postgres" else ["test_cases_at_once.py"]
# A Wednesday, 10:00 in Shanghai.
NOON = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)


@pytest.fixture
def at_work() -> Iterator[Callable[[float], None]]:
    """It is Wednesday at ten; `at_work(90)` lets so many minutes pass."""
    moment = [NOON]
    token = clock._set.set(moment[0])

    def later(minutes: float) -> None:
        moment[0] += timedelta(minutes=minutes)
        clock._set.set(moment[0])

    yield later
    clock._set.reset(token)


@pytest.fixture
def customer_of(company: Any) -> Callable[..., Customer]:
    """`customer_of("C-1")`: a customer one can reach."""
    from peakend.server.customers.models import Customer

    def make(customer_id: str = "C-1", **fields: Any) -> Customer:
        made: Customer = Customer.objects.create(
            **{
                "customer_id": customer_id,
                "name": "Lin Fang",
                "email": f"{customer_id.lower()}@example.com",
                "phone": "+8613800000000",
                "language": "en",
                "tier": "gold",
                **fields,
            }
        )
        return made

    return make


@pytest.fixture
def completed(company: Any, live_survey: Callable[..., Any]) -> Callable[..., Response]:
    """`completed(3)`: a two-question answer with that score, stored and announced like answering does."""
    from django.db import transaction

    from peakend.server.answering.models import Response
    from peakend.server.answering.signals import response_completed
    from peakend.server.surveys.questionnaire import Questionnaire

    surveys: dict[str, Any] = {}

    def make(
        score: int | None = 3, text: str = "", survey: Any = None, site: str = "north", **fields: Any
    ) -> Response:
        asked = (
            survey
            or surveys.setdefault("default", None)
            or surveys.update(default=live_survey())
            or surveys["default"]
        )
        now = clock.now()
        answers: dict[str, Any] = fields.pop("answers", None) or {
            "recommend": {"state": "answered", "score": score}
            if score is not None
            else {"state": "no_answer"}
        }
        if text:
            answers["why"] = {"state": "answered", "text": text}
        with transaction.atomic():
            response: Response = Response.objects.create(
                **{
                    "survey": asked,
                    "version": asked.current,
                    "site": company.sites[site] if site else None,
                    "team": company.teams[site] if site else None,
                    "touchpoint": company.touchpoints["lounge"],
                    "language": "en",
                    "channel": "link",
                    "state": "completed",
                    "answers": answers,
                    "started_at": now,
                    "completed_at": now,
                    **fields,
                }
            )
            whole = Questionnaire.model_validate(asked.current.questionnaire)
            response_completed.send(Response, response=response, questionnaire=whole)
        return response

    return make
