"""The tier a customer had when they answered, by every way an answer comes in; of nobody who is anonymous."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.channels.links import digest_of, secret_of
from peakend.server.channels.models import Invitation, Place
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import holders
from peakend.server.surveys.models import Survey
from server.answering.questionnaires import LONG, fields_of

pytestmark = pytest.mark.django_db
KEY = "k" * 22


@pytest.fixture
def gold(db: None) -> Customer:
    """A customer of a tier."""
    return Customer.objects.create(customer_id="C-1", name="Guest", tier="gold")


def link(survey: Survey, customer: Customer) -> str:
    made = Invitation(survey=survey, customer=customer, channel="email", due_at=clock.now())
    made.digest = digest_of(secret_of(made.key))
    made.save()
    return f"/s/i/{secret_of(made.key)}/"


def test_a_personal_link_keeps_the_tier_of_the_moment(
    client: Client, gold: Customer, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = link(live_survey(), gold)
    client.post(path, fields_of(client.get(path)) | {"q.recommend": "9"})
    assert Response.objects.get().tier == "gold"
    Customer.objects.update(tier="basic")
    assert Response.objects.get().tier == "gold"


def test_what_was_begun_in_one_tier_and_finished_in_another_is_of_the_other(
    client: Client, gold: Customer, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = link(live_survey(LONG), gold)
    client.post(path, fields_of(client.get(path)) | {"q.recommend": "10", "q.visited": ["shops"]})
    assert Response.objects.get().tier == ""
    Customer.objects.update(tier="platinum")
    with CaptureQueriesContext(connection) as asked:
        client.post(path, fields_of(client.get(path)) | {"q.areas.lounge": "na", "q.areas.shops": "2"})
    row = Response.objects.get()
    assert (row.state, row.tier) == ("completed", "platinum")
    # What was stored brings its customer along.
    assert [one["sql"] for one in asked if 'FROM "customers_customer"' in one["sql"]] == []


def test_a_program_names_the_customer_and_a_poster_nobody(
    client: Client,
    gold: Customer,
    company: Any,
    live_survey: Callable[..., Survey],
    token_of: Callable[..., dict[str, str]],
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="link", name="x", site=company.sites["north"])
    body = {"key": KEY, "place": place.key, "customer_id": "C-1", "answers": {"recommend": {"score": 9}}}
    client.post("/api/v1/answers", body, "application/json", headers=token_of("cx_manager"))
    assert Response.objects.get().tier == "gold"
    path = f"/s/p/{place.key}/"
    with CaptureQueriesContext(connection) as asked:
        client.post(path, fields_of(client.get(path)) | {"q.recommend": "9"})
    assert Response.objects.get(customer=None).tier == ""
    assert [one["sql"] for one in asked if "customers_customer" in one["sql"]] == []


def test_an_anonymous_answer_has_no_tier(
    client: Client, gold: Customer, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = link(live_survey(anonymous=True), gold)
    client.post(path, fields_of(client.get(path)) | {"q.recommend": "9"})
    row = Response.objects.get()
    assert (row.state, row.tier, row.customer) == ("completed", "", None)


def test_the_tier_is_handed_out_with_the_answer(
    client: Client, gold: Customer, company: Any, live_survey: Callable[..., Survey]
) -> None:
    path = link(live_survey(), gold)
    client.post(path, fields_of(client.get(path)) | {"q.recommend": "9"})
    (holder,) = [one for one in holders() if one.name == "responses"]
    assert '"tier": "gold"' in json.dumps([dict(row) for row in holder.export(gold)], default=str)
    holder.erase(gold)
    assert Response.objects.get().tier == ""
