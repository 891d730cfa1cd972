"""The analysis `mismatch`: who does not match, where they cluster, what they say, and what coincided."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.comparison import holm
from peakend.feedback.mismatch import change_columns, columns
from peakend.feedback.mismatch.change_rows import change_rows
from peakend.feedback.mismatch.gathering import Gathered, Whole, gather, judged, labels, of_period
from peakend.feedback.mismatch.scope_rows import Circumstances, cluster_rows, read_circumstances, theme_rows

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results, ResultTable, Settings
    from peakend.feedback.mismatch.residuals import Mismatch

Row = dict[str, Any]
ALL = "all"


def mismatch_tables(inputs: Inputs) -> Results:
    """Every table of the analysis `mismatch`, by name. Raises `ScoreOutsideScaleError`."""
    gathered = gather(inputs)
    known = read_circumstances(inputs, gathered)
    rows: dict[str, list[Row]] = defaultdict(list)
    for whole in gathered.wholes:
        found, reason = judged(gathered, whole, inputs.settings.confidence)
        summary = _summary(gathered, whole, found, reason, inputs.settings)
        rows[columns.MISMATCH.name] += summary
        if found is not None:
            _in_depth(rows, inputs, gathered, whole, found, known, summary)
        rows[change_columns.CHANGES.name] += change_rows(gathered, whole, found, known, inputs)
    tables = (columns.MISMATCH, columns.CLUSTERS, columns.THEMES, change_columns.CHANGES, columns.CUSTOMERS)
    return {table.name: as_table(rows[table.name], table) for table in tables}


def as_table(rows: list[Row], table: ResultTable) -> pa.Table:
    """Rows as the declared table; what a row does not name is empty."""
    return pa.Table.from_pylist(
        [{column.name: row.get(column.name) for column in table.columns} for row in rows], table.schema()
    )


def _in_depth(
    rows: dict[str, list[Row]],
    inputs: Inputs,
    gathered: Gathered,
    whole: Whole,
    found: Mismatch,
    known: Circumstances,
    summary: list[Row],
) -> None:
    """Clusters and themes of all periods together and of each that has too many; customers to call."""
    flagged = [
        number
        for number, row in zip(whole.periods, summary, strict=False)
        if row["verdict"] == "more_than_chance"
    ]
    scopes: list[tuple[str, np.ndarray[Any, Any]]] = [(ALL, np.ones(len(found.row), dtype=bool))]
    if len(whole.periods) == 1:
        scopes = [(gathered.period(whole.periods[0]).label, scopes[0][1])]
    else:
        scopes += [
            (gathered.period(number).label, of_period(gathered, whole, found, number)) for number in flagged
        ]
    for scope, inside in scopes:
        where = {"programme": whole.programme, "period": scope, **outcome(whole)}
        places = whole.rows[found.row[inside]]
        below, chance = found.far_below[inside], found.chance_below[inside]
        rows[columns.CLUSTERS.name] += [
            where | row for row in cluster_rows(gathered, known, places, below, chance, inputs.settings)
        ]
        rows[columns.THEMES.name] += [
            where | row for row in theme_rows(known, places, below, inputs.settings)
        ]
    rows[columns.CUSTOMERS.name] += _customers(gathered, whole, found, known)


def outcome(whole: Whole) -> Row:
    return {"question_id": whole.question.question_id, **labels(whole.question)}


def _summary(
    gathered: Gathered, whole: Whole, found: Mismatch | None, reason: str | None, settings: Settings
) -> list[Row]:
    """One row a period, and one for all of them; Holm over the periods."""
    listed = [_period_row(gathered, whole, found, reason, number, settings) for number in whole.periods]
    p = np.array([np.nan if row.get("p_value") is None else row["p_value"] for row in listed], dtype=float)
    adjusted, compared = holm(p)
    for row, value, count in zip(listed, adjusted.tolist(), compared.tolist(), strict=True):
        if not np.isnan(value):
            row |= {"adjusted_p": value, "compared": count, "verdict": _verdict(value, settings)}
    if len(listed) > 1:
        row = _period_row(gathered, whole, found, reason, None, settings)
        if row.get("p_value") is not None:
            row |= {
                "adjusted_p": row["p_value"],
                "compared": 1,
                "verdict": _verdict(row["p_value"], settings),
            }
        listed.append(row)
    return listed


def _verdict(p: float, settings: Settings) -> str:
    return "more_than_chance" if p <= settings.alpha else "nothing_beyond_chance"


def _period_row(
    gathered: Gathered,
    whole: Whole,
    found: Mismatch | None,
    reason: str | None,
    number: int | None,
    settings: Settings,
) -> Row:
    period = None if number is None else gathered.period(number)
    low, high = whole.question.scale
    row: Row = {
        "programme": whole.programme,
        "period": ALL if period is None else period.label,
        "period_kind": ALL if period is None else period.kind,
        "period_start": None if period is None else period.start,
        **outcome(whole),
        "scale_low": float(low) if np.isfinite(low) else None,
        "scale_high": float(high) if np.isfinite(high) else None,
        "verdict": "not_tested",
        "reason": reason,
        "hidden": False,
    }
    if found is None:
        return row
    inside = (
        np.ones(len(found.row), dtype=bool) if number is None else of_period(gathered, whole, found, number)
    )
    if inside.sum() < settings.minimum_base:
        return row | {"hidden": True}
    return row | _figures(found, inside)


def _figures(found: Mismatch, inside: np.ndarray[Any, Any]) -> Row:
    excess = found.excess_of(inside)
    total, expected = found.total[inside], found.expected[inside]
    spread = float(((total - total.mean()) ** 2).sum())
    explained = 1 - float(((total - expected) ** 2).sum()) / spread if spread > 0 else None
    return {
        "parts": len(found.parts_used),
        "n": excess.n,
        "mean_total": float(total.mean()),
        "mean_expected": float(expected.mean()),
        "explained": None if explained is None else max(explained, 0.0),
        "below": excess.below,
        "below_expected": excess.expected,
        "share": excess.share,
        "share_low": excess.low,
        "share_high": excess.high,
        "share_expected": excess.expected / excess.n,
        "above": excess.above,
        "above_expected": excess.above_expected,
        "listed": int(found.listed[inside].sum()),
        "p_value": excess.p,
    }


def _customers(gathered: Gathered, whole: Whole, found: Mismatch, known: Circumstances) -> list[Row]:
    """Listed customers of surveys that are not anonymous, the farthest off first."""
    responses, rows = gathered.responses, []
    for place in np.flatnonzero(found.listed).tolist():
        row = int(whole.rows[found.row[place]])
        customer = responses.customer_id[row].as_py()
        if customer is None or known.anonymous[row]:
            continue
        period = gathered.period(int(responses.period[row]))
        rows.append(
            {
                "programme": whole.programme,
                "period": period.label,
                **outcome(whole),
                "response_id": responses.response_id[row].as_py(),
                "customer_id": customer,
                "total": float(found.total[place]),
                "expected": float(found.expected[place]),
                "p_value": float(found.p[place]),
                "false_rate": float(found.adjusted_p[place]),
            }
        )
    return sorted(rows, key=lambda row: (row["p_value"], row["response_id"]))
