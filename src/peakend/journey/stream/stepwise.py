"""`episodes`: the steps of journeys, cut from any table of interactions by a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.journey.interactions import canonical, relation_of
from peakend.journey.stream.cutting import cut, outside, stream_of
from peakend.journey.stream.rules import DEFAULT
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from datetime import datetime

    from peakend.engine import Relation
    from peakend.journey.interactions import Interactions
    from peakend.journey.stream.cutting import Stream
    from peakend.journey.stream.rules import Rule

_IDENTITIES = ("customer_id", "kind", "value", "valid_from", "valid_to")


def episodes(
    interactions: Interactions,
    rule: Rule = DEFAULT,
    *,
    identities: Interactions | None = None,
    now: datetime | None = None,
) -> Relation:
    """The steps of the journeys that `rule` cuts: one row an event, in the shape of `journey_steps`.

    interactions: a relation or a frame with event_id (unique) and at; customer_id, visitor_id, case_id,
    touchpoint_id or kind, channel, site_id, duration_s and emotion where they are known. identities: as the
    canonical table; its cookies and devices say whose an anonymous visitor is while they are valid. now:
    nothing later has happened yet (UTC; default: this moment).

    rule: `ByCase(otherwise=Gap(days=30))` unless given; `Gap`, `Between`, `LifeCycle`. Events are ordered by
    time, then event_id, so that equal times and the order of rows change nothing. What can stand in no
    journey is told by `left_out`. Raises `InteractionsError`, `RuleError`.

    An anonymous event belongs to the customer who last logged in as the same visitor, unless an identity has
    told otherwise since; else to the one whose identity is valid then; else to the one who is known next, by
    a login or the start of an identity. Where the evidence names two at once it stays anonymous.

    Source: sessions by a period of inactivity, Catledge & Pitkow (1995), Computer Networks and ISDN Systems
    27(6); cases as in van der Aalst (2016), Process Mining, ch. 5.
    """
    return cut(stream_for(interactions, identities, now).events, rule)


def left_out(
    interactions: Interactions,
    rule: Rule = DEFAULT,
    *,
    identities: Interactions | None = None,
    now: datetime | None = None,
) -> Relation:
    """How many events stand in no journey: reason, events, customers; reasons as in
    `journey_events_left_out`, and `outside` for those that `rule` cuts into none.

    Takes and raises what `episodes` does.
    """
    stream = stream_for(interactions, identities, now)
    beyond = outside(stream.events, rule)
    every = stream.left_out.query(
        "select t.event_id, t.customer_id, t.reason from t "
        "union all select u.event_id, u.customer_id, 'outside' as reason from u",
        u=beyond,
    )
    return every.engine.query("journey/stream/left_out", left_out_events=every)


def stream_for(interactions: Interactions, identities: Interactions | None, now: datetime | None) -> Stream:
    """The events of `interactions` ready to be cut, as `episodes` takes them."""
    relation = canonical(interactions)
    if identities is None:
        known = relation.engine.from_arrow(canonical_table("identities").schema().empty_table())
    else:
        known = relation_of(identities, _IDENTITIES, engine=relation.engine)
    return stream_of(relation, known, now)
