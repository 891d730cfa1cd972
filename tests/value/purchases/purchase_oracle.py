"""Purchases as a reader of the rules would count them by hand: plain Python, line by line, no SQL."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    Line = Mapping[str, Any]


@dataclass
class Counted:
    """days: customer → day → [value, lines, refunds]. left_out: (problem, currency) → lines."""

    days: dict[str, dict[date, list[Any]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: [Decimal(0), 0, 0]))
    )
    left_out: dict[tuple[str, str], list[Line]] = field(default_factory=lambda: defaultdict(list))


def counted(lines: Sequence[Line], as_of: date, currency: str) -> Counted:
    found = Counted()
    sales, refunds = [], []
    born = {
        line["customer_id"]
        for line in lines
        if line["kind"] == "sale"
        and line["currency"] == currency
        and line["revenue"] is not None
        and line["at"].date() <= as_of
    }
    for line in lines:
        problem = _outside(line, as_of, currency, born)
        if problem:
            found.left_out[problem, line["currency"]].append(line)
        elif line["kind"] == "sale":
            sales.append(line)
        else:
            refunds.append(line)
    by_order = defaultdict(list)
    for sale in sales:
        if sale["order_id"] is not None:
            by_order[sale["customer_id"], sale["order_id"]].append(sale)
    named = [r for r in refunds if (r["customer_id"], r["order_id"]) in by_order]
    first_day = {
        (r["customer_id"], r["order_id"]): min(
            s["at"].date() for s in by_order[r["customer_id"], r["order_id"]]
        )
        for r in named
    }

    def day(sale: Line) -> date:
        return first_day.get((sale["customer_id"], sale["order_id"]), sale["at"].date())

    for sale in sales:
        _book(found, sale, day(sale), refund=False)
    for refund in named:
        _book(found, refund, first_day[refund["customer_id"], refund["order_id"]], refund=True)
    spoken_for = {_goods(r) for r in named}
    free = [s for s in sales if s["revenue"] > 0 and _spoken(s) not in spoken_for]
    loose = [r for r in refunds if r not in named]
    for names in ("revenue", "quantity"):
        loose, free = _cancel(found, loose, free, names, day)
    for refund in loose:
        found.left_out["refund_without_purchase", currency].append(refund)
    return found


def _outside(line: Line, as_of: date, currency: str, born: set[str]) -> str | None:
    rules = (
        ("other_currency", line["currency"] != currency),
        ("fee", line["kind"] == "fee"),
        ("adjustment", line["kind"] == "adjustment"),
        ("missing_customer", line["customer_id"] is None),
        ("missing_amount", line["revenue"] is None),
        ("born_after_end", line["at"].date() > as_of and line["customer_id"] not in born),
        ("after_end", line["at"].date() > as_of),
        ("positive_refund", line["kind"] == "refund" and (line["revenue"] or 0) > 0),
    )
    return next((name for name, holds in rules if holds), None)


def _goods(refund: Line) -> tuple[Any, ...]:
    return (refund["customer_id"], refund["order_id"], refund["product_id"] or "", refund["revenue"])


def _spoken(sale: Line) -> tuple[Any, ...]:
    return (sale["customer_id"], sale["order_id"], sale["product_id"] or "", -sale["revenue"])


def _cancel(
    found: Counted, refunds: Sequence[Line], sales: Sequence[Line], by: str, day: Callable[[Line], date]
) -> tuple[list[Line], list[Line]]:
    """One refund after the other, in time: the latest open sale before it, a stack for each kind of goods."""
    events = [(s["at"], 0, str(day(s)), s["transaction_id"], s) for s in sales]
    events += [(r["at"], 1, "", r["transaction_id"], r) for r in refunds]
    open_sales: dict[tuple[Any, ...], list[Line]] = defaultdict(list)
    left = []
    for _, is_refund, _, _, line in sorted(events, key=lambda event: event[:4]):
        size = line[by]
        sized = size is not None and (-size if is_refund else size) > 0
        goods = (line["customer_id"], line["product_id"] or "", abs(size) if sized else None)
        if not is_refund:
            open_sales[goods].append(line)
        elif sized and open_sales[goods]:
            _book(found, line, day(open_sales[goods].pop()), refund=True)
        else:
            left.append(line)
    return left, [sale for stack in open_sales.values() for sale in stack]


def _book(found: Counted, line: Line, day: date, *, refund: bool) -> None:
    cell = found.days[line["customer_id"]][day]
    cell[0] += line["revenue"]
    cell[1] += 1
    cell[2] += int(refund)


def summarised(found: Counted, as_of: date, *, free: bool = False) -> dict[str, dict[str, Any]]:
    rows = {}
    for customer, days in found.days.items():
        bought = {on: cell[0] for on, cell in days.items() if is_purchase(cell, free=free)}
        if not bought:
            continue
        first, last = min(bought), max(bought)
        repeats = [value for on, value in bought.items() if on != first]
        rows[customer] = {
            "frequency": len(repeats),
            "recency_days": (last - first).days,
            "age_days": (as_of - first).days,
            "first_value": bought[first],
            "total_value": sum(bought.values(), Decimal(0)),
            "first_on": first,
            "last_on": last,
        }
    return rows


def is_purchase(cell: Sequence[Any], *, free: bool) -> bool:
    value, _, refunds = cell
    return bool(value > 0 or (free and value == 0 and refunds == 0))


def problems(found: Counted, *, free: bool = False) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """(problem, currency) → lines, revenue; of what is left out before anything is booked."""
    return {
        key: (len(lines), sum((line["revenue"] or Decimal(0) for line in lines), Decimal(0)))
        for key, lines in found.left_out.items()
    }
