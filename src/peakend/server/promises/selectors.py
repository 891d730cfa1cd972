"""Promises an actor may see, the version in force, usage, and how often they were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet

from peakend.feedback.intervals import wilson
from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import may
from peakend.server.customers.models import Customer, Interaction
from peakend.server.improvement.selectors import one, sites
from peakend.server.promises import policies
from peakend.server.promises.affordability import Affordability, Budgets, Range, Usage, assess, observed_usage
from peakend.server.promises.models import Promise, PromiseUse, PromiseVersion
from peakend.server.promises.terms import Difference, cap_of, compare

HOUSE_ZONE = "Asia/Shanghai"
YEAR = timedelta(days=365)
SHORTEST_DAYS = 30  # of interactions, to speak of a year
KEPT_DAYS = 90
FEWEST_USES = 10
# Asked after every use, so stricter than the 95 % that is shown: chance alone shall not raise the alarm.
CREDIBLY = 0.99


def today() -> date:
    """The day in the company's zone."""
    return clock.now().astimezone(ZoneInfo(HOUSE_ZONE)).date()


def promises(actor: Actor) -> QuerySet[Promise]:
    """Every promise; for the front line those that customers know of."""
    rows = Promise.objects.select_related("owner", "touchpoint", "launched_by").prefetch_related(
        "versions__items"
    )
    return rows if may(actor, policies.ECONOMICS) else rows.exclude(status="draft")


def get_promise(actor: Actor, key: str) -> Promise:
    """The promise; `NotFoundError` where there is none or the actor may not see it."""
    found: Promise = one(promises(actor), Text("Promise", "承诺"), key=key)
    return found


def version_on(promise: Promise, day: date) -> PromiseVersion:
    """The version in force on `day`: the last that began by then, else the first."""
    versions = sorted(promise.versions.all(), key=lambda version: version.number)
    begun = [version for version in versions if version.in_force_from <= day]
    return begun[-1] if begun else versions[0]


def last_version(promise: Promise) -> PromiseVersion:
    """The version written last, which may come into force later."""
    return max(promise.versions.all(), key=lambda version: version.number)


def difference(version: PromiseVersion) -> Difference:
    """Claim against terms."""
    return compare(version.items.all())


def affordability(promise: Promise, version: PromiseVersion) -> Affordability:
    """Whether the promise can be paid, as its assumptions or its touchpoint's interactions say."""
    items = list(version.items.all())
    return assess(
        observed(promise, version) if version.observed else assumed(version),
        Budgets(
            version.eligible_customers,
            None if version.unit_cost is None else float(version.unit_cost),
            None if version.budget_year is None else float(version.budget_year),
            version.capacity_month,
        ),
        cap_of(items, "claimed"),
        cap_of(items, "terms"),
        compare(items).hollow,
    )


def assumed(version: PromiseVersion) -> Usage | None:
    """The written assumptions; None where one is missing."""
    share = (version.share_low, version.share_likely, version.share_high)
    uses = (version.uses_low, version.uses_likely, version.uses_high)
    low, likely, high = share
    few, some, many = uses
    if low is None or likely is None or high is None or few is None or some is None or many is None:
        return None
    return Usage(Range(low, likely, high), Range(few, some, many), many)


def observed(promise: Promise, version: PromiseVersion) -> Usage | None:
    """What interactions of the touchpoint in the last year show of eligible customers."""
    if promise.touchpoint_id is None:
        return None
    now = clock.now()
    rows = Interaction.objects.filter(
        touchpoint_id=promise.touchpoint_id, at__gte=now - YEAR, at__lte=now, customer__isnull=False
    )
    first = rows.aggregate(first=Min("at"))["first"]
    customers = Customer.objects.filter(erased_at=None, created_at__lte=now)
    if version.tiers:
        customers = customers.filter(tier__in=version.tiers)
        rows = rows.filter(customer__tier__in=version.tiers)
    days = 0.0 if first is None else (now - first) / timedelta(days=1)
    if days < SHORTEST_DAYS:
        return None
    each = rows.filter(customer__erased_at=None).order_by().values("customer_id").annotate(n=Count("id"))
    return observed_usage(Counter(each.values_list("n", flat=True)), customers.count(), days)


def uses(actor: Actor) -> QuerySet[PromiseUse]:
    """Uses at the sites the actor reaches."""
    rows = PromiseUse.objects.select_related("promise", "site", "case", "by")
    return rows if actor.reach.everything else rows.filter(site__in=sites(actor).values("pk"))


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of `n` uses were kept, with Wilson's 95 % interval of the rate; None where there is no use."""

    n: int
    kept: int
    rate: float | None
    low: float | None
    high: float | None


def kept_of(rows: QuerySet[PromiseUse], confidence: float = 0.95) -> Kept:
    """The rate of the last 90 days among `rows`."""
    found = rows.filter(day__gt=today() - timedelta(days=KEPT_DAYS)).aggregate(
        n=Count("id"), kept=Count("id", filter=Q(kept=True))
    )
    n, kept = found["n"], found["kept"]
    if n == 0:
        return Kept(0, 0, None, None, None)
    low, high = wilson(kept / n, n, confidence)
    return Kept(n, kept, kept / n, float(low), float(high))


def is_broken(promise: Promise) -> bool:
    """Whether the rate of kept uses, over all sites, lies credibly under what the promise asks for."""
    found = kept_of(promise.uses.all(), CREDIBLY)
    return found.n >= FEWEST_USES and found.high is not None and found.high < promise.kept_at_least


def listed(actor: Actor, rows: Iterable[Promise]) -> list[tuple[Promise, PromiseVersion, Difference, Kept]]:
    """Each promise with its version in force, what its terms keep, and its rate at the actor's sites."""
    day = today()
    found = []
    for promise in rows:
        version = version_on(promise, day)
        mine = kept_of(uses(actor).filter(promise=promise))
        found.append((promise, version, difference(version), mine))
    return found
