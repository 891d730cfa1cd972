"""What parts account for and what nothing does: the published split, a planted rest, a twin without."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.mismatch import unexplained, unexplained_change
from peakend.feedback.mismatch.reading import TooFewAnswersError
from peakend.feedback.scores import AnswersError


def test_the_published_split() -> None:
    found = unexplained([0.4, -0.1, 0.2], [0.926554, 0.153955, 0.114407], 0.9)
    assert found.explained == pytest.approx(0.3781, abs=5e-5)
    assert found.unexplained == pytest.approx(0.5219, abs=5e-5)
    assert found.explained + found.unexplained == pytest.approx(0.9)


def two_periods(seed: int, rest: float, n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    now = random.random(n) < 0.5
    x = random.normal(size=(n, 3))
    x[now, 0] += 0.4
    y = x @ [0.5, 0.3, 0.0] + 0.6 * random.normal(size=n) + rest * now
    x[random.random(x.shape) < 0.15] = np.nan
    return x, y, now


def test_the_interval_holds_the_rest_as_often_as_stated_and_parts_add_up() -> None:
    held, alarms, found = 0, 0, None
    for seed in range(500):
        rest = 0.2 if seed % 2 else 0.0
        found = unexplained_change(*two_periods(seed, rest))
        held += found.unexplained_low <= rest <= found.unexplained_high
        alarms += found.p <= 0.05 and not rest
        assert found.change.explained + found.change.unexplained == pytest.approx(found.change.change)
    assert abs(held / 500 - 0.95) < 4 * np.sqrt(0.05 * 0.95 / 500)
    assert alarms / 250 <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 250)


def test_collinear_parts_share_their_slope() -> None:
    x, y, now = two_periods(1, 0.2)
    one = unexplained_change(x, y, now)
    both = unexplained_change(np.column_stack([x, x[:, 0]]), y, now)
    assert both.change.unexplained == pytest.approx(one.change.unexplained, abs=0.02)
    assert both.slopes[0] == pytest.approx(both.slopes[3], abs=0.02)


def test_weights_and_clusters_are_used() -> None:
    x, y, now = two_periods(2, 0.2)
    plain = unexplained_change(x, y, now)
    weighted = unexplained_change(x, y, now, weights=np.where(y > 0, 2.0, 1.0))
    clustered = unexplained_change(x, y, now, clusters=(np.arange(len(y)) // 30).tolist())
    assert weighted.change.change != plain.change.change
    assert clustered.df == 9
    assert clustered.change.unexplained == plain.change.unexplained


def test_what_cannot_be_split_is_said() -> None:
    x, y, _ = two_periods(3, 0.0)
    with pytest.raises(TooFewAnswersError):
        unexplained_change(x, y, np.zeros(len(y), dtype=bool))
    with pytest.raises(AnswersError):
        unexplained([1.0], [1.0, 2.0], 1.0)
    with pytest.raises(AnswersError):
        unexplained([np.nan], [1.0], 1.0)
