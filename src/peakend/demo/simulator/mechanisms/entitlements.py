"""Which tier may use which touchpoint, and how soon it is promised to be served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.demo.simulator.columns import canonical_rows
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.demo.simulator.company import Touchpoint
    from peakend.demo.simulator.world import World

_MEANT_FOR = 0.05
"""A tier of which fewer orders lead there comes by favour, not by right."""

_SOONER = 0.5
"""The highest tier is promised half the wait of the lowest."""


def _row(world: World, touchpoint: Touchpoint, channel: str, place: int) -> dict[str, object]:
    tiers = world.company.tiers
    standing = world.company.journey.registry.get(touchpoint.id)
    longest = None if standing is None else standing.service_level_s
    sooner = 1 - (1 - _SOONER) * place / max(len(tiers) - 1, 1)
    return {
        "segmentation": "tier",
        "segment": tiers[place].name,
        "touchpoint_id": touchpoint.id,
        "channel": channel,
        "entitled": touchpoint.tiers.get(tiers[place].name, touchpoint.share) >= _MEANT_FOR,
        "service_level_s": None if longest is None else longest * sooner,
    }


def _registry(world: World) -> Rows:
    company = world.company
    told = [
        touchpoint
        for touchpoint in company.touchpoints
        if touchpoint.share and (touchpoint.tiers or company.journey.registry[touchpoint.id].service_level_s)
    ]
    rows = [
        _row(world, touchpoint, channel, place)
        for touchpoint in told
        for channel in touchpoint.channels or [touchpoint.channel]
        for place in range(len(company.tiers))
    ]
    yield "entitlements", canonical_rows("entitlements", world.source, rows)


MECHANISM = Mechanism(
    name="entitlements",
    meaning=Text("Which tier may use what, and how soon.", "各等级可享用的接触点与服务时限。"),
    registry=_registry,
)
