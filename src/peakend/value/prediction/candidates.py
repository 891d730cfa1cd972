"""The models that purchases may follow, fitted to them: those that converge, and why others do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from peakend.value.models.beta_geo import BetaGeoModel
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.lifetime_value import discounted_purchases
from peakend.value.models.modified_beta_geo import ModifiedBetaGeoModel
from peakend.value.models.nbd import NBDModel
from peakend.value.models.pareto_nbd import ParetoNBDModel
from peakend.value.models.time_units import days_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from peakend.errors import PeakendError
    from peakend.value.models.histories import PurchaseHistories
    from peakend.value.prediction.outcomes import Outcomes

    Floats = NDArray[np.float64]

    PurchaseModel = BetaGeoModel | ModifiedBetaGeoModel | NBDModel | ParetoNBDModel

# In the order in which they are preferred where the data cannot tell them apart: BG/NBD after the modified
# one, because it says of everybody who bought once that they are still customers. NBD, where nobody leaves,
# is where the others end when nobody is seen to leave: their parameters then run off.
CANDIDATES: Mapping[str, type[PurchaseModel]] = {
    "MBG/NBD": ModifiedBetaGeoModel,
    "BG/NBD": BetaGeoModel,
    "Pareto/NBD": ParetoNBDModel,
    "NBD": NBDModel,
}

NEVER_DIE = ("BG/NBD", "NBD")
"""Models that say of those who bought once (NBD: of everybody) that they are still customers."""

NODES = 3
FEWEST_CUSTOMERS = 30
FEWEST_REPEATERS = 10


@dataclass(frozen=True, slots=True)
class Candidates:
    """Fitted models by name, and of the others what was wrong with their fit."""

    fitted: Mapping[str, PurchaseModel]
    failed: Mapping[str, PeakendError] = field(default_factory=dict)


def enough(histories: PurchaseHistories) -> bool:
    """Whether there is anything to fit: thirty customers, ten of whom bought again."""
    repeaters = int(histories.customers[histories.frequency > 0].sum())
    return histories.total >= FEWEST_CUSTOMERS and repeaters >= FEWEST_REPEATERS


def fitted(histories: PurchaseHistories, names: tuple[str, ...] = tuple(CANDIDATES)) -> Candidates:
    """Every candidate of `names` fitted to `histories`."""
    found: dict[str, PurchaseModel] = {}
    failed: dict[str, PeakendError] = {}
    for name in names:
        try:
            found[name] = CANDIDATES[name]().fit(histories)
        except DidNotConvergeError as problem:
            failed[name] = problem
    return Candidates(found, failed)


def predicted(model: PurchaseModel, outcomes: Outcomes) -> Floats:
    """Expected purchases in the days of `outcomes`, one a history."""
    histories = outcomes.histories
    return expected(model, histories, outcomes.days)


def expected(model: PurchaseModel, histories: PurchaseHistories, days: float) -> Floats:
    """Expected purchases in the `days` after the end of `histories`, one a history."""
    horizon = days / days_in(histories.time_unit)
    return np.asarray(
        model.expected_purchases(horizon, histories.frequency, histories.recency, histories.age), np.float64
    )


def alive(model: PurchaseModel, histories: PurchaseHistories) -> Floats:
    """Probability that customers will buy again at all, one a history."""
    return np.asarray(
        model.probability_alive(histories.frequency, histories.recency, histories.age), np.float64
    )


def discounted(model: PurchaseModel, histories: PurchaseHistories, days: float, yearly_rate: float) -> Floats:
    """Expected purchases in the next `days`, each counted at its value today, one a history.

    See `discounted_purchases`; few nodes, as a million customers have hundreds of thousands of histories.
    Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42(4), equation 3.
    """
    force = float(np.log1p(yearly_rate)) / days_in("year")
    return discounted_purchases(lambda day: expected(model, histories, day), days, force, NODES)
