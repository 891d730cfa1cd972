"""Who answered: rates only where invitations are known, shares, margins, states, small bases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from peakend.declaration import Inputs
from peakend.feedback.analyses import RESPONSE_MIX
from peakend.feedback.intervals import wilson

Row = dict[str, Any]
Build = Callable[..., Inputs]


def response(number: int, **columns: object) -> Row:
    return {"response_id": f"r{number}", "survey_id": "s", "answered_at": datetime(2024, 1, 15)} | columns


def mix(inputs: Inputs, **where: object) -> list[Row]:
    found = RESPONSE_MIX.compute(inputs)["response_mix"].to_pylist()
    return [row for row in found if all(row[name] == value for name, value in where.items())]


def given(**more: object) -> dict[str, Any]:
    tables: dict[str, Any] = {
        "surveys": [{"survey_id": "s", "programme": "P"}],
        "questions": [{"question_id": "q", "metric": "csat", "label_en": "Desk", "label_zh": "柜台"}],
        "responses": [response(i, channel="web" if i < 60 else "app") for i in range(100)],
        "answers": [
            {
                "response_id": f"r{i}",
                "question_id": "q",
                "state": ["answered", "answered", "not_used", "no_answer"][i % 4],
            }
            for i in range(100)
        ],
    }
    return tables | more


def test_without_invitations_there_is_no_response_rate(inputs_of: Build) -> None:
    (row,) = mix(inputs_of(**given()), dimension_kind="all")
    assert row["n"] == 100
    assert [row[name] for name in ("invited", "responded", "response_rate", "response_rate_low")] == [
        None
    ] * 4


def test_the_rate_is_of_everything_sent_by_the_month_of_the_invitation(inputs_of: Build) -> None:
    invitations = [
        {
            "invitation_id": f"i{i}",
            "survey_id": "s",
            "channel": "mail" if i < 150 else "sms",
            "sent_at": datetime(2023, 12, 31) if i < 50 else datetime(2024, 1, 1),
            "status": "bounced" if i >= 190 else "completed" if i == 180 else "sent",
        }
        for i in range(200)
    ]
    responses = [response(i, invitation_id=f"i{i}" if i < 90 else None) for i in range(100)]
    inputs = inputs_of(**given(invitations=invitations, responses=responses))
    december, january = mix(inputs, dimension_kind="all")
    assert (december["period"], december["invited"], december["responded"], december["n"]) == (
        "2023-12",
        50,
        50,
        0,
    )
    assert (january["invited"], january["responded"], january["bounced"], january["n"]) == (150, 41, 10, 100)
    assert january["response_rate"] == pytest.approx(41 / 150)
    low, high = wilson(41 / 150, 150)
    assert (january["response_rate_low"], january["response_rate_high"]) == pytest.approx(
        (float(low), float(high))
    )
    (sms,) = mix(inputs, period="2024-01", dimension_kind="channel", category="sms")
    assert (sms["invited"], sms["responded"]) == (50, 1)


def test_shares_of_channels_add_up_and_have_intervals(inputs_of: Build) -> None:
    (web,) = mix(inputs_of(**given()), category="web")
    (app,) = mix(inputs_of(**given()), category="app")
    assert (web["n"], app["n"], web["share"] + app["share"]) == (60, 40, pytest.approx(1))
    assert web["share_low"] < 0.6 < web["share_high"]


def test_what_the_source_does_not_say_is_left_out_or_said(inputs_of: Build) -> None:
    assert mix(inputs_of(**given()), dimension_kind="language") == []
    some = [response(i, language="zh" if i < 70 else None) for i in range(100)]
    found = mix(inputs_of(**given(responses=some)), dimension_kind="language")
    assert [(r["category"], r["n"], r["label_zh"]) for r in found] == [
        ("zh", 70, "zh"),
        ("not known", 30, "未知"),
    ]


def test_the_sample_is_set_beside_the_population(inputs_of: Build) -> None:
    members = [
        {
            "segmentation": "age",
            "segment": "young" if i < 70 else "old",
            "subject": "response",
            "subject_id": f"r{i}",
        }
        for i in range(90)
    ]
    populations = [
        {"survey_id": "s", "segmentation": "age", "segment": name, "size": size}
        for name, size in (("young", 400.0), ("old", 500.0), ("very old", 100.0))
    ]
    inputs = inputs_of(**given(segment_members=members, populations=populations))
    found = {r["category"]: r for r in mix(inputs, dimension_kind="segment")}
    assert {name: r["n"] for name, r in found.items()} == {
        "young": 70,
        "old": 20,
        "very old": 0,
        "not known": 10,
    }
    assert {name: r["population_share"] for name, r in found.items()} == {
        "young": pytest.approx(0.4),
        "old": pytest.approx(0.5),
        "very old": pytest.approx(0.1),
        "not known": None,
    }
    assert found["very old"]["share_low"] == 0


def test_states_of_answers_are_shares_of_those_who_were_asked(inputs_of: Build) -> None:
    (row,) = mix(inputs_of(**given()), dimension_kind="question")
    assert (row["category"], row["label_en"], row["label_zh"], row["n"]) == ("q", "Desk", "柜台", 100)
    assert (row["answered"], row["not_used"], row["no_answer"]) == pytest.approx((0.5, 0.25, 0.25))
    assert row["answered_low"] < 0.5 < row["answered_high"]
    assert row["share"] is None


def test_a_question_whose_score_would_be_hidden_is_hidden_here_too(inputs_of: Build) -> None:
    answers = [
        {"response_id": f"r{i}", "question_id": "q", "state": "answered" if i < 9 else "not_used"}
        for i in range(100)
    ]
    (row,) = mix(inputs_of(**given(answers=answers)), dimension_kind="question")
    assert row["hidden"]
    assert (row["n"], row["answered"], row["not_used"]) == (None, None, None)


def test_small_categories_are_hidden_with_the_next_smallest(inputs_of: Build) -> None:
    responses = [response(i, channel="web" if i < 60 else "app" if i < 96 else "fax") for i in range(100)]
    found = {
        r["category"]: r["n"] for r in mix(inputs_of(**given(responses=responses)), dimension_kind="channel")
    }
    assert found == {"web": 60, "app": None, "fax": None}


def test_few_responses_are_hidden_altogether(inputs_of: Build) -> None:
    responses = [response(i, channel="web") for i in range(9)]
    found = mix(inputs_of(**given(responses=responses)))
    assert {r["hidden"] for r in found} == {True}
    assert {r["n"] for r in found} == {None}


def test_the_columns_are_those_declared(inputs_of: Build) -> None:
    table = RESPONSE_MIX.compute(inputs_of(**given()))["response_mix"]
    assert table.schema == RESPONSE_MIX.gives[0].schema()
