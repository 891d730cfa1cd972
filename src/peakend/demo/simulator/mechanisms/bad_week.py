"""A week out of control: at one touchpoint of one site service takes much longer than it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.demo.simulator.calendar import DAY, as_datetime
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World

_WEEK = 7 * DAY
# The first of January 1970 was a Thursday.
_FIRST_MONDAY = 4 * DAY


def week_us(world: World) -> int:
    """UTC microseconds of the Monday with which the week begins."""
    calendar, share = world.calendar, world.company.journey.bad_week.at
    at = calendar.start_us + int(share * (calendar.end_us - calendar.start_us))
    return (at - _FIRST_MONDAY) // _WEEK * _WEEK + _FIRST_MONDAY


def _step(block: Block) -> None:
    world, events = block.world, block.events
    if not world.on("bad_week"):
        return
    plan, start = world.company.journey.bad_week, week_us(world)
    hit = (events["at"] >= start) & (events["at"] < start + _WEEK)
    hit &= events["slot"] == world.company.slots[plan.touchpoint]
    hit &= events["site"] == [site.id for site in world.company.sites].index(plan.site)
    events["duration_s"][hit] *= plan.factor


def _truth(world: World) -> Iterable[Truth]:
    plan = world.company.journey.bad_week
    yield Effect(
        "bad_week",
        "duration",
        plan.factor,
        world.on("bad_week"),
        touchpoint_id=plan.touchpoint,
        site_id=plan.site,
        starts_at=as_datetime(week_us(world)),
        unit="factor on the duration of one week",
    )


MECHANISM = Mechanism(
    name="bad_week",
    meaning=Text(
        "In one week service at one touchpoint of one site is out of control: it takes much longer.",
        "某一周内，某网点某接触点的服务用时失控。",
    ),
    null=Text("Every week is in control.", "每一周都受控。"),
    after=("journeys", "refunds", "detours"),
    before=("experience",),
    step=_step,
    truth=_truth,
)
