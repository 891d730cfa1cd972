"""What customers are worth, and what they get: profit, lifetime value, delivered value, share of wallet."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.value.purchases.summary import purchase_counts, purchase_problems, rfm_summary

# Name -> the module it is loaded from when it is asked for; numpy and scipy load with it.
_FROM: dict[str, str] = {
    "ActivityCosts": "peakend.value.costing.plain_numbers",
    "BetaDiscreteWeibullModel": "peakend.value.models.beta_discrete_weibull",
    "BetaGeoBetaBinomModel": "peakend.value.models.beta_geo_beta_binom",
    "BetaGeoModel": "peakend.value.models.beta_geo",
    "ConstantRetentionModel": "peakend.value.models.constant_retention",
    "CostingError": "peakend.value.costing.plain_numbers",
    "GammaGammaModel": "peakend.value.models.gamma_gamma",
    "ModifiedBetaGeoModel": "peakend.value.models.modified_beta_geo",
    "ParetoNBDModel": "peakend.value.models.pareto_nbd",
    "ShiftedBetaGeoModel": "peakend.value.models.shifted_beta_geo",
    "activity_costs": "peakend.value.costing.plain_numbers",
    "apportion": "peakend.value.costing.apportionment",
    "purchase_counts": "peakend.value.purchases.summary",
    "purchase_problems": "peakend.value.purchases.summary",
    "rfm_summary": "peakend.value.purchases.summary",
}

__all__ = [
    "ActivityCosts",
    "BetaDiscreteWeibullModel",
    "BetaGeoBetaBinomModel",
    "BetaGeoModel",
    "ConstantRetentionModel",
    "CostingError",
    "GammaGammaModel",
    "ModifiedBetaGeoModel",
    "ParetoNBDModel",
    "ShiftedBetaGeoModel",
    "activity_costs",
    "apportion",
    "purchase_counts",
    "purchase_problems",
    "rfm_summary",
]


def __getattr__(name: str) -> object:
    """Load what is asked for, and only then what it needs."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_FROM[name]), name)
