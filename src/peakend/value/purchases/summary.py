"""Recency, frequency, monetary value and age of every customer: what lifetime value is fitted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.time_units import days_in
from peakend.value.purchases.problems import problems_of
from peakend.value.purchases.purchases import ObservationError, Purchases, day_of, purchases_in
from peakend.value.purchases.transactions import relation_of, transactions_of

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa

    from peakend.engine import Relation
    from peakend.value.models.time_units import TimeUnit
    from peakend.value.purchases.purchases import LeftTruncated
    from peakend.value.purchases.transactions import Transactions

_TIMES = (
    "customer_id", "frequency", "recency", "T", "recency_days", "age_days", "first_on", "last_on",
    "left_truncated", "as_of_on",
)  # fmt: skip
_CALIBRATED_TIMES = (
    "customer_id", "frequency_cal", "recency_cal", "T_cal", "recency_days_cal", "age_days_cal",
    "frequency_holdout", "duration_holdout", "frequency", "recency", "T", "recency_days", "age_days",
    "first_on", "left_truncated", "calibration_end_on", "as_of_on",
)  # fmt: skip


def rfm_summary(
    transactions: Transactions,
    customer_id: str = "customer_id",
    at: str = "at",
    monetary_value: str | None = "revenue",
    *,
    as_of: date | str | None = None,
    calibration_end: date | str | None = None,
    time_unit: TimeUnit = "week",
    include_first: bool = False,
    free: bool = False,
    left_truncated: LeftTruncated = "keep",
    currency: str | None = None,
    customers: Transactions | None = None,
) -> Relation:
    """One row a customer who bought anything: how often, until when, for how long, for how much.

    transactions: a relation, a Parquet or CSV file, or a data frame; one row a line. customer_id, at,
    monetary_value: what its columns are called (monetary_value None: amounts are not known). order_id,
    product_id, quantity, kind and currency are read where it has them (see `transactions_of`).

    What a purchase is, and how refunds are netted: see `Purchases`. Two purchases of a day are one, as in
    lifetimes with freq="D". Nobody is left out for having bought once.

    as_of: last day seen (none: the last day of a sale or refund, never after today). calibration_end: split
    the time there; calibration columns know only what was known on that day: a refund after it cancels
    nothing in them. time_unit: of recency, T and duration_holdout; days become it once, dividing by 1, 7,
    30.4375 or 365.25. include_first: the mean of monetary_value takes in the first purchase (models of spend
    want it out). free: a purchase of amount zero that no refund made zero is one. left_truncated: "drop"
    leaves out customers who joined before the data begin. customers: a table with customer_id and joined_on.

    Gives customer_id; frequency (repeat purchases, x); recency (first to last purchase, t_x) and T (first
    purchase to as_of) in time_unit, recency_days and age_days in whole days; monetary_value (mean net value
    of a repeat purchase; null where there is none), first_value, total_value, in money; first_on, last_on,
    as_of_on; left_truncated (joined before the data begin, so that the first purchase seen was not the first;
    null: not known); currency. With calibration_end: those of calibration (…_cal), frequency_holdout,
    duration_holdout, monetary_value_holdout, and the columns above for the whole time, which are null where
    refunds after calibration_end left nothing; only customers who had bought by then.

    `purchase_problems` counts what was left out. Raises `TransactionsError`, `ObservationError`,
    `TimeUnitError`, `SeveralCurrenciesError`, `NoSuchCurrencyError`.
    Source: Fader, Hardie & Lee (2005),
    Marketing Science 24(2), section 2; names as in lifetimes.
    """
    days = days_in(time_unit)
    found = _purchases(
        transactions, customer_id, at, monetary_value, as_of, free, left_truncated, currency, customers
    )
    if calibration_end is None:
        summary = _shaped(found, days, include_first=include_first)
        return summary if monetary_value is not None else _only(summary, _TIMES)
    end = _calibration(found, calibration_end)
    summary = found.engine.query(
        "value/purchases/calibrated_columns",
        {
            "calibration_end": end,
            "as_of": found.as_of,
            "days_in_unit": days,
            "free": int(free),
        },
        calibration=found.histories(end, include_first=include_first),
        histories=found.histories(include_first=include_first),
        days=found.days(),
    )
    return summary if monetary_value is not None else _only(summary, _CALIBRATED_TIMES)


def purchase_counts(
    transactions: Transactions,
    customer_id: str = "customer_id",
    at: str = "at",
    *,
    monetary_value: str | None = "revenue",
    as_of: date | str | None = None,
    time_unit: TimeUnit = "week",
    free: bool = False,
    left_truncated: LeftTruncated = "keep",
    currency: str | None = None,
    customers: Transactions | None = None,
) -> PurchaseHistories:
    """What models of purchases are fitted on: unique (frequency, recency, T), and how many customers have
    each.

    Arguments, netting and errors as for `rfm_summary`. One query; a million customers come as some thousand
    rows.
    """
    found = _purchases(
        transactions, customer_id, at, monetary_value, as_of, free, left_truncated, currency, customers
    )
    return histories_of(found.histories(), time_unit)


def purchase_problems(
    transactions: Transactions,
    customer_id: str = "customer_id",
    at: str = "at",
    monetary_value: str = "revenue",
    *,
    as_of: date | str | None = None,
    free: bool = False,
    left_truncated: LeftTruncated = "keep",
    currency: str | None = None,
    customers: Transactions | None = None,
) -> pa.Table:
    """What became of every line that `rfm_summary` with the same arguments read: the result
    `purchase_problems`.

    Lines used and lines left out, by reason, make the lines read, and so does their revenue, to the last
    digit (else `ReconciliationError`). Errors as for `rfm_summary`.
    """
    return problems_of(
        _purchases(
            transactions, customer_id, at, monetary_value, as_of, free, left_truncated, currency, customers
        )
    )


def histories_of(histories: Relation, time_unit: TimeUnit = "week") -> PurchaseHistories:
    """Unique histories of a relation with frequency, recency_days, age_days, one row a customer."""
    counts = histories.query("value/purchases/history_counts", name="histories").to_arrow()
    # In one order, so that sums over customers are the same to the last digit on every engine.
    counts = counts.sort_by([(name, "ascending") for name in ("frequency", "recency_days", "age_days")])
    return PurchaseHistories.from_days(
        *(counts[name].to_numpy() for name in ("frequency", "recency_days", "age_days", "customers")),
        time_unit=time_unit,
    )


def spend_counts(histories: Relation) -> pa.Table:
    """What models of spend are fitted on: unique (frequency, repeat_value: the sum of all repeat purchases,
    a float) of customers who bought again, and how many customers have each."""
    counts = histories.query("value/purchases/spend_counts", name="histories").to_arrow()
    return counts.sort_by([("frequency", "ascending"), ("repeat_value", "ascending")])


def holdout_counts(purchases: Purchases, calibration_end: date) -> pa.Table:
    """Unique (frequency, recency_days, age_days until calibration_end, frequency_holdout: purchases after
    it), and how many customers have each: what predictions are checked on. Raises `ObservationError`."""
    end = _calibration(purchases, calibration_end)
    return purchases.engine.query(
        "value/purchases/holdout_counts",
        {"calibration_end": end, "free": int(purchases.free)},
        calibration=purchases.histories(end),
        days=purchases.days(),
    ).to_arrow()


def _purchases(
    transactions: Transactions,
    customer_id: str,
    at: str,
    monetary_value: str | None,
    as_of: date | str | None,
    free: bool,
    left_truncated: LeftTruncated,
    currency: str | None,
    customers: Transactions | None,
) -> Purchases:
    if left_truncated not in ("keep", "drop"):
        raise ObservationError(
            Text(
                f"left_truncated is keep or drop, not {left_truncated!r}.",
                f"left_truncated 应为 keep 或 drop，而不是 {left_truncated!r}。",
            ),
            left_truncated=left_truncated,
        )
    lines = transactions_of(transactions, customer_id=customer_id, at=at, monetary_value=monetary_value)
    return purchases_in(
        lines,
        customers=None if customers is None else _customers(customers, lines),
        currency=currency,
        as_of=None if as_of is None else day_of(as_of, "as_of"),
        free=free,
        left_truncated=left_truncated,
    )


def _customers(customers: Transactions, lines: Relation) -> Relation:
    return relation_of(customers, engine=lines.engine).query(
        "select cast(c.customer_id as varchar) as customer_id, cast(c.joined_on as date) as joined_on from c",
        name="c",
    )


def _calibration(found: Purchases, given: date | str) -> date:
    end = day_of(given, "calibration_end")
    if end >= found.as_of:
        raise ObservationError(
            Text(
                f"Calibration ends on {end}, which is not before the end of observation, {found.as_of}.",
                f"校准期末 {end} 不早于观察期末 {found.as_of}。",
            ),
            Text("Choose an earlier day, or a later as_of.", "请选择更早的日期，或更晚的 `as_of`。"),
            calibration_end=end,
            as_of=found.as_of,
        )
    return end


def _shaped(found: Purchases, days: float, *, include_first: bool) -> Relation:
    histories = found.histories(include_first=include_first)
    return histories.query("value/purchases/rfm_columns", {"days_in_unit": days}, name="histories")


def _only(relation: Relation, columns: tuple[str, ...]) -> Relation:
    return relation.query("select " + ", ".join(f't."{name}"' for name in columns) + " from t")  # noqa: S608
