"""What new customers cost: an amount a customer, which differs by channel, and campaigns without one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.booking import BOOKED, NEWCOMERS, add, found
from peakend.demo.simulator.columns import (
    canonical,
    canonical_rows,
    constant,
    identifiers,
    money,
    picked,
    times,
)
from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.keys import customer_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.lines import UNIT
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block, Tally
    from peakend.demo.simulator.world import World

_CENT = UNIT // 100


def _rows(block: Block) -> Rows:
    world, orders = block.world, block.orders
    winning = world.company.worth.winning
    first = np.flatnonzero(orders["ordinal"] == 1)
    index, channel = orders["index"][first], orders["channel"][first]
    lead = np.flatnonzero((block.lines["line"] == 0) & (block.lines["ordinal"] == 1))
    names = list(world.company.buying.channels)
    drawn = normal_quantile(world.draws.uniforms("winning", index)[0])
    middle = winning.cost * _levels(world)[channel]
    cents = np.maximum(
        np.round(100 * middle * np.exp(winning.spread * drawn - winning.spread**2 / 2)), 1
    ).astype(np.int64)
    at, units = orders["at"][first], cents * _CENT
    add(block, BOOKED, "acquisition", at, units)
    for place, name in enumerate(names):
        add(block, NEWCOMERS, name, at[channel == place], cents[channel == place])
    n = len(first)
    yield (
        "cost_entries",
        canonical(
            "cost_entries",
            world.source,
            {
                "entry_id": identifiers("A", (index, 8)),
                "customer_id": customer_ids(index),
                "at": times(at),
                "kind": constant("acquisition", n),
                "amount": money(units),
                "currency": constant(world.company.currency, n),
                "product_id": picked([p.id for p in world.company.products], block.lines["product"][lead]),
                "channel": picked(names, channel),
                "status": constant("posted", n),
            },
        ),
    )


def _levels(world: World) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Cost by channel as a multiple of the mean over all new customers; alike where they are."""
    channels = world.company.buying.channels
    weights = np.array([channel.weight for channel in channels.values()])
    levels = np.array([world.company.worth.winning.channels[name] for name in channels])
    mean = weights @ levels / weights.sum()
    return levels if world.on("winning") else np.full(len(levels), mean)


def _closing(world: World, tally: Tally) -> Rows:
    """A line a month and channel, in proportion to what was spent on its new customers."""
    share = world.company.worth.winning.campaigns
    rows = []
    for number, (channel, day, cents) in enumerate(list(found(tally, NEWCOMERS))):
        spent = round(cents * share)
        if not spent:
            continue
        tally[BOOKED, "acquisition", day] += spent * _CENT
        rows.append(
            {
                "entry_id": f"AC{number:05d}",
                "at": datetime.fromisoformat(day),
                "kind": "acquisition",
                "amount": Decimal(spent) / 100,
                "currency": world.company.currency,
                "channel": channel,
                "status": "posted",
            }
        )
    yield "cost_entries", canonical_rows("cost_entries", world.source, rows)


def _truth(world: World) -> Iterable[Truth]:
    winning, on = world.company.worth.winning, world.on("winning")
    yield Parameter("winning", "cost", winning.cost, f"{world.company.currency} a new customer")
    yield Parameter("winning", "campaigns", winning.campaigns, "of what was spent on customers")
    for name, level in winning.channels.items():
        yield Effect("winning", f"channel/{name}", level, on, unit="multiple of the cost")


MECHANISM = Mechanism(
    name="winning",
    meaning=Text("New customers cost more in some channels than in others.", "不同渠道的获客成本不同。"),
    null=Text("New customers cost the same in every channel.", "各渠道获客成本相同。"),
    after=("lines", "orders"),
    rows=_rows,
    closing=_closing,
    truth=_truth,
)
