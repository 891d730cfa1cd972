"""Purchases: days on which a customer bought something, net of what was given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

import pyarrow as pa

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.purchases.transactions import NO_CURRENCY
from peakend.value.revenue import chosen_currency

if TYPE_CHECKING:
    from peakend.engine import Engine, Relation

LeftTruncated = Literal["keep", "drop"]

_NO_REFUNDS = pa.schema(
    [("customer_id", pa.string()), ("bought_on", pa.date32()), ("revenue", pa.decimal128(18, 4))]
)
_NOBODY = pa.schema([("customer_id", pa.string()), ("joined_on", pa.date32())])


class ObservationError(PeakendError):
    """A day is none, or days are not in order. `data` has as_of and calibration_end."""

    code: ClassVar[str] = "value.observation"


@dataclass(frozen=True, slots=True)
class Purchases:
    """What customers bought in `currency`, from `begins_on` on, seen to the end of the day `as_of`.

    A purchase is all that a customer bought on one day (UTC), net of the refunds of it. A refund with the
    number of an order of the same customer belongs to that order, which then counts as a whole on the day of
    its first sale. Any other refund cancels the latest earlier sale of the same customer and product that is
    still open, of the same amount, else of the same quantity; without one it cancels nothing and is counted
    apart. A day of which nothing is left is no purchase; `free`: days that cost nothing from the start are.

    transactions: with the canonical columns. customers: customer_id, joined_on. refunds: whether there are
    any.
    """

    transactions: Relation
    customers: Relation
    currency: str
    as_of: date
    begins_on: date
    refunds: bool
    free: bool = False
    left_truncated: LeftTruncated = "keep"

    @property
    def engine(self) -> Engine:
        return self.transactions.engine

    def days(self, end: date | None = None) -> Relation:
        """One row a customer and day until `end` (none: as_of): customer_id, bought_on, value (net), lines,
        refunds (lines); also days of which nothing is left."""
        asked = self.asked(end)
        if not self.refunds:
            return self.engine.query("value/purchases/purchase_days", asked, transactions=self.transactions)
        return self.engine.query(
            "value/purchases/net_purchase_days",
            asked,
            transactions=self.transactions,
            refunded_orders=self._refunded_orders(end),
            booked_refunds=self.booked_refunds(end),
        )

    def booked_refunds(self, end: date | None = None) -> Relation:
        """One row a refund: customer_id, bought_on (day of the purchase it cancels; null: there is none),
        revenue, found_by (order, amount, quantity or nothing)."""
        if not self.refunds:
            return self.engine.from_arrow(_NO_REFUNDS.empty_table())
        engine, asked, orders = self.engine, self.asked(end), self._refunded_orders(end)
        refunds = engine.query(
            "value/purchases/refunds", asked, transactions=self.transactions, refunded_orders=orders
        )
        lines = engine.query(
            "value/purchases/loose_lines",
            asked,
            transactions=self.transactions,
            refunded_orders=orders,
            refunds=refunds,
        )
        by_amount = engine.query("value/purchases/refund_pairs", lines=lines)
        still_open = engine.query("value/purchases/still_open", by_amount=by_amount)
        quantities = engine.query("value/purchases/open_quantities", still_open=still_open)
        return engine.query(
            "value/purchases/booked_refunds",
            refunds=refunds,
            by_amount=by_amount,
            by_quantity=engine.query("value/purchases/refund_pairs", lines=quantities),
            still_open=still_open,
        )

    def customers_bought(self, end: date | None = None) -> Relation:
        """One row a customer with a purchase until `end`: customer_id, frequency, first_on, last_on,
        first_value, total_value, lines; those who joined before the data begin too."""
        return self.engine.query(
            "value/purchases/customer_purchases", {"free": int(self.free)}, days=self.days(end)
        )

    def histories(self, end: date | None = None, *, include_first: bool = False) -> Relation:
        """One row a customer with a purchase until `end`: the columns of the result `purchase_summary`."""
        return self.engine.query(
            "value/purchases/histories",
            {
                "as_of": end or self.as_of,
                "begins_on": self.begins_on,
                "currency": self.currency,
                "include_first": int(include_first),
                "keep_truncated": int(self.left_truncated == "keep"),
            },
            purchases=self.customers_bought(end),
            customers=self.customers,
        )

    def _refunded_orders(self, end: date | None) -> Relation:
        return self.engine.query(
            "value/purchases/refunded_orders", self.asked(end), transactions=self.transactions
        )

    def asked(self, end: date | None = None) -> dict[str, object]:
        """The parameters of the queries that read transactions until `end`."""
        return {"currency": self.currency, "until": after(end or self.as_of)}


def purchases_in(
    transactions: Relation,
    *,
    customers: Relation | None = None,
    currency: str | None = None,
    as_of: date | None = None,
    free: bool = False,
    left_truncated: LeftTruncated = "keep",
) -> Purchases:
    """Purchases in `transactions` (canonical columns), after one look at their currencies and days.

    currency: none: the only one there is. as_of: none: the last day of a sale or refund, but not after today.
    Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`.
    """
    today = datetime.now(UTC).date()
    rows = transactions.query(
        "value/purchases/census", {"tomorrow": after(today)}, name="transactions"
    ).to_arrow().to_pylist()  # fmt: skip
    lines: dict[str, int] = {}
    for row in rows:
        lines[row["currency"]] = lines.get(row["currency"], 0) + row["lines"]
    chosen = chosen_currency(lines, currency) if lines else currency or NO_CURRENCY
    own = [row for row in rows if row["currency"] == chosen and row["kind"] in ("sale", "refund")]
    first = min((_day(row["first_at"]) for row in own if row["first_at"]), default=today)
    last = max((_day(row["last_at"]) for row in own if row["last_at"]), default=today)
    return Purchases(
        transactions,
        customers if customers is not None else transactions.engine.from_arrow(_NOBODY.empty_table()),
        chosen,
        as_of or last,
        first,
        any(row["kind"] == "refund" for row in own),
        free,
        left_truncated,
    )


def after(day: date) -> datetime:
    """The first moment that is no longer `day`."""
    return datetime.combine(day + timedelta(days=1), time())


def day_of(given: date | str, name: str) -> date:
    """A day, or the day that an ISO text names. Raises `ObservationError`."""
    if isinstance(given, datetime):
        return _day(given)
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError) as cause:
        raise ObservationError(
            Text(f"{name} is no day: {given!r}.", f"{name} 不是日期：{given!r}。"),
            Text("Write it as 2024-12-31.", "请写作 2024-12-31。"),
            **{name: given},
        ) from cause


def _day(moment: datetime) -> date:
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()
