"""Covariances from sums by unit: complete and pairwise, in parts, drawn, repaired."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.structure import moments
from peakend.feedback.structure.moments import Sample, nearest_definite


def sample(holes: float = 0.0, clusters: int | None = None) -> Sample:
    random = np.random.default_rng(6)
    scores = random.normal(1e4, 1, (200, 4)) @ np.triu(np.ones((4, 4)))
    scores[random.random(scores.shape) < holes] = np.nan
    units = np.arange(200) if clusters is None else random.permutation(np.arange(200) % clusters)
    return Sample(scores, random.gamma(2, 1, 200), units)


def test_complete_rows_give_the_weighted_covariance() -> None:
    given = sample()
    found = given.moments()
    assert found.means[0] == pytest.approx(np.average(given.scores, axis=0, weights=given.weights))
    expected = np.cov(given.scores.T, aweights=given.weights, bias=True)
    assert found.covariances[0] == pytest.approx(expected, rel=1e-8)


def test_gaps_are_bridged_by_the_rows_that_have_both() -> None:
    given = sample(holes=0.3)
    found = given.moments().covariances[0]
    both = ~np.isnan(given.scores[:, [0, 3]]).any(axis=1)
    expected = np.cov(given.scores[both][:, [0, 3]].T, aweights=given.weights[both], bias=True)[0, 1]
    assert found[0, 3] == pytest.approx(expected, rel=1e-6)
    one = ~np.isnan(given.scores[:, 2])
    assert found[2, 2] == pytest.approx(
        np.cov(given.scores[one, 2], aweights=given.weights[one], bias=True), rel=1e-6
    )


@pytest.mark.parametrize("holes", [0.0, 0.2])
@pytest.mark.parametrize("clusters", [None, 17])
def test_parts_change_nothing(monkeypatch: pytest.MonkeyPatch, holes: float, clusters: int | None) -> None:
    given = sample(holes, clusters)
    whole = given.moments()
    monkeypatch.setattr(moments, "MOST_SUMS", 250)
    parts = given.moments()
    assert parts.covariances == pytest.approx(whole.covariances, rel=1e-9)
    assert parts.means == pytest.approx(whole.means, rel=1e-12)


@pytest.mark.parametrize("most", [250, 4_000_000])
def test_a_draw_takes_as_many_units_as_there_are(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(moments, "MOST_SUMS", most)
    scores = np.eye(12)[:, :11] * 12
    found = Sample(scores, np.ones(12), np.arange(12)).drawn(4000, 1)
    counts = found.means
    assert np.allclose(counts, np.round(counts))
    assert counts.mean(axis=0) == pytest.approx(1, abs=0.07)
    # Multinomial: variance 1 − 1/12, covariance −1/12.
    spread = np.cov(counts.T)
    assert np.diagonal(spread) == pytest.approx(11 / 12, abs=0.1)
    assert spread[np.triu_indices(11, 1)].mean() == pytest.approx(-1 / 12, abs=0.02)


def test_what_pairs_contradict_is_repaired_with_its_variances_kept() -> None:
    odd = np.array([[[4, 1.8, -1.8], [1.8, 1, 0.9], [-1.8, 0.9, 1]]])
    fine = np.array([[[1, 0.5, 0.2], [0.5, 1, 0.1], [0.2, 0.1, 1]]])
    found, repaired = nearest_definite(np.concatenate([odd, fine]))
    assert repaired.tolist() == [True, False]
    assert np.linalg.eigvalsh(found[0]).min() > 0
    assert np.diagonal(found[0]) == pytest.approx([4, 1, 1])
    assert (found[1] == fine[0]).all()
