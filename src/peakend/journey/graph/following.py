"""What follows what: the directly-follows graph of journeys, as lazily run relations."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import pyarrow as pa

from peakend.errors import PeakendError
from peakend.feedback.intervals import normal_quantile
from peakend.journey.interactions import relation_of
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.engine import Engine, Relation
    from peakend.journey.interactions import Interactions

By = Literal["customer_id", "case_id", "journey_id"]

_STEPS = """
select t.{by} as journey_id, t.event_id, {customer} as customer_id, t."at", t.touchpoint_id,
       {emotion} as emotion
from t
where t.{by} is not null and t."at" is not null and t.touchpoint_id is not null
"""
_PLAIN_STEPS = """
select t.{by} as journey_id, t.event_id, t."at", t.touchpoint_id
from t
where t.{by} is not null and t."at" is not null and t.touchpoint_id is not null
"""
_OPTIONAL = {"customer_id": pa.string(), "emotion": pa.float64()}
_SQL_TYPES = {"customer_id": "varchar", "emotion": "double"}


class ByError(PeakendError):
    """Journeys are told apart by customer_id, case_id or journey_id. `data` has by."""

    code: ClassVar[str] = "journey.by"


def directly_follows(
    interactions: Interactions, by: By = "customer_id", *, plain: bool = False, confidence: float = 0.95
) -> Relation:
    """Which touchpoint follows which, one row an edge.

    interactions: event_id, `by`, at, touchpoint_id; customer_id and emotion (−1 to 1) where there are any.
    by: whose events make a journey. They are taken in the order of at, then event_id; rows without journey,
    time or touchpoint are left out.

    Gives kind ("step"; "start": into the first touchpoint; "end": out of the last), from_touchpoint_id,
    to_touchpoint_id ("start" and "end" there), transitions, journeys, customers; share of what leaves
    from_touchpoint_id (0 to 1); self_loop; rework (transitions to a touchpoint the journey has met before);
    there_and_back (transitions that close A → B → A); wait_median_s, wait_p90_s (seconds, nearest rank);
    emotion (mean on arrival), emotion_low, emotion_high (t, variance between customers; null for fewer than
    three of them), emotion_n.

    plain: only from_touchpoint_id, to_touchpoint_id, transitions, of the steps: as fast as SQL by hand.

    Raises `ByError`, `InteractionsError`.
    Source: van der Aalst (2016), Process Mining: Data Science in Action, ch. 5 (directly-follows).
    """
    steps = steps_of(interactions, by, plain=plain)
    engine = steps.engine
    if plain:
        return engine.query("journey/graph/plain_counts", steps=steps)
    passages = cut_passages(engine, steps)
    edges = edges_of(engine, passages)
    return engine.query("journey/graph/told_edges", _t_around(normal_quantile(confidence)), edges=edges)


def _t_around(z: float) -> dict[str, float]:
    """t of k degrees of freedom is z + first / k + second / k² + third / k³, to 3 % from k = 2 on.

    Source: Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.7.5.
    """
    return {
        "z": z,
        "first": (z**3 + z) / 4,
        "second": (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        "third": (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    }


def steps_of(interactions: Interactions, by: By = "customer_id", *, plain: bool = False) -> Relation:
    """Steps (journey_id, event_id, customer_id, at, touchpoint_id, emotion) of `interactions`.

    plain: without customer_id and emotion. Raises `ByError`, `InteractionsError`.
    """
    if by not in get_args(By):
        raise ByError(
            Text(
                f"Journeys are told apart by customer_id, case_id or journey_id, not by {by!r}.",
                f"旅程可按 customer_id、case_id 或 journey_id 划分，而不是 {by!r}。",
            ),
            by=by,
        )
    relation = relation_of(interactions, ("event_id", by, "at", "touchpoint_id"))
    if plain:
        return relation.query(_PLAIN_STEPS.replace("{by}", by))
    there = set(columns_of(relation))
    text = _STEPS.replace("{by}", by)
    for name in _OPTIONAL:
        given = f"t.{name}" if name in there else f"cast(null as {_SQL_TYPES[name]})"
        text = text.replace("{" + name.removesuffix("_id") + "}", given)
    return relation.query(text)


def columns_of(relation: Relation) -> list[str]:
    """The names of the columns of `relation`, which no row is read for."""
    names: list[str] = relation.query("select * from t where 1 = 0").to_arrow().column_names
    return names


def visits_of(engine: Engine, steps: Relation) -> Relation:
    """One row an event, with its place, what came before it, and whether it ends its journey."""
    return engine.query("journey/graph/visits", steps=steps)


def cut_passages(engine: Engine, steps: Relation, members: Relation | None = None) -> Relation:
    """One row a passage, for everybody ("all") and again for each segment its customer belongs to."""
    passages = engine.query("journey/graph/passages", visits=visits_of(engine, steps))
    return engine.query(
        "journey/graph/cut_passages", passages=passages, segment_members=members or nobody(engine)
    )


def cut_visits(engine: Engine, steps: Relation, members: Relation | None = None) -> Relation:
    """One row a visit of a touchpoint, for everybody and again for each segment."""
    return engine.query(
        "journey/graph/cut_visits", visits=visits_of(engine, steps), segment_members=members or nobody(engine)
    )


def edge_journeys_of(engine: Engine, passages: Relation) -> Relation:
    """One row an edge and journey, with its customer: what the edges are counted from."""
    return engine.query("journey/graph/edge_journeys", passages=passages)


def edges_of(engine: Engine, passages: Relation) -> Relation:
    """One row an edge and segment."""
    return engine.query(
        "journey/graph/edges",
        edge_journeys=edge_journeys_of(engine, passages),
        waited=engine.query("journey/graph/edge_waits", passages=passages),
    )


def node_journeys_of(engine: Engine, visits: Relation) -> Relation:
    """One row a touchpoint and journey, with its customer: what the nodes are counted from."""
    return engine.query("journey/graph/node_journeys", visits=visits)


def nodes_of(engine: Engine, visits: Relation) -> Relation:
    """One row a touchpoint and segment."""
    return engine.query(
        "journey/graph/nodes",
        node_journeys=node_journeys_of(engine, visits),
        waited=engine.query("journey/graph/node_waits", visits=visits),
    )


def nobody(engine: Engine) -> Relation:
    """Segment members where there are none."""
    names = ("segmentation", "segment", "subject", "subject_id")
    return engine.from_arrow(pa.table({name: pa.array([], pa.string()) for name in names}))
