"""The relational survey: each quarter a sample of customers with high tiers over-represented on purpose.

Weights are the inverse of the sampling share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.mechanism import Mechanism
from peakend.demo.simulator.surveys import WAVE_NUMBERS, surveys
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_SENDING_DAYS = 10


def latest_orders(block: Block, before: int) -> Array:
    """Row of every person's latest order finished before the time; −1 where there is none."""
    orders = block.orders
    finished = np.flatnonzero(~np.isnan(orders["overall"]) & (orders["done_at"] < before))
    latest = np.full(block.count, -1)
    latest[orders["person"][finished]] = finished
    return latest


def _step(block: Block) -> None:
    world, people = block.world, block.people
    sampled = np.array([tier.sampled for tier in world.company.tiers])[people["tier"]]
    for number, survey in enumerate(surveys(world)):
        if survey.wave is None:
            continue
        start = world.calendar.at(survey.starts_on)
        latest = latest_orders(block, start)
        u = block.drawn("waves", number)
        person = np.flatnonzero((latest >= 0) & (u[0] < sampled))
        hours = world.calendar.time_of_day(u[1][person])
        sent = start + (u[2][person] * _SENDING_DAYS).astype(np.int64) * DAY + hours
        until = min(world.calendar.at(survey.ends_on) + DAY, world.calendar.end_us)
        block.asked = block.asked.followed_by(
            Frame(
                {
                    "survey": np.full(len(person), number),
                    "person": person,
                    "index": people["index"][person],
                    "number": np.full(len(person), WAVE_NUMBERS + number),
                    "order": latest[person],
                    "sent_at": sent,
                    "until": np.full(len(person), until),
                    "overall": block.orders["overall"][latest[person]],
                    "weight": 1 / sampled[person],
                    "minds": block.orders["minds"][latest[person]],
                    "surprised": block.orders["surprised"][latest[person]],
                }
            )
        )


def _truth(world: World) -> Iterable[Truth]:
    for tier in world.company.tiers:
        yield Parameter("waves", f"sampled/{tier.name}", tier.sampled, "share of the tier's customers")


MECHANISM = Mechanism(
    name="waves",
    meaning=Text(
        "A relational survey each quarter, sampled by tier.", "每季度一次、按等级抽样的客户关系调查。"
    ),
    after=("tiers", "visits"),
    step=_step,
    truth=_truth,
)
