"""Answers side by side: one row a response and one column a question, for everything that joins answers.

What leaves the engine is as small as the method allows: distinct rows with their counts, or the moments of
each pattern of answered questions; row by row only where a method speaks of single responses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from peakend.feedback.periods import Period, Survey, in_order, period_of
from peakend.feedback.respondents import respondents
from peakend.feedback.scales import check_scores
from peakend.feedback.score_counts import Question, read_surveys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.declaration import Inputs
    from peakend.engine import Relation

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NO_MONTH = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Responses:
    """Responses in memory, sorted by response_id; n entries each.

    period: number in `Sheet.periods`. weight: 1 in a survey without weights, 0 where a weighted survey has
    none. cluster: codes; a response without a cluster is one of its own. scores: n × questions, NaN where
    there is no answer.
    """

    response_id: pa.Array
    customer_id: pa.Array
    period: Codes
    weight: Numbers
    cluster: Codes
    scores: Numbers

    def __len__(self) -> int:
        return len(self.period)

    def by_customer(self) -> Responses:
        """The same, what one customer answered at several times being one cluster."""
        codes = self.customer_id.dictionary_encode().indices.cast(pa.int64())
        same: Codes = pc.fill_null(codes, -1).to_numpy(zero_copy_only=False).copy()
        alone = np.flatnonzero(same < 0)
        same[alone] = len(same) + np.arange(len(alone))
        return replace(self, cluster=same)

    def take(self, rows: Codes | Flags) -> Responses:
        """Only `rows` (places, or a flag for each)."""
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        ids = pa.array(places)
        return Responses(
            self.response_id.take(ids),
            self.customer_id.take(ids),
            self.period[places],
            self.weight[places],
            self.cluster[places],
            self.scores[places],
        )


@dataclass(frozen=True, slots=True)
class Distinct:
    """Equal rows together: scores (k × questions, NaN: no answer), how many there are and their weight."""

    period: Codes
    scores: Numbers
    count: Numbers
    weight: Numbers


@dataclass(frozen=True, slots=True)
class PatternMoments:
    """Sums over the responses of a period that answered exactly the `observed` questions (flags).

    n: responses. weight_sum, weight_squares: Σw, Σw². sums, products: Σw·x and Σw·x·xᵀ, 0 where a question is
    not observed.
    """

    period: int
    observed: Flags
    n: int
    weight_sum: float
    weight_squares: float
    sums: Numbers
    products: Numbers


@dataclass(frozen=True, slots=True)
class Sheet:
    """Responses that answered at least one of `questions`.

    relation: response_id, customer_id, survey_id, period (number in `periods`), weight, cluster, and q0,
    q1, … the score on each question, null where none. clustered: whether any survey has clusters.
    """

    questions: tuple[Question, ...]
    periods: tuple[Period, ...]
    relation: Relation
    clustered: bool

    def responses(self, period: int | Sequence[int] | None = None) -> Responses:
        """Every response (of one period, or of several), row by row."""
        # Weights and clusters do not depend on the order, so it is made here and not in the engine.
        table = self._of(period).to_arrow().sort_by("response_id")
        cluster = _cluster_codes(table)
        return Responses(
            table["response_id"].combine_chunks().cast(pa.string()),
            table["customer_id"].combine_chunks().cast(pa.string()),
            _integers(table["period"]),
            _numbers(table["weight"]),
            cluster,
            self._scores(table),
        )

    def distinct(self, period: int | Sequence[int] | None = None) -> Distinct:
        """Equal rows of a period together: all that a method needs which asks for no single response."""
        columns = ", ".join(self._names)
        table = (
            self._of(period)
            .query(
                f"select s.period, {columns}, count(*) as n, sum(s.weight) as w "
                f"from sheet s group by s.period, {columns}",
                name="sheet",
            )
            .to_arrow()
        )
        scores, periods = self._scores(table), _integers(table["period"])
        order = np.lexsort([*np.where(np.isnan(scores), -np.inf, scores).T[::-1], periods])
        return Distinct(
            periods[order], scores[order], _numbers(table["n"])[order], _numbers(table["w"])[order]
        )

    def moments(self, period: int | Sequence[int] | None = None) -> list[PatternMoments]:
        """The moments of each pattern of answered questions, in the order of period and pattern."""
        places = range(len(self.questions))
        pairs = [(i, j) for i in places for j in range(i + 1)]
        pattern = " || ".join(f"case when s.q{i} is null then '0' else '1' end" for i in places)
        sums = ", ".join(f"sum(s.weight * s.q{i}) as s{i}" for i in places)
        products = ", ".join(f"sum(s.weight * s.q{i} * s.q{j}) as p{i}_{j}" for i, j in pairs)
        table = (
            self._of(period)
            .query(
                f"select s.period, {pattern} as pattern, count(*) as n, sum(s.weight) as w, "
                f"sum(s.weight * s.weight) as w2, {sums}, {products} "
                f"from sheet s group by s.period, {pattern}",
                name="sheet",
            )
            .to_arrow()
            .sort_by([("period", "ascending"), ("pattern", "ascending")])
        )
        return [self._pattern(row, pairs) for row in table.to_pylist()]

    @property
    def _names(self) -> list[str]:
        return [f"s.q{place}" for place in range(len(self.questions))]

    def counts(self, *, weighted: bool = False) -> Codes:
        """(periods, questions): how many answers there are; only those that carry weight where `weighted`."""
        found = np.zeros((len(self.periods), len(self.questions)), dtype=np.int64)
        if not self.questions:
            return found
        columns = ", ".join(f"count({name}) as n{place}" for place, name in enumerate(self._names))
        kept = "where s.weight > 0 " if weighted else ""
        table = self.relation.query(
            f"select s.period, {columns} from sheet s {kept}group by s.period", name="sheet"
        ).to_arrow()
        places = _integers(table["period"])
        for place in range(len(self.questions)):
            found[places, place] = _integers(table[f"n{place}"])
        return found

    def _of(self, period: int | Sequence[int] | None) -> Relation:
        if period is None:
            return self.relation
        numbers = [period] if isinstance(period, int) else sorted(period)
        # Numbers only; no period at all is written as one that there is not.
        listed = ", ".join(str(int(number)) for number in numbers) or "-1"
        return self.relation.query(f"select * from sheet s where s.period in ({listed})", name="sheet")

    def _scores(self, table: pa.Table) -> Numbers:
        columns = [
            pc.fill_null(table[f"q{place}"].cast(pa.float64()), float("nan")).to_numpy()
            for place in range(len(self.questions))
        ]
        return np.column_stack(columns) if columns else np.zeros((len(table), 0))

    def _pattern(self, row: dict[str, object], pairs: list[tuple[int, int]]) -> PatternMoments:
        size = len(self.questions)
        products = np.zeros((size, size))
        for i, j in pairs:
            products[i, j] = products[j, i] = _zero(row[f"p{i}_{j}"])
        return PatternMoments(
            period=int(_zero(row["period"])),
            observed=np.array([letter == "1" for letter in str(row["pattern"])], dtype=bool),
            n=int(_zero(row["n"])),
            weight_sum=_zero(row["w"]),
            weight_squares=_zero(row["w2"]),
            sums=np.array([_zero(row[f"s{i}"]) for i in range(size)]),
            products=products,
        )


def answer_sheet(inputs: Inputs, questions: Sequence[Question]) -> Sheet:
    """The answers to `questions` side by side, in every period they were asked in.

    Raises `ScoreOutsideScaleError`. An empty list of questions gives a sheet without rows.
    """
    engine = inputs.engine
    asked = pa.table(
        {
            "question_id": pa.array([q.question_id for q in questions], pa.string()),
            "place": pa.array(range(len(questions)), pa.int64()),
        }
    )
    answers = inputs.query("feedback/sheet_answers", asked=engine.from_arrow(asked))
    _check_limits(inputs, questions, answers)
    everybody = respondents(inputs)
    periods, of_month, clustered = _periods(inputs, everybody)
    placed = inputs.query(
        "feedback/sheet_respondents", respondents=everybody, sheet_periods=engine.from_arrow(of_month)
    )
    pivot = "".join(
        f", max(case when a.place = {place} then a.score end) as q{place}" for place in range(len(questions))
    )
    relation = engine.query(
        "select r.response_id, r.customer_id, r.survey_id, r.period, r.weight, r.cluster"
        f"{pivot} from placed r join sheet_answers a on a.response_id = r.response_id "
        "group by r.response_id, r.customer_id, r.survey_id, r.period, r.weight, r.cluster",
        placed=placed,
        sheet_answers=answers,
    )
    return Sheet(tuple(questions), tuple(periods), relation, clustered)


def members(inputs: Inputs) -> pa.Table:
    """Who is in which declared segment: response_id, segmentation, segment, in that order.

    A response's own segment overrules its customer's in the same segmentation.
    """
    table = inputs.query("feedback/sheet_members").to_arrow()
    return table.sort_by([(name, "ascending") for name in ("response_id", "segmentation", "segment")])


def _check_limits(inputs: Inputs, questions: Sequence[Question], answers: Relation) -> None:
    limited = [(place, *q.scale) for place, q in enumerate(questions) if np.isfinite(q.scale).all()]
    if not limited:
        return
    places, low, high = zip(*limited, strict=True)
    scales = pa.table(
        {
            "place": pa.array(places, pa.int64()),
            "low": pa.array(low, pa.float64()),
            "high": pa.array(high, pa.float64()),
        }
    )
    found = inputs.query(
        "feedback/sheet_limits", sheet_answers=answers, scales=inputs.engine.from_arrow(scales)
    ).to_arrow()
    if len(found):
        place = int(min(found["place"].to_pylist()))
        rows = found.filter(pc.equal(found["place"], place))
        question = questions[place]
        check_scores(_numbers(rows["score"]), _integers(rows["n"]), question.scale, question.question_id)


def _periods(inputs: Inputs, everybody: Relation) -> tuple[list[Period], pa.Table, bool]:
    """Periods in order, the number of each survey's month with its design, and whether any is clustered."""
    surveys, designs = read_surveys(inputs)
    by_id = {survey.survey_id: survey for survey in surveys}
    pairs = [
        (row["survey_id"], row["month_on"])
        for row in inputs.query("feedback/sheet_months", respondents=everybody).to_arrow().to_pylist()
    ]
    of_pair = {
        (survey, month): period_of(by_id.get(survey, Survey(survey, None, None, None, None)), month)
        for survey, month in pairs
    }
    periods = in_order(of_pair.values(), surveys)
    number = {(p.programme, p.kind, p.label): place for place, p in enumerate(periods)}
    months = sorted(of_pair, key=lambda pair: (pair[0], pair[1] or _NO_MONTH))
    used = [of_pair[pair] for pair in months]
    table = pa.table(
        {
            "survey_id": pa.array([survey for survey, _ in months], pa.string()),
            "month_on": pa.array([month or _NO_MONTH for _, month in months], pa.date32()),
            "period": pa.array([number[p.programme, p.kind, p.label] for p in used], pa.int64()),
            "weighted": pa.array([designs[survey].weighted for survey, _ in months], pa.bool_()),
            "clustered": pa.array([designs[survey].clustered for survey, _ in months], pa.bool_()),
        }
    )
    return periods, table, any(designs[survey].clustered for survey, _ in months)


def _cluster_codes(table: pa.Table) -> Codes:
    """A code for each cluster of each survey; a response without one is a cluster of its own."""
    label = pc.binary_join_element_wise(
        table["survey_id"].cast(pa.string()), table["cluster"].cast(pa.string()), "\x1f"
    )
    encoded = label.combine_chunks().dictionary_encode()
    codes: Codes = pc.fill_null(encoded.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False).copy()
    alone = np.flatnonzero(codes < 0)
    codes[alone] = len(encoded.dictionary) + np.arange(len(alone))
    return codes


def _numbers(column: pa.ChunkedArray) -> Numbers:
    found: Numbers = column.cast(pa.float64()).to_numpy()
    return found


def _integers(column: pa.ChunkedArray) -> Codes:
    found: Codes = column.cast(pa.int64()).to_numpy()
    return found


def _zero(value: object) -> float:
    return 0.0 if value is None else float(value)  # type: ignore[arg-type]
