"""Pages of one customer, and of what was analysed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peakend.language import Language
from peakend.report.numbers import day, listing, money, number
from peakend.server.acting.errors import NotFoundError
from peakend.server.boards.analyses import analysed, report
from peakend.server.boards.customer import Fact, Known, look_at
from peakend.server.boards.options import language_name
from peakend.server.boards.policies import ANALYSES, CUSTOMER
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say, spoken

# A report brings its own style and nothing else; it may not act for whoever reads it.
_REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'; "
    "sandbox"
)

_FIRST = 20


@page(CUSTOMER)
@require_safe
def customer(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Everything about one customer."""
    found = look_at(actor=actor_of(request), customer_id=customer_id)
    return render(
        request,
        "boards/customer.html",
        {
            "whole": found,
            "customer": found.customer,
            "speaks": language_name(found.customer.language) if found.customer.language else "",
            "first": found.timeline[:_FIRST],
            "rest": found.timeline[_FIRST:],
            "missing": listing([part.title for part in found.known if not part.facts], spoken()),
            "known": [(part, [(fact.label, in_words(fact)) for fact in part.facts]) for part in found.known],
            "purchases": next((_purchases(part) for part in found.known if part.name == "transactions"), []),
        },
    )


@page(ANALYSES)
@require_safe
def analyses(request: HttpRequest) -> HttpResponse:
    """What was analysed last."""
    return render(request, "boards/analyses.html", {"found": analysed(actor_of(request))})


@page(ANALYSES)
@require_safe
def report_page(request: HttpRequest, language: str) -> HttpResponse:
    """The full report as the worker wrote it."""
    if language not in ("en", "zh"):
        raise NotFoundError
    path = report(actor_of(request), cast(Language, language))
    response: HttpResponse = FileResponse(path.open("rb"), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = _REPORT_POLICY
    return response


def in_words(fact: Fact) -> str:
    """The value of a fact as a person reads it."""
    value: Any = fact.value
    language = spoken()
    if fact.column == "language":
        return language_name(str(value))
    if isinstance(value, datetime | date):
        return day(value, language)
    if isinstance(value, bool):
        return say("yes", "是") if value else say("no", "否")
    if fact.unit == "probability":
        return f"{float(value) * 100:.0f} %" if language == "en" else f"{float(value) * 100:.0f}%"
    if isinstance(value, Decimal):
        return money(value, fact.unit if len(fact.unit) == 3 else None, 2)
    if isinstance(value, float):
        return number(value, 0 if value == int(value) else 1)
    if isinstance(value, int):
        return number(value)
    return str(value)


def _purchases(part: Known) -> list[dict[str, Any]]:
    return [
        {
            "at": day(row["at"], spoken()),
            "what": row["product_id"] or row["kind"],
            "money": money(row["revenue"], row["currency"], 2),
            "channel": row["channel"] or "",
        }
        for row in part.rows
    ]
