"""How far predictions were from what happened, from counts; checked against the customers one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import xlogy

from peakend.value.prediction.outcomes import Outcomes, accuracy, deciles, deviance_gain, own_rate

if TYPE_CHECKING:
    from numpy.typing import NDArray


def outcomes(seed: int = 3, customers: int = 4_000) -> tuple[Outcomes, np.ndarray, np.ndarray]:
    """Counted, and one by one: purchases afterwards and the true mean, by customer."""
    random = np.random.default_rng(seed)
    frequency = random.integers(0, 6, customers)
    age = random.integers(100, 110, customers)
    mean = 0.3 + 0.5 * frequency
    bought = random.poisson(mean)
    rows, counts = np.unique(np.stack([frequency, age, bought]), axis=1, return_counts=True)
    table = pa.table(
        {
            "frequency": rows[0],
            "recency_days": np.where(rows[0] > 0, rows[1] - 50, 0),
            "age_days": rows[1],
            "frequency_holdout": rows[2],
            "customers": counts,
        }
    )
    return Outcomes.of(table, days=70, time_unit="week"), bought, mean


def truth(counted: Outcomes) -> NDArray[np.float64]:
    """The mean that purchases were drawn about, a history."""
    return np.asarray(0.3 + 0.5 * counted.histories.frequency, np.float64)


def test_accuracy_is_that_of_the_customers_one_by_one() -> None:
    counted, bought, mean = outcomes()
    predicted = truth(counted)
    found = accuracy(counted, predicted)
    assert found.customers == len(bought) == counted.total
    assert found.predicted == pytest.approx(mean.sum())
    assert found.actual == bought.sum() == counted.purchases
    assert found.error == pytest.approx(np.abs(bought - mean).mean())
    assert found.squared == pytest.approx(np.sqrt(((bought - mean) ** 2).mean()))
    deviance = 2 * (xlogy(bought, np.where(bought > 0, bought / mean, 1)) - bought + mean)
    assert found.deviance == pytest.approx(deviance.mean())


def test_the_interval_of_the_bias_covers_nothing_for_the_truth_and_not_for_a_fifth_too_much() -> None:
    covered = 0
    for seed in range(60):
        counted, _, _ = outcomes(seed, 1_000)
        true = truth(counted)
        found = accuracy(counted, true)
        assert found.bias_low is not None
        assert found.bias_high is not None
        covered += found.bias_low <= 0 <= found.bias_high
        off = accuracy(counted, np.asarray(1.2 * true, np.float64))
        assert off.bias_low is not None
        assert off.bias_low > 0
    # 95 % of 60 is 57; fewer than 51 happens once in 400 times.
    assert covered >= 51


def test_the_truth_beats_a_flat_prediction_and_not_itself() -> None:
    counted, _, _ = outcomes()
    true = truth(counted)
    flat = np.full(len(true), counted.purchases / counted.total, np.float64)
    gain, low, high = deviance_gain(counted, true, flat)
    assert low > 0
    assert low < gain < high
    assert deviance_gain(counted, true, true) == (0, 0, 0)


def test_tenths_hold_everybody_once_and_their_means_are_exact() -> None:
    counted, bought, _ = outcomes()
    predicted = truth(counted)
    found = deciles(counted, predicted)
    assert sum(tenth.customers for tenth in found) == len(bought)
    assert sum(tenth.customers * tenth.actual for tenth in found) == pytest.approx(bought.sum())
    means = [tenth.predicted for tenth in found]
    assert means == sorted(means)
    assert all(0 <= tenth.low <= tenth.actual <= tenth.high for tenth in found)


def test_customers_seen_for_no_day_have_no_rate() -> None:
    table = pa.table(
        {name: [0, 0] for name in ("frequency", "recency_days", "age_days")}
        | {"frequency_holdout": [0, 1], "customers": [3, 1]}
    )
    counted = Outcomes.of(table, days=10, time_unit="week")
    assert own_rate(counted).tolist() == [0.0]
    assert accuracy(counted, np.array([0.25])).bias == 0


def test_nobody_who_buys_leaves_the_bias_unknown() -> None:
    table = pa.table(
        {"frequency": [0], "recency_days": [0], "age_days": [9], "frequency_holdout": [0], "customers": [5]}
    )
    found = accuracy(Outcomes.of(table, days=10, time_unit="week"), np.array([0.1]))
    assert found.bias is None
    assert found.predicted == pytest.approx(0.5)
