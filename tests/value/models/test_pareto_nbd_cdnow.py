"""The Pareto/NBD model finds on CDNOW what its authors published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from cdnow import histories, weeks
from peakend.value.models.histories import PurchaseHistories
from peakend.value.models.pareto_nbd import ParetoNBDModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.private_data

WEEKLY = float(np.log(1.15) / 52)
"""15 % a year, continuously, per week."""


@pytest.fixture(scope="module")
def fitted(private_data: Callable[[str], Path]) -> ParetoNBDModel:
    """On a tenth of the customers, weeks to two decimals as in the published file."""
    return ParetoNBDModel().fit(weeks(histories(private_data("cdnow") / "CDNOW_sample.txt", customer=1), 2))


@pytest.fixture(scope="module")
def everybody(private_data: Callable[[str], Path]) -> PurchaseHistories:
    return PurchaseHistories.of(weeks(histories(private_data("cdnow") / "CDNOW_master.txt", customer=0)))


def test_parameters_and_likelihood(fitted: ParetoNBDModel) -> None:
    assert fitted.params.vector == pytest.approx([0.55328, 10.57761, 0.60621, 11.66792], rel=1e-4)
    assert fitted.log_likelihood == pytest.approx(-9594.9739, abs=6e-5)


def test_standard_errors(fitted: ParetoNBDModel) -> None:
    errors = list(fitted.params.standard_errors.values())
    assert errors == pytest.approx([0.0476, 0.8427, 0.1873, 6.2105], rel=3e-3)


def test_the_best_customer(fitted: ParetoNBDModel) -> None:
    assert float(fitted.expected_purchases(52, 26, 30.86, 31)) == pytest.approx(25.4565, abs=6e-4)
    assert float(fitted.probability_alive(26, 30.86, 31)) == pytest.approx(0.9979, abs=6e-5)


def test_residual_transactions(fitted: ParetoNBDModel) -> None:
    found = fitted.expected_residual_transactions(WEEKLY, [26, 7, 0], [30.86, 35, 0], [31, 38.86, 39])
    assert found == pytest.approx([86.264, 20.710, 0.4761], rel=1e-4)


def test_all_customers(everybody: PurchaseHistories) -> None:
    assert everybody.total == 23_570
    model = ParetoNBDModel().fit(everybody)
    assert model.params.vector == pytest.approx([0.59739, 11.58499, 0.52221, 8.82858], rel=2e-4)
    assert model.log_likelihood == pytest.approx(-95_415.1186, abs=1e-4)


def test_every_start_leads_there(everybody: PurchaseHistories) -> None:
    best = ParetoNBDModel().fit(everybody).params.vector
    random = np.random.default_rng(1)
    for start in np.exp(random.uniform(np.log([0.05, 0.1, 0.05, 0.1]), np.log([20, 500, 20, 500]), (12, 4))):
        assert ParetoNBDModel().fit(everybody, starts=[start]).params.vector == pytest.approx(best, rel=1e-6)
