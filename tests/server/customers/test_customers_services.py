"""Customers, what they did and what they allow: rows in, each with its own result."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.dispatch import receiver

from peakend.server.acting.actors import Role, system
from peakend.server.acting.errors import ConflictError, NotAllowedError, NotFoundError
from peakend.server.cases.models import Case
from peakend.server.customers import selectors, services
from peakend.server.customers.consents import allows
from peakend.server.customers.files import parsed
from peakend.server.customers.models import Consent, Customer, Interaction
from peakend.server.customers.rows import ConsentRow, CustomerRow, InteractionRow
from peakend.server.customers.signals import interaction_received

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


def _statuses(results: list[Any]) -> list[str]:
    return [one.status for one in results]


def test_a_customer_known_by_the_id_is_changed_and_not_doubled(company: Any) -> None:
    manager = company.actor("cx_manager")
    first = [CustomerRow(customer_id="C1", name="A", email="a@example.com", attributes={"vip": True})]
    assert _statuses(services.upsert_customers(actor=manager, rows=first)) == ["created"]
    again = [
        CustomerRow(customer_id="C1", name="B", attributes={"seat": "12A"}),
        CustomerRow(customer_id="C2", site="north"),
        CustomerRow(customer_id="C2"),
        CustomerRow(customer_id="C3", email="nobody"),
        CustomerRow(customer_id="C4", site="nowhere"),
    ]
    results = services.upsert_customers(actor=manager, rows=again)
    assert _statuses(results) == ["changed", "created", "refused", "refused", "refused"]
    assert all(one.reason for one in results if one.status == "refused")
    one = Customer.objects.get(customer_id="C1")
    assert (one.name, one.email, one.attributes) == ("B", "a@example.com", {"vip": True, "seat": "12A"})
    assert _statuses(services.upsert_customers(actor=manager, rows=again[:1])) == ["same"]
    assert Customer.objects.count() == 2


def test_an_erased_customer_does_not_come_back(company: Any) -> None:
    Customer.objects.create(customer_id="C1", erased_at=AT)
    rows = [CustomerRow(customer_id="C1")]
    (result,) = services.upsert_customers(actor=company.actor("cx_manager"), rows=rows)
    assert result.status == "refused"


def test_a_supervisor_changes_only_customers_of_the_own_site(company: Any) -> None:
    Customer.objects.create(customer_id="S", site=company.sites["south"])
    rows = [
        CustomerRow(customer_id="S", name="taken"),
        CustomerRow(customer_id="N", site="south"),
        CustomerRow(customer_id="M"),
        CustomerRow(customer_id="O", site="north"),
    ]
    results = services.upsert_customers(actor=company.actor("north.supervisor"), rows=rows)
    assert _statuses(results) == ["refused", "refused", "refused", "created"]
    assert Customer.objects.get(customer_id="S").name == ""
    with pytest.raises(NotAllowedError):
        services.upsert_customers(actor=company.actor("north.front_line"), rows=rows)


def test_the_same_event_is_taken_once_and_other_content_refused(company: Any) -> None:
    heard: list[str] = []

    @receiver(interaction_received, weak=False, dispatch_uid="test")
    def hear(interaction: Interaction, **_: object) -> None:
        heard.append(interaction.event_id)

    try:
        Customer.objects.create(customer_id="C1")
        manager = company.actor("cx_manager")
        row = InteractionRow(
            event_id="E1", at=AT, customer_id="C1", touchpoint="lounge", site="north", team="desk"
        )
        assert _statuses(services.record_interactions(actor=manager, rows=[row])) == ["created"]
        beijing = row.model_copy(update={"at": datetime.fromisoformat("2026-05-01T17:30:00+08:00")})
        changed = row.model_copy(update={"outcome": "late"})
        results = services.record_interactions(actor=manager, rows=[row, beijing, changed])
        assert _statuses(results) == ["same", "same", "refused"]
    finally:
        interaction_received.disconnect(dispatch_uid="test")
    assert heard == ["E1"]
    assert Interaction.objects.get().team == company.teams["north"]


def test_an_event_needs_a_zone_a_past_and_a_known_customer(company: Any) -> None:
    rows = [
        InteractionRow(event_id="E1", at=datetime(2026, 5, 1, 9)),
        InteractionRow(event_id="E2", at=datetime.now(UTC) + timedelta(days=3)),
        InteractionRow(event_id="E3", at=AT, customer_id="nobody"),
        InteractionRow(event_id="E4", at=AT, touchpoint="nowhere"),
        InteractionRow(event_id="E/5", at=AT),
        InteractionRow(event_id="E6", at=AT, outcome="\x00"),
    ]
    results = services.record_interactions(actor=company.actor("cx_manager"), rows=rows)
    assert _statuses(results) == ["refused"] * 6


@pytest.mark.parametrize(
    ("said", "survey", "marketing"),
    [
        ([], True, False),
        ([("survey", "", "refused")], False, False),
        ([("survey", "", "refused"), ("survey", "email", "given")], True, False),
        ([("survey", "email", "given"), ("survey", "", "withdrawn")], False, False),
        ([("survey", "sms", "refused")], True, False),
        ([("marketing", "email", "given")], True, True),
        ([("marketing", "", "given"), ("marketing", "email", "withdrawn")], True, False),
    ],
)
def test_the_last_word_counts(
    company: Any, said: list[tuple[str, str, str]], survey: bool, marketing: bool
) -> None:
    customer = Customer.objects.create(customer_id="C1")
    rows = [
        ConsentRow(
            customer_id="C1", purpose=purpose, channel=channel, status=status, at=AT + timedelta(hours=n)
        )
        for n, (purpose, channel, status) in enumerate(said)
    ]
    services.record_consents(actor=system("test"), rows=rows)
    assert allows(customer, "survey", "email") is survey
    assert allows(customer, "marketing", "email") is marketing
    assert Consent.objects.count() == len(said)
    assert _statuses(services.record_consents(actor=system("test"), rows=rows)) == ["same"] * len(said)


def test_the_front_line_reads_addresses_of_its_own_cases_only(company: Any) -> None:
    actor = company.actor("north.front_line")
    one = Customer.objects.create(
        customer_id="C1", email="lin@example.com", phone="+86 13800004711", site=company.sites["north"]
    )
    (hidden,) = selectors.shown(actor, [one])
    assert hidden.masked
    assert (hidden.email, hidden.phone) == ("l•••@e•••.com", "•••• 4711")
    assert not selectors.customers(actor, "lin@").exists()
    assert selectors.customers(actor, "lin@example.com").get() == one
    case = Case.objects.create(
        number=1, title="late", customer=one, opened_at=AT, owner=company.users["north.front_line"]
    )
    assert selectors.shown(actor, [one])[0].email == "lin@example.com"
    Case.objects.filter(pk=case.pk).update(status="closed")
    assert selectors.shown(actor, [one])[0].masked


def test_another_site_is_not_there(company: Any) -> None:
    Customer.objects.create(customer_id="S", site=company.sites["south"])
    with pytest.raises(NotFoundError):
        selectors.get_customer(company.actor("north.supervisor"), "S")
    assert selectors.get_customer(company.actor("south.front_line"), "S").customer_id == "S"


def test_a_file_is_shown_before_it_is_taken_in(company: Any, client_of: Callable[[str], Client]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_of("cx_manager")
    text = "customer_id;name;email;colour\nC1;王女士;wang@example.com;red\nC2;=1+1;no-mail;\nC3;李先生;;\n"
    sent = client.post(
        "/customers/import/",
        {"kind": "customers", "file": SimpleUploadedFile("x.csv", text.encode("gb18030"))},
    )
    page = client.get(sent["Location"], headers={"accept-language": "en"}).content.decode()
    assert "2 rows will change something" in page
    assert "colour" in page
    assert "The e-mail address is not one." in page
    assert not Customer.objects.exists()
    client.post(sent["Location"] + "take-in/")
    assert set(Customer.objects.values_list("name", flat=True)) == {"王女士", "李先生"}
    assert client.post(sent["Location"] + "take-in/").status_code == 409
    assert client_of("north.supervisor").get(sent["Location"]).status_code == 404


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04\x00", b"name\nx\n", b'customer_id\n"x\n'])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    from peakend.server.acting.errors import InvalidError

    with pytest.raises(InvalidError):
        parsed("customers", content)


def test_the_api_answers_row_by_row(
    company: Any, client: Client, token_of: Callable[..., dict[str, str]]
) -> None:
    headers = token_of("cx_manager", "customers.*")
    body = {"rows": [{"customer_id": "C1", "email": "a@example.com"}, {"customer_id": "", "name": "x"}]}
    answer = client.post("/api/v1/customers", body, "application/json", headers=headers)
    assert answer.status_code == 200
    assert [one["status"] for one in answer.json()["results"]] == ["created", "refused"]
    assert client.get("/api/v1/customers/C1", headers=headers).json()["email"] == "a@example.com"
    seen = client.get("/api/v1/customers", headers=token_of("analyst")).json()["items"]
    assert seen[0]["masked"] is True
    assert client.get("/api/v1/customers").status_code == 401
    too_many = {"rows": [{"customer_id": str(n)} for n in range(1001)]}
    assert client.post("/api/v1/customers", too_many, "application/json", headers=headers).status_code == 422
    only_reads = token_of("cx_manager", "customers.read")
    assert client.post("/api/v1/customers", body, "application/json", headers=only_reads).status_code == 403


def test_two_at_once_take_a_file_in_once(company: Any) -> None:
    manager = company.actor("cx_manager")
    made = services.upload(actor=manager, kind="customers", filename="x.csv", content=b"customer_id\nC1\n")
    services.take_in(actor=manager, key=made.key)
    with pytest.raises(ConflictError):
        services.take_in(actor=manager, key=made.key)
    assert Role(manager.role) is Role.CX_MANAGER
