"""Touchpoints and episodes: map, variants, funnels, peak-end, attribution."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.journey.consistency.control import individuals_chart, mean_chart, share_chart
    from peakend.journey.consistency.densities import rate_interval
    from peakend.journey.consistency.heterogeneity import heterogeneity
    from peakend.journey.crediting.chain import removal_effects
    from peakend.journey.crediting.credit import attribution
    from peakend.journey.crediting.following import sequences
    from peakend.journey.crediting.next_steps import NextStepModel, next_step_model
    from peakend.journey.crediting.outcomes import journey_outcomes
    from peakend.journey.crediting.shapley import shapley_values
    from peakend.journey.designed.files import read_design
    from peakend.journey.endings.erosion import erosion
    from peakend.journey.endings.gestures import payback, per_cost, uplift
    from peakend.journey.endings.repurchase import memory_link
    from peakend.journey.endings.weights import memory_weights
    from peakend.journey.funnels.comparing import ComparisonError, compare_funnels
    from peakend.journey.funnels.flows import FlowError, flow_moves, flows
    from peakend.journey.funnels.funnel import funnel, funnel_reaches
    from peakend.journey.funnels.retention import RetentionError, followed, retention
    from peakend.journey.funnels.steps import Exclusion, FunnelError, Step, UnknownTouchpointError
    from peakend.journey.graph.contrasts import ContrastError, compare_journeys
    from peakend.journey.graph.following import ByError, directly_follows
    from peakend.journey.registry.entitled import Entitlement, entitled
    from peakend.journey.registry.importance import PriorityScores, priority_scores
    from peakend.journey.registry.meeting import touchpoints_met
    from peakend.journey.registry.templates import programme, template, templates
    from peakend.journey.remembered.fitting import fit_memory
    from peakend.journey.remembered.journey_memory import MomentsError, peak_end, worst_and_last
    from peakend.journey.remembered.verdict import MemoryFit
    from peakend.journey.stream.nesting import Level, nested
    from peakend.journey.stream.rules import Between, ByCase, Gap, LifeCycle, RuleError
    from peakend.journey.stream.stepwise import episodes, left_out
    from peakend.journey.traces.sequences import variants

# Name -> the module it is loaded from when it is asked for.
_FROM: dict[str, str] = {
    "Between": "peakend.journey.stream.rules",
    "ByCase": "peakend.journey.stream.rules",
    "ByError": "peakend.journey.graph.following",
    "ComparisonError": "peakend.journey.funnels.comparing",
    "ContrastError": "peakend.journey.graph.contrasts",
    "Entitlement": "peakend.journey.registry.entitled",
    "Exclusion": "peakend.journey.funnels.steps",
    "FlowError": "peakend.journey.funnels.flows",
    "FunnelError": "peakend.journey.funnels.steps",
    "Gap": "peakend.journey.stream.rules",
    "Level": "peakend.journey.stream.nesting",
    "LifeCycle": "peakend.journey.stream.rules",
    "MemoryFit": "peakend.journey.remembered.verdict",
    "MomentsError": "peakend.journey.remembered.journey_memory",
    "NextStepModel": "peakend.journey.crediting.next_steps",
    "PriorityScores": "peakend.journey.registry.importance",
    "RetentionError": "peakend.journey.funnels.retention",
    "RuleError": "peakend.journey.stream.rules",
    "Step": "peakend.journey.funnels.steps",
    "UnknownTouchpointError": "peakend.journey.funnels.steps",
    "attribution": "peakend.journey.crediting.credit",
    "compare_funnels": "peakend.journey.funnels.comparing",
    "compare_journeys": "peakend.journey.graph.contrasts",
    "directly_follows": "peakend.journey.graph.following",
    "entitled": "peakend.journey.registry.entitled",
    "episodes": "peakend.journey.stream.stepwise",
    "erosion": "peakend.journey.endings.erosion",
    "fit_memory": "peakend.journey.remembered.fitting",
    "flow_moves": "peakend.journey.funnels.flows",
    "flows": "peakend.journey.funnels.flows",
    "followed": "peakend.journey.funnels.retention",
    "funnel": "peakend.journey.funnels.funnel",
    "funnel_reaches": "peakend.journey.funnels.funnel",
    "heterogeneity": "peakend.journey.consistency.heterogeneity",
    "individuals_chart": "peakend.journey.consistency.control",
    "journey_outcomes": "peakend.journey.crediting.outcomes",
    "left_out": "peakend.journey.stream.stepwise",
    "mean_chart": "peakend.journey.consistency.control",
    "memory_link": "peakend.journey.endings.repurchase",
    "memory_weights": "peakend.journey.endings.weights",
    "nested": "peakend.journey.stream.nesting",
    "next_step_model": "peakend.journey.crediting.next_steps",
    "payback": "peakend.journey.endings.gestures",
    "peak_end": "peakend.journey.remembered.journey_memory",
    "per_cost": "peakend.journey.endings.gestures",
    "priority_scores": "peakend.journey.registry.importance",
    "programme": "peakend.journey.registry.templates",
    "rate_interval": "peakend.journey.consistency.densities",
    "read_design": "peakend.journey.designed.files",
    "removal_effects": "peakend.journey.crediting.chain",
    "retention": "peakend.journey.funnels.retention",
    "sequences": "peakend.journey.crediting.following",
    "shapley_values": "peakend.journey.crediting.shapley",
    "share_chart": "peakend.journey.consistency.control",
    "template": "peakend.journey.registry.templates",
    "templates": "peakend.journey.registry.templates",
    "touchpoints_met": "peakend.journey.registry.meeting",
    "uplift": "peakend.journey.endings.gestures",
    "variants": "peakend.journey.traces.sequences",
    "worst_and_last": "peakend.journey.remembered.journey_memory",
}

__all__ = [
    "Between",
    "ByCase",
    "ByError",
    "ComparisonError",
    "ContrastError",
    "Entitlement",
    "Exclusion",
    "FlowError",
    "FunnelError",
    "Gap",
    "Level",
    "LifeCycle",
    "MemoryFit",
    "MomentsError",
    "NextStepModel",
    "PriorityScores",
    "RetentionError",
    "RuleError",
    "Step",
    "UnknownTouchpointError",
    "attribution",
    "compare_funnels",
    "compare_journeys",
    "directly_follows",
    "entitled",
    "episodes",
    "erosion",
    "fit_memory",
    "flow_moves",
    "flows",
    "followed",
    "funnel",
    "funnel_reaches",
    "heterogeneity",
    "individuals_chart",
    "journey_outcomes",
    "left_out",
    "mean_chart",
    "memory_link",
    "memory_weights",
    "nested",
    "next_step_model",
    "payback",
    "peak_end",
    "per_cost",
    "priority_scores",
    "programme",
    "rate_interval",
    "read_design",
    "removal_effects",
    "retention",
    "sequences",
    "shapley_values",
    "share_chart",
    "template",
    "templates",
    "touchpoints_met",
    "uplift",
    "variants",
    "worst_and_last",
]


def __getattr__(name: str) -> object:
    """Load what is asked for, and only then what it needs."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_FROM[name]), name)
