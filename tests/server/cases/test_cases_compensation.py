"""Caps hold, nobody approves their own, money stays exact."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.cases.compensation import compensate, decide
from peakend.server.cases.models import Case, Compensation, CompensationCap
from peakend.server.cases.reviews import review
from peakend.server.notices.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(completed: Callable[..., Any], customer_of: Callable[..., Any], at_work: Any) -> list[Case]:
    """Three cases of one customer, the front line may give 100 a case, 150 a customer, 170 a month."""
    CompensationCap.objects.create(
        role="front_line", currency="CNY", per_case=100, per_customer_year=150, per_employee_month=170
    )
    customer = customer_of()
    for _ in range(3):
        completed(3, customer=customer)
    return list(Case.objects.exclude(kind="repeat").order_by("id"))


def test_each_cap_holds_and_names_itself(cases: list[Case], company: Any, at_work: Any) -> None:
    actor = company.actor("north.front_line")

    def give(n: int, amount: str, currency: str = "CNY") -> list[str]:
        return list(
            compensate(
                actor=actor,
                key=cases[n].key,
                kind="voucher",
                amount=amount,
                currency=currency,
                reason="sorry",
            ).over
        )

    assert give(0, "100.01") == ["case"]
    assert give(0, "60.10") == []
    assert give(0, "39.91") == ["case"]
    assert give(0, "39.90") == []
    assert give(1, "50.01") == ["customer"]
    assert give(1, "50") == []
    Case.objects.filter(pk=cases[2].pk).update(customer=None)
    assert give(2, "20.01") == ["employee"]
    at_work(31 * 1440)
    assert give(2, "20.01") == []  # a new month
    assert give(2, "1", "CHF") == ["case"]  # no cap known: somebody else decides
    granted = Compensation.objects.filter(status="granted").values_list("amount", flat=True)
    assert sum(granted) == Decimal("170.01")


def test_an_apology_costs_nothing(cases: list[Case], company: Any) -> None:
    made = compensate(
        actor=company.actor("north.front_line"), key=cases[0].key, kind="apology", reason="sorry"
    )
    assert (made.amount, made.status) == (Decimal(0), "granted")


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "NaN", "1e999", "abc", "100000000"])
def test_what_is_no_amount(cases: list[Case], company: Any, amount: str) -> None:
    with pytest.raises(InvalidError):
        compensate(
            actor=company.actor("north.front_line"), key=cases[0].key, kind="gift", amount=amount, reason="x"
        )
    assert not Compensation.objects.exists()


def test_over_the_cap_somebody_else_says_yes(cases: list[Case], company: Any) -> None:
    asked = compensate(
        actor=company.actor("north.front_line"), key=cases[0].key, kind="refund", amount="900", reason="fee"
    )
    assert asked.status == "asked"
    assert Notification.objects.filter(
        user=company.users["north.supervisor"], title_en__contains="approval"
    ).exists()
    with pytest.raises(NotAllowedError):
        decide(actor=company.actor("north.front_line"), key=asked.key, approve=True)
    with pytest.raises(NotFoundError):
        decide(actor=company.actor("south.supervisor"), key=asked.key, approve=True)
    done = decide(actor=company.actor("north.supervisor"), key=asked.key, approve=True)
    assert (done.status, done.decided_by) == ("granted", company.users["north.supervisor"])
    with pytest.raises(ConflictError):
        decide(actor=company.actor("cx_manager"), key=asked.key, approve=False)


def test_nobody_approves_their_own_or_beyond_their_own_cap(cases: list[Case], company: Any) -> None:
    lead = company.actor("north.supervisor")
    own = compensate(actor=lead, key=cases[0].key, kind="refund", amount="1000.01", reason="fee")
    assert own.over == ["case"]
    with pytest.raises(ConflictError):
        decide(actor=lead, key=own.key, approve=True)
    big = compensate(
        actor=company.actor("north.front_line"), key=cases[0].key, kind="refund", amount="5000", reason="fee"
    )
    with pytest.raises(ConflictError):
        decide(actor=lead, key=big.key, approve=True)
    assert decide(actor=lead, key=big.key, approve=False).status == "refused"
    assert decide(actor=company.actor("cx_manager"), key=own.key, approve=True).status == "granted"


def test_the_rubric_is_stored_and_not_by_the_owner(cases: list[Case], company: Any) -> None:
    scores: dict[str, int | None] = {"setting": 4, "politeness": 5, "humility": 3, "humane": 5}
    care: dict[str, int | None] = {"helpful": 5, "friendly": 4, "caring": 5, "reassuring": 3}
    lead = company.actor("north.supervisor")
    with pytest.raises(InvalidError):
        review(actor=lead, key=cases[0].key, scores=scores)  # a complaint needs all four attitudes
    with pytest.raises(InvalidError):
        review(actor=lead, key=cases[0].key, scores=scores | care | {"humane": 6})
    made = review(actor=lead, key=cases[0].key, scores=scores | care)
    assert [getattr(made, name) for name in (*scores, *care)] == [4, 5, 3, 5, 5, 4, 5, 3]
    Case.objects.filter(pk=cases[0].pk).update(owner=company.users["north.supervisor"])
    with pytest.raises(ConflictError):
        review(actor=lead, key=cases[0].key, scores=scores | care)
    Case.objects.filter(pk=cases[1].pk).update(kind="request")
    assert review(actor=lead, key=cases[1].key, scores=scores).helpful is None
