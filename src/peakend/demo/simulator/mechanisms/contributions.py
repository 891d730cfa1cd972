"""What customers give beside money: reviews, ideas, patience; and what the company says each is worth."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from peakend.demo.simulator.booking import BOOKED, add
from peakend.demo.simulator.calendar import FIRST_DAY
from peakend.demo.simulator.columns import canonical, canonical_rows, constant, identifiers, times
from peakend.demo.simulator.keys import order_customers
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.mechanisms.referrals import worth
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_CENT = UNIT // 100
_USUAL = 0.5
_KINDS = {"review": "GV", "idea": "GI", "patience": "GP"}


def _cents(world: World, kind: str) -> int:
    """What one contribution is worth by policy; nobody decided what patience is."""
    giving = world.shared.money.giving
    share = {"review": giving.review, "idea": giving.idea, "patience": 0.0}[kind]
    return round(100 * share * world.company.buying.spend_mean)


def _rows(block: Block) -> Rows:
    world, orders, cases = block.world, block.orders, block.cases
    giving = world.shared.money.giving
    u = block.drawn_orders("contributions")
    slope = giving.slope if world.on("contributions") else 0.0
    whole = np.where(np.isnan(orders["overall"]), 0.0, orders["overall"])
    level = giving.intercept + (0.0 if world.on("contributions") else giving.slope * _USUAL)
    finished = ~np.isnan(orders["overall"]) & (orders["done_at"] < world.calendar.end_us)
    review = np.flatnonzero((u[0] < special.expit(level + slope * whole)) & finished)
    yield "contributions", _given(block, "review", review, orders["done_at"][review])
    idea = np.flatnonzero((u[1] < giving.ideas) & finished)
    yield "contributions", _given(block, "idea", idea, orders["done_at"][idea])
    patient = (
        world.draws.uniform("contributions.patience", cases["index"], cases["ordinal"]) < giving.patience
    )
    rows = np.flatnonzero(patient & (cases["closed_at"] < world.calendar.end_us))
    yield "contributions", _given(block, "patience", cases["order"][rows], cases["closed_at"][rows])


def _given(block: Block, kind: str, order: Array, at: Array) -> pa.Table:
    orders, n = block.orders, len(order)
    if cents := _cents(block.world, kind):
        add(block, BOOKED, "information", at, np.full(n, cents * _CENT))
    return canonical(
        "contributions",
        block.world.source,
        {
            "contribution_id": identifiers(
                _KINDS[kind], (orders["index"][order], 8), (orders["ordinal"][order], 4)
            ),
            "customer_id": order_customers(block, order),
            "at": times(at),
            "kind": constant(kind, n),
        },
    )


def _registry(world: World) -> Rows:
    amounts = {
        "referral": ("referral", worth(world)),
        **{kind: ("information", _cents(world, kind)) for kind in ("review", "idea")},
    }
    rows = [
        {
            "kind": kind,
            "from_on": FIRST_DAY.replace(year=FIRST_DAY.year - 1),
            "books_as": books_as,
            "amount": Decimal(cents) / 100,
            "currency": world.company.currency,
            "approved_by": "Simulated board（模拟董事会）",
        }
        for kind, (books_as, cents) in amounts.items()
    ]
    yield "conversion_policies", canonical_rows("conversion_policies", world.source, rows)


def _truth(world: World) -> Iterable[Truth]:
    giving, on = world.shared.money.giving, world.on("contributions")
    yield Parameter("contributions", "intercept", giving.intercept, "logit", on)
    yield Parameter("contributions", "ideas", giving.ideas, "share of orders")
    yield Parameter("contributions", "patience", giving.patience, "share of complaints")
    yield Effect("contributions", "whole_on_reviewing", giving.slope, on, unit="logit a latent unit")


MECHANISM = Mechanism(
    name="contributions",
    meaning=Text(
        "Satisfied customers write reviews; some bring ideas, some bear a failure with patience.",
        "满意的客户写点评；有人提建议，有人包容失误。",
    ),
    null=Text("Reviews have nothing to do with how it was.", "写点评与体验好坏无关。"),
    after=("complaints", "judging", "referrals"),
    rows=_rows,
    registry=_registry,
    truth=_truth,
)
