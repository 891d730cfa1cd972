"""The analysis `journey_variants`: the most frequent ways, and all others together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.intervals import mean_interval, wilson
from peakend.journey.graph.cells import hide
from peakend.journey.traces.columns import JOURNEY_VARIANTS
from peakend.journey.traces.sequences import journey_variants

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation

MOST = 15
Row = dict[str, Any]


def variant_tables(inputs: Inputs) -> Results:
    """`journey_variants`: the `MOST` most frequent variants of everybody, in everybody and each segment."""
    top = _top(inputs)
    spelled = {row["place"]: row for row in top.to_pylist()}
    cells = _placed(inputs, top).query("journey/traces/variant_cells", name="placed_journeys")
    rows = sorted(cells.to_arrow().to_pylist(), key=_order)
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        cut = row["segmentation"], row["segment"]
        sums[cut] = sums.get(cut, 0) + row["journeys"]
    upto = 0
    for row in rows:
        row |= {"base": row["customers"] or row["journeys"]}
        if row["segmentation"] == "all":
            upto += row["journeys"]
            row["cumulative_share"] = upto / sums["all", "all"]
    shown = hide(rows, inputs.settings.minimum_base, ((_among_segments, _everybody(rows)), (_cut, None)))
    return {
        JOURNEY_VARIANTS.name: JOURNEY_VARIANTS.of(
            [_told(row, spelled, sums[_cut(row)], inputs.settings.confidence) for row in shown],
        )
    }


def variant_customers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The identified customers whose journeys went as `row` says."""
    params = {name: row[name] for name in JOURNEY_VARIANTS.key}
    return _placed(inputs, _top(inputs)).query(
        "journey/traces/variant_customers", params, name="placed_journeys"
    )


def _top(inputs: Inputs) -> pa.Table:
    found = journey_variants(inputs["journey_steps"], "journey_id").query(
        "journey/traces/top_variants", {"most": MOST}, name="journey_variants"
    )
    table = found.to_arrow().sort_by([("journeys", "descending"), ("variant", "ascending")])
    places = pa.array(range(1, len(table) + 1), pa.int64())
    return table.append_column("place", places)


def _placed(inputs: Inputs, top: pa.Table) -> Relation:
    return inputs.engine.query(
        "journey/traces/placed_journeys",
        journey_variants=journey_variants(inputs["journey_steps"], "journey_id"),
        top_variants=inputs.engine.from_arrow(top.select(["variant", "place"])),
        segment_members=inputs["segment_members"],
    )


def _order(row: Row) -> tuple[Any, ...]:
    """Everybody first, then by segment; all others last."""
    return row["segmentation"] != "all", row["segmentation"], row["segment"], row["place"] or math.inf


def _cut(row: Row) -> tuple[str, str]:
    return row["segmentation"], row["segment"]


def _among_segments(row: Row) -> Hashable | None:
    return None if row["segmentation"] == "all" else (row["segmentation"], row["place"])


def _everybody(rows: list[Row]) -> dict[Hashable, int]:
    base = {row["place"]: row["base"] for row in rows if row["segmentation"] == "all"}
    return {(row["segmentation"], row["place"]): base[row["place"]] for row in rows}


def _told(row: Row, spelled: Mapping[int, Row], total: int, confidence: float) -> Row:
    own = {name: row[name] for name in (*JOURNEY_VARIANTS.key, "hidden")}
    named = spelled.get(row["place"])
    own |= {"variant": named["variant"] if named else None, "steps": named["steps"] if named else None}
    if row["hidden"]:
        return own
    low, high = wilson(row["journeys"] / total, total, confidence)
    n = row["emotion_n"]
    se = np.array([(row["emotion_sd"] or 0.0) / math.sqrt(n or 1)])
    ends = mean_interval(np.array([row["emotion"] or 0.0]), se, np.array([n - 1]), confidence, (-1.0, 1.0))
    known = n > 1 and not math.isnan(float(ends[0][0]))
    return own | {
        **{
            name: row[name]
            for name in ("variants", "journeys", "customers", "median_s", "emotion", "emotion_n")
        },
        "share": row["journeys"] / total,
        "share_low": float(low),
        "share_high": float(high),
        "cumulative_share": row.get("cumulative_share"),
        "emotion_low": float(ends[0][0]) if known else None,
        "emotion_high": float(ends[1][0]) if known else None,
    }
