"""Mediation: coefficients as least squares has them, planted kinds recovered, nulls left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from peakend.errors import PeakendError
from peakend.feedback.structure.chains import (
    chain_effects,
    interval_of,
    kinds,
    p_values,
    standard_errors,
)
from peakend.feedback.structure.mediation import mediation

Numbers = NDArray[np.float64]
ROOM = 4 * np.sqrt(0.05 * 0.95 / 2000)


def simulated(
    a: float, b: float, direct: float, n: int = 200, simulations: int = 2000
) -> tuple[Numbers, NDArray[np.str_]]:
    """Joint p and class of each simulated sample."""
    random = np.random.default_rng(17)
    x = random.standard_normal((simulations, n))
    m = a * x + random.standard_normal((simulations, n))
    y = b * m + direct * x + random.standard_normal((simulations, n))
    rows = np.stack([x, m, y], axis=2)
    rows -= rows.mean(axis=1, keepdims=True)
    covariances = rows.transpose(0, 2, 1) @ rows / n
    effects = chain_effects(covariances, 1)
    p_links, p_direct = p_values(effects, standard_errors(covariances, n, 1))
    return p_links.max(axis=1), np.array(kinds(effects, p_links, p_direct, 0.05))


def test_planted_full_mediation_is_recovered_and_a_direct_effect_alarms_at_the_stated_rate() -> None:
    _, found = simulated(0.5, 0.5, 0.0)
    assert (found == "indirect_only").mean() == pytest.approx(0.95, abs=ROOM)
    assert np.isin(found, ["complementary", "competitive"]).mean() == pytest.approx(0.05, abs=ROOM)


def test_planted_partial_mediation_is_told_from_full_and_from_competitive() -> None:
    assert (simulated(0.5, 0.5, 0.4)[1] == "complementary").mean() > 0.98
    assert (simulated(0.5, 0.5, -0.4)[1] == "competitive").mean() > 0.98


def test_where_one_link_is_missing_mediation_is_found_at_the_stated_rate() -> None:
    """The joint test has its full size when the other link is strong, next to none when both are missing."""
    for a, b in ((0.0, 0.8), (0.8, 0.0)):
        p, found = simulated(a, b, 0.0)
        assert (p <= 0.05).mean() == pytest.approx(0.05, abs=ROOM)
        assert (found == "no_effect").mean() > 0.85
    p, _ = simulated(0.0, 0.0, 0.0)
    assert (p <= 0.05).mean() < 0.01
    assert (simulated(0.0, 0.8, 0.4)[1] == "direct_only").mean() > 0.9


def data(n: int = 400, seed: int = 2, direct: float = 0.0) -> tuple[Numbers, Numbers, Numbers]:
    random = np.random.default_rng(seed)
    x = random.standard_normal(n)
    m = 0.6 * x + random.standard_normal(n)
    return x, m, 0.5 * m + direct * x + random.standard_normal(n)


def least_squares(y: Numbers, *columns: Numbers) -> tuple[Numbers, Numbers]:
    """Slopes and standard errors, from rows."""
    design = np.column_stack([np.ones(len(y)), *columns])
    beta, *_ = np.linalg.lstsq(design, y, rcond=None)
    residual = y - design @ beta
    variance = residual @ residual / (len(y) - design.shape[1])
    return beta[1:], np.sqrt(variance * np.diagonal(np.linalg.inv(design.T @ design)))[1:]


def test_coefficients_and_errors_are_those_of_least_squares() -> None:
    x, m, y = data(direct=0.2)
    c = np.random.default_rng(3).standard_normal(len(x)) + 0.3 * x
    found = mediation(x, [m], y, covariates=[c], bootstrap=0)
    (a, _), (a_error, _) = least_squares(m, x, c)
    (direct, b, _), (direct_error, b_error, _) = least_squares(y, x, m, c)
    (total, _), (total_error, _) = least_squares(y, x, c)
    for effect, value, error in (
        (found.links[0], a, a_error),
        (found.links[1], b, b_error),
        (found.direct, direct, direct_error),
        (found.total, total, total_error),
    ):
        assert (effect.value, effect.se) == pytest.approx((value, error))
    assert found.indirect.value == pytest.approx(a * b)
    assert found.chain.value == pytest.approx(a * b)
    assert found.proportion == pytest.approx(a * b / total)
    assert found.joint_p == max(link.p or 0 for link in found.links)


def test_a_serial_chain_is_found_and_its_product_is_the_chain() -> None:
    """Experience → satisfaction → loyalty → value, each through the one before."""
    random = np.random.default_rng(6)
    experience = random.standard_normal(600)
    satisfaction = 0.7 * experience + random.standard_normal(600)
    loyalty = 0.6 * satisfaction + random.standard_normal(600)
    value = 0.5 * loyalty + random.standard_normal(600)
    found = mediation(experience, [satisfaction, loyalty], value, bootstrap=300)
    assert found.verdict == "full"
    assert [link.value for link in found.links] == pytest.approx([0.7, 0.6, 0.5], abs=0.12)
    assert found.chain.value == pytest.approx(np.prod([link.value for link in found.links]))
    assert (found.chain.low or 0) < 0.21 < (found.chain.high or 0)
    assert found.indirect.value == pytest.approx(found.total.value - found.direct.value)
    shuffled = mediation(experience, [loyalty, satisfaction], value, bootstrap=0)
    # In the wrong order the last link, satisfaction → value beside loyalty, is next to nothing.
    assert abs(shuffled.links[-1].value) < 0.12


def coverage(interval: str) -> float:
    """How often the interval of a small indirect effect (a = .3, b = .3, n = 60) holds the truth."""
    inside = 0
    for seed in range(500):
        random = np.random.default_rng(seed)
        x = random.standard_normal(60)
        m = 0.3 * x + random.standard_normal(60)
        y = 0.3 * m + random.standard_normal(60)
        found = mediation(x, [m], y, bootstrap=199, interval=interval, seed=seed).indirect  # type: ignore[arg-type]
        inside += (found.low or 0) < 0.09 < (found.high or 0)
    return inside / 500


@pytest.mark.parametrize("interval", ["percentile", "bca"])
def test_intervals_of_the_indirect_effect_hold_the_truth_about_as_often_as_stated(interval: str) -> None:
    assert coverage(interval) == pytest.approx(0.95, abs=0.045)


def test_bca_without_bias_and_skew_is_the_percentile_interval() -> None:
    drawn = np.linspace(-1, 1, 2001)
    plain = interval_of(0.0, drawn, None, 0.9)
    corrected = interval_of(0.0, drawn, np.array([-1.0, 1.0, -2.0, 2.0]), 0.9)
    assert corrected == pytest.approx(plain, abs=2e-3)
    assert interval_of(0.3, drawn, np.array([-1.0, 1.0]), 0.9)[0] > plain[0]


def test_weights_and_clusters_take_their_errors_from_the_draws() -> None:
    x, m, y = (np.repeat(column, 5) for column in data(80))
    naive = mediation(x, [m], y, bootstrap=0).links[0]
    clustered = mediation(x, [m], y, clusters=np.repeat(np.arange(80), 5), bootstrap=400).links[0]
    assert clustered.value == pytest.approx(naive.value)
    assert (clustered.se or 0) > 1.8 * (naive.se or 0)
    weighted = mediation(*([x[::5], [m[::5]], y[::5]]), weights=np.full(80, 3.0), bootstrap=400).links[0]  # type: ignore[arg-type]
    assert weighted.value == pytest.approx(naive.value)
    assert weighted.se == pytest.approx(
        mediation(x[::5], [m[::5]], y[::5], bootstrap=0).links[0].se, rel=0.25
    )


def test_rows_with_a_gap_are_left_out_and_counted() -> None:
    x, m, y = data(100)
    m[:7] = np.nan
    found = mediation(x, [m], y, bootstrap=0)
    assert (found.n, found.left_out) == (93, 7)
    assert found.links[0].value == pytest.approx(mediation(x[7:], [m[7:]], y[7:], bootstrap=0).links[0].value)


def test_an_unreliable_mediator_makes_full_mediation_look_partial() -> None:
    """Stated in the documentation: error in the mediator stays in the direct effect."""
    x, m, y = data(4000)
    noisy = m + np.random.default_rng(8).standard_normal(4000)
    assert mediation(x, [m], y, bootstrap=0).verdict == "full"
    assert mediation(x, [noisy], y, bootstrap=0).verdict == "partial"


@pytest.mark.parametrize(
    ("given", "more", "said"),
    [
        (([1, 2, 3], [], [1, 2, 3]), {}, "at least one mediator"),
        (([1, 2, 3], [[1, 3, 2]], [1, 2, 3]), {}, "3 complete rows"),
        ((range(50), [[1] * 50], range(50)), {}, "same value"),
        ((range(50), [np.arange(50) * 2], np.sin(np.arange(50))), {}, "determined by the others"),
        ((["a"] * 9, [range(9)], range(9)), {}, "not all numbers"),
        ((range(9), [range(8)], range(9)), {}, "differ in length"),
        (data(50), {"weights": np.ones(50), "bootstrap": 0}, "from the bootstrap"),
    ],
)
def test_what_cannot_be_tested_is_refused(
    given: tuple[Any, Any, Any], more: dict[str, Any], said: str
) -> None:
    x, between, y = given
    mediators = between if isinstance(between, list) else [between]
    with pytest.raises(PeakendError, match=said) as refused:
        mediation(x, mediators, y, **more)
    assert refused.value.what.zh
