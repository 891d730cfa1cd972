"""The analysis `response_mix`: response rates, composition of the sample, and who answered what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.declaration import ARROW_TYPES, Inputs, Results, Settings
from peakend.feedback.intervals import wilson
from peakend.feedback.mix_columns import RESPONSE_MIX
from peakend.feedback.mix_counts import WHOLE, Category, Invited, PeriodMix, count_mix
from peakend.feedback.publishing import published
from peakend.feedback.suppression import Suppression, suppress

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOT_KNOWN = "not known"
_KINDS = ("all", "channel", "language", "segment")

Row = dict[str, Any]
Populations = Mapping[tuple[str, str], Mapping[str, float]]


def response_mix(inputs: Inputs) -> Results:
    """The table `response_mix`.

    The rate is that of everything sent, bounced or not, in the month or wave of the invitation (AAPOR 2023,
    Standard Definitions, RR1); without any recorded invitation it is empty. An invitation is answered when a
    response names it, or when it is marked completed.
    """
    populations = _populations(inputs)
    questions = {row["question_id"]: row for row in inputs["questions"].to_arrow().to_pylist()}
    rows: list[Row] = []
    for period, mix in count_mix(inputs):
        where = {
            "programme": period.programme,
            "period": period.label,
            "period_kind": period.kind,
            "period_start": period.start,
        }
        rows += [where | row for row in _category_rows(mix, populations, inputs.settings)]
        rows += [where | row for row in _question_rows(mix, questions, inputs.settings)]
    return {RESPONSE_MIX.name: _table(rows, inputs.settings.confidence)}


def _category_rows(mix: PeriodMix, populations: Populations, settings: Settings) -> Iterator[Row]:
    """Rows of responses and invitations; a dimension about which the source says nothing is left out."""
    expected = _expected(mix, populations)
    dimensions: dict[tuple[str, str], list[Category]] = defaultdict(list)
    for category in sorted({*mix.responses, *mix.invitations, *expected}, key=_order):
        dimensions[category.kind, category.dimension].append(category)
    total = mix.responses[WHOLE]
    for categories in dimensions.values():
        if all(category.name is None for category in categories):
            continue
        counts = np.array([mix.responses[category] for category in categories], dtype=np.int64)
        hidden, withheld = _suppressed(counts, total, settings.minimum_base)
        for place, category in enumerate(categories):
            if withheld[place]:
                continue
            yield {
                **_named(category),
                "n": int(counts[place]),
                "share_of": total,
                "population_share": expected.get(category),
                **_invited(mix.invitations.get(category), settings.minimum_base),
                "hidden": bool(hidden[place]),
            }


def _order(category: Category) -> tuple[object, ...]:
    return _KINDS.index(category.kind), category.dimension, category.name is None, category.name or ""


def _suppressed(
    counts: NDArray[np.int64], total: int, minimum: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Hidden and withheld categories of one dimension; an empty one has nobody behind it and may be shown."""
    hidden, withheld = np.zeros(len(counts), dtype=bool), np.zeros(len(counts), dtype=bool)
    filled = np.flatnonzero(counts > 0)
    if len(counts) == 1:
        hidden[filled] = counts[filled] < minimum
    else:
        found = suppress(counts[filled], np.zeros(len(filled), dtype=np.int64), [total], minimum)
        hidden[filled], withheld[filled] = found.hidden, found.withheld
    return hidden, withheld


def _invited(invited: Invited | None, minimum: int) -> Row:
    """Invitations of a category; a rate of fewer than the minimum base is not shown."""
    if invited is None or invited.sent < minimum:
        return {}
    return {"invited": invited.sent, "bounced": invited.bounced, "responded": invited.answered}


def _named(category: Category) -> Row:
    name = NOT_KNOWN if category.name is None else category.name
    labels = {WHOLE: ("Everybody", "全体")}.get(category, (name, name))
    if category.name is None:
        labels = ("Not known", "未知")
    return {
        "dimension_kind": category.kind,
        "dimension": category.dimension,
        "category": name,
        "label_en": labels[0],
        "label_zh": labels[1],
    }


def _question_rows(mix: PeriodMix, questions: Mapping[str, Row], settings: Settings) -> Iterator[Row]:
    """How many of those who were asked gave an answer; hidden where the score itself would be."""
    for question_id, states in sorted(mix.states.items()):
        question = questions.get(question_id, {})
        asked = sum(states.values())
        few = 0 < states["answered"] < settings.minimum_base
        yield {
            "dimension_kind": "question",
            "dimension": "question",
            "category": question_id,
            "label_en": question.get("label_en") or question_id,
            "label_zh": question.get("label_zh") or question.get("label_en") or question_id,
            "n": asked,
            "answers": states["answered"],
            "not_used": states["not_used"] / asked,
            "no_answer": states["no_answer"] / asked,
            "hidden": asked < settings.minimum_base or few,
        }


def _populations(inputs: Inputs) -> Populations:
    """Share of each segment by (survey, segmentation); sizes may be people or shares."""
    sizes: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in inputs["populations"].to_arrow().to_pylist():
        sizes[row["survey_id"], row["segmentation"]][row["segment"]] = row["size"]
    return {
        key: {segment: size / sum(found.values()) for segment, size in found.items()}
        for key, found in sizes.items()
        if sum(found.values()) > 0
    }


def _expected(mix: PeriodMix, populations: Populations) -> dict[Category, float]:
    """Population shares in a period: the mean over those of its surveys that have them."""
    shares: dict[Category, float] = defaultdict(float)
    for segmentation in {segmentation for survey, segmentation in populations if survey in mix.surveys}:
        known = [populations[s, segmentation] for s in mix.surveys if (s, segmentation) in populations]
        for margin in known:
            for segment, share in margin.items():
                shares[Category("segment", segmentation, segment)] += share / len(known)
    return dict(shares)


def _table(rows: list[Row], confidence: float) -> pa.Table:
    def numbers(name: str) -> NDArray[np.float64]:
        return np.array([row.get(name) for row in rows], dtype=float)

    columns: dict[str, pa.Array] = {}
    bases = (
        ("share", "n", "share_of"),
        ("response_rate", "responded", "invited"),
        ("answered", "answers", "n"),
    )
    for name, part, whole in bases:
        base = numbers(whole)
        share = numbers(part) / np.where(base > 0, base, np.nan)
        low, high = wilson(share, base, confidence)
        for suffix, found in (("", share), ("_low", low), ("_high", high)):
            columns[name + suffix] = pa.array(found, pa.float64(), mask=np.isnan(found))
    for column in RESPONSE_MIX.columns:
        if column.name not in columns:
            columns[column.name] = pa.array([row.get(column.name) for row in rows], ARROW_TYPES[column.type])
    hidden = np.array([row["hidden"] for row in rows], dtype=bool)
    return published(RESPONSE_MIX, columns, Suppression(hidden, np.zeros(len(rows), dtype=bool)))
