"""The analyses of the registry: what is registered and met, what it matters, what it covers."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.registry.columns import CENSUS, MATRIX, PURPOSES
from peakend.journey.registry.columns import REGISTRY as REGISTRY_TABLE
from peakend.journey.registry.importance_columns import IMPORTANCE as IMPORTANCE_TABLE
from peakend.language import Text


def _registry(inputs: Inputs) -> Results:
    from peakend.journey.registry.record import registry_tables

    return registry_tables(inputs)


def _importance(inputs: Inputs) -> Results:
    from peakend.journey.registry.weighing import importance_tables

    return importance_tables(inputs)


_JUDGED = ("answers", "questions", "responses", "surveys", "survey_weights")
_JUDGED_SQL = (
    *("journey/registry/judged", "journey/registry/judged_units"),
    *("feedback/respondents", "feedback/survey_design", "feedback/sheet_months"),
)
_MET_SQL = tuple(f"journey/registry/{name}" for name in ("meetings", "customers_met", "met"))

REGISTRY = Analysis(
    name="touchpoint_registry",
    version=1,
    chapter="journey",
    title=Text("Touchpoints: registered and met", "接触点：登记与实际"),
    meaning=Text(
        "Every touchpoint that is registered or found in the log, on one record: use, score against target, "
        "open cases and cost; what nobody registered, and what nobody meets.",
        "凡已登记或在互动中出现的接触点各成一行：使用、得分与目标、未办结工单、成本；并列出未登记者与无人到访者。",
    ),
    needs=("interactions",),
    uses=("touchpoints", *_JUDGED, "cases", "cost_entries", "initiatives", "changes"),
    gives=(REGISTRY_TABLE, CENSUS, PURPOSES, MATRIX),
    compute=_registry,
    sql=(
        *_MET_SQL,
        *(
            f"journey/registry/{n}"
            for n in ("channels_met", "log_totals", "case_counts", "cost_sums", "reached")
        ),
        *_JUDGED_SQL,
    ),
    chart="touchpoint_registry",
    sources=("Wilson 1927, JASA 22(158)", "Wolter 2007, Introduction to Variance Estimation"),
)

IMPORTANCE = Analysis(
    name="touchpoint_importance",
    version=1,
    chapter="journey",
    title=Text("Often used, strongly felt", "常用与触动"),
    meaning=Text(
        "Touchpoints by how many customers meet them and how much they stir, also times what their score "
        "lacks: where attention pays first.",
        "按到访客户多少与触动大小（并乘以得分差距）排列接触点：先看哪里。",
    ),
    needs=("journey_steps",),
    uses=("touchpoints", *_JUDGED, "interactions", "driver_importance"),
    gives=(IMPORTANCE_TABLE,),
    compute=_importance,
    sql=(
        *(f"journey/registry/{n}" for n in ("used", "people", "batch_sizes", "strong_moments")),
        *_JUDGED_SQL,
    ),
    chart="touchpoint_importance",
    sources=(
        "Martilla & James 1977, Journal of Marketing 41(1)",
        "Wolter 2007, Introduction to Variance Estimation",
        "Mogstad, Romano, Shaikh & Wilhelm 2024, Review of Economic Studies 91(1)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (REGISTRY, IMPORTANCE)
