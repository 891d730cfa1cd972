"""What suits a customer is shown with the facts it rests on, or it is said that nothing does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.errors import InvalidError, NotAllowedError, NotFoundError
from peakend.server.acting.models import AuditEntry
from peakend.server.answering.models import Response
from peakend.server.care.selectors.profile import facts_of
from peakend.server.care.services import suggestions as services
from peakend.server.cases.models import Case
from peakend.server.customers.models import Customer, Interaction

NOW = datetime(2026, 11, 15, 4, tzinfo=UTC)


def rule(
    company: Any, *conditions: tuple[str, str, str | float], who: str = "cx_manager", **more: Any
) -> Any:
    asked: list[Any] = [{"fact": fact, "op": op, "value": value} for fact, op, value in conditions]
    words = {"name_en": "Quiet seat", "name_zh": "安静座位", "text_en": "Offer it", "text_zh": "主动提供"}
    return services.set_suggestion(actor=company.actor(who), conditions=asked, **{**words, **more})


@pytest.fixture
def known(company: Any, live_survey: Any) -> Customer:
    """Gold, met three times, unhappy lately, an open case, likes it quiet."""
    customer = Customer.objects.create(
        **{"customer_id": "C-1", "name": "Mei", "tier": "gold", "language": "zh"},
        **{"site": company.sites["north"], "attributes": {"likes": "quiet", "children": 2, "tags": ["a"]}},
    )
    for days in (400, 100, 30):
        Interaction.objects.create(event_id=f"E-{days}", customer=customer, at=NOW - timedelta(days=days))
    for survey, score, days in (
        (live_survey(), 9, 90),
        (live_survey(), 3, 20),
        (live_survey(anonymous=True), 10, 1),
    ):
        Response.objects.create(
            **{"survey": survey, "version": survey.current, "customer": customer, "language": "en"},
            **{"channel": "link", "state": "completed", "started_at": NOW},
            answers={"recommend": {"state": "answered", "score": score}},
            completed_at=NOW - timedelta(days=days),
        )
    Case.objects.create(
        **{"number": 1, "title": "x", "customer": customer, "site": company.sites["north"]},
        opened_at=NOW - timedelta(days=12),
    )
    return customer


def test_facts_come_with_their_values_and_dates(known: Customer) -> None:
    with clock.at(NOW):
        facts = facts_of(known)
    assert {code: one.value for code, one in facts.items()} == {
        "tier": "gold",
        "language": "zh",
        "last_score": 3.0,
        "open_cases": 1.0,
        "days_since_last": 30.0,
        "relationship_days": 400.0,
        "attribute:likes": "quiet",
        "attribute:children": 2.0,
    }
    assert facts["last_score"].at == NOW - timedelta(days=20)
    assert facts["open_cases"].at == NOW - timedelta(days=12)
    assert facts["relationship_days"].at == NOW - timedelta(days=400)


def test_a_suggestion_cites_the_facts_it_rests_on(
    company: Any, known: Customer, client_of: Callable[..., Client], token_of: Callable[..., dict[str, str]]
) -> None:
    rule(company, ("attribute:likes", "is", "Quiet"), ("last_score", "at_most", 6))
    rule(company, ("tier", "is", "silver"), name_en="Other")
    with clock.at(NOW):
        text = client_of("north.front_line").get("/care/for/C-1/").content.decode()
        told = Client().get("/api/v1/care/for/C-1", headers=token_of("north.front_line", "care.*")).json()
    assert "Suggestions for Mei: 1" in text
    assert "nps 3 (0–10)" in text
    assert "2026-10-26" in text
    (one,) = told["suggestions"]
    assert [(fact["fact"], fact["value"], fact["at"][:10]) for fact in one["because"]] == [
        ("attribute:likes", "quiet", known.changed_at.date().isoformat()),
        ("last_score", 3.0, "2026-10-26"),
    ]


def test_where_nothing_fits_the_page_says_so(
    company: Any, known: Customer, client_of: Callable[..., Client]
) -> None:
    rule(company, ("tier", "is", "silver"))
    client = client_of("north.front_line")
    assert "Nothing is suggested for Mei" in client.get("/care/for/C-1/").content.decode()
    assert (
        "暂无给Mei的建议"
        in client.get("/care/for/C-1/", headers={"accept-language": "zh-CN"}).content.decode()
    )


def test_customers_of_the_other_site_do_not_exist_and_the_audit_tells_who_looked(
    company: Any, known: Customer
) -> None:
    with pytest.raises(NotFoundError):
        services.look_at_profile(actor=company.actor("south.front_line"), customer="C-1")
    for _ in range(2):
        services.look_at_profile(actor=company.actor("north.front_line"), customer="C-1")
    assert AuditEntry.objects.filter(action="care.for_customer").count() == 1


def test_of_an_erased_customer_nothing_is_known(company: Any, known: Customer) -> None:
    Customer.objects.filter(pk=known.pk).update(erased_at=NOW)
    profile = services.look_at_profile(actor=company.actor("cx_manager"), customer="C-1")
    assert (profile.facts, profile.suggestions) == ({}, [])


def test_rules_that_make_no_sense_are_refused_and_retired_ones_are_silent(
    company: Any, known: Customer
) -> None:
    for wrong in ((), (("shoe", "is", 1),), (("tier", "at_least", 1),), (("last_score", "is", "six"),)):
        with pytest.raises(InvalidError):
            rule(company, *wrong)  # type: ignore[arg-type]
    with pytest.raises(NotAllowedError):
        rule(company, ("tier", "is", "gold"), who="north.supervisor")
    made = rule(company, ("tier", "is", "gold"))
    look = {"actor": company.actor("cx_manager"), "customer": "C-1"}
    assert len(services.look_at_profile(**look).suggestions) == 1
    services.retire_suggestion(actor=company.actor("cx_manager"), rule=made.key)
    assert services.look_at_profile(**look).suggestions == []


def test_the_form_takes_up_to_three_conditions(company: Any, client_of: Callable[..., Client]) -> None:
    sent = {
        **{"name_en": "x", "name_zh": "某", "text_en": "x", "text_zh": "某"},
        **{"fact1": "attribute", "attribute1": "likes", "op1": "is", "value1": "quiet"},
        **{"fact2": "last_score", "op2": "at_most", "value2": "6"},
    }
    client = client_of("cx_manager")
    assert client.post("/care/suggestions/new/", sent).status_code == 302
    assert "“likes” is quiet" in client.get("/care/suggestions/").content.decode()
    assert client.post("/care/suggestions/new/", {**sent, "value2": "six"}).status_code == 422
