from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from peakend.journey.endings.gestures import Arm, GestureError, payback, per_cost, projected_uplift, uplift


def arm(values: np.ndarray) -> Arm:
    return Arm(len(values), float(values.sum()), float((values**2).sum()))


def test_the_lift_is_welchs() -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(0.3, 0.4, 80), random.normal(0.1, 0.6, 50)
    found, expected = uplift(arm(a), arm(b)), stats.ttest_ind(a, b, equal_var=False)
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_a_planted_lift_is_found_and_none_is_at_the_stated_rate() -> None:
    random = np.random.default_rng(2)
    null = [uplift(arm(random.normal(0, 1, 60)), arm(random.normal(0, 1, 60))).p < 0.05 for _ in range(800)]
    assert 0.03 <= np.mean(null) <= 0.07
    planted = [uplift(arm(random.normal(1, 1, 60)), arm(random.normal(0, 1, 60))).low > 0 for _ in range(50)]
    assert all(planted)


def test_the_cheaper_of_two_equal_gestures_lifts_more_for_its_cost() -> None:
    found = uplift(Arm(100, 40.0, 60.0), Arm(100, 20.0, 50.0))
    ice_cream, voucher = per_cost(found, 1.0), per_cost(found, 25.0)
    assert ice_cream.value == pytest.approx(25 * voucher.value)
    assert ice_cream.low == pytest.approx(25 * voucher.low)


@pytest.mark.parametrize(
    ("revenue", "cost", "said"), [(50.0, 5.0, "pays"), (0.0, 30.0, "loses"), (8.0, 4.0, "cannot_tell")]
)
def test_a_gesture_pays_when_its_margin_surely_covers_its_cost(
    revenue: float, cost: float, said: str
) -> None:
    random = np.random.default_rng(3)
    with_it, without = random.normal(100 + revenue, 30, 400), random.normal(100, 30, 400)
    net, verdict = payback(uplift(arm(with_it), arm(without)), 0.5, cost)
    assert verdict == said
    assert net.value == pytest.approx((with_it.mean() - without.mean()) * 0.5 - cost)


def test_a_projection_is_the_weight_times_the_lift() -> None:
    found = projected_uplift(0.4, 0.05, 0.25, 1.96)
    assert (found.value, found.low, found.high) == pytest.approx(
        (0.1, 0.1 - 1.96 * 0.0125, 0.1 + 1.96 * 0.0125)
    )


def test_arms_of_one_customer_and_gestures_for_nothing_are_refused() -> None:
    with pytest.raises(GestureError, match="at least two customers"):
        uplift(Arm(1, 1.0, 1.0), Arm(5, 1.0, 1.0))
    with pytest.raises(GestureError, match="above 0"):
        per_cost(uplift(Arm(5, 1.0, 1.0), Arm(5, 1.0, 1.0)), 0.0)
    assert uplift(Arm(5, 5.0, 5.0), Arm(5, 5.0, 5.0)).p == 1.0
