"""Themes: counted as they were planted, discovered when nobody named them, and silent about noise."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.words import find_themes
from peakend.feedback.words.aspects import Label
from peakend.feedback.words.terms import find_terms
from peakend.feedback.words.topics import find_topics

LABELS = [Label("lounge", "Lounge", "贵宾休息室"), Label("boarding", "Boarding", "登机")]
WORDS = [
    "alder",
    "birch",
    "cedar",
    "ebony",
    "fir",
    "hazel",
    "ivory",
    "larch",
    "maple",
    "olive",
    "pine",
    "rowan",
]


def _said(about: dict[str, int], seed: int = 1) -> list[str]:
    random = np.random.default_rng(seed)
    texts = []
    for phrase, times in about.items():
        for _ in range(times):
            before, after = random.choice(WORDS, 2, replace=False)
            texts.append(f"{before}. {phrase}, {after}")
    random.shuffle(texts)
    return texts


def test_themes_are_counted_in_both_languages_under_the_questionnaires_names() -> None:
    """LSN-14: counts equal a labelled fixture."""
    said = {
        "the lounge was full": 30,
        "贵宾休息室很挤": 25,
        "登机等得太久": 40,
        "boarding by zones": 12,
        "parking": 18,
    }
    found = find_themes(_said(said), labels=LABELS)
    counts = {theme.key: theme.n for theme in found.themes}
    assert counts["lounge"] == 55
    assert counts["boarding"] == 52
    assert counts["parking"] == 18
    assert found["登机"].origin == "label"
    assert found["Parking"].origin == "dictionary"
    assert found.texts == 125


def test_what_no_question_asks_is_found_by_the_scores() -> None:
    """LSN-03: the unhappy miss one thing that nobody asked about."""
    texts = _said({"健怡可乐没有了": 25, "没有健怡可乐": 25, "登机": 150, "lounge": 150})
    low = ["健怡可乐" in text or number % 9 == 0 for number, text in enumerate(texts)]
    found = find_themes(texts, labels=LABELS, low_scores=low)
    assert found["健怡可乐"].origin == "phrase"
    assert found["健怡可乐"].n == 50


def test_a_planted_topic_is_named_by_its_words_and_stable() -> None:
    random = np.random.default_rng(4)
    planted = ["kettle", "teapot", "saucer", "biscuit"]
    noise = [f"word{letter}{other}" for letter in "abcdef" for other in "abcdef"]
    texts = [
        ". ".join(
            [*random.choice(noise, 5, replace=False), *(planted[:: random.choice([1, -1])] if n < 90 else [])]
        )
        for n in range(600)
    ]
    topics = [theme for theme in find_themes(texts).themes if theme.origin == "topic"]
    assert len(topics) == 1
    assert set(planted) <= set(topics[0].words)
    assert topics[0].n == 90
    assert topics[0].stability is not None
    assert topics[0].stability > 0.8


def test_words_at_random_make_no_topic() -> None:
    """The null twin: 8 worlds of words thrown together; none has a topic that is found again."""
    random = np.random.default_rng(5)
    noise = [f"word{letter}{other}" for letter in "abcdefg" for other in "abcdef"]
    found = 0
    for _ in range(8):
        texts = [". ".join(random.choice(noise, 6, replace=False)) for _ in range(300)]
        terms = find_terms(texts)
        found += bool(find_topics(terms, range(len(terms))))
    assert found == 0


def test_polarity_is_read_clause_by_clause() -> None:
    def polarity(clauses: object) -> np.ndarray:
        return np.array([-1 if "slow" in c else 1 if "fine" in c else 0 for c in clauses])  # type: ignore[attr-defined]

    texts = ["the lounge was fine, boarding was slow"] * 12 + ["lounge slow"] * 4
    found = find_themes(texts, labels=LABELS, polarity=polarity, minimum=5)
    assert (found["lounge"].positive, found["lounge"].negative) == (12, 4)
    assert (found["boarding"].positive, found["boarding"].negative) == (0, 12)


def test_own_seeds_come_first() -> None:
    seeds = {"sky": {"name": {"en": "Sky", "zh": "天空"}, "en": ["sky"], "zh": ["天空"]}}
    found = find_themes(["the sky"] * 6 + ["天空很蓝"] * 6, seeds=seeds)
    assert [(theme.key, theme.n, theme.origin) for theme in found.themes] == [("sky", 12, "seed")]


@pytest.mark.parametrize(
    "texts",
    [[], [None] * 30, ["好"] * 30, ["👍"] * 30, ["<br>"] * 30, ["a" * 1_000_000] * 3, ["…… "] * 30],
    ids=["empty", "null", "one", "emoji", "html", "megabyte", "signs"],
)
def test_nothing_said_gives_no_themes(texts: list[str | None]) -> None:
    assert len(find_themes(texts, labels=LABELS)) == 0


def test_themes_of_too_few_are_not_given() -> None:
    assert len(find_themes(["parking is bad"] * 9 + ["nothing else"] * 50)) == 0


def test_one_class_only_makes_no_phrases() -> None:
    found = find_themes(["garden gnome"] * 40, low_scores=[True] * 40)
    assert all(theme.origin != "phrase" for theme in found.themes)


def test_the_same_texts_give_the_same_themes() -> None:
    texts = _said({"登机等得太久": 40, "kettle and teapot": 60, "lounge": 30}, seed=7)
    assert find_themes(texts, labels=LABELS).themes == find_themes(texts, labels=LABELS).themes
