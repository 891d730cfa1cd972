from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from peakend.journey.endings.repurchase import STEP, RepurchaseError, memory_link

Cells = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def cells(random: np.random.Generator, slope: float, through_orders: float = 0.0, n: int = 3_000) -> Cells:
    """Customers with 0–3 orders before; who bought more remembers it better (`through_orders`)."""
    before = random.integers(0, 4, n)
    overall = np.clip(np.round(random.normal(through_orders * before, 0.5, n), 1), -1, 1)
    again = random.random(n) < expit(-0.5 + slope * overall + 0.8 * before)
    return overall, again.astype(float), np.ones(n), before


def test_a_planted_link_is_recovered_and_the_naive_one_overstates_it() -> None:
    random = np.random.default_rng(1)
    overall, again, n, before = cells(random, 1.0, through_orders=0.2)
    adjusted, naive = memory_link(overall, again, n, before), memory_link(overall, again, n)
    assert adjusted.low < np.exp(STEP * 1.0) < adjusted.high
    assert naive.odds_ratio > adjusted.odds_ratio


def test_where_only_old_orders_speak_the_adjusted_link_is_none_at_the_stated_rate() -> None:
    random = np.random.default_rng(2)
    found = [memory_link(*cells(random, 0.0, through_orders=0.2, n=600)).p < 0.05 for _ in range(300)]
    assert 0.02 <= np.mean(found) <= 0.08


def test_cells_and_single_customers_give_the_same() -> None:
    overall, again, n, _ = cells(np.random.default_rng(3), 0.7)
    levels = np.unique(overall)
    bought, size = (np.array([values[overall == level].sum() for level in levels]) for values in (again, n))
    one, many = memory_link(overall, again, n), memory_link(levels, bought, size)
    assert one.odds_ratio == pytest.approx(many.odds_ratio)
    assert one.low == pytest.approx(many.low)


def test_what_cannot_be_fitted_is_said() -> None:
    with pytest.raises(RepurchaseError, match="Everybody or nobody"):
        memory_link([0.1, 0.2], [5, 5], [5, 5])
    with pytest.raises(RepurchaseError, match="does not settle"):
        memory_link([-1.0, 1.0], [0, 50], [50, 50])
    with pytest.raises(RepurchaseError, match="does not settle"):
        memory_link([0.5, 0.5], [20, 30], [50, 50])
