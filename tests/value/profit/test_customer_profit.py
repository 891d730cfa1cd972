"""Every customer's profit: by hand, to the cent for random books, and what does not count is named."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.declaration import Settings
from peakend.value.profit.customer_profit import HighValue, HighValueError, customer_profit_tables
from peakend.value.profit.ledger import value_lines
from peakend.value.revenue import ReconciliationError, SeveralCurrenciesError
from value.profit.profit_books import DAY, decision, entry, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs

D = Decimal
PARTS = ("customers", "unidentified", "fees", "adjustments", "unallocated")


@pytest.fixture
def books(computed: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """`customer_profit` and its reconciliation from the same rows."""
    return lambda **given: {
        **computed("customer_profit", **given),
        **computed("profit_reconciliation", **given),
    }


def _customer(tables: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in tables["customer_profit"] if row["customer_id"] == name)


def _check(tables: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in tables["profit_checks"] if row["check"] == name)


def _total(tables: dict[str, Any], kind: str, month: date | None = None) -> dict[str, Any]:
    return next(
        row for row in tables["profit_reconciliation"] if (row["kind"], row["month_on"]) == (kind, month)
    )


def test_a_statement_worked_by_hand(books: Callable[..., Any]) -> None:
    """Sales 100 and 60 that cost 40 and 2 × 12.5; a refund of 20 that gives 10 of cost back; 15 for a
    referral, 5 for an idea by policy; 12 service, 30 acquisition, 4 retention, 1 other:
    160 − 20 − (40 + 25 − 10) = 85; 85 + 15 + 5 − 12 − 30 − 4 − 1 = 58."""
    tables = books(products=[{"product_id": "p", "unit_cost": D("12.5"), "currency": "EUR"}],
        transactions=[
            line("a", 100, 40),
            line("a", 60, None, product_id="p", quantity=2.0),
            line("a", -20, -10),
            line("b", 50),
            line(None, 7, 2),
            line("a", 3, kind="fee"),
            line("a", -1, kind="adjustment"),
        ],
        value_entries=[entry("a", "referral", 15)],
        cost_entries=[
            *(entry("a", "service", 12), entry("a", "acquisition", 30), entry("a", "retention", 4)),
            *(entry("a", "other", 1), entry(None, "acquisition", 99)),
        ],
        contributions=[{"contribution_id": "c", "customer_id": "a", "at": DAY, "kind": "idea"}],
        conversion_policies=[
            {"kind": "idea", "from_on": date(2024, 1, 1), "books_as": "information", "amount": D(5),
             "currency": "EUR", "approved_by": "board"},
        ],
    )  # fmt: skip
    a = _customer(tables, "a")
    expected = {
        **{"revenue": 140, "product_cost": 55, "margin": 85, "referral": 15, "information": 5},
        **{"reference": 0, "other_value": 0, "cost_to_serve": 12, "acquisition": 30, "retention": 4},
        **{"other_cost": 1, "profit": 58, "rank": 1, "is_value_customer": True, "cost_known": "known"},
    }
    assert {name: a[name] for name in expected} == expected
    assert (a["first_on"], a["as_of_on"], a["currency"]) == (date(2024, 3, 10), date(2024, 3, 11), "EUR")
    b = _customer(tables, "b")
    assert (b["profit"], b["cost_known"], b["revenue_without_cost"]) == (50, "unknown", 50)
    assert _check(tables, "cost_unknown")["lines"] == 1
    revenue = _total(tables, "revenue")
    assert [revenue[part] for part in PARTS] == [190, 7, 3, -1, 0]
    assert _total(tables, "acquisition")["unallocated"] == 99
    assert _total(tables, "profit")["customers"] == sum(r["profit"] for r in tables["customer_profit"])
    assert "service_not_costed" in {row["check"] for row in tables["profit_checks"]}


_amounts = st.decimals(-(10**6), 10**6, places=4, allow_nan=False, allow_infinity=False)
_who = st.sampled_from([None, "a", "b", "c"])
_lines = st.lists(
    st.builds(
        lambda who, revenue, cost, kind, quantity, month: line(
            who, revenue, cost, kind=kind, product_id="p", quantity=quantity, at=datetime(2024, month, 3)
        ),
        _who,
        _amounts,
        st.none() | _amounts,
        st.sampled_from(["sale", "refund", "fee", "adjustment"]),
        st.sampled_from([None, 1.0, 2.5]),
        st.integers(1, 6),
    ),
    min_size=1,
    max_size=15,
)
_entries = st.lists(
    st.tuples(
        _who,
        st.sampled_from(["referral", "information", "reference", "other", "margin"]),
        st.sampled_from(["product", "service", "acquisition", "retention", "other"]),
        _amounts,
        st.sampled_from([None, "posted", "pending", "rejected"]),
        st.integers(1, 6),
    ),
    max_size=12,
)


@given(lines=_lines, entries=_entries)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_books_reconcile_to_the_last_digit(
    books: Callable[..., Any], lines: list[Any], entries: list[Any]
) -> None:
    """Customers + unidentified + fees + adjustments + unallocated = company = a ledger kept independently."""
    more = [{"status": status, "at": datetime(2024, month, 9)} for *_, status, month in entries]
    values = [entry(e[0], e[1], e[3], **m) for e, m in zip(entries, more, strict=True)]
    costs = [entry(e[0], e[2], e[3], **m) for e, m in zip(entries, more, strict=True)]
    tables = books(
        products=[{"product_id": "p", "unit_cost": D("1.1111"), "currency": "EUR"}],
        transactions=lines,
        value_entries=values,
        cost_entries=costs,
    )
    last = max(row["at"] for row in lines).month
    posted = [
        row for row in (*values, *costs) if row["status"] in (None, "posted") and row["at"].month <= last
    ]
    for row in tables["profit_reconciliation"]:
        assert sum(row[part] for part in PARTS) == row["company"]
    for row in tables["customer_profit"]:
        gains = sum(row[n] for n in ("margin", "referral", "information", "reference", "other_value"))
        spent = sum(row[n] for n in ("cost_to_serve", "acquisition", "retention", "other_cost"))
        assert row["profit"] == gains - spent
        assert row["margin"] == row["revenue"] - row["product_cost"] + row["booked_margin"]
    assert _total(tables, "revenue")["company"] == sum(row["revenue"] for row in lines)
    kinds = {row["kind"] for row in tables["profit_reconciliation"]}
    known = {"revenue": "revenue", "product": "product_cost", "service": "cost_to_serve"}
    for kind in kinds:
        column = known.get(kind, "booked_margin" if kind == "margin" else kind)
        total = sum((row[column] for row in tables["customer_profit"]), D(0))
        assert _total(tables, kind)["customers"] == total, kind
        months = [r for r in tables["profit_reconciliation"] if r["kind"] == kind and r["month_on"]]
        assert sum(row["company"] for row in months) == _total(tables, kind)["company"]
    for kind, name in (("referral", "referral"), ("retention", "retention"), ("other", "other_cost")):
        booked = sum(
            (r["amount"] for r in posted if r["kind"] == kind and (r in costs) == (name != "referral")), D(0)
        )
        if name in kinds:
            assert _total(tables, name)["company"] == booked


def test_differences_from_the_ledger_are_shown_by_kind_and_month(books: Callable[..., Any]) -> None:
    tables = books(transactions=[line("a", 100, 40), line(None, 10, 4, at=datetime(2024, 4, 2))],
        ledger_totals=[
            {"period_on": date(2024, 3, 1), "account": "4000", "kind": "revenue", "amount": D("100.0000"),
             "currency": "EUR"},
            {"period_on": date(2024, 4, 1), "account": "4000", "kind": "revenue", "amount": D("10.0100"),
             "currency": "EUR"},
            {"period_on": date(2024, 4, 1), "account": "7000", "kind": "retention", "amount": D("3"),
             "currency": "EUR"},
        ],
    )  # fmt: skip
    march, april = (_total(tables, "revenue", date(2024, month, 1)) for month in (3, 4))
    assert (march["state"], march["difference"]) == ("agrees", 0)
    assert (april["state"], april["difference"]) == ("differs", D("-0.01"))
    assert _total(tables, "retention", date(2024, 4, 1))["difference"] == -3
    assert _total(tables, "product", date(2024, 3, 1))["state"] == "no_ledger"
    assert _check(tables, "ledger_differs")["amount"] == D("3.01")


def test_what_does_not_count_is_named_and_counted(books: Callable[..., Any]) -> None:
    sold = line("a", 50, 20)
    tables = books(
        transactions=[
            sold,
            line("r", -9),
            line("z", 0, 0),
            line("z", -5, kind="sale"),
            line("z", 5, 1, kind="refund"),
            line("a", 10_000, at=datetime(2999, 1, 1)),
        ],
        value_entries=[
            entry("a", "referral", 1, status="pending"),
            entry("a", "referral", 2, status="rejected"),
            entry("a", "referral", 4, status="posted", entered_by="Li", approved_by=" li "),
            entry("a", "referral", 8, currency="USD"),
            entry("a", "referral", 16, at=datetime(2024, 4, 1)),
            entry("a", "margin", 32, transaction_id=sold["transaction_id"]),
        ],
        contributions=[{"contribution_id": "c", "customer_id": "a", "at": DAY, "kind": "review"}],
    )
    assert _customer(tables, "a")["profit"] == 30
    found = {row["check"]: row["lines"] for row in tables["profit_checks"]}
    for check in (
        *("refund_without_purchase", "sale_of_nothing", "sale_below_zero", "refund_above_zero", "after_end"),
        *("entries_pending", "entries_rejected", "entries_self_approved", "entries_other_currency"),
        *("entries_after_end", "entries_in_transaction", "entries_no_policy"),
    ):
        assert found[check] == 1, check
    assert _check(tables, "entries_pending")["amount"] == 1
    assert _check(tables, "entries_other_currency")["amount"] is None


def test_a_posted_line_counts_and_a_rejected_one_does_not(books: Callable[..., Any]) -> None:
    value = entry("a", "reference", 100, status="pending", entered_by="li")
    cost = entry("a", "retention", 7, status="pending", entered_by="li")
    given_books = {"transactions": [line("a", 1, 0)], "value_entries": [value], "cost_entries": [cost]}
    said = ("value_entries", value["entry_id"])

    def profit(*decisions: dict[str, Any]) -> Decimal:
        return _customer(books(entry_decisions=decisions, **given_books), "a")["profit"]

    approved = decision(*said, "posted", "wang")
    assert profit() == 1
    assert profit(approved) == 101
    assert profit(decision(*said, "rejected", "wang")) == 1
    assert profit(approved, decision(*said, "rejected", "wang", at=DAY + timedelta(hours=1))) == 1
    assert profit(decision(*said, "posted", "Li")) == 1, "nobody approves an entry of their own"
    assert profit(approved, decision("cost_entries", cost["entry_id"], "posted", "wang")) == 94


def test_contributions_are_money_only_under_a_policy_of_their_day(books: Callable[..., Any]) -> None:
    policy = {"kind": "referral", "books_as": "referral", "currency": "EUR", "approved_by": "board"}
    tables = books(transactions=[line("a", 1, 0, at=datetime(2024, 6, 1))],
        contributions=[
            {"contribution_id": f"c{month}", "customer_id": "a", "at": datetime(2024, month, 15),
             "kind": "referral", "quantity": 2.0}
            for month in (1, 3, 5)
        ],
        conversion_policies=[
            {**policy, "from_on": date(2024, 2, 1), "amount": D("10")},
            {**policy, "from_on": date(2024, 5, 15), "amount": D("12.5")},
        ],
    )  # fmt: skip
    assert _customer(tables, "a")["referral"] == 2 * 10 + 2 * D("12.5")
    assert _check(tables, "entries_no_policy")["lines"] == 1


def test_lines_of_a_transaction_or_event_find_its_customer(books: Callable[..., Any]) -> None:
    sold, unknown = line("a", 10), line(None, 10)
    tables = books(
        transactions=[sold, unknown],
        interactions=[{"event_id": "i", "customer_id": "a", "at": DAY}],
        cost_entries=[
            entry(None, "product", 4, transaction_id=sold["transaction_id"]),
            entry(None, "service", 2, event_id="i"),
            entry(None, "product", 1, transaction_id=unknown["transaction_id"]),
        ],
    )
    a = _customer(tables, "a")
    assert (a["product_cost"], a["cost_to_serve"], a["profit"], a["cost_known"]) == (4, 2, 4, "known")
    assert _total(tables, "product")["unidentified"] == 1


def test_costed_service_comes_from_the_pools(books: Callable[..., Any]) -> None:
    """Entries of a costed activity are in the pool already; unused capacity is nobody's."""
    money = pa.decimal128(18, 4)
    costed = {
        "customer_service_cost": pa.table(
            {"customer_id": ["a"], "cost_to_serve": pa.array([D(3)], money), "currency": ["EUR"]}
        ),
        "pool_costs": pa.table(
            {
                "period_on": pa.array([date(2024, 3, 1)]),
                "last_on": pa.array([date(2024, 3, 31)]),
                "currency": ["EUR"],
                **{
                    name: pa.array([D(amount)], money)
                    for name, amount in (
                        *(("customers_cost", 3), ("unidentified_cost", 1)),
                        *(("unused_cost", 5), ("not_costed", 2)),
                    )
                },
            }
        ),
    }
    given_books: dict[str, Any] = {
        "transactions": [line("a", 10, 0)],
        "cost_entries": [entry("a", "service", 2), entry("a", "service", 50, activity_id="call")],
    }
    tables = books(results=costed, **given_books)
    assert _customer(tables, "a")["cost_to_serve"] == 5
    service = _total(tables, "service")
    assert [service[part] for part in PARTS] == [5, 1, 0, 0, 7]
    assert _check(tables, "entries_in_activity")["amount"] == 50
    costed["customer_service_cost"] = costed["customer_service_cost"].set_column(
        1, "cost_to_serve", pa.array([D("3.0001")], money)
    )
    with pytest.raises(ReconciliationError):
        books(results=costed, **given_books)


def test_every_transaction_and_event_has_a_line(inputs_of: Callable[..., Inputs]) -> None:
    sold = [line("a", 10, 4), line(None, 0)]
    inputs = inputs_of(
        transactions=sold,
        interactions=[{"event_id": f"i{n}", "customer_id": "a", "at": DAY} for n in range(3)],
        value_entries=[
            entry("a", "information", 5, event_id="i1"),
            entry("a", "information", 5, event_id="i2", status="rejected"),
        ],
    )
    rows = value_lines(inputs).to_arrow().to_pylist()
    assert {r["transaction_id"] for r in rows if r["transaction_id"]} == {s["transaction_id"] for s in sold}
    assert {r["event_id"]: r["explicit_zero"] for r in rows if r["event_id"]} == {
        **{"i0": True, "i1": False, "i2": True},
    }
    assert all(row["amount"] is not None for row in rows)
    assert sum(row["amount"] for row in rows) == 10 - 4 + 5
    assert value_lines(inputs_of()).to_arrow().num_rows == 0


def test_currencies_are_not_added(books: Callable[..., Any], computed: Callable[..., Any]) -> None:
    mixed = [line("a", 10), line("a", 10, currency="USD")]
    with pytest.raises(SeveralCurrenciesError):
        books(transactions=mixed)
    tables = books(transactions=mixed, settings=Settings(currency="USD"))
    assert _customer(tables, "a")["revenue"] == 10
    assert _check(tables, "other_currency")["lines"] == 1
    assert computed("customer_profit") == {"customer_profit": []}
    assert computed("profit_reconciliation") == {"profit_reconciliation": [], "profit_checks": []}


def test_high_value_is_counted_again_when_the_threshold_changes(inputs_of: Callable[..., Inputs]) -> None:
    """Profits 50, 30, 15, 5, −10 of five customers."""
    amounts = {"a": 50, "b": 30, "c": 15, "d": 5, "e": -10}
    inputs = inputs_of(
        transactions=[line(who, max(amount, 1), 0) for who, amount in amounts.items()],
        cost_entries=[entry("e", "other", 11)],
    )

    def high(share: float, by: Any) -> set[str]:  # noqa: ANN401
        made = customer_profit_tables(inputs, high_value=HighValue(share, by))["customer_profit"]
        return {row["customer_id"] for row in made.to_arrow().to_pylist() if row["is_high_value"]}

    assert high(0.2, "customers") == {"a"}
    assert high(0.21, "customers") == {"a", "b"}
    assert high(1.0, "customers") == {"a", "b", "c", "d"}, "a loss is never of high value"
    assert high(0.5, "profit") == {"a"}
    assert high(0.8, "profit") == {"a", "b"}
    assert high(0.81, "profit") == {"a", "b", "c"}
    for share, by in ((0, "customers"), (1.5, "profit"), (0.5, "age")):
        with pytest.raises(HighValueError):
            HighValue(share, by)  # type: ignore[arg-type]
