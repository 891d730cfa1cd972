"""What stands in an address is a value, never a part of a query: no fault, and nothing more is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

import peakend.server
from peakend.server.customers.models import Customer
from server.attacks.filling import clients, populated, readers
from server.attacks.html_holes import breakout, holes_in

if TYPE_CHECKING:
    from django.test import Client

    from server.conftest import Company

pytestmark = pytest.mark.django_db
VALUES = (
    "' or 1=1 --",
    '") or 1=1; drop table people_user; --',
    "\x00",
    "%",
    "9" * 40,
    "-1",
    "9223372036854775808",
    "１２٣",
    "²",
    "\ud7ff\u202e🙂",
    "NaN",
    "1e999",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    breakout(1),
    "a" * 3000,
    "{}",
    "AAAA====",
    "W251bGxd",  # [null]
    "WzkyMjMzNzIwMzY4NTQ3NzU4MDgwXQ",  # [92233720368547758080]
)


def names() -> list[str]:
    """Every parameter that any page or operation reads, out of its source and its description."""
    root = Path(peakend.server.__file__).parent
    found = {"cursor", "limit"}
    for path in root.rglob("*.py"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r"""GET(?:\.get(?:list)?)?[(\[]\s*["'](\w+)["']""", text))
        found |= (
            set(re.findall(r"^    (\w+) = (?:forms\.|choice\()", text, re.M))
            if "forms" in path.name
            else set()
        )
    from peakend.server.web.api import api

    for operations in api.get_openapi_schema()["paths"].values():
        for one in operations.values():
            found |= {given["name"] for given in one.get("parameters", []) if given["in"] == "query"}
    return sorted(found)


def test_no_value_in_an_address_breaks_a_page_or_becomes_markup(
    company: Company, client_of: Callable[..., Client], faults: list[str]
) -> None:
    known = populated(company)
    of, problems, every = clients(client_of), [], names()
    assert len(every) > 40
    described = _described()
    for route, path, who in readers(known):
        if route.api:
            own = described.get(route.pattern, [])
            asked = [
                {name: VALUES[(place * 5 + turn) % len(VALUES)] for place, name in enumerate(own)}
                for turn in range(0, len(VALUES) if own else 0, 3)
            ]
        else:
            # All at once, each with another value; a page looks at few of them.
            asked = [
                {name: VALUES[(place + turn) % len(VALUES)] for place, name in enumerate(every)}
                for turn in range(0, len(VALUES), 7)
            ]
            asked += [{f"{name}[]": ["1", "2"] for name in every}, {name: ["x", "y"] for name in every}]
        for query in asked:
            faults.clear()
            response = of(who).get(path, query)
            if response.status_code >= 500:
                problems.append(f"{route.name} {str(query)[:80]}: {faults}")
                break
            if "html" in response.headers.get("Content-Type", "") and not response.streaming:
                problems += [f"{route.name}: {hole}" for hole in holes_in(response.content.decode())]
    assert not problems, "\n".join(dict.fromkeys(problems))


def _described() -> dict[str, list[str]]:
    from peakend.server.web.api import api

    found = {}
    for path, operations in api.get_openapi_schema()["paths"].items():
        pattern = re.sub(r"\{(\w+)\}", r"<\1>", path).lstrip("/")
        found[pattern] = [
            given["name"]
            for given in operations.get("get", {}).get("parameters", [])
            if given["in"] == "query"
        ]
    return found


@pytest.mark.parametrize("words", ["%", "_", "%%", "' or '1'='1", "x' or 1=1 --", "\\", "*", "[a-z]"])
@pytest.mark.parametrize(
    "address", ["/customers/?q={}", "/people/?q={}", "/cases/?q={}", "/api/v1/customers?q={}"]
)
def test_a_search_takes_its_words_as_they_are(
    company: Company, client_of: Callable[..., Client], words: str, address: str
) -> None:
    from peakend.server.acting import clock
    from peakend.server.cases.models import Case

    Customer.objects.create(customer_id="C-1", name="Somebody Findable", site=company.sites["north"])
    Case.objects.create(
        **{"number": 1001, "title": "Findable", "opened_at": clock.now()},
        **{"site": company.sites["north"], "team": company.teams["north"]},
    )
    client = client_of("administrator")
    page = client.get(address.format(quote(words)))
    assert page.status_code < 500
    assert b"Findable" not in page.content
    assert b"north.example" not in page.content
