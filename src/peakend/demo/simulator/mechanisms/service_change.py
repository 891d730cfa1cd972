"""The service-change log: most changes do nothing, one hurts the most valuable customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import as_datetime
from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def _experience(block: Block, events: Frame) -> Array:
    world, shift = block.world, np.zeros(len(events))
    if not world.on("service_change"):
        return shift
    tier = block.people["tier"][events["person"]]
    for change in world.company.changes:
        touched = events["slot"] == world.company.slots[change.touchpoint]
        touched &= events["at"] >= world.change_us(change.at)
        if change.tiers:
            touched &= np.array([name in change.tiers for name in world.tier_names])[tier]
        if change.site is not None:
            touched &= events["site"] == [site.id for site in world.company.sites].index(change.site)
        shift += change.size * touched
    return shift


def _registry(world: World) -> Rows:
    rows = [
        {
            "change_id": change.id,
            "at": as_datetime(world.change_us(change.at)),
            "touchpoint_id": change.touchpoint,
            "site_id": change.site,
            "kind": change.kind,
            "description": change.description,
            "reason": change.reason,
        }
        for change in world.company.changes
    ]
    yield "changes", canonical_rows("changes", world.source, rows)


def _truth(world: World) -> Iterable[Truth]:
    for change in world.company.changes:
        for tier in change.tiers or (None,):
            yield Effect(
                "service_change",
                change.id,
                change.size,
                world.on("service_change"),
                touchpoint_id=change.touchpoint,
                site_id=change.site,
                segmentation=None if tier is None else "tier",
                segment=tier,
                starts_at=as_datetime(world.change_us(change.at)),
            )


MECHANISM = Mechanism(
    name="service_change",
    meaning=Text(
        "One of the logged changes lowers satisfaction at its touchpoint among the most valuable customers.",
        "变更记录中有一项降低了高价值客户在该接触点的满意水平。",
    ),
    null=Text("None of the logged changes has an effect.", "变更记录中的各项均无影响。"),
    experience=_experience,
    registry=_registry,
    truth=_truth,
)
