"""Referrals: new customers come through somebody they know, the likelier the better that one likes us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from peakend.demo.simulator.booking import BOOKED, add
from peakend.demo.simulator.columns import canonical, constant, days, identifiers, money, times
from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.keys import customer_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.mechanisms.orders import first_purchases
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_CENT = UNIT // 100


def _referred(block: Block) -> tuple[Array, Array]:
    """(person, number of the one who brought them): drawn from what is known of two numbers alone.

    Whoever one knows has a lower number, so that histories do not depend on how many customers there are.
    """
    world, index = block.world, block.people["index"]
    plan = world.shared.money.referring
    u = block.drawn("referrals")
    knows = np.minimum(plan.acquaintance, index - 1)
    friend = index - 1 - np.floor(u[0] * knows).astype(np.int64)
    someone = np.maximum(friend, 1)
    attitude = world.company.experience.attitude * normal_quantile(
        world.draws.uniforms("attitude", someone)[0]
    )
    if not world.on("attitude"):
        attitude = np.zeros(block.count)
    slope = plan.slope if world.on("referrals") else 0.0
    chance = special.expit(plan.intercept + slope * attitude)
    # The friend was there a day before at least; both days are local.
    calendar = world.calendar
    came = calendar.day_of(first_purchases(world, someone))
    person = np.flatnonzero((index > 1) & (u[1] < chance) & (came < block.people["joined"]))
    return person, someone[person]


def worth(world: World) -> int:
    """What one referral is worth, in cents."""
    return round(100 * world.shared.money.referring.worth * world.company.buying.spend_mean)


def _rows(block: Block) -> Rows:
    world, people = block.world, block.people
    person, friend = _referred(block)
    index, since = people["index"][person], people["joined"][person]
    n = len(person)
    yield (
        "relationships",
        canonical(
            "relationships",
            world.source,
            {
                "relationship_id": identifiers("RF", (index, 8)),
                "from_customer_id": customer_ids(friend),
                "to_customer_id": customer_ids(index),
                "kind": constant("referral", n),
                "since_on": days(since),
                "evidence": constant("referral code", n),
            },
        ),
    )
    first = np.flatnonzero(block.orders["ordinal"] == 1)
    at = block.orders["at"][first][person]
    booked = world.draws.uniform("referrals.booked", index) < world.shared.money.referring.booked
    yield "value_entries", _entries(block, index[booked], friend[booked], at[booked])
    yield "contributions", _given(block, index[~booked], friend[~booked], at[~booked])


def _entries(block: Block, index: Array, friend: Array, at: Array) -> pa.Table:
    world, n = block.world, len(index)
    units = np.full(n, worth(world) * _CENT)
    add(block, BOOKED, "referral", at, units)
    return canonical(
        "value_entries",
        world.source,
        {
            "entry_id": identifiers("VR", (index, 8)),
            "customer_id": customer_ids(friend),
            "at": times(at),
            "kind": constant("referral", n),
            "amount": money(units),
            "currency": constant(world.company.currency, n),
            "method": constant("acquisition cost saved", n),
            "status": constant("posted", n),
        },
    )


def _given(block: Block, index: Array, friend: Array, at: Array) -> pa.Table:
    """Referrals that were not booked are contributions, which a policy converts."""
    add(block, BOOKED, "referral", at, np.full(len(index), worth(block.world) * _CENT))
    return canonical(
        "contributions",
        block.world.source,
        {
            "contribution_id": identifiers("GR", (index, 8)),
            "customer_id": customer_ids(friend),
            "at": times(at),
            "kind": constant("referral", len(index)),
            "evidence": constant("referral code", len(index)),
        },
    )


def _truth(world: World) -> Iterable[Truth]:
    plan, on = world.shared.money.referring, world.on("referrals")
    yield Parameter("referrals", "intercept", plan.intercept, "logit")
    yield Parameter("referrals", "booked", plan.booked, "share of referrals")
    yield Parameter("referrals", "worth", worth(world) / 100, world.company.currency)
    yield Effect("referrals", "attitude_on_referring", plan.slope, on, unit="logit a latent unit")


MECHANISM = Mechanism(
    name="referrals",
    meaning=Text(
        "Customers who like the company bring others, who join later.",
        "满意的客户推荐他人，被推荐者随后加入。",
    ),
    null=Text("Who brings others has nothing to do with liking the company.", "推荐与否与满意倾向无关。"),
    after=("attitude", "orders"),
    rows=_rows,
    truth=_truth,
)
