"""The analysis `erosion`: for everybody and for each touchpoint at which journeys end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.comparison import holm
from peakend.journey.endings.columns import END_TRENDS, EROSION
from peakend.journey.endings.erosion import FEWEST_MONTHS, erosion, recent, verdict
from peakend.journey.endings.weights import MemoryWeights, WeightsError, memory_weights

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa
    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Settings

    Numbers = NDArray[np.float64]

Row = dict[str, Any]
HORIZON = 6.0
NEUTRAL = 0.0
_SUMS = (
    "n",
    "end_sum",
    "end_squares",
    "peak_sum",
    "judged",
    "overall_sum",
    "overall_squares",
    "judged_peak",
    "judged_end",
    "peak_peak",
    "peak_end",
    "end_end",
    "overall_peak",
    "overall_end",
)


def erosion_tables(inputs: Inputs) -> dict[str, pa.Table]:
    """The tables `erosion` (a row a touchpoint at the end, and all together) and `end_trends` (months)."""
    found = inputs.query("journey/endings/end_months").to_arrow().to_pylist()
    weights = _weights(_by_month(found))
    groups: dict[str, list[Row]] = {"": found}
    for row in found:
        groups.setdefault(row["end_touchpoint_id"], []).append(row)
    rows: list[Row] = []
    months: list[Row] = []
    for touchpoint, listed in sorted(groups.items()):
        of_month = _by_month(listed)
        kept = {m: s for m, s in of_month.items() if s["n"] >= inputs.settings.minimum_base}
        if len(kept) < FEWEST_MONTHS:
            continue
        months += [_month(touchpoint, month, sums) for month, sums in kept.items()]
        rows.append({"touchpoint_id": touchpoint} | _row(kept, weights, inputs.settings))
    _judge(rows, inputs.settings)
    return {
        EROSION.name: EROSION.of(rows),
        END_TRENDS.name: END_TRENDS.of(months),
    }


def all_weights(inputs: Inputs) -> MemoryWeights | None:
    """What peak and end weigh over all journeys; None where the data do not hold it."""
    return _weights(_by_month(inputs.query("journey/endings/end_months").to_arrow().to_pylist()))


def _by_month(rows: list[Row]) -> dict[date, dict[str, float]]:
    found: dict[date, dict[str, float]] = defaultdict(lambda: dict.fromkeys(_SUMS, 0.0))
    for row in rows:
        for name in _SUMS:
            found[row["month_start"]][name] += row[name] or 0.0
    return dict(sorted(found.items()))


def _weights(months: dict[date, dict[str, float]]) -> MemoryWeights | None:
    """Weights over all journeys; None where the data do not hold them."""
    judged = [s for s in months.values() if s["judged"] > 0]
    gram = [
        [
            [s["judged"], s["judged_peak"], s["judged_end"]],
            [s["judged_peak"], s["peak_peak"], s["peak_end"]],
            [s["judged_end"], s["peak_end"], s["end_end"]],
        ]
        for s in judged
    ]
    moments = [[s["overall_sum"], s["overall_peak"], s["overall_end"]] for s in judged]
    if not judged:
        return None
    try:
        return memory_weights(gram, moments)
    except WeightsError:
        return None


def _month(touchpoint: str, month: date, s: dict[str, float]) -> Row:
    return {
        "touchpoint_id": touchpoint,
        "month_start": month,
        "n": int(s["n"]),
        "end_score": s["end_sum"] / s["n"],
        "end_se": _error(s["end_sum"], s["end_squares"], s["n"]),
        "peak": s["peak_sum"] / s["n"],
        "judged": int(s["judged"]),
        "overall": s["overall_sum"] / s["judged"] if s["judged"] else None,
    }


def _error(total: float, squares: float, n: float) -> float:
    """Standard error of a mean; months in which all are alike get half a step of a five-point scale."""
    variance = max(squares - total * total / n, 0.0) / max(n - 1, 1)
    return float(np.sqrt(max(variance, 0.0625) / n))


def _row(months: dict[date, dict[str, float]], weights: MemoryWeights | None, settings: Settings) -> Row:
    first = next(iter(months))
    times = [(m.year - first.year) * 12 + m.month - first.month for m in months]
    sums = {name: np.array([s[name] for s in months.values()]) for name in _SUMS}
    n = sums["n"]
    errors = [_error(*triple) for triple in zip(sums["end_sum"], sums["end_squares"], n, strict=True)]
    now = recent(times, sums["overall_sum"], sums["overall_squares"], sums["judged"])
    usable = weights if weights is not None and now is not None else _no_weights()
    found = erosion(
        times,
        sums["end_sum"] / n,
        errors,
        n,
        now or (0.0, 0.0),
        float(sums["peak_sum"].sum() / n.sum()),
        usable,
        horizon=HORIZON,
        threshold=NEUTRAL,
        confidence=settings.confidence,
    )
    row: Row = asdict(found) | {"first_month": first, "last_month": list(months)[-1]}
    if usable is not weights:
        for name in _PROJECTED:
            row[name] = None
        return row
    return row | {"peak_weight": usable.peak, "end_weight": usable.end, "judged": usable.n}


_PROJECTED = (
    "overall_now",
    "change",
    "change_low",
    "change_high",
    "projected",
    "projected_low",
    "projected_high",
    "months_to_threshold",
    "months_to_threshold_low",
    "months_to_threshold_high",
    "months_to_eaten",
)


def _no_weights() -> MemoryWeights:
    return MemoryWeights(np.zeros(3), np.zeros((3, 3)), 0, 0)


def _judge(rows: list[Row], settings: Settings) -> None:
    """Holm over the touchpoints; all together is a question of its own."""
    for family in (
        [row for row in rows if row["touchpoint_id"]],
        [r for r in rows if not r["touchpoint_id"]],
    ):
        if not family:
            continue
        adjusted, _ = holm(np.array([row["p"] for row in family]))
        for row, p in zip(family, adjusted, strict=True):
            row["p_adjusted"] = float(p)
            row["verdict"] = verdict(row["slope"], float(p), settings.alpha)
