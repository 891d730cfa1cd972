"""What a question asks about, from its words; and whether the words changed."""

from __future__ import annotations

import pytest

from peakend.feedback.expectation.wording import EMOTIONAL, FUNCTIONAL, read_wording, wording_hash


@pytest.mark.parametrize(
    ("text", "nature", "dimension"),
    [
        ("How safe do you feel at SFO?", "emotional", "safety"),
        ("您在本机场感到安全吗？安全感", "emotional", "safety"),
        ("I enjoyed my stay", "emotional", "pleasure"),
        ("Driving this car says who I am", "emotional", "lifestyle"),
        ("这辆车体现我的生活方式", "emotional", "lifestyle"),
        ("开这辆车有面子", "emotional", "status"),
        ("The goods were delivered on time", "functional", "reliability"),
        ("洗手间是否干净", "functional", "tangibles"),
        ("How easy was it to pass security?", "functional", "responsiveness"),
        ("How does SFO rate on: Restaurants?", "functional", None),
    ],
)
def test_words_tell_what_a_question_is_about(text: str, nature: str, dimension: str | None) -> None:
    found = read_wording([text, None])
    assert (found.nature, found.dimension) == (nature, dimension)


def test_what_the_company_states_overrules_the_words() -> None:
    found = read_wording(["How clean was the room?"], stated="emotional")
    assert (found.nature, found.dimension) == ("emotional", None)
    assert read_wording(["Did you enjoy it?"], stated="functional").nature == "functional"


def test_there_are_ten_emotional_and_five_functional_dimensions() -> None:
    assert (len(EMOTIONAL), len(FUNCTIONAL)) == (10, 5)
    assert len({d.key for d in (*EMOTIONAL, *FUNCTIONAL)}) == 15


def test_the_hash_changes_with_words_and_not_with_dress() -> None:
    asked = wording_hash({"text_en": "How clean is it?", "text_zh": "干净吗？"})
    assert asked == wording_hash({"text_zh": "干净吗?", "text_en": "  how CLEAN is  it "})
    assert asked == wording_hash({"text_en": "How clean is it?", "text_zh": "干净吗？", "label": None})
    assert asked != wording_hash({"text_en": "How clean was it?", "text_zh": "干净吗？"})
    assert asked != wording_hash({"text_en": "How clean is it?", "text_zh": "整洁吗？"})
    assert wording_hash({}) == wording_hash({"text_en": "🙂 …"})
