"""Straight lines: what exceeds chance is found, and nothing is where nobody draws them carelessly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from peakend.feedback.words import straight_liners
from peakend.feedback.words.agreement import item_counts, loadings, straight_chances
from peakend.feedback.words.straightliners import NoLinesError

_CUTS = np.array([-1.5, -0.5, 0.3])


def answers(
    random: np.random.Generator, size: int, items: int, careless: float = 0.0, skipped: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Scores 1–4 with one common factor; some respondents tick one column throughout."""
    loading = np.linspace(0.4, 0.8, items)
    mood = random.standard_normal((size, 1))
    latent = loading * mood + np.sqrt(1 - loading**2) * random.standard_normal((size, items))
    scores = np.searchsorted(_CUTS, latent.ravel()).reshape(size, items) + 1.0
    ticks = random.random(size) < careless
    scores[ticks] = random.integers(2, 5, ticks.sum())[:, None]
    scores[random.random((size, items)) < skipped] = np.nan
    return scores, ticks


def test_planted_lines_are_found_within_their_interval() -> None:
    random = np.random.default_rng(1)
    found, covered = [], 0
    for _ in range(40):
        scores, _ = answers(random, 800, 10, careless=0.05, skipped=0.1)
        result = straight_liners(scores)
        found.append(result.excess.value)
        covered += (result.excess.low or 0) <= 0.05 <= (result.excess.high or 0)
        assert result.found
    assert np.mean(found) == pytest.approx(0.05, abs=0.005)
    assert covered >= 34


def test_none_planted_none_claimed() -> None:
    random = np.random.default_rng(2)
    claimed, values = 0, []
    for _ in range(500):
        scores, _ = answers(random, 300, 8)
        result = straight_liners(scores)
        claimed += result.found
        values.append(result.excess.value)
    # Stated: at most 5 %; two standard errors of 500 runs are 2 %.
    assert claimed / 500 <= 0.07
    assert np.mean(values) == pytest.approx(0, abs=0.004)


def test_without_lines_means_without_the_careless_ones() -> None:
    random = np.random.default_rng(3)
    scores, ticks = answers(random, 3000, 12, careless=0.1)
    overall = np.where(ticks, 1.0, 4.0)
    result = straight_liners(scores)
    plain, careful, gap = result.effect(overall)
    assert plain == pytest.approx(overall.mean())
    assert careful > 3.9
    assert gap.low is not None
    assert gap.low < 4 - overall.mean() + 0.02
    assert gap.value == pytest.approx(careful - plain)
    assert result.careless[ticks].mean() > 0.8
    assert result.careless[~ticks].mean() < 0.02
    assert np.isnan(result.effect(np.full(3000, np.nan))[0])


def test_loadings_that_made_the_data_are_found() -> None:
    random = np.random.default_rng(4)
    scores, _ = answers(random, 60_000, 8)
    found, given = loadings(item_counts(scores.astype(np.int64) - 1, 4))
    assert found == pytest.approx(np.linspace(0.4, 0.8, 8), abs=0.02)
    chance = straight_chances(given, np.ones((1, 8), dtype=bool)).sum()
    assert chance == pytest.approx((scores == scores[:, :1]).all(axis=1).mean(), abs=0.001)


def test_the_chance_of_a_pair_is_that_of_the_bivariate_normal() -> None:
    random = np.random.default_rng(5)
    scores, _ = answers(random, 100, 2)
    counts = item_counts(scores.astype(np.int64) - 1, 4)
    _, given = loadings(counts, np.array([0.6, 0.7]), 1)
    shares = counts.margins / counts.margins.sum(axis=1, keepdims=True)
    cuts = np.c_[[-9, -9], norm.ppf(np.cumsum(shares, axis=1)[:, :-1]), [9, 9]]
    both = multivariate_normal([0, 0], [[1, 0.42], [0.42, 1]])
    expected = [
        sum(
            sign * both.cdf([cuts[0, level + i], cuts[1, level + j]])
            for i, j, sign in ((1, 1, 1), (0, 1, -1), (1, 0, -1), (0, 0, 1))
        )
        for level in range(4)
    ]
    assert straight_chances(given, np.ones((1, 2), dtype=bool))[0] == pytest.approx(expected, abs=2e-3)


def test_clusters_stay_together_and_order_does_not_matter_without_them() -> None:
    random = np.random.default_rng(6)
    scores, _ = answers(random, 600, 8, careless=0.1)
    flights = [f"f{number}" for number in range(60) for _ in range(10)]
    clustered = straight_liners(scores, flights)
    assert clustered.excess.value == pytest.approx(straight_liners(scores).excess.value, abs=1e-6)
    assert clustered.excess.low != straight_liners(scores).excess.low
    for kept, _ in clustered.replicates:
        assert len(set(np.array(flights)[kept]) & set(np.array(flights)[~kept])) == 0


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        (np.full((50, 8), 3.0), "few_respondents"),
        (np.full((200, 8), 3.0), "one_score"),
        (np.full((200, 4), 3.0), "few_questions"),
        (np.full((200, 8), np.nan), "few_respondents"),
        (np.arange(1600.0).reshape(200, 8), "many_scores"),
    ],
)
def test_where_lines_cannot_be_looked_for_it_says_why(scores: np.ndarray, why: str) -> None:
    with pytest.raises(NoLinesError) as error:
        straight_liners(scores)
    assert error.value.data["why"] == why


def test_everybody_in_line_is_no_crash() -> None:
    scores = np.repeat(np.array([[1.0], [5.0]] * 100), 8, axis=1)
    try:
        result = straight_liners(scores)
    except NoLinesError:
        return
    assert result.share.value == 1
    assert not np.isnan(result.excess.value)


def test_wrong_shapes_are_errors() -> None:
    with pytest.raises(ValueError, match="dimensions"):
        straight_liners([1.0, 2.0])
    with pytest.raises(ValueError, match="clusters"):
        straight_liners(np.ones((200, 8)), [1, 2])
