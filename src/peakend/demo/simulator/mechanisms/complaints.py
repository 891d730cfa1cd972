"""Complaints: the worse the worst moment of an order, the likelier. Each opens a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from peakend.demo.simulator.answering import score
from peakend.demo.simulator.calendar import DAY
from peakend.demo.simulator.columns import canonical, constant, numbers, picked, times
from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.events import felt, in_order, met, moment
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.keys import case_ids, order_customers
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.truth import Effect, Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.world import World

_DAYS_OPEN = (3.0, 0.7)


def _step(block: Block) -> None:
    world, events, orders = block.world, block.events, block.orders
    complaints = world.company.complaints
    worst = np.full(len(orders), np.nan)
    starts = np.flatnonzero(np.diff(events["order"], prepend=-1))
    worst[events["order"][starts]] = np.minimum.reduceat(events["latent"], starts)
    chance = (
        special.expit(complaints.intercept - complaints.slope * worst)
        if world.on("complaints")
        else np.where(np.isnan(worst), np.nan, complaints.share)
    )
    u = block.drawn_orders("complaints")
    order = np.flatnonzero(u[0] < chance)
    slot = world.company.slots[complaints.touchpoint]
    ends = np.append(starts[1:], len(events))[np.searchsorted(events["order"][starts], order)] - 1
    raised = met(block, slot, order, moment(block, slot, events["at"][ends], u[1][order], u[2][order]))
    raised["latent"] = felt(block, raised)
    block.events = in_order(events.followed_by(raised))
    block.cases = _cases(block, raised, worst)


def _cases(block: Block, raised: Frame, worst: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Frame:
    u = block.world.draws.uniforms("complaints.case", raised["index"], raised["ordinal"])
    median, spread = _DAYS_OPEN
    closed = raised["at"] + (median * np.exp(spread * normal_quantile(u[0])) * DAY).astype(np.int64)
    return Frame(
        {
            **{name: raised[name] for name in ("order", "index", "ordinal", "slot", "at", "latent")},
            "worst": worst[raised["order"]],
            "closed_at": closed,
            "answer_noise": normal_quantile(u[1]),
        }
    )


def _rows(block: Block) -> Rows:
    cases, world = block.cases, block.world
    closed = cases["closed_at"] < world.calendar.end_us
    severity = np.digitize(cases["worst"], [-2.5, -1.5])
    noise = world.company.experience.answer_noise * cases["answer_noise"]
    yield (
        "cases",
        canonical(
            "cases",
            world.source,
            {
                "case_id": case_ids(cases["index"], cases["ordinal"]),
                "customer_id": order_customers(block, cases["order"]),
                "touchpoint_id": picked([t.id for t in world.company.touchpoints], cases["slot"]),
                "kind": constant("complaint", len(cases)),
                "severity": picked(["high", "medium", "low"], severity),
                "status": picked(["open", "closed"], closed),
                "opened_at": times(cases["at"]),
                "due_at": times(cases["at"] + 7 * DAY),
                "closed_at": times(cases["closed_at"], where=closed),
                "recovery_score": numbers(score(world, "csat", cases["latent"] + noise), where=closed),
            },
        ),
    )


def _truth(world: World) -> Iterable[Truth]:
    complaints, on = world.company.complaints, world.on("complaints")
    yield Effect("complaints", "worst_moment", -complaints.slope, on, unit="logit a latent unit")
    yield Parameter("complaints", "intercept", complaints.intercept, "logit", on)
    yield Parameter("complaints", "share_when_off", complaints.share, "share of orders", not on)


MECHANISM = Mechanism(
    name="complaints",
    meaning=Text("Bad moments lead to complaints.", "糟糕的时刻引发投诉。"),
    null=Text("Complaints come at random.", "投诉随机发生。"),
    after=("experience",),
    step=_step,
    rows=_rows,
    truth=_truth,
)
