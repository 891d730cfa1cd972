"""What the mismatched say: the planted words come first, odd texts do no harm, and asked questions are
known."""

from __future__ import annotations

import numpy as np

from peakend.feedback.mismatch import codes_of, missing_question, phrases_of

USUAL = (
    "The seats were fine",
    "quiet and clean, thanks",
    "座位舒适，服务很好",
    "排队太久了",
    "good food 😀 <b>ok</b>",
    None,
)
QUESTIONS = {
    "seats": ["How comfortable were the seats?", "座椅", None],
    "staff": ["Were staff friendly?", "员工"],
}


def comments(*planted: str) -> tuple[list[str | None], np.ndarray]:
    random = np.random.default_rng(1)
    texts = [USUAL[number] for number in random.integers(0, len(USUAL), 1_500)]
    below = np.arange(1_500) < 45
    for place in range(0, 45, 3):
        texts[place] = planted[place // 3 % len(planted)] if planted else texts[place]
    return texts, below


def test_the_planted_theme_comes_first_and_nobody_asked() -> None:
    first = phrases_of(*comments("they had no diet coke"))[0]
    assert "diet coke" in first.theme
    assert first.over
    assert (first.n_below, first.n_others) == (15, 0)
    assert missing_question(first.theme, QUESTIONS) is None
    chinese = phrases_of(*comments("没有健怡可乐", "健怡可乐换了", "想喝健怡可乐的", "健怡可乐呢"))[0]
    assert "健怡可乐" in chinese.theme
    assert missing_question(chinese.theme, QUESTIONS) is None


def test_without_a_theme_nothing_is_said_more() -> None:
    assert not any(theme.over for theme in phrases_of(*comments()))


def test_chance_makes_themes_as_rarely_as_stated() -> None:
    """500 draws of who is mismatched among coded comments, ten codes each."""
    random = np.random.default_rng(2)
    found = []
    for _ in range(500):
        code = [f"code {number}" for number in random.integers(0, 10, 400)]
        themes = codes_of(np.arange(400), code, random.random(400) < 0.1)
        found.append(any(theme.over for theme in themes))
    assert np.mean(found) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 500)


def test_codes_count_people_once_and_only_those_who_gave_one() -> None:
    below = np.arange(400) < 40
    place = np.r_[np.arange(20), np.arange(20), np.arange(100, 300)]
    code = ["gone"] * 40 + ["fine"] * 200
    first = codes_of(place, code, below)[0]
    assert (first.theme, first.n_below, first.texts_below, first.n_others, first.texts_others) == (
        "gone",
        20,
        20,
        0,
        200,
    )


def test_odd_texts_do_no_harm() -> None:
    texts, below = comments("no diet coke")
    texts[50:55] = ["x", "", "🙂" * 1_000, "<div>" * 200_000, "diet coke " * 100_000]
    found = phrases_of(texts, below)
    assert "diet coke" in found[0].theme
    assert all("<" not in theme.theme and "div" not in theme.theme for theme in found)
    assert phrases_of([None] * 20, np.ones(20, dtype=bool)) == []
    assert phrases_of([], np.zeros(0, dtype=bool)) == []


def test_a_question_covers_what_it_names() -> None:
    assert missing_question("seat too narrow", QUESTIONS) == "seats"
    assert missing_question("员工态度", QUESTIONS) == "staff"
    assert missing_question("lemon", {}) is None
    generic = {
        str(n): [f"How does the airport rate: {word}?"]
        for n, word in enumerate(("art", "food", "roads", "wifi"))
    }
    assert missing_question("airport too cold", generic) is None
    assert missing_question("better wifi", generic) == "3"
