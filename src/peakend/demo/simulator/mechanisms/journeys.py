"""Which touchpoints an order leads through, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import canonical, numbers, picked, times
from peakend.demo.simulator.draws import normal_quantile
from peakend.demo.simulator.events import in_order, met, moment, occasion
from peakend.demo.simulator.frame import Frame
from peakend.demo.simulator.keys import met_ids, order_customers, order_ids, visitor_ids
from peakend.demo.simulator.mechanism import Mechanism, Rows
from peakend.demo.simulator.mechanisms.visitors import anonymous
from peakend.demo.simulator.truth import Parameter, Truth
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.company import Touchpoint
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

_UNRESOLVED = -0.9


def _shares(block: Block, touchpoint: Touchpoint) -> Array:
    """Probability with which each order leads to the touchpoint."""
    orders, company = block.orders, block.world.company
    by_tier = np.array([touchpoint.tiers.get(tier.name, touchpoint.share) for tier in company.tiers])
    share = by_tier[block.people["tier"][orders["person"]]]
    if touchpoint.when != "each":
        share = share * ((orders["ordinal"] == 1) == (touchpoint.when == "first"))
    if touchpoint.only:
        names = list(company.buying.channels)
        allowed = np.array([name in touchpoint.only for name in names])
        share = share * allowed[orders["channel"]]
    return share


def _step(block: Block) -> None:
    orders, frames = block.orders, []
    for slot, touchpoint in enumerate(block.world.company.touchpoints):
        u = block.world.draws.uniforms("journeys", orders["index"], occasion(orders["ordinal"], slot))
        order = np.flatnonzero(u[0] < _shares(block, touchpoint))
        anchor = orders["at" if touchpoint.phase == "order" else "used_at"][order]
        frames.append(met(block, slot, order, moment(block, slot, anchor, u[1][order], u[2][order])))
    columns = {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}
    block.events = in_order(Frame(columns))


def _rows(block: Block) -> Rows:
    events, company = block.events, block.world.company
    employees = [f"{site.id}-{n:02d}" for site in company.sites for n in range(1, site.staff + 1)]
    staffed = events["employee"] >= 0
    unknown = anonymous(block)
    yield (
        "interactions",
        canonical(
            "interactions",
            block.world.source,
            {
                "event_id": met_ids(events),
                "customer_id": order_customers(block, events["order"], ~unknown),
                "visitor_id": visitor_ids(events["index"], where=unknown),
                "case_id": order_ids(events["index"], events["ordinal"], where=~unknown),
                "at": times(events["at"]),
                "touchpoint_id": picked([t.id for t in company.touchpoints], events["slot"]),
                "kind": picked([t.experience_type for t in company.touchpoints], events["slot"]),
                "channel": picked(company.channels, events["channel"]),
                "site_id": picked(
                    [site.id for site in company.sites],
                    np.maximum(events["site"], 0),
                    where=events["site"] >= 0,
                ),
                "employee_id": picked(employees, np.maximum(events["employee"], 0), where=staffed),
                "duration_s": numbers(events["duration_s"]),
                "outcome": _outcome(events, staffed),
                "emotion": _emotion(block, events),
                "attributes": _attributes(events),
            },
        ),
    )


def _emotion(block: Block, events: Frame) -> pa.Array:
    """What is known of the moment (−1 to 1), with the noise of sensing it; null where it is not known."""
    sensing = block.world.shared.sensing
    known = events["sensed"] < sensing.share
    # Below the share a draw is uniform again: it serves for the noise.
    noise = sensing.noise * normal_quantile(events["sensed"][known] / sensing.share)
    emotion = np.zeros(len(events))
    emotion[known] = np.round(np.tanh((events["latent"][known] + noise) / 2), 2)
    return numbers(emotion, where=known)


def _outcome(events: Frame, staffed: Array) -> pa.Array:
    return picked(["resolved", "unresolved"], events["latent"] < _UNRESOLVED, where=staffed)


def _attributes(events: Frame) -> pa.Array:
    late = events["late"] if "late" in events else np.zeros(len(events), np.int64)
    return picked([f'{{"recorded_days_late": {days}}}' for days in range(100)], late, where=late > 0)


def _truth(world: World) -> Iterable[Truth]:
    yield Parameter("journeys", "sensed", world.shared.sensing.share, "share of events")
    yield Parameter("journeys", "sensing_noise", world.shared.sensing.noise, "latent")
    for touchpoint in world.company.touchpoints:
        yield Parameter(
            "journeys", f"share/{touchpoint.id}", touchpoint.share, "share of orders it can come with"
        )


MECHANISM = Mechanism(
    name="journeys",
    meaning=Text("Every order leads through touchpoints in a sensible order.", "每个订单依次经过各接触点。"),
    after=("orders", "tiers"),
    step=_step,
    rows=_rows,
    truth=_truth,
)
