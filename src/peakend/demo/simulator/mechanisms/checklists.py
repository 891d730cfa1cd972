"""Checks of visits: a checklist of timeliness, conduct and quality; one site leaves an item out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from peakend.demo.simulator.calendar import SECOND
from peakend.demo.simulator.columns import canonical, constant, identifiers, numbers, picked, times
from peakend.demo.simulator.events import episodes
from peakend.demo.simulator.keys import met_ids, order_customers
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.recipes import CheckItem
    from peakend.demo.simulator.world import World

# A visit is up to ten minutes early, or up to an hour late.
_EARLY_S, _LATE_S = 600, 3_600


def _checked(block: Block) -> Frame:
    """One event of some orders, where somebody served."""
    events, world = block.events, block.world
    starts, n = episodes(events)
    u = world.draws.uniforms("checklists", events["index"][starts], events["ordinal"][starts])
    chosen = u[0] < world.shared.checklist.share
    looked_at = events.take((starts + (u[1] * n).astype(np.int64))[chosen])
    return looked_at.take(looked_at["employee"] >= 0)


def _rows(block: Block) -> Rows:
    world, checked = block.world, _checked(block)
    employees = [f"{site.id}-{n:02d}" for site in world.company.sites for n in range(1, site.staff + 1)]
    at = checked["at"]
    same = {
        "check_id": identifiers("Z", (checked["index"], 8), (checked["ordinal"], 4)),
        "at": times(at),
        "arrived_at": times(at),
        "touchpoint_id": picked([t.id for t in world.company.touchpoints], checked["slot"]),
        "event_id": met_ids(checked),
        "customer_id": order_customers(block, checked["order"]),
        "employee_id": picked(employees, checked["employee"]),
        "site_id": picked(
            [site.id for site in world.company.sites],
            np.maximum(checked["site"], 0),
            where=checked["site"] >= 0,
        ),
    }
    for number, item in enumerate(world.shared.checklist.items):
        u = world.draws.uniforms("checklists.items", checked["index"], checked["ordinal"], number)
        done = u[0] < _shares(world, checked, item)
        if item.aspect == "timeliness":
            seconds = np.where(done, _EARLY_S * u[1], -_LATE_S * u[1]).astype(np.int64)
            same["due_at"] = times(at + seconds * SECOND)
        yield "service_checks", canonical("service_checks", world.source, {**same, **_item(item, done)})


def _shares(world: World, checked: Frame, item: CheckItem) -> Array:
    """Share of such visits with the item."""
    plan = world.company.journey.forgotten
    share = np.full(len(checked), item.done)
    if world.on("checklists") and item.id == plan.item:
        share[checked["site"] == [site.id for site in world.company.sites].index(plan.site)] = plan.done
    return share


def _item(item: CheckItem, done: Array) -> dict[str, pa.Array]:
    n = len(done)
    return {
        "item": constant(item.name.en, n),
        "item_zh": constant(item.name.zh, n),
        "aspect": constant(item.aspect, n),
        "required": pa.repeat(item.required, n),
        "weight": numbers(np.full(n, item.weight)),
        "score": numbers(done),
    }


def _truth(world: World) -> Iterable[Truth]:
    plan, on = world.company.journey.forgotten, world.on("checklists")
    for item in world.shared.checklist.items:
        yield Parameter("checklists", f"done/{item.id}", item.done, "share of visits")
    yield Effect("checklists", plan.item, plan.done, on, site_id=plan.site, unit="share of visits there")


MECHANISM = Mechanism(
    name="checklists",
    meaning=Text(
        "Visits are checked by a list; one site leaves an item out.",
        "服务按检查表核查；某网点常漏掉其中一项。",
    ),
    null=Text("All sites are alike in the checks.", "各网点检查结果相同。"),
    after=("journeys",),
    rows=_rows,
    truth=_truth,
)
