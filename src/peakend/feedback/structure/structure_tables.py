"""The tables of the analysis `structural_index`: indices and effects of every period, and mediation."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtr

from peakend.feedback.comparison import holm, verdicts
from peakend.feedback.intervals import normal_quantile
from peakend.feedback.structure.mediation_columns import MEDIATION
from peakend.feedback.structure.mediation_rows import mediation_rows
from peakend.feedback.structure.period_models import PeriodModel, period_columns, period_models
from peakend.feedback.structure.shape import EXPERIENCE
from peakend.feedback.structure.structure_columns import EFFECTS, INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.feedback.structure.shape import Block

Row = dict[str, Any]
Numbers = NDArray[np.float64]


def structure_tables(inputs: Inputs) -> Results:
    """The tables `structural_index`, `structural_effects` and `mediation`."""
    models = period_models(inputs)
    rows = [list(_index_rows(model)) for model in models]
    _compare(models, rows, inputs.settings)
    index = [row for of_period in rows for row in of_period]
    effects = [row for model in models for row in _effect_rows(model, inputs.settings.alpha)]
    tables = ((INDEX, index), (EFFECTS, effects), (MEDIATION, mediation_rows(inputs, models)))
    return {table.name: pa.Table.from_pylist(listed, schema=table.schema()) for table, listed in tables}


def _number(value: float) -> float | None:
    """`value`, or None where it is no number."""
    return float(value) if np.isfinite(value) else None


def _index_rows(model: PeriodModel) -> Iterator[Row]:
    """A row a block; one alone, with the reason, where there is no model."""
    result = model.result
    if result is None:
        nothing: Row = {"block": "none", "role": "none", "block_en": "–", "block_zh": "–"}
        yield period_columns(model) | nothing | {"reason": model.reason, "verdict": "no_previous_period"}
        return
    assert result.low is not None
    assert result.high is not None
    for place, block in enumerate(model.shape.blocks):
        items = [model.questions[item].question_id for item in block.items]
        scores = model.responses.scores[:, list(block.items)]
        yield {
            **period_columns(model),
            "block": block.key,
            "block_en": block.label_en,
            "block_zh": block.label_zh,
            "role": block.role,
            "items": ",".join(items),
            "n": model.answered(block.items),
            **_ends("index", *(one.index[place] for one in (result.point, result.low, result.high))),
            "spread": _number(result.point.index_sd[place]),
            **_ends("r2", *(one.r2[place] for one in (result.point, result.low, result.high))),
            "reliability": _number(result.point.rho_c[place]),
            "ave": _number(result.point.ave[place]),
            "skipped": float(np.isnan(scores).mean()),
            "repaired": result.repaired,
            "draws": result.draws,
            "failed_draws": result.failed_draws,
        }


def _compare(models: Sequence[PeriodModel], rows: Sequence[list[Row]], settings: Settings) -> None:
    """Each index with that of the period before in its programme, made of the same questions.

    The two samples are independent, each with its bootstrap variance; Holm over the blocks of a period.
    """
    latest: dict[tuple[str, str], tuple[PeriodModel, list[Row]]] = {}
    for model, of_period in zip(models, rows, strict=True):
        line = (model.period.programme, model.period.kind)
        before = latest.get(line) if model.period.kind != "undated" else None
        if model.result is None:
            continue
        previous = {row["block"]: (place, row) for place, row in enumerate(before[1])} if before else {}
        for place, row in enumerate(of_period):
            row["verdict"] = "no_previous_period"
            if before is None or row["block"] not in previous:
                continue
            then, found = previous[row["block"]]
            row["previous_period"] = before[0].period.label
            row["verdict"] = "other_questions"
            if found["items"] == row["items"]:
                _difference(row, model, place, before[0], then, settings.confidence)
        _judge(of_period, settings.alpha)
        latest[line] = model, of_period


def _difference(
    row: Row, now: PeriodModel, place: int, before: PeriodModel, then: int, confidence: float
) -> None:
    pairs = [
        (model.result.point.index[at], model.result.drawn.index[:, at].var(ddof=1))
        for model, at in ((now, place), (before, then))
        if model.result is not None and model.result.drawn is not None
    ]
    gap, se = float(pairs[0][0] - pairs[1][0]), float(np.sqrt(pairs[0][1] + pairs[1][1]))
    half = normal_quantile(confidence) * se
    p = 2 * ndtr(-abs(gap) / se) if se > 0 else np.nan
    row.update(_ends("difference", gap, max(gap - half, -100), min(gap + half, 100)), p_value=_number(p))


def _judge(rows: list[Row], alpha: float) -> None:
    tested = [row for row in rows if row.get("p_value") is not None]
    if not tested:
        return
    adjusted, compared = holm([row["p_value"] for row in tested])
    said = verdicts([row["difference"] for row in tested], adjusted, alpha)
    for row, p, count, verdict in zip(tested, adjusted, compared, said, strict=True):
        row.update(adjusted_p=float(p), compared=int(count), verdict=str(verdict))


def _effect_rows(model: PeriodModel, alpha: float) -> list[Row]:
    """What goes with each outcome, with Holm's correction over its causes."""
    result = model.result
    if result is None:
        return []
    found: dict[str, list[Row]] = defaultdict(list)
    blocks = model.shape.blocks
    for outcome, block in enumerate(blocks):
        causes = [place for place in range(outcome) if block.role != EXPERIENCE]
        for cause in causes:
            found[block.key].append(_effect(model, cause, outcome))
        if causes:
            rows = found[block.key]
            adjusted, compared = holm([row["p_value"] for row in rows])
            said = verdicts([row["total"] for row in rows], adjusted, alpha)
            words = {"better": "higher", "worse": "lower"}
            for row, p, count, verdict in zip(rows, adjusted, compared, said, strict=True):
                row.update(
                    adjusted_p=float(p), compared=int(count), verdict=words.get(str(verdict), str(verdict))
                )
    return [row for rows in found.values() for row in rows]


def _effect(model: PeriodModel, cause: int, outcome: int) -> Row:
    result = model.result
    assert result is not None
    assert result.low is not None
    assert result.high is not None
    assert result.drawn is not None
    three = (result.point, result.low, result.high)
    se = result.drawn.total[:, cause, outcome].std(ddof=1)
    z = result.point.total[cause, outcome] / se if se > 0 else np.nan
    return {
        **period_columns(model),
        **_named("cause", model.shape.blocks[cause]),
        **_named("outcome", model.shape.blocks[outcome]),
        "n": result.n,
        **_ends("direct", *(one.paths[cause, outcome] for one in three)),
        **_ends("total", *(one.total[cause, outcome] for one in three)),
        **_ends("rise", *(10 * one.slopes[cause, outcome] for one in three)),
        "p_value": _number(2 * ndtr(-abs(z))),
    }


def _named(name: str, block: Block) -> Row:
    return {name: block.key, f"{name}_en": block.label_en, f"{name}_zh": block.label_zh}


def _ends(name: str, value: float, low: float, high: float) -> Row:
    return {name: _number(value), f"{name}_low": _number(low), f"{name}_high": _number(high)}
