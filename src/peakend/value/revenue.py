"""Whose revenue it is: of identified customers, of unidentified ones, fees, adjustments; in one currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from datetime import datetime

    from peakend.engine import Relation

PURCHASES = ("sale", "refund")


class SeveralCurrenciesError(PeakendError):
    """Transactions are in several currencies, and none is chosen. `data`: currencies (currency → lines)."""

    code: ClassVar[str] = "value.several_currencies"


class NoSuchCurrencyError(PeakendError):
    """No transaction is in the chosen currency. `data`: currency, currencies (currency → lines)."""

    code: ClassVar[str] = "value.no_such_currency"


class ReconciliationError(PeakendError):
    """Parts that must make the total do not. `data`: total, parts."""

    code: ClassVar[str] = "value.does_not_reconcile"


@dataclass(frozen=True, slots=True)
class Revenue:
    """Revenue of all transactions in `currency`; the four parts make `total` to the last digit.

    identified, unidentified: sales less refunds with and without a customer; fees, adjustments: of anybody.
    last_at: the latest transaction, in UTC.
    """

    currency: str
    identified: Decimal
    unidentified: Decimal
    fees: Decimal
    adjustments: Decimal
    total: Decimal
    last_at: datetime


def revenue_of(transactions: Relation, currency: str | None = None) -> Revenue | None:
    """Read how revenue splits; None when there is no transaction at all.

    currency: the one to report (None: the only one there is). Raises `SeveralCurrenciesError`,
    `NoSuchCurrencyError`.
    """
    rows = transactions.query("value/revenue_lines", name="transactions").to_arrow().to_pylist()
    if not rows:
        return None
    chosen = _chosen(rows, currency)
    own = [row for row in rows if row["currency"] == chosen]

    def part(*kinds: str, identified: int | None = None) -> Decimal:
        found = [r for r in own if r["kind"] in kinds and identified in (None, r["identified"])]
        return sum((Decimal(row["revenue"]) for row in found), Decimal(0))

    return Revenue(
        currency=chosen,
        identified=part(*PURCHASES, identified=1),
        unidentified=part(*PURCHASES, identified=0),
        fees=part("fee"),
        adjustments=part("adjustment"),
        total=sum((Decimal(row["revenue"]) for row in own), Decimal(0)),
        last_at=max(row["last_at"] for row in own),
    )


def reconcile(total: Decimal, parts: dict[str, Decimal]) -> None:
    """Raise `ReconciliationError` unless `parts` make `total` exactly."""
    found = sum(parts.values(), Decimal(0))
    if found != total:
        raise ReconciliationError(
            Text(
                f"The parts make {found}, but the total is {total}: {found - total} too much.",
                f"各部分之和为 {found}，合计为 {total}，相差 {found - total}。",
            ),
            Text(
                "Check that every transaction is a sale, refund, fee or adjustment.",
                "请检查每笔交易的类型是否为销售、退款、收费或调整。",
            ),
            total=total,
            parts=parts,
        )


def _chosen(rows: list[dict[str, Any]], currency: str | None) -> str:
    lines: dict[str, int] = {}
    for row in rows:
        lines[row["currency"]] = lines.get(row["currency"], 0) + row["lines"]
    return chosen_currency(lines, currency)


def chosen_currency(lines: dict[str, int], currency: str | None) -> str:
    """The one currency to report in: `currency`, or the only one in `lines` (currency → lines, not empty).

    Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`.
    """
    listed = ", ".join(
        f"{name} ({count})" for name, count in sorted(lines.items(), key=lambda item: -item[1])
    )
    if currency is None and len(lines) > 1:
        raise SeveralCurrenciesError(
            Text(
                f"Transactions are in several currencies: {listed} (currency, lines).",
                f"交易涉及多个币种：{listed}（币种，行数）。",
            ),
            Text(
                "Choose one in the settings (currency), or convert the others before loading.",
                "请在设置中指定币种（currency），或在导入前折算为同一币种。",
            ),
            currencies=lines,
        )
    if currency is not None and currency not in lines:
        raise NoSuchCurrencyError(
            Text(
                f"No transaction is in {currency}; there are {listed}.",
                f"没有币种为 {currency} 的交易；现有 {listed}。",
            ),
            Text(
                "Choose one of these in the settings (currency).", "请在设置中指定上述币种之一（currency）。"
            ),
            currency=currency,
            currencies=lines,
        )
    return currency if currency is not None else next(iter(lines))
