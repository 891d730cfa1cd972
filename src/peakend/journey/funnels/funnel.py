"""Funnels: how many get from step to step, how long it takes them, and where they are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.feedback.intervals import normal_quantile
from peakend.journey.funnels.attempts import Asked
from peakend.journey.funnels.reaches import reaches
from peakend.journey.funnels.steps import (
    By,
    Counting,
    Exclusion,
    FunnelError,
    Order,
    StepLike,
    exclusions_of,
    require_known,
    steps_of,
)
from peakend.journey.interactions import Interactions, relation_of
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import timedelta

    from peakend.engine import Relation

_BY: tuple[By, ...] = ("customer_id", "case_id", "journey_id")


def funnel(
    interactions: Interactions,
    steps: Sequence[StepLike],
    *,
    order: Order = "ordered",
    window: timedelta | None = None,
    exclusions: Sequence[StepLike | Exclusion] = (),
    by: By = "customer_id",
    counting: Counting = "customers",
    confidence: float = 0.95,
    known: Collection[str] | None = None,
) -> Relation:
    """One row a step: step, label, reached, share_of_first, share_of_previous with Wilson's interval
    (share_of_previous_low, …_high; both shares 0 to 1), dropped (reached the step before, not this one),
    median_s and p90_s (seconds from the step before; the 90th percentile by nearest rank).

    interactions: relation or frame with event_id, customer_id, at, touchpoint_id, the column `by`, and
    channel where a step names one. steps: 2 to 20; each a touchpoint, several touchpoints (any of them), or
    {"touchpoint": …, "channel": …}.

    An attempt is a series of *different* events within one value of `by`, in the order of (at, event_id):
    equal times are in the order of event_id, and one event is never two steps of an attempt.
    order: "ordered": step 1, then step 2, …, with anything in between; "strict": each step is the very next
    event after the one before (an event without a touchpoint lies in between as any other); "unordered": the
    first k steps in any order, step k counting as reached once all of them have happened.
    window: longest time from the first event of the attempt to the last, both included, to the microsecond;
    None: no limit. exclusions: events that break an attempt where they lie between two of its steps (all, or
    those of an `Exclusion`), in the same order of events.
    counting: "customers": every customer once, by the deepest of all attempts (in `by` case_id or journey_id:
    of all cases; a case without a customer counts by itself); "attempts": every event of step 1 begins one,
    and a later event continues the attempt that began last.

    Times are those of the first time each step was reached, since the latest event of the step before that it
    could continue (in `by` case_id or journey_id: in the customer's deepest case, the first of several).
    Unordered: since the latest of the other steps, 0 where this step was done before them.

    known: all touchpoints there are, where that is known; without it the events are read for them once.
    Raises `FunnelError`, `UnknownTouchpointError`, `InteractionsError`.
    Source: Wilson (1927), JASA 22(158); recursion and proof in the docstring of `attempts`.
    """
    relation, asked = _asked(interactions, steps, order, window, exclusions, by, counting, known)
    z = normal_quantile(confidence)
    labels = pa.table(
        {
            "step": pa.array(range(1, len(asked.steps) + 1), pa.int64()),
            "label": pa.array([step.label for step in asked.steps], pa.string()),
        }
    )
    reached = reaches(relation, asked, depth=False)
    return relation.engine.query(
        "journey/funnels/funnel_rows",
        {"z": z},
        step_counts=relation.engine.query("journey/funnels/step_counts", reaches=reached),
        steps=relation.engine.from_arrow(labels),
    )


def funnel_reaches(
    interactions: Interactions,
    steps: Sequence[StepLike],
    *,
    order: Order = "ordered",
    window: timedelta | None = None,
    exclusions: Sequence[StepLike | Exclusion] = (),
    by: By = "customer_id",
    counting: Counting = "customers",
    known: Collection[str] | None = None,
) -> Relation:
    """Who reached what, one row a step and customer (or attempt): the rows that `funnel` counts.

    Columns: customer_id, unit_id (the value of `by`), attempt, step, depth (deepest step reached), wait_us
    (microseconds from the step before). Those at step k are its rows with step = k, those lost after it the
    ones with step = depth = k. Arguments and errors as of `funnel`.
    """
    return reaches(*_asked(interactions, steps, order, window, exclusions, by, counting, known))


def _asked(
    interactions: Interactions,
    steps: Sequence[StepLike],
    order: Order,
    window: timedelta | None,
    exclusions: Sequence[StepLike | Exclusion],
    by: By,
    counting: Counting,
    known: Collection[str] | None,
) -> tuple[Relation, Asked]:
    wanted = steps_of(steps)
    excluded = exclusions_of(exclusions, wanted)
    _require_one_of("order", order, ("ordered", "strict", "unordered"))
    _require_one_of("counting", counting, ("customers", "attempts"))
    _require_one_of("by", by, _BY)
    asked = Asked(wanted, excluded, order, _microseconds(window), by, counting)
    _require_sense(asked)
    channels = {"channel"} if any(one.channels for one in (*wanted, *(e.what for e in excluded))) else set()
    needed = list(dict.fromkeys(["event_id", "customer_id", "at", "touchpoint_id", by, *sorted(channels)]))
    relation = relation_of(interactions, needed)
    named = {name for one in (*wanted, *(e.what for e in excluded)) for name in one.touchpoints}
    require_known(named, touchpoints_of(relation) if known is None else known)
    return relation, asked


def touchpoints_of(relation: Relation) -> list[str]:
    """The different touchpoints of a relation of interactions, sorted."""
    found = relation.query(
        "select i.touchpoint_id from i where i.touchpoint_id is not null group by i.touchpoint_id", name="i"
    )
    return sorted(found.to_arrow()["touchpoint_id"].to_pylist())


def _microseconds(window: timedelta | None) -> int | None:
    if window is None:
        return None
    micro = (window.days * 86_400 + window.seconds) * 1_000_000 + window.microseconds
    if micro <= 0:
        raise FunnelError(
            Text(f"A window is longer than nothing, not {window}.", f"窗口应大于零，而不是 {window}。"),
            Text("Leave it out for no limit.", "如不限时，请省略窗口。"),
            window=micro,
        )
    return micro


def _require_one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        listed = ", ".join(allowed)
        raise FunnelError(
            Text(
                f"{name} is one of {listed}, not {value!r}.", f"{name} 应为 {listed} 之一，而不是 {value!r}。"
            ),
            argument=name,
            value=value,
        )


def _require_sense(asked: Asked) -> None:
    if asked.order == "strict" and asked.exclusions:
        raise FunnelError(
            Text(
                "In a strict funnel nothing lies between two steps, so nothing can be excluded there.",
                "严格漏斗的步骤之间没有其他互动，无须排除。",
            ),
            Text("Leave the exclusions out.", "请去掉排除项。"),
        )
    if asked.order != "unordered":
        return
    count = len(asked.steps)
    if asked.counting == "attempts" or any((e.after, e.before) != (1, count) for e in asked.exclusions):
        raise FunnelError(
            Text(
                "Without an order of steps there is no first one to count attempts by, and no place between "
                "two of them: count customers, and exclude events from the whole attempt.",
                "无序漏斗没有首步，无法按尝试计数，也没有“某两步之间”：请按客户计数，并对整次尝试设置排除。",
            )
        )
    for place, step in enumerate(asked.steps):
        for other in asked.steps[:place]:
            if step.meets(other) and not step.same(other):
                raise FunnelError(
                    Text(
                        f"{other.label} and {step.label} share events without being the same: in an "
                        "unordered funnel it cannot be told which of them an event is.",
                        f"{other.label} 与 {step.label} 有部分重叠：在无序漏斗中无法判定互动属于哪一步。",
                    ),
                    Text("Make them the same, or apart.", "请使二者完全相同或互不重叠。"),
                )
