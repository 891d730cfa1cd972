"""Which model of renewal predicts best: chosen on a validation window, judged on a later one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from peakend.value.models.beta_discrete_weibull import BetaDiscreteWeibullModel
from peakend.value.models.constant_retention import ConstantRetentionModel
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.shifted_beta_geo import ShiftedBetaGeoModel

if TYPE_CHECKING:
    from peakend.value.contracts.spells import Spells
    from peakend.value.models.renewal_counts import RenewalCounts
    from peakend.value.models.renewal_model import RenewalModel

# From the plainest to the richest; of equals the plainer is taken.
MODELS: tuple[type[RenewalModel], ...] = (
    ConstantRetentionModel,
    ShiftedBetaGeoModel,
    BetaDiscreteWeibullModel,
)


@dataclass(frozen=True, slots=True)
class Tried:
    """A model on one product.

    final: fitted to all there is; None where it has no optimum. periods, lost: contract-periods of that fit.
    validation_score, test_score: mean log-likelihood of a contract-period of the window, by the model fitted
    to what was known before it; None where it could not be. test_predicted, test_lost: contracts that it
    predicted to be lost in the test window, and those lost, of test_periods.
    """

    name: str
    final: RenewalModel | None
    periods: int
    lost: int
    validation_score: float | None
    test_score: float | None
    test_predicted: float | None
    test_lost: int
    test_periods: int


@dataclass(frozen=True, slots=True)
class Choice:
    """by: validation, aic (the windows hold too few losses), or none (no model could be fitted)."""

    name: str | None
    model: RenewalModel | None
    by: Literal["validation", "aic", "none"]
    tried: tuple[Tried, ...]


def chosen_model(spells: Spells, minimum: int) -> Choice:
    """The model with the best score on the validation window, fitted to all there is.

    Windows hold contract-periods by when they ended. Fitted until the first window's start, compared in it;
    fitted again until its end and judged in the second, which nothing chose by. Where fewer than `minimum`
    contracts were lost in a window, Akaike's criterion chooses on all there is. With fewer than `minimum`
    lost at all there is no model.
    """
    known = spells.counts()
    table = known.life_table()
    lost = int(table.lost.sum())
    early = spells.counts(end=spells.finished_first)
    validation = spells.counts(begin=spells.finished_first, end=spells.finished_second)
    earlier = spells.counts(end=spells.finished_second)
    test = spells.counts(begin=spells.finished_second)
    tried = tuple(
        _tried(kind, known, early, validation, earlier, test) for kind in (MODELS if lost >= minimum else ())
    )
    usable = [one for one in tried if one.final is not None]
    if not usable:
        return Choice(None, None, "none", tried)
    enough = min(_lost(validation), _lost(early)) >= minimum
    scored = [one for one in usable if one.validation_score is not None] if enough else []
    if scored:
        best = max(scored, key=lambda one: one.validation_score or -np.inf)
        return Choice(best.name, best.final, "validation", tried)
    best = min(usable, key=_akaike)
    return Choice(best.name, best.final, "aic", tried)


def _tried(
    kind: type[RenewalModel],
    known: RenewalCounts,
    early: RenewalCounts,
    validation: RenewalCounts,
    earlier: RenewalCounts,
    test: RenewalCounts,
) -> Tried:
    table, later = known.life_table(), test.life_table()
    first, second = _fitted(kind, early), _fitted(kind, earlier)
    predicted = None
    if second is not None and len(later.age):
        predicted = float(later.at_risk @ (1 - second.retention_rate(later.age)))
    return Tried(
        kind.__name__,
        _fitted(kind, known),
        int(table.at_risk.sum()),
        int(table.lost.sum()),
        None if first is None else score(first, validation),
        None if second is None else score(second, test),
        predicted,
        int(later.lost.sum()),
        int(later.at_risk.sum()),
    )


def score(model: RenewalModel, window: RenewalCounts) -> float | None:
    """Mean log-likelihood of a contract-period of `window`; None where there is none."""
    table = window.life_table()
    if not len(table.age):
        return None
    kept = model.retention_rate(table.age)
    told = table.lost * np.log1p(-kept) + (table.at_risk - table.lost) * np.log(kept)
    return float(told.sum() / table.at_risk.sum())


def _fitted(kind: type[RenewalModel], counts: RenewalCounts) -> RenewalModel | None:
    table = counts.life_table()
    lost = int(table.lost.sum())
    if not 0 < lost < int(table.at_risk.sum()):
        return None
    try:
        return kind().fit(counts)
    except DidNotConvergeError:
        return None


def _lost(window: RenewalCounts) -> int:
    return int(window.customers[window.lost].sum())


def _akaike(one: Tried) -> float:
    assert one.final is not None
    return 2 * len(one.final.params) - 2 * one.final.log_likelihood
