"""What is kept of a customer is handed out whole, and erased for good, with proof."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.conf import settings

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError
from peakend.server.acting.models import AuditEntry
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case, CaseEvent
from peakend.server.customers.models import Customer, Interaction
from peakend.server.customers.personal import holders
from peakend.server.notices.models import Mail
from peakend.server.privacy.erasing import erase_here, fingerprint, identifiers
from peakend.server.privacy.exporting import exports
from peakend.server.privacy.models import PrivacyRequest, RetentionRule
from peakend.server.privacy.retention import remove_old
from peakend.server.privacy.services import StillFoundError, erase_customer, export_customer, set_retention
from peakend.server.sync.models import ErasureInWarehouse
from peakend.server.sync.signals import erased_in_warehouse
from server.privacy.conftest import WORDS

if TYPE_CHECKING:
    from django.test import Client

    from conftest import Company  # type: ignore[attr-defined]

pytestmark = pytest.mark.django_db


def test_the_file_holds_everything_and_only_of_that_customer(company: Company, known: Customer) -> None:
    Customer.objects.create(customer_id="C-778", name="Somebody Else")
    request = export_customer(actor=company.actor("cx_manager"), customer=known, reason="asked by letter")
    with zipfile.ZipFile(exports() / request.file) as file:
        whole = json.loads(file.read("customer.json"))
        page = file.read("customer.html").decode()
    parts = whole["parts"]
    assert parts["customers"][0]["email"] == "avery@mail.example"
    assert WORDS in json.dumps(parts["responses"])
    assert "Called Avery Quill" in json.dumps(parts["cases"])
    assert parts["consents"][0]["purpose"] == "survey"
    assert parts["mails"][0]["subject"] == "Hello Avery Quill"
    assert WORDS in page
    assert "Somebody Else" not in page + json.dumps(whole)
    assert request.proof["rows"]["responses"] == 1


def test_an_erased_customer_is_found_nowhere_and_what_happened_stays(
    company: Company, known: Customer
) -> None:
    request = erase_customer(actor=company.actor("cx_manager"), customer=known, reason="asked by letter")
    assert request.proof["site"]["found"] == {}
    assert request.proof["site"]["searched"] > 100
    response = Response.objects.get()
    assert response.answers["recommend"]["score"] == 3
    assert "text" not in response.answers["why"]
    assert response.customer is None
    case = Case.objects.get()
    assert (case.customer, case.words, case.title) == (None, "", "")
    assert CaseEvent.objects.get().note == ""
    assert not Mail.objects.exists()
    known.refresh_from_db()
    assert known.erased_at is not None
    assert (known.name, known.email, known.phone) == ("", "", "")
    assert known.customer_id != "C-777"
    queued = ErasureInWarehouse.objects.get()
    assert queued.customer_id == "C-777"
    assert "avery@mail.example" in queued.clues


def test_the_warehouses_proof_ends_the_request_and_only_the_fingerprint_remains(
    company: Company, known: Customer
) -> None:
    request = erase_customer(actor=company.actor("cx_manager"), customer=known, reason="asked by letter")
    queued = ErasureInWarehouse.objects.get()
    queued.proof = {"rows": {"customers": 1}, "found": {}}
    from django.db import transaction

    with transaction.atomic():
        erased_in_warehouse.send(ErasureInWarehouse, erasure=queued)
    request.refresh_from_db()
    assert request.warehouse_done_at is not None
    assert request.whose == ""
    assert request.fingerprint == fingerprint("C-777")
    assert request.proof["warehouse"]["rows"] == {"customers": 1}
    assert "C-777" not in json.dumps([entry.data for entry in AuditEntry.objects.all()])


def test_where_a_search_still_finds_the_customer_nothing_is_changed(
    company: Company, known: Customer
) -> None:
    # Somebody wrote the address where no area would look for it.
    Site = apps.get_model("company", "Site")
    Site.objects.filter(code="south").update(region="avery@mail.example")
    with pytest.raises(StillFoundError) as found:
        erase_customer(actor=company.actor("cx_manager"), customer=known, reason="asked by letter")
    assert found.value.data["found"] == {"company_site.region": 1}
    known.refresh_from_db()
    assert known.email == "avery@mail.example"
    assert not PrivacyRequest.objects.exists()


def test_a_chinese_name_is_searched_for_in_json_too(company: Company) -> None:
    customer = Customer.objects.create(customer_id="C-9", name="云舟")
    Interaction.objects.create(event_id="E-9", at=clock.now(), attributes={"guest": "云舟先生"})
    assert identifiers(customer) == ["C-9", "云舟"]
    assert erase_here(customer)["found"] == {"customers_interaction.attributes": 1}


def test_an_erasure_needs_a_reason_happens_once_and_is_not_for_everybody(
    company: Company, known: Customer
) -> None:
    with pytest.raises(InvalidError):
        erase_customer(actor=company.actor("cx_manager"), customer=known, reason=" ")
    for name in ("north.front_line", "north.supervisor", "analyst"):
        with pytest.raises(NotAllowedError):
            erase_customer(actor=company.actor(name), customer=known, reason="x")
    erase_customer(actor=company.actor("cx_manager"), customer=known, reason="x")
    known.refresh_from_db()
    with pytest.raises(ConflictError):
        erase_customer(actor=company.actor("cx_manager"), customer=known, reason="x")


def test_every_table_that_points_at_a_customer_has_a_holder() -> None:
    held = {model for holder in holders() for model in holder.models}
    pointing = {
        model
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if field.is_relation and field.related_model is Customer
    }
    assert {model._meta.label for model in pointing - held} == {"privacy.PrivacyRequest"}


def test_pages_lead_from_the_customer_to_the_proof(
    client_of: Callable[[str], Client], known: Customer
) -> None:
    client = client_of("cx_manager")
    assert "C-777" in client.get("/privacy/", {"q": "avery@mail.example"}).content.decode()
    address = f"/privacy/customers/{known.customer_id}/"
    slip = client.post(f"{address}erase/", {"reason": "letter", "confirm": "C-77"})
    assert slip.status_code == 422
    done = client.post(f"{address}erase/", {"reason": "letter", "confirm": "C-777"}, follow=True)
    assert "Erased here; the warehouse follows" in done.content.decode()
    known.refresh_from_db()
    gone = client.get(f"/privacy/customers/{known.customer_id}/", headers={"accept-language": "zh-CN"})
    assert "已删除" in gone.content.decode()


def test_the_file_of_an_export_is_fetched_and_goes_after_a_week(
    client_of: Callable[[str], Client], known: Customer
) -> None:
    client = client_of("cx_manager")
    client.post(f"/privacy/customers/{known.customer_id}/export/")
    request = PrivacyRequest.objects.get()
    got = client.get(f"/privacy/requests/{request.key}/file/")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(got.streaming_content)[:2] == b"PK"
    with clock.at(clock.now() + timedelta(days=8)):
        assert remove_old()["exports"] >= 1
    # The sweep ended old sessions too.
    assert client_of("cx_manager").get(f"/privacy/requests/{request.key}/file/").status_code == 404
    assert not list((settings.MEDIA_ROOT / "exports").glob(request.file))


def test_words_go_after_their_time_and_scores_stay(company: Company, known: Customer) -> None:
    set_retention(actor=company.actor("administrator"), kind="words", days=60)
    assert RetentionRule.objects.get().days == 60
    with clock.at(clock.now() + timedelta(days=59)):
        assert remove_old()["words"] == 0
    with clock.at(clock.now() + timedelta(days=61)):
        assert remove_old()["words"] == 1
        assert remove_old()["words"] == 0
    answers: Any = Response.objects.get().answers
    assert "text" not in answers["why"]
    assert answers["recommend"]["score"] == 3


def test_nothing_is_kept_for_less_than_its_least(company: Company) -> None:
    with pytest.raises(InvalidError):
        set_retention(actor=company.actor("administrator"), kind="words", days=1)
    with pytest.raises(InvalidError):
        set_retention(actor=company.actor("administrator"), kind="nothing", days=100)
    with pytest.raises(NotAllowedError):
        set_retention(actor=company.actor("cx_manager"), kind="words", days=100)
