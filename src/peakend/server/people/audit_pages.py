"""The audit as administrators read it: filtered, as a file, and checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from peakend.server.acting.audit import verify
from peakend.server.acting.models import AuditEntry
from peakend.server.acting.policies import actions
from peakend.server.people.policies import AUDIT
from peakend.server.web.clocks import zone_of
from peakend.server.web.downloads import csv_file
from peakend.server.web.pages import page
from peakend.server.web.paging import cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet


def entries(asked: Mapping[str, str], zone: str = "UTC") -> QuerySet[Any]:
    """Entries by what was asked for; what is no day is left aside.

    `who` is part of the name, `what` an action or its beginning, `subject` a key or type; `from`, `to` days
    in `zone`.
    """
    rows = AuditEntry.objects.all()
    words = {
        name: str(asked.get(name, "")).replace("\x00", "")[:100].strip()
        for name in ("who", "what", "subject")
    }
    if words["who"]:
        rows = rows.filter(actor_name__icontains=words["who"])
    if words["what"]:
        rows = rows.filter(action__startswith=words["what"])
    if words["subject"]:
        rows = rows.filter(
            Q(subject_key=words["subject"]) | Q(subject_type__endswith=words["subject"].lower())
        )
    first, last = _day(asked.get("from")), _day(asked.get("to"))
    if first:
        rows = rows.filter(at__gte=_midnight(first, zone))
    if last and last < date.max:
        rows = rows.filter(at__lt=_midnight(last + timedelta(days=1), zone))
    return rows


@page(AUDIT)
@require_GET
def audit_log(request: HttpRequest) -> HttpResponse:
    """What was done, last first."""
    found, after = cut(entries(request.GET.dict(), zone_of(request)), request.GET.get("cursor"), 50)
    return render(request, "people/audit.html", _context(request, {"rows": _readable(found), "next": after}))


@page(AUDIT)
@require_POST
def check_audit(request: HttpRequest) -> HttpResponse:
    """Check the whole chain and show what was found above the last entries."""
    found, after = cut(entries({}), None, 50)
    return render(
        request,
        "people/audit.html",
        _context(request, {"rows": _readable(found), "next": after, "checked": verify()}),
    )


@page(AUDIT)
@require_GET
def audit_csv(request: HttpRequest) -> HttpResponse:
    """The filtered entries as a file, oldest first, with the hashes."""
    header = ("id", "at", "who", "kind", "action", "subject_type", "subject", "data", "previous", "digest")

    def lines() -> Iterator[tuple[object, ...]]:
        for one in entries(request.GET.dict(), zone_of(request)).order_by("id").iterator(chunk_size=1000):
            yield (
                *(
                    one.pk,
                    one.at,
                    one.actor_name,
                    one.actor_kind,
                    one.action,
                    one.subject_type,
                    one.subject_key,
                ),
                *(json.dumps(one.data, ensure_ascii=False, sort_keys=True), one.previous, one.digest),
            )

    return csv_file("audit.csv", header, lines())


def _context(request: HttpRequest, more: dict[str, Any]) -> dict[str, Any]:
    names = ("who", "what", "subject", "from", "to")
    asked = {name: request.GET.get(name, "") for name in names}
    kept = request.GET.copy()
    kept.pop("cursor", None)
    named = AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()[:300]
    # "from" is a word of the template language.
    return {**more, "asked": {**asked, "since": asked["from"]}, "query": kept.urlencode(), "actions": named}


def _readable(found: list[Any]) -> list[Any]:
    for one in found:
        one.details = [
            (name, value) for name, value in sorted(one.data.items()) if value not in ("", [], None)
        ]
        # A service is mostly called as its action is.
        known = actions().get(one.action)
        one.what = known.what if known else None
        one.by_system = one.actor_kind == "system"
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _midnight(day: date, zone: str) -> datetime:
    try:
        return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:  # the first day there is, east of Greenwich
        return datetime.min.replace(tzinfo=UTC)
