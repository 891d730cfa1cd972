"""The analysis `scores`: cells, what is hidden of them and how they changed, as four result tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.feedback.cells import Cells, cells_of
from peakend.feedback.changes import Change, change_of, suppression_of
from peakend.feedback.measures import METRICS, Metric
from peakend.feedback.publishing import published
from peakend.feedback.score_counts import NO_SCALE, ScoreCounts, count_scores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.feedback.moments import Estimates

Numbers = NDArray[np.float64]


def score_tables(inputs: Inputs) -> Results:
    """Every table of the analysis `scores`, by name. Raises `ScoreOutsideScaleError`, `UnknownScaleError`."""
    counts = count_scores(inputs)
    touchpoints = {row["touchpoint_id"]: row for row in inputs["touchpoints"].to_arrow().to_pylist()}
    return {
        metric.table.name: _table(
            metric, cells_of(metric, counts, inputs), counts, touchpoints, inputs.settings
        )
        for metric in METRICS
    }


def _table(
    metric: Metric,
    cells: Cells,
    counts: ScoreCounts,
    touchpoints: Mapping[str, Mapping[str, Any]],
    settings: Settings,
) -> pa.Table:
    suppression = suppression_of(cells, counts, settings.minimum_base)
    change = change_of(metric.first.kind, cells, counts, suppression, settings)
    columns = {**_where(cells, counts, touchpoints), **_figures(metric, cells), **_changes(change, counts)}
    return published(metric.table, columns, suppression)


def _where(
    cells: Cells, counts: ScoreCounts, touchpoints: Mapping[str, Mapping[str, Any]]
) -> dict[str, pa.Array]:
    names = [touchpoints.get(t, {}) for t in counts.touchpoints]
    place = cells.place

    def period(attribute: str, kind: pa.DataType | None = None) -> pa.Array:
        return _named(place.period, [getattr(p, attribute) for p in counts.periods], kind)

    def question(attribute: str, kind: pa.DataType | None = None) -> pa.Array:
        return _named(place.question, [getattr(q, attribute) for q in counts.questions], kind)

    def touchpoint(column: str, kind: pa.DataType | None = None) -> pa.Array:
        return _named(place.touchpoint, [row.get(column) for row in names], kind)

    return {
        "programme": period("programme"),
        "period": period("label"),
        "period_kind": period("kind"),
        "period_start": period("start", pa.date32()),
        "question_id": question("question_id"),
        "label_en": question("label_en"),
        "label_zh": question("label_zh"),
        "overall": question("overall", pa.bool_()),
        "dimension": question("dimension"),
        "scale_low": _finite(cells.low),
        "scale_high": _finite(cells.high),
        "touchpoint_id": _named(place.touchpoint, counts.touchpoints),
        "touchpoint_en": touchpoint("name"),
        "touchpoint_zh": touchpoint("name_zh"),
        "touchpoint_position": touchpoint("position", pa.int64()),
        "segmentation": _named(place.cut, [cut.segmentation for cut in counts.cuts]),
        "segment": _named(place.cut, [cut.segment for cut in counts.cuts]),
    }


def _figures(metric: Metric, cells: Cells) -> dict[str, pa.Array]:
    first, second = cells.first, cells.second
    figures = {
        "n": first.n,
        "value": first.value,
        "low": first.low,
        "high": first.high,
        "se": first.se,
        "effective_n": first.effective_n,
        "clusters": first.units,
        "weighted_value": first.weighted_value,
        "weighted_low": first.weighted_low,
        "weighted_high": first.weighted_high,
        "weighted_se": first.weighted_se,
    }
    if metric.first.kind == "nps":
        passives = np.maximum(1 - first.up - first.down, 0)
        figures |= {"promoters": first.up, "passives": passives, "detractors": first.down}
    if metric.second is not None and second is not None:
        figures |= _second_figures(metric.second.name, second, cells)
    return {
        "no_variance": pa.array(first.no_variance),
        **{name: _finite(numbers) for name, numbers in figures.items()},
    }


def _second_figures(name: str, second: Estimates, cells: Cells) -> dict[str, Numbers]:
    # Without a scale nobody can say what its top is.
    has_scale = (cells.low != NO_SCALE[0]) & (cells.high != NO_SCALE[1])
    figures = {
        name: second.value,
        f"{name}_low": second.low,
        f"{name}_high": second.high,
        f"weighted_{name}": second.weighted_value,
        f"weighted_{name}_low": second.weighted_low,
        f"weighted_{name}_high": second.weighted_high,
    }
    return {key: np.where(has_scale, numbers, np.nan) for key, numbers in figures.items()}


def _changes(change: Change, counts: ScoreCounts) -> dict[str, pa.Array]:
    gap = change.difference
    compared = np.where(np.isnan(gap.p), np.nan, change.compared)
    figures = {
        "difference": gap.value,
        "difference_low": gap.low,
        "difference_high": gap.high,
        "p_value": gap.p,
        "adjusted_p": change.adjusted_p,
        "compared": compared,
    }
    return {
        "previous_period": _named(change.previous, [p.label for p in counts.periods]),
        "verdict": pa.array(change.verdict.tolist(), pa.string()),
        **{name: _finite(numbers) for name, numbers in figures.items()},
    }


def _named(codes: NDArray[np.int64], values: Sequence[Any], kind: pa.DataType | None = None) -> pa.Array:
    """The value that each number stands for; null for −1."""
    return pa.array(values, kind or pa.string()).take(pa.array(codes, mask=codes < 0))


def _finite(numbers: Numbers) -> pa.Array:
    return pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers))
