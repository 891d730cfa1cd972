"""Expected usage times cost against budget and capacity (ACT-06), with a range and what terms leave of it.

Every figure is low, likely, high. Low takes the low end of the share who use it and of how often they do,
high both high ends: wider than a 95 % interval of the product, never narrower.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from peakend.feedback.intervals import mean_interval, wilson
from peakend.language import Text

# Terms that leave less than half of the usage the claim makes people expect keep its letter only.
HOLLOW_BELOW = 0.5
FREQUENT = 0.9  # quantile of customers who use it that stands for the frequent one
FEWEST_USERS = 10
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Range:
    """Low, likely, high."""

    low: float
    likely: float
    high: float

    def times(self, other: Range | float) -> Range:
        """Both low ends, both likely ones, both high ends multiplied; none is negative."""
        by = other if isinstance(other, Range) else Range(other, other, other)
        return Range(self.low * by.low, self.likely * by.likely, self.high * by.high)

    def capped(self, cap: float | None) -> Range:
        """No end over `cap`."""
        if cap is None:
            return self
        return Range(min(self.low, cap), min(self.likely, cap), min(self.high, cap))


@dataclass(frozen=True, slots=True)
class Usage:
    """What is expected of eligible customers.

    `share` of them use it, `uses` times a year each; `frequent` is how often a frequent customer would.
    `counted` are uses a year of observed customers, from which capped means are exact. `source` is "assumed"
    or "observed", of `customers` eligible ones.
    """

    share: Range
    uses: Range
    frequent: float
    source: str = "assumed"
    customers: int = 0
    counted: Mapping[float, int] | None = None

    def under(self, cap: float | None) -> Range:
        """Uses a year of one who uses it, where none may use it more than `cap` times."""
        if cap is None or self.counted is None:
            return self.uses.capped(cap)
        return _mean(_merged(self.counted, cap))


@dataclass(frozen=True, slots=True)
class Budgets:
    """What there is: None where it was not set."""

    eligible: int | None
    unit_cost: float | None
    budget: float | None
    capacity_month: float | None


@dataclass(frozen=True, slots=True)
class Case:
    """What a promise costs with a cap on uses a year: as advertised, or as the terms have it."""

    cap: float | None
    uses_each: Range
    uses_year: Range
    cost: Range | None
    budget: str  # affordable, unaffordable, cannot_tell
    capacity: str


@dataclass(frozen=True, slots=True)
class Affordability:
    """Everything the check found.

    `verdicts` are the codes of words.VERDICTS that hold, worst first. `delivered` is the share of expected
    uses that the terms leave, `delivered_frequent` that of a frequent customer. The budget ends at
    `break_uses` uses a year, `break_each` for each who uses it.
    """

    verdicts: tuple[str, ...]
    usage: Usage | None = None
    advertised: Case | None = None
    terms: Case | None = None
    delivered: float | None = None
    delivered_frequent: float | None = None
    break_uses: float | None = None
    break_each: float | None = None
    lacking: tuple[Text, ...] = ()

    @property
    def blocking(self) -> tuple[str, ...]:
        """The verdicts with which a promise may not be launched."""
        return tuple(one for one in self.verdicts if one in ("unaffordable", "hollow"))


def observed_usage(counts: Mapping[int, int], customers: int, days: float) -> Usage | None:
    """Usage as `days` of interactions show it; None where fewer than ten of `customers` used it.

    counts: how many customers used it so many times. Source of the ranges: Wilson's interval of the share,
    Student's of the mean, both 95 %.
    """
    users = sum(counts.values())
    if users < FEWEST_USERS or customers < users or days <= 0:
        return None
    yearly: Counter[float] = Counter()
    for uses, n in counts.items():
        yearly[uses * 365 / days] += n
    low, high = wilson(users / customers, customers)
    share = Range(float(low), users / customers, float(high))
    return Usage(share, _mean(yearly), _quantile(yearly, FREQUENT), "observed", customers, yearly)


def assess(
    usage: Usage | None, has: Budgets, claimed_cap: float | None, terms_cap: float | None, hollow: bool
) -> Affordability:
    """The whole check; `hollow` is what comparing claim and terms already said."""
    lacking = _lacking(usage, has)
    if usage is None or has.eligible is None:
        return Affordability(("hollow", "cannot_tell") if hollow else ("cannot_tell",), lacking=lacking)
    advertised, terms = _case(usage, has, claimed_cap), _case(usage, has, terms_cap)
    delivered = _left(terms.uses_each.likely, advertised.uses_each.likely)
    frequent = _left(_capped(usage.frequent, terms_cap), _capped(usage.frequent, claimed_cap))
    starved = any(one is not None and one < HOLLOW_BELOW for one in (delivered, frequent))
    cost = has.unit_cost or 0.0
    breaks = has.budget / cost if has.budget is not None and cost > 0 else None
    users = has.eligible * usage.share.likely
    return Affordability(
        verdicts=_verdicts(terms, hollow or starved),
        usage=usage,
        advertised=advertised,
        terms=terms,
        delivered=delivered,
        delivered_frequent=frequent,
        break_uses=breaks,
        break_each=breaks / users if breaks is not None and users > 0 else None,
        lacking=lacking,
    )


def _verdicts(terms: Case, hollow: bool) -> tuple[str, ...]:
    judged = {terms.budget, terms.capacity}
    money = next(one for one in ("unaffordable", "cannot_tell", "affordable") if one in judged)
    if not hollow:
        return (money,)
    return ("unaffordable", "hollow") if money == "unaffordable" else ("hollow", money)


def _case(usage: Usage, has: Budgets, cap: float | None) -> Case:
    each = usage.under(cap)
    uses = usage.share.times(float(has.eligible or 0)).times(each)
    cost = uses.times(has.unit_cost) if has.unit_cost is not None else None
    return Case(
        cap,
        each,
        uses,
        cost,
        _against(cost, has.budget) if has.unit_cost != 0 else "affordable",
        # Nobody said that places are short.
        "affordable" if has.capacity_month is None else _against(uses, has.capacity_month * MONTHS),
    )


def _against(needed: Range | None, there_is: float | None) -> str:
    if needed is None or there_is is None:
        return "cannot_tell"
    if needed.high <= there_is:
        return "affordable"
    return "unaffordable" if needed.low > there_is else "cannot_tell"


def _lacking(usage: Usage | None, has: Budgets) -> tuple[Text, ...]:
    wanted = (
        (usage, Text("how many use it and how often", "使用比例与频次")),
        (has.eligible, Text("how many customers are eligible", "符合资格的客户数")),
        (has.unit_cost, Text("the cost of one use", "单次成本")),
        (has.budget, Text("the budget of a year", "年度预算")),
    )
    return tuple(text for value, text in wanted if value is None)


def _capped(uses: float, cap: float | None) -> float:
    return uses if cap is None else min(uses, cap)


def _left(gets: float, expects: float) -> float | None:
    return min(gets / expects, 1.0) if expects > 0 else None


def _merged(counted: Mapping[float, int], cap: float) -> Counter[float]:
    merged: Counter[float] = Counter()
    for uses, n in counted.items():
        merged[min(uses, cap)] += n
    return merged


def _mean(counted: Mapping[float, int]) -> Range:
    """The mean with Student's interval."""
    n = sum(counted.values())
    centre = sum(uses * k for uses, k in counted.items()) / n
    spread = sum(k * (uses - centre) ** 2 for uses, k in counted.items())
    error = sqrt(spread / (n - 1) / n) if n > 1 else 0.0
    if error == 0:
        return Range(centre, centre, centre)
    low, high = mean_interval(centre, error, n - 1, scale=(min(counted), max(counted)))
    return Range(float(low), centre, float(high))


def _quantile(counted: Mapping[float, int], at: float) -> float:
    n, seen = sum(counted.values()), 0
    for uses in sorted(counted):
        seen += counted[uses]
        if seen >= at * n:
            return uses
    return max(counted)
