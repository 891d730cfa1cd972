"""Rows of the table `mediation`: from experience by way of satisfaction to loyalty, and to revenue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.comparison import holm
from peakend.feedback.structure.chains import chain_effects, kind_of, spread_of
from peakend.feedback.structure.mediation import VERDICT_OF, Effect, judged
from peakend.feedback.structure.period_models import PeriodModel, fit, period_columns
from peakend.feedback.structure.shape import EXPERIENCE, LEAST_RESPONSES, LOYALTY, SATISFACTION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.declaration import Inputs, Settings
    from peakend.feedback.sheets import Responses
    from peakend.feedback.structure.result import PathResult

Row = dict[str, Any]
Numbers = NDArray[np.float64]
WINDOW_DAYS = 180
_DAY_US = 86_400_000_000
_ALL = {"experience": "all", "experience_en": "Experience as a whole", "experience_zh": "总体体验"}


@dataclass(frozen=True, slots=True)
class Revenue:
    """Revenue before and after each response with a customer whose whole window is on record, by response_id.

    reason: why there is none (empty: there is).
    """

    around: Mapping[str, tuple[float, float]]
    currency: str
    reason: str


def mediation_rows(inputs: Inputs, models: Sequence[PeriodModel]) -> list[Row]:
    """For every programme, of its latest period that has what is needed; else a row with the reason."""
    rows: list[Row] = []
    revenue = _revenue(inputs)
    for programme in sorted({model.period.programme for model in models}):
        of_programme = [model for model in models if model.period.programme == programme]
        rows += _to_loyalty(of_programme, inputs.settings)
        rows += _to_revenue(of_programme, revenue, inputs.settings)
    return rows


def _to_loyalty(models: Sequence[PeriodModel], settings: Settings) -> list[Row]:
    able = [model for model in models if model.result is not None and model.shape.of(LOYALTY)]
    if not able:
        asked = [model for model in models if model.shape.of(LOYALTY)]
        reason = asked[-1].reason if asked else "no_loyalty_question"
        return [_without(models[-1], LOYALTY, reason or "too_few_answers")]
    model = able[-1]
    assert model.result is not None
    n = _both(model, [item for block in model.shape.of(LOYALTY) for item in block.items])
    rows = _rows(model, model.result, LOYALTY, (), 1.0, settings)
    return [row | {"n": n, "unit": "index points"} for row in rows]


def _to_revenue(models: Sequence[PeriodModel], revenue: Revenue, settings: Settings) -> list[Row]:
    """Naive, and with what the customer spent before the answer held equal: good customers stay good."""
    reason = revenue.reason or "no_linked_revenue"
    for model in reversed(models):
        known = np.array(
            [one in revenue.around for one in model.responses.response_id.to_pylist()], dtype=bool
        )
        linked = replace(model, responses=model.responses.take(known))
        anchors = [item for block in model.shape.of(SATISFACTION) for item in block.items]
        if model.result is None or linked.answered(anchors) < LEAST_RESPONSES:
            continue
        spent = np.array([revenue.around[one] for one in linked.responses.response_id.to_pylist()])
        return _revenue_rows(linked, _winsorised(spent), revenue.currency, settings)
    return [_without(models[-1], "revenue", reason) | {"days": WINDOW_DAYS}]


def _revenue_rows(model: PeriodModel, spent: Numbers, currency: str, settings: Settings) -> list[Row]:
    """spent: (n, 2), before and after."""
    low, high = spent.min(axis=0), spent.max(axis=0)
    if not high[1] > low[1]:
        return [_without(model, "revenue", "no_variation") | {"days": WINDOW_DAYS}]
    before = ("before",) if high[0] > low[0] else ()
    blocks = {key: names for key, names in model.shape.columns.items() if key != LOYALTY}
    blocks |= {"revenue": ["revenue"]} | {name: [name] for name in before}
    paths = {SATISFACTION: model.shape.paths[SATISFACTION], "revenue": [SATISFACTION, *before]}
    columns = model.columns | {"before": spent[:, 0], "revenue": spent[:, 1]}
    scales = model.scales | {"before": (low[0], high[0]), "revenue": (low[1], high[1])}
    result, reason = fit(
        blocks, paths, columns, scales, _by_customer(model), model.number, settings.confidence
    )
    if result is None:
        return [_without(model, "revenue", reason) | {"days": WINDOW_DAYS}]
    # An index point of revenue is a hundredth of its range.
    per_point = float(high[1] - low[1]) / 100
    rows = [
        row
        for covariates in ((), before)[: 1 + len(before)]
        for row in _rows(model, result, "revenue", covariates, per_point, settings)[:1]
    ]
    n = model.answered([item for block in model.shape.of(SATISFACTION) for item in block.items])
    return [row | {"n": n, "unit": currency, "days": WINDOW_DAYS} for row in rows]


def _by_customer(model: PeriodModel) -> Responses:
    """The responses, those of one customer as one sampling unit where the survey has no clusters."""
    given = model.responses
    if len(np.unique(given.cluster)) < len(given):
        return given
    codes = given.customer_id.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return replace(given, cluster=codes.astype(np.int64))


def _rows(
    model: PeriodModel,
    result: PathResult,
    outcome: str,
    covariates: Sequence[str],
    per_point: float,
    settings: Settings,
) -> list[Row]:
    """Experience as a whole; then each dimension beside the others, with Holm's correction over them."""
    dimensions = [place for place, key in enumerate(result.latents) if key.startswith(f"{EXPERIENCE}:")]
    ends = [result.latents.index(key) for key in (SATISFACTION, outcome, *covariates)]
    whole = [(dimensions, ends)]
    alone = [([one], [*ends, *(d for d in dimensions if d != one)]) for one in dimensions]
    parts = alone if len(dimensions) > 1 and not covariates else []
    judgements = [_judgement(result, first, rest, per_point, settings) for first, rest in [*whole, *parts]]
    adjusted_for = ["revenue_before" if covariates else "", *["dimensions"] * len(parts)]
    names = [_ALL, *(_named(model, result.latents[d]) for d in dimensions)][: 1 + len(parts)]
    adjusted = [judgements[0][1:], *_adjusted([one[1:] for one in judgements[1:]])]
    rows = []
    for name, held, judgement, (joint, direct) in zip(names, adjusted_for, judgements, adjusted, strict=True):
        row, signs = judgement[0], _signs(joint, direct, judgement[0], settings.alpha)
        rows.append(
            period_columns(model)
            | name
            | {
                "outcome": outcome,
                "adjusted_for": held,
                "adjusted_joint_p": joint,
                "adjusted_direct_p": direct,
            }
            | row
            | {"verdict": signs}
        )
    return rows


def _judgement(
    result: PathResult, first: list[int], rest: list[int], per_point: float, settings: Settings
) -> tuple[Row, float, float]:
    """The columns of a row, joint p and direct p; `rest`: satisfaction, the outcome, what is held equal."""
    assert result.drawn is not None
    size = len(result.latents)
    mix = np.zeros((1 + len(rest), size))
    mix[0, first] = 1 / len(first)
    mix[np.arange(1, 1 + len(rest)), rest] = 1
    point, drawn = (
        chain_effects(mix @ _covariances(*terms) @ mix.T, 1, len(rest) - 2)
        for terms in (
            (result.point.correlations[None], result.point.index_sd[None]),
            (result.drawn.correlations, result.drawn.index_sd),
        )
    )
    found = judged(point, spread_of(drawn), drawn, alpha=settings.alpha, confidence=settings.confidence)
    measured = found.result(result.n, 0)
    row = _ends("to_satisfaction", measured.links[0])
    for name, effect in (
        ("to_outcome", measured.links[1]),
        ("indirect", measured.indirect),
        ("direct", measured.direct),
        ("whole", measured.total),
    ):
        row |= _ends(name, effect, per_point)
    p_direct = measured.direct.p
    assert p_direct is not None
    row |= {"joint_p": measured.joint_p, "direct_p": p_direct, "proportion": measured.proportion}
    return row, measured.joint_p, p_direct


def _covariances(correlations: Numbers, deviations: Numbers) -> Numbers:
    return np.asarray(correlations * deviations[:, :, None] * deviations[:, None, :])


def _adjusted(pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    if not pairs:
        return []
    joint, direct = (holm([pair[i] for pair in pairs])[0].tolist() for i in (0, 1))
    return list(zip(joint, direct, strict=True))


def _signs(joint: float, direct: float, row: Row, alpha: float) -> str:
    """The verdict from corrected p."""
    same = row["indirect"] * row["direct"] > 0
    return VERDICT_OF[kind_of(joint <= alpha, direct <= alpha, same)]


def _winsorised(spent: Numbers) -> Numbers:
    """Both columns within their first and ninety-ninth percentile: a single order must not decide."""
    low, high = np.quantile(spent, (0.01, 0.99), axis=0, method="nearest")
    return np.clip(spent, low, high)


def _both(model: PeriodModel, items: Sequence[int]) -> int:
    """Responses with satisfaction and one of `items`."""
    anchors = [item for block in model.shape.of(SATISFACTION) for item in block.items]
    known = ~np.isnan(model.responses.scores)
    return int((known[:, anchors].any(axis=1) & known[:, list(items)].any(axis=1)).sum())


def _named(model: PeriodModel, key: str) -> Row:
    block = next(block for block in model.shape.blocks if block.key == key)
    return {"experience": key, "experience_en": block.label_en, "experience_zh": block.label_zh}


def _without(model: PeriodModel, outcome: str, reason: str) -> Row:
    return period_columns(model) | _ALL | {"outcome": outcome, "adjusted_for": "", "reason": reason}


def _ends(name: str, effect: Effect, factor: float = 1.0) -> Row:
    three = {name: effect.value, f"{name}_low": effect.low, f"{name}_high": effect.high}
    return {key: None if value is None else value * factor for key, value in three.items()}


def _revenue(inputs: Inputs) -> Revenue:
    """Revenue around every response; each customer needs transactions and a window that is on record."""
    table = inputs.query(
        "feedback/structure/revenue_around",
        {"window_us": WINDOW_DAYS * _DAY_US, "currency": inputs.settings.currency or ""},
    ).to_arrow()
    rows = table.to_pylist()
    if not rows:
        return Revenue({}, "", "no_linked_revenue")
    currencies = {row[name] for row in rows for name in ("lowest_currency", "highest_currency")} - {None}
    if len(currencies) > 1:
        return Revenue({}, "", "several_currencies")
    around = {row["response_id"]: (row["revenue_before"], row["revenue_after"]) for row in rows}
    return Revenue(around, next(iter(currencies), ""), "")
