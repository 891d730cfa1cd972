"""Small errors: met now and then anywhere, often at one touchpoint in one channel, and felt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.columns import canonical, identifiers, picked, times
from peakend.demo.simulator.draws import Array, pick
from peakend.demo.simulator.events import episodes, occasion
from peakend.demo.simulator.keys import REPEATED, met_ids, order_customers
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World

_SEVERITIES = (("minor", 0.8), ("major", 0.17), ("critical", 0.03))
_FINDERS = (("customer", 0.55), ("staff", 0.25), ("audit", 0.1), ("system", 0.1))
_FIXED = 0.7
_MOST_DAYS = 14


def _shares(world: World, events: Frame) -> Array:
    """Share of such events that show an error."""
    plan = world.company.journey.errors
    share = np.full(len(events), world.shared.small_errors.share)
    if world.on("defects"):
        there = events["slot"] == world.company.slots[plan.touchpoint]
        there &= events["channel"] == world.company.channels.index(plan.channel)
        share[there] = plan.share
    return share


def _step(block: Block) -> None:
    """At most one an order: an event of it is looked at, and it shows one as often as n events would."""
    world, events = block.world, block.events
    starts, n = episodes(events)
    u = world.draws.uniforms("defects", events["index"][starts], events["ordinal"][starts])
    looked_at = starts + (u[0] * n).astype(np.int64)
    shown = u[1] < n * _shares(world, events.take(looked_at))
    events["defect"][looked_at[shown]] = True


def _experience(block: Block, events: Frame) -> Array:
    cost = block.world.company.journey.errors.cost if block.world.on("defects") else 0.0
    felt: Array = -cost * events["defect"]
    return felt


def _rows(block: Block) -> Rows:
    world = block.world
    met = block.events.take(block.events["defect"])
    place = met["slot"] + REPEATED * met["again"]
    u = world.draws.uniforms("defects.what", met["index"], occasion(met["ordinal"], met["slot"]))
    fixed_at = met["at"] + ((1 + u[3] * _MOST_DAYS) * DAY).astype(np.int64)
    fixed = ((u[3] * 997) % 1 < _FIXED) & (fixed_at < world.calendar.end_us)
    kinds = world.shared.small_errors.kinds
    kind = (u[0] * len(kinds)).astype(np.int64)
    yield (
        "defects",
        canonical(
            "defects",
            world.source,
            {
                "defect_id": identifiers("DF", (met["index"], 8), (met["ordinal"], 4), (place, 2)),
                "at": times(met["at"]),
                "touchpoint_id": picked([t.id for t in world.company.touchpoints], met["slot"]),
                "channel": picked(world.company.channels, met["channel"]),
                "site_id": picked(
                    [site.id for site in world.company.sites],
                    np.maximum(met["site"], 0),
                    where=met["site"] >= 0,
                ),
                "customer_id": order_customers(block, met["order"]),
                "event_id": met_ids(met),
                "kind": picked([text.en for text in kinds], kind),
                "description": picked([text.zh for text in kinds], kind),
                "severity": picked([name for name, _ in _SEVERITIES], _among(u[1], _SEVERITIES)),
                "found_by": picked([name for name, _ in _FINDERS], _among(u[2], _FINDERS)),
                "fixed_at": times(fixed_at, where=fixed),
            },
        ),
    )


def _among(u: Array, shares: tuple[tuple[str, float], ...]) -> Array:
    return pick(u, np.array([share for _, share in shares]))


def _truth(world: World) -> Iterable[Truth]:
    plan, on = world.company.journey.errors, world.on("defects")
    yield Parameter("defects", "share", world.shared.small_errors.share, "share of events")
    where = f"share/{plan.channel}"
    unit = "share of its events in the channel"
    yield Effect("defects", where, plan.share, on, touchpoint_id=plan.touchpoint, unit=unit)
    yield Effect("defects", "cost", -plan.cost, on)


MECHANISM = Mechanism(
    name="defects",
    meaning=Text(
        "Small errors are frequent at one touchpoint in one channel, and each one is felt.",
        "某接触点在某渠道的小差错特别多，每一处都影响感受。",
    ),
    null=Text("Small errors are as rare everywhere, and nobody minds.", "小差错处处同样少，也无人在意。"),
    after=("journeys", "refunds", "detours"),
    before=("experience",),
    step=_step,
    experience=_experience,
    rows=_rows,
    truth=_truth,
)
