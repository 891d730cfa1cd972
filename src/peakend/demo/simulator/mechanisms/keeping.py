"""What keeping customers costs: vouchers after some repeat orders, money back after some complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.booking import BOOKED, add
from peakend.demo.simulator.columns import canonical, constant, identifiers, money, times
from peakend.demo.simulator.keys import event_ids, order_customers
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_CENT = UNIT // 100


def _rows(block: Block) -> Rows:
    world, orders, cases = block.world, block.orders, block.cases
    plan, on = world.shared.money.keeping, world.on("keeping")
    u = block.drawn_orders("keeping")[0]
    order = np.flatnonzero((u < plan.vouchers) & (orders["ordinal"] > 1) & on)
    yield "cost_entries", _entries(block, "retention", order, orders["at"][order], plan.voucher)
    back = world.draws.uniform("keeping.back", cases["index"], cases["ordinal"]) < plan.compensated
    rows = np.flatnonzero(back & (cases["closed_at"] < world.calendar.end_us) & on)
    chosen = cases.take(rows)
    slot = np.full(len(rows), world.company.slots[world.company.complaints.touchpoint])
    entries = _entries(block, "service", chosen["order"], chosen["closed_at"], plan.back)
    events = event_ids(chosen["index"], chosen["ordinal"], slot)
    place = entries.schema.get_field_index("event_id")
    yield "cost_entries", entries.set_column(place, "event_id", events)


def _entries(block: Block, kind: str, order: Array, at: Array, share: float) -> pa.Table:
    world, orders = block.world, block.orders
    units = np.maximum(np.round(orders["cents"][order] * share), 1).astype(np.int64) * _CENT
    add(block, BOOKED, kind, at, units)
    letter = {"retention": "N", "service": "B"}[kind]
    return canonical(
        "cost_entries",
        world.source,
        {
            "entry_id": identifiers(letter, (orders["index"][order], 8), (orders["ordinal"][order], 4)),
            "customer_id": order_customers(block, order),
            "at": times(at),
            "kind": constant(kind, len(order)),
            "amount": money(units),
            "currency": constant(world.company.currency, len(order)),
            "status": constant("posted", len(order)),
        },
    )


def _truth(world: World) -> Iterable[Truth]:
    plan, on = world.shared.money.keeping, world.on("keeping")
    yield Parameter("keeping", "vouchers", plan.vouchers, "share of repeat orders", on)
    yield Parameter("keeping", "voucher", plan.voucher, "share of the order's value", on)
    yield Parameter("keeping", "compensated", plan.compensated, "share of complaints", on)
    yield Parameter("keeping", "back", plan.back, "share of the order's value", on)


MECHANISM = Mechanism(
    name="keeping",
    meaning=Text(
        "Vouchers after some repeat orders, money back after some complaints.",
        "部分复购后发放礼券，部分投诉后给予补偿。",
    ),
    null=Text("No vouchers and no money back.", "不发礼券，也不补偿。"),
    after=("complaints", "orders"),
    rows=_rows,
    truth=_truth,
)
