"""The checks and the rules by themselves: nothing hostile gets through, nothing honest is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.server.answering.checking import check_for, clean, from_form, from_program
from peakend.server.answering.compiled import Compiled, compiled
from peakend.server.answering.drawing import to_fields
from peakend.server.answering.words import chosen, word
from peakend.server.surveys import logic
from peakend.server.surveys.questionnaire import Condition, Question, Questionnaire
from server.answering.questionnaires import EVERY, LONG

WHOLE = compiled(Questionnaire.model_validate(EVERY))
CHECKS = WHOLE.steps[0].checks
FIELDS = sorted(field for one in CHECKS for field in one.fields)
HOSTILE = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["0", "10", "5", "na", "yes", "staff", "none", "1", "2", "3", "٣", "NaN", "1e400", "\x00", "-0"]
    ),
)


@given(st.dictionaries(st.sampled_from(FIELDS), st.lists(HOSTILE, max_size=4)))
def test_whatever_a_form_holds_every_answer_is_one_the_question_offers(sent: dict[str, list[str]]) -> None:
    found = from_form(CHECKS, sent)
    for check in CHECKS:
        for name in check.names:
            answer = found.answers.get(name)
            if answer is None:
                assert check.question.id in found.errors
                continue
            assert answer["state"] in ("answered", "not_used", "no_answer")
            if "score" in answer:
                low, high = check.question.scale  # type: ignore[misc]
                assert type(answer["score"]) is int
                assert low <= answer["score"] <= high
            if check.question.type == "ranking" and "choice" in answer:
                assert sorted(answer["choice"]) == sorted(check.codes)
            if check.question.type == "multiple" and "choice" in answer:
                assert set(answer["choice"]) <= check.codes
                assert len(answer["choice"]) <= 2
                assert "none" not in answer["choice"] or answer["choice"] == ["none"]
    json.dumps(found.answers).encode()


@given(st.dictionaries(st.sampled_from(FIELDS), st.lists(HOSTILE, max_size=2)))
def test_what_was_stored_is_drawn_and_sent_again_as_the_same(sent: dict[str, list[str]]) -> None:
    first = from_form(CHECKS, sent, lenient=True)
    again: dict[str, list[str]] = {}
    for check in CHECKS:
        again |= to_fields(check, first.answers)
    second = from_form([one for one in CHECKS if one.question.id not in first.errors], again, lenient=True)
    assert {name: first.answers[name] for name in second.answers} == second.answers
    assert not second.errors


@given(
    st.dictionaries(
        st.sampled_from(sorted(name for one in CHECKS for name in one.names)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["state", "score", "choice", "text", "x"]), inner, max_size=3
                )
            ),
            max_leaves=6,
        ),
    )
)
def test_whatever_a_program_sends_is_checked_and_never_a_fault(sent: dict[str, Any]) -> None:
    found = from_program(CHECKS, sent)
    for check in CHECKS:
        for name in check.names:
            if name not in found.answers:
                assert check.question.id in found.errors


def test_words_lose_what_no_text_may_hold_and_nothing_else() -> None:
    assert clean("  a\r\nb\x00c\x1b[31m\ud800 \U0001f44d\u200d שלום ") == "a\nbc[31m \U0001f44d\u200d שלום"
    asked = check_for(Question(id="t", type="text", text={"en": "?"}, max_length=5))
    assert from_form([asked], {"q.t": ["12345\r\n"]}).answers["t"]["text"] == "12345"
    assert from_form([asked], {"q.t": ["123456"]}).errors["t"].n == 5


def condition(question: str, op: Any, value: Any = None) -> Condition:
    return Condition(question=question, op=op, value=value)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (condition("score", "le", 6), True),
        (condition("score", "gt", 6), False),
        (condition("score", "eq", "3"), True),
        (condition("score", "in", [1, 3]), True),
        (condition("several", "contains", "b"), True),
        (condition("several", "eq", ["b", "a"]), True),
        (condition("several", "eq", "a"), False),
        (condition("unused", "answered"), False),
        (condition("unused", "lt", 6), False),
        (condition("unused", "ne", 6), True),
        (condition("nothing", "not_answered"), True),
        (condition("nothing", "eq", None), False),
        (condition("@tier", "eq", "gold"), True),
        (condition("@missing", "ne", "gold"), True),
        (condition("words", "contains", "QUEUE"), True),
        (condition("words", "gt", 3), False),
        (condition("score", "lt", "many"), False),
    ],
)
def test_rules(asked: Condition, expected: bool) -> None:
    answers = {
        "score": {"state": "answered", "score": 3},
        "several": {"state": "answered", "choice": ["a", "b"]},
        "unused": {"state": "not_used"},
        "words": {"state": "answered", "text": "the queue"},
    }
    assert logic.condition_holds(asked, answers, {"tier": "gold"}) is expected


def test_a_question_that_asks_about_its_own_page_begins_a_new_step() -> None:
    steps = compiled(Questionnaire.model_validate(LONG)).steps
    assert [[one.question.id for one in step.checks] for step in steps] == [
        ["recommend", "visited"],
        ["wrong"],
        ["areas"],
    ]


def test_an_answer_to_a_hidden_question_shows_nothing_else() -> None:
    text = {"en": "?"}
    chain = [
        {"id": "a", "type": "nps", "text": text},
        {
            "id": "b",
            "type": "nps",
            "text": text,
            "show_if": {"conditions": [{"question": "a", "op": "lt", "value": 5}]},
        },
        {
            "id": "c",
            "type": "nps",
            "text": text,
            "show_if": {"conditions": [{"question": "b", "op": "lt", "value": 5}]},
        },
    ]
    whole: Compiled = compiled(
        Questionnaire.model_validate(
            {
                "languages": ["en"],
                "default_language": "en",
                "title": text,
                "pages": [{"id": "p", "questions": chain}],
            }
        )
    )
    answers = {name: {"state": "answered", "score": 9 if name == "a" else 1} for name in "abc"}
    assert set(whole.kept(answers, {})) == {"a"}
    assert [one.id for one in logic.shown(whole.questionnaire, answers, {})] == ["a"]


def test_languages_are_chosen_by_what_is_read_and_words_fall_back() -> None:
    known = ["en", "zh", "ar"]
    assert chosen("fr-FR, ar-EG;q=0.9, en;q=0.8", known, "en") == "ar"
    assert chosen("zh-CN,zh;q=0.9,en;q=0.8", known, "en") == "zh"
    assert chosen("xx;q=abc,,;q=1,en;q=0", known, "zh") == "zh"
    whole = Questionnaire.model_validate(LONG)
    assert word("next", "ar", whole) == "التالي"
    assert word("back", "ar", whole) == "Back"
    assert word("most", "zh", whole, n=2) == "最多选择 2 项。"
    hostile = whole.model_copy(update={"interface": {"most": {"en": "{n.__class__} {n}"}}})
    assert word("most", "en", hostile, n=2) == "{n.__class__} 2"
