"""Versions of a touchpoint's design: each change of it, with the scores before and after."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.special import stdtr

from peakend.feedback.comparison import holm, verdicts
from peakend.feedback.intervals import t_quantile
from peakend.journey.registry.delivery import asked_questions
from peakend.journey.registry.version_columns import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results, Settings

Row = dict[str, Any]

WINDOW = timedelta(days=90)
"""How far back and ahead scores are taken; less where the touchpoint was changed again within it."""


def version_tables(inputs: Inputs) -> Results:
    """One row a change that names a touchpoint; its number, what it was, and what became of the scores there
    (at its site only, where it names one).

    A comparison in time: whatever else changed then is in it. Mean on 0–100 after minus before, a customer's
    answers taken together (Taylor linearisation, those who answered on both sides included), t on the smaller
    side's degrees of freedom, Holm over all changes.
    """
    rows = _numbered(inputs["changes"].to_arrow().to_pylist())
    if rows:
        spans = pa.table(
            {
                "change_id": pa.array([row["change_id"] for row in rows], pa.string()),
                "touchpoint_id": pa.array([row["touchpoint_id"] for row in rows], pa.string()),
                "site_id": pa.array([row["site_id"] for row in rows], pa.string()),
                **{
                    name: pa.array([row[name] for row in rows], pa.timestamp("us"))
                    for name in ("from_at", "changed_at", "to_at")
                },
            }
        )
        sums = inputs.query(
            "journey/registry/judged_around",
            asked=inputs.engine.from_arrow(asked_questions(inputs)),
            versions=inputs.engine.from_arrow(spans),
        )
        found = {row["change_id"]: _in_floats(row) for row in sums.to_arrow().to_pylist()}
        for row in rows:
            row |= _compared(found.get(row["change_id"]), inputs.settings)
        _decide(rows, inputs.settings.alpha)
    return {VERSIONS.name: VERSIONS.of(rows)}


def _numbered(changes: Sequence[Row]) -> list[Row]:
    """Changes in their order, numbered within their touchpoint, with the time that is theirs alone."""
    named = [row for row in changes if row["touchpoint_id"] is not None]
    named.sort(key=lambda row: (row["touchpoint_id"], row["at"], row["change_id"]))
    rows: list[Row] = []
    for place, change in enumerate(named):
        before = rows[-1] if rows and rows[-1]["touchpoint_id"] == change["touchpoint_id"] else None
        after = named[place + 1] if place + 1 < len(named) else None
        if after is not None and after["touchpoint_id"] != change["touchpoint_id"]:
            after = None
        at = change["at"]
        rows.append(
            {name: change[name] for name in ("change_id", "touchpoint_id", "site_id", "kind", "description")}
            | {
                "changed_at": at,
                "number": before["number"] + 1 if before else 1,
                "previous": before["description"] if before else None,
                "from_at": max(at - WINDOW, before["changed_at"]) if before else at - WINDOW,
                "to_at": min(at + WINDOW, after["at"]) if after else at + WINDOW,
            }
        )
    return rows


def _in_floats(row: Row) -> Row:
    """Sums as numbers: an engine may give decimals."""
    return {name: float(value) for name, value in row.items() if name != "change_id"}


def _compared(sums: Mapping[str, Any] | None, settings: Settings) -> Row:
    n = {side: int(sums[f"n_{side}"]) if sums else 0 for side in ("before", "after")}
    row: Row = {f"n_{side}": count for side, count in n.items()}
    row["hidden"] = min(n.values()) < settings.minimum_base
    if sums is None or row["hidden"]:
        return row
    before, after = (sums[f"s_{side}"] / n[side] for side in ("before", "after"))
    spread = {
        side: sums[f"ss_{side}"] - 2 * mean * sums[f"ns_{side}"] + mean**2 * sums[f"nn_{side}"]
        for side, mean in (("before", before), ("after", after))
    }
    both = sums["sa_sb"] - after * sums["na_sb"] - before * sums["sa_nb"] + after * before * sums["na_nb"]
    units = min(float(sums["units_before"]), float(sums["units_after"]))
    variance = (
        spread["after"] / n["after"] ** 2
        + spread["before"] / n["before"] ** 2
        - 2 * both / (n["after"] * n["before"])
    )
    se = float(np.sqrt(max(variance, 0.0) * units / (units - 1))) if units > 1 else 0.0
    row |= {"before": before, "after": after, "difference": after - before}
    if se > 1e-9:
        half = float(t_quantile(settings.confidence, units - 1)) * se
        row |= {
            "difference_low": max(after - before - half, -100.0),
            "difference_high": min(after - before + half, 100.0),
            "p_value": float(2 * stdtr(units - 1, -abs((after - before) / se))),
        }
    return row


def _decide(rows: Sequence[Row], alpha: float) -> None:
    p = np.array([row.get("p_value", np.nan) for row in rows], dtype=float)
    adjusted, _ = holm(p)
    said = verdicts([row.get("difference", np.nan) for row in rows], adjusted, alpha)
    for row, value, verdict in zip(rows, adjusted, said, strict=True):
        row["adjusted_p"] = None if np.isnan(value) else float(value)
        row["verdict"] = None if row["hidden"] else str(verdict)
