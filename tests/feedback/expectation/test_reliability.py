"""Cronbach's α and McDonald's ω: published values, intervals that cover, items that lower it, bad input."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback import cronbach_alpha
from peakend.feedback.expectation.errors import (
    ItemsError,
    NothingVariesError,
    TooFewItemsError,
    TooFewRespondentsError,
)
from peakend.feedback.expectation.reliability import feldt_interval

# Chatterjee & Price (1977), Regression Analysis by Example: the data `attitude` of R.
# fmt: off
ATTITUDE = np.array([
    [43, 51, 30, 39, 61, 92, 45], [63, 64, 51, 54, 63, 73, 47], [71, 70, 68, 69, 76, 86, 48],
    [61, 63, 45, 47, 54, 84, 35], [81, 78, 56, 66, 71, 83, 47], [43, 55, 49, 44, 54, 49, 34],
    [58, 67, 42, 56, 66, 68, 35], [71, 75, 50, 55, 70, 66, 41], [72, 82, 72, 67, 71, 83, 31],
    [67, 61, 45, 47, 62, 80, 41], [64, 53, 53, 58, 58, 67, 34], [67, 60, 47, 39, 59, 74, 41],
    [69, 62, 57, 42, 55, 63, 25], [68, 83, 83, 45, 59, 77, 35], [77, 77, 54, 72, 79, 77, 46],
    [81, 90, 50, 72, 60, 54, 36], [74, 85, 64, 69, 79, 79, 63], [65, 60, 65, 75, 55, 80, 60],
    [65, 70, 46, 57, 75, 85, 46], [50, 58, 68, 54, 64, 78, 52], [50, 40, 33, 34, 43, 64, 33],
    [64, 61, 52, 62, 66, 80, 41], [53, 66, 52, 50, 63, 80, 37], [40, 37, 42, 58, 50, 57, 49],
    [63, 54, 42, 48, 66, 75, 33], [66, 77, 66, 63, 88, 76, 72], [78, 75, 58, 74, 80, 78, 49],
    [48, 57, 44, 45, 51, 83, 38], [85, 85, 71, 71, 77, 74, 55], [82, 82, 39, 59, 64, 78, 39],
], dtype=float)
# fmt: on
NAMES = ("rating", "complaints", "privileges", "learning", "raises", "critical", "advance")


def test_the_attitude_data_give_the_published_alpha() -> None:
    """R's psych prints raw α .84 and, item by item, .81 .80 .83 .80 .80 .86 .84 without it."""
    found = cronbach_alpha(ATTITUDE, names=NAMES)
    assert found.value == pytest.approx(0.84, abs=0.005)
    without = [item.alpha_without for item in found.items]
    assert without == pytest.approx([0.81, 0.80, 0.83, 0.80, 0.80, 0.86, 0.84], abs=0.007)
    assert found.average_correlation == pytest.approx(0.43, abs=0.006)
    assert not any(item.lowers for item in found.items)
    assert found.omega is not None
    assert 0.8 < found.omega < 0.9


def test_feldts_interval_as_published() -> None:
    """The example of the MRC Cognition and Brain Sciences Unit (Chris Evans): α .913, n 873, 20 items."""
    assert feldt_interval(0.913, 873, 20) == pytest.approx((0.9044024, 0.9211588), abs=1e-7)
    found = cronbach_alpha(ATTITUDE)
    # pingouin 0.6.1 gives 0.8431427695647599 and [.739, .916].
    assert found.value == pytest.approx(0.8431427695647599, abs=1e-12)
    assert (found.low, found.high) == (pytest.approx(0.739, abs=5e-4), pytest.approx(0.916, abs=5e-4))


def test_a_covariance_says_the_same_as_the_answers() -> None:
    answers = cronbach_alpha(ATTITUDE)
    moments = cronbach_alpha(covariance=np.cov(ATTITUDE.T), n=30)
    assert moments.value == pytest.approx(answers.value)
    assert (moments.low, moments.high) == (pytest.approx(answers.low), pytest.approx(answers.high))
    assert [i.total_correlation for i in moments.items] == pytest.approx(
        [i.total_correlation for i in answers.items]
    )
    assert moments.omega == pytest.approx(answers.omega)
    assert cronbach_alpha(covariance=np.cov(ATTITUDE.T)).low is None


def test_the_item_total_correlation_is_that_with_the_others() -> None:
    found = cronbach_alpha(ATTITUDE)
    rest = ATTITUDE[:, 1:].sum(axis=1)
    assert found.items[0].total_correlation == pytest.approx(np.corrcoef(ATTITUDE[:, 0], rest)[0, 1])


def _answers(random: np.random.Generator, n: int, loadings: np.ndarray) -> np.ndarray:
    common = random.normal(0, 1, (n, 1))
    latent = common * loadings + random.normal(0, 1, (n, len(loadings))) * np.sqrt(1 - loadings**2)
    return np.clip(np.round(3.6 + latent), 1, 5)


@pytest.mark.parametrize("method", ["feldt", "distribution_free"])
def test_intervals_cover_the_truth_on_rating_scales(method: str) -> None:
    random = np.random.default_rng(4)
    loadings = np.full(5, 0.7)
    truth = cronbach_alpha(_answers(random, 400_000, loadings)).value
    inside = 0
    for _ in range(500):
        found = cronbach_alpha(_answers(random, 150, loadings), method=method)  # type: ignore[arg-type]
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= truth <= found.high
    assert 0.92 < inside / 500 < 0.98


def test_clusters_widen_the_interval_and_refuse_feldt() -> None:
    random = np.random.default_rng(5)
    cluster = np.repeat(np.arange(25), 12)
    scale = random.gamma(2, 0.5, 25)[cluster][:, None]
    answers = scale * random.normal(0, 1, (300, 1)) + random.normal(0, 1, (300, 4))
    alone = cronbach_alpha(answers, method="distribution_free")
    together = cronbach_alpha(answers, clusters=cluster.tolist())
    assert together.method == "distribution_free"
    assert alone.se is not None
    assert together.se is not None
    assert together.se > alone.se
    with pytest.raises(ItemsError, match="Feldt"):
        cronbach_alpha(answers, clusters=cluster.tolist(), method="feldt")


def test_an_item_that_lowers_alpha_is_found_and_others_are_not_accused() -> None:
    """500 surveys: a stranger among five items is nearly always found; parallel items in at most 5 %."""
    random = np.random.default_rng(6)
    found = alarms = 0
    for _ in range(500):
        planted = cronbach_alpha(_answers(random, 200, np.array([0.7, 0.7, 0.7, 0.7, 0.0])))
        found += planted.items[4].lowers
        null = cronbach_alpha(_answers(random, 200, np.full(5, 0.7)))
        alarms += any(item.lowers for item in null.items)
    assert found / 500 > 0.95
    assert alarms / 500 <= 0.05


def test_only_complete_answers_count() -> None:
    with_gaps = ATTITUDE.copy()
    with_gaps[0, 3] = np.nan
    assert cronbach_alpha(with_gaps).n == 29
    assert cronbach_alpha(with_gaps).value == pytest.approx(cronbach_alpha(ATTITUDE[1:]).value)


def test_two_items_have_alpha_and_nothing_without_one_of_them() -> None:
    found = cronbach_alpha(ATTITUDE[:, :2])
    assert [item.alpha_without for item in found.items] == [None, None]
    assert (found.omega, found.heywood) == (None, False)


def test_perfectly_collinear_items_give_a_heywood_case_and_no_omega() -> None:
    copies = np.column_stack([ATTITUDE[:, 0], ATTITUDE[:, 0], ATTITUDE[:, 2]])
    found = cronbach_alpha(copies)
    assert (found.omega, found.heywood) == (None, True)


def test_bad_input_is_said() -> None:
    with pytest.raises(TooFewItemsError, match="One item"):
        cronbach_alpha(ATTITUDE[:, :1])
    with pytest.raises(NothingVariesError, match="item 2"):
        cronbach_alpha(np.column_stack([ATTITUDE[:, 0], np.full(30, 4.0)]))
    with pytest.raises(NothingVariesError, match="no answers"):
        cronbach_alpha(np.column_stack([ATTITUDE[:, 0], np.full(30, np.nan)]))
    with pytest.raises(TooFewRespondentsError):
        cronbach_alpha(ATTITUDE[:2])
    with pytest.raises(NothingVariesError, match="cancel"):
        cronbach_alpha(np.column_stack([ATTITUDE[:, 0], -ATTITUDE[:, 0]]))
    with pytest.raises(ItemsError, match="either"):
        cronbach_alpha()
    with pytest.raises(ItemsError, match="square"):
        cronbach_alpha(covariance=[[1, 0.5], [0.2, 1]])
