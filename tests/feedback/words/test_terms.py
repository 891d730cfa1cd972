"""Candidate terms: readable words in both languages, and nothing that is only a piece of one."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.words.reading import TextsError
from peakend.feedback.words.terms import base_of, bases_of, find_terms, stream_of

COLA = [
    f"{before}{drink}{after}"
    for before in ("今天没有", "飞机上的", "想喝一罐", "居然说", "问了三次")
    for drink in ("健怡可乐", "橙汁", "健怡可乐")
    for after in ("卖完了", "，很失望", "都喝不到", "真难得", "很冰")
]


def test_chinese_words_are_whole() -> None:
    names = find_terms(COLA, minimum=5).names
    assert "健怡可乐" in names
    assert not {"健怡", "怡可", "可乐", "怡可乐", "健怡可"} & set(names)


def test_counts_are_of_texts_not_of_occurrences() -> None:
    terms = find_terms(["lounge lounge lounge", "the lounge", "seat"] * 4, minimum=4)
    assert dict(zip(terms.names, terms.documents.tolist(), strict=True)) == {"lounge": 8, "seat": 4}


def test_english_phrases_begin_and_end_with_words_that_say_something() -> None:
    texts = [
        f"the long queue at {place} was a waste of time" for place in ("security", "the gate", "passport")
    ]
    names = find_terms(texts * 5, minimum=10).names
    assert "long queue" in names
    assert not any(
        name.split()[0] in ("the", "at", "a") or name.split()[-1] in ("of", "was") for name in names
    )


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("queues", "queue"),
        ("boxes", "box"),
        ("ladies", "lady"),
        ("bus", "bus"),
        ("glass", "glass"),
        ("classes", "class"),
        ("staff's", "staff"),
        ("check-in", "checkin"),
    ],
)
def test_forms_of_a_word_count_together(word: str, base: str) -> None:
    assert base_of(word) == base


def test_a_phrase_mixes_scripts() -> None:
    assert bases_of("VIP 休息室！") == ("vip", "休", "息", "室")


@pytest.mark.parametrize(
    "texts",
    [[], [None] * 20, [""] * 20, ["好"] * 20, ["👍👍"] * 20, ["a"] * 20, ["<p></p>"] * 20, ["…"] * 20],
    ids=["none", "null", "empty", "one", "emoji", "letter", "html", "sign"],
)
def test_texts_without_words_have_no_terms(texts: list[str | None]) -> None:
    assert len(find_terms(texts, minimum=10)) == 0


def test_markup_and_mixed_scripts_are_read() -> None:
    texts = [f"<b>行李</b>丢了 {n} 次 &amp; baggage <i>lost</i> 😡" for n in range(20)]
    assert {"baggage", "lost", "行李"} <= set(find_terms(texts, minimum=10).names)


def test_a_megabyte_is_one_text() -> None:
    ordinary = [
        f"{when}排队{what}"
        for when in ("昨天", "又要", "一直")
        for what in ("很久", "两次", "，累了", "没人管")
    ]
    terms = find_terms(["排队太久 " * 200_000, *(ordinary * 40)], minimum=10)
    assert dict(zip(terms.names, terms.documents.tolist(), strict=True))["排队"] == 481


def test_texts_all_equal_give_no_pieces() -> None:
    assert find_terms(["登机太久"] * 30, minimum=10).names == ["登机太久"]


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(TextsError):
        find_terms(["fine", 3])


def test_clauses_end_at_marks_and_turns() -> None:
    stream = stream_of(["the seat was fine but meals were cold, sadly", "好"])
    assert len(np.unique(stream.clause[stream.ids >= 0])) == 4
