"""Outcomes in steps: the truth behind the steps comes back, the plain correlation misses it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from peakend.feedback import relative_importance
from peakend.feedback.drivers.errors import DriverInputError, NotConvergedError
from peakend.feedback.drivers.lmg import lmg
from peakend.feedback.drivers.ordinal import _likelihood, information, ordered_probit

SLOPES = np.array([0.6, 0.4, 0.2, 0.0])
CUTS = [-2.5, -1.9, -1.2, 0.2]  # most are pleased


def planted(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings of four parts (1–5, correlated, skewed), a judgement behind, and the steps it falls into."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n, 4)) + 0.8 * rng.normal(size=(n, 1))
    parts = np.digitize(latent, [-2.2, -1.4, -0.5, 0.7]) + 1.0
    judgement = (parts - 4) @ SLOPES + rng.normal(size=n)
    return parts, judgement, np.digitize(judgement, CUTS) + 1.0


def test_the_truth_behind_the_steps_is_recovered() -> None:
    parts, judgement, answers = planted(40_000, 1)
    truth = lmg(np.corrcoef(np.column_stack([parts, judgement]).T))
    found = relative_importance(parts, answers, outcome="ordinal")
    assert found.importances == pytest.approx(truth, abs=0.01)
    assert found.r2 == pytest.approx(truth.sum(), abs=0.012)
    # Taken as numbers the steps hide a part of what is explained.
    assert relative_importance(parts, answers).r2 < truth.sum() - 0.03


def test_derivatives_are_those_of_the_likelihood() -> None:
    parts, _, answers = planted(200, 2)
    x = (parts - parts.mean(axis=0)) / parts.std(axis=0)
    level = np.unique(answers, return_inverse=True)[1]
    weights = np.linspace(0.5, 2, 200)
    theta = np.r_[0.3, -0.2, 0.1, 0.4, -2.0, -1.0, 0.1, 1.5][: 4 + level.max()]
    _, gradient, hessian = _likelihood(theta, x, level, weights)
    assert gradient == pytest.approx(
        approx_fprime(theta, lambda t: _likelihood(t, x, level, weights)[0], 1e-7), rel=1e-4, abs=1e-3
    )
    for place in range(len(theta)):
        numeric = approx_fprime(theta, lambda t, k=place: _likelihood(t, x, level, weights)[1][k], 1e-7)
        assert hessian[place] == pytest.approx(numeric, rel=1e-3, abs=1e-3)


def test_cuts_without_drivers_are_the_quantiles_of_the_answers() -> None:
    rng = np.random.default_rng(3)
    level = np.repeat([0, 1, 2, 3], [100, 200, 500, 200])
    x = rng.normal(size=(1000, 1))
    # A driver orthogonal to the answers, step by step.
    for step in range(4):
        x[level == step] -= x[level == step].mean()
    fit = ordered_probit(x, level, np.ones(1000))
    assert fit.slopes == pytest.approx([0], abs=1e-8)
    assert fit.cuts == pytest.approx([-1.28155, -0.52440, 0.84162], abs=1e-5)


def test_two_steps_tell_two_thirds_and_many_nearly_all() -> None:
    assert information(np.repeat([0.0, 1.0], 50), np.ones(100)) == pytest.approx(2 / np.pi)
    assert information(np.arange(1000) // 50.0, np.ones(1000)) > 0.98


def test_its_interval_holds_the_truth() -> None:
    parts, judgement, _ = planted(100_000, 5)
    truth = lmg(np.corrcoef(np.column_stack([parts, judgement]).T))
    inside = []
    for seed in range(40):
        sample, _, answers = planted(300, 100 + seed)
        found = relative_importance(sample, answers, outcome="ordinal", bootstrap=60, seed=seed)
        first = found.drivers[0]
        assert found.draws is not None
        inside.append(first.low <= truth[0] / truth.sum() <= first.high)
    assert np.mean(inside) > 0.8


def test_drivers_that_separate_the_steps_give_no_number() -> None:
    x = np.linspace(-1, 1, 60)
    with pytest.raises(NotConvergedError, match="separate") as caught:
        relative_importance(x[:, None], (x > 0).astype(float), outcome="ordinal")
    assert "有序 Probit" in caught.value.in_("zh")


def test_a_fine_scale_is_no_steps() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(DriverInputError, match="100 different values"):
        relative_importance(rng.normal(size=(100, 2)), rng.normal(size=100), outcome="ordinal")


def test_skipped_answers_leave_the_row_out_and_say_so() -> None:
    parts, _, answers = planted(500, 6)
    parts[:50, 1] = np.nan
    found = relative_importance(parts, answers, outcome="ordinal")
    assert (found.n, found.missing) == (450, "complete")
    assert "50 of 500" in found.notes[0].en
    assert found.importances == pytest.approx(
        relative_importance(parts[50:], answers[50:], outcome="ordinal").importances
    )


def test_clusters_and_weights() -> None:
    parts, _, answers = planted(200, 7)
    twice = relative_importance(
        parts, answers, weights=np.r_[np.full(100, 2), np.ones(100)], outcome="ordinal"
    )
    rows = np.r_[np.arange(100), np.arange(200)]
    assert twice.importances == pytest.approx(
        relative_importance(parts[rows], answers[rows], outcome="ordinal").importances, abs=1e-8
    )
    alone = relative_importance(parts, answers, outcome="ordinal", bootstrap=60, seed=1)
    groups = relative_importance(
        np.repeat(parts, 10, axis=0),
        np.repeat(answers, 10),
        clusters=np.repeat(np.arange(200), 10),
        outcome="ordinal",
        bootstrap=60,
        seed=1,
    )
    # Ten copies of each answer in a cluster are one answer.
    assert groups.drivers[0].low == pytest.approx(alone.drivers[0].low, abs=1e-6)
    assert groups.drivers[0].noise == pytest.approx(alone.drivers[0].noise, rel=0.02)
