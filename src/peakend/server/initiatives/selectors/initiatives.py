"""Initiatives with their spend, and the curve of cost against satisfaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import within
from peakend.server.improvement.selectors import one
from peakend.server.initiatives.models import Initiative, Spend


def initiatives(actor: Actor) -> QuerySet[Initiative]:
    """Initiatives of the actor's sites; those of the whole company for who reaches it."""
    rows = Initiative.objects.filter(withdrawn=False).select_related("site", "touchpoint")
    return within(actor, rows, team=None).prefetch_related("spends", "control_sites")


def get_initiative(actor: Actor, key: str) -> Initiative:
    """The initiative; `NotFoundError` outside the actor's reach."""
    return one(initiatives(actor), Text("Initiative", "举措"), key=key)


def spends(actor: Actor) -> QuerySet[Spend]:
    """Entries of those initiatives."""
    return Spend.objects.filter(initiative__in=initiatives(actor).values("pk")).select_related("initiative")


@dataclass(frozen=True, slots=True)
class Sum:
    """Money in one currency."""

    currency: str
    amount: Decimal


def spent(initiative: Initiative) -> list[Sum]:
    """What was spent, by currency."""
    found: dict[str, Decimal] = {}
    for entry in initiative.spends.all():
        found[entry.currency] = found.get(entry.currency, Decimal(0)) + entry.amount
    return [Sum(currency, amount) for currency, amount in sorted(found.items())]


@dataclass(frozen=True, slots=True)
class Point:
    """One judged initiative on the curve: all that was spent up to it, and what it changed itself."""

    initiative: Initiative
    amount: Decimal
    cumulated: Decimal
    difference: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Judged initiatives on one metric by the day their effect was known; money in `currency` alone.

    `apart`: judged ones whose money is in another currency or in several; they stand in no sum.
    """

    metric: str
    currency: str
    points: list[Point]
    apart: int


def most_judged(actor: Actor) -> str:
    """The metric most initiatives were judged on: what the curve opens with. NPS while there are none."""
    judged = initiatives(actor).filter(judged_at__isnull=False)
    used = Counter(row.metric for row in judged[:500] if "difference" in row.result)
    return used.most_common(1)[0][0] if used else "nps"


def curve(actor: Actor, metric: str, touchpoint: str = "") -> Curve:
    """Cost against satisfaction (LSN-13): initiatives of a touchpoint, or of all, on `metric`."""
    rows = initiatives(actor).filter(metric=metric, judged_at__isnull=False)
    if touchpoint:
        rows = rows.filter(touchpoint__code=touchpoint)
    judged = [
        (row, spent(row)) for row in rows.order_by("after_to", "pk")[:500] if "difference" in row.result
    ]
    used = Counter(sums[0].currency for _, sums in judged if len(sums) == 1)
    currency = used.most_common(1)[0][0] if used else "CNY"
    points: list[Point] = []
    total, apart = Decimal(0), 0
    for row, sums in judged:
        if sums and (len(sums) > 1 or sums[0].currency != currency):
            apart += 1
            continue
        amount = sums[0].amount if sums else Decimal(0)
        total += amount
        told = row.result
        points.append(Point(row, amount, total, told["difference"], told["low"], told["high"]))
    return Curve(metric, currency, points, apart)
