"""The analysis `defect_density`: small errors per thousand interactions, and how they feel."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import t_quantile
from peakend.journey.consistency.columns import DEFECT_DENSITY
from peakend.journey.consistency.densities import against_the_rest, dispersion, rate_interval

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Settings

Row = dict[str, Any]
Place = tuple[str, str]
_MONTHS_FOR_DISPERSION = 6
_FELT = ("n_with", "sum_with", "squares_with", "n_without", "sum_without", "squares_without")


def defect_density(inputs: Inputs) -> dict[str, pa.Table]:
    """The table `defect_density`: by touchpoint, and by touchpoint and channel."""
    events = inputs.query("journey/consistency/defect_counts").to_arrow().to_pylist()
    sums = inputs.query("journey/consistency/defect_sums").to_arrow().to_pylist()
    medians = inputs.query("journey/consistency/defect_medians").to_arrow().to_pylist()
    days = {(row["cut"], row["touchpoint_id"], row["place"]): row["days_to_fix"] for row in medians}
    rows: list[Row] = []
    for cut in ("all", "channel"):
        rows += _of_cut(cut, events, sums, inputs.settings)
    for row in rows:
        row["days_to_fix"] = days.get((row["cut"], row["touchpoint_id"], row["place"]))
    return {DEFECT_DENSITY.name: DEFECT_DENSITY.of(rows)}


def _of_cut(cut: str, events: list[Row], sums: list[Row], settings: Settings) -> list[Row]:
    met, logged, monthly = _added(cut, events), _added_sums(cut, sums), _monthly(cut, sums)
    places = [place for place in sorted(met) if met[place]["events"] >= settings.minimum_base]
    if not places:
        return []
    counts = np.array([logged[place]["defects"] for place in places], dtype=float)
    exposure = np.array([met[place]["events"] for place in places], dtype=float)
    over = _overdispersion(places, counts, monthly)
    low, high = rate_interval(counts, exposure, settings.confidence, over)
    ratio, p = against_the_rest(counts, exposure, over)
    known = np.isfinite(p)
    adjusted = np.full(len(p), np.nan)
    adjusted[known] = holm(p[known])[0] if known.any() else []
    rows: list[Row] = []
    for number, place in enumerate(places):
        judged = bool(adjusted[number] < settings.alpha)
        one = logged[place]
        rows.append(
            {
                "touchpoint_id": place[0],
                "cut": cut,
                "place": place[1],
                "events": int(exposure[number]),
                "defects": int(counts[number]),
                "weighted": float(one["weighted"]),
                "per_thousand": 1000 * float(counts[number] / exposure[number]),
                "per_thousand_low": 1000 * float(low[number]),
                "per_thousand_high": 1000 * float(high[number]),
                "ratio": float(ratio[number]) if known[number] else None,
                "p_adjusted": float(adjusted[number]) if known[number] else None,
                "verdict": ("more" if ratio[number] > 1 else "fewer") if judged else "cannot_tell",
                "found_by_customers": one["by_customers"] / one["defects"] if one["defects"] else None,
                "still_open": int(one["still_open"]),
                **_felt(met[place], settings),
            }
        )
    return rows


def _place(cut: str, row: Row) -> Place | None:
    if cut == "all":
        return row["touchpoint_id"], ""
    return (row["touchpoint_id"], row["channel"]) if row["channel"] is not None else None


def _added(cut: str, rows: list[Row]) -> dict[Place, dict[str, float]]:
    found: dict[Place, dict[str, float]] = defaultdict(lambda: dict.fromkeys(("events", *_FELT), 0.0))
    for row in rows:
        place = _place(cut, row)
        if place is not None:
            for name in ("events", *_FELT):
                found[place][name] += row[name] or 0
    return found


def _added_sums(cut: str, rows: list[Row]) -> dict[Place, dict[str, float]]:
    names = ("defects", "weighted", "by_customers", "still_open")
    found: dict[Place, dict[str, float]] = defaultdict(lambda: dict.fromkeys(names, 0.0))
    for row in rows:
        place = _place(cut, row)
        if place is not None:
            for name in names:
                found[place][name] += row[name]
    return found


def _monthly(cut: str, rows: list[Row]) -> dict[Place, dict[object, float]]:
    found: dict[Place, dict[object, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        place = _place(cut, row)
        if place is not None:
            found[place][row["month_start"]] += row["defects"]
    return found


def _overdispersion(
    places: list[Place], counts: NDArray[np.float64], monthly: dict[Place, dict[object, float]]
) -> float:
    """How much more than Poisson a place's months vary around its own mean; 1 with too few months."""
    months = sorted({month for place in places for month in monthly[place]}, key=str)
    kept = [number for number, count in enumerate(counts) if count >= len(months)]
    if len(months) < _MONTHS_FOR_DISPERSION or not kept:
        return 1.0
    seen = np.array([[monthly[places[number]][month] for month in months] for number in kept])
    expected = np.repeat(counts[kept, None] / len(months), len(months), axis=1)
    return dispersion(seen.ravel(), expected.ravel(), parameters=len(kept))


def _felt(met: dict[str, float], settings: Settings) -> Row:
    """Mean feeling with a defect minus without, with Welch's interval; nothing where either side is small."""
    n, m = met["n_with"], met["n_without"]
    if min(n, m) < settings.minimum_base:
        return {}
    a, b = met["sum_with"] / n, met["sum_without"] / m
    va = max(met["squares_with"] - n * a * a, 0.0) / (n - 1) / n
    vb = max(met["squares_without"] - m * b * b, 0.0) / (m - 1) / m
    if va + vb == 0:
        return {"emotion_gap": a - b}
    df = (va + vb) ** 2 / (va**2 / (n - 1) + vb**2 / (m - 1))
    half = float(t_quantile(settings.confidence, df)) * float(np.sqrt(va + vb))
    return {
        "emotion_gap": a - b,
        "emotion_gap_low": max(a - b - half, -2.0),
        "emotion_gap_high": min(a - b + half, 2.0),
    }
