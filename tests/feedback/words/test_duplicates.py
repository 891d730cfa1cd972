"""Copies of texts: found when planted, none where everybody writes for himself."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.words import near_duplicates

_LETTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 400)]


def texts_of(random: np.random.Generator, count: int, length: int = 30) -> list[str]:
    return ["".join(random.choice(_LETTERS, length)) for _ in range(count)]


def test_planted_copies_are_found_and_nothing_else() -> None:
    random = np.random.default_rng(1)
    own = texts_of(random, 2000)
    copied = [text[:14] + "改" + text[15:] for text in own[:100]]
    found = near_duplicates(own + copied + own[100:150])
    assert found.group[2000:2100].tolist() == list(range(100))
    assert found.group[2100:].tolist() == list(range(100, 150))
    assert found.copies == 150
    assert found.exact[2100:].all()
    assert not found.exact[2000:2100].any()


def test_nobody_copies_in_the_null_twin() -> None:
    # As many pairs as in 500 surveys of 900 texts.
    assert near_duplicates(texts_of(np.random.default_rng(2), 20_000)).copies == 0


def test_case_markup_and_spaces_do_not_hide_a_copy() -> None:
    text = "The queue at the desk was far too long for me today"
    assert near_duplicates([text, text.upper() + "  ", f"<p>{text}</p>"]).group.tolist() == [0, 0, 0]


def test_short_texts_are_never_copies() -> None:
    found = near_duplicates(["很好", "很好", "", None, "👍", "👍", "ok", "ok"])
    assert found.copies == 0
    assert (found.group == -1).all()


def test_odd_texts_are_taken() -> None:
    found = near_duplicates(["好" * 10**6, "\ud800" * 20, "<b>" * 50, None])
    assert found.copies == 0
    assert len(near_duplicates([]).group) == 0
    with pytest.raises(ValueError, match="threshold"):
        near_duplicates(["a"], 0.1)


def test_similarity_counts_from_the_threshold_on() -> None:
    # 20 letters: 20 + 19 features. One letter more shares 39 of 41 (.95); five more 39 of 49 (.796).
    letters = "".join(_LETTERS[:20])
    assert near_duplicates([letters, letters + "龙"]).copies == 1
    assert near_duplicates([letters, letters + "龙虎豹马牛"]).copies == 0
    assert near_duplicates([letters, letters + "龙虎豹马牛"], 0.75).copies == 1
