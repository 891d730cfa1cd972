"""Services given beyond or below what a grade is entitled to, counted from the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.intervals import wilson
from peakend.journey.registry.graded_columns import ENTITLEMENT_USE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs, Results
    from peakend.engine import Relation

Row = dict[str, Any]

_CELL = ("segmentation", "segment", "touchpoint_id", "channel")
_COUNTS = ("events", "customers", "beyond_events", "beyond_customers", "late_events", "late_customers")


def entitlement_tables(inputs: Inputs) -> Results:
    """One row a cell of the matrix, and one a cell that was used and is not in it."""
    listed = {
        tuple(row[name] for name in _CELL): row for row in inputs["entitlements"].to_arrow().to_pylist()
    }
    counts = inputs.engine.query("journey/registry/graded_counts", graded_use=_use(inputs))
    used = {tuple(row[name] for name in _CELL): row for row in counts.to_arrow().to_pylist()}
    members = {
        (row["segmentation"], row["segment"]): int(row["members"])
        for row in inputs.query("journey/registry/graded_members").to_arrow().to_pylist()
    }
    rows = [
        _row(key, listed.get(key), used.get(key), members, inputs.settings.confidence)
        for key in sorted({*listed, *used})
    ]
    return {ENTITLEMENT_USE.name: ENTITLEMENT_USE.of(rows)}


def users_of_cell(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    """The members of the row's segment who used its touchpoint in its channel."""
    return inputs.engine.query(
        "select u.customer_id, count(*) as events, sum(1 - u.allowed) as beyond_events, "
        "sum(u.late) as late_events from graded_use u "
        "where u.segmentation = $segmentation and u.segment = $segment "
        "and u.touchpoint_id = $touchpoint_id and u.channel = $channel group by u.customer_id",
        {name: row[name] for name in _CELL},
        graded_use=_use(inputs),
    )


def _use(inputs: Inputs) -> Relation:
    return inputs.query("journey/registry/graded_use")


def _row(
    key: tuple[str, ...],
    cell: Row | None,
    used: Row | None,
    members: Mapping[tuple[str, str], int],
    confidence: float,
) -> Row:
    counts = {name: int(used[name] or 0) if used else 0 for name in _COUNTS}
    allowed = bool(cell and cell["entitled"])
    within = cell["service_level_s"] if cell else None
    row: Row = dict(zip(_CELL, key, strict=True)) | counts
    row |= {
        "listed": cell is not None,
        "entitled": allowed,
        "service_level_s": within,
        "members": members.get((key[0], key[1]), 0),
        "late_share": None,
    }
    if allowed and within is not None and counts["events"]:
        share = counts["late_events"] / counts["events"]
        # Events of one customer may share their fate: as many answers for chance as there are customers.
        low, high = wilson(np.array([share]), np.array([float(counts["customers"])]), confidence)
        row |= {"late_share": share, "late_share_low": float(low[0]), "late_share_high": float(high[0])}
    if counts["beyond_events"]:
        row["finding"] = "beyond"
    elif counts["late_events"]:
        row["finding"] = "below"
    else:
        row["finding"] = "as_entitled" if counts["events"] else "not_used"
    return row
