"""The models find on CDNOW what their authors published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from cdnow import histories, weeks
from peakend.value.models.average_spend import spend_independence
from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.gamma_gamma import GammaGammaModel
from peakend.value.models.modified_beta_geo import ModifiedBetaGeoModel
from peakend.value.models.nbd import NBDModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cdnow import Table

pytestmark = pytest.mark.private_data


@pytest.fixture(scope="module")
def sample(private_data: Callable[[str], Path]) -> Table:
    """A tenth of CDNOW's customers: 2,357."""
    return histories(private_data("cdnow") / "CDNOW_sample.txt", customer=1)


@pytest.fixture(scope="module")
def everybody(private_data: Callable[[str], Path]) -> Table:
    """All 23,570 customers of CDNOW."""
    return histories(private_data("cdnow") / "CDNOW_master.txt", customer=0)


@pytest.mark.parametrize(
    ("model", "decimals", "params", "log_likelihood"),
    [
        (BetaGeoModel, 2, (0.24259, 4.41353, 0.79289, 2.42575), -9582.4256),
        (BetaGeoModel, None, (0.24259, 4.41360, 0.79292, 2.42591), -9582.4292),
        (ModifiedBetaGeoModel, 2, (0.525, 6.183, 0.891, 1.614), -9582.1327),
        (ModifiedBetaGeoModel, None, (0.525, 6.183, 0.891, 1.614), -9582.1357),
    ],
)
def test_the_published_optimum(
    sample: Table,
    model: type[BetaGeoModel],
    decimals: int | None,
    params: tuple[float, ...],
    log_likelihood: float,
) -> None:
    fitted = model().fit(weeks(sample, decimals))
    digits = 5e-6 if model is BetaGeoModel else 5e-4
    assert list(fitted.params.values()) == pytest.approx(params, abs=digits)
    assert fitted.log_likelihood == pytest.approx(log_likelihood, abs=5e-5)


def test_bg_nbd_expects_the_published_purchases(sample: Table) -> None:
    model = BetaGeoModel().fit(weeks(sample, 2))
    new = model.expected_purchases_new_customer([1 / 7, 1, 3, 31.8571, 32, 78])
    assert new == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.858], abs=5e-5)
    assert float(model.expected_purchases(39, 2, 30.43, 38.86)) == pytest.approx(1.2259, abs=5e-5)


@pytest.mark.parametrize("model", [BetaGeoModel, ModifiedBetaGeoModel])
@pytest.mark.parametrize(
    "start",
    [
        (r, alpha, a, b)
        for r, alpha in ((0.01, 0.1), (0.5, 5.0), (20.0, 500.0), (0.05, 300.0))
        for a, b in ((0.02, 0.02), (1.0, 1.0), (0.1, 50.0), (40.0, 0.5))
    ],
)
def test_every_start_leads_to_the_published_optimum(
    sample: Table, model: type[BetaGeoModel], start: tuple[float, ...]
) -> None:
    best = model().fit(weeks(sample)).params.vector
    again = model().fit(weeks(sample), starts=[np.array(start)]).params.vector
    assert again == pytest.approx(best, rel=1e-6)


def test_the_published_nbd(sample: Table) -> None:
    fitted = NBDModel().fit(weeks(sample, 2))
    assert list(fitted.params.values()) == pytest.approx([0.38477, 12.07208], abs=5e-6)
    assert fitted.log_likelihood == pytest.approx(-9763.6602, abs=5e-5)


def test_bg_nbd_on_all_of_cdnow(everybody: Table) -> None:
    model = BetaGeoModel().fit(weeks(everybody))
    assert list(model.params.values()) == pytest.approx([0.25162, 4.78895, 0.72343, 2.16109], abs=1e-5)


def test_the_published_spend(sample: Table) -> None:
    """p is known to two digits: it depends on how purchases of one day are added up."""
    model = GammaGammaModel().fit(sample)
    assert list(model.params.values()) == pytest.approx([6.25, 3.74, 15.44], abs=0.01)
    assert model.log_likelihood == pytest.approx(-4055.92, abs=0.005)


def test_whether_spend_goes_with_frequency_is_not_settled(sample: Table) -> None:
    """The correlation of frequency and mean value is .11, as Fader & Hardie (2013) have it; 946 customers
    cannot say whether it is nil."""
    found = spend_independence(sample["frequency"], sample["monetary_value"])
    assert found.customers == 946
    assert found.correlation == pytest.approx(0.106, abs=0.001)
    assert (found.low, found.high) == pytest.approx((0.027, 0.183), abs=0.001)
    assert found.verdict == "unclear"
