"""The analysis `score_trends`: every published series of scores, its drift and its last period."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.declaration import ARROW_TYPES
from peakend.feedback.comparison import holm
from peakend.feedback.score_columns import WHERE
from peakend.feedback.trend.columns import SCORE_TRENDS
from peakend.feedback.trend.drifting import FEWEST_BEFORE, FEWEST_FOR_DRIFT, drift, expected_next
from peakend.feedback.trend.planning import detectable_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.declaration import Inputs, Results, Settings

Row = dict[str, Any]

METRICS = ("nps", "csat", "ces", "rating")
_READ = (
    "programme",
    "period",
    "period_kind",
    "period_start",
    *(c.name for c in WHERE),
    "value",
    "se",
    "weighted_value",
    "weighted_se",
    "hidden",
)
_SERIES = ("programme", "question_id", "touchpoint_id", "segmentation", "segment")
_DAYS_A_YEAR = 365.25


def score_trends(inputs: Inputs) -> Results:
    """The table `score_trends`, from the tables of the analysis `scores`."""
    rows: list[Row] = []
    for metric in METRICS:
        table = inputs[f"{metric}_by_touchpoint"].to_arrow().select(_READ)
        rows += _of_metric(metric, table.to_pylist(), inputs.settings)
    _correct(rows, inputs.settings)
    arrays = {
        column.name: pa.array([row.get(column.name) for row in rows], ARROW_TYPES[column.type])
        for column in SCORE_TRENDS.columns
    }
    return {SCORE_TRENDS.name: pa.table(arrays, schema=SCORE_TRENDS.schema())}


def _of_metric(metric: str, found: Sequence[Row], settings: Settings) -> list[Row]:
    series: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in found:
        if row["period_kind"] != "undated":
            series[tuple(row[name] or "" for name in _SERIES)].append(row)
    order = _order(found)
    rows = []
    for key in sorted(series):
        periods = sorted(series[key], key=lambda row: order[row["programme"] or ""].index(row["period"]))
        if len(periods) > 1:
            rows.append(_one(metric, periods, settings))
    return rows


def _order(rows: Sequence[Row]) -> dict[str, list[str]]:
    """The periods of each programme in time: by their first day where all have one, else by name."""
    starts: dict[str, dict[str, date | None]] = defaultdict(dict)
    for row in rows:
        if row["period_kind"] != "undated":
            starts[row["programme"] or ""][row["period"]] = row["period_start"]
    return {
        programme: sorted(
            found,
            key=lambda name: (
                (found[name] or date.min, name) if None not in found.values() else (date.min, name)
            ),
        )
        for programme, found in starts.items()
    }


def _one(metric: str, periods: Sequence[Row], settings: Settings) -> Row:
    known = [row for row in periods if not row["hidden"] and _error(row)]
    last = periods[-1]
    row: Row = {"programme": last["programme"], "metric": metric, "periods": len(known)}
    row |= {column.name: last[column.name] for column in WHERE}
    row |= {"verdict": "too_few_periods", "standing": "too_few_periods"}
    if not known:
        return row
    row |= {
        "first_period": known[0]["period"],
        "last_period": known[-1]["period"],
        "last_value": _value(known[-1]),
    }
    times, unit = _times(known)
    scores, errors = [_value(k) for k in known], [_error(k) for k in known]
    row["time_unit"] = unit
    if len(known) >= 2:
        row["detectable"] = detectable_difference(errors[-1], errors[-2], alpha=settings.alpha)
    if len(known) >= FEWEST_FOR_DRIFT and len(set(times)) > 1:
        line = drift(times, scores, errors, settings.confidence)
        row |= {"slope": line.slope, "slope_low": line.low, "slope_high": line.high, "p_value": line.p}
        row |= {"change": line.change, "change_low": line.change_low, "change_high": line.change_high}
        row["wobble"] = line.wobble
    if len(known) > FEWEST_BEFORE:
        usual = expected_next(scores[:-1], errors[:-1], scores[-1], errors[-1], settings.confidence)
        row |= {"expected": usual.value, "expected_low": usual.low, "expected_high": usual.high}
        row["_expected_p"] = usual.p
    return row


def _correct(rows: Sequence[Row], settings: Settings) -> None:
    """Holm within a metric, programme and segmentation: the whole is one family, each cut another."""
    names = sorted({(row["programme"] or "", row["metric"], row["segmentation"]) for row in rows})
    family = np.array(
        [names.index((row["programme"] or "", row["metric"], row["segmentation"])) for row in rows]
    )
    drifts, compared = holm([_or_nan(row.get("p_value")) for row in rows], family)
    lasts, _ = holm([_or_nan(row.pop("_expected_p", None)) for row in rows], family)
    for row, p, size, last in zip(rows, drifts.tolist(), compared.tolist(), lasts.tolist(), strict=True):
        if "slope" in row:
            row |= {"adjusted_p": p, "compared": size}
            row["verdict"] = _direction(p <= settings.alpha, row["slope"], "rising", "falling", "cannot_tell")
        if "expected" in row:
            row["expected_adjusted_p"] = last
            off = row["last_value"] - row["expected"]
            row["standing"] = _direction(last <= settings.alpha, off, "above", "below", "usual")


def _direction(clear: bool, by: float, up: str, down: str, unclear: str) -> str:
    if not clear:
        return unclear
    return up if by > 0 else down


def _times(rows: Sequence[Row]) -> tuple[list[float], str]:
    """Years where the periods say when they were (by their first day, or as a label 2017), else 0, 1, 2 …"""
    starts = [row["period_start"] for row in rows]
    if None not in starts:
        return [(start - starts[0]).days / _DAYS_A_YEAR for start in starts], "year"
    labels = [str(row["period"]) for row in rows]
    if all(len(label) == 4 and label.isdecimal() for label in labels):
        return [float(int(label)) for label in labels], "year"
    return [float(place) for place in range(len(rows))], "period"


def _value(row: Row) -> float:
    """The weighted score where the survey has weights or clusters."""
    value = row["weighted_value"] if row["weighted_value"] is not None else row["value"]
    return float(value)


def _error(row: Row) -> float:
    """Its standard error; 0 where there is none."""
    se = row["weighted_se"] if row["weighted_value"] is not None else row["se"]
    return float(se or 0.0)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
