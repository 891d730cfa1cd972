"""How many of those who leave a touchpoint take an edge: ratios of sums over customers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from peakend.journey.graph.cells import Ratio
from peakend.journey.graph.following import edge_journeys_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.engine import Engine, Relation

Edge = tuple[str, str, str]
"""Kind, touchpoint before, touchpoint after."""


def edge_key(row: Mapping[str, Any]) -> Edge:
    """What names the edge of `row` within its cut."""
    return row["kind"], row["from_touchpoint_id"], row["to_touchpoint_id"]


def leaving_of(engine: Engine, passages: Relation) -> dict[tuple[str, str], dict[Edge, Ratio]]:
    """For every segmentation and segment the share of each edge in what leaves the touchpoint before."""
    relation = engine.query("journey/graph/leaving", edge_journeys=edge_journeys_of(engine, passages))
    found: dict[tuple[str, str], dict[Edge, Ratio]] = {}
    for row in relation.to_arrow().to_pylist():
        ratio = Ratio(
            taken=float(row["taken"]),
            of=float(row["leaving"]),
            customers=int(row["leavers"]),
            taken_taken=float(row["taken_taken"]),
            taken_of=float(row["taken_leaving"]),
            of_of=float(row["leaving_leaving"]),
        )
        found.setdefault((row["segmentation"], row["segment"]), {})[edge_key(row)] = ratio
    return found


def untaken(ratio: Ratio) -> Ratio:
    """The share of an edge that nobody takes, from that of any other out of the same touchpoint."""
    return replace(ratio, taken=0.0, taken_taken=0.0, taken_of=0.0)
