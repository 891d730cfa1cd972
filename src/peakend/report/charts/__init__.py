"""The charts: for each name an analysis may give as its `chart`, the exhibits that show its results.

An exhibit is named "module:object" and imported when a report shows it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from peakend.report.charts.exhibit import Basis, Exhibit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHARTS", "Basis", "Exhibit", "exhibits"]

CHARTS: Mapping[str, tuple[str, ...]] = {
    "scores": (
        "nps:SHARES",
        "trends:NPS",
        "touchpoints:NPS",
        "touchpoints:RATING",
        "trends:RATING",
        "touchpoints:CSAT",
        "trends:CSAT",
        "touchpoints:CES",
        "trends:CES",
        "segments:SEGMENTS",
    ),
    "weighting": ("weighting:WEIGHTING",),
    "score_trends": ("drifts:NPS", "drifts:RATING", "drifts:CSAT", "drifts:CES"),
    "drivers": ("drivers:DRIVERS",),
    "priorities": ("priorities:PRIORITIES",),
    "driver_asymmetry": ("asymmetry:ASYMMETRY",),
    "drivers_by_segment": ("drivers_by_segment:DRIVERS_BY_SEGMENT",),
    "themes": ("themes:THEMES",),
    "key_phrases": ("key_phrases:KEY_PHRASES",),
    "sentiment": ("sentiment:SENTIMENT",),
    "answer_quality": ("answer_quality:ANSWER_QUALITY",),
    "expectation_gaps": ("expectation_gaps:EXPECTATION_GAPS",),
    "reliability": ("reliability:RELIABILITY",),
    "questionnaire": ("questionnaire:QUESTIONNAIRE",),
    "structure": ("structure:STRUCTURE", "mediation:MEDIATION", "index_trends:INDEX_TRENDS"),
    "mismatch": ("mismatch:MISMATCH", "mismatch:WORDS"),
    "unexplained_change": ("unexplained_change:UNEXPLAINED_CHANGE",),
    "response_mix": ("response_mix:RESPONSE_MIX",),
    "delight": ("delight:DELIGHT",),
    "recall": ("recall:RECALL",),
    "metric_stability": ("metric_stability:STABILITY",),
    "erosion": ("erosion:EROSION",),
    "end_gestures": ("endings:GESTURES",),
    "memory_repurchase": ("endings:REPURCHASE",),
    "service_consistency": ("consistency:CONSISTENCY", "control:CONTROL"),
    "fact_conflicts": ("small_errors:FACTS",),
    "defect_density": ("small_errors:DEFECTS",),
    "visit_quality": ("small_errors:VISITS",),
    "moments": ("moments:MOMENTS",),
    "peak_end": ("remembered:REMEMBERED", "remembered:NEAREST", "memory_roles:MEMORY_ROLES"),
    "journey_contrasts": ("journey_contrasts:JOURNEY_CONTRASTS",),
    "journey_map": ("journey_map:JOURNEY_MAP", "emotion_curve:EMOTION_CURVE"),
    "attribution": ("attribution:REPURCHASE", "attribution:CHURN", "attribution:COMPLAINT"),
    "sequences": ("sequences:SEQUENCES",),
    "next_steps": ("next_steps:NEXT_STEPS",),
    "touchpoint_registry": ("touchpoint_registry:REGISTRY",),
    "touchpoint_importance": ("touchpoint_importance:IMPORTANCE",),
    # Its tables have a row a journey and a row an event: what they tell is drawn from `journey_lengths`.
    "journeys": (),
    "journey_lengths": ("journey_lengths:LENGTHS",),
    "dwell": ("dwell:DWELL",),
    "funnels": ("funnels:MOMENTS", "funnels:DESIGNED"),
    "flows": ("step_flows:STEP_FLOWS",),
    "retention": ("cohorts:RETENTION",),
    "purchase_retention": ("cohorts:PURCHASES",),
    "experience_scenes": ("scenes:SCENES",),
    "staging": ("staging:STAGES", "staging:SENSES", "staging:PARTICIPATION"),
    "journey_variants": ("journey_variants:VARIANTS",),
    "designed_journeys": ("designed_journeys:DESIGNED",),
    "handoff_gaps": ("handoff_gaps:GAPS",),
    "rfm": ("rfm:RFM",),
    "data_quality": ("data_quality:QUALITY",),
    "purchases": ("purchases:PURCHASES",),
    "lifetime_values": (
        "lifetime:LIFETIME_CALIBRATION",
        "lifetime:LIFETIME_TRACKING",
        "lifetime:LIFETIME_FREQUENCY",
    ),
    "delivered_value": ("delivered_value:DELIVERED_FACTORS",),
    "mutual_value": ("delivered_value:MUTUAL_VALUE",),
    "promoters_worth": ("promoters_worth:PROMOTERS",),
    "value_focus": ("promoters_worth:VALUE_FOCUS",),
    "value_tiers": ("value_tiers:VALUE_TIERS", "value_tiers:TIER_MOVES"),
    "service_costing": ("pool_capacity:POOL_CAPACITY",),
    "channel_costs": ("channel_costs:CHANNELS", "channel_costs:MOVES"),
    "selling_costs": ("selling_costs:SELLING",),
    "allocation_sensitivity": ("allocation_keys:KEYS_COMPARED",),
    # Its table has a row a customer: the whale curve tells it.
    "customer_profit": (),
    "profit_reconciliation": ("books:BOOKS",),
    "profit_whale": ("whale:WHALE",),
    "profit_segments": ("profit_cuts:CUTS",),
    "profit_cohorts": ("break_even:BREAK_EVEN", "winning_costs:WINNING"),
    "turnaround": ("turnaround:TURNAROUND",),
    "contract_retention": ("contract_cohorts:COHORTS",),
    "contract_lifetimes": ("contract_survival:SURVIVAL",),
    "contract_hazards": ("contract_hazards:HAZARDS",),
    "relative_value": ("relative_value:RELATIVE",),
    "choice_model": ("chosen_shares:CHOSEN",),
    "price_premium": ("price_premium:PREMIUM",),
    "share_of_wallet": ("wallets:SHARES", "wallets:HEADROOM"),
    "revenue_concentration": ("concentration:REVENUE",),
}


def exhibits(chart: str) -> tuple[Exhibit, ...]:
    """The exhibits of `chart`, in the order they are shown; KeyError for a name that is not registered."""
    return tuple(_load(name) for name in CHARTS[chart])


def _load(name: str) -> Exhibit:
    module, _, attribute = name.partition(":")
    return cast("Exhibit", getattr(import_module(f"peakend.report.charts.{module}"), attribute))
