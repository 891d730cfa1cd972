"""Visits before an order of which only the device is known; of some it is told later whose it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import canonical, constant, identifiers, times
from peakend.demo.simulator.events import occasion
from peakend.demo.simulator.keys import customer_ids, visitor_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World


def anonymous(block: Block) -> Array:
    """Which events nobody signed: a share of the visits to media before the order."""
    world, events = block.world, block.events
    unknown = np.zeros(len(events), bool)
    if not world.on("visitors"):
        return unknown
    media = [t.stage == "pre" and t.experience_type == "application" for t in world.company.touchpoints]
    rows = np.flatnonzero(np.array(media)[events["slot"]])
    number = occasion(events["ordinal"][rows], events["slot"][rows])
    drawn = world.draws.uniform("visitors", events["index"][rows], number)
    unknown[rows] = drawn < world.shared.visitors.share
    return unknown


def _rows(block: Block) -> Rows:
    """One identity a device that is recognised: from the order on that its first unsigned visit led to."""
    world, people, orders = block.world, block.people, block.orders
    order = block.events["order"][anonymous(block)]
    first = np.full(block.count, np.iinfo(np.int64).max)
    np.minimum.at(first, orders["person"][order], orders["at"][order])
    visited = first < np.iinfo(np.int64).max
    known = visited & (block.drawn("visitors.recognised")[0] < world.shared.visitors.recognised)
    index = people["index"][known]
    yield (
        "identities",
        canonical(
            "identities",
            world.source,
            {
                "identity_id": identifiers("DV", (index, 8)),
                "customer_id": customer_ids(index),
                "kind": constant("cookie", len(index)),
                "value": visitor_ids(index),
                "valid_from": times(first[known]),
            },
        ),
    )


def _truth(world: World) -> Iterable[Truth]:
    visitors, on = world.shared.visitors, world.on("visitors")
    yield Parameter("visitors", "share", visitors.share, "share of visits to media before an order", on)
    yield Parameter("visitors", "recognised", visitors.recognised, "share of devices", on)


MECHANISM = Mechanism(
    name="visitors",
    meaning=Text(
        "Of some visits before an order only the device is known; many devices are recognised later.",
        "部分购买前的访问只知设备、不知其人；其中多数设备日后被认出。",
    ),
    null=Text("Every visit is signed.", "每次访问都知道是谁。"),
    after=("journeys", "orders"),
    rows=_rows,
    truth=_truth,
)
