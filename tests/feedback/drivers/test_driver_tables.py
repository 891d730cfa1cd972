"""The driver analyses on small surveys: planted parts come out, bad data are told, small bases stay "
"hidden."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from feedback.drivers.ratings import ratings
from peakend.declaration import Analysis, Inputs, Settings
from peakend.feedback.drivers.analyses import ASYMMETRY, BY_SEGMENT, DRIVERS, PRIORITIES
from peakend.feedback.scales import ScoreOutsideScaleError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Rows = list[dict[str, Any]]
PARTS = ("food", "signs", "toilets", "parking")


def survey(
    scores: np.ndarray, overall: np.ndarray, wave: str = "2024", segments: list[str] | None = None
) -> dict[str, Rows]:
    """Tables of a survey with `scores` (n × parts, NaN: skipped) and the overall rating."""
    ids = [f"{wave}-{number:05d}" for number in range(len(overall))]
    asked = [*PARTS[: scores.shape[1]], "overall"]
    values = np.column_stack([scores, overall])
    answers = [
        {"response_id": response, "question_id": question, "state": "answered", "score": float(score)}
        for response, row in zip(ids, values, strict=True)
        for question, score in zip(asked, row, strict=True)
        if not np.isnan(score)
    ]
    listed = {
        "surveys": [{"survey_id": wave, "programme": "p", "wave": wave}],
        "questions": [
            {
                "question_id": question,
                "metric": "rating",
                "scale_low": 1.0,
                "scale_high": 5.0,
                "overall": question == "overall",
                "touchpoint_id": None if question == "overall" else question,
                "label_en": question.title(),
            }
            for question in asked
        ],
        "responses": [{"response_id": response, "survey_id": wave} for response in ids],
        "answers": answers,
    }
    if segments is not None:
        listed["segment_members"] = [
            {"segmentation": "who", "segment": segment, "subject": "response", "subject_id": response}
            for response, segment in zip(ids, segments, strict=True)
        ]
    return listed


def planted(random: np.random.Generator, rows: int, *, slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores of four parts and an overall rating 1–5 that follows `slopes` (4, or rows × 4)."""
    scores = ratings(random, rows, 4, common=0.2)
    behind = 3.4 + ((scores - 3.4) * slopes).sum(axis=1) + 0.6 * random.standard_normal(rows)
    return scores, np.clip(np.round(behind), 1, 5)


def computed(analysis: Analysis, inputs: Inputs) -> dict[str, pa.Table]:
    """The tables of `analysis`, none of them a relation."""
    found = analysis.compute(inputs)
    return {name: table for name, table in found.items() if isinstance(table, pa.Table)}


def results(inputs: Inputs) -> Mapping[str, pa.Table]:
    found = computed(DRIVERS, inputs)
    relations = {**inputs.relations, **{name: inputs.engine.from_arrow(t) for name, t in found.items()}}
    return {**found, **computed(PRIORITIES, Inputs(inputs.engine, relations, inputs.settings))}


def rows_of(table: pa.Table) -> dict[str, dict[str, Any]]:
    return {row["question_id"]: row for row in table.to_pylist()}


def test_planted_parts_lead_and_the_worst_of_them_comes_first(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(1)
    scores, overall = planted(random, 1500, slopes=np.array([0.5, 0.5, 0.1, 0.0]))
    scores[:, 0] = np.clip(scores[:, 0] - 1, 1, 5)
    found = results(inputs_of(**survey(scores, overall)))
    parts = rows_of(found["driver_importance"])
    assert {name for name, row in parts.items() if row["rank"] <= 2} == {"food", "signs"}
    assert parts["parking"]["rank"] == 4
    assert not parts["parking"]["leader"]
    assert sum(row["share"] for row in parts.values()) == pytest.approx(1)
    assert all(row["share_low"] <= row["share"] <= row["share_high"] for row in parts.values())
    (model,) = found["driver_models"].to_pylist()
    assert (model["n"], model["parts"], model["reason"], model["method"]) == (1500, 4, None, "lmg")
    assert model["r2_p"] < 1e-6
    order = rows_of(found["priorities"])
    assert order["food"]["rank"] == 1
    assert (order["food"]["quadrant"], order["food"]["sure"]) == ("fix_first", True)
    assert order["food"]["performance"] == pytest.approx((scores[:, 0].mean() - 1) * 25)
    assert found["driver_draws"].num_rows == 4 * 200


def test_parts_that_say_nothing_are_not_explained(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(2)
    scores, _ = planted(random, 400, slopes=np.zeros(4))
    overall = random.integers(1, 6, 400).astype(float)
    found = results(inputs_of(**survey(scores, overall)))
    assert found["driver_models"].to_pylist()[0]["r2_p"] > 0.05
    roles = computed(ASYMMETRY, inputs_of(**survey(scores, overall)))["driver_roles"].to_pylist()
    assert {row["role"] for row in roles} <= {"cannot_tell", "indifferent"}


def test_what_few_could_judge_is_left_out_by_name(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(3)
    scores, overall = planted(random, 300, slopes=np.array([0.5, 0.2, 0.1, 0.9]))
    scores[random.random(300) < 0.7, 3] = np.nan
    scores[5:, 2] = np.nan
    scores[:, 1] = 4
    scores[random.random(300) < 0.3, 0] = np.nan
    parts = rows_of(results(inputs_of(**survey(scores, overall)))["driver_importance"])
    assert {name: row["reason"] for name, row in parts.items()} == {
        "food": None,
        "signs": "no_variance",
        "toilets": "too_few_answers",
        "parking": "too_few_answered_it",
    }
    assert parts["toilets"]["n"] is None
    assert parts["parking"]["n"] == (~np.isnan(scores[:, 3])).sum()
    assert parts["food"]["share"] == pytest.approx(1)
    assert parts["food"]["skipped"] == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [("few", "too_few_answers"), ("constant", "nothing_varies"), ("none", "too_few_answers")],
)
def test_what_cannot_be_explained_says_why(
    inputs_of: Callable[..., Inputs], change: str, reason: str
) -> None:
    random = np.random.default_rng(4)
    scores, overall = planted(random, 12 if change == "few" else 200, slopes=np.full(4, 0.2))
    if change == "constant":
        overall[:] = 4
    if change == "none":
        scores[:] = np.nan
        scores[:6, 0] = 3
    inputs = inputs_of(**survey(scores, overall))
    found = results(inputs)
    (model,) = found["driver_models"].to_pylist()
    assert (model["reason"], model["r2"]) == (reason, None)
    assert not any(row["used"] for row in found["driver_importance"].to_pylist())
    assert found["priorities"].num_rows == 0
    assert computed(ASYMMETRY, inputs)["driver_roles"].num_rows == 0


def test_nobody_unhappy_is_one_class(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(5)
    scores, overall = planted(random, 300, slopes=np.full(4, 0.3))
    rows = computed(ASYMMETRY, inputs_of(**survey(scores, np.maximum(overall, 4))))[
        "driver_roles"
    ].to_pylist()
    assert {(row["reason"], row["end"], row["detractors"]) for row in rows} == {("one_class", None, None)}
    assert all(row["role"] is not None for row in rows)


def test_two_parts_that_are_one_share_their_credit(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(6)
    scores, overall = planted(random, 400, slopes=np.array([0.6, 0.0, 0.2, 0.1]))
    scores[:, 1] = scores[:, 0]
    inputs = inputs_of(**survey(scores, overall))
    found = results(inputs)
    parts = rows_of(found["driver_importance"])
    assert parts["food"]["share"] == pytest.approx(parts["signs"]["share"])
    assert found["driver_models"].to_pylist()[0]["largest_inflation"] is None
    rows = computed(ASYMMETRY, inputs)["driver_roles"].to_pylist()
    assert {row["reason"] for row in rows} == {"collinear"}
    assert {row["role"] for row in rows} == {None}


def test_a_scale_recoded_between_waves_does_not_mix(inputs_of: Callable[..., Inputs]) -> None:
    """One period at a time: the earlier wave, its scale reversed, changes nothing."""
    random = np.random.default_rng(7)
    scores, overall = planted(random, 500, slopes=np.array([0.5, 0.3, 0.1, 0.0]))
    alone = survey(scores, overall, "2024")
    earlier = survey(6 - scores, overall, "2023")
    both = {name: [*earlier[name], *rows] for name, rows in alone.items() if name != "questions"}
    first = results(inputs_of(**alone))
    second = results(inputs_of(questions=alone["questions"], **both))
    for name in ("driver_models", "driver_importance", "priorities"):
        assert first[name].equals(second[name]), name


def test_a_wave_on_another_scale_is_an_error(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(8)
    scores, overall = planted(random, 60, slopes=np.full(4, 0.3))
    with pytest.raises(ScoreOutsideScaleError):
        DRIVERS.compute(inputs_of(**survey(scores * 2, overall)))


def test_the_latest_period_with_enough_answers_is_explained(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(9)
    scores, overall = planted(random, 300, slopes=np.full(4, 0.3))
    waves = [survey(scores, overall, "2023"), survey(scores[:12], overall[:12], "2024")]
    both = {name: [row for wave in waves for row in wave[name]] for name in waves[0] if name != "questions"}
    found = results(inputs_of(questions=waves[0]["questions"], **both))
    assert [row["period"] for row in found["driver_models"].to_pylist()] == ["2023"]


def test_segments_that_weigh_parts_differently_are_named(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(10)
    segments = [f"s{number % 3}" for number in range(1800)]
    slopes = np.tile([0.5, 0.2, 0.2, 0.1], (1800, 1))
    slopes[[segment == "s2" for segment in segments]] = [0.1, 0.2, 0.2, 0.5]
    scores, overall = planted(random, 1800, slopes=slopes)
    segments[:12] = ["tiny"] * 12
    table = computed(BY_SEGMENT, inputs_of(**survey(scores, overall, segments=segments)))[
        "drivers_by_segment"
    ]
    rows = table.to_pylist()
    differ = {
        (row["segment"], row["question_id"], row["verdict"])
        for row in rows
        if row["verdict"] != "cannot_tell"
    }
    assert {("s2", "food", "less"), ("s2", "parking", "more")} <= differ
    assert "tiny" not in {row["segment"] for row in rows}
    equal, same = planted(random, 1800, slopes=np.tile([0.5, 0.2, 0.2, 0.1], (1800, 1)))
    null = computed(BY_SEGMENT, inputs_of(**survey(equal, same, segments=segments)))["drivers_by_segment"]
    assert {row["verdict"] for row in null.to_pylist()} == {"cannot_tell"}


def test_a_small_segment_cannot_be_had_by_subtraction(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(11)
    scores, overall = planted(random, 400, slopes=np.full(4, 0.3))
    segments = ["few"] * 4 + ["a"] * 100 + ["b"] * 140 + ["c"] * 156
    table = computed(BY_SEGMENT, inputs_of(**survey(scores, overall, segments=segments)))[
        "drivers_by_segment"
    ]
    # Everybody less b and c is a and few together.
    assert {row["segment"] for row in table.to_pylist()} == {"b", "c"}


def test_no_survey_gives_empty_tables(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of()
    for name, table in results(inputs).items():
        assert table.num_rows == 0, name
    assert computed(ASYMMETRY, inputs)["driver_roles"].num_rows == 0
    assert computed(BY_SEGMENT, inputs)["drivers_by_segment"].num_rows == 0


def test_the_smallest_base_is_the_company_s_choice(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(12)
    scores, overall = planted(random, 60, slopes=np.full(4, 0.4))
    table = results(inputs_of(Settings(minimum_base=100), **survey(scores, overall)))["driver_models"]
    (model,) = table.to_pylist()
    assert (model["n"], model["r2"], model["reason"]) == (None, None, "too_few_answers")


def monthly(random: np.random.Generator, months: int, each: int, customers: int) -> dict[str, Rows]:
    """A survey after every visit: `each` answers a month by `customers` customers, no waves."""
    scores, overall = planted(random, months * each, slopes=np.array([0.8, 0.1, 0.0, 0.0]))
    listed = survey(scores, overall, wave="visits")
    listed["surveys"] = [{"survey_id": "visits", "programme": "p", "wave": None}]
    for place, response in enumerate(listed["responses"]):
        month = place // each
        response["answered_at"] = datetime(2023 + month // 12, month % 12 + 1, 9, 12)
        response["customer_id"] = f"c{place % customers}"
    return listed


def test_months_of_a_survey_without_waves_are_taken_together(inputs_of: Callable[..., Inputs]) -> None:
    random = np.random.default_rng(41)
    found = results(inputs_of(**monthly(random, months=15, each=18, customers=10_000)))
    (model,) = found["driver_models"].to_pylist()
    assert (model["period"], model["period_kind"]) == ("2023-04 to 2024-03", "months")
    assert (model["n"], model["reason"]) == (12 * 18, None)
    assert rows_of(found["driver_importance"])["food"]["rank"] == 1
    assert {row["period"] for row in found["priorities"].to_pylist()} == {model["period"]}
    roles = computed(ASYMMETRY, inputs_of(**monthly(random, months=15, each=18, customers=10_000)))
    assert {row["period_kind"] for row in roles["driver_roles"].to_pylist()} == {"months"}


def test_who_answers_every_month_counts_as_one(inputs_of: Callable[..., Inputs]) -> None:
    listed = monthly(np.random.default_rng(42), months=12, each=30, customers=10_000)
    # The same thirty people say the same every month: no more is known of them than after one.
    first = listed["answers"][: 30 * 5]
    listed["answers"] = [
        {**answer, "response_id": f"visits-{30 * month + place // 5:05d}"}
        for month in range(12)
        for place, answer in enumerate(first)
    ]
    widths = []
    for customers in (10_000, 30):
        for place, response in enumerate(listed["responses"]):
            response["customer_id"] = f"c{place % customers}"
        (model,) = computed(DRIVERS, inputs_of(**listed))["driver_models"].to_pylist()
        widths.append(model["r2_high"] - model["r2_low"])
    assert widths[1] > 2 * widths[0]
