"""Flows: what people do step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from peakend.errors import PeakendError
from peakend.feedback.intervals import normal_quantile
from peakend.journey.funnels.funnel import touchpoints_of
from peakend.journey.funnels.steps import require_known
from peakend.journey.interactions import Interactions, relation_of
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.engine import Relation
    from peakend.journey.funnels.steps import By

END = "(end)"
OTHER = "(other)"
MOST_DEPTH = 20


class FlowError(PeakendError):
    """A depth or a number of touchpoints that cannot be drawn. `data` has argument and value."""

    code: ClassVar[str] = "journey.flow"


def flows(
    interactions: Interactions,
    start: str | None = None,
    depth: int = 5,
    *,
    kept: int = 8,
    by: By = "customer_id",
    confidence: float = 0.95,
) -> Relation:
    """What follows what, step by step: one row for each step, from_touchpoint and to_touchpoint.

    interactions: relation or frame with event_id, customer_id, at, touchpoint_id and the column `by`; every
    value of `by` is one flow, in the order of (at, event_id). Step 1 is its first event (or its first at
    `start`, where given: flows without one are left out), and goes to the second; `depth` steps at most.
    kept: the most frequent touchpoints of these steps keep their names, the rest is "(other)"; a flow that
    goes on no further goes to "(end)".

    Columns: step, from_touchpoint, to_touchpoint, moved (flows that went so), n (flows at from_touchpoint in
    this step), customers, share (moved of n), share_low, share_high. The interval is Wilson's with n reduced
    by the design effect of several flows of one customer (linearised variance of a ratio of sums over
    customers); several flows of customers who all did the same, or one flow each, leave it as it is.
    Raises `FlowError`, `UnknownTouchpointError`, `InteractionsError`.
    Source: Wilson (1927), JASA 22(158); Cochran (1977), Sampling Techniques, 3rd ed., ch. 9A; effective size
    as in Korn & Graubard (1998), Survey Methodology 24(2).
    """
    moves = flow_moves(interactions, start, depth, kept=kept, by=by)
    return moves.query("journey/funnels/flow_counts", {"z": normal_quantile(confidence)}, name="moves")


def flow_moves(
    interactions: Interactions,
    start: str | None = None,
    depth: int = 5,
    *,
    kept: int = 8,
    by: By = "customer_id",
) -> Relation:
    """The rows that `flows` counts: customer_id, unit_id (the value of `by`), step, from_touchpoint,
    to_touchpoint. Arguments and errors as of `flows`."""
    _require_whole("depth", depth, MOST_DEPTH)
    _require_whole("kept", kept, 1000)
    if by not in ("customer_id", "case_id", "journey_id"):
        raise FlowError(
            Text(
                f"Flows are by customer_id, case_id or journey_id, not {by!r}.",
                f"流向须按 customer_id、case_id 或 journey_id 划分，而不是 {by!r}。",
            ),
            argument="by",
            value=by,
        )
    relation = relation_of(interactions, ["event_id", "customer_id", "at", "touchpoint_id", by])
    events = relation.query(
        f'select i.{by} as unit_id, i.customer_id, i."at", i.event_id, i.touchpoint_id from i '
        f'where i.{by} is not null and i."at" is not null and i.touchpoint_id is not null',
        name="i",
    )
    if start is not None:
        require_known([start], touchpoints_of(relation))
        events = events.query("journey/funnels/flow_started", {"start": start}, name="events")
    params = {"depth": depth, "kept": kept, "other": OTHER, "end": END}
    return events.query("journey/funnels/flow_moves", params, name="events")


def _require_whole(name: str, value: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise FlowError(
            Text(
                f"{name} is a whole number from 1 to {most}, not {value!r}.",
                f"{name} 应为 1 至 {most} 的整数，而不是 {value!r}。",
            ),
            argument=name,
            value=value,
        )
