"""A customer with a row in every room."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case, CaseEvent
from peakend.server.customers.models import Consent, Customer, Interaction
from peakend.server.notices.models import Mail

if TYPE_CHECKING:
    from conftest import Company  # type: ignore[attr-defined]
    from peakend.server.surveys.models import Survey

WORDS = "The lounge ran out of my drink"


@pytest.fixture
def known(company: Company, live_survey: Callable[..., Survey]) -> Customer:
    """A customer with a row in every room."""
    now = clock.now()
    customer = Customer.objects.create(
        customer_id="C-777",
        name="Avery Quill",
        email="avery@mail.example",
        phone="+86 100 0007777",
        tier="Gold",
    )
    Consent.objects.create(customer=customer, purpose="survey", status="given", at=now)
    Interaction.objects.create(
        event_id="E-1",
        customer=customer,
        at=now,
        kind="visit",
        attributes={"seat": "1A", "name": "Avery Quill"},
    )
    survey = live_survey()
    response = Response.objects.create(
        survey=survey,
        version=survey.current,
        customer=customer,
        site=company.sites["north"],
        language="en",
        channel="email",
        state="completed",
        answers={"recommend": {"state": "answered", "score": 3}, "why": {"state": "answered", "text": WORDS}},
        started_at=now,
        completed_at=now,
    )
    case = Case.objects.create(
        number=1,
        response=response,
        title="Avery Quill: 3 of 10",
        customer=customer,
        words=WORDS,
        opened_at=now,
    )
    CaseEvent.objects.create(
        case=case, at=now, kind="note", who="north", note="Called Avery Quill at +86 100 0007777"
    )
    Mail.objects.create(
        to="avery@mail.example", subject="Hello Avery Quill", text="…", due_at=None, sent_at=now
    )
    return customer
