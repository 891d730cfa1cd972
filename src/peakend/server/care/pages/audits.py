"""Audits of care, and how even it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from peakend.evidence.control_charts import Place, Point
from peakend.server.acting import clock
from peakend.server.care import policies
from peakend.server.care.forms import AuditForm, EvennessForm
from peakend.server.care.score import SOFT_LEAST
from peakend.server.care.selectors import audits as found
from peakend.server.care.selectors.consistency import evenness
from peakend.server.care.services import audits as services
from peakend.server.improvement.pages.pressing import asked
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say

WIDE = 200.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A point of a chart as a strip of 200 by 20: the band of its limits, the centre, the point."""

    point: Point
    left: float
    width: float
    centre: float
    dot: float


@page(policies.AUDITS)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Every site with its latest audit; who was not audited lately comes first."""
    states = sorted(found.sites(actor_of(request)), key=lambda one: one.recent)
    without = [one.site for one in states if not one.recent]
    days = found.RECENT.days
    return render(request, "care/audits.html", {"states": states, "without": without, "days": days})


@page(policies.AUDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Record an audit."""
    actor = actor_of(request)
    today = clock.now().date()
    form = AuditForm(request.POST or None, actor=actor, initial={"on": today})

    def act(_: dict[str, Any]) -> str:
        made = services.record_audit(actor=actor, **form.entered())
        return reverse("care:audit", args=[made.key])

    return asked(
        request,
        form,
        act,
        title=say("Record a care audit", "记录关怀审核"),
        button=say("Record it", "记录"),
        back=reverse("care:audits"),
        intro=say(
            "Every score runs from 0 to 10. Hard and soft are multiplied: care without kindness is none.",
            "各项评分均为 0 至 10。硬性与软性相乘：缺少用心的态度，关怀便不复存在。",
        ),
        pairs=True,
    )


@page(policies.AUDITS)
@require_GET
def audit(request: HttpRequest, key: str) -> HttpResponse:
    """What an audit yielded, and how that changed."""
    one = found.get_audit(actor_of(request), key)
    shown = {"result": found.result(one), "trend": found.trend(one), "least": SOFT_LEAST}
    return render(request, "care/audit.html", shown)


@page(policies.CONSISTENCY)
@require_GET
def consistency(request: HttpRequest) -> HttpResponse:
    """The control charts of sites or teams."""
    form = EvennessForm(request.GET or None)
    wanted = {"metric": "nps", "by": "site", "months": "3"}
    status = 200
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
    elif form.is_bound:
        status = 422
    else:
        form = EvennessForm(initial=wanted)
    even = evenness(actor_of(request), wanted["metric"], wanted["by"], int(wanted["months"]))
    rows = sorted(even.shown, key=lambda pair: pair[0].mean.value)
    shown = {
        "form": form,
        "even": even,
        "metric": wanted["metric"],
        "strips": _strips(rows),
        "share": round(100 * even.chart.share_between) if even.chart else 0,
    }
    return render(request, "care/consistency.html", shown, status=status)


def _strips(rows: list[tuple[Place, Any]]) -> list[tuple[Place, Any, Drawn, Drawn]]:
    means = _scale([place.mean for place, _ in rows])
    spreads = _scale([place.spread for place, _ in rows])
    return [(*row, mean, spread) for row, mean, spread in zip(rows, means, spreads, strict=True)]


def _scale(points: list[Point]) -> list[Drawn]:
    """All points of a chart on one scale."""
    low = min((min(one.low, one.value) for one in points), default=0.0)
    high = max((max(one.high, one.value) for one in points), default=1.0)
    step = (WIDE - 12) / ((high - low) or 1.0)

    def at(value: float) -> float:
        return round(6 + (value - low) * step, 1)

    return [
        Drawn(
            one,
            at(one.low),
            round(at(one.high) - at(one.low), 1),
            at(one.centre),
            at(one.value),
        )
        for one in points
    ]
