"""Whether pools and entries make what the ledger books as service, by stretches of months that both cover."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.value.costing.periods import month_of
from peakend.value.costing.problems import CostingProblem
from peakend.value.costing.rates import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from peakend.declaration import Inputs
    from peakend.value.costing.rates import PoolCost
    from peakend.value.costing.volumes import Costing


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months from `first` up to `end`, in which no pool's period begins or ends halfway."""

    first: date
    end: date
    pools: Decimal


def ledger_problems(inputs: Inputs, costing: Costing) -> list[CostingProblem]:
    """Where the ledger books more or less service than pools and posted entries of kind service make.

    Compared over stretches of time: periods of pools that overlap are taken together, so that a pool by the
    quarter meets three months of the ledger. amount: ledger less pools less entries. Nothing where the ledger
    books no service at all.
    """
    if costing.currency is None:
        return []
    chosen = {"currency": costing.currency}
    ledger = _months(inputs, "value/costing/ledger_months", chosen)
    if not ledger:
        return []
    entries = _months(inputs, "value/costing/service_entries", chosen)
    problems = []
    covered: set[date] = set()
    for stretch in stretches(costing.pools, costing.ends):
        months = {month for month in {*ledger, *entries} if stretch.first <= month < stretch.end}
        covered |= months
        booked = sum((ledger.get(month, NOTHING) for month in months), NOTHING)
        counted = stretch.pools + sum((entries.get(month, NOTHING) for month in months), NOTHING)
        if booked != counted:
            problems.append(
                CostingProblem(
                    "ledger_differs",
                    period_on=stretch.first,
                    n=len(months),
                    unit="months",
                    amount=booked - counted,
                    currency=costing.currency,
                )
            )
    for month in sorted(set(ledger) - covered):
        problems.append(
            CostingProblem(
                "ledger_without_pools",
                period_on=month,
                unit="months",
                amount=ledger[month] - entries.get(month, NOTHING),
                currency=costing.currency,
            )
        )
    return [problem for problem in problems if problem.amount]


def stretches(pools: Iterable[PoolCost], ends: Mapping[tuple[str, date], date]) -> list[Stretch]:
    """Periods of all pools, those that overlap joined, in whole months from the first."""
    spans = sorted(
        (month_of(pool.period_on), ends[pool.pool, pool.period_on], pool.cost or NOTHING)
        for pool in pools
        if pool.period_on is not None
    )
    found: list[Stretch] = []
    for first, end, cost in spans:
        if found and first < found[-1].end:
            last = found[-1]
            found[-1] = Stretch(last.first, max(last.end, end), last.pools + cost)
        else:
            found.append(Stretch(first, end, cost))
    return found


def _months(inputs: Inputs, sql: str, params: Mapping[str, str]) -> dict[date, Decimal]:
    rows = inputs.query(sql, params).to_arrow().to_pylist()
    return {row["month_on"]: Decimal(row["amount"]) for row in rows}
