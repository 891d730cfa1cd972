"""Occasions of the care calendar: when a rule's trigger falls due for which customer.

An occasion that was missed for a week is past: nobody is thanked a month later. One from before its rule was
made is none, but for those that announce what is still to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Exists, Min, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.care.models import CareRule, CareTask
from peakend.server.cases.models import Case
from peakend.server.customers.models import Customer, Interaction
from peakend.server.improvement.models import Visit
from peakend.server.people.models import User

GRACE = timedelta(days=7)
YEARS = 60
CHUNK = 500
_HERE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One customer's turn. `key` makes it the same however often it is found; ids are primary keys."""

    key: str
    customer: int
    at: datetime
    site: int | None = None
    team: int | None = None
    owner: int | None = None
    employee: str = ""

    def find_owner(self, customer: Customer) -> User | None:
        """Who cares: whoever served, else somebody of the team, else the site's supervisor."""
        people = User.objects.filter(is_active=True).order_by("pk")
        site = self.site or customer.site_id
        for wanted in (
            {"pk": self.owner} if self.owner else None,
            {"employee_id": self.employee} if self.employee else None,
            {"teams": self.team, "role": Role.FRONT_LINE} if self.team else None,
            {"sites": site, "role": Role.SUPERVISOR} if site else None,
        ):
            found = people.filter(**wanted).first() if wanted else None
            if found is not None:
                return found
        return None


def due(rule: CareRule) -> Iterator[Occasion]:
    """Occasions of `rule` that are due now and have no task yet."""
    found = _FINDERS[rule.trigger](rule)
    while some := list(islice(found, CHUNK)):
        tasks = CareTask.objects.filter(rule=rule, occasion__in={one.key for one in some})
        cared = set(tasks.values_list("customer_id", "occasion"))
        yield from (one for one in some if (one.customer, one.key) not in cared)


def _window(rule: CareRule) -> tuple[datetime, datetime]:
    """Between which moments an occasion fell due that is cared for now."""
    now = clock.now()
    return max(now - GRACE, rule.made_at), now


def _interactions(rule: CareRule) -> QuerySet[Interaction]:
    rows = Interaction.objects.filter(customer__isnull=False, customer__erased_at=None)
    if rule.tier:
        rows = rows.filter(customer__tier=rule.tier)
    if rule.touchpoint_id:
        rows = rows.filter(touchpoint_id=rule.touchpoint_id)
    if rule.site_id:
        rows = rows.filter(site_id=rule.site_id)
    return rows.order_by("at", "pk")


def _of(event: Any, key: str, at: datetime) -> Occasion:  # noqa: ANN401 - an Interaction with a customer
    return Occasion(key, event.customer_id, at, event.site_id, event.team_id, employee=event.employee_id)


def _after_interaction(rule: CareRule) -> Iterator[Occasion]:
    begins, ends = _window(rule)
    wait = timedelta(days=rule.days)
    for event in _interactions(rule).filter(at__gt=begins - wait, at__lte=ends - wait).iterator(CHUNK):
        yield _of(event, f"interaction:{event.pk}", event.at + wait)


def _silence(rule: CareRule) -> Iterator[Occasion]:
    """Counted over all touchpoints: somebody seen elsewhere is not silent."""
    begins, ends = _window(rule)
    wait = timedelta(days=rule.days)
    later = Interaction.objects.filter(customer=OuterRef("customer"), at__gt=OuterRef("at"))
    last = _interactions(rule).filter(~Exists(later), at__gt=begins - wait, at__lte=ends - wait)
    for event in last.iterator(CHUNK):
        # Two at one moment are one silence.
        yield _of(event, f"silence:{event.at.astimezone(UTC):%Y%m%dT%H%M%S}", event.at + wait)


def _anniversary(rule: CareRule) -> Iterator[Occasion]:
    begins, ends = (moment - timedelta(days=rule.days) for moment in _window(rule))
    earliest = Interaction.objects.aggregate(first=Min("at"))["first"]
    if earliest is None:
        return
    before = Interaction.objects.filter(customer=OuterRef("customer"), at__lt=OuterRef("at"))
    for years in range(1, min(YEARS, ends.year - earliest.year) + 1):
        first = _interactions(rule).filter(
            ~Exists(before), at__gt=_years(begins, -years), at__lte=_years(ends, -years)
        )
        for event in first.iterator(CHUNK):
            at = _years(event.at, years) + timedelta(days=rule.days)
            yield _of(event, f"anniversary:{years}", at)


def _years(moment: datetime, years: int) -> datetime:
    """The same day in another year; the last day of February for one that is not there."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)


def _case_closed(rule: CareRule) -> Iterator[Occasion]:
    begins, ends = _window(rule)
    wait = timedelta(days=rule.days)
    rows: QuerySet[Any] = Case.objects.filter(
        status="closed", closed_at__gt=begins - wait, closed_at__lte=ends - wait, customer__erased_at=None
    )
    for case in _narrowed(rule, rows.exclude(customer=None)).order_by("closed_at").iterator(CHUNK):
        # Reopened and closed again is another occasion.
        key = f"case:{case.pk}:{case.closed_at.astimezone(UTC):%Y%m%dT%H%M%S}"
        at = case.closed_at + wait
        yield Occasion(key, case.customer_id, at, case.site_id, case.team_id, case.owner_id)


def _before_visit(rule: CareRule) -> Iterator[Occasion]:
    now = clock.now()
    wait = timedelta(days=rule.days)
    # A visit today counts until its window ends.
    rows: QuerySet[Any] = Visit.objects.filter(
        status="planned", window_from__lte=now + wait, window_to__gt=now, customer__erased_at=None
    )
    for visit in _narrowed(rule, rows.exclude(customer=None)).order_by("window_from").iterator(CHUNK):
        key = f"visit:{visit.pk}"
        at = visit.window_from - wait
        yield Occasion(key, visit.customer_id, at, visit.site_id, visit.team_id, visit.employee_id)


def _before_date(rule: CareRule) -> Iterator[Occasion]:
    """Dates written as 2026-11-30 in an attribute; days are those of China."""
    today = clock.now().astimezone(_HERE).date()
    wanted = [(today + timedelta(days=ahead)).isoformat() for ahead in range(rule.days + 1)]
    # Cast: a lookup on the key itself would read the days as JSON.
    told = Cast(KeyTextTransform(rule.attribute, "attributes"), CharField(max_length=200))
    rows = Customer.objects.filter(erased_at=None).annotate(day=told)
    rows = rows.filter(day__in=wanted)
    if rule.tier:
        rows = rows.filter(tier=rule.tier)
    if rule.site_id:
        rows = rows.filter(site_id=rule.site_id)
    for customer in rows.order_by("pk").iterator(CHUNK):
        day = date.fromisoformat(customer.day)
        at = datetime.combine(day - timedelta(days=rule.days), time(), _HERE).astimezone(UTC)
        yield Occasion(f"date:{day}", customer.pk, at, customer.site_id)


def _narrowed(rule: CareRule, rows: QuerySet[Any]) -> QuerySet[Any]:
    if rule.tier:
        rows = rows.filter(customer__tier=rule.tier)
    if rule.touchpoint_id:
        rows = rows.filter(touchpoint_id=rule.touchpoint_id)
    if rule.site_id:
        rows = rows.filter(site_id=rule.site_id)
    return rows


_FINDERS: dict[str, Callable[[CareRule], Iterator[Occasion]]] = {
    "after_interaction": _after_interaction,
    "silence": _silence,
    "anniversary": _anniversary,
    "case_closed": _case_closed,
    "before_visit": _before_visit,
    "before_date": _before_date,
}
