"""Contracts as spells: how long a period is, when observation began, what cannot be, and the counts of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peakend.value.models.renewal_counts import RenewalCounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from peakend.declaration import Inputs
    from peakend.engine import Relation

    Integers = NDArray[np.int64]

PeriodKind = Literal["month", "quarter", "year"]
MONTHS: Mapping[PeriodKind, int] = {"month": 1, "quarter": 3, "year": 12}

_NUMBERS = ("finished", "finished_first", "finished_second", "lost_in", "entered", "contracts")

EVERY = "(all)"
"""Stands for all products together."""

# With as many closings expected before the first on record, none of them is there by chance 5 times in 100.
EXPECTED_BEFORE_OBSERVATION = 3.0

_YEARLY = 0.5
_MONTHS_BELOW_DAYS, _QUARTERS_BELOW_DAYS = 731, 2192


@dataclass(frozen=True, slots=True)
class Span:
    """What is known of contracts as a whole.

    source: holdings or memberships. as_of: the last day on record. since: contracts are seen from this day
    on; None where nothing says that closings before the first on record are missing. faults: contracts by
    what is wrong with them.
    """

    source: str
    as_of: date
    since: date | None
    period: PeriodKind
    faults: Mapping[str, int]
    closed: int

    @property
    def months(self) -> int:
        return MONTHS[self.period]

    @property
    def per_year(self) -> float:
        return 12 / self.months


@dataclass(frozen=True)
class Spells:
    """Unique spells of contracts; arrays of one length, see `held_ages.sql`. lost_in: 0 where not lost."""

    product: NDArray[np.object_]
    cohort: NDArray[np.object_]
    finished: Integers
    finished_first: Integers
    finished_second: Integers
    lost_in: Integers
    entered: Integers
    contracts: Integers

    @cached_property
    def products(self) -> tuple[str, ...]:
        """Products, those of most contracts first."""
        counted: dict[str, int] = {}
        for name, number in zip(self.product.tolist(), self.contracts.tolist(), strict=True):
            counted[name] = counted.get(name, 0) + number
        return tuple(sorted(counted, key=lambda name: (-counted[name], name)))

    def of(self, product: str) -> Spells:
        return self if product == EVERY else self.where(self.product == product)

    def where(self, kept: NDArray[np.bool_]) -> Spells:
        return Spells(
            self.product[kept], self.cohort[kept], self.finished[kept], self.finished_first[kept],
            self.finished_second[kept], self.lost_in[kept], self.entered[kept], self.contracts[kept],
        )  # fmt: skip

    def counts(self, begin: Integers | None = None, end: Integers | None = None) -> RenewalCounts:
        """Contract-periods that ended after `begin` periods and by `end` (none: all that were seen).

        A contract counts in a period only where that is over: those closed in one still running are not
        known to be more than their share of it.
        """
        last = self.finished if end is None else np.minimum(self.finished, end)
        first = self.entered if begin is None else np.maximum(self.entered, begin)
        lost = (self.lost_in > 0) & (self.lost_in <= last) & (self.lost_in > first)
        ends = np.where(lost, self.lost_in, last)
        # Lost before it was seen, or before the window: not at risk there.
        gone = (self.lost_in > 0) & (self.lost_in <= first)
        kept = ~gone & (ends > first)
        return RenewalCounts.from_spells(
            ends[kept], lost[kept], customers=self.contracts[kept], entered=first[kept]
        )


def span_of(inputs: Inputs) -> Span | None:
    """None where there is no sound contract."""
    today = datetime.now(UTC).date()
    held = held_of(inputs)
    faults = held.query("value/contracts/held_faults", {"today": today}, name="held").to_arrow().to_pylist()
    found = held.query("value/contracts/held_span", {"today": today}, name="held").to_arrow().to_pylist()[0]
    if found["first_opened"] is None:
        return None
    as_of = max(day for day in (found["last_opened"], found["last_closed"]) if day is not None)
    span = Span(
        source="memberships" if _of_memberships(inputs) else "holdings",
        as_of=as_of,
        since=None,
        period=_period(found, as_of),
        faults={row["fault"]: int(row["contracts"]) for row in faults},
        closed=int(found["closed"] or 0),
    )
    return _truncated(inputs, span, found["first_closed"])


def held_of(inputs: Inputs) -> Relation:
    """Every contract: contract_id, customer_id, product_id, opened_on, closed_on."""
    return inputs.query("value/contracts/held", {"memberships": int(_of_memberships(inputs))})


def ages_of(inputs: Inputs, span: Span, *, first: date | None = None, second: date | None = None) -> Relation:
    """Every sound contract's age in periods; first, second: days by which an earlier window ended."""
    return held_of(inputs).query(
        "value/contracts/held_ages",
        {
            "as_of": span.as_of,
            "since": span.since or date(1900, 1, 1),
            "first": first or span.as_of,
            "second": second or span.as_of,
            "months": span.months,
        },
        name="held",
    )


def spells_of(inputs: Inputs, span: Span, *, first: date | None = None, second: date | None = None) -> Spells:
    ages = ages_of(inputs, span, first=first, second=second)
    table = ages.query("value/contracts/held_spells", name="ages").to_arrow()

    def numbers(name: str) -> Integers:
        return np.asarray(pc.fill_null(table[name].cast(pa.int64()), 0).to_numpy(), np.int64)

    def objects(name: str) -> NDArray[np.object_]:
        return np.array([*table[name].to_pylist(), None], object)[:-1]

    return Spells(
        objects("product_id"), objects("cohort_on"),
        *(numbers(name) for name in _NUMBERS),
    )  # fmt: skip


def before(day: date, months: int) -> date:
    """`months` calendar months earlier; the 28th at the latest, which every month has."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, min(day.day, 28))


def _of_memberships(inputs: Inputs) -> bool:
    return "holdings" not in inputs.relations or not _any(inputs["holdings"])


def _any(relation: Relation) -> bool:
    counted = relation.query("select cast(count(*) as bigint) as n from h", name="h").to_arrow()
    return bool(counted["n"][0].as_py())


def _period(found: Mapping[str, Any], as_of: date) -> PeriodKind:
    """A year where most contracts end at an anniversary, or they are followed for six years or more;
    a month under two years; else a quarter."""
    closed = int(found["closed"] or 0)
    if closed and int(found["closed_at_anniversary"] or 0) >= _YEARLY * closed:
        return "year"
    days = (as_of - found["first_opened"]).days
    if days < _MONTHS_BELOW_DAYS:
        return "month"
    return "quarter" if days < _QUARTERS_BELOW_DAYS else "year"


def _truncated(inputs: Inputs, span: Span, first_closed: date | None) -> Span:
    """`since` is the first closing on record where more should have closed before it than chance leaves out.

    Expected closings: periods that contracts lived through before that day, by the shares lost since at the
    same age.
    """
    if first_closed is None:
        return span
    late = replace(span, since=first_closed)
    spells = spells_of(inputs, late)
    table = spells.counts().life_table()
    size = int(table.age.max(initial=0)) + 1
    lost, at_risk = (np.bincount(table.age, n, size) for n in (table.lost, table.at_risk))
    pooled = float(lost.sum() / at_risk.sum()) if at_risk.sum() else 0.0
    expected = 0.0
    for entered, contracts in zip(spells.entered.tolist(), spells.contracts.tolist(), strict=True):
        for age in range(1, entered):
            known = age < len(at_risk) and at_risk[age] > 0
            expected += contracts * (lost[age] / at_risk[age] if known else pooled)
    return late if expected >= EXPECTED_BEFORE_OBSERVATION else span
