"""How journeys are meant to go: the order in which the simulator leads through touchpoints, as a design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.demo.simulator.calendar import FIRST_DAY
from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.company import Company, Touchpoint
    from peakend.demo.simulator.journey_plans import Design
    from peakend.demo.simulator.world import World

_VERSION = "1"
START, END = "start", "end"


def _last(company: Company) -> set[str]:
    """Touchpoints that come whenever something gives rise to them, after what gave it."""
    return {company.complaints.touchpoint, company.refunds.touchpoint or company.complaints.touchpoint}


def precedes(company: Company, one: str, other: str) -> bool:
    """Whether `one` always comes before `other`, where an order meets both."""
    a, b = (company.touchpoints[company.slots[name]] for name in (one, other))
    late = _last(company)
    if one in late or other in late:
        return other in late and one not in late and _kind(a) < 2
    if a.phase != b.phase:
        return a.phase == "order"
    return a.minutes[1] < b.minutes[0]


def _kind(touchpoint: Touchpoint) -> int:
    """0: before and while ordering; 1: in use; 2: service afterwards, which a complaint may come between."""
    return {"pre": 0, "purchase": 0, "use": 1, "service": 2}[touchpoint.stage]


def flows(company: Company, design: Design) -> list[tuple[str, str]]:
    """Pairs of steps of which the second may follow the first: no step that must be comes between them."""

    def skips(before: str | None, after: str | None) -> bool:
        between = (
            step
            for step in design.must
            if step not in {before, after}
            and (before is None or precedes(company, before, step))
            and (after is None or precedes(company, step, after))
        )
        return next(between, None) is not None

    pairs = [
        (one, other)
        for one in design.steps
        for other in design.steps
        if one != other and not precedes(company, other, one) and not skips(one, other)
    ]
    first = [(START, step) for step in design.steps if not skips(None, step)]
    last = [(step, END) for step in design.steps if not skips(step, None)]
    return [*first, *pairs, *last]


def _registry(world: World) -> Rows:
    company, names = world.company, {t.id: t for t in world.company.touchpoints}
    handed = {(seam.before, seam.after) for seam in company.journey.seams}
    steps, ways = [], []
    for design in company.journey.designs:
        same = {"design_id": design.id, "version": _VERSION}
        steps += [
            {
                **same,
                "step_id": step,
                "touchpoint_id": step,
                "position": place,
                "name": names[step].name,
                "name_zh": names[step].name_zh,
                "optional": step not in design.must,
                "repeatable": False,
                "valid_from": FIRST_DAY,
            }
            for place, step in enumerate(design.steps, start=1)
        ]
        ways += [
            {**same, "from_step": one, "to_step": other, "handoff": (one, other) in handed}
            for one, other in flows(company, design)
        ]
    yield "design_steps", canonical_rows("design_steps", world.source, steps)
    yield "design_flows", canonical_rows("design_flows", world.source, ways)


MECHANISM = Mechanism(
    name="designs",
    meaning=Text("How journeys are meant to go.", "旅程的设计。"),
    registry=_registry,
)
