"""The analysis `expectation_gaps`: gaps, disconfirmation, and under- and over-service of every period."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.comparison import holm
from peakend.feedback.expectation.confirmation import (
    Confirmation,
    Part,
    disconfirmation_adds,
    far_of,
    of_gap,
    tolerance_of,
)
from peakend.feedback.expectation.gap_columns import EXPECTATION_GAPS
from peakend.feedback.expectation.items import Codes, Numbers, on_unit_scale
from peakend.feedback.expectation.means import Sums, sums_of_means
from peakend.feedback.expectation.overservice import ServiceLevel, levels_of
from peakend.feedback.expectation.pairs import Pair, read_overall, read_pairs
from peakend.feedback.expectation.servqual import gap_verdicts
from peakend.feedback.periods import Period
from peakend.feedback.sheets import answer_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.feedback.score_counts import Question
    from peakend.feedback.sheets import Responses, Sheet

Row = dict[str, Any]
NOT_DECLARED = "not declared"
ALL_MONTHS = "all"


@dataclass(frozen=True, slots=True)
class _Wave:
    """One period's pairs on 0–100, those that at least one respondent answered."""

    pairs: Sequence[Pair]
    expected: Numbers
    perceived: Numbers
    overall: Numbers | None
    overall_id: str | None
    weight: Numbers
    cluster: Codes

    @property
    def design(self) -> tuple[Numbers | None, Codes | None]:
        """Weights and clusters where there are any."""
        alone = len(np.unique(self.cluster)) == len(self.cluster)
        return (
            None if bool((self.weight == 1).all()) else self.weight,
            None if alone else self.cluster,
        )


def expectation_gaps(inputs: Inputs) -> Results:
    """The table `expectation_gaps`; empty where no expectation question has its perception."""
    pairs, overall = read_pairs(inputs), read_overall(inputs)
    rows: list[Row] = []
    if pairs:
        asked = [q for pair in pairs for q in (pair.expectation, pair.perception)]
        sheet = answer_sheet(inputs, [*asked, *overall])
        # Read once and cut in memory: a scan for each of many months would cost more.
        everybody = sheet.responses()
        for period, numbers in _periods(sheet.periods):
            chosen = everybody.take(np.isin(everybody.period, numbers))
            wave = _wave(sheet, chosen, pairs, overall)
            if wave is not None:
                rows += [_where(period) | row for row in _rows(wave, inputs.settings)]
    return {EXPECTATION_GAPS.name: pa.Table.from_pylist(rows, schema=EXPECTATION_GAPS.schema())}


def _periods(periods: Sequence[Period]) -> Iterator[tuple[Period, list[int]]]:
    """Every period with its number; and each programme's months together, as few answer in one of them."""
    for number, period in enumerate(periods):
        yield period, [number]
    for programme in dict.fromkeys(period.programme for period in periods):
        months = [n for n, p in enumerate(periods) if p.programme == programme and p.kind == "month"]
        if len(months) > 1:
            # Any kind will do here: the row says "all" (`_where`).
            yield Period(programme, "undated", ALL_MONTHS, None), months


def _wave(
    sheet: Sheet, responses: Responses, pairs: Sequence[Pair], overall: Sequence[Question]
) -> _Wave | None:
    units = np.column_stack(
        [
            on_unit_scale(responses.scores[:, place], *question.scale)
            for place, question in enumerate(sheet.questions)
        ]
    )
    expected, perceived = units[:, 0 : 2 * len(pairs) : 2], units[:, 1 : 2 * len(pairs) : 2]
    both = ~np.isnan(expected) & ~np.isnan(perceived) & (responses.weight > 0)[:, None]
    asked = np.flatnonzero(both.any(axis=0))
    if not len(asked):
        return None
    rows = both.any(axis=1)
    whole = units[rows][:, 2 * len(pairs) :]
    given = (~np.isnan(whole)).sum(axis=0)
    chosen = int(np.argmax(given > 0)) if given.any() else None
    return _Wave(
        pairs=[pairs[place] for place in asked.tolist()],
        expected=expected[np.ix_(rows, asked)],
        perceived=perceived[np.ix_(rows, asked)],
        overall=None if chosen is None else whole[:, chosen],
        overall_id=None if chosen is None else overall[chosen].question_id,
        weight=responses.weight[rows],
        cluster=responses.cluster[rows],
    )


def _rows(wave: _Wave, settings: Settings) -> Iterator[Row]:
    names = [pair.perception.question_id for pair in wave.pairs]
    dimensions = [pair.perception.dimension or NOT_DECLARED for pair in wave.pairs]
    labels = sorted(set(dimensions))
    size = len(names)
    members = np.array([[own == label for own in dimensions] for label in labels], dtype=float)
    members = members / members.sum(axis=1, keepdims=True)
    every = members.mean(axis=0, keepdims=True)
    levels = (("item", names, np.eye(size)), ("dimension", labels, members), ("all", ["all"], every))
    services = {level.name: level for level in _services(wave, settings)}
    for level, listed, coefficients in levels:
        for place, row in enumerate(_gap_rows(wave, level, listed, coefficients, settings)):
            if row["hidden"]:
                yield row
            elif level == "item":
                yield row | _item(wave, place, services[listed[place]], settings)
            else:
                yield row | (_relation(wave, settings) if level == "all" else {})


def _gap_rows(
    wave: _Wave, level: str, names: Sequence[str], coefficients: Numbers, settings: Settings
) -> Iterator[Row]:
    gap_scores = wave.perceived - wave.expected
    both = ~np.isnan(gap_scores)

    def sums(scores: Numbers, limits: tuple[float, float]) -> Sums:
        paired = np.where(both, scores, np.nan)
        return sums_of_means(paired, coefficients, wave.weight, wave.cluster, settings.confidence, limits)

    expected, perceived = sums(wave.expected, (0, 100)), sums(wave.perceived, (0, 100))
    gap = sums(gap_scores, (-100, 100))
    hidden = gap.n < settings.minimum_base
    p = np.where(hidden, np.nan, gap.p)
    adjusted, sizes = holm(p)
    verdicts = gap_verdicts(gap.value, adjusted, settings.alpha)
    for place, name in enumerate(names):
        row: Row = {"level": level, "item": name, "hidden": bool(hidden[place]), **_named(wave, level, place)}
        row.setdefault("label_en", name)
        row.setdefault("label_zh", name)
        if not hidden[place]:
            row |= {
                "n": int(gap.n[place]),
                "expectation": _known(expected.value[place]),
                "perception": _known(perceived.value[place]),
                "gap": _known(gap.value[place]),
                "gap_low": _known(gap.low[place]),
                "gap_high": _known(gap.high[place]),
                "p": _known(p[place]),
                "adjusted_p": _known(adjusted[place]),
                "compared": int(sizes[0]) if len(sizes) else 0,
                "verdict": verdicts[place],
            }
        yield row


def _named(wave: _Wave, level: str, place: int) -> Row:
    if level == "all":
        return {"label_en": "Everything", "label_zh": "全部"}
    if level == "dimension":
        return {}
    pair = wave.pairs[place]
    question = pair.perception
    return {
        "expectation_id": pair.expectation.question_id,
        "label_en": question.label_en or question.question_id,
        "label_zh": question.label_zh or question.label_en or question.question_id,
        "dimension": question.dimension,
        "touchpoint_id": question.touchpoint_id,
    }


def _services(wave: _Wave, settings: Settings) -> Sequence[ServiceLevel]:
    """Items below the minimum base are left out of the tests as they are left out of the table."""
    n = (~np.isnan(wave.perceived - wave.expected) & (wave.weight > 0)[:, None]).sum(axis=0)
    shown = n >= settings.minimum_base
    gone = np.where(shown, 0.0, np.nan)
    return levels_of(
        [pair.perception.question_id for pair in wave.pairs],
        wave.perceived + gone,
        wave.expected + gone,
        wave.overall,
        wave.weight,
        wave.cluster,
        unit_cost=[pair.cost_per_point for pair in wave.pairs],
        confidence=settings.confidence,
        alpha=settings.alpha,
    )


def _item(wave: _Wave, place: int, service: ServiceLevel, settings: Settings) -> Row:
    pair = wave.pairs[place]
    scales = pair.expectation.scale, pair.perception.scale
    weight, cluster = wave.design
    found = of_gap(
        service.name,
        wave.perceived[:, place] - wave.expected[:, place],
        wave.expected[:, place],
        weight,
        cluster,
        near=tolerance_of(*scales),
        much=far_of(*scales),
        confidence=settings.confidence,
    )
    return _confirmation(found) | {
        "tolerance": tolerance_of(*scales),
        "worth": service.worth,
        "worth_low": service.worth_low,
        "worth_high": service.worth_high,
        "service": service.service,
        "service_p": service.adjusted_p,
        "worth_reason": service.reason,
        "saving": service.saving,
        "saving_low": service.saving_low,
        "saving_high": service.saving_high,
    }


def _confirmation(found: Confirmation) -> Row:
    row: Row = {
        "as_expected": found.as_expected.value,
        "could_be_far_better": found.could_be_far_better,
    }
    parts: tuple[tuple[str, Part], ...] = (
        ("worse", found.worse),
        ("better", found.better),
        ("far_better", found.far_better),
        ("index", found.index),
    )
    for name, part in parts:
        row |= {name: part.value, f"{name}_low": part.low, f"{name}_high": part.high}
    return row


def _relation(wave: _Wave, settings: Settings) -> Row:
    """What the mean gap adds to the overall beyond the mean perception of the same items."""
    if wave.overall is None:
        return {"adds_reason": "no_overall"}
    both = ~np.isnan(wave.perceived) & ~np.isnan(wave.expected)
    count = np.maximum(both.sum(axis=1), 1)
    perceived = np.where(both, wave.perceived, 0).sum(axis=1) / count
    gap = np.where(both, wave.perceived - wave.expected, 0).sum(axis=1) / count
    found = disconfirmation_adds(
        wave.overall,
        perceived,
        gap,
        weights=wave.weight,
        clusters=wave.cluster,
        confidence=settings.confidence,
    )
    return {
        "overall_id": wave.overall_id,
        "adds": found.slope,
        "adds_low": found.low,
        "adds_high": found.high,
        "adds_p": found.p,
        "explained_by_perception": found.r2_perception,
        "explained_by_both": found.r2_both,
        "adds_reason": found.reason,
    }


def _where(period: Period) -> Row:
    return {
        "programme": period.programme,
        "period": period.label,
        "period_kind": ALL_MONTHS if period.label == ALL_MONTHS else period.kind,
        "period_start": period.start,
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
