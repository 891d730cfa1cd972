"""Busy and quiet months and weekdays. The calendar is made with or without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.world import World


def _truth(world: World) -> Iterable[Truth]:
    volume, on = world.company.volume, world.on("seasonality")
    for month, level in enumerate(volume.by_month, start=1):
        yield Parameter("seasonality", f"month/{month}", level, "relative volume", on)
    for weekday, level in enumerate(volume.by_weekday, start=1):
        yield Parameter("seasonality", f"weekday/{weekday}", level, "relative volume", on)


MECHANISM = Mechanism(
    name="seasonality",
    meaning=Text("Orders follow the season and the day of the week.", "订单随季节与星期变化。"),
    null=Text("Every day is as busy as every other.", "每一天同样繁忙。"),
    truth=_truth,
)
