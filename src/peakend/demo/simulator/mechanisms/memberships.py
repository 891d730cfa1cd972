"""The loyalty programme: memberships, and points earned, taken back with refunds, and redeemed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peakend.demo.simulator.columns import canonical, constant, days, identifiers, integers, picked, times
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.keys import customer_ids, membership_ids, transaction_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_KINDS = ("earn", "adjust", "redeem")
_REDEEMED = 0.4


def _step(block: Block) -> None:
    u = block.drawn("memberships")
    block.people["member"] = u[0] < block.world.company.programme.share
    block.people["redeems"] = u[1] < block.world.company.programme.redeemers


def _points(block: Block) -> Frame:
    """Movements: one for each line of a member's identified orders, and one redemption for some members.

    Redeemed is part of what the orders before the last one earned and kept, so no balance falls below zero.
    """
    lines, orders, people = block.lines, block.orders, block.people
    person = orders["person"][lines["order"]]
    row = np.flatnonzero(people["member"][person] & orders["identified"][lines["order"]])
    rate = block.world.company.programme.points_per_unit
    line = lines.take(row)
    amount = np.trunc(line["revenue"] / UNIT * rate).astype(np.int64)
    moved = Frame(
        {
            "person": person[row],
            "index": line["index"],
            "ordinal": line["ordinal"],
            "line": line["line"],
            "at": line["at"],
            "kind": (line["refund_of"] >= 0).astype(np.int64),
            "amount": amount,
        }
    )
    moved = moved.take(amount != 0)
    return moved.followed_by(_redeemed(block, moved))


def _redeemed(block: Block, moved: Frame) -> Frame:
    people, orders = block.people, block.orders
    last = np.zeros(block.count, np.int64)
    last[orders["person"]] = np.arange(len(orders))
    earlier = moved["ordinal"] < orders["ordinal"][last[moved["person"]]]
    kept = np.bincount(moved["person"], weights=moved["amount"] * earlier, minlength=block.count)
    amount = np.floor(_REDEEMED * np.maximum(kept, 0)).astype(np.int64)
    person = np.flatnonzero(people["redeems"] & people["member"] & (amount > 0))
    ordinal = orders["ordinal"][last[person]]
    return Frame(
        {
            "person": person,
            "index": people["index"][person],
            "ordinal": ordinal,
            "line": np.full(len(person), 99),
            "at": orders["at"][last[person]],
            "kind": np.full(len(person), _KINDS.index("redeem")),
            "amount": -amount[person],
        }
    )


def _rows(block: Block) -> Rows:
    people, world = block.people, block.world
    member = people.take(people["member"])
    yield (
        "memberships",
        canonical(
            "memberships",
            world.source,
            {
                "membership_id": membership_ids(member["index"]),
                "customer_id": customer_ids(member["index"]),
                "programme": constant(world.company.programme.name, len(member)),
                "tier": picked(world.tier_names, member["tier"]),
                "joined_on": days(member["joined"]),
            },
        ),
    )
    yield "points", _point_rows(block, _points(block))


def _point_rows(block: Block, moved: Frame) -> pa.Table:
    bought = moved["kind"] != _KINDS.index("redeem")
    return canonical(
        "points",
        block.world.source,
        {
            "entry_id": identifiers("P", (moved["index"], 8), (moved["ordinal"], 4), (moved["line"], 2)),
            "membership_id": membership_ids(moved["index"]),
            "at": times(moved["at"]),
            "kind": picked(_KINDS, moved["kind"]),
            "amount": integers(moved["amount"]),
            "transaction_id": _where(transaction_ids(moved), bought),
        },
    )


def _where(values: pa.Array, where: Array) -> pa.Array:
    return pc.if_else(pa.array(where), values, pa.scalar(None, pa.string()))


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter("memberships", "share", world.company.programme.share, "share of customers")
    yield Parameter("memberships", "points_per_unit", world.company.programme.points_per_unit, "points")


MECHANISM = Mechanism(
    name="memberships",
    meaning=Text("A loyalty programme with points.", "带积分的会员计划。"),
    after=("lines", "orders", "tiers"),
    step=_step,
    rows=_rows,
    truth=_truth,
)
