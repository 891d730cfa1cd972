"""The analysis `mutual_value`: whether both sides gain, and who moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scipy.stats import beta

from peakend.value.delivered import columns
from peakend.value.delivered.windows import delivered_in, quadrants, windows, worth_in

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results

Row = dict[str, Any]
QUADRANTS = ("win_win", "subsidy", "exploitation", "exit")


def mutual_tables(inputs: Inputs) -> Results:
    """Both tables. Raises `SeveralCurrenciesError`, `NoSuchCurrencyError`."""
    spans = windows(inputs)
    empty = {
        "mutual_value": columns.MUTUAL_VALUE.schema().empty_table(),
        "mutual_moves": columns.MUTUAL_MOVES.schema().empty_table(),
    }
    if spans is None:
        return empty
    worth = inputs.query("value/delivered/worth_of_customers")
    found = quadrants(inputs, inputs["customer_delivered_value"], worth)
    sums = inputs.engine.query("value/delivered/quadrant_sums", quadrants=found).to_arrow().to_pylist()
    now = quadrants(inputs, inputs["customer_delivered_value"], worth_in(inputs, spans.now))
    before = quadrants(inputs, delivered_in(inputs, spans.before), worth_in(inputs, spans.before))
    moves = inputs.engine.query("value/delivered/quadrant_moves", now=now, before=before).to_arrow()
    dates = {"before_from_on": spans.before.from_on, "from_on": spans.now.from_on}
    confidence = inputs.settings.confidence
    return {
        "mutual_value": columns.MUTUAL_VALUE.of(_quadrant_rows(sums, confidence, spans.now.currency)),
        "mutual_moves": columns.MUTUAL_MOVES.of(
            [{**row, **dates} for row in _move_rows(moves.to_pylist(), confidence)]
        ),
    }


def _quadrant_rows(sums: list[Row], confidence: float, currency: str) -> list[Row]:
    """Shares are of customers of whom both sides are known, with Clopper–Pearson intervals."""
    found = {row["quadrant"]: row for row in sums}
    known = sum(row["customers"] for name, row in found.items() if name != "unknown")
    rows: list[Row] = []
    for quadrant in (*QUADRANTS, "unknown"):
        row = found.get(quadrant, {"customers": 0})
        if quadrant == "unknown" and quadrant not in found:
            continue
        told = {**row, "position": len(rows) + 1, "quadrant": quadrant, "currency": currency}
        if quadrant != "unknown" and known:
            told |= _share(row["customers"], known, confidence)
        rows.append(told)
    return rows if found else []


def _move_rows(moves: list[Row], confidence: float) -> list[Row]:
    rows: list[Row] = []
    for before in QUADRANTS:
        counts = {row["to_quadrant"]: row["customers"] for row in moves if row["from_quadrant"] == before}
        total = sum(counts.values())
        for after in QUADRANTS if total else ():
            n = counts.get(after, 0)
            told = {"from_quadrant": before, "to_quadrant": after, "customers": n}
            rows.append({**told, **_share(n, total, confidence)})
    return rows


def _share(n: int, total: int, confidence: float) -> Row:
    """Source: Clopper & Pearson (1934), Biometrika 26(4), pp. 404–413."""
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, n, total - n + 1)) if n else 0.0
    high = float(beta.ppf(1 - tail, n + 1, total - n)) if n < total else 1.0
    return {"share": n / total, "low": low, "high": high}
