"""Control charts of places: the planted site is found, and even sites are left alone."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from peakend.evidence.control_charts import c4, chart

# The answers of a survey: not normal, bounded, skewed.
SCORES, SHARES = np.arange(11), np.array([2, 1, 1, 2, 3, 6, 8, 14, 22, 20, 21]) / 100


def answers(rng: np.random.Generator, n: int) -> list[float]:
    return [float(one) for one in rng.choice(SCORES, n, p=SHARES)]


@pytest.mark.parametrize(
    ("n", "published"), [(2, 0.7979), (5, 0.9400), (10, 0.9727), (15, 0.9823), (25, 0.9896)]
)
def test_c4_is_that_of_the_published_table(n: int, published: float) -> None:
    assert c4(n) == pytest.approx(published, abs=5e-5)


def test_limits_are_those_of_the_book_for_each_n() -> None:
    rng = np.random.default_rng(7)
    groups = {str(n): [float(one) for one in rng.normal(8, 2, n)] for n in (10, 15, 25)}
    found = chart(groups)
    assert found is not None
    values = {code: np.array(one) for code, one in groups.items()}
    centre = sum(one.sum() for one in values.values()) / 50
    pooled = sqrt(sum(((one - one.mean()) ** 2).sum() for one in values.values()) / 47)
    assert found.centre == pytest.approx(centre)
    assert found.spread == pytest.approx(pooled)
    # A3 = 3 / (c4 √n), B3 and B4 of the appendix; s̄ = c4 × pooled spread.
    book = {10: (0.975, 0.284, 1.716), 15: (0.789, 0.428, 1.572), 25: (0.606, 0.565, 1.435)}
    for place in found.places:
        a3, b3, b4 = book[place.n]
        s_bar = c4(place.n) * pooled
        assert place.mean.high - centre == pytest.approx(a3 * s_bar, rel=2e-3)
        assert place.spread.low <= b3 * s_bar * 1.005
        assert place.spread.high >= b4 * s_bar * 0.998


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_site_with_another_mean_is_out_of_control(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = {f"S{k}": answers(rng, 40 + 10 * k) for k in range(12)}
    groups["S3"] = [max(0.0, one - 4) for one in groups["S3"]]
    found = chart(groups)
    assert found is not None
    assert [one.code for one in found.places if one.mean.out] == ["S3"]
    assert found.between > 0
    assert 0 < found.share_between < 1


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_site_that_is_uneven_in_itself_is_out_on_the_other_chart(seed: int) -> None:
    """The same mean, but every customer meets either the best or the worst."""
    rng = np.random.default_rng(seed)
    groups = {f"S{k}": answers(rng, 60) for k in range(12)}
    groups["S3"] = [0.0, 10.0, 10.0, 10.0] * 30
    found = chart(groups)
    assert found is not None
    assert [one.code for one in found.places if one.spread.out] == ["S3"]


def test_even_sites_are_called_uneven_no_more_often_than_was_promised() -> None:
    """Holm at 5 % over all points: of 400 companies with nothing planted, at most about 20 see an alarm."""
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(400):
        found = chart({f"S{k}": answers(rng, int(rng.integers(10, 90))) for k in range(15)})
        assert found is not None
        alarms += any(one.out for one in found.places)
    assert alarms <= 32  # 20 expected at most; 32 is beyond the 99.5th percentile


def test_a_point_beyond_three_sigmas_may_still_be_chance_among_many() -> None:
    rng = np.random.default_rng(5)
    beyond = out = 0
    for _ in range(40):
        found = chart({f"S{k}": answers(rng, 30) for k in range(60)})
        assert found is not None
        beyond += sum(one.mean.beyond or one.spread.beyond for one in found.places)
        out += sum(one.out for one in found.places)
    assert beyond > 3 * out


def test_a_small_place_is_named_with_its_n_and_not_judged() -> None:
    rng = np.random.default_rng(1)
    found = chart({"a": answers(rng, 30), "b": answers(rng, 30), "c": [0.0] * 9})
    assert found is not None
    assert found.few == {"c": 9}
    assert [one.code for one in found.places] == ["a", "b"]


@pytest.mark.parametrize("groups", [{}, {"a": [1.0] * 50}, {"a": [5.0] * 20, "b": [5.0] * 20}])
def test_without_two_places_or_without_variance_there_is_no_chart(groups: dict[str, list[float]]) -> None:
    assert chart(groups) is None
