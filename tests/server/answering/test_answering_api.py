"""Answers sent in and read by programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.channels.links import digest_of, secret_of
from peakend.server.channels.models import Invitation, Place
from peakend.server.customers.models import Customer
from peakend.server.surveys.models import Survey
from server.answering.questionnaires import LONG

pytestmark = pytest.mark.django_db
KEY = "k" * 22


def send(client: Client, headers: dict[str, str], **body: Any) -> Any:
    return client.post("/api/v1/answers", body, "application/json", headers=headers)


def test_a_whole_response_is_stored_once_for_its_key(
    client: Client, company: Any, live_survey: Callable[..., Survey], token_of: Callable[..., dict[str, str]]
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="link", name="x", site=company.sites["north"])
    token = token_of("north.supervisor", "answering.submit")
    body = {"key": KEY, "place": place.key, "answers": {"recommend": {"score": 2}, "why": {"text": "slow"}}}
    first, again = send(client, token, **body), send(client, token, **body)
    assert (first.status_code, first.json()) == (201, {"key": KEY, "outcome": "completed"})
    assert (again.status_code, again.json()["outcome"]) == (200, "again")
    other = send(client, token, **{**body, "answers": {"recommend": {"score": 9}}})
    assert (other.status_code, other.headers["Content-Type"]) == (409, "application/problem+json")
    elsewhere = Place.objects.create(survey=live_survey(), kind="link", name="y", site=company.sites["north"])
    assert send(client, token, **{**body, "place": elsewhere.key}).status_code == 409
    assert Response.objects.get().answers["recommend"] == {"state": "answered", "score": 2}


@pytest.mark.parametrize(
    "answers",
    [
        {"recommend": {"score": 11}},
        {"recommend": {"score": 10**40}},
        {"recommend": {"score": 2.5}},
        {"recommend": {"score": True}},
        {"recommend": {"text": "9"}},
        {"recommend": {"choice": ["9"]}},
        {"recommend": {"state": "not_used"}},
        {"recommend": {}},
        {"why": {"text": "no score"}},
        {"recommend": {"score": 9}, "salary": {"score": 1}},
        {"recommend": {"score": 9}, "why": {"text": "x" * 2001}},
        {"recommend": {"score": 9, "more": 1}},
        {"recommend": [9]},
    ],
)
def test_wrong_answers_are_named(
    client: Client,
    company: Any,
    live_survey: Callable[..., Survey],
    token_of: Callable[..., dict[str, str]],
    answers: dict[str, Any],
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="link", name="x")
    refused = send(client, token_of("cx_manager"), place=place.key, answers=answers)
    assert refused.status_code == 422
    assert refused.json()["errors"]
    assert not Response.objects.exists()


def test_answers_of_a_customer_and_by_invitation(
    client: Client, company: Any, live_survey: Callable[..., Survey], token_of: Callable[..., dict[str, str]]
) -> None:
    survey = live_survey()
    customer = Customer.objects.create(customer_id="C-1", site=company.sites["north"])
    token = token_of("north.front_line", "answering.submit")
    good = {"answers": {"recommend": {"score": 9}}}
    assert send(client, token, survey=survey.key, customer_id="C-1", site="south", **good).status_code == 404
    assert send(client, token, survey=survey.key, customer_id="C-1", **good).status_code == 422
    assert send(client, token, survey=survey.key, customer_id="C-1", site="north", **good).status_code == 201
    assert Response.objects.get().customer_id == customer.pk
    made = Invitation(survey=survey, customer=customer, channel="sms", due_at=clock.now())
    made.digest = digest_of(secret_of(made.key))
    made.save()
    body = {"invitation": secret_of(made.key), "key": KEY, **good}
    assert [send(client, token, **body).status_code for _ in range(2)] == [201, 200]
    worse = {**body, "answers": {"recommend": {"score": 0}}}
    assert send(client, token, **worse).status_code == 409
    assert send(client, token, survey=survey.key, place="x", **good).status_code == 422
    assert send(client, token, **good).status_code == 422


def test_the_reach_and_the_action_are_asked(
    client: Client, company: Any, live_survey: Callable[..., Survey], token_of: Callable[..., dict[str, str]]
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="link", name="x", site=company.sites["south"])
    good = {"place": place.key, "answers": {"recommend": {"score": 9}}}
    assert send(client, {}, **good).status_code == 401
    assert send(client, token_of("north.supervisor"), **good).status_code == 404
    assert send(client, token_of("analyst"), **good).status_code == 403
    assert send(client, token_of("cx_manager", "answering.read"), **good).status_code == 403
    made = send(client, token_of("cx_manager", "answering.submit"), **good)
    assert made.status_code == 201
    key = made.json()["key"]
    seen = client.get(f"/api/v1/responses/{key}", headers=token_of("south.supervisor"))
    assert seen.json()["answers"]["recommend"]["score"] == 9
    assert client.get(f"/api/v1/responses/{key}", headers=token_of("north.supervisor")).status_code == 404
    assert client.get("/api/v1/responses", headers=token_of("north.supervisor")).json()["items"] == []


def test_lists_are_paged_and_filtered_and_leave_anonymous_answers_out(
    client: Client, company: Any, live_survey: Callable[..., Survey], token_of: Callable[..., dict[str, str]]
) -> None:
    token = token_of("cx_manager")
    survey, hidden = live_survey(), live_survey(anonymous=True)
    for one in (survey, survey, survey, hidden):
        place = Place.objects.create(survey=one, kind="link", name="x", site=company.sites["north"])
        made = send(client, token, place=place.key, answers={"recommend": {"score": 9}})
        assert made.status_code == 201
    first = client.get("/api/v1/responses?limit=2", headers=token).json()
    rest = client.get(f"/api/v1/responses?limit=2&cursor={first['next']}", headers=token).json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert client.get(f"/api/v1/responses/{made.json()['key']}", headers=token).status_code == 404
    none = client.get("/api/v1/responses?site=south&state=completed", headers=token).json()
    assert none["items"] == []
    customer = Customer.objects.create(customer_id="C-1")
    refused = send(
        client,
        token,
        survey=hidden.key,
        customer_id=customer.customer_id,
        answers={"recommend": {"score": 9}},
    )
    assert refused.status_code == 422


def test_hidden_questions_take_no_answer(
    client: Client, company: Any, live_survey: Callable[..., Survey], token_of: Callable[..., dict[str, str]]
) -> None:
    place = Place.objects.create(survey=live_survey(LONG), kind="link", name="x")
    answers: dict[str, Any] = {
        "recommend": {"score": 9},
        "visited": {"choice": ["none"]},
        "wrong": {"text": "hidden for promoters"},
    }
    refused = send(client, token_of("cx_manager"), place=place.key, answers=answers)
    assert [one["field"] for one in refused.json()["errors"]] == ["answers.wrong"]
    del answers["wrong"]
    assert send(client, token_of("cx_manager"), place=place.key, answers=answers).status_code == 201
    assert set(Response.objects.get().answers) == {"recommend", "visited"}
