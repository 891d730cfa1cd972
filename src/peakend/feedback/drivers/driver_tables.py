"""The analyses `drivers` and `priorities`: importance with its resamples, and the order that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import fdtrc

from peakend.feedback.drivers import driver_columns as columns
from peakend.feedback.drivers.bootstrap import multinomial_counts
from peakend.feedback.drivers.choice import Task, as_table, number, part_of, tasks, where
from peakend.feedback.drivers.errors import DriversError
from peakend.feedback.drivers.halo import halo
from peakend.feedback.drivers.importance import SEED, RelativeImportance, relative_importance
from peakend.feedback.drivers.johnson import relative_weights
from peakend.feedback.drivers.priorities import on_hundred, priorities
from peakend.feedback.drivers.ranks import Ranks, ranks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peakend.declaration import Inputs, Results, Settings

Numbers = NDArray[np.float64]
Row = dict[str, Any]

DRAWS = 200
ORDERS = 500


def driver_tables(inputs: Inputs) -> Results:
    """Every table of the analysis `drivers`, by name. Raises `ScoreOutsideScaleError`."""
    models: list[Row] = []
    parts: list[Row] = []
    draws: list[pa.Table] = []
    for task in tasks(inputs):
        model, of_parts, of_draws = _explained(task, inputs.settings)
        models.append(model)
        parts.extend(of_parts)
        draws.append(of_draws)
    return {
        columns.MODELS.name: as_table(models, columns.MODELS.schema()),
        columns.IMPORTANCE.name: as_table(parts, columns.IMPORTANCE.schema()),
        columns.DRAWS.name: pa.concat_tables([columns.DRAWS.schema().empty_table(), *draws]),
    }


def _explained(task: Task, settings: Settings) -> tuple[Row, list[Row], pa.Table]:
    left_out = [
        {
            **where(task),
            **part_of(part.question),
            "used": False,
            "n": part.n,
            "skipped": None if part.n is None else 1 - part.n / max(len(task.outcome), part.n),
            "reason": part.reason,
        }
        for part in task.left_out
    ]
    base = {**where(task), "parts": len(task.parts), "left_out": len(task.left_out)}
    if len(task.outcome) >= settings.minimum_base:
        base["n"] = len(task.outcome)
    nothing = columns.DRAWS.schema().empty_table()
    try:
        found = None if task.reason else _importance(task, settings)
    except DriversError as error:
        return {**base, "reason": reason_of(error)}, left_out, nothing
    if found is None:
        return {**base, "reason": task.reason}, left_out, nothing
    performance = _performance(task)
    order = ranks(_shares(found), _share_draws(found), settings.confidence)
    rows = _part_rows(task, found, performance, order, settings.confidence)
    return {**base, **_model(found, order)}, [*rows, *left_out], _draws(task, found, performance)


def reason_of(error: DriversError) -> str:
    """The last word of the error's code: too_few_answers, never_together, …"""
    return error.code.rpartition(".")[2]


def _importance(task: Task, settings: Settings) -> RelativeImportance:
    return relative_importance(
        task.scores,
        task.outcome,
        weights=task.weight,
        clusters=task.cluster,
        names=task.names,
        bootstrap=DRAWS,
        confidence=settings.confidence,
        orders=ORDERS,
        seed=SEED,
    )


def _shares(found: RelativeImportance) -> Numbers:
    total = found.importances.sum()
    return found.importances / total if total > 0 else np.full(len(found.drivers), 1 / len(found.drivers))


def _share_draws(found: RelativeImportance) -> Numbers:
    draws = found.share_draws
    assert draws is not None, "a bootstrap was asked for"
    return draws


def _model(found: RelativeImportance, order: Ranks) -> Row:
    parts = found.correlation[:-1, :-1]
    row: Row = {
        "n": found.n,
        "effective_n": number(found.effective_n),
        "complete": found.complete,
        "r2": number(found.r2),
        "r2_low": number(found.r2_low),
        "r2_high": number(found.r2_high),
        "r2_p": _nothing(found),
        "method": found.method,
        "leaders": len(order.leaders),
    }
    if len(parts) < 2:
        return row
    alike = halo(parts)
    return {
        **row,
        "common": alike.common,
        "mean_correlation": alike.mean_correlation,
        "largest_inflation": number(float(alike.inflation.max())),
        "condition": number(float(alike.condition[-1])) if np.isfinite(alike.inflation).all() else None,
        "halo": alike.verdict,
    }


def _nothing(found: RelativeImportance) -> float | None:
    """p of the F test that R² is 0, on Kish's size; None where that leaves no degrees of freedom."""
    drivers, size = len(found.drivers), found.effective_n or 0.0
    rest = size - drivers - 1
    if rest <= 0 or found.r2 >= 1:
        return None
    return float(fdtrc(drivers, rest, found.r2 / drivers / ((1 - found.r2) / rest)))


def _performance(task: Task) -> tuple[Numbers, Numbers]:
    """Mean scores on 0 to 100 of those who answered, and their draws with the bootstrap of importance.

    The draws take the same clusters as `relative_importance` with the same seed, so that a resample is one
    company of respondents for both.
    """
    on_scale = np.column_stack(
        [
            on_hundred(task.scores[:, place], part.scale)
            if np.isfinite(part.scale).all()
            else np.full(len(task.outcome), np.nan)
            for place, part in enumerate(task.parts)
        ]
    )
    known = ~np.isnan(on_scale)
    units = int(task.cluster.max()) + 1
    weight = known * task.weight[:, None]
    totals, bases = np.zeros((2, units, on_scale.shape[1]))
    np.add.at(totals, task.cluster, weight * np.where(known, on_scale, 0.0))
    np.add.at(bases, task.cluster, weight)
    counts = np.hstack(list(multinomial_counts(units, DRAWS, SEED)))
    with np.errstate(invalid="ignore", divide="ignore"):
        return totals.sum(axis=0) / bases.sum(axis=0), (counts @ totals) / (counts @ bases)


def _part_rows(
    task: Task,
    found: RelativeImportance,
    performance: tuple[Numbers, Numbers],
    order: Ranks,
    confidence: float,
) -> list[Row]:
    johnson = relative_weights(found.correlation)
    tail = 100 * (1 - confidence) / 2
    means, draws = performance
    ends = np.nanpercentile(np.where(np.isnan(draws), means, draws), (tail, 100 - tail), axis=0)
    rows = []
    leaders = set(order.leaders.tolist())
    places = {name: place for place, name in enumerate(task.names)}
    for place, driver in enumerate(found.drivers):
        at = places[driver.name]
        n = int((~np.isnan(task.scores[:, at])).sum())
        rows.append(
            {
                **where(task),
                **part_of(task.parts[at]),
                "used": True,
                "n": n,
                "skipped": 1 - n / len(task.outcome),
                "share": number(driver.share),
                "share_low": number(driver.low),
                "share_high": number(driver.high),
                "johnson": number(johnson[place] / johnson.sum()) if johnson.sum() > 0 else None,
                "rank": int(order.rank[place]),
                "rank_low": int(order.low[place]),
                "rank_high": int(order.high[place]),
                "leader": place in leaders,
                "correlation": number(found.correlation[place, -1]),
                "performance": number(means[at]),
                "performance_low": number(ends[0][at]),
                "performance_high": number(ends[1][at]),
            }
        )
    return rows


def _draws(task: Task, found: RelativeImportance, performance: tuple[Numbers, Numbers]) -> pa.Table:
    shares = _share_draws(found)
    places = [task.names.index(name) for name in found.names]
    scores = performance[1][:, places]
    if len(scores) != len(shares):
        # Resamples without a model are gone, and which they were is not said: performance stays as it is.
        scores = np.broadcast_to(performance[0][places], shares.shape)
    size = shares.size
    names = {
        "programme": task.period.programme,
        "period": task.period.label,
        "outcome_id": task.question.question_id,
    }
    flat = scores.T.ravel()
    return pa.table(
        {
            **{name: pa.array([value] * size, pa.string()) for name, value in names.items()},
            "question_id": pa.array(np.repeat(found.names, len(shares)).tolist(), pa.string()),
            "draw": pa.array(np.tile(np.arange(len(shares)), shares.shape[1])),
            "share": pa.array(shares.T.ravel()),
            "performance": pa.array(flat, mask=~np.isfinite(flat)),
        },
        schema=columns.DRAWS.schema(),
    )


def priority_tables(inputs: Inputs) -> Results:
    """The table of the analysis `priorities`, from the results of `drivers`."""
    chance = {_key(row): row["r2_p"] for row in inputs["driver_models"].to_arrow().to_pylist()}
    rows: dict[tuple[str, str, str], list[Row]] = {}
    for row in inputs["driver_importance"].to_arrow().to_pylist():
        if row["used"] and row["share"] is not None and row["performance"] is not None:
            rows.setdefault(_key(row), []).append(row)
    drawn: dict[tuple[str, str, str], dict[str, list[tuple[int, float, float]]]] = {}
    for row in inputs["driver_draws"].to_arrow().to_pylist():
        drawn.setdefault(_key(row), {}).setdefault(row["question_id"], []).append(
            (row["draw"], row["share"], row["performance"])
        )
    found = [
        {**made, "r2_p": chance[key]}
        for key in sorted(rows)
        if len(rows[key]) > 1
        for made in _prioritised(
            sorted(rows[key], key=lambda row: row["question_id"]), drawn[key], inputs.settings.confidence
        )
    ]
    return {columns.PRIORITIES.name: as_table(found, columns.PRIORITIES.schema())}


def _key(row: Row) -> tuple[str, str, str]:
    return row["programme"], row["period"], row["outcome_id"]


def _prioritised(
    rows: list[Row], drawn: dict[str, list[tuple[int, float, float]]], confidence: float
) -> Iterator[Row]:
    listed = [np.array(sorted(drawn[row["question_id"]]), dtype=float) for row in rows]
    performance = np.array([row["performance"] for row in rows])
    scores = np.column_stack([one[:, 2] for one in listed])
    found = priorities(
        [row["share"] for row in rows],
        performance,
        np.column_stack([one[:, 1] for one in listed]),
        np.where(np.isnan(scores), performance, scores),
        confidence=confidence,
    )
    firsts = set(found.order.leaders.tolist())
    kept = {column.name for column in columns.WHICH} | {"n"}
    for place, row in enumerate(rows):
        numbers = {
            name + end: number(float(getattr(found, name + end)[place]))
            for name in ("importance", "performance", "need")
            for end in ("", "_low", "_high")
        }
        yield {
            **{name: row[name] for name in kept},
            **numbers,
            "importance_cut": found.importance_cut,
            "performance_cut": found.performance_cut,
            "quadrant": found.quadrant[place],
            "sure": bool(found.sure[place]),
            "rank": int(found.order.rank[place]),
            "rank_low": int(found.order.low[place]),
            "rank_high": int(found.order.high[place]),
            "first": place in firsts,
        }
