"""Who answers, when, and what: invitations, responses and one answer a question."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.asking import CHANNELS, SILENT, answered
from peakend.demo.simulator.columns import canonical, numbers, picked, times
from peakend.demo.simulator.keys import event_ids, invitation_ids, order_customers, response_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.questionnaire import answers
from peakend.demo.simulator.surveys import FOLLOW_UP_NUMBERS, VISITS, programmes, surveys
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.world import World


def _step(block: Block) -> None:
    block.asked["repeats"] = block.asked["number"]
    block.asked = answered(block, block.asked)


def _customers(block: Block, asked: Frame) -> pa.Array:
    """The record that was asked: after a visit the one that ordered, in a wave the company's own."""
    return order_customers(block, asked["order"])


def _rows(block: Block) -> Rows:
    asked, world = block.asked, block.world
    yield (
        "invitations",
        canonical(
            "invitations",
            world.source,
            {
                "invitation_id": invitation_ids(asked),
                "survey_id": picked([s.id for s in surveys(world)], asked["survey"]),
                "customer_id": _customers(block, asked),
                "channel": picked(CHANNELS, asked["channel"]),
                "sent_at": times(asked["sent_at"]),
                "status": picked([*(name for name, _ in SILENT), "completed"], asked["status"]),
            },
        ),
    )
    done = asked.take(asked["completed"])
    yield "responses", _responses(block, done)
    yield "answers", answers(block, done)


def _responses(block: Block, done: Frame) -> pa.Table:
    world, orders = block.world, block.orders
    visit = done["survey"] == VISITS
    for programme in FOLLOW_UP_NUMBERS:
        visit |= done["survey"] == programmes(world).index(programme)
    order = done["order"]
    about = event_ids(
        orders["index"][order], orders["ordinal"][order], orders["last_slot"][order], where=visit
    )
    return canonical(
        "responses",
        world.source,
        {
            "response_id": response_ids(done),
            "survey_id": picked([s.id for s in surveys(world)], done["survey"]),
            "customer_id": _customers(block, done),
            "invitation_id": invitation_ids(done),
            "event_id": about,
            "answered_at": times(done["answered_at"]),
            "language": picked(["en", "zh"], block.people["chinese"][done["person"]]),
            "channel": picked(CHANNELS, done["channel"]),
            "weight": numbers(done["weight"]),
            "cluster": _clusters(block, order, visit),
        },
    )


@lru_cache(maxsize=8)
def _cluster_names(world: World) -> tuple[str, ...]:
    first = world.calendar.month_starts[0]
    days = [first.fromordinal(first.toordinal() + n).isoformat() for n in range(world.calendar.days)]
    return tuple(f"{site.id}/{day}" for site in world.company.sites for day in days)


def _clusters(block: Block, order: Array, visit: Array) -> pa.Array:
    """Site and day of the visit."""
    world, orders = block.world, block.orders
    calendar = world.calendar
    day = calendar.local_day(orders["used_at"][order]) - calendar.local_day(np.array([calendar.start_us]))
    number = orders["place"][order] * calendar.days + np.clip(day, 0, calendar.days - 1)
    return picked(_cluster_names(world), number, where=visit)


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter("responding", "intercept", world.shared.response.intercept, "logit")
    yield Parameter("responding", "answer_noise", world.company.experience.answer_noise, "latent")
    for metric, cuts in world.shared.thresholds.items():
        for number, cut in enumerate(cuts, start=1):
            yield Parameter("responding", f"threshold/{metric}/{number}", cut, "latent")


MECHANISM = Mechanism(
    name="responding",
    meaning=Text("Invitations are answered, or not, on ordinal scales.", "受邀者以有序量表作答或不作答。"),
    after=("waves",),
    step=_step,
    rows=_rows,
    truth=_truth,
)
