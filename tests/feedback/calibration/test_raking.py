"""Weights give a sample the margins of its population, or say how nearly they do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.feedback.calibration import CalibrationError, post_stratify, rake, stratified_mean
from peakend.feedback.scales import nps_points

PUBLISHED = np.array([10] * 120 + [8] * 90 + [3] * 90 + [10] * 60 + [8] * 30 + [3] * 10, dtype=float)
STRATA = ["a"] * 300 + ["b"] * 100


def test_the_published_stratified_score_and_its_error() -> None:
    """Population 70/30, samples of 300 (P .4, D .3) and 100 (P .6, D .1)."""
    points = 100 * nps_points(PUBLISHED)
    assert points.mean() == pytest.approx(20.0)
    found = stratified_mean(points, STRATA, {"a": 0.7, "b": 0.3})
    assert found.value == pytest.approx(22.0)
    assert found.se == pytest.approx(3.9141, abs=5e-5)
    assert found.effective_n == pytest.approx(394.737, abs=5e-4)


def test_weights_are_population_share_over_sample_share() -> None:
    found = post_stratify(["f", "f", "f", "m"], {"f": 50, "m": 50})
    assert found.weights == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    assert found.converged
    assert found.design_effect == pytest.approx(4 / found.effective_n)


def test_raking_agrees_with_proportional_fitting_by_hand() -> None:
    """Deming & Stephan's table: rows and columns scaled in turn until both margins hold."""
    table = np.array([[30.0, 10.0, 20.0], [15.0, 25.0, 40.0]])
    rows, columns = np.array([0.55, 0.45]), np.array([0.2, 0.3, 0.5])
    fitted = table / table.sum()
    for _ in range(500):
        fitted *= (rows / fitted.sum(axis=1))[:, None]
        fitted *= columns / fitted.sum(axis=0)
    i, j = np.indices(table.shape)
    repeat = table.astype(int).ravel()
    r, c = np.repeat(i.ravel(), repeat), np.repeat(j.ravel(), repeat)
    found = rake({"r": r, "c": c}, {"r": dict(enumerate(rows)), "c": dict(enumerate(columns))})
    total = found.weights.sum()
    shares = [[found.weights[(r == a) & (c == b)].sum() / total for b in range(3)] for a in range(2)]
    assert np.array(shares) == pytest.approx(fitted, abs=1e-8)


labels = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None])), min_size=8, max_size=60
)


@given(labels, st.lists(st.floats(0.2, 5), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_converged_weights_meet_every_margin_and_keep_the_unknowns_share(
    people: list[tuple[str, str | None]], sizes: list[float]
) -> None:
    first, second = [p[0] for p in people], [p[1] for p in people]
    if not {"x", "y"} <= set(second):
        return
    population = {label: size for label, size in zip("abc", sizes, strict=True) if label in first}
    found = rake({"first": first, "second": second}, {"first": population, "second": {"x": 1, "y": 2}})
    assert found.weights.sum() == pytest.approx(len(people))
    assert (found.weights >= 0).all()
    if found.converged:
        total = sum(population.values())
        for label, size in population.items():
            mine = found.weights[[one == label for one in first]].sum() / len(people)
            assert mine == pytest.approx(size / total, abs=1e-6)
        unknown = np.array([one is None for one in second])
        x = np.array([one == "x" for one in second])
        known = found.weights[~unknown].sum()
        assert found.weights[x].sum() / known == pytest.approx(1 / 3, abs=1e-6)


def test_a_cap_binds_and_says_how_nearly_margins_are_met() -> None:
    found = post_stratify(["a"] * 99 + ["b"], {"a": 0.5, "b": 0.5}, trim=5)
    assert not found.converged
    assert found.trimmed == 1
    assert found.largest_gap == pytest.approx(0.45, abs=0.01)


def test_base_weights_are_kept_within_a_stratum() -> None:
    found = post_stratify(["a", "a", "b", "b"], {"a": 1, "b": 1}, base=[1, 3, 1, 1])
    assert found.weights == pytest.approx([0.5, 1.5, 1, 1])


def margins(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - arguments of rake
    return {"margins": {"s": ["a", "b"]}, "populations": {"s": {"a": 1, "b": 1}}} | changed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (margins(populations={"s": {"a": 1, "b": 1, "c": 1}}), "Nobody answered from s c"),
        (margins(populations={"s": {"a": 1}}), "lacks b"),
        (margins(populations={"s": {"a": 1, "b": 0}}), "above 0"),
        (margins(populations={"t": {"a": 1}}), "same segmentations"),
        (margins(margins={}, populations={}), "at least one"),
        (margins(base=[1, -1]), "0 or more"),
        (margins(base=[0, 0]), "not all 0"),
        (margins(base=[1]), "for every respondent"),
        (margins(margins={"s": []}, populations={"s": {"a": 1}}), "for every respondent"),
        (margins(trim=1), "trim"),
    ],
)
def test_what_does_not_fit_is_named(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(CalibrationError, match=words):
        rake(**arguments)


def answered(random: np.random.Generator, *, biased: bool) -> tuple[np.ndarray, np.ndarray]:
    """Strata and scores of those who answered: young people (half of all) score 4 points lower on 0–100."""
    young = random.random(1200) < 0.5
    scores = np.where(young, 48.0, 52.0) + random.normal(0, 10, len(young))
    willing = random.random(len(young)) < (np.where(young, 0.3, 0.6) if biased else 0.45)
    return np.where(young, "young", "old")[willing], scores[willing]


@pytest.mark.parametrize("biased", [True, False])
def test_planted_nonresponse_is_undone_and_its_null_stays_true(biased: bool) -> None:
    """Over 600 simulations the stratified interval covers the truth (50) as often as it says, 95 %."""
    random = np.random.default_rng(5)
    covered, naive = 0, 0.0
    for _ in range(600):
        strata, scores = answered(random, biased=biased)
        found = stratified_mean(scores, strata, {"young": 0.5, "old": 0.5})
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 50 <= found.high
        naive += (scores.mean() - 50) / 600
    # 95 % ± 3 standard errors of 600 draws.
    assert 0.923 <= covered / 600 <= 0.977
    assert abs(naive) > 0.5 if biased else abs(naive) < 0.1
