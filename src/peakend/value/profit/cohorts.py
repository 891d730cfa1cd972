"""The analysis `profit_cohorts`: when cohorts of customers pay back what winning them cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.intervals import t_quantile
from peakend.feedback.suppression import suppress
from peakend.value.profit.acquisition import acquisition_rows, keeping_rows
from peakend.value.profit.cohort_columns import (
    ACQUISITION_COSTS,
    KEEPING_COSTS,
    PROFIT_BREAK_EVEN,
    PROFIT_COHORTS,
)
from peakend.value.profit.ledger import Ledger, ledger_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Results, Settings
    from peakend.engine import Relation

    Row = dict[str, Any]
    Numbers = NDArray[np.float64]


_CENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Followed:
    """starts: a row a customer whose beginning is known; months: what they brought, by months since then.

    data_from: first month of the data; last_month: the last that is over, as year × 12 + month.
    """

    ledger: Ledger
    starts: Relation
    months: Relation
    data_from: date
    last_month: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """One cohort's sums by month 0, 1, …, cumulated. n customers.

    net: exact money of all of them, less campaigns and costed service; total: the same without these two,
    and squares: the sum over customers of the square of it. acquisition: spent on the customers, and on
    campaigns of their month. over: how many of the months are over.
    """

    on: date | None
    n: int
    acquisition: Decimal
    net: list[Decimal]
    total: Numbers
    squares: Numbers
    over: int

    def mean(self) -> Numbers:
        return np.array([float(amount) for amount in self.net]) / self.n

    def ends(self, confidence: float) -> tuple[Numbers, Numbers]:
        """t interval around `mean`; NaN with one customer."""
        mean = self.mean()
        if self.n < 2:
            return np.full_like(mean, np.nan), np.full_like(mean, np.nan)
        spread = np.maximum(self.squares - self.total**2 / self.n, 0) / (self.n - 1)
        half = float(t_quantile(confidence, self.n - 1)) * np.sqrt(spread / self.n)
        return mean - half, mean + half


def cohort_tables(inputs: Inputs) -> Results:
    """The four tables.

    A cohort is the customers who first bought (else joined) in a month of the data; who joined before the
    data begin is in none. Cumulative profit per customer at month k is all they brought less all they cost up
    to k months after the month they began; what winning them cost counts at month 0 whenever it was booked,
    campaigns of acquisition in the cohort's own month with it. Cost to serve that is costed by activity has
    no month and is spread evenly over the cohort's. break_even_month: first month over in which the mean is
    zero or above; earliest and latest: in which the upper and the lower end of its interval is.
    Source: Blattberg, Getz & Thomas (2001), Customer Equity, ch. 3.
    """
    found = followed(inputs)
    if found is None:
        tables = (PROFIT_COHORTS, PROFIT_BREAK_EVEN, ACQUISITION_COSTS, KEEPING_COSTS)
        return {table.name: table.schema().empty_table() for table in tables}
    sizes = inputs.query(
        "value/profit/cohort_sizes", customer_starts=found.starts, service_costs=found.ledger.served
    )
    spend = inputs.query("value/profit/acquisition_spend", entries=found.ledger.entries)
    size_rows, spend_rows = sizes.to_arrow().to_pylist(), spend.to_arrow().to_pylist()
    cohorts = _cohorts(found, size_rows, spend_rows)
    curve_rows, break_even = _tables(cohorts, inputs.settings)
    curves = found.months.query("value/profit/entry_curves", name="customer_months").to_arrow().to_pylist()
    money = {"currency": found.ledger.currency}
    won = acquisition_rows(size_rows, spend_rows, curves, found.last_month, inputs.settings)
    kept = keeping_rows(inputs, found.ledger, found.starts)
    return {
        PROFIT_COHORTS.name: PROFIT_COHORTS.of([row | money for row in curve_rows]),
        PROFIT_BREAK_EVEN.name: PROFIT_BREAK_EVEN.of([row | money for row in break_even]),
        ACQUISITION_COSTS.name: ACQUISITION_COSTS.of([row | money for row in won]),
        KEEPING_COSTS.name: KEEPING_COSTS.of([row | money for row in kept]),
    }


def customers_of(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The customers of a cohort (or of an entry product or channel): what each brought up to the row's month,
    and to date."""
    found = followed(inputs)
    assert found is not None, "a row was counted, so there is a transaction"
    params = {
        "cohort_on": row.get("cohort_on"),
        "month": row["month"] if row.get("month") is not None else 10**6,
        "cut": row.get("cut", "all"),
        "cell": row.get("cell") or "",
        "bought": int("cut" in row),
    }
    return inputs.query(
        "value/profit/cohort_customers",
        params,
        customer_starts=found.starts,
        customer_months=found.months,
    )


def followed(inputs: Inputs) -> Followed | None:
    """None where there is no transaction."""
    ledger = ledger_of(inputs)
    if ledger is None:
        return None
    first = ledger.lines.query("select min(l.at) as at from l", name="l").to_arrow()["at"][0].as_py()
    if first is None:
        return None
    data_from = date(first.year, first.month, 1)
    starts = inputs.query(
        "value/profit/customer_starts", {"data_from": data_from, "until": ledger.until.date()}
    )
    months = inputs.query(
        "value/profit/customer_months",
        profit_lines=ledger.lines,
        entries=ledger.entries,
        customer_starts=starts,
    )
    end = ledger.until
    last = 12 * end.year + end.month - 1
    over = datetime(ledger.as_of.year, ledger.as_of.month, ledger.as_of.day) >= end
    return Followed(ledger, starts, months, data_from, last if over else last - 1)


def _cohorts(found: Followed, sizes: Sequence[Row], spend: Sequence[Row]) -> list[Cohort]:
    moments = found.months.query("value/profit/cohort_moments", name="customer_months").to_arrow().to_pylist()
    end = found.ledger.until
    beyond = 12 * end.year + end.month
    cohorts = []
    for on in sorted({row["cohort_on"] for row in sizes}):
        own = [row for row in sizes if row["cohort_on"] == on]
        started = 12 * on.year + on.month
        length = beyond - started
        own_net, squares, acquisition = [Decimal(0)] * length, np.zeros(length), Decimal(0)
        for row in moments:
            if row["cohort_on"] == on and row["month"] < length:
                own_net[row["month"]] += Decimal(row["profit"]) - Decimal(row["acquisition"])
                squares[row["month"]] += row["squares"]
                acquisition += Decimal(row["acquisition"])
        own_net = list(accumulate(own_net))
        served = sum((Decimal(row["served"]) for row in own), Decimal(0))
        campaign = sum(
            (
                Decimal(row["amount"])
                for row in spend
                if row["spent_on"] == "campaigns" and row["month_on"] == on
            ),
            Decimal(0),
        )
        cohorts.append(
            Cohort(
                on=on,
                n=sum(row["customers"] for row in own),
                acquisition=acquisition + campaign,
                net=[
                    (amount - campaign - served * (month + 1) / length).quantize(_CENT)
                    for month, amount in enumerate(own_net)
                ],
                total=np.array([float(amount) for amount in own_net]),
                squares=np.cumsum(squares),
                over=max(min(found.last_month - started + 1, length), 0),
            )
        )
    return cohorts


def _together(cohorts: Sequence[Cohort], month: int) -> Cohort | None:
    """All cohorts for which `month` is over, at that month alone."""
    seen = [one for one in cohorts if one.over > month]
    if not seen:
        return None
    return Cohort(
        on=None,
        n=sum(one.n for one in seen),
        acquisition=sum((one.acquisition for one in seen), Decimal(0)),
        net=[sum((one.net[month] for one in seen), Decimal(0))],
        total=np.array([sum(one.total[month] for one in seen)]),
        squares=np.array([sum(one.squares[month] for one in seen)]),
        over=1,
    )


def _tables(cohorts: Sequence[Cohort], settings: Settings) -> tuple[list[Row], list[Row]]:
    hidden = _hidden(cohorts, settings)
    curve: list[Row] = []
    even: list[Row] = []
    longest = max((one.over for one in cohorts), default=0)
    together = (_together(cohorts, month) for month in range(longest))
    everybody = sum(one.n for one in cohorts)
    # Later months are of few early cohorts, who may be of another kind: the curve would bend for that.
    pooled = [whole for whole in together if whole is not None and 2 * whole.n >= everybody]
    if pooled:
        rows = [row for month, one in enumerate(pooled) for row in _points(one, settings, first=month)]
        small = pooled[0].n < settings.minimum_base
        curve += _shown(rows, hidden=small)
        whole = _break_even("all", None, rows, pooled[0])
        even.append(_shown([whole], hidden=small)[0])
    for one, small in zip(cohorts, hidden, strict=True):
        rows = _points(one, settings)
        curve += _shown(rows, hidden=small)
        even += _shown([_break_even("cohort", one.on, rows, one)], hidden=small)
    return curve, even


def _points(one: Cohort, settings: Settings, first: int = 0) -> list[Row]:
    low, high = one.ends(settings.confidence)
    return [
        {
            "kind": "all" if one.on is None else "cohort",
            "cohort_on": one.on,
            "month": first + place,
            "state": "observed" if place < one.over else "incomplete",
            "customers": one.n,
            "cumulative": one.net[place],
            "cumulative_per_customer": float(mean),
            "cumulative_per_customer_low": None if np.isnan(low[place]) else float(low[place]),
            "cumulative_per_customer_high": None if np.isnan(high[place]) else float(high[place]),
        }
        for place, mean in enumerate(one.mean().tolist())
    ]


def _break_even(kind: str, on: date | None, points: Sequence[Row], one: Cohort) -> Row:
    over = [row for row in points if row["state"] == "observed"]

    def first(name: str) -> int | None:
        return next((row["month"] for row in over if row[name] is not None and row[name] >= 0), None)

    month = first("cumulative_per_customer")
    latest = first("cumulative_per_customer_low")
    return {
        "kind": kind,
        "cohort_on": on,
        "customers": one.n,
        "months_observed": len(over),
        "acquisition_per_customer": float(one.acquisition) / one.n,
        "break_even_month": month,
        "earliest": first("cumulative_per_customer_high"),
        "latest": latest,
        "state": "reached" if latest is not None else "not_shown" if month is not None else "not_yet",
        "cumulative_per_customer": over[-1]["cumulative_per_customer"] if over else None,
        "cumulative_per_customer_low": over[-1]["cumulative_per_customer_low"] if over else None,
        "cumulative_per_customer_high": over[-1]["cumulative_per_customer_high"] if over else None,
    }


def _hidden(cohorts: Sequence[Cohort], settings: Settings) -> list[bool]:
    if not cohorts:
        return []
    n = [one.n for one in cohorts]
    found = suppress(n, [0] * len(n), [sum(n)], settings.minimum_base)
    return [bool(flag) for flag in found.hidden | found.withheld]


_TOLD = frozenset(("kind", "cohort_on", "month"))


def _shown(rows: Sequence[Row], *, hidden: bool) -> list[Row]:
    if not hidden:
        return [{**row, "hidden": False} for row in rows]
    return [{name: value for name, value in row.items() if name in _TOLD} | {"hidden": True} for row in rows]
