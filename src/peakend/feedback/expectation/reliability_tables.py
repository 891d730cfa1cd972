"""The analysis `reliability`: what the ratings of the latest wave or year measure, and how reliably."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from peakend.feedback.expectation.errors import (
    ExpectationError,
    NotConvergedError,
    NothingVariesError,
    TooFewItemsError,
)
from peakend.feedback.expectation.factors import Factors, factor_analysis
from peakend.feedback.expectation.parallel import Retained, parallel_analysis
from peakend.feedback.expectation.reliability import ItemReliability, Reliability, cronbach_alpha
from peakend.feedback.expectation.reliability_columns import (
    EIGENVALUES,
    ITEMS,
    LOADINGS,
    RELIABILITY,
)
from peakend.feedback.score_counts import read_questions
from peakend.feedback.sheets import answer_sheet
from peakend.feedback.spans import spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from peakend.declaration import Inputs, Results, Settings
    from peakend.feedback.expectation.items import Codes, Numbers
    from peakend.feedback.periods import Period
    from peakend.feedback.score_counts import Question
    from peakend.feedback.sheets import Sheet

Row = dict[str, Any]
NOT_DECLARED = "not declared"
ENOUGH = 0.7
"""The α usually asked of a scale in use (Nunnally & Bernstein 1994, Psychometric Theory)."""
BELONGS = 0.4
"""The least loading at which a question is said to belong to a group (Stevens 2002, Applied Multivariate
Statistics for the Social Sciences, 4th ed., section 11.8)."""
# Fewer answers, or answers to both of a pair, leave correlations to chance.
LEAST_ANSWERS = 50
LEAST_TOGETHER = 30
DRAWS = 99


@dataclass(frozen=True, slots=True)
class _Latest:
    """The ratings of a programme's latest period: questions asked in it, and who answered what."""

    period: Period
    questions: Sequence[Question]
    scores: Numbers
    weight: Numbers
    cluster: Codes

    def design(self) -> Mapping[str, Any]:
        """Weights and clusters as `cronbach_alpha` takes them; empty where there are none."""
        found: dict[str, Any] = {}
        if not bool((self.weight == 1).all()):
            found["weights"] = self.weight
        if len(np.unique(self.cluster)) < len(self.cluster):
            found["clusters"] = self.cluster.tolist()
        return found


@dataclass(frozen=True, slots=True)
class _Groups:
    """What belongs together. used: places of the questions looked at; reasons: why others were not."""

    used: Sequence[int]
    reasons: Mapping[int, str]
    retained: Retained | None
    solution: Factors | None
    problem: str | None


def reliability(inputs: Inputs) -> Results:
    """Four tables about the latest period of each programme that rates two things or more."""
    questions = [q for q in read_questions(inputs) if not q.of_whole]
    found: dict[str, list[Row]] = {t.name: [] for t in (RELIABILITY, ITEMS, EIGENVALUES, LOADINGS)}
    for latest in _latest(answer_sheet(inputs, questions), inputs.settings):
        where = {
            "programme": latest.period.programme,
            "period": latest.period.label,
            "period_kind": latest.period.kind,
            "period_start": latest.period.start,
        }
        groups = _groups(latest)
        dimensions = _dimensions(latest, inputs.settings)
        found[RELIABILITY.name] += [where | row for row in _dimension_rows(dimensions, inputs.settings)]
        found[ITEMS.name] += [where | row for row in _item_rows(latest, dimensions, groups, inputs.settings)]
        found[EIGENVALUES.name] += [where | row for row in _eigenvalue_rows(groups)]
        found[LOADINGS.name] += [where | row for row in _loading_rows(latest, groups)]
    return {
        table.name: pa.Table.from_pylist(found[table.name], schema=table.schema())
        for table in (RELIABILITY, ITEMS, EIGENVALUES, LOADINGS)
    }


def _latest(sheet: Sheet, settings: Settings) -> Iterator[_Latest]:
    """Of each programme the last wave, or year of calendar months (`spans`), in which two questions have
    answers enough to be published."""
    if not sheet.questions:
        return
    counts = sheet.counts(weighted=True)
    for listed in spans(sheet.periods, np.flatnonzero(counts.any(axis=1)).tolist()).values():
        answers = (counts[list(span.numbers)].sum(axis=0) for span in reversed(listed))
        enough = ((n >= settings.minimum_base).sum() >= 2 for n in answers)
        span = next((span for span, fit in zip(reversed(listed), enough, strict=True) if fit), None)
        if span is None:
            continue
        responses = sheet.responses(span.numbers)
        if len(span.numbers) > 1 and not sheet.clustered:
            responses = responses.by_customer()
        used = responses.take(responses.weight > 0)
        asked = np.flatnonzero((~np.isnan(used.scores)).any(axis=0))
        yield _Latest(
            span.period,
            [sheet.questions[place] for place in asked.tolist()],
            used.scores[:, asked],
            used.weight,
            used.cluster,
        )


@dataclass(frozen=True, slots=True)
class _Dimension:
    name: str
    places: Sequence[int]
    n: int
    found: Reliability | None
    reason: str | None

    def item(self, place: int) -> ItemReliability | None:
        return None if self.found is None else self.found.items[list(self.places).index(place)]


def _dimensions(latest: _Latest, settings: Settings) -> list[_Dimension]:
    answered = (~np.isnan(latest.scores)).sum(axis=0)
    names = [q.dimension or NOT_DECLARED for q in latest.questions]
    dimensions = []
    for name in sorted(set(names)):
        places = [
            place
            for place, own in enumerate(names)
            if own == name and answered[place] >= settings.minimum_base
        ]
        dimensions.append(_dimension(latest, name, places, settings))
    return dimensions


def _dimension(latest: _Latest, name: str, places: Sequence[int], settings: Settings) -> _Dimension:
    scores = latest.scores[:, list(places)]
    n = int((~np.isnan(scores)).all(axis=1).sum()) if places else 0
    if len(places) < 2:
        return _Dimension(name, places, n, None, "one_question")
    if n < max(settings.minimum_base, len(places) + 1):
        return _Dimension(name, places, n, None, "too_few")
    try:
        found = cronbach_alpha(
            scores,
            names=[latest.questions[place].question_id for place in places],
            confidence=settings.confidence,
            method="distribution_free",
            alpha=settings.alpha,
            **latest.design(),
        )
    except NothingVariesError:
        return _Dimension(name, places, n, None, "no_variation")
    return _Dimension(name, places, found.n, found, None)


def _dimension_rows(dimensions: Sequence[_Dimension], settings: Settings) -> Iterator[Row]:
    for one in dimensions:
        hidden = one.n < settings.minimum_base
        row: Row = {"dimension": one.name, "items": len(one.places), "reason": one.reason, "hidden": hidden}
        if not hidden:
            row["n"] = one.n
        if one.found is not None:
            low, high = one.found.low, one.found.high
            reading = "cannot_tell"
            if low is not None and high is not None:
                reading = "holds_together" if low >= ENOUGH else "does_not" if high < ENOUGH else reading
            row |= {
                "alpha": one.found.value,
                "alpha_low": low,
                "alpha_high": high,
                "average_correlation": one.found.average_correlation,
                "omega": one.found.omega,
                "reading": reading,
            }
        yield row


def _groups(latest: _Latest) -> _Groups:
    """How many things the questions measure, and which question belongs to which."""
    used, reasons = _usable(latest)
    if len(used) < 3:
        return _Groups(used, reasons, None, None, "too_few")
    scores = latest.scores[:, used]
    names = [latest.questions[place].question_id for place in used]
    try:
        retained = parallel_analysis(scores, names=names, weights=latest.weight, draws=DRAWS)
    except ExpectationError:
        return _Groups(used, reasons, None, None, "too_few")
    if retained.factors == 0:
        return _Groups(used, reasons, retained, None, "no_common_factor")
    problem = "not_converged"
    for count in range(retained.factors, 0, -1):
        try:
            solution = factor_analysis(scores, count, names=names, weights=latest.weight)
        except TooFewItemsError:
            continue
        except NotConvergedError:
            problem = "not_converged"
            continue
        if not solution.heywood:
            return _Groups(used, reasons, retained, solution, None)
        problem = "heywood"
    return _Groups(used, reasons, retained, None, problem)


def _usable(latest: _Latest) -> tuple[list[int], dict[int, str]]:
    """Places of questions with enough different answers that also meet each other often enough."""
    reasons: dict[int, str] = {}
    for place, column in enumerate(latest.scores.T):
        given = column[~np.isnan(column)]
        if len(given) < LEAST_ANSWERS:
            reasons[place] = "too_few"
        elif len(np.unique(given)) < 2:
            reasons[place] = "no_variation"
    used = [place for place in range(latest.scores.shape[1]) if place not in reasons]
    known = (~np.isnan(latest.scores)).astype(float)
    while len(used) > 1:
        together = known[:, used].T @ known[:, used]
        if together.min() >= LEAST_TOGETHER:
            break
        # The one that is rarest beside others goes first; of several the last in the order of keys.
        rare = (together < LEAST_TOGETHER).sum(axis=0) - together.diagonal() / (together.max() + 1)
        worst = len(used) - 1 - int(np.argmax(rare[::-1]))
        reasons[used.pop(worst)] = "rarely_together"
    return used, reasons


def _item_rows(
    latest: _Latest, dimensions: Sequence[_Dimension], groups: _Groups, settings: Settings
) -> Iterator[Row]:
    answered = (~np.isnan(latest.scores)).sum(axis=0)
    of_place = {place: one for one in dimensions for place in one.places}
    for place, question in enumerate(latest.questions):
        hidden = bool(answered[place] < settings.minimum_base)
        row: Row = {**_named(question), "hidden": hidden}
        if not hidden:
            item = of_place[place].item(place) if place in of_place else None
            row["n"] = int(answered[place])
            if item is not None:
                row |= {
                    "total_correlation": item.total_correlation,
                    "alpha_without": item.alpha_without,
                    "adjusted_p": item.adjusted_p,
                    "lowers": item.lowers,
                }
            row |= _group_of(place, groups)
        yield row


def _group_of(place: int, groups: _Groups) -> Row:
    if place in groups.reasons or groups.solution is None:
        return {"reason": groups.reasons.get(place, groups.problem)}
    number = list(groups.used).index(place)
    loadings = groups.solution.loadings[number]
    own = int(groups.solution.factor[number])
    others = np.delete(loadings, own)
    alone = abs(loadings[own]) < BELONGS
    return {
        "factor": None if alone else own + 1,
        "reason": "stands_alone" if alone else None,
        "loading": float(loadings[own]),
        "next_loading": float(others[np.argmax(np.abs(others))]) if len(others) else None,
        "communality": float(groups.solution.communality[number]),
    }


def _eigenvalue_rows(groups: _Groups) -> Iterator[Row]:
    if groups.retained is None:
        return
    shown = 0 if groups.solution is None else groups.solution.loadings.shape[1]
    pairs = zip(groups.retained.eigenvalues.tolist(), groups.retained.reference.tolist(), strict=True)
    for place, (eigenvalue, reference) in enumerate(pairs):
        yield {
            "rank": place + 1,
            "eigenvalue": eigenvalue,
            "reference": reference,
            "retained": place < groups.retained.factors,
            "n": groups.retained.n,
            "questions": len(groups.used),
            "shown": shown,
        }


def _loading_rows(latest: _Latest, groups: _Groups) -> Iterator[Row]:
    for number, place in enumerate(groups.used):
        named = _named(latest.questions[place])
        if groups.solution is None:
            yield {**named, "factor": 0}
            continue
        for factor, loading in enumerate(groups.solution.loadings[number].tolist()):
            yield {**named, "factor": factor + 1, "loading": loading}


def _named(question: Question) -> Row:
    return {
        "question_id": question.question_id,
        "label_en": question.label_en or question.question_id,
        "label_zh": question.label_zh or question.label_en or question.question_id,
        "dimension": question.dimension or NOT_DECLARED,
    }
