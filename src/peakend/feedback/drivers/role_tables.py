"""The analysis `driver_asymmetry`: what each part takes away or adds, and at which end it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.drivers import role_columns
from peakend.feedback.drivers.asymmetry import Asymmetry, asymmetry
from peakend.feedback.drivers.bands import outcome_cuts
from peakend.feedback.drivers.choice import Task, as_table, number, part_of, tasks, where
from peakend.feedback.drivers.driver_tables import reason_of
from peakend.feedback.drivers.errors import DriversError
from peakend.feedback.drivers.extremes import Extremes, extremes
from peakend.feedback.drivers.kano import kano_of_role
from peakend.feedback.score_counts import NO_SCALE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peakend.declaration import Inputs, Results, Settings

Numbers = NDArray[np.float64]
Row = dict[str, Any]

# Effects of fewer poor or excellent answers than this are not estimated.
FEWEST_AT_AN_END = 20


def role_tables(inputs: Inputs) -> Results:
    """The table of the analysis `driver_asymmetry`. Raises `ScoreOutsideScaleError`."""
    rows = [row for task in tasks(inputs) if not task.reason for row in _roles(task, inputs.settings)]
    return {role_columns.ROLES.name: as_table(rows, role_columns.ROLES.schema())}


def _roles(task: Task, settings: Settings) -> Iterator[Row]:
    base = [{**where(task), **part_of(part), "n": len(task.outcome)} for part in task.parts]
    try:
        found = _asymmetry(task, settings)
    except DriversError as error:
        for row in base:
            yield {**row, "reason": reason_of(error)}
        return
    ends, reason = _ends(task, settings)
    cuts = _cuts(task)
    for place, row in enumerate(base):
        both = {"unhappy_to": cuts[0], "delighted_from": cuts[1], "reason": reason or None}
        yield {
            **row,
            **_end_columns(found, place, settings.minimum_base),
            **both,
            **(_model_columns(ends, place) if ends else {}),
        }


def _asymmetry(task: Task, settings: Settings) -> Asymmetry:
    scales = [
        part.scale
        if part.scale != NO_SCALE
        else (float(np.nanmin(task.scores[:, place])), float(np.nanmax(task.scores[:, place])))
        for place, part in enumerate(task.parts)
    ]
    return asymmetry(
        task.scores,
        task.outcome,
        task.weight,
        task.cluster,
        scales=scales,
        minimum=max(FEWEST_AT_AN_END, settings.minimum_base),
        confidence=settings.confidence,
        alpha=settings.alpha,
    )


def _cuts(task: Task) -> tuple[float, float]:
    scale = task.question.scale
    if scale == NO_SCALE:
        scale = float(task.outcome.min()), float(task.outcome.max())
    return outcome_cuts(task.question.metric, scale)


def _ends(task: Task, settings: Settings) -> tuple[Extremes | None, str]:
    low, high = _cuts(task)
    try:
        found = extremes(
            task.scores,
            task.outcome,
            task.weight,
            task.cluster,
            detractor_to=low,
            promoter_from=high,
            confidence=settings.confidence,
            alpha=settings.alpha,
        )
    except DriversError as error:
        return None, reason_of(error)
    return found, ""


def _end_columns(found: Asymmetry, place: int, minimum: int) -> Row:
    names = (
        *(f"{name}{end}" for name in ("penalty", "reward") for end in ("", "_low", "_high")),
        "poor_to",
        "top_from",
        "tilt_p",
        "tilt_adjusted_p",
    )
    role = found.roles[place]
    counts = {"poor_n": int(found.poor_n[place]), "top_n": int(found.top_n[place])}
    return {
        **{name: number(float(getattr(found, name)[place])) for name in names},
        **{name: n if n >= minimum else None for name, n in counts.items()},
        "effect_p": number(float(found.p[place])),
        "effect_adjusted_p": number(float(found.adjusted_p[place])),
        "asymmetry": number(float(found.index[place])),
        "role": role,
        "kano": kano_of_role(role),
    }


def _model_columns(found: Extremes, place: int) -> Row:
    row: Row = {}
    for name, end in (("detractors", found.detractors), ("promoters", found.promoters)):
        row |= {
            name: number(float(end.effect[place])),
            f"{name}_low": number(float(end.low[place])),
            f"{name}_high": number(float(end.high[place])),
            f"{name}_adjusted_p": number(float(end.adjusted_p[place])),
        }
    return {
        **row,
        "ends_p": number(float(found.p[place])),
        "ends_adjusted_p": number(float(found.adjusted_p[place])),
        "end": found.ends[place],
    }
