"""A gesture at the end, tried with customers drawn by chance: it lifts the end and brings them back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from peakend.demo.simulator.calendar import as_datetime
from peakend.demo.simulator.columns import canonical, canonical_rows, constant, picked, times
from peakend.demo.simulator.keys import customer_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World

_ARMS = ("none", "control", "gesture")
_CONTROL, _GESTURE = 1, 2
INITIATIVE = "END-GESTURE"


def _step(block: Block) -> None:
    """Everybody's arm, drawn before anything else is known."""
    u, share = block.drawn("gesture")[0], block.world.shared.trial.share
    block.people["arm"] = np.where(u < share / 2, _CONTROL, np.where(u < share, _GESTURE, 0))


def _pace(block: Block, person: Array, ordinal: int, day: Array) -> Array:
    plan = block.world.company.journey.gesture
    treated = (block.people["arm"][person] == _GESTURE) & (day >= plan.at * block.world.calendar.days)
    return np.where(treated & block.world.on("gesture"), plan.pace, 1.0)


def _experience(block: Block, events: Frame) -> Array:
    world, shift = block.world, np.zeros(len(events))
    if not world.on("gesture"):
        return shift
    plan = world.company.journey.gesture
    rows = np.flatnonzero(events["slot"] == world.company.slots[plan.touchpoint])
    treated = block.people["arm"][events["person"][rows]] == _GESTURE
    shift[rows[treated & (events["at"][rows] >= world.change_us(plan.at))]] = plan.lift
    return shift


def _rows(block: Block) -> Rows:
    world = block.world
    taking = block.people.take(block.people["arm"] > 0)
    n, calendar = len(taking), world.calendar
    start = world.change_us(world.company.journey.gesture.at)
    yield (
        "treatments",
        canonical(
            "treatments",
            world.source,
            {
                "initiative_id": constant(INITIATIVE, n),
                "unit_kind": constant("customer", n),
                "unit_id": customer_ids(taking["index"]),
                "arm": picked(_ARMS, taking["arm"]),
                "assigned_at": times(np.maximum(calendar.local_midnight(taking["joined"]), start)),
                "randomised": pa.repeat(True, n),
            },
        ),
    )


def _registry(world: World) -> Rows:
    plan = world.company.journey.gesture
    starts = as_datetime(world.change_us(plan.at)).date()
    row = {
        "initiative_id": INITIATIVE,
        "name": f"{plan.name.en}（{plan.name.zh}）",
        "touchpoint_id": plan.touchpoint,
        "level": "operational",
        "starts_on": starts,
        "currency": world.company.currency,
    }
    yield "initiatives", canonical_rows("initiatives", world.source, [row])
    promise = {
        "promise_id": INITIATIVE,
        "touchpoint_id": plan.touchpoint,
        "claim": row["name"],
        "starts_on": starts,
        "unit_cost": Decimal(str(plan.unit_cost)),
        "currency": world.company.currency,
    }
    yield "promises", canonical_rows("promises", world.source, [promise])


def _truth(world: World) -> Iterable[Truth]:
    plan, on = world.company.journey.gesture, world.on("gesture")
    since = as_datetime(world.change_us(plan.at))
    yield Effect("gesture", "lift", plan.lift, on, touchpoint_id=plan.touchpoint, starts_at=since)
    unit = "factor on the rate of buying"
    yield Effect("gesture", "pace", plan.pace, on, starts_at=since, unit=unit)
    yield Parameter("gesture", "unit_cost", plan.unit_cost, world.company.currency)
    yield Parameter("gesture", "share", world.shared.trial.share, "share of customers, half of them control")


MECHANISM = Mechanism(
    name="gesture",
    meaning=Text(
        "A gesture at the end, tried with customers drawn by chance, lifts the end and brings them back.",
        "随机抽取客户试行的收尾关怀，提升终值并带来回头客。",
    ),
    null=Text("The gesture is tried and does nothing.", "收尾关怀照常试行，但毫无作用。"),
    after=("people",),
    before=("orders",),
    step=_step,
    pace=_pace,
    experience=_experience,
    rows=_rows,
    registry=_registry,
    truth=_truth,
)
