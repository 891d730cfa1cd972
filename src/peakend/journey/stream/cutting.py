"""Events to steps: who they belong to, which of them can stand in a journey, and where journeys are cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.journey.stream.rules import Between, ByCase, Gap, LifeCycle

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation
    from peakend.journey.stream.rules import Rule

_NEVER_US = 1 << 62
_TOGETHER = "select t.* from t union all select u.* from u"


@dataclass(frozen=True, slots=True)
class Stream:
    """Events ready to be cut. events: those that can stand in a journey. left_out: those that cannot."""

    events: Relation
    left_out: Relation


def stream_of(interactions: Relation, identities: Relation, now: datetime | None = None) -> Stream:
    """`interactions` (canonical columns) with anonymous visitors recognised by `identities` and by logins.

    now: nothing later has happened yet (default: this moment, in UTC).
    """
    engine = interactions.engine
    moment = {"now": now or datetime.now(UTC).replace(tzinfo=None)}
    visitors = engine.query(
        "journey/stream/visitors", moment, interactions=interactions, identities=identities
    )
    return Stream(
        engine.query("journey/stream/journey_events", moment, interactions=interactions, visitors=visitors),
        engine.query("journey/stream/left_out_events", moment, interactions=interactions),
    )


def cut(events: Relation, rule: Rule) -> Relation:
    """The steps that `rule` makes of `events` (the relation of a `Stream`)."""
    if isinstance(rule, ByCase):
        if rule.otherwise is None:
            return _paused(_threads(events, True, "cases"), _NEVER_US)
        if isinstance(rule.otherwise, Gap):
            return _paused(_threads(events, True), rule.otherwise.microseconds)
        rest = _within(bounded(_threads(events, False, "others"), rule.otherwise))
        return _paused(_threads(events, True, "cases"), _NEVER_US).query(_TOGETHER, u=rest)
    if isinstance(rule, Between):
        return _within(bounded(_threads(events), rule))
    return _paused(_threads(events), _NEVER_US if isinstance(rule, LifeCycle) else rule.microseconds)


def outside(events: Relation, rule: Rule) -> Relation:
    """The events that lie in no journey of `rule`: event_id and customer_id."""
    columns = "select t.event_id, t.customer_id from t where "
    if isinstance(rule, Between):
        return bounded(_threads(events), rule).query(columns + "t.inside = 0")
    if isinstance(rule, ByCase) and not isinstance(rule.otherwise, Gap):
        others = _threads(events, False, "others")
        if rule.otherwise is None:
            return others.query(columns + "1 = 1")
        return bounded(others, rule.otherwise).query(columns + "t.inside = 0")
    return events.query(columns + "1 = 0")


def _threads(events: Relation, by_case: bool = False, kept: str = "all") -> Relation:
    """kept: all, cases or others."""
    chosen = {"by_case": int(by_case), "kept": kept}
    return events.engine.query("journey/stream/threads", chosen, events=events)


def bounded(threads: Relation, rule: Between) -> Relation:
    """Every event of `threads` with the stretch it lies in and whether that is open there."""
    marked = sorted({*rule.start_touchpoints, *rule.end_touchpoints})
    marks = threads.engine.from_arrow(
        pa.table(
            {
                "touchpoint_id": marked,
                "opens": [int(name in rule.start_touchpoints) for name in marked],
                "closes": [int(name in rule.end_touchpoints) for name in marked],
            }
        )
    )
    gap_us = rule.gap.microseconds if rule.gap else _NEVER_US
    return threads.engine.query(
        "journey/stream/bounded_events", {"gap_us": gap_us}, events=threads, marks=marks
    )


def _within(found: Relation) -> Relation:
    return found.engine.query("journey/stream/bounded_steps", bounded=found)


def _paused(threads: Relation, gap_us: int) -> Relation:
    return threads.engine.query("journey/stream/journey_steps", {"gap_us": gap_us}, events=threads)


def journey_tables(inputs: Inputs) -> Results:
    """The tables of the analysis `journeys`, as relations that never leave the engine."""
    stream = stream_of(inputs["interactions"], inputs["identities"])
    steps = cut(stream.events, ByCase(otherwise=Gap(days=inputs.settings.journey_gap_days)))
    query = inputs.engine.query
    return {
        "journey_steps": steps,
        "journeys": query("journey/stream/journeys", journey_steps=steps),
        "journey_events_kept": query("journey/stream/kept", journey_steps=steps),
        "journey_events_left_out": query("journey/stream/left_out", left_out_events=stream.left_out),
    }
