"""Totals far below their parts: planted ones are found, honest answers raise no more alarms than stated."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy.optimize import check_grad

from peakend.feedback.mismatch import mismatch
from peakend.feedback.mismatch.conditional import completed, out_of_fold
from peakend.feedback.mismatch.ordered import _loss
from peakend.feedback.mismatch.reading import NothingToCompareError, TooFewAnswersError
from peakend.feedback.mismatch.residuals import discrete_rates
from peakend.feedback.scores import AnswersError


def answers(
    seed: int, n: int = 1_000, parts: int = 5, hidden: float = 0.0, ceiling: float = 0.0, tails: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings of 1 to 5 with a halo and skipped answers; a share `hidden` has a total two points lower."""
    random = np.random.default_rng(seed)
    x = 0.7 * random.normal(size=(n, 1)) + 0.7 * random.normal(size=(n, parts))
    error = random.standard_t(4, n) / np.sqrt(2) if tails else random.normal(size=n)
    latent = 1.1 * x.mean(axis=1) + 0.5 * error
    scores, total = (np.clip(np.rint(3 + ceiling + one), 1, 5) for one in (x, latent))
    low = random.random(n) < hidden
    total[low] = np.maximum(total[low] - 2, 1)
    scores[random.random(scores.shape) < 0.2] = np.nan
    return scores, total, low


def alarms(times: int, **how: object) -> float:
    """Share of simulations whose p is at most .05."""
    found = [mismatch(*answers(seed, **how)[:2]).excess.p for seed in range(times)]  # type: ignore[arg-type]
    return float(np.mean(np.array(found) <= 0.05))


@pytest.mark.parametrize(
    ("ceiling", "tails", "times"), [(0.0, False, 300), (0.9, False, 100), (0.0, True, 100)]
)
def test_honest_answers_raise_no_more_alarms_than_stated(ceiling: float, tails: bool, times: int) -> None:
    """500 simulations in all; steps, a ceiling and heavy tails are no mismatch. 4 errors above .05 would
    fail."""
    rate = alarms(times, n=250, parts=3, ceiling=ceiling, tails=tails)
    assert rate <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / times)


def test_three_in_a_hundred_are_found() -> None:
    found = [mismatch(*answers(seed, n=2_000, hidden=0.03)[:2]) for seed in range(12)]
    assert np.mean([one.excess.p <= 0.05 for one in found]) >= 0.9
    share = np.mean([one.excess.share for one in found])
    expected = np.mean([one.excess.expected / one.excess.n for one in found])
    assert share > 2.5 * expected


def test_the_list_holds_mostly_those_who_were_planted() -> None:
    """The list is held to 20 % false ones on average."""
    wrong = listed = 0
    for seed in range(12):
        scores, total, low = answers(seed, n=2_000, hidden=0.03)
        found = mismatch(scores, total)
        listed += int(found.listed.sum())
        wrong += int((found.listed & ~low[found.row]).sum())
    assert listed > 100
    assert wrong / listed <= 0.25


def test_nobody_is_listed_where_nobody_is_hidden() -> None:
    listed = [mismatch(*answers(seed, n=500)[:2]).listed.any() for seed in range(60)]
    assert np.mean(listed) <= 0.2 + 3 * np.sqrt(0.2 * 0.8 / 60)


def test_the_expectation_is_the_regression_where_nothing_is_skipped() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=(4_000, 3))
    y = x @ [0.5, 0.3, 0.0] + random.normal(size=4_000)
    prediction, moments = out_of_fold(x, y, np.arange(4_000))
    slopes = np.linalg.lstsq(np.column_stack([np.ones(4_000), x]), y, rcond=None)[0][1:]
    assert moments.slopes == pytest.approx(slopes, abs=0.02)
    assert moments.converged
    assert np.mean((y - prediction.expected) ** 2) == pytest.approx(1, abs=0.07)


def test_skipped_answers_are_expected_from_the_others() -> None:
    random = np.random.default_rng(2)
    a = random.normal(size=3_000)
    x = np.column_stack([a, 0.8 * a + 0.6 * random.normal(size=3_000)])
    gaps = x.copy()
    gaps[::3, 1] = np.nan
    filled = completed(gaps, x.mean(axis=0), np.cov(x.T))
    assert filled[::3, 1] == pytest.approx(0.8 * a[::3], abs=0.1)
    assert np.array_equal(filled[1::3], x[1::3])


def test_a_respondent_does_not_predict_itself() -> None:
    """As many parts as a fit could follow: the residuals of pure noise stay as large as the noise."""
    random = np.random.default_rng(3)
    x, y = random.normal(size=(120, 20)), random.normal(size=120)
    prediction, _ = out_of_fold(x, y, np.arange(120))
    assert np.mean((y - prediction.expected) ** 2) > 0.95 * y.var()


def test_the_gradient_is_that_of_the_likelihood() -> None:
    random = np.random.default_rng(4)
    code = random.integers(0, 5, 200)
    given = (
        code,
        5,
        np.minimum(random.integers(0, 3, 200), code),
        random.normal(size=(200, 2)),
        np.full(200, 1.1),
    )
    start = np.r_[-1.5, np.log([0.8, 0.7, 1.0]), -2.0, 0.5, 0.1]
    assert check_grad(lambda z: _loss(z, *given)[0], lambda z: _loss(z, *given)[1], start) < 1e-5


def test_with_every_value_possible_the_rates_are_benjamini_and_hochbergs() -> None:
    """Benjamini & Hochberg (1995), table in section 3.2: 15 p of a myocardial infarction trial, 4 rejected
    at .05."""
    p = np.array(
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.324,
            0.4262,
            0.5719,
            0.6528,
            0.759,
            1,
        ]
    )
    fine = np.broadcast_to(np.linspace(0.0001, 1, 10_000), (15, 10_000))
    rates = discrete_rates(p, fine)
    assert (rates <= 0.05).sum() == 4
    assert rates[3] == pytest.approx(0.0095 * 15 / 4, rel=1e-2)


def test_clusters_widen_what_is_left_to_chance() -> None:
    scores, total, _ = answers(5, n=600, hidden=0.05)
    alone = mismatch(scores, total).excess
    first = mismatch(scores, total)
    order = first.row[np.argsort(first.z)]
    crowd = np.arange(len(order)) // 50
    together = mismatch(scores[order], total[order], clusters=crowd).excess
    assert alone.p_clusters is None
    assert together.p_clusters is not None
    assert together.p > alone.p
    assert together.high - together.low > alone.high - alone.low


def test_a_change_of_everybody_is_no_mismatch() -> None:
    """One period is rated a point lower by all: nobody stands out in it."""
    scores, total, _ = answers(6, n=2_000)
    later = np.arange(2_000) % 2 == 1
    moved = np.where(later, np.maximum(total - 1, 1), total)
    found = mismatch(scores, moved, periods=later.tolist())
    assert found.excess_of(later[found.row]).p > 0.05


def test_frames_of_any_kind_are_read() -> None:
    scores, total, _ = answers(7, n=200, parts=2)
    listed = [[None if np.isnan(v) else v for v in row] for row in scores.tolist()]
    table = pa.table({str(n): pa.array(column, from_pandas=True) for n, column in enumerate(scores.T)})
    given = mismatch(scores, total).p
    assert np.array_equal(mismatch(listed, total.tolist()).p, given)
    assert np.array_equal(mismatch(table, total).p, given)


def test_what_cannot_be_compared_is_said() -> None:
    scores, total, _ = answers(8, n=200, parts=3)
    with pytest.raises(NothingToCompareError):
        mismatch(scores, np.full(200, 4.0))
    with pytest.raises(NothingToCompareError):
        mismatch(np.full((200, 2), 5.0), total)
    with pytest.raises(NothingToCompareError):
        mismatch(np.zeros((200, 0)), total)
    with pytest.raises(TooFewAnswersError) as raised:
        mismatch(scores[:30], total[:30])
    assert raised.value.data["n"] <= 30
    with pytest.raises(TooFewAnswersError):
        mismatch(np.random.default_rng(0).integers(1, 6, (60, 80)), total[:60])
    with pytest.raises(AnswersError):
        mismatch(scores, total[:-1])
    with pytest.raises(AnswersError):
        mismatch([["a"]], [1.0])
    with pytest.raises(AnswersError):
        mismatch([1.0, 2.0], [1.0, 2.0])


def test_parts_that_say_the_same_and_parts_nobody_answered_do_no_harm() -> None:
    scores, total, _ = answers(9, n=400, parts=2)
    odd = np.column_stack([scores, scores[:, 0], np.full(400, np.nan), np.full(400, 3.0)])
    found = mismatch(odd, total)
    assert found.parts_used.tolist() == [0, 1, 2]
    assert np.isfinite(found.expected).all()
    # What only answered a part that all rate alike has nothing to go by and is left out.
    assert len(found.row) == int((~np.isnan(scores)).any(axis=1).sum())


def test_an_outcome_of_two_answers_and_one_of_many_are_judged_too() -> None:
    scores, total, _ = answers(10, n=400, parts=3)
    two = mismatch(scores, (total > 3).astype(float))
    many = mismatch(scores, total + np.random.default_rng(0).normal(size=400))
    for found in (two, many):
        assert found.converged
        assert 0 <= found.excess.p <= 1
        assert np.isfinite(found.z).all()
