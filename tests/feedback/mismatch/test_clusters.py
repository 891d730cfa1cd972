"""The scan finds a planted place and window, and finds one by chance no more often than stated."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.mismatch import scan


def spread(seed: int, n: int = 600) -> tuple[np.ndarray, np.ndarray, dict[str, list[str]], np.ndarray]:
    random = np.random.default_rng(seed)
    cuts = {
        name: random.choice(list(values), n).tolist() for name, values in (("site", "ABCD"), ("tier", "xyz"))
    }
    return random.random(n) < 0.04, np.full(n, 0.04), cuts, random.integers(0, 10, n)


def test_chance_alone_clusters_as_often_as_stated() -> None:
    """500 scans over 8 places × 40 windows, each with 99 draws."""
    first = [min((one.p for one in scan(*spread(seed), draws=99)), default=1.0) for seed in range(500)]
    assert np.mean(np.array(first) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 500)


def test_the_planted_place_and_window_are_found() -> None:
    flag, chance, cuts, when = spread(1)
    hot = (np.array(cuts["site"]) == "B") & (when >= 4) & (when < 7)
    best = scan(flag | (hot & (np.arange(len(hot)) % 2 == 0)), chance, cuts, when)[0]
    assert (best.cut, best.value, best.first, best.last) == ("site", "B", 4, 6)
    assert best.p == pytest.approx(1 / 500)
    assert best.ratio > 5


def test_the_statistic_is_kulldorffs() -> None:
    """c = 8 of C = 10 where 4 are expected: 8 ln 2 + 2 ln(2/6) = 3.348."""
    flag = np.r_[np.ones(8), np.zeros(12), np.ones(2), np.zeros(28)].astype(bool)
    found = scan(flag, np.full(50, 0.1), {"site": ["A"] * 20 + ["B"] * 30}, draws=19)[0]
    assert (found.value, found.n, found.below) == ("A", 20, 8)
    assert found.expected == pytest.approx(4)
    assert found.statistic == pytest.approx(8 * np.log(2) + 2 * np.log(2 / 6))


def test_small_places_are_not_looked_at_and_nothing_is_found_in_nothing() -> None:
    flag, chance, cuts, when = spread(2)
    cuts["one"] = ["only"] + ["rest"] * (len(flag) - 1)
    flag[0] = True
    assert ("one", "only") not in {(one.cut, one.value) for one in scan(flag, chance, cuts, when, draws=9)}
    assert scan(np.zeros(600), chance, cuts) == []
    assert scan([], [], {}) == []


def test_a_respondent_counts_in_every_place_of_a_set_once() -> None:
    """Everybody ends at the exit; what went wrong in the lounge clusters there and not at the exit."""
    random = np.random.default_rng(3)
    lounge = random.random(600) < 0.2
    flag = (random.random(600) < 0.03) | (lounge & (random.random(600) < 0.25))
    been = [frozenset({"exit", "lounge"} if inside else {"exit"}) for inside in lounge]
    best = scan(flag, np.full(600, 0.03), {"touchpoint": been})[0]
    assert (best.value, best.n, best.below) == ("lounge", lounge.sum(), (flag & lounge).sum())
    assert best.p == pytest.approx(1 / 500)
    single = scan(flag, np.full(600, 0.03), {"touchpoint": ["exit"] * 600}, draws=19)
    assert not single or single[0].p > 0.05
