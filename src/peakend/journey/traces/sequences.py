"""Variants: the different sequences of touchpoints that journeys take, most frequent first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import pyarrow as pa

from peakend.errors import PeakendError
from peakend.journey.interactions import Interactions, relation_of
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.engine import Relation

By = Literal["customer_id", "case_id", "journey_id"]
SEPARATOR = " → "
LONGEST = 4_000
"""Characters of a sequence that are spelled; of a longer one the beginning and a digest of the whole."""


class VariantsError(PeakendError):
    """`by` is no column that tells journeys apart. `data` has by."""

    code: ClassVar[str] = "journey.traces"


def variants(
    interactions: Interactions, by: By = "customer_id", *, collapse: bool = False, longest: int = LONGEST
) -> Relation:
    """Every different sequence of touchpoints and how many journeys took it.

    interactions: relation or frame with event_id, customer_id, at, touchpoint_id, emotion and the column
    `by`, which tells journeys apart (of a frame, customer_id and emotion may be missing). Rows without a
    journey, a time or a touchpoint are left out; equal times are ordered by event_id.
    collapse: a touchpoint met several times in a row counts once and is marked: A A A B becomes A+ → B.
    longest: characters that are spelled. Of a longer sequence the beginning and the MD5 of the whole, so that
    different ones stay different and a million events make no gigabyte.

    One row a variant: place (1 for the most frequent, ties by spelling), variant (see `steps_of`), steps,
    count (journeys), customers, share, cumulative_share, median_s (seconds from first to last event),
    emotion (mean over journeys of each journey's mean, −1 to 1), emotion_sd (between journeys), emotion_n
    (journeys with a feeling). Rows come in any order: sort by place. Raises `VariantsError`,
    `InteractionsError`.
    Source: van der Aalst (2016), Process Mining, 2nd ed., section 5.2 (a simple log as a multiset of traces).
    """
    found = _journeys(interactions, by, collapse, longest)
    return found.query("journey/traces/variants", {"same": by == "customer_id"}, name="journey_variants")


def journey_variants(
    interactions: Interactions, by: By = "customer_id", *, collapse: bool = False, longest: int = LONGEST
) -> Relation:
    """What `variants` counts, one row a journey: customer_id, journey_id, variant, spelled (false where the
    variant is cut), steps, duration_us, emotion (mean of its moments, null where none is known)."""
    found = _journeys(interactions, by, collapse, longest)
    customer = "t.journey_id" if by == "customer_id" else "t.customer_id"
    return found.query(
        f"select {customer} as customer_id, t.journey_id, t.variant, t.spelled, t.steps, "  # noqa: S608
        "t.duration_us, t.emotion from t"
    )


def _journeys(interactions: Interactions, by: str, collapse: bool, longest: int) -> Relation:
    """`journey_variants`, without the customer where journeys are customers."""
    if by not in get_args(By):
        raise VariantsError(
            Text(
                f"Journeys are told apart by customer_id, case_id or journey_id, not by {by!r}.",
                f"旅程按 customer_id、case_id 或 journey_id 区分，而不是 {by!r}。",
            ),
            by=by,
        )
    relation = relation_of(_completed(interactions, by), ("event_id", "at", "touchpoint_id", by))
    keyed = relation.query(f"journey/traces/by_{by.removesuffix('_id')}", name="interactions")
    events = keyed.query(
        "journey/traces/collapsed_events" if collapse else "journey/traces/events", name="interactions"
    )
    sequences = events.query("journey/traces/sequences", name="events")
    return sequences.query("journey/traces/journey_variants", {"longest": longest}, name="sequences")


def steps_of(variant: str) -> list[str]:
    """The touchpoints of a spelled variant in order; an arrow within a name, doubled there, is single again.

    Of a variant made with `collapse`, the marks stay.
    """
    return [step.replace("→→", "→") for step in variant.split(SEPARATOR)]


def _completed(interactions: Interactions, by: str) -> Interactions:
    """A frame with the columns that may be missing from it; a relation as it is."""
    from peakend.engine import Relation

    if isinstance(interactions, Relation):
        return interactions
    try:
        table = interactions if isinstance(interactions, pa.Table) else pa.table(interactions)
    except (TypeError, ValueError, pa.ArrowException):
        return interactions  # `relation_of` says what is wrong
    for name, kind in (("customer_id", pa.string()), ("emotion", pa.float64())):
        if name not in table.column_names and name != by:
            table = table.append_column(name, pa.nulls(len(table), kind))
    return table
