"""Answers side by side: every statistic of a sheet says the same as its rows, on every engine."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conformance.company import company
from peakend.declaration import Inputs, Settings
from peakend.feedback.scales import ScoreOutsideScaleError
from peakend.feedback.score_counts import read_questions
from peakend.feedback.sheets import PatternMoments, Responses, Sheet, answer_sheet, members

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

    from peakend.engine import Engine

TABLES = ("surveys", "questions", "responses", "answers", "segment_members")


@cache
def tables() -> Mapping[str, pa.Table]:
    """The company, made once for all engines."""
    return company()


def sheet_of(engine: Engine) -> Sheet:
    inputs = Inputs(engine, {name: engine.from_arrow(tables()[name]) for name in TABLES}, Settings())
    return answer_sheet(inputs, read_questions(inputs))


def test_a_sheet_has_every_scored_answer_once(engine: Engine) -> None:
    sheet = sheet_of(engine)
    rows = sheet.responses()
    scored = {q.question_id: place for place, q in enumerate(sheet.questions)}
    expected = {
        (a["response_id"], scored[a["question_id"]]): a["score"]
        for a in tables()["answers"].to_pylist()
        if a["question_id"] in scored and a["state"] == "answered" and a["score"] is not None
    }
    ids = rows.response_id.to_pylist()
    assert ids == sorted(ids)
    found = {(ids[i], j): rows.scores[i, j] for i, j in zip(*np.nonzero(~np.isnan(rows.scores)), strict=True)}
    assert found == expected
    weights = {r["response_id"]: r["weight"] for r in tables()["responses"].to_pylist()}
    weighted = {"w2", "anon"}
    survey = {r["response_id"]: r["survey_id"] for r in tables()["responses"].to_pylist()}
    assert rows.weight.tolist() == pytest.approx(
        [(weights[i] or 0.0) if survey[i] in weighted else 1.0 for i in ids]
    )


def test_distinct_rows_and_moments_are_sums_of_the_rows(engine: Engine) -> None:
    """For every period of one query; the SQL of a single period is theirs with a condition, and takes as long
    as that of all, so it is checked for the first, the last and the one with most answers."""
    sheet = sheet_of(engine)
    rows = sheet.responses()
    distinct = sheet.distinct()
    assert distinct.count.sum() == len(rows)
    assert distinct.weight.sum() == pytest.approx(rows.weight.sum())
    together = sheet.moments()
    assert [p.period for p in together] == sorted(p.period for p in together)
    for period in range(len(sheet.periods)):
        check_sums([p for p in together if p.period == period], rows.take(rows.period == period))
    fullest = int(np.bincount(rows.period).argmax())
    for period in sorted({0, fullest, len(sheet.periods) - 1}):
        mine = rows.take(rows.period == period)
        assert sheet.responses(period).response_id.equals(mine.response_id)
        check_sums(sheet.moments(period), mine)


def check_sums(patterns: Sequence[PatternMoments], rows: Responses) -> None:
    """Every pattern that occurs in `rows` is there once, with the sums of its rows."""
    answered = ~np.isnan(rows.scores)
    assert sum(p.n for p in patterns) == len(rows)
    assert len(patterns) == len(np.unique(answered, axis=0))
    for p in patterns:
        inside = (answered == p.observed).all(axis=1)
        x, w = np.nan_to_num(rows.scores[inside]), rows.weight[inside]
        assert p.n == inside.sum()
        assert p.weight_sum == pytest.approx(w.sum())
        assert p.weight_squares == pytest.approx((w**2).sum())
        np.testing.assert_allclose(p.sums, w @ x, rtol=1e-12)
        np.testing.assert_allclose(p.products, (x * w[:, None]).T @ x, rtol=1e-12)


def test_a_response_without_a_cluster_is_one_of_its_own(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(
        surveys=[{"survey_id": "a", "wave": "1"}, {"survey_id": "b", "wave": "1"}],
        questions=[{"question_id": "q", "metric": "rating", "scale_low": 1, "scale_high": 5}],
        responses=[
            {"response_id": str(n), "survey_id": survey, "cluster": cluster}
            for n, (survey, cluster) in enumerate(
                [("a", "x"), ("a", "x"), ("b", "x"), ("a", None), ("a", None)]
            )
        ],
        answers=[
            {"response_id": str(n), "question_id": "q", "state": "answered", "score": 3} for n in range(5)
        ],
    )
    sheet = answer_sheet(inputs, read_questions(inputs))
    codes = sheet.responses().cluster
    assert sheet.clustered
    assert codes[0] == codes[1]
    assert len(set(codes.tolist())) == 4


def test_a_score_outside_its_scale_is_refused(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(
        surveys=[{"survey_id": "a", "wave": "1"}],
        questions=[{"question_id": "q", "metric": "rating", "scale_low": 1, "scale_high": 5}],
        responses=[{"response_id": "r", "survey_id": "a"}],
        answers=[{"response_id": "r", "question_id": "q", "state": "answered", "score": 6}],
    )
    with pytest.raises(ScoreOutsideScaleError, match="q"):
        answer_sheet(inputs, read_questions(inputs))


def test_no_question_gives_an_empty_sheet(inputs_of: Callable[..., Inputs]) -> None:
    sheet = answer_sheet(inputs_of(), [])
    assert len(sheet.responses()) == 0
    assert sheet.periods == ()


def test_a_responses_own_segment_overrules_its_customers(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of(
        responses=[{"response_id": "r1", "customer_id": "c"}, {"response_id": "r2", "customer_id": "c"}],
        segment_members=[
            {"segmentation": "tier", "segment": "gold", "subject": "customer", "subject_id": "c"},
            {"segmentation": "tier", "segment": "blue", "subject": "response", "subject_id": "r1"},
            {"segmentation": "age", "segment": "old", "subject": "customer", "subject_id": "c"},
        ],
    )
    found = [tuple(row.values()) for row in members(inputs).to_pylist()]
    assert found == [
        ("r1", "age", "old"),
        ("r1", "tier", "blue"),
        ("r2", "age", "old"),
        ("r2", "tier", "gold"),
    ]


def test_several_periods_are_read_together(engine: Engine) -> None:
    sheet = sheet_of(engine)
    rows = sheet.responses()
    some = [0, len(sheet.periods) - 1]
    mine = rows.take(np.isin(rows.period, some))
    found = sheet.responses(some)
    assert found.response_id.equals(mine.response_id)
    assert np.array_equal(found.scores, mine.scores, equal_nan=True)
    assert sum(p.n for p in sheet.moments(some)) == sheet.distinct(some).count.sum() == len(mine)
    assert len(sheet.responses([])) == 0


def test_answers_are_counted_by_period_and_question(engine: Engine) -> None:
    sheet = sheet_of(engine)
    rows = sheet.responses()
    for counts, kept in ((sheet.counts(), rows), (sheet.counts(weighted=True), rows.take(rows.weight > 0))):
        expected = np.zeros_like(counts)
        np.add.at(expected, kept.period, ~np.isnan(kept.scores))
        assert counts.tolist() == expected.tolist()


def test_what_a_customer_answered_at_several_times_is_one_cluster(engine: Engine) -> None:
    rows = sheet_of(engine).responses()
    clusters: dict[object, set[int]] = {}
    for place, (customer, code) in enumerate(
        zip(rows.customer_id.to_pylist(), rows.by_customer().cluster.tolist(), strict=True)
    ):
        clusters.setdefault(customer if customer is not None else (place,), set()).add(code)
    assert all(len(codes) == 1 for codes in clusters.values())
    assert len(set().union(*clusters.values())) == len(clusters)
