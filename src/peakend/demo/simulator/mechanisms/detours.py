"""Journeys not lived as designed: at one site one step is left out, done twice, or taken too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import SECOND
from peakend.demo.simulator.events import in_order
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World

_TEN_MINUTES = 600 * SECOND


def _step(block: Block) -> None:
    world, events = block.world, block.events
    if not world.on("detours"):
        return
    plan = world.company.journey.detours
    site = [site.id for site in world.company.sites].index(plan.site)
    rows = np.flatnonzero((events["slot"] == world.company.slots[plan.touchpoint]) & (events["site"] == site))
    u = world.draws.uniform("detours", events["index"][rows], events["ordinal"][rows])
    edges = np.cumsum([plan.skipped, plan.repeated, plan.late])
    fate = np.searchsorted(edges, u, side="right")
    second = _second_time(block, events, rows[fate == 1])
    _swap_with_the_next(events, rows[fate == 2])
    kept = np.ones(len(events) + len(second), bool)
    kept[rows[fate == 0]] = False
    block.events = in_order(events.followed_by(second), kept)


def _following(events: Frame, rows: Array) -> Array:
    """Row of the next event of the same order; −1 where there is none."""
    after = np.minimum(rows + 1, len(events) - 1)
    same = (events["order"][after] == events["order"][rows]) & (after > rows)
    found: Array = np.where(same, after, -1)
    return found


def _second_time(block: Block, events: Frame, rows: Array) -> Frame:
    """The same step again, before the next one."""
    second, after = events.take(rows), _following(events, rows)
    at = events["at"]
    until = np.where(after >= 0, at[after], np.minimum(at[rows] + _TEN_MINUTES, block.world.calendar.end_us))
    second["at"] = (at[rows] + until) // (2 * SECOND) * SECOND
    second["again"] = np.ones(len(rows), bool)
    return second


def _swap_with_the_next(events: Frame, rows: Array) -> None:
    after = _following(events, rows)
    rows, after = rows[after >= 0], after[after >= 0]
    at = events["at"].copy()
    at[rows], at[after] = events["at"][after], events["at"][rows]
    events["at"] = at


def _truth(world: World) -> Iterable[Truth]:
    plan, on = world.company.journey.detours, world.on("detours")
    for name in ("skipped", "repeated", "late"):
        size = getattr(plan, name)
        yield Effect(
            "detours",
            name,
            size,
            on,
            touchpoint_id=plan.touchpoint,
            site_id=plan.site,
            unit="share of journeys",
        )


MECHANISM = Mechanism(
    name="detours",
    meaning=Text(
        "At one site a step of the designed journey is skipped, repeated or taken out of order.",
        "某网点的一个设计步骤被跳过、重复或颠倒次序。",
    ),
    null=Text("Journeys are lived as designed.", "旅程按设计进行。"),
    after=("journeys",),
    before=("experience", "mismatch", "refunds"),
    step=_step,
    truth=_truth,
)
