"""The analysis `scores` end to end: engine and arrays agree; periods, cuts, suppression, verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from peakend.declaration import Inputs, Settings
from peakend.feedback import ces, csat, nps, rating_mean, top_box
from peakend.feedback.analyses import SCORES
from peakend.feedback.cuts import ReservedSegmentationError
from peakend.feedback.scales import ScoreOutsideScaleError

Row = dict[str, Any]
Build = Callable[..., Inputs]

NPS_QUESTION = {"question_id": "q", "metric": "nps", "scale_low": 0.0, "scale_high": 10.0, "overall": True}


def answers_of(scores: Iterable[float | None], question: str = "q", prefix: str = "r") -> list[Row]:
    return [
        {
            "response_id": f"{prefix}{i}",
            "question_id": question,
            "state": "no_answer" if score is None else "answered",
            "score": score,
        }
        for i, score in enumerate(scores)
    ]


def responses_of(count: int, prefix: str = "r", survey: str = "s", **columns: object) -> list[Row]:
    return [
        {"response_id": f"{prefix}{i}", "survey_id": survey}
        | {name: value(i) if callable(value) else value for name, value in columns.items()}
        for i in range(count)
    ]


def rows(inputs: Inputs, table: str = "nps_by_touchpoint", **where: object) -> list[Row]:
    found = SCORES.compute(inputs)[table].to_pylist()
    return [row for row in found if all(row[name] == value for name, value in where.items())]


def only(inputs: Inputs, table: str = "nps_by_touchpoint", **where: object) -> Row:
    (row,) = rows(inputs, table, **where)
    return row


def one_wave(
    inputs_of: Build, scores: list[float | None], settings: Settings | None = None, **more: object
) -> Inputs:
    given: dict[str, Any] = {
        "surveys": [{"survey_id": "s", "programme": "P", "wave": "1"}],
        "questions": [NPS_QUESTION],
        "responses": responses_of(len(scores)),
        "answers": answers_of(scores),
    }
    return inputs_of(settings, **(given | more))


def test_the_engine_finds_what_the_arrays_find(inputs_of: Build) -> None:
    random = np.random.default_rng(4)
    n = 900
    scores = {
        "nps": random.integers(0, 11, n).astype(float),
        "csat": random.integers(1, 6, n).astype(float),
        "ces": random.integers(1, 8, n).astype(float),
        "rating": random.integers(1, 6, n).astype(float),
    }
    weight = random.uniform(0.2, 3, n)
    cluster = [None if i % 17 == 0 else f"flight {c}" for i, c in enumerate(random.integers(0, 60, n))]
    tier = [None if i % 11 == 0 else f"tier {t}" for i, t in enumerate(random.integers(0, 3, n))]
    inputs = inputs_of(
        surveys=[{"survey_id": "s", "wave": "1"}],
        questions=[{"question_id": name, "metric": name} for name in ("nps", "csat", "ces")]
        + [{"question_id": "rating", "metric": "rating", "scale_low": 1.0, "scale_high": 5.0}],
        responses=responses_of(n, weight=lambda i: weight[i], cluster=lambda i: cluster[i]),
        answers=[row for name in scores for row in answers_of(scores[name].tolist(), name)],
        segment_members=[
            {"segmentation": "tier", "segment": t, "subject": "response", "subject_id": f"r{i}"}
            for i, t in enumerate(tier)
            if t is not None
        ],
    )
    results = SCORES.compute(inputs)
    for segment in ("all", "tier 0", "tier 1", "tier 2"):
        mine = np.array([segment in ("all", t) for t in tier])
        clusters = [c for c, inside in zip(cluster, mine, strict=True) if inside]
        for metric, function, second in (
            ("nps", nps, ""),
            ("csat", csat, "mean"),
            ("ces", ces, "easy"),
            ("rating", rating_mean, "top_box"),
        ):
            (row,) = (r for r in results[f"{metric}_by_touchpoint"].to_pylist() if r["segment"] == segment)
            given = scores[metric][mine]
            plain, design = function(given), function(given, weight[mine], clusters)
            for prefix, expected in (("", plain), ("weighted_", design)):
                for name in ("value", "low", "high", "se"):
                    assert row[prefix + name] == pytest.approx(getattr(expected, name)), (
                        metric,
                        segment,
                        name,
                    )
            assert row["n"] == plain.n
            assert row["effective_n"] == pytest.approx(design.effective_n)
            assert row["clusters"] == len({c for c in clusters if c is not None}) + clusters.count(None)
            if second:
                one = top_box if metric == "rating" else lambda *a, f=function, s=second: getattr(f(*a), s)
                for prefix, expected in (("", one(given)), ("weighted_", one(given, weight[mine], clusters))):
                    assert row[f"{prefix}{second}"] == pytest.approx(expected.value)
                    assert row[f"{prefix}{second}_low"] == pytest.approx(expected.low)
                    assert row[f"{prefix}{second}_high"] == pytest.approx(expected.high)


def test_without_weights_and_clusters_there_is_nothing_weighted(inputs_of: Build) -> None:
    row = only(one_wave(inputs_of, [10.0] * 12 + [3.0] * 8))
    assert (row["n"], row["effective_n"], row["clusters"]) == (20, 20, None)
    assert row["value"] == pytest.approx(20)
    assert (row["weighted_value"], row["weighted_low"], row["weighted_high"]) == (None, None, None)
    assert (row["promoters"], row["passives"], row["detractors"]) == pytest.approx((0.6, 0, 0.4))


def test_a_response_without_a_weight_counts_unweighted_only(inputs_of: Build) -> None:
    weights = [1.0] * 10 + [None] * 10
    inputs = one_wave(
        inputs_of, [10.0] * 10 + [0.0] * 10, responses=responses_of(20, weight=lambda i: weights[i])
    )
    row = only(inputs)
    assert (row["value"], row["weighted_value"], row["n"], row["effective_n"]) == (0, 100, 20, 10)


def test_not_used_and_no_answer_are_never_counted(inputs_of: Build) -> None:
    inputs = one_wave(inputs_of, [10.0] * 15 + [None] * 30)
    row = only(inputs)
    assert (row["n"], row["value"], row["no_variance"]) == (15, 100, True)


def test_one_wave_has_no_previous_period(inputs_of: Build) -> None:
    row = only(one_wave(inputs_of, [10.0] * 20))
    assert row["verdict"] == "no_previous_period"
    assert [row[name] for name in ("previous_period", "difference", "p_value", "adjusted_p", "compared")] == [
        None
    ] * 5


def months(inputs_of: Build, by_month: dict[int, list[float | None]], **more: object) -> Inputs:
    responses, answers = [], []
    for month, scores in by_month.items():
        prefix = f"m{month}-"
        responses += responses_of(len(scores), prefix, answered_at=datetime(2024, month, 28, 23, 59))
        answers += answers_of(scores, prefix=prefix)
    given = {
        "surveys": [{"survey_id": "s", "programme": "P"}],
        "questions": [NPS_QUESTION],
        "responses": responses,
        "answers": answers,
    }
    return inputs_of(**(given | more))


def test_a_month_is_compared_with_the_last_one_that_asked(inputs_of: Build) -> None:
    good, bad = [10.0] * 180 + [0.0] * 20, [10.0] * 100 + [0.0] * 100
    inputs = months(inputs_of, {1: good, 3: bad, 11: bad})
    found = rows(inputs)
    assert [r["period"] for r in found] == ["2024-01", "2024-03", "2024-11"]
    assert [r["period_start"] for r in found] == [date(2024, 1, 1), date(2024, 3, 1), date(2024, 11, 1)]
    assert [r["previous_period"] for r in found] == [None, "2024-01", "2024-03"]
    assert [r["verdict"] for r in found] == ["no_previous_period", "worse", "cannot_tell"]
    assert found[1]["difference"] == pytest.approx(-80)
    assert found[1]["difference_low"] < -80 < found[1]["difference_high"] < 0
    assert found[2]["difference"] == 0


def test_waves_of_one_programme_are_not_compared_with_another(inputs_of: Build) -> None:
    responses = responses_of(20, "a", "s1") + responses_of(20, "b", "s2")
    inputs = inputs_of(
        surveys=[
            {"survey_id": "s1", "programme": "P", "wave": "1"},
            {"survey_id": "s2", "programme": "Q", "wave": "2"},
        ],
        questions=[NPS_QUESTION],
        responses=responses,
        answers=answers_of([10.0] * 20, prefix="a") + answers_of([0.0] * 20, prefix="b"),
    )
    assert {r["verdict"] for r in rows(inputs)} == {"no_previous_period"}


def test_undated_answers_are_counted_and_never_compared(inputs_of: Build) -> None:
    inputs = months(inputs_of, {1: [10.0] * 20})
    undated = months(
        inputs_of,
        {},
        responses=responses_of(20, "a") + responses_of(20, "b", answered_at=datetime(2024, 1, 5)),
        answers=answers_of([10.0] * 20, prefix="a") + answers_of([0.0] * 20, prefix="b"),
    )
    assert len(rows(inputs)) == 1
    row = only(undated, period_kind="undated")
    assert (row["n"], row["verdict"], row["period_start"]) == (20, "no_previous_period", None)


def test_a_response_whose_survey_is_unknown_is_not_lost(inputs_of: Build) -> None:
    inputs = one_wave(inputs_of, [10.0] * 20, responses=responses_of(20, survey="nobody knows"))
    row = only(inputs)
    assert (row["programme"], row["n"]) == ("nobody knows", 20)


def test_holm_counts_every_comparison_of_the_metric_and_period(inputs_of: Build) -> None:
    scores: list[float | None] = [10.0, 9.0, 7.0, 3.0] * 50
    members = [
        {"segmentation": "half", "segment": "ab"[i % 2], "subject": "response", "subject_id": f"m{m}-{i}"}
        for m in (1, 2)
        for i in range(200)
    ]
    second = answers_of(scores, "q2", "m1-") + answers_of(scores, "q2", "m2-")
    inputs = months(inputs_of, {1: scores, 2: scores}, segment_members=members)
    more = months(
        inputs_of,
        {1: scores, 2: scores},
        segment_members=members,
        questions=[NPS_QUESTION, NPS_QUESTION | {"question_id": "q2", "overall": False}],
        answers=answers_of(scores, prefix="m1-") + answers_of(scores, prefix="m2-") + second,
    )
    assert {r["compared"] for r in rows(inputs, period="2024-02")} == {3}
    found = rows(more, period="2024-02")
    assert {r["compared"] for r in found} == {6}
    assert all(r["adjusted_p"] >= r["p_value"] for r in found)
    assert {r["verdict"] for r in found} == {"cannot_tell"}


def test_segments_of_customers_and_responses_are_cuts_of_their_answers(inputs_of: Build) -> None:
    members = [
        {"segmentation": "tier", "segment": "gold", "subject": "customer", "subject_id": "c1"},
        {"segmentation": "tier", "segment": "blue", "subject": "customer", "subject_id": "c2"},
        # This response was given as gold, whatever the customer is now.
        *(
            {"segmentation": "tier", "segment": "gold", "subject": "response", "subject_id": f"r{i}"}
            for i in range(30, 40)
        ),
    ]
    inputs = one_wave(
        inputs_of,
        [10.0] * 20 + [0.0] * 20,
        responses=responses_of(40, customer_id=lambda i: "c1" if i < 20 else "c2"),
        segment_members=members,
    )
    assert only(inputs, segment="gold")["n"] == 30
    assert only(inputs, segment="blue")["n"] == 10
    assert only(inputs, segment="all")["n"] == 40


def test_many_segmentations_count_everybody_once(inputs_of: Build) -> None:
    members = [
        {"segmentation": f"cut {c}", "segment": f"{i % 10}", "subject": "response", "subject_id": f"r{i}"}
        for c in range(7)
        for i in range(400)
    ]
    inputs = one_wave(inputs_of, [float(i % 11) for i in range(400)], segment_members=members)
    found = rows(inputs)
    assert only(inputs, segment="all")["n"] == 400
    assert len(found) == 1 + 70
    assert {r["n"] for r in found if r["segment"] != "all"} == {40}


def test_a_question_without_a_touchpoint_takes_that_of_the_event(inputs_of: Build) -> None:
    touchpoints = [{"touchpoint_id": "desk", "name": "Desk", "name_zh": "柜台", "position": 3}]
    inputs = one_wave(
        inputs_of,
        [10.0] * 40,
        questions=[
            NPS_QUESTION,
            NPS_QUESTION | {"question_id": "after", "overall": False},
            NPS_QUESTION | {"question_id": "own", "overall": False, "touchpoint_id": "web"},
        ],
        responses=responses_of(40, event_id=lambda i: f"e{i % 2}"),
        answers=[row for q in ("q", "after", "own") for row in answers_of([10.0] * 40, q)],
        interactions=[
            {"event_id": "e0", "touchpoint_id": "desk", "at": datetime(2024, 1, 1)},
            {"event_id": "e1", "touchpoint_id": "call", "at": datetime(2024, 1, 1)},
        ],
        touchpoints=touchpoints,
    )
    where = {(r["question_id"], r["touchpoint_id"]): r["n"] for r in rows(inputs)}
    assert where == {("q", None): 40, ("after", "desk"): 20, ("after", "call"): 20, ("own", "web"): 40}
    row = only(inputs, touchpoint_id="desk")
    assert (row["touchpoint_en"], row["touchpoint_zh"], row["touchpoint_position"]) == ("Desk", "柜台", 3)


def test_small_cells_and_the_next_smallest_are_empty(inputs_of: Build) -> None:
    sizes = {"a": 4, "b": 15, "c": 40}
    names = [name for name, size in sizes.items() for _ in range(size)]
    members = [
        {"segmentation": "s", "segment": name, "subject": "response", "subject_id": f"r{i}"}
        for i, name in enumerate(names)
    ]
    inputs = one_wave(inputs_of, [10.0] * 59, segment_members=members)
    assert {r["segment"]: r["n"] for r in rows(inputs)} == {"all": 59, "a": None, "b": None, "c": 40}
    for row in rows(inputs, hidden=True):
        naming = {name for name, value in row.items() if value is not None}
        assert naming <= {
            *("programme", "period", "period_kind", "question_id", "overall", "scale_low", "scale_high"),
            *("segmentation", "segment", "hidden"),
        }


def test_a_total_under_the_minimum_is_hidden_with_all_its_segments(inputs_of: Build) -> None:
    members = [{"segmentation": "s", "segment": "a", "subject": "response", "subject_id": "r1"}]
    inputs = one_wave(inputs_of, [10.0] * 9, segment_members=members)
    assert {r["hidden"] for r in rows(inputs)} == {True}
    shown = one_wave(inputs_of, [10.0] * 9, Settings(minimum_base=5))
    assert only(shown)["n"] == 9


def test_hidden_cells_are_not_compared(inputs_of: Build) -> None:
    inputs = months(inputs_of, {1: [10.0] * 5, 2: [0.0] * 50, 3: [0.0] * 50})
    found = {r["period"]: r for r in rows(inputs)}
    assert found["2024-01"]["hidden"]
    assert found["2024-02"]["verdict"] == "cannot_tell"
    assert found["2024-02"]["difference"] is None
    assert found["2024-03"]["compared"] == 1


def test_a_score_outside_its_scale_stops_the_analysis(inputs_of: Build) -> None:
    with pytest.raises(ScoreOutsideScaleError) as caught:
        SCORES.compute(one_wave(inputs_of, [10.0] * 20 + [11.0] * 3))
    assert caught.value.data == {"question": "q", "scale": (0.0, 10.0), "scores": {11.0: 3}}


def test_a_segmentation_called_all_is_refused(inputs_of: Build) -> None:
    members = [{"segmentation": "all", "segment": "x", "subject": "response", "subject_id": "r0"}]
    with pytest.raises(ReservedSegmentationError):
        SCORES.compute(one_wave(inputs_of, [10.0] * 20, segment_members=members))


def test_a_rating_without_limits_has_a_mean_and_no_top(inputs_of: Build) -> None:
    inputs = one_wave(
        inputs_of, [float(i) for i in range(20)], questions=[{"question_id": "q", "metric": "rating"}]
    )
    row = only(inputs, "rating_by_touchpoint")
    assert row["value"] == pytest.approx(9.5)
    assert (row["top_box"], row["scale_low"], row["scale_high"]) == (None, None, None)


def test_questions_without_scores_are_left_alone(inputs_of: Build) -> None:
    inputs = one_wave(
        inputs_of,
        [10.0] * 20,
        questions=[NPS_QUESTION, {"question_id": "t", "metric": "text"}],
        answers=answers_of([10.0] * 20) + answers_of([99.0] * 20, "t"),
    )
    assert len(rows(inputs)) == 1


def test_nothing_answered_gives_empty_tables_with_their_columns(inputs_of: Build) -> None:
    results = SCORES.compute(one_wave(inputs_of, [None] * 20))
    for table in SCORES.gives:
        assert results[table.name].num_rows == 0
        assert results[table.name].schema == table.schema()


def test_names_with_quotes_and_chinese_survive(inputs_of: Build) -> None:
    name = '金卡\'; drop table "x" --'
    members = [
        {"segmentation": '等级 "A"', "segment": name, "subject": "response", "subject_id": f"r{i}"}
        for i in range(20)
    ]
    inputs = one_wave(inputs_of, [10.0] * 40, segment_members=members)
    assert only(inputs, segment=name)["segmentation"] == '等级 "A"'


def test_two_surveys_of_one_period_are_one_period(inputs_of: Build) -> None:
    inputs = inputs_of(
        surveys=[
            {"survey_id": x, "programme": "P", "wave": "1", "starts_on": date(2024, 1, 1)}
            for x in ("s1", "s2")
        ],
        questions=[NPS_QUESTION],
        responses=responses_of(20, "a", "s1", cluster=lambda i: f"c{i // 4}") + responses_of(20, "b", "s2"),
        answers=answers_of([10.0] * 20, prefix="a") + answers_of([0.0] * 20, prefix="b"),
    )
    row = only(inputs)
    assert (row["n"], row["value"], row["clusters"]) == (40, 0, 5 + 20)
    assert row["period_start"] == date(2024, 1, 1)
