"""The ledger by month and account: what transactions, pools and entries make, but for a planted gap."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.demo.simulator.booking import BOOKED, add, found
from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block, Tally
    from peakend.demo.simulator.world import World

_ACCOUNTS = {
    "revenue": "6001 Revenue（主营业务收入）",
    "product": "6401 Cost of sales（主营业务成本）",
    "service": "6601 Service（服务费用）",
    "acquisition": "6602 Acquisition（获客费用）",
    "retention": "6603 Retention（维系费用）",
    "referral": "9001 Referral value（推荐价值）",
    "information": "9002 Information value（信息价值）",
}
_GAP = "retention"


def _rows(block: Block) -> Rows:
    lines = block.lines
    add(block, BOOKED, "revenue", lines["at"], lines["revenue"])
    add(block, BOOKED, "product", lines["at"], lines["cost"])
    return ()


def _gap(world: World) -> tuple[str, Decimal]:
    """(first day of the month, amount) of what is booked though nothing stands behind it."""
    money, calendar = world.shared.money, world.calendar
    month = calendar.month_starts[round(money.gap_at * calendar.months)]
    return month.isoformat(), Decimal(round(100 * money.gap * world.company.buying.spend_mean)) / 100


def _closing(world: World, tally: Tally) -> Rows:
    totals = {(day, kind): Decimal(units) / UNIT for kind, day, units in found(tally, BOOKED)}
    if world.on("ledger_gap"):
        day, amount = _gap(world)
        totals[day, _GAP] = totals.get((day, _GAP), Decimal(0)) + amount
    rows = [
        {
            "period_on": date.fromisoformat(day),
            "account": _ACCOUNTS[kind],
            "kind": kind,
            "amount": amount,
            "currency": world.company.currency,
        }
        for (day, kind), amount in sorted(totals.items())
    ]
    yield "ledger_totals", canonical_rows("ledger_totals", world.source, rows)


def _truth(world: World) -> Iterable[Truth]:
    day, amount = _gap(world)
    unit = f"{world.company.currency} too much in the account of retention, {day}"
    yield Effect("ledger_gap", "gap", float(amount), world.on("ledger_gap"), unit=unit)


MECHANISM = Mechanism(
    name="ledger_gap",
    meaning=Text(
        "The ledger books one amount behind which nothing stands.", "总账中有一笔没有对应明细的入账。"
    ),
    null=Text("The ledger agrees with what is behind it, to the last digit.", "总账与明细分毫不差。"),
    after=("capacity", "contributions", "keeping", "lines", "referrals", "refunds", "winning"),
    rows=_rows,
    closing=_closing,
    truth=_truth,
)
