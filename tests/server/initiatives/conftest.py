"""Customers who stay away, and a campaign to win them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from peakend.server.acting.actors import system
from peakend.server.customers.models import Consent, Customer, Interaction
from peakend.server.initiatives import tasks
from peakend.server.initiatives.services import winback

START = datetime(2026, 3, 2, 4, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture
def lost(company: Any) -> Callable[..., list[Customer]]:
    """`lost(60)`: so many customers of north away for a year, in two tiers, who allow marketing."""

    def make(n: int, **more: Any) -> list[Customer]:
        first = Customer.objects.count()
        fields = {"site": company.sites["north"], "language": "en", **more}
        made = [
            Customer(
                customer_id=f"C-{first + i}",
                name=f"Customer {first + i}",
                email=f"c{first + i}@example.com",
                phone=f"+86 21 5555 {first + i:04}",
                **{"tier": "gold" if i % 3 else "silver", **fields},
            )
            for i in range(n)
        ]
        Customer.objects.bulk_create(made)
        made = list(Customer.objects.order_by("pk")[first:])
        Interaction.objects.bulk_create(
            Interaction(event_id=f"E-{one.pk}", customer=one, at=START - timedelta(days=365)) for one in made
        )
        Consent.objects.bulk_create(
            Consent(customer=one, purpose="marketing", status="given", at=START - timedelta(days=400))
            for one in made
        )
        return made

    return make


@pytest.fixture
def planned(company: Any) -> Callable[..., Any]:
    """`planned(channels=["phone"])`: a campaign of the company, not yet drawn."""

    def make(who: str = "cx_manager", **more: Any) -> Any:
        fields: dict[str, Any] = {
            "name_en": "Come back",
            "name_zh": "欢迎回来",
            "offer_en": "A free upgrade",
            "offer_zh": "免费升舱",
            "away_days": 180,
            "channels": ["phone"],
            "holdout_share": 0.4,
            "starts_on": date(2026, 3, 1),
            "ends_on": date(2026, 3, 31),
            "window_days": 60,
            "smallest": 0.05,
            "expected": 0.1,
            "contact_cost": Decimal(2),
            "offer_cost": Decimal(30),
            "worth": Decimal(500),
            "seed": 7,
        }
        return winback.plan_campaign(actor=company.actor(who), **{**fields, **more})

    return make


@pytest.fixture
def sweep() -> Callable[[str], int]:
    """`sweep("contact")`: what the worker does."""
    return lambda name: getattr(tasks, name)(system("worker"))


@pytest.fixture
def back() -> Callable[..., None]:
    """`back(customers, at)`: they come back at `at`."""

    def make(customers: Any, at: datetime, **more: Any) -> None:
        Interaction.objects.bulk_create(
            Interaction(event_id=f"B-{one}-{at.isoformat()}", customer_id=one, at=at, **more)
            for one in customers
        )

    return make
