"""Sentiment and answer quality: figures where there is a basis, a reason where there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from peakend.declaration import Inputs
from peakend.feedback.words.reading_analyses import ANSWER_QUALITY, SENTIMENT

Row = dict[str, Any]
Build = Callable[..., Inputs]


def company(
    *, texts: bool = True, careless: float = 0.0, signal: float = 0.9, size: int = 600
) -> dict[str, list[Row]]:
    """Two waves of one programme: an overall score, eight ratings and a text."""
    random = np.random.default_rng(3)
    mood = random.standard_normal(2 * size)
    ticks = random.random(2 * size) < careless
    responses, answers = [], []
    for number in range(2 * size):
        response = f"r{number:05d}"
        responses.append(
            {"response_id": response, "survey_id": f"w{number // size}", "event_id": f"e{number % 2}"}
        )
        overall = float(np.clip(round(3 + 1.5 * mood[number]), 1, 5))
        answers.append(given(response, "overall", score=overall))
        column = float(random.integers(3, 6))
        for item in range(8):
            own = 3.2 + 0.9 * mood[number] + random.normal()
            score = column if ticks[number] else float(np.clip(round(own), 1, 5))
            answers.append(given(response, f"q{item}", score=score))
        if texts:
            glad = (overall > 3) == (random.random() < signal)
            words = random.choice(["好吃", "满意", "很棒"] if glad else ["难吃", "失望", "很差"])
            filling = "".join(random.choice(list("昨天我们一起来店里吃饭"), 6))
            answers.append(given(response, "words", text=f"{filling}{words}"))
    questions = [{"question_id": "overall", "metric": "csat", "overall": True, **_SCALE}]
    questions += [
        {"question_id": f"q{item}", "metric": "rating", "overall": False, **_SCALE} for item in range(8)
    ]
    return {
        "surveys": [
            {
                "survey_id": f"w{wave}",
                "programme": "P",
                "wave": f"202{wave}",
                "starts_on": date(2020 + wave, 1, 1),
            }
            for wave in range(2)
        ],
        "questions": [*questions, *([{"question_id": "words", "metric": "text"}] if texts else [])],
        "responses": responses,
        "answers": answers,
        "touchpoints": [{"touchpoint_id": f"t{n}", "name": f"Desk {n}", "position": n} for n in range(2)],
        "interactions": [
            {"event_id": f"e{n}", "touchpoint_id": f"t{n}", "at": datetime(2020, 1, 1)} for n in range(2)
        ],
    }


_SCALE = {"scale_low": 1.0, "scale_high": 5.0}


def given(response: str, question: str, **columns: object) -> Row:
    return {"response_id": response, "question_id": question, "state": "answered", **columns}


def tables(inputs: Inputs) -> dict[str, list[Row]]:
    found = {**SENTIMENT.compute(inputs), **ANSWER_QUALITY.compute(inputs)}
    return {name: table.to_pylist() for name, table in found.items()}


def test_sentiment_follows_the_scores_and_carries_its_model(inputs_of: Build) -> None:
    found = tables(inputs_of(**company()))
    (model,) = found["sentiment_models"]
    assert (model["programme"], model["language"], model["verdict"]) == ("P", "zh", "usable")
    assert model["accuracy_low"] > model["base_rate"]
    rows = found["sentiment_by_touchpoint"]
    assert [(row["period"], row["touchpoint_id"]) for row in rows] == [
        (wave, touchpoint) for wave in ("2020", "2021") for touchpoint in (None, "t0", "t1")
    ]
    for row in rows:
        assert row["low"] < row["value"] < row["high"]
        assert row["n"] in (300, 600)


def test_words_that_say_nothing_give_no_figures(inputs_of: Build) -> None:
    found = tables(inputs_of(**company(signal=0.5)))
    assert [row["verdict"] for row in found["sentiment_models"]] == ["no_better_than_guessing"]
    assert found["sentiment_by_touchpoint"] == []


def test_too_few_texts_say_so(inputs_of: Build) -> None:
    found = tables(inputs_of(**company(size=60)))
    (model,) = found["sentiment_models"]
    assert (model["verdict"], model["accuracy"]) == ("too_few", None)
    assert found["sentiment_by_touchpoint"] == []
    lines = [row for row in found["answer_quality"] if row["kind"] == "straight_lines"]
    assert {(row["verdict"], row["reason"], row["share"]) for row in lines} == {
        ("not_tested", "few_respondents", None)
    }


def test_without_texts_only_lines_are_reported(inputs_of: Build) -> None:
    found = tables(inputs_of(**company(texts=False)))
    assert found["sentiment_models"] == []
    assert {row["kind"] for row in found["answer_quality"]} == {"straight_lines"}


@pytest.mark.parametrize(("careless", "verdict"), [(0.0, "not_more_than_chance"), (0.15, "more_than_chance")])
def test_careless_lines_are_claimed_where_they_were_planted(
    inputs_of: Build, careless: float, verdict: str
) -> None:
    rows = tables(inputs_of(**company(texts=False, careless=careless)))["answer_quality"]
    assert {row["verdict"] for row in rows} == {verdict}
    for row in rows:
        assert row["excess_low"] - 0.02 < careless < row["excess_high"] + 0.02
        assert row["difference_low"] <= row["difference"] <= row["difference_high"]
        assert row["question_id"] == "overall"


def test_no_result_holds_what_somebody_wrote(inputs_of: Build) -> None:
    data = company()
    written = {row["text"] for row in data["answers"] if row.get("text")}
    values = {value for rows in tables(inputs_of(**data)).values() for row in rows for value in row.values()}
    assert not written & values


def test_the_columns_are_those_declared(inputs_of: Build) -> None:
    inputs = inputs_of(**company())
    for analysis in (SENTIMENT, ANSWER_QUALITY):
        results = analysis.compute(inputs)
        for table in analysis.gives:
            assert results[table.name].schema == table.schema()
