"""Purchases against a plain Python count of the same lines, and every bad input by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.engine import connect
from peakend.value import rfm_summary
from peakend.value.models.time_units import TimeUnitError
from peakend.value.purchases.purchases import ObservationError, purchases_in
from peakend.value.purchases.summary import (
    histories_of,
    holdout_counts,
    purchase_counts,
    purchase_problems,
    spend_counts,
)
from peakend.value.purchases.transactions import TransactionsError, transactions_of
from peakend.value.revenue import NoSuchCurrencyError, SeveralCurrenciesError
from peakend.warehouse.schema import canonical_table
from value.purchases.purchase_oracle import counted, is_purchase, problems, summarised

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from peakend.engine import Relation

Row = dict[str, Any]
BEGIN = datetime(2024, 1, 1)
SCHEMA = canonical_table("transactions").schema()


def line(who: str | None, day: float, revenue: str | int | None, **more: object) -> Row:
    """One line; `day` counts from the first."""
    return {
        "customer_id": who,
        "at": BEGIN + timedelta(days=day),
        "kind": "sale",
        "revenue": None if revenue is None else Decimal(revenue),
        "currency": "GBP",
    } | more


def refund(who: str | None, day: float, revenue: str | int, **more: object) -> Row:
    return line(who, day, revenue, kind="refund") | more


def table(lines: Sequence[Row]) -> pa.Table:
    rows = [dict.fromkeys(SCHEMA.names) | {"transaction_id": f"t{i:03}"} | row for i, row in enumerate(lines)]
    return pa.Table.from_pylist(rows, SCHEMA)


def summary(lines: Sequence[Row], **given: object) -> dict[str, Row]:
    return {row["customer_id"]: row for row in rfm_summary(table(lines), **given).to_arrow().to_pylist()}


def told(lines: Sequence[Row], **given: object) -> dict[str, Row]:
    return {row["problem"]: row for row in purchase_problems(table(lines), **given).to_pylist()}


def test_days_are_counted_and_become_the_unit_once() -> None:
    lines = [line("a", 0, 10), line("a", 7, 20), line("a", 21, 40), line("b", 3, 5), line("b", 28, 1)]
    found = summary(lines, time_unit="week")["a"]
    assert (found["frequency"], found["recency"], found["T"], found["monetary_value"]) == (2, 3, 4, 30)
    assert (found["recency_days"], found["age_days"]) == (21, 28)
    for unit, days in (("day", 1), ("month", 365.25 / 12), ("year", 365.25)):
        assert summary(lines, time_unit=unit)["a"]["T"] == 28 / days
    with pytest.raises(TimeUnitError):
        summary(lines, time_unit="fortnight")


def test_purchases_of_one_day_are_one_purchase() -> None:
    found = summary(
        [line("a", 0, 10), line("a", 0.5, 5), line("a", 2, 3), line("a", 2.9, 4), line("a", 3, 1)]
    )
    assert (found["a"]["frequency"], found["a"]["first_value"]) == (2, 15)
    assert found["a"]["monetary_value"] == 4


def test_who_bought_once_is_kept_and_has_no_value_of_a_repeat_purchase() -> None:
    found = summary([line("a", 0, 10), line("b", 7, 1)])["a"]
    assert (found["frequency"], found["recency"], found["T"], found["monetary_value"]) == (0, 0, 1, None)
    with_first = summary([line("a", 0, 10), line("b", 7, 1)], include_first=True)["a"]
    assert (with_first["frequency"], with_first["monetary_value"]) == (0, 10)


def test_a_refund_with_the_number_of_an_order_cancels_that_order() -> None:
    lines = [line("a", 0, 10, order_id="1"), line("a", 5, 20, order_id="2"), line("a", 9, 20, order_id="3")]
    found = summary([*lines, refund("a", 10, -20, order_id="2")])["a"]
    assert (found["frequency"], found["recency_days"], found["total_value"]) == (1, 9, 30)
    partly = summary([*lines, refund("a", 10, -5, order_id="2")])["a"]
    assert (partly["frequency"], partly["monetary_value"]) == (2, 17.5)


def test_a_refunded_order_counts_as_a_whole_on_its_first_day() -> None:
    lines = [line("a", 0, 1), line("a", 5, 60, order_id="2"), line("a", 6, 40, order_id="2"), line("a", 9, 1)]
    assert summary(lines)["a"]["frequency"] == 3
    assert summary([*lines, refund("a", 9, -100, order_id="2")])["a"]["frequency"] == 1


def test_a_refund_without_a_number_cancels_the_latest_open_sale_of_the_same_goods() -> None:
    lines = [
        line("a", 0, 10, product_id="p", order_id="1"),
        line("a", 5, 10, product_id="p", order_id="2"),
        line("a", 7, 10, product_id="q", order_id="3"),
        line("a", 12, 10, product_id="p", order_id="4"),
    ]
    one = summary([*lines, refund("a", 8, -10, product_id="p", order_id="C9")])["a"]
    assert (one["first_on"], one["frequency"], one["recency_days"]) == (date(2024, 1, 1), 2, 12)
    two = summary([*lines, *[refund("a", 8 + i, -10, product_id="p") for i in range(2)]])["a"]
    assert (two["first_on"], two["frequency"]) == (date(2024, 1, 8), 1)
    three = [*lines, *[refund("a", 8 + i, -10, product_id="p") for i in range(3)]]
    assert told(three)["refund_without_purchase"]["lines"] == 1
    assert summary(three)["a"] == two


def test_the_same_quantity_will_do_where_no_sale_has_the_amount() -> None:
    lines = [line("a", 0, 10, product_id="p", quantity=2.0), line("a", 5, 30, product_id="p", quantity=3.0)]
    found = summary([*lines, refund("a", 6, -28, product_id="p", quantity=-3.0)])["a"]
    assert (found["frequency"], found["monetary_value"]) == (1, 2)


def test_a_refund_of_somebody_elses_order_cancels_nothing() -> None:
    lines = [line("a", 0, 10, order_id="1"), refund("b", 1, -10, order_id="1")]
    assert set(summary(lines)) == {"a"}
    assert told(lines)["refund_without_purchase"]["revenue"] == -10


def test_a_refund_before_its_purchase_is_named_unless_the_number_tells() -> None:
    lines = [refund("a", 0, -10, product_id="p"), line("a", 1, 10, product_id="p")]
    assert told(lines)["refund_without_purchase"]["lines"] == 1
    numbered = [refund("a", 0, -10, order_id="1"), line("a", 1, 10, order_id="1"), line("a", 2, 1)]
    assert told(numbered)["cancelled"]["lines"] == 2


def test_every_bad_input_is_named_and_counted() -> None:
    lines = [
        line("a", 0, 10), line("a", 3, 10), line("b", 1, 8),
        line("a", 1, 5, currency="EUR"), line("a", 1, 2, kind="fee"), line("a", 1, -2, kind="adjustment"),
        line(None, 1, 7), line("a", 20, 6), line("c", 30, 9), line("c", 31, 9),
        refund("a", 4, 3), refund("b", 4, -99), line("d", 2, 0), line("e", 2, -4),
        line("f", 2, 5, order_id="f1"), refund("f", 3, -5, order_id="f1"),
    ]  # fmt: skip
    found = told(lines, as_of="2024-01-11", currency="GBP")
    counts = {name: (row["lines"], row["customers"], row["revenue"]) for name, row in found.items()}
    euros = [
        row
        for row in purchase_problems(table(lines), as_of="2024-01-11", currency="GBP").to_pylist()
        if row["currency"] == "EUR"
    ]
    assert [(r["problem"], r["lines"], r["revenue"]) for r in euros] == [
        ("other_currency", 1, 5),
        ("read", 1, 5),
    ]
    assert {name: found for name, found in counts.items() if name not in ("read", "other_currency")} == {
        "used": (3, 2, 28),
        "fee": (1, 1, 2),
        "adjustment": (1, 1, -2),
        "missing_customer": (1, 0, 7),
        "born_after_end": (2, 1, 18),
        "after_end": (1, 1, 6),
        "positive_refund": (1, 1, 3),
        "refund_without_purchase": (1, 1, -99),
        "cancelled": (2, 1, 0),
        "no_spend": (2, 2, -4),
        "one_purchase": (1, 1, 8),
    }


def test_a_free_purchase_counts_when_asked() -> None:
    lines = [
        line("a", 0, 0),
        line("a", 2, 5),
        line("b", 1, 5, order_id="1"),
        refund("b", 1, -5, order_id="1"),
    ]
    assert summary(lines)["a"]["frequency"] == 0
    free = summary(lines, free=True)
    assert free["a"]["frequency"] == 1
    assert "b" not in free


def test_a_date_in_the_future_does_not_move_the_end() -> None:
    lines = [line("a", 0, 1), line("a", 9, 1), line("a", 0, 7) | {"at": datetime(2999, 1, 1)}]
    assert summary(lines)["a"]["as_of_on"] == date(2024, 1, 10)
    assert told(lines)["after_end"]["revenue"] == 7


def test_who_joined_before_the_data_is_flagged_and_counted() -> None:
    lines = [line("a", 0, 1), line("b", 3, 1), line("c", 4, 1)]
    customers = pa.table(
        {"customer_id": ["a", "b"], "joined_on": [date(2024, 1, 1), date(2019, 1, 1)], "name": ["x", "y"]}
    )
    kept = summary(lines, customers=customers)
    assert [kept[who]["left_truncated"] for who in "abc"] == [False, True, None]
    assert told(lines, customers=customers)["joined_before"]["customers"] == 1
    assert set(summary(lines, customers=customers, left_truncated="drop")) == {"a", "c"}
    dropped = told(lines, customers=customers, left_truncated="drop")
    assert (dropped["left_truncated"]["lines"], dropped["used"]["lines"]) == (1, 2)
    with pytest.raises(ObservationError):
        summary(lines, left_truncated="forget")


def test_calibration_knows_only_what_was_known_then() -> None:
    lines = [
        line("a", 0, 10), line("a", 6, 20, order_id="2"), line("a", 20, 8), line("a", 24, 4),
        refund("a", 15, -20, order_id="2"), line("b", 5, 3, order_id="3"), refund("b", 15, -3, order_id="3"),
        line("c", 18, 3),
    ]  # fmt: skip
    found = summary(lines, calibration_end="2024-01-11", time_unit="day")
    a = found["a"]
    assert (a["frequency_cal"], a["recency_cal"], a["T_cal"], a["monetary_value_cal"]) == (1, 6, 10, 20)
    assert (a["frequency_holdout"], a["duration_holdout"], a["monetary_value_holdout"]) == (2, 14, 6)
    assert (a["frequency"], a["recency"], a["T"], a["monetary_value"]) == (2, 24, 24, 6)
    assert (found["b"]["frequency_cal"], found["b"]["frequency_holdout"], found["b"]["frequency"]) == (
        0,
        0,
        None,
    )
    assert "c" not in found
    counts = holdout_counts(purchases_in(table_relation(lines)), date(2024, 1, 11)).to_pylist()
    assert {tuple(row.values()) for row in counts} == {(1, 6, 10, 2, 1), (0, 0, 5, 0, 1)}


def table_relation(lines: Sequence[Row]) -> Relation:
    return transactions_of(table(lines))


def test_days_must_be_days_in_order() -> None:
    lines = [line("a", 0, 1), line("a", 9, 1)]
    with pytest.raises(ObservationError):
        summary(lines, as_of="yesterday")
    with pytest.raises(ObservationError):
        summary(lines, calibration_end=date(2024, 1, 10))


def test_currencies_are_not_mixed() -> None:
    lines = [line("a", 0, 1), line("a", 9, 1, currency="EUR")]
    with pytest.raises(SeveralCurrenciesError):
        summary(lines)
    with pytest.raises(NoSuchCurrencyError):
        summary(lines, currency="USD")
    assert summary(lines, currency="EUR")["a"]["frequency"] == 0


def test_any_frame_will_do(tmp_path: Path) -> None:
    frame = pa.table(
        {"id": [1, 1, 2], "date": ["2024-01-01", "2024-01-15", "2024-01-08"], "spent": [1.5, 2.0, 3]}
    )
    names = ("id", "date", "spent")
    expected = rfm_summary(frame, *names).to_arrow().sort_by("customer_id")
    assert expected["frequency"].to_pylist() == [1, 0]
    assert expected["T"].to_pylist() == [2, 1]
    pq.write_table(frame, tmp_path / "lines.parquet")
    pyarrow.csv.write_csv(frame, tmp_path / "lines.csv")
    for given_ in (frame.to_pandas(), str(tmp_path / "lines.parquet"), tmp_path / "lines.csv"):
        assert rfm_summary(given_, *names).to_arrow().sort_by("customer_id") == expected
    times = rfm_summary(frame.drop_columns(["spent"]), "id", "date", None).to_arrow().sort_by("customer_id")
    assert times["frequency"].to_pylist() == [1, 0]
    assert "monetary_value" not in times.column_names
    with pytest.raises(TransactionsError, match="spend"):
        rfm_summary(frame, "id", "date", "spend")
    with pytest.raises(TransactionsError):
        rfm_summary([1, 2], "id", "date", "spent")


def test_amounts_that_are_none_are_counted() -> None:
    frame = pa.table(
        {
            "customer_id": ["a", "a", "b", "c", "d"],
            "at": [BEGIN + timedelta(days=i) for i in range(5)],
            "revenue": [1.0, 2.0, float("nan"), float("inf"), None],
        }
    )
    found = {row["problem"]: row["lines"] for row in purchase_problems(frame).to_pylist()}
    assert (found["used"], found["missing_amount"]) == (2, 3)


def test_nothing_is_no_purchase() -> None:
    assert rfm_summary(table([])).to_arrow().num_rows == 0
    assert purchase_problems(table([])).num_rows == 0


def test_unique_histories_stand_for_all_customers() -> None:
    random = np.random.default_rng(4)
    lines = [line(f"c{random.integers(60)}", int(random.integers(15)), 4) for _ in range(200)]
    found = table_relation(lines)
    histories = purchases_in(found).histories()
    unique, rows = histories_of(histories, "day"), histories.to_arrow().to_pylist()
    columns = (unique.frequency, unique.recency, unique.age, unique.customers)
    unrolled = zip(*(values.tolist() for values in columns), strict=True)
    spread = sorted(history for *history, customers in unrolled for _ in range(customers))
    assert spread == sorted([r["frequency"], r["recency_days"], r["age_days"]] for r in rows)
    assert purchase_counts(table(lines)).total == len(rows)
    spent = spend_counts(histories).to_pylist()
    assert sum(row["customers"] for row in spent) == sum(row["frequency"] > 0 for row in rows)
    repeats = sum(r["total_value"] - r["first_value"] for r in rows)
    assert sum(row["repeat_value"] * row["customers"] for row in spent) == float(repeats)


_lines = st.lists(
    st.builds(
        lambda who, day, kind, order, product, units, quantity, currency: {
            "customer_id": who,
            "at": BEGIN + timedelta(days=day / 2),
            "kind": kind,
            "order_id": order,
            "product_id": product,
            "revenue": None if units is None else Decimal(units if kind != "refund" else -units),
            "quantity": None if quantity is None else float(quantity if kind != "refund" else -quantity),
            "currency": currency,
        },
        st.sampled_from(["a", "b", None]),
        st.integers(0, 12),
        st.sampled_from(["sale", "sale", "sale", "refund", "refund", "fee"]),
        st.sampled_from([None, "1", "2", "3"]),
        st.sampled_from([None, "p", "q"]),
        st.sampled_from([1, 1, 2, 3, 0, -1, None]),
        st.sampled_from([1, 1, 2, None]),
        st.sampled_from(["GBP", "GBP", "GBP", "EUR"]),
    ),
    max_size=25,
)


@given(lines=_lines, free=st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_as_counting_by_hand(lines: list[Row], free: bool) -> None:
    lines = [*lines, line("z", 3, 1)]
    rows = table(lines).to_pylist()
    as_of = date(2024, 1, 6)
    expected = counted(rows, as_of, "GBP")
    with connect("duckdb://") as engine:
        for native in (True, False):
            engine.native_files = native
            relation = transactions_of(table(lines), engine=engine)
            found = purchases_in(relation, currency="GBP", as_of=as_of, free=free)
            by_customer = {row["customer_id"]: row for row in found.histories().to_arrow().to_pylist()}
            hand = summarised(expected, as_of, free=free)
            assert by_customer.keys() == hand.keys()
            for who, row in hand.items():
                assert {name: by_customer[who][name] for name in row} == row
    reported = {
        (row["problem"], row["currency"]): (row["lines"], row["revenue"])
        for row in purchase_problems(table(lines), currency="GBP", as_of=as_of, free=free).to_pylist()
    }
    for key, value in problems(expected).items():
        assert reported[key] == value, key
    cells = [cell for days in expected.days.values() for cell in days.values()]
    used = [cell for cell in cells if is_purchase(cell, free=free)]
    assert reported["used", "GBP"] == (sum(c[1] for c in used), sum(c[0] for c in used))
    for currency in {row["currency"] for row in rows}:
        own = [row for row in rows if row["currency"] == currency]
        assert reported["read", currency] == (
            len(own),
            sum((row["revenue"] or Decimal(0) for row in own), Decimal(0)),
        )
