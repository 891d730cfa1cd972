"""Key phrases: found where planted, silent where groups speak alike, and never of too few people."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import fisher_exact

from peakend.feedback.words import key_phrases
from peakend.feedback.words.phrases import PRIOR_TEXTS, GroupsError, can_be_significant, contrast, exact_p

RNG = np.random.default_rng(20)
FILLER = ["flight", "crew", "seat", "meal", "gate", "price", "screen", "blanket"]


def _texts(
    planted: str, share_first: float, share_second: float, n: int, seed: int
) -> tuple[list[str], list[str]]:
    random = np.random.default_rng(seed)
    texts, groups = [], []
    for group, share in (("detractor", share_first), ("promoter", share_second)):
        for _ in range(n):
            words = list(random.choice(FILLER, 3, replace=False))
            if random.random() < share:
                words.insert(random.integers(0, 4), planted)
            texts.append(". ".join(words))
            groups.append(group)
    return texts, groups


@pytest.mark.parametrize("planted", ["lost luggage", "健怡可乐"])
def test_a_planted_phrase_is_found_whole_and_in_its_group(planted: str) -> None:
    texts, groups = _texts(planted, 0.25, 0.05, 400, 1)
    found = key_phrases(texts, groups)
    assert [(p.phrase, p.group) for p in found.phrases] == [(planted, "detractor")]
    phrase = found.phrases[0]
    assert phrase.n_first == sum(planted in t for t, g in zip(texts, groups, strict=True) if g == "detractor")
    assert 0 < phrase.low < phrase.log_odds < phrase.high


def test_null_false_alarms_stay_within_the_stated_rate() -> None:
    """600 worlds in which both groups use 60 phrases alike: any phrase at all is shown in 5 % at most."""
    random = np.random.default_rng(3)
    texts, phrases, worlds = 300, 60, 600
    rate = random.uniform(0.03, 0.3, phrases)
    group = np.arange(texts) < 120
    alarms = sum(
        bool(
            (
                contrast(csr_array(random.random((texts, phrases)) < rate), group, ~group).adjusted_p <= 0.05
            ).any()
        )
        for _ in range(worlds)
    )
    # 5 % of 600 and two standard errors of that.
    assert alarms / worlds <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / worlds)
    assert alarms > 0


def test_exact_p_agrees_with_fishers_smaller_tail() -> None:
    p, _ = exact_p([3, 12, 8], [20, 2, 8], 60, 70)
    for value, (a, b) in zip(p, [(3, 20), (12, 2), (8, 8)], strict=True):
        table = [[a, b], [60 - a, 70 - b]]
        tails = [fisher_exact(table, side).pvalue for side in ("less", "greater")]
        assert value == pytest.approx(min(1, 2 * min(tails)))


def test_log_odds_are_those_of_monroe_colaresi_and_quinn() -> None:
    """Eq. 16 worked by hand: 30 of 100 against 10 of 200 with a prior of ten texts."""
    matrix = csr_array(np.r_[np.ones(30), np.zeros(70), np.ones(10), np.zeros(190)].astype(bool)[:, None])
    first = np.arange(300) < 100
    alpha = PRIOR_TEXTS * 40.5 / 301
    odds = [(30 + alpha) / (70 + PRIOR_TEXTS - alpha), (10 + alpha) / (190 + PRIOR_TEXTS - alpha)]
    assert contrast(matrix, first, ~first).log_odds[0] == pytest.approx(np.log(odds[0] / odds[1]))


def test_rare_phrases_are_no_comparisons() -> None:
    """Tarone's own example has 9 tests of which few can be significant; here: 1 of 4 at α = .05."""
    assert can_be_significant(np.array([0.001, 0.2, 0.3, 0.5]), 0.05).tolist() == [True, False, False, False]
    assert not can_be_significant(np.array([0.2, 0.3]), 0.05).any()


def test_a_part_that_only_occurs_in_the_whole_is_not_shown_twice() -> None:
    texts = ["no signs to the rental car center. crew"] * 40 + ["crew. seat"] * 60 + ["seat. gate"] * 100
    groups = ["low"] * 100 + ["high"] * 100
    shown = [p.phrase for p in key_phrases(texts, groups).of("low")]
    assert not any(a != b and a in b for a in shown for b in shown)


def test_phrases_of_too_few_people_are_never_shown() -> None:
    texts = ["my name is Zbigniew"] * 9 + ["crew seat"] * 200
    found = key_phrases(texts, ["low"] * 30 + ["high"] * 179)
    assert all("zbigniew" not in p.phrase for p in found.phrases)
    shown = key_phrases(texts, ["low"] * 30 + ["high"] * 179, minimum=9).of("low")
    assert any("zbigniew" in p.phrase for p in shown)


@pytest.mark.parametrize(
    ("texts", "groups"),
    [([], []), (["a"], ["low"]), (["a", "b"], ["low"]), (["a", "b", "c"], [1, 2, 3]), (["a"], [None])],
)
def test_anything_but_two_groups_is_refused(texts: list[str], groups: list[object]) -> None:
    with pytest.raises(GroupsError) as refusal:
        key_phrases(texts, groups)
    assert refusal.value.in_("zh")


def test_texts_all_equal_separate_nobody() -> None:
    assert len(key_phrases(["lost luggage again"] * 60, ["low", "high"] * 30)) == 0


def test_benjamini_and_hochberg_show_no_less_than_holm() -> None:
    texts, groups = _texts("lost luggage", 0.2, 0.05, 300, 5)
    strict = {p.phrase for p in key_phrases(texts, groups).phrases}
    assert strict <= {p.phrase for p in key_phrases(texts, groups, correction="bh").phrases}


def test_the_order_of_texts_does_not_matter() -> None:
    texts, groups = _texts("lost luggage", 0.25, 0.05, 200, 6)
    order = np.random.default_rng(0).permutation(len(texts))
    shuffled = key_phrases([texts[i] for i in order], [groups[i] for i in order])
    assert shuffled.phrases == key_phrases(texts, groups).phrases
