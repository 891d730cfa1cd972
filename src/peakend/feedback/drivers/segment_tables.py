"""The analysis `drivers_by_segment`: slopes of every declared segment, leaning on all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from peakend.feedback.comparison import holm
from peakend.feedback.drivers import driver_columns as columns
from peakend.feedback.drivers.choice import Task, as_table, number, part_of, tasks, where
from peakend.feedback.drivers.errors import DriversError
from peakend.feedback.drivers.pooling import SegmentDrivers, drivers_by_segment
from peakend.feedback.drivers.skipped import filled
from peakend.feedback.sheets import members
from peakend.feedback.suppression import suppress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from peakend.declaration import Inputs, Results, Settings

Row = dict[str, Any]
Labels = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class _Found:
    """The models of one outcome, by segmentation, with differences judged over all of them."""

    task: Task
    models: Mapping[str, SegmentDrivers]
    adjusted: Mapping[str, NDArray[np.float64]]


def segment_tables(inputs: Inputs) -> Results:
    """The table of the analysis `drivers_by_segment`. Raises `ScoreOutsideScaleError`."""
    listed = [task for task in tasks(inputs) if not task.reason]
    belongs = members(inputs) if listed else None
    rows: list[Row] = []
    for task in listed:
        assert belongs is not None
        found = _modelled(task, _labels(task, belongs), inputs.settings)
        rows.extend(_rows(found, inputs.settings))
    return {columns.BY_SEGMENT.name: as_table(rows, columns.BY_SEGMENT.schema())}


def _labels(task: Task, belongs: pa.Table) -> dict[str, Labels]:
    """For each segmentation the segment of every respondent of the task, None where in none."""
    place = pc.index_in(belongs["response_id"].cast(pa.string()), value_set=task.response_id)
    inside = belongs.append_column("place", place).filter(pc.is_valid(place))
    found: dict[str, Labels] = {}
    for segmentation in sorted(pc.unique(inside["segmentation"]).to_pylist()):
        own = inside.filter(pc.equal(inside["segmentation"], segmentation))
        labels = np.full(len(task.outcome), None, dtype=object)
        labels[own["place"].to_numpy()] = own["segment"].to_pylist()
        found[segmentation] = labels
    return found


def _modelled(task: Task, labels: Mapping[str, Labels], settings: Settings) -> _Found:
    # Filled once for all segmentations.
    whole = filled(task.scores, task.weight)
    models: dict[str, SegmentDrivers] = {}
    for segmentation, of_rows in labels.items():
        shown = _publishable(of_rows, settings.minimum_base)
        try:
            models[segmentation] = drivers_by_segment(
                whole,
                task.outcome,
                [label if label in shown else None for label in of_rows.tolist()],
                task.weight,
                task.cluster,
                confidence=settings.confidence,
            )
        except DriversError:
            continue
    every = [model.deviation_p.ravel() for model in models.values()]
    adjusted = holm(np.concatenate(every))[0] if every else np.zeros(0)
    ends = np.cumsum([0, *(len(one) for one in every)])
    return _Found(
        task,
        models,
        {
            segmentation: adjusted[start:end].reshape(model.deviation_p.shape)
            for (segmentation, model), start, end in zip(models.items(), ends[:-1], ends[1:], strict=True)
        },
    )


def _publishable(labels: Labels, minimum: int) -> set[str]:
    """Segments whose size may be shown beside the whole."""
    named = sorted({label for label in labels.tolist() if label is not None})
    sizes = [int((labels == name).sum()) for name in named]
    hidden = suppress(sizes, np.zeros(len(sizes), dtype=np.int64), [len(labels)], minimum)
    return {
        name
        for name, out, gone in zip(named, hidden.hidden, hidden.withheld, strict=True)
        if not (out or gone)
    }


def _rows(found: _Found, settings: Settings) -> Iterator[Row]:
    task = found.task
    for segmentation, model in found.models.items():
        for s, segment in enumerate(model.segments):
            for place, part in enumerate(task.parts):
                p = float(found.adjusted[segmentation][s, place])
                gap = model.slope[s, place] - model.common[place]
                verdict = "cannot_tell" if p > settings.alpha else "more" if gap > 0 else "less"
                numbers = {
                    name: number(float(getattr(model, name)[s, place]))
                    for name in ("slope", "pooled", "pooled_low", "pooled_high", "kept", "share")
                }
                yield {
                    **where(task),
                    **part_of(part),
                    **numbers,
                    "segmentation": segmentation,
                    "segment": segment,
                    "n": int(model.n[s]),
                    "common": number(float(model.common[place])),
                    "share_low": number(float(model.low[s, place])),
                    "share_high": number(float(model.high[s, place])),
                    "differs_p": number(float(model.deviation_p[s, place])),
                    "differs_adjusted_p": p,
                    "verdict": verdict,
                }
