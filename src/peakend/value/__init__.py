"""What customers are worth, and what they get: profit, lifetime value, delivered value, share of wallet."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.value.delivered.eight_factors import delivered_change, delivered_value
    from peakend.value.experience.linkage import dilution
    from peakend.value.models.average_spend import spend_independence
    from peakend.value.models.beta_geo import BetaGeoModel
    from peakend.value.models.beta_geo_beta_binom import BetaGeoBetaBinomModel
    from peakend.value.models.beta_geo_covariates import BetaGeoCovariatesModel
    from peakend.value.models.covariate_paths import CovariatePaths
    from peakend.value.models.gamma_gamma import GammaGammaModel
    from peakend.value.models.histories import PurchaseHistories
    from peakend.value.models.lifetime_value import (
        constant_margin_lifetime_value,
        expected_customer_lifetime_value,
        present_value,
    )
    from peakend.value.models.modified_beta_geo import ModifiedBetaGeoModel
    from peakend.value.models.nbd import NBDModel
    from peakend.value.models.pareto_nbd import ParetoNBDModel
    from peakend.value.models.pareto_nbd_covariates import ParetoNBDCovariatesModel
    from peakend.value.models.priors import weak_purchase_priors
    from peakend.value.models.time_varying_pareto_nbd import TimeVaryingParetoNBDModel
    from peakend.value.offers.conditional_logit import ConditionalLogitModel, choice_shares, choices_of
    from peakend.value.profit.ledger import value_lines
    from peakend.value.purchases.summary import purchase_counts, purchase_problems, rfm_summary

# Name -> the module it is loaded from when it is asked for; numpy and scipy load with it.
_FROM: dict[str, str] = {
    "ActivityCosts": "peakend.value.costing.plain_numbers",
    "BetaDiscreteWeibullModel": "peakend.value.models.beta_discrete_weibull",
    "BetaGeoBetaBinomModel": "peakend.value.models.beta_geo_beta_binom",
    "BetaGeoCovariatesModel": "peakend.value.models.beta_geo_covariates",
    "BetaGeoModel": "peakend.value.models.beta_geo",
    "ConditionalLogitModel": "peakend.value.offers.conditional_logit",
    "ConstantRetentionModel": "peakend.value.models.constant_retention",
    "CostingError": "peakend.value.costing.plain_numbers",
    "CovariatePaths": "peakend.value.models.covariate_paths",
    "GammaGammaModel": "peakend.value.models.gamma_gamma",
    "ModifiedBetaGeoModel": "peakend.value.models.modified_beta_geo",
    "NBDModel": "peakend.value.models.nbd",
    "ParetoNBDCovariatesModel": "peakend.value.models.pareto_nbd_covariates",
    "ParetoNBDModel": "peakend.value.models.pareto_nbd",
    "PurchaseHistories": "peakend.value.models.histories",
    "ShiftedBetaGeoModel": "peakend.value.models.shifted_beta_geo",
    "TimeVaryingParetoNBDModel": "peakend.value.models.time_varying_pareto_nbd",
    "activity_costs": "peakend.value.costing.plain_numbers",
    "apportion": "peakend.value.costing.apportionment",
    "choice_shares": "peakend.value.offers.conditional_logit",
    "choices_of": "peakend.value.offers.conditional_logit",
    "constant_margin_lifetime_value": "peakend.value.models.lifetime_value",
    "delivered_change": "peakend.value.delivered.eight_factors",
    "delivered_value": "peakend.value.delivered.eight_factors",
    "dilution": "peakend.value.experience.linkage",
    "expected_customer_lifetime_value": "peakend.value.models.lifetime_value",
    "present_value": "peakend.value.models.lifetime_value",
    "purchase_counts": "peakend.value.purchases.summary",
    "purchase_problems": "peakend.value.purchases.summary",
    "rfm_summary": "peakend.value.purchases.summary",
    "spend_independence": "peakend.value.models.average_spend",
    "value_lines": "peakend.value.profit.ledger",
    "weak_purchase_priors": "peakend.value.models.priors",
}

__all__ = [
    "ActivityCosts",
    "BetaDiscreteWeibullModel",
    "BetaGeoBetaBinomModel",
    "BetaGeoCovariatesModel",
    "BetaGeoModel",
    "ConditionalLogitModel",
    "ConstantRetentionModel",
    "CostingError",
    "CovariatePaths",
    "GammaGammaModel",
    "ModifiedBetaGeoModel",
    "NBDModel",
    "ParetoNBDCovariatesModel",
    "ParetoNBDModel",
    "PurchaseHistories",
    "ShiftedBetaGeoModel",
    "TimeVaryingParetoNBDModel",
    "activity_costs",
    "apportion",
    "choice_shares",
    "choices_of",
    "constant_margin_lifetime_value",
    "delivered_change",
    "delivered_value",
    "dilution",
    "expected_customer_lifetime_value",
    "present_value",
    "purchase_counts",
    "purchase_problems",
    "rfm_summary",
    "spend_independence",
    "value_lines",
    "weak_purchase_priors",
]


def __getattr__(name: str) -> object:
    """Load what is asked for, and only then what it needs."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_FROM[name]), name)
