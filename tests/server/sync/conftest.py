"""A site whose warehouse is a fresh file, with answers in it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.acting import clock
from peakend.server.home import Home

if TYPE_CHECKING:
    from peakend.engine import Engine
    from peakend.server.answering.models import Response
    from peakend.server.customers.models import Customer

WHOLE: dict[str, Any] = {
    "languages": ["en", "zh"],
    "default_language": "en",
    "title": {"en": "Your flight", "zh": "您的航班"},
    "pages": [
        {
            "id": "p1",
            "questions": [
                {
                    "id": "recommend",
                    "type": "nps",
                    "item": "recommend",
                    "overall": True,
                    "text": {"en": "Recommend?", "zh": "推荐吗？"},
                },
                {"id": "here", "type": "nps", "text": {"en": "After this?", "zh": "经此之后？"}},
                {
                    "id": "overall",
                    "type": "csat",
                    "overall": True,
                    "text": {"en": "All in all?", "zh": "总体？"},
                },
                {
                    "id": "prompt",
                    "type": "pair",
                    "dimension": "responsiveness",
                    "touchpoint": "lounge",
                    "text": {"en": "Prompt service", "zh": "及时服务"},
                },
                {
                    "id": "care",
                    "type": "pair",
                    "dimension": "empathy",
                    "touchpoint": "cabin",
                    "text": {"en": "Care", "zh": "关怀"},
                },
                {
                    "id": "parts",
                    "type": "matrix",
                    "text": {"en": "How was", "zh": "评价"},
                    "rows": [
                        {"code": "staff", "text": {"en": "Staff", "zh": "员工"}},
                        {"code": "food", "text": {"en": "Food", "zh": "餐食"}},
                    ],
                },
                {
                    "id": "used",
                    "type": "multiple",
                    "text": {"en": "What did you use?", "zh": "您使用了什么？"},
                    "options": [
                        {"code": "bar", "text": {"en": "Bar", "zh": "吧台"}},
                        {"code": "wifi", "text": {"en": "Wi-Fi", "zh": "无线网"}},
                    ],
                },
                {
                    "id": "seat",
                    "type": "single",
                    "text": {"en": "Seat?", "zh": "座位？"},
                    "options": [
                        {"code": "aisle", "text": {"en": "Aisle", "zh": "过道"}},
                        {"code": "window", "text": {"en": "Window", "zh": "靠窗"}},
                    ],
                },
                {"id": "why", "type": "text", "text": {"en": "Why?", "zh": "为什么？"}},
            ],
        }
    ],
}


@pytest.fixture
def home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of this test's own."""
    monkeypatch.delenv("PEAKEND_WAREHOUSE", raising=False)
    settings.HOME = Home(tmp_path / "home").make()
    found: Home = settings.HOME
    return found


@pytest.fixture
def reading(home: Home) -> Callable[[], Any]:
    """`with reading() as engine`: the warehouse, to look at."""
    from peakend.engine import connect

    @contextmanager
    def opened() -> Iterator[Engine]:
        with connect(home.warehouse) as engine:
            yield engine

    return opened


def rows_of(engine: Any, table: str) -> list[dict[str, Any]]:
    """The rows of a table of the warehouse."""
    found: list[dict[str, Any]] = engine.table(table).to_arrow().to_pylist()
    return found


def answers_of(random_: random.Random) -> dict[str, Any]:
    """One filled questionnaire."""

    def scored(low: int, high: int) -> dict[str, Any]:
        state = random_.choices(["answered", "not_used", "no_answer"], [8, 1, 1])[0]
        return {"state": state, **({"score": random_.randint(low, high)} if state == "answered" else {})}

    return {
        "recommend": scored(0, 10),
        "here": scored(0, 10),
        "overall": scored(1, 5),
        "prompt": scored(1, 7),
        "prompt.expectation": scored(1, 7),
        "care": scored(1, 7),
        "care.expectation": scored(1, 7),
        "parts.staff": scored(1, 5),
        "parts.food": scored(1, 5),
        "used": {"state": "answered", "choice": random_.sample(["bar", "wifi"], random_.randint(1, 2))},
        "seat": {"state": "answered", "choice": [random_.choice(["aisle", "window"])]},
        "why": {"state": "answered", "text": random_.choice(["queue too long", "kind staff", "饭菜凉了"])},
    }


@pytest.fixture
def answered(company: Any, live_survey: Callable[..., Any], home: Home) -> Callable[..., list[Response]]:
    """`answered(300)`: so many completed answers of known customers, stored as answering stores them."""
    from peakend.server.answering.models import Response

    kept: dict[str, Any] = {}

    def make(count: int = 20, seed: int = 1, survey: Any = None, **fields: Any) -> list[Response]:
        random_ = random.Random(seed)
        asked = survey or kept.get("survey") or live_survey(WHOLE)
        if survey is None:
            kept["survey"] = asked
        people = [customer_of(f"C-{seed}-{n}") for n in range(min(count, 50))] if not asked.anonymous else []
        sites, points = list(company.sites), list(company.touchpoints)
        now, made = clock.now(), []
        for number in range(count):
            site = random_.choice(sites)
            made.append(
                Response(
                    **{
                        "key": f"r{seed}-{number}",
                        "survey": asked,
                        "version": asked.current,
                        "customer": people[number % len(people)] if people else None,
                        "tier": people[number % len(people)].tier if people else "",
                        "site": company.sites[site],
                        "team": company.teams[site],
                        "touchpoint": company.touchpoints[random_.choice(points)],
                        "language": random_.choice(["en", "zh"]),
                        "channel": "link",
                        "state": "completed",
                        "answers": answers_of(random_),
                        "started_at": now - timedelta(minutes=5),
                        "completed_at": now - timedelta(days=random_.randint(0, 60)),
                        **fields,
                    }
                )
            )
        return list(Response.objects.bulk_create(made, batch_size=500))

    return make


def customer_of(customer_id: str, **fields: Any) -> Customer:
    """A customer one can reach."""
    from peakend.server.customers.models import Customer

    found, _ = Customer.objects.get_or_create(
        customer_id=customer_id,
        defaults={
            "name": f"Guest {customer_id}",
            "email": f"{customer_id.lower()}@example.com",
            "phone": "+8613812345678",
            "tier": "gold",
            **fields,
        },
    )
    return found
