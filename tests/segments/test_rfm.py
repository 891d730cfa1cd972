"""RFM against hand-made customers and a plain Python computation; every cent accounted for."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from peakend.declaration import Inputs, Settings
from peakend.engine import Relation
from peakend.segments.analyses import RFM
from peakend.segments.rfm import rfm
from peakend.segments.rfm_grid import segment_of
from peakend.value.revenue import NoSuchCurrencyError, ReconciliationError, SeveralCurrenciesError

Row = dict[str, Any]
Build = Callable[..., Inputs]


def line(
    customer: str | None,
    day: int,
    revenue: str | int,
    order: str | None = None,
    kind: str = "sale",
    currency: str = "GBP",
) -> Row:
    return {
        "order_id": order,
        "customer_id": customer,
        "at": datetime(2024, 1, 1, 10) + timedelta(days=day),
        "kind": kind,
        "revenue": Decimal(revenue),
        "currency": currency,
    }


def results(inputs: Inputs, as_of: date | None = None) -> tuple[dict[str, Row], dict[str, Row]]:
    found = rfm(inputs, as_of)
    customers = found["rfm_customers"]
    table = customers.to_arrow() if isinstance(customers, Relation) else customers
    assert table.schema == RFM.gives[0].schema()
    segments = found["rfm_segments"]
    return (
        {row["customer_id"]: row for row in table.to_pylist()},
        {row["segment"]: row for row in segments.to_pylist()},
    )


def loaded(inputs_of: Build, lines: list[Row], settings: Settings | None = None) -> Inputs:
    return inputs_of(
        settings, transactions=[{"transaction_id": f"t{i}"} | row for i, row in enumerate(lines)]
    )


def test_recency_counts_to_the_day_after_the_last_transaction(inputs_of: Build) -> None:
    customers, _ = results(loaded(inputs_of, [line("a", 0, 10, "1"), line("b", 9, 10, "2")]))
    assert (customers["a"]["recency_days"], customers["b"]["recency_days"]) == (10, 1)
    assert customers["a"]["as_of_on"] == date(2024, 1, 11)
    assert (customers["a"]["first_on"], customers["a"]["last_on"]) == (date(2024, 1, 1), date(2024, 1, 1))


def test_a_given_day_leaves_out_what_came_later(inputs_of: Build) -> None:
    lines = [line("a", 0, 10, "1"), line("a", 5, 99, "2"), line("b", 9, 10, "3")]
    customers, segments = results(loaded(inputs_of, lines), as_of=date(2024, 1, 6))
    assert set(customers) == {"a"}
    assert (customers["a"]["recency_days"], customers["a"]["monetary"]) == (5, Decimal(10))
    assert segments["total"]["revenue"] == Decimal(10)


def test_orders_count_when_money_is_left_of_them(inputs_of: Build) -> None:
    lines = [
        line("a", 0, 10, "1"),
        line("a", 0, 5, "1"),
        line("a", 3, 20, "2"),
        line("a", 4, -20, "2", "refund"),
        line("a", 6, 8, "3"),
        line("a", 7, -3, "C3", "refund"),
        line("a", 8, 0, "4"),
    ]
    customers, _ = results(loaded(inputs_of, lines))
    found = customers["a"]
    # Order 2 was refunded whole, order 4 was free; the refund of order 3 has a number of its own.
    assert (found["frequency"], found["purchase_days"], found["last_on"]) == (2, 2, date(2024, 1, 7))
    assert (found["monetary"], found["refunds"]) == (Decimal(20), Decimal(-23))


def test_lines_without_an_order_number_are_one_order_a_day(inputs_of: Build) -> None:
    customers, _ = results(loaded(inputs_of, [line("a", 0, 1), line("a", 0, 2), line("a", 1, 3)]))
    assert customers["a"]["frequency"] == 2


def test_equal_customers_have_equal_scores(inputs_of: Build) -> None:
    lines = [line(f"c{i}", 5, 10, f"o{i}") for i in range(7)] + [
        line("best", 6, 50, "x"),
        line("best", 7, 50, "y"),
    ]
    customers, _ = results(loaded(inputs_of, lines))
    scores = {
        tuple(row[f"{name}_score"] for name in ("recency", "frequency", "monetary"))
        for key, row in customers.items()
        if key != "best"
    }
    assert scores == {(1, 1, 1)}
    assert customers["best"]["monetary_score"] == 5


def test_those_who_brought_nothing_are_named_and_not_scored(inputs_of: Build) -> None:
    lines = [
        line("buyer", 0, 10, "1"),
        line("returner", 0, 10, "2"),
        line("returner", 1, -10, "C2", "refund"),
        line("refunds only", 2, -7, "C9", "refund"),
        line("fees only", 3, 4, "5", "fee"),
    ]
    customers, segments = results(loaded(inputs_of, lines))
    assert customers["returner"]["segment"] == "no_net_revenue"
    assert customers["refunds only"]["segment"] == "refund_only"
    assert "fees only" not in customers
    for name in ("returner", "refunds only"):
        assert customers[name]["recency_score"] is None
    assert customers["refunds only"]["recency_days"] is None
    assert (segments["refund_only"]["customers"], segments["refund_only"]["revenue"]) == (1, Decimal(-7))
    assert segments["no_net_revenue"]["label_zh"]


def test_every_cent_of_the_total_is_in_one_row(inputs_of: Build) -> None:
    lines = [
        line("a", 0, "10.0001", "1"),
        line(None, 0, "99.99", "2"),
        line(None, 1, "-9.99", "C2", "refund"),
        line("a", 0, "3.50", "1", "fee"),
        line(None, 0, "-1000.0003", None, "adjustment"),
    ]
    _, segments = results(loaded(inputs_of, lines))
    assert segments["unidentified"]["revenue"] == Decimal("90.0000")
    assert segments["fees"]["revenue"] == Decimal("3.5")
    assert segments["adjustments"]["revenue"] == Decimal("-1000.0003")
    parts = [row["revenue"] for row in segments.values() if row["kind"] != "total"]
    assert sum(parts) == segments["total"]["revenue"] == Decimal("-896.5002")


def test_what_does_not_add_up_is_an_error(inputs_of: Build) -> None:
    # A kind that no rule knows belongs to no part.
    with pytest.raises(ReconciliationError) as caught:
        rfm(loaded(inputs_of, [line("a", 0, 10, "1"), line("a", 0, 5, "1", "gift")]))
    assert "-5" in caught.value.in_("zh")


def test_several_currencies_are_never_added(inputs_of: Build) -> None:
    lines = [
        line("a", 0, 10, "1"),
        line("a", 1, 500, "2", currency="CNY"),
        line("b", 1, 5, "3", currency="CNY"),
    ]
    with pytest.raises(SeveralCurrenciesError) as caught:
        rfm(loaded(inputs_of, lines))
    assert caught.value.data["currencies"] == {"GBP": 1, "CNY": 2}
    customers, segments = results(loaded(inputs_of, lines, Settings(currency="CNY")))
    assert customers["a"]["monetary"] == Decimal(500)
    assert (segments["total"]["revenue"], segments["total"]["currency"]) == (Decimal(505), "CNY")
    with pytest.raises(NoSuchCurrencyError):
        rfm(loaded(inputs_of, lines, Settings(currency="USD")))


def test_no_transactions_give_empty_tables(inputs_of: Build) -> None:
    customers, segments = results(loaded(inputs_of, []))
    assert (customers, segments) == ({}, {})


def _plainly(lines: list[Row]) -> dict[str, tuple[int, int, Decimal, str]]:
    """customer → recency, orders, money, segment, computed line by line."""
    as_of = max(row["at"] for row in lines).date() + timedelta(days=1)
    orders: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in lines:
        if row["customer_id"] and row["kind"] in ("sale", "refund"):
            orders[row["customer_id"], row["order_id"] or f"day {row['at'].date()}"].append(row)
    money: dict[str, Decimal] = defaultdict(Decimal)
    bought: dict[str, list[date]] = defaultdict(list)
    for (customer, _), rows in orders.items():
        net = sum(row["revenue"] for row in rows)
        money[customer] += net
        days = [row["at"].date() for row in rows if row["kind"] == "sale"]
        if net > 0 and days:
            bought[customer].append(min(days))
    scored = {
        c: (-(as_of - max(days)).days, len(days), money[c])
        for c, days in bought.items()
        if days and money[c] > 0
    }

    def score(customer: str, measure: int) -> int:
        worse = sum(other[measure] < scored[customer][measure] for other in scored.values())
        return 1 + 5 * worse // len(scored)

    return {
        c: (-values[0], values[1], values[2], segment_of(*(score(c, i) for i in range(3))))
        for c, values in scored.items()
    }


def test_the_engine_finds_what_a_plain_computation_finds(inputs_of: Build) -> None:
    chance = random.Random(8)
    lines = []
    for _ in range(3000):
        kind = chance.choices(("sale", "refund", "fee", "adjustment"), (80, 12, 4, 4))[0]
        amount = chance.choice((5, 10, 10, 20, 20, 35))
        lines.append(
            line(
                chance.choice((None, *(f"c{i}" for i in range(150)))),
                min(int(chance.expovariate(1 / 60)), 300),
                -amount if kind == "refund" else amount,
                chance.choice((None, f"o{chance.randrange(900)}")),
                kind,
            )
        )
    expected = _plainly(lines)
    customers, segments = results(loaded(inputs_of, lines))
    found = {
        key: (row["recency_days"], row["frequency"], row["monetary"], row["segment"])
        for key, row in customers.items()
        if row["recency_score"] is not None
    }
    assert len(expected) > 100
    assert found == expected
    assert segments["total"]["revenue"] == sum(row["revenue"] for row in lines)
    assert sum(
        row["customers"] or 0 for row in segments.values() if row["kind"] in ("segment", "unscored")
    ) == len(customers)
