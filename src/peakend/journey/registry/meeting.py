"""Who met which touchpoint in the log: the one query behind every count of the registry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from peakend.journey.interactions import relation_of

if TYPE_CHECKING:
    from peakend.declaration import Inputs
    from peakend.engine import Relation
    from peakend.journey.interactions import Interactions


def touchpoints_met(interactions: Interactions) -> Relation:
    """Every touchpoint in `interactions`: touchpoint_id, events, customers, anonymous_events, first_at,
    last_at.

    interactions: a relation or a frame with event_id, customer_id, at, touchpoint_id; `InteractionsError`
    otherwise. Touchpoints appear as the log names them, registered or not.
    """
    meetings = relation_of(interactions, ("event_id", "customer_id", "at", "touchpoint_id"))
    pairs = meetings.engine.query("journey/registry/customers_met", meetings=meetings)
    return meetings.engine.query("journey/registry/met", customers_met=pairs)


def now() -> datetime:
    """This moment in UTC, as engines compare it."""
    return datetime.now(UTC).replace(tzinfo=None)


def meetings(inputs: Inputs) -> Relation:
    """The events that can have happened, by touchpoint; by what happened where no touchpoint is named."""
    return inputs.query("journey/registry/meetings", {"now": now()})


def customers_met(inputs: Inputs) -> Relation:
    """One row a touchpoint and customer (null: not identified), with its events."""
    return inputs.query("journey/registry/customers_met", meetings=meetings(inputs))


def customers_at(inputs: Inputs, touchpoint: str) -> Relation:
    """The identified customers whom the record of `touchpoint` counts, with their events there."""
    return inputs.engine.query(
        "select c.customer_id, c.events, c.first_at, c.last_at from customers_met c "
        "where c.touchpoint_id = $touchpoint and c.customer_id is not null",
        {"touchpoint": touchpoint},
        customers_met=customers_met(inputs),
    )
