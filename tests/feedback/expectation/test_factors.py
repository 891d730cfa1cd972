"""Factors: a published solution, an independent one, planted and absent factors, improper solutions."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.expectation.errors import (
    CollinearItemsError,
    ItemsError,
    NothingVariesError,
    TooFewItemsError,
    TooFewRespondentsError,
)
from peakend.feedback.expectation.factors import extract, factor_analysis
from peakend.feedback.expectation.parallel import parallel_analysis
from peakend.feedback.expectation.rotation import varimax

# Smith & Stanley (1983): covariances of six ability tests of 112 people, the data `ability.cov` of R.
COVARIANCE = np.array(
    [
        [24.641, 5.991, 33.520, 6.023, 20.755, 29.701],
        [5.991, 6.700, 18.137, 1.782, 4.936, 7.204],
        [33.520, 18.137, 149.831, 19.424, 31.430, 50.753],
        [6.023, 1.782, 19.424, 12.711, 4.757, 9.075],
        [20.755, 4.936, 31.430, 4.757, 52.604, 66.762],
        [29.701, 7.204, 50.753, 9.075, 66.762, 135.292],
    ]
)
_SPREAD = np.sqrt(np.diag(COVARIANCE))
ABILITY = COVARIANCE / np.outer(_SPREAD, _SPREAD)


def test_two_factors_of_the_ability_tests_as_r_prints_them() -> None:
    """R's documentation of factanal: uniquenesses, loadings after promax, χ² 6.11 on 4, p .191."""
    found = factor_analysis(correlation=ABILITY, n=112, factors=2, method="ml", rotation="promax")
    assert found.uniqueness == pytest.approx([0.455, 0.589, 0.218, 0.769, 0.052, 0.334], abs=6e-4)
    reading, picture = found.loadings[:, 0], found.loadings[:, 1]
    assert reading[[0, 4, 5]] == pytest.approx([0.364, 1.023, 0.811], abs=1.1e-3)
    assert picture[:4] == pytest.approx([0.470, 0.671, 0.932, 0.508], abs=1.1e-3)
    assert (found.statistic, found.df) == (pytest.approx(6.11, abs=5e-3), 4)
    assert found.p == pytest.approx(0.191, abs=5e-4)
    assert found.heywood == ()
    one = factor_analysis(correlation=ABILITY, n=112, method="ml")
    assert one.uniqueness == pytest.approx([0.535, 0.853, 0.748, 0.910, 0.232, 0.280], abs=6e-4)
    assert one.statistic == pytest.approx(75.18, abs=5e-3)


@pytest.mark.parametrize(
    ("method", "uniqueness", "loadings", "between"),
    [
        (
            "ml",
            [0.455224, 0.589332, 0.218179, 0.769422, 0.052451, 0.333589],
            [
                [0.386368, 0.474508],
                [-0.011002, 0.64587],
                [-0.026286, 0.896111],
                [-0.018015, 0.488289],
                [0.99009, -0.037073],
                [0.790572, 0.052605],
            ],
            0.464554,
        ),
        (
            "minres",
            [0.432901, 0.623469, 0.165263, 0.797565, 0.061341, 0.330498],
            [
                [0.385631, 0.494911],
                [0.013571, 0.607336],
                [-0.041499, 0.931749],
                [0.028162, 0.436431],
                [0.984715, -0.036101],
                [0.794641, 0.049315],
            ],
            0.454411,
        ),
    ],
)
def test_oblimin_agrees_with_an_independent_program(
    method: str, uniqueness: list[float], loadings: list[list[float]], between: float
) -> None:
    """Values of factor_analyzer 0.5.1 (Biggs & Madnani) from the same matrix."""
    found = factor_analysis(correlation=ABILITY, factors=2, method=method)  # type: ignore[arg-type]
    assert found.uniqueness == pytest.approx(uniqueness, abs=1e-5)
    assert found.loadings == pytest.approx(np.array(loadings), abs=2e-5)
    assert found.correlation[0, 1] == pytest.approx(between, abs=1e-5)


def test_varimax_is_at_the_top_of_its_criterion() -> None:
    loadings = extract(ABILITY, 2, "ml").loadings
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))

    def criterion(turned: np.ndarray) -> float:
        return float(((turned**4).mean(axis=0) - (turned**2).mean(axis=0) ** 2).sum())

    angles = np.linspace(0, np.pi / 2, 20_001)
    best = max(
        criterion(loadings / length @ np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]))
        for a in angles
    )
    turned, rotation = varimax(loadings)
    assert criterion(turned / length) >= best - 1e-9
    assert rotation @ rotation.T == pytest.approx(np.eye(2))


def _planted(random: np.random.Generator, n: int, factors: int, items: int, loading: float) -> np.ndarray:
    common = random.normal(0, 1, (n, factors))
    noise = random.normal(0, np.sqrt(1 - loading**2), (n, factors * items))
    return np.clip(np.round(3.5 + 1.1 * (np.repeat(common, items, axis=1) * loading + noise)), 1, 5)


def test_seven_planted_factors_are_retained_and_their_items_found() -> None:
    """Ratings 1–5 with a third of the answers skipped: 7 factors of 3 items each."""
    random = np.random.default_rng(8)
    exactly = 0
    for _ in range(10):
        answers = _planted(random, 1500, 7, 3, 0.8)
        answers[random.random(answers.shape) < 0.3] = np.nan
        exactly += parallel_analysis(answers, draws=59).factors == 7
    assert exactly == 10
    found = factor_analysis(answers, 7)
    groups = [set(found.factor[start : start + 3].tolist()) for start in range(0, 21, 3)]
    assert all(len(group) == 1 for group in groups)
    assert len(set.union(*groups)) == 7
    assert found.heywood == ()


def test_noise_keeps_a_factor_in_one_survey_of_twenty() -> None:
    """800 surveys of skewed, skipped, unrelated ratings: Glorfeld's 95th percentile keeps its level."""
    random = np.random.default_rng(9)
    kept = 0
    for number in range(800):
        answers = np.clip(np.round(random.gamma(3, 0.6, (60, 6)) + 1), 1, 5)
        answers[random.random(answers.shape) < 0.2] = np.nan
        kept += parallel_analysis(answers, draws=39, seed=number).factors > 0
    assert 0.03 < kept / 800 < 0.075


def test_the_order_of_rows_does_not_matter_for_the_eigenvalues() -> None:
    answers = _planted(np.random.default_rng(10), 200, 2, 3, 0.8)
    one, other = parallel_analysis(answers, draws=19), parallel_analysis(answers[::-1], draws=19)
    assert one.eigenvalues == pytest.approx(other.eigenvalues)
    assert one.factors == other.factors == 2
    assert one.eigenvalues.sum() == pytest.approx(6)


def test_a_heywood_case_is_said() -> None:
    """Correlations .9, .8, .6 ask one item to share more than all of its variance: λ² = .9·.8/.6 > 1."""
    r = np.array([[1.0, 0.9, 0.8, 0.1], [0.9, 1.0, 0.6, 0.1], [0.8, 0.6, 1.0, 0.1], [0.1, 0.1, 0.1, 1.0]])
    found = factor_analysis(correlation=r, names=["a", "b", "c", "d"])
    assert found.heywood == ("a",)
    assert found.statistic is None


def test_perfectly_collinear_items() -> None:
    random = np.random.default_rng(11)
    answers = random.normal(0, 1, (80, 4))
    double = np.column_stack([answers, answers[:, 0]])
    r = np.corrcoef(double.T)
    with pytest.raises(CollinearItemsError):
        factor_analysis(correlation=r, method="ml")
    assert factor_analysis(correlation=r, names=list("abcde")).heywood


def test_bad_input_is_said() -> None:
    random = np.random.default_rng(12)
    answers = random.normal(0, 1, (30, 4))
    with pytest.raises(TooFewItemsError):
        factor_analysis(answers[:, :2])
    with pytest.raises(TooFewItemsError, match="3 factors"):
        factor_analysis(answers, 3)
    with pytest.raises(TooFewRespondentsError):
        parallel_analysis(answers[:4])
    with pytest.raises(NothingVariesError, match="item 2"):
        parallel_analysis(np.column_stack([answers[:, 0], np.ones(30), answers[:, 1]]))
    apart = answers.copy()
    apart[:15, 0], apart[15:, 1] = np.nan, np.nan
    with pytest.raises(ItemsError, match="hardly ever"):
        factor_analysis(apart)
    with pytest.raises(ItemsError, match="contradict"):
        factor_analysis(correlation=[[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    with pytest.raises(ItemsError, match="either"):
        factor_analysis()
