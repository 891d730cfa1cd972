"""The cells of one metric: counts gathered by period, question, touchpoint and cut, and what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.feedback.keys import rows_of, unique_rows
from peakend.feedback.moments import Counts, Estimates, UnitSums, estimates, moments_of_counts
from peakend.feedback.scales import check_scores
from peakend.feedback.score_counts import Place, ScoreCounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs
    from peakend.feedback.measures import Metric

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells in the order of `place`; low, high: limits of the question's scale."""

    place: Place
    first: Estimates
    second: Estimates | None
    low: Numbers
    high: Numbers

    def __len__(self) -> int:
        return len(self.low)


def cells_of(metric: Metric, counts: ScoreCounts, inputs: Inputs) -> Cells:
    """Gather the counts of `metric` into cells and estimate each. Raises `ScoreOutsideScaleError`."""
    is_metric = np.array([q.metric == metric.name for q in counts.questions], dtype=bool)
    rows = np.flatnonzero(is_metric[counts.place.question])
    keys, cell = unique_rows(counts.place.take(rows).columns())
    numbers = _numbers_of_scores(metric, counts, rows)
    clusters = _cluster_sums(metric, counts, rows, keys, inputs)
    scales = np.array([q.scale for q in counts.questions], dtype=float).reshape(-1, 2)[keys[:, 1]]
    low, high = scales[:, 0], scales[:, 1]
    known: list[Estimates] = []
    for measure, y, sums in zip((metric.first, metric.second), numbers, clusters, strict=True):
        if measure is not None:
            counted = Counts(
                cell=cell,
                y=y,
                n=counts.n[rows],
                weighted_n=counts.weighted_n[rows],
                w=counts.w[rows],
                w2=counts.w2[rows],
                weighted=counts.weighted[rows],
                clustered=counts.clustered[rows],
            )
            moments = moments_of_counts(counted, sums, len(keys))
            known.append(estimates(moments, measure.kind, inputs.settings.confidence, (low, high)))
    return Cells(Place(*keys.T), known[0], known[1] if len(known) > 1 else None, low, high)


def _numbers_of_scores(metric: Metric, counts: ScoreCounts, rows: Codes) -> tuple[Numbers, Numbers]:
    """Each row's y for the first and for the second measure, once its score is known to lie on the scale."""
    score, question = counts.score[rows], counts.place.question[rows]
    everybody = counts.place.cut[rows] == 0
    y, y_second = np.zeros(len(rows)), np.zeros(len(rows))
    for number in np.unique(question):
        asked = counts.questions[number]
        mine = question == number
        once = mine & everybody
        check_scores(score[once], counts.n[rows][once], asked.scale, asked.question_id)
        y[mine] = metric.first.number(score[mine], asked.scale)
        if metric.second is not None:
            y_second[mine] = metric.second.number(score[mine], asked.scale)
    return y, y_second


def _cluster_sums(
    metric: Metric, counts: ScoreCounts, rows: Codes, keys: Codes, inputs: Inputs
) -> tuple[UnitSums, UnitSums]:
    """Sums over clusters for both measures; computed in the engine, and for clustered surveys only."""
    inside = rows[counts.clustered[rows]]
    if len(inside) == 0:
        nothing = UnitSums(np.zeros(0, dtype=np.int64), *(np.zeros(0) for _ in range(4)))
        return nothing, nothing
    engine = inputs.engine
    points = engine.from_arrow(_points(metric, counts, inside))
    surveys = engine.from_arrow(_clustered_surveys(counts))
    found: list[pa.Table] = []
    cell: list[Codes] = []
    for batch in counts.batches:
        table = inputs.query(
            "feedback/cluster_moments",
            points=points,
            clustered_surveys=surveys,
            respondents=batch.respondents,
            profile_cuts=engine.from_arrow(batch.profile_cuts),
        ).to_arrow()
        place = counts.labels.place(table, np.arange(len(table)), table["cut"].to_numpy().astype(np.int64))
        found.append(table)
        cell.append(rows_of(keys, place.columns()))
    return _unit_sums(found, cell, ""), _unit_sums(found, cell, "_second")


def _points(metric: Metric, counts: ScoreCounts, rows: Codes) -> pa.Table:
    """Every question and score of `rows` once, with the numbers they stand for."""
    values, code = np.unique(counts.score[rows], return_inverse=True)
    pairs = counts.place.question[rows] * len(values) + code
    different = rows[np.unique(pairs, return_index=True)[1]]
    y, y_second = _numbers_of_scores(metric, counts, different)
    question = [counts.questions[number].question_id for number in counts.place.question[different].tolist()]
    columns = {
        "question_id": question,
        "score": counts.score[different],
        "y": y,
        "y_second": y_second,
    }
    return pa.table(columns)


def _clustered_surveys(counts: ScoreCounts) -> pa.Table:
    weighted: Mapping[str, bool] = {s: d.weighted for s, d in counts.designs.items() if d.clustered}
    return pa.table({"survey_id": list(weighted), "weighted": list(weighted.values())})


def _unit_sums(tables: Sequence[pa.Table], cell: Sequence[Codes], suffix: str) -> UnitSums:
    def column(name: str) -> Numbers:
        return np.concatenate([table[name].cast(pa.float64()).to_numpy() for table in tables])

    return UnitSums(
        np.concatenate(cell), column("units"), column("ww"), column(f"wy{suffix}"), column(f"yy{suffix}")
    )
