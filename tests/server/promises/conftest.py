"""Promises to test with: a bank's airport VIP room, advertised as free, and a kept one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from peakend.server.acting import clock

NOW = datetime(2026, 11, 15, 4, tzinfo=UTC)


def item(name: str, kind: str, claimed: str, terms: str, better: str = "more", **more: Any) -> Any:
    """An item of a promise as services take it."""
    return {
        **{"name_en": name, "name_zh": "项", "kind": kind, "better": better},
        **{"claimed": claimed, "terms": terms, **more},
    }


# As advertised: 500,000 in deposits, free airport VIP. By the terms once a year, with a secondary card.
VIP_ITEMS = [
    item("VIP room at the airport", "yes_no", "yes", "yes"),
    item("minimum deposit", "number", "500000", "500,000", "less", unit_en="CNY", unit_zh="元"),
    item("needs a secondary card", "yes_no", "no", "yes", "less"),
    item("visits", "number", "unlimited", "1", unit_en="a year", unit_zh="次/年", caps_uses=True),
]
KEPT_ITEMS = [item("visits", "number", "2", "2", unit_en="a year", unit_zh="次/年", caps_uses=True)]
VIP: Any = {
    "claim_en": "Deposit 500,000 and use airport VIP rooms free of charge",
    "claim_zh": "存款满五十万，机场贵宾室免费用",
    "channels": ["branch", "app"],
    "eligible": "Sunflower customers",
    "eligible_customers": 10_000,
    "unit_cost": Decimal(150),
    "budget_year": Decimal(1_500_000),
    "capacity_month": 8_000,
    **{"share_low": 0.3, "share_likely": 0.4, "share_high": 0.5},
    **{"uses_low": 2.0, "uses_likely": 6.0, "uses_high": 24.0},
}


@pytest.fixture
def vip(company: Any) -> Callable[..., Any]:
    """`vip(items, budget_year=…)`: a draft that gives less than it claims, unless the items say otherwise."""
    from peakend.server.promises.services.writing import write_promise

    def make(items: Any = None, code: str = "vip", head: Any = None, **fields: Any) -> Any:
        with clock.at(NOW):
            return write_promise(
                actor=company.actor("cx_manager"),
                code=code,
                name_en="Airport VIP",
                name_zh="机场贵宾室",
                version={**VIP, **fields},
                items=VIP_ITEMS if items is None else items,
                **{"touchpoint": "lounge", **(head or {})},
            )

    return make


@pytest.fixture
def kept(company: Any, vip: Callable[..., Any]) -> Any:
    """A promise whose terms keep the claim and whose budget suffices, launched at NOW."""
    from peakend.server.promises.services.launching import launch

    made = vip(KEPT_ITEMS, code="kept", uses_high=12.0)
    with clock.at(NOW):
        return launch(actor=company.actor("cx_manager"), promise=made.key)


@pytest.fixture
def visits(company: Any) -> Callable[..., None]:
    """`visits([24] * 30, idle=60)`: gold customers who came so often last year, and idle ones."""
    from peakend.server.customers.models import Customer, Interaction

    def make(counts: list[int], idle: int = 0, tier: str = "gold") -> None:
        people = [Customer(customer_id=f"{tier}-{n}", tier=tier) for n in range(len(counts) + idle)]
        made = Customer.objects.bulk_create(people)
        Customer.objects.update(created_at=NOW - timedelta(days=700))
        Interaction.objects.bulk_create(
            Interaction(
                event_id=f"{customer.customer_id}-{n}",
                customer=customer,
                at=NOW - timedelta(days=365 * (n + 1) / (count + 1) if n else 364.9),
                touchpoint=company.touchpoints["lounge"],
            )
            for customer, count in zip(made, counts, strict=False)
            for n in range(count)
        )

    return make
