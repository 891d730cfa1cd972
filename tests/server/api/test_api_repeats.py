"""Safe repeats and stable pages: the same call with the same key happens once, in every area."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

if TYPE_CHECKING:
    from server.conftest import Company

pytestmark = pytest.mark.django_db
KEY = "5f0c6c1e-2f5a-4a53-8d7e-0b8f4c1f9a11"
# Of each area: what is sent, other content, and where its rows are.
CALLS: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "company": (
        "/api/v1/sites",
        {"code": "east", "name": "East", "kind": "terminal"},
        {"code": "west", "name": "West", "kind": "terminal"},
        "company.Site",
    ),
    "people": (
        "/api/v1/me/tokens",
        {"name": "loader", "scopes": ["cases.read"]},
        {"name": "other", "scopes": ["cases.read"]},
        "people.ApiToken",
    ),
    "customers": (
        "/api/v1/consents",
        {"rows": [{"customer_id": "C-1", "purpose": "survey", "status": "given"}]},
        {"rows": [{"customer_id": "C-1", "purpose": "survey", "status": "withdrawn"}]},
        "customers.Consent",
    ),
    "surveys": (
        "/api/v1/surveys",
        {"name": {"en": "Visit"}, "programme": "visit"},
        {"name": {"en": "Other"}, "programme": "visit"},
        "surveys.Survey",
    ),
    "channels": (
        "/api/v1/panels",
        {"name": "Regulars", "customer_ids": ["C-1"]},
        {"name": "Others", "customer_ids": ["C-1"]},
        "channels.Panel",
    ),
    "cases": (
        "/api/v1/cases",
        {"title": "Lost bag", "customer_id": "C-1", "site": "north"},
        {"title": "Found bag", "customer_id": "C-1", "site": "north"},
        "cases.Case",
    ),
    "improvement": (
        "/api/v1/topics",
        {"title": "Queues", "site": "north"},
        {"title": "Doors", "site": "north"},
        "improvement.Topic",
    ),
}


def rows(model: str) -> int:
    return int(apps.get_model(model)._default_manager.count())


def send(
    address: str, body: dict[str, Any], token: dict[str, str], key: str = KEY, method: str = "POST"
) -> Any:
    return Client().generic(
        method,
        address,
        json.dumps(body),
        "application/json",
        headers={**token, "Idempotency-Key": key},
    )


@pytest.fixture
def customer(company: Company) -> None:
    from peakend.server.customers.models import Customer

    Customer.objects.create(customer_id="C-1", site=company.sites["north"])


@pytest.mark.parametrize("area", CALLS)
def test_the_same_call_again_is_answered_alike_and_leaves_no_second_row(
    area: str, customer: None, token_of: Callable[..., dict[str, str]]
) -> None:
    address, body, other, model = CALLS[area]
    token = token_of("administrator")
    before = rows(model)
    first = send(address, body, token)
    assert first.status_code in (200, 201), first.content
    assert "Idempotency-Replayed" not in first.headers
    after = rows(model)
    assert after > before
    again = send(address, body, token)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert rows(model) == after
    conflict = send(address, other, token)
    assert conflict.status_code == 409
    assert conflict.headers["Content-Type"] == "application/problem+json"
    assert rows(model) == after


def test_an_answer_sent_again_under_its_key_is_stored_once(
    live_survey: Callable[..., Any], token_of: Callable[..., dict[str, str]]
) -> None:
    body = {"survey": live_survey().key, "site": "north", "answers": {"recommend": {"score": 3}}}
    token = token_of("administrator")
    first = send("/api/v1/answers", body, token)
    assert first.status_code == 201, first.content
    assert send("/api/v1/answers", body, token).content == first.content
    assert rows("answering.Response") == 1


def test_a_refused_call_keeps_no_key_so_that_it_can_be_mended(
    company: Company, token_of: Callable[..., dict[str, str]]
) -> None:
    token = token_of("administrator")
    address, body, _, _ = CALLS["company"]
    assert send(address, {"code": ""}, token).status_code == 422
    assert send(address, body, token).status_code == 201


def test_somebody_elses_key_is_another_key(company: Company, token_of: Callable[..., dict[str, str]]) -> None:
    address, body, other, _ = CALLS["company"]
    assert send(address, body, token_of("administrator")).status_code == 201
    second = send(address, other, token_of("administrator"))
    assert second.status_code == 201
    assert second.json()["code"] == "west"


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "\u00e9", "\x7f"])
def test_a_key_that_is_none_is_told_so(
    company: Company, token_of: Callable[..., dict[str, str]], key: str
) -> None:
    address, body, _, model = CALLS["company"]
    before = rows(model)
    response = send(address, body, token_of("administrator"), key)
    assert response.status_code == 422
    assert rows(model) == before


@pytest.mark.site_on("postgres")  # SQLite admits one writer by itself
@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_the_call_still_happens_once(
    company: Company, token_of: Callable[..., dict[str, str]]
) -> None:
    address, body, _, model = CALLS["company"]
    token, before = token_of("administrator"), rows(model)
    answers: list[Any] = []
    gate = threading.Barrier(6)

    def call() -> None:
        try:
            gate.wait()
            answers.append(send(address, body, token))
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [one.status_code for one in answers] == [201] * 6
    assert len({one.content for one in answers}) == 1
    assert sum("Idempotency-Replayed" in one.headers for one in answers) == 5
    assert rows(model) == before + 1


@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_do_not_shift_while_rows_are_added(
    company: Company, token_of: Callable[..., dict[str, str]], newest_first: bool
) -> None:
    from peakend.server.company.models import Touchpoint
    from peakend.server.customers.models import Customer

    address = "/api/v1/customers" if newest_first else "/api/v1/touchpoints"
    name = "customer_id" if newest_first else "code"

    def add(code: str) -> None:
        if newest_first:
            Customer.objects.create(customer_id=code)
        else:
            Touchpoint.objects.create(code=code, name=code, position=0)

    for number in range(7):
        add(f"t{number}")
    token = token_of("administrator")
    there = {one[name] for one in Client().get(address, headers=token).json()["items"]}
    seen: list[str] = []
    cursor = ""
    for turn in range(20):
        page = Client().get(address, {"limit": 2, "cursor": cursor}, headers=token).json()
        seen += [one[name] for one in page["items"]]
        add(f"late{turn}")
        cursor = page["next"]
        if cursor is None or len(seen) > 40:
            break
    assert len(seen) == len(set(seen)), "nothing twice"
    assert there <= set(seen), "nothing left out"
    if newest_first:
        assert set(seen) == there


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", str(2**70)])
def test_a_limit_outside_its_bounds_is_told_so(
    company: Company, token_of: Callable[..., dict[str, str]], limit: str
) -> None:
    token = token_of("administrator")
    for address in ("/api/v1/cases", "/api/v1/customers", "/api/v1/sites", "/api/v1/places"):
        response = Client().get(address, {"limit": limit}, headers=token)
        assert response.status_code == 422, address
        assert "limit" in response.json()["errors"][0]["field"]


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "W10", "WzEsMl0", "\u00e9", "WzFlOTk5XQ", "W3RydWVd"])
def test_a_cursor_of_nobodys_making_is_told_so(
    company: Company, token_of: Callable[..., dict[str, str]], cursor: str
) -> None:
    response = Client().get("/api/v1/customers", {"cursor": cursor}, headers=token_of("administrator"))
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"rows": ', 400),
        (b'{"rows": NaN}', 400),
        (b"\xff\xfe", 400),
        (b'{"rows": [{"customer_id": "a\\u0000b"}]}', 422),
        (b'{"rows": [{"customer_id": "\\ud800"}]}', 422),
        (b'{"rows": [{"customer_id": "a", "attributes": {"n": 99999999999999999999}}]}', 422),
        (b"[" * 5000 + b"]" * 5000, 422),
        (b"[" * 100_000 + b"]" * 100_000, 422),
    ],
)
def test_what_no_database_can_keep_is_refused_with_its_place(
    token_of: Callable[..., dict[str, str]], body: bytes, status: int
) -> None:
    response = Client().post("/api/v1/customers", body, "application/json", headers=token_of("administrator"))
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    if status == 422:
        assert response.json()["errors"][0]["field"].startswith("body")


def test_a_stranger_is_told_how_to_sign_in(company: Company) -> None:
    response = Client().get("/api/v1/cases")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="peakend"'
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "site.not_signed_in"
