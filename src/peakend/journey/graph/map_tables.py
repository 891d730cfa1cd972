"""The analysis `journey_map`: touchpoints and edges of the lived journey, for everybody and each segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.journey.graph.cells import Ratio, emotion_ends, hide
from peakend.journey.graph.columns import JOURNEY_EDGES, JOURNEY_NODES
from peakend.journey.graph.following import (
    cut_passages,
    cut_visits,
    edge_journeys_of,
    edges_of,
    node_journeys_of,
    nodes_of,
)
from peakend.journey.graph.shares import edge_key, leaving_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from peakend.declaration import Inputs, Results, ResultTable
    from peakend.engine import Relation

Row = dict[str, Any]


def map_tables(inputs: Inputs) -> Results:
    """`journey_nodes` and `journey_edges`."""
    edges = _edges(inputs)
    return {
        JOURNEY_NODES.name: JOURNEY_NODES.of(_nodes(inputs, edges)),
        JOURNEY_EDGES.name: JOURNEY_EDGES.of(edges),
    }


def node_customers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The identified customers whose journeys met the touchpoint of `row`."""
    counted = node_journeys_of(inputs.engine, _visits(inputs))
    params = {name: row[name] for name in JOURNEY_NODES.key}
    return inputs.engine.query("journey/graph/node_customers", params, node_journeys=counted)


def edge_customers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The identified customers whose journeys took the edge of `row`."""
    counted = edge_journeys_of(inputs.engine, _passages(inputs))
    params = {name: row[name] for name in JOURNEY_EDGES.key}
    return inputs.engine.query("journey/graph/edge_customers", params, edge_journeys=counted)


def _visits(inputs: Inputs) -> Relation:
    return cut_visits(inputs.engine, inputs["journey_steps"], inputs["segment_members"])


def _passages(inputs: Inputs) -> Relation:
    return cut_passages(inputs.engine, inputs["journey_steps"], inputs["segment_members"])


def _nodes(inputs: Inputs, edges: Sequence[Row]) -> list[Row]:
    """One row a touchpoint; what a hidden edge would tell is not told here either."""
    settings = inputs.settings
    told = {
        (row["segmentation"], row["segment"], row["kind"], row[f"{side}_touchpoint_id"])
        for row in edges
        for kind, side in (("start", "to"), ("end", "from"))
        if row["kind"] == kind and not row["hidden"]
    }
    found = _sorted(nodes_of(inputs.engine, _visits(inputs)), JOURNEY_NODES.key)
    everybody = {row["touchpoint_id"]: row["base"] for row in found if row["segmentation"] == "all"}
    totals: dict[Hashable, int] = {
        (row["segmentation"], row["touchpoint_id"]): everybody[row["touchpoint_id"]] for row in found
    }
    shown = hide(
        found,
        settings.minimum_base,
        ((lambda row: _among_segments(row, row["touchpoint_id"]), totals),),
    )
    for row in shown:
        if row["hidden"]:
            _empty(row, JOURNEY_NODES)
            continue
        for kind, names in (("start", ("starts",)), ("end", ("ends", "drop_off"))):
            cell = row["segmentation"], row["segment"], kind, row["touchpoint_id"]
            if row[names[0]] and cell not in told:
                row |= dict.fromkeys(names)
        if 0 < row["reworked"] < settings.minimum_base:
            row["rework"] = None
        for name, part in (("drop_off", "ends"), ("rework", "reworked")):
            if row[name] is None:
                continue
            ratio = Ratio(
                *(row[part], row["journeys"], row["base"]),
                *(row[f"{part}_{part}"], row[f"{part}_journeys"], row["journeys_journeys"]),
            )
            row[f"{name}_low"], row[f"{name}_high"] = ratio.ends(settings.confidence)
        row |= emotion_ends(row, settings.minimum_base, settings.confidence)
    return shown


def _edges(inputs: Inputs) -> list[Row]:
    settings = inputs.settings
    passages = _passages(inputs)
    found = _sorted(edges_of(inputs.engine, passages), JOURNEY_EDGES.key)
    leaving = leaving_of(inputs.engine, passages)
    everybody = {edge_key(row): row["base"] for row in found if row["segmentation"] == "all"}
    totals: dict[Hashable, int] = {
        (row["segmentation"], edge_key(row)): everybody[edge_key(row)] for row in found
    }
    # Ways from one touchpoint are not protected by hiding the next smallest too: where nearly all go one way
    # that would hide this very way. A rare way's count can be had by subtraction; what those few felt and how
    # long they waited cannot.
    shown = hide(
        found,
        settings.minimum_base,
        ((lambda row: _among_segments(row, edge_key(row)), totals),),
    )
    for row in shown:
        if row["hidden"]:
            _empty(row, JOURNEY_EDGES)
            continue
        sums = leaving[row["segmentation"], row["segment"]][edge_key(row)]
        row["share"] = sums.share
        row["share_low"], row["share_high"] = sums.ends(settings.confidence)
        row |= emotion_ends(row, settings.minimum_base, settings.confidence)
    return shown


def _among_segments(row: Row, what: Hashable) -> Hashable | None:
    return None if row["segmentation"] == "all" else (row["segmentation"], what)


def _sorted(relation: Relation, key: Sequence[str]) -> list[Row]:
    rows: list[Row] = relation.to_arrow().to_pylist()
    return sorted(rows, key=lambda row: tuple(row[name] for name in key))


def _empty(row: Row, declared: ResultTable) -> None:
    """Leave only what names the row: a hidden one has no numbers."""
    for name in list(row):
        if name not in declared.key and name != "hidden":
            row[name] = None
