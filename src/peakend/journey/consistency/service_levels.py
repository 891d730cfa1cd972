"""The analysis `service_consistency`: control charts, and the same service between channels and sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.comparison import holm
from peakend.feedback.intervals import mean_interval
from peakend.feedback.suppression import suppress
from peakend.journey.consistency.cells import Series, moments, series
from peakend.journey.consistency.columns import (
    CONTROL_CHARTS,
    CONTROL_POINTS,
    SERVICE_CONSISTENCY,
    SERVICE_LEVELS,
)
from peakend.journey.consistency.control import (
    FEWEST_POINTS,
    ControlChart,
    ControlError,
    mean_chart,
    out_of_control,
    share_chart,
)
from peakend.journey.consistency.heterogeneity import heterogeneity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from peakend.declaration import Inputs, Settings

    Numbers = NDArray[np.float64]

Row = dict[str, Any]
_FEWEST_PERIODS = 3


@dataclass(frozen=True, slots=True)
class _Level:
    """One place's level over its periods: mean, standard error from the spread between them, df, events."""

    of: Series
    mean: float
    se: float
    df: float
    n: int


def service_consistency(inputs: Inputs) -> dict[str, pa.Table]:
    """Control charts with their points, service levels by place, and how much places differ."""
    settings = inputs.settings
    every = list(series(moments(inputs), settings.minimum_base))
    promised = _promised(inputs)
    charts, points = _charts(every, promised, settings)
    levels, consistency = _levels(every, settings)
    return {
        table.name: table.of(rows)
        for table, rows in (
            (CONTROL_CHARTS, charts),
            (CONTROL_POINTS, points),
            (SERVICE_LEVELS, levels),
            (SERVICE_CONSISTENCY, consistency),
        )
    }


def _promised(inputs: Inputs) -> dict[str, float]:
    found = inputs.query(
        "select touchpoint_id, service_level_s from touchpoints where service_level_s is not null"
    ).to_arrow()
    return dict(zip(found["touchpoint_id"].to_pylist(), found["service_level_s"].to_pylist(), strict=True))


def _charts(
    every: Iterable[Series], promised: dict[str, float], settings: Settings
) -> tuple[list[Row], list[Row]]:
    drawn: list[tuple[Series, NDArray[np.bool_], ControlChart]] = []
    for one in every:
        kept = one.n >= settings.minimum_base
        if kept.sum() < FEWEST_POINTS:
            continue
        try:
            drawn.append((one, kept, _chart(one, kept)))
        except ControlError:
            continue  # no variance: nothing that could be out of control
    flags = out_of_control([chart for _, _, chart in drawn], settings.alpha)
    adjusted = _adjusted([chart.p for _, _, chart in drawn])
    charts: list[Row] = []
    points: list[Row] = []
    for (one, kept, chart), flagged, p in zip(drawn, flags, adjusted, strict=True):
        named = _named(one) | {"period_kind": one.period_kind}
        charts.append(
            named
            | {
                "periods": int(kept.sum()),
                "events": int(one.n[kept].sum()),
                "centre": _shown(one, chart.centre),
                "target": promised.get(one.touchpoint_id) if one.measure == "duration" else None,
                "dispersion": chart.dispersion,
                "beyond": int(chart.beyond.sum()),
                "runs": int(chart.run.sum()),
                "out_of_control": int(flagged.sum()),
            }
        )
        points += [named | row for row in _points(one, kept, chart, flagged, p)]
    return charts, points


def _chart(one: Series, kept: NDArray[np.bool_]) -> ControlChart:
    if one.measure == "in_time":
        return share_chart(one.total[kept], one.n[kept])
    error = np.sqrt(one.pooled_variance() / one.n[kept])
    return mean_chart(one.means()[kept], error)


def _adjusted(parts: list[Numbers]) -> list[Numbers]:
    if not parts:
        return []
    adjusted, _ = holm(np.concatenate(parts))
    return np.split(adjusted, np.cumsum([len(part) for part in parts])[:-1])


def _points(
    one: Series, kept: NDArray[np.bool_], chart: ControlChart, flagged: NDArray[np.bool_], p: Numbers
) -> list[Row]:
    means = one.means()
    rows: list[Row] = []
    for number, place in enumerate(np.flatnonzero(kept)):
        signal = "beyond" if chart.beyond[number] else "run" if chart.run[number] else None
        verdict = "out_of_control" if flagged[number] else "signal" if signal else "in_control"
        rows.append(
            {
                "period_start": one.starts[place],
                "n": int(one.n[place]),
                "value": _shown(one, float(means[place])),
                "low": _shown(one, float(chart.low[number])),
                "high": _shown(one, float(chart.high[number])),
                "z": float(chart.z[number]),
                "signal": signal,
                "p_adjusted": float(p[number]),
                "verdict": verdict,
            }
        )
    return rows


def _levels(every: Sequence[Series], settings: Settings) -> tuple[list[Row], list[Row]]:
    groups: dict[tuple[str, str, str], list[Series]] = {}
    for one in every:
        if one.cut != "all":
            groups.setdefault((one.touchpoint_id, one.cut, one.measure), []).append(one)
    levels: list[Row] = []
    consistency: list[Row] = []
    for members in groups.values():
        rows, summary = _of_group(members, settings)
        levels += rows
        consistency += summary
    for row in _corrected(consistency):
        row["verdict"] = "differs" if row["p_adjusted"] < settings.alpha else "cannot_tell"
    for row in _corrected([row for row in levels if "p" in row]):
        if row["p_adjusted"] < settings.alpha:
            row["verdict"] = "higher" if row["gap"] > 0 else "lower"
    return levels, consistency


def _of_group(members: list[Series], settings: Settings) -> tuple[list[Row], list[Row]]:
    counts = np.array([int(one.n.sum()) for one in members])
    hidden = suppress(counts, np.zeros(len(members), int), [int(counts.sum())], settings.minimum_base)
    found = [_level(one) for one in members]
    rows = [
        _named(one) | {"n": int(count), "hidden": bool(hide), "verdict": "cannot_tell"}
        for one, count, hide in zip(members, counts, hidden.hidden, strict=True)
    ]
    shown = [number for number, level in enumerate(found) if level and not hidden.hidden[number]]
    for number in shown:
        rows[number] |= _interval(found[number], settings.confidence)  # type: ignore[arg-type]
    judged = [found[number] for number in shown]
    if len(judged) < 2:
        return [row for row, gone in zip(rows, hidden.withheld, strict=True) if not gone], []
    summary = _compared(judged, [rows[number] for number in shown])  # type: ignore[arg-type]
    return [row for row, gone in zip(rows, hidden.withheld, strict=True) if not gone], [summary]


def _level(one: Series) -> _Level | None:
    """The place's mean with a standard error that knows its weeks differ (weeks as clusters)."""
    periods, n = len(one.n), float(one.n.sum())
    if periods < _FEWEST_PERIODS:
        return None
    mean = float(one.total.sum() / n)
    spread = float(((one.total - mean * one.n) ** 2).sum())
    se = float(np.sqrt(spread * periods / (periods - 1))) / n
    return _Level(one, mean, se, periods - 1.0, int(n)) if se > 0 else None


def _interval(level: _Level, confidence: float) -> Row:
    scale = {"in_time": (0.0, 1.0), "emotion": (-1.0, 1.0)}.get(level.of.measure, (-np.inf, np.inf))
    low, high = mean_interval(level.mean, level.se, level.df, confidence, scale)
    return {
        "value": _shown(level.of, level.mean),
        "value_low": _shown(level.of, float(low)),
        "value_high": _shown(level.of, float(high)),
    }


def _compared(judged: list[_Level], rows: list[Row]) -> Row:
    found = heterogeneity([x.mean for x in judged], [x.se for x in judged], [x.df for x in judged])
    for row, level, gap, p in zip(rows, judged, found.difference, found.difference_p, strict=True):
        row["difference"], row["gap"], row["p"] = _shown(level.of, float(gap)), float(gap), float(p)
    first = judged[0].of
    means = [level.mean for level in judged]
    return {
        "touchpoint_id": first.touchpoint_id,
        "cut": first.cut,
        "measure": first.measure,
        "places": len(judged),
        "events": sum(level.n for level in judged),
        "mean": _shown(first, found.mean),
        "between_sd": found.between_sd,
        "statistic": found.statistic,
        "p": found.p,
        "lowest": judged[int(np.argmin(means))].of.place,
        "highest": judged[int(np.argmax(means))].of.place,
    }


def _corrected(rows: list[Row]) -> list[Row]:
    """`rows` with p after Holm within one measure and cut, over all touchpoints and places."""
    if rows:
        keys = sorted({(row["measure"], row["cut"]) for row in rows})
        family = np.array([keys.index((row["measure"], row["cut"])) for row in rows])
        adjusted, _ = holm(np.array([row["p"] for row in rows]), family)
        for row, p in zip(rows, adjusted, strict=True):
            row["p_adjusted"] = float(p)
    return rows


def _named(one: Series) -> Row:
    return {
        "touchpoint_id": one.touchpoint_id,
        "cut": one.cut,
        "place": one.place,
        "measure": one.measure,
    }


def _shown(one: Series, value: float) -> float:
    """Seconds again where logarithms were averaged; a difference of logarithms becomes a ratio."""
    return float(np.exp(value)) if one.measure == "duration" else value
