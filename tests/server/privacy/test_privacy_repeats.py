"""What calls of the API were answered, kept so that they can be repeated, is erased with the customer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.models import RepeatableRequest
from peakend.server.cases.models import Case, CaseEvent
from peakend.server.customers.models import Consent, Customer
from peakend.server.privacy import erasing, searching
from peakend.server.privacy.exporting import exports
from peakend.server.privacy.models import PrivacyRequest
from peakend.server.privacy.services import StillFoundError, erase_customer, export_customer

if TYPE_CHECKING:
    from conftest import Company  # type: ignore[attr-defined]

pytestmark = pytest.mark.django_db
KEY = "order-C-777"  # a program's own idea of a random key


def send(address: str, body: dict[str, Any], token: dict[str, str], key: str = KEY) -> Any:
    return Client().post(
        address, json.dumps(body), "application/json", headers={**token, "Idempotency-Key": key}
    )


def erase(company: Company, customer: Customer) -> PrivacyRequest:
    return erase_customer(actor=company.actor("cx_manager"), customer=customer, reason="asked by letter")


CONSENT = {"rows": [{"customer_id": "C-777", "purpose": "contact", "status": "given"}]}


def test_a_kept_answer_goes_with_its_customer_and_the_call_does_not_happen_twice(
    company: Company, known: Customer, token_of: Callable[..., dict[str, str]]
) -> None:
    token = token_of("administrator")
    note = {"note": "She said the drink was warm"}
    case = Case.objects.get()
    first = send("/api/v1/consents", CONSENT, token)
    assert first.status_code == 200, first.content
    # Neither names the customer: the address names a case of theirs.
    noted = send(f"/api/v1/cases/{case.key}/notes", note, token, "another")
    assert noted.status_code in (200, 201), noted.content
    # Of somebody else, and kept.
    other = send("/api/v1/customers", {"rows": [{"customer_id": "X-1", "name": "Rowan Hale"}]}, token, "x")
    assert other.status_code == 200, other.content
    request = erase(company, known)
    events, consents = CaseEvent.objects.count(), Consent.objects.count()
    assert request.proof["site"]["touched"]["repeats"] == 2
    assert request.proof["site"]["found"] == {}
    for row in RepeatableRequest.objects.all():
        told = f"{row.caller} {row.name} {row.digest} {row.headers} {bytes(row.body).decode()}"
        for clue in ("C-777", "avery", "warm", case.key):
            assert clue not in told
    for address, body, key in (
        ("/api/v1/consents", CONSENT, KEY),
        (f"/api/v1/cases/{case.key}/notes", note, "another"),
    ):
        again = send(address, body, token, key)
        assert (again.status_code, again.json()["code"]) == (409, "site.answer_erased")
    conflict = send("/api/v1/consents", {"rows": []}, token)
    assert conflict.json()["code"] != "site.answer_erased"
    assert conflict.status_code == 409
    assert (events, consents) == (CaseEvent.objects.count(), Consent.objects.count())
    same = {"rows": [{"customer_id": "X-1", "name": "Rowan Hale"}]}
    assert send("/api/v1/customers", same, token, "x").headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Avery Quill", b'{"mail": "AVERY@mail.example"}'),
        ("Avery Quill", b'{"name": "Avery Quill"}'),
        ("Avery Quill", b'\xff\x00\\ {"id": "c-777"}'),
        ("云舟", json.dumps({"name": "云舟"}).encode()),
        ("云舟", json.dumps({"name": "云舟"}, ensure_ascii=False).encode()),
    ],
)
def test_the_proof_searches_kept_bytes(company: Company, known: Customer, name: str, body: bytes) -> None:
    known.name = name
    RepeatableRequest.objects.create(
        caller="0" * 64, name="1" * 64, digest="2" * 64, status=200, body=body, at=clock.now()
    )
    column = next(one for one in searching.columns() if one[1].name == "body")
    assert searching.rows_with(*column, erasing.identifiers(known)) == 1
    assert searching.rows_with(*column, ["nobody"]) == 0


def test_where_kept_answers_stay_the_erasure_says_so(
    company: Company,
    known: Customer,
    token_of: Callable[..., dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send("/api/v1/consents", CONSENT, token_of("administrator"))
    row = RepeatableRequest.objects.get()
    RepeatableRequest.objects.filter(pk=row.pk).update(body=b'{"name": "Avery Quill"}')
    monkeypatch.setattr(erasing, "forget_repeats", lambda _: 0)
    with pytest.raises(StillFoundError) as found:
        erase(company, known)
    assert found.value.data["found"] == {"acting_repeatablerequest.body": 1}


def test_a_short_number_is_not_found_in_digests(company: Company) -> None:
    customer = Customer.objects.create(customer_id="4711")
    RepeatableRequest.objects.create(
        caller="4711" * 16, name="4711" * 16, digest="4711" * 16, status=204, at=clock.now()
    )
    assert erasing.erase_here(customer)["found"] == {}


def test_the_files_handed_out_before_go_and_name_nobody(
    company: Company, known: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    handed = export_customer(actor=company.actor("cx_manager"), customer=known)
    assert (exports() / handed.file).is_file()
    with django_capture_on_commit_callbacks(execute=True):
        erase(company, known)
    assert not (exports() / handed.file).exists()
    handed.refresh_from_db()
    assert handed.file == ""
