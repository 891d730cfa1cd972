"""The analyses of the registry: what is registered and met, what it matters, what it covers."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.registry.columns import CENSUS, MATRIX, PURPOSES
from peakend.journey.registry.columns import REGISTRY as REGISTRY_TABLE
from peakend.journey.registry.coverage_columns import COVERAGE as COVERAGE_TABLE
from peakend.journey.registry.graded_columns import ENTITLEMENT_USE as ENTITLEMENT_TABLE
from peakend.journey.registry.importance_columns import IMPORTANCE as IMPORTANCE_TABLE
from peakend.journey.registry.version_columns import VERSIONS as VERSIONS_TABLE
from peakend.language import Text


def _registry(inputs: Inputs) -> Results:
    from peakend.journey.registry.record import registry_tables

    return registry_tables(inputs)


def _importance(inputs: Inputs) -> Results:
    from peakend.journey.registry.weighing import importance_tables

    return importance_tables(inputs)


def _coverage(inputs: Inputs) -> Results:
    from peakend.journey.registry.coverage import coverage_tables

    return coverage_tables(inputs)


def _entitlements(inputs: Inputs) -> Results:
    from peakend.journey.registry.graded import entitlement_tables

    return entitlement_tables(inputs)


def _versions(inputs: Inputs) -> Results:
    from peakend.journey.registry.versions import version_tables

    return version_tables(inputs)


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
        *(f"journey/registry/{n}" for n in ("used", "dealt", "batch_sizes", "strong_moments")),
        *_JUDGED_SQL,
    ),
    chart="touchpoint_importance",
    sources=(
        "Martilla & James 1977, Journal of Marketing 41(1)",
        "Wolter 2007, Introduction to Variance Estimation",
        "Mogstad, Romano, Shaikh & Wilhelm 2024, Review of Economic Studies 91(1)",
    ),
)

COVERAGE = Analysis(
    name="journey_coverage",
    version=1,
    chapter="journey",
    title=Text("What supports each step", "每一步由谁支撑"),
    meaning=Text(
        "Stages and designed steps against touchpoints: which are supported and met, which are uncovered; "
        "the five layers of the map beside the evidence.",
        "阶段与设计步骤对照接触点：哪些有支撑且有互动，哪些未覆盖；旅程图五层与证据并列。",
    ),
    needs=("journey_steps", "touchpoints"),
    uses=("design_steps",),
    gives=(COVERAGE_TABLE,),
    compute=_coverage,
    sql=("journey/registry/felt_at", "journey/registry/felt"),
)

ENTITLEMENTS = Analysis(
    name="entitlement_use",
    version=1,
    chapter="journey",
    title=Text("Service by grade", "分级服务"),
    meaning=Text(
        "Who is entitled to which touchpoint in which channel, and what was given beyond or below it.",
        "各级客户可在哪些渠道享用哪些接触点，实际提供的超出或低于权益多少。",
    ),
    needs=("journey_steps", "entitlements", "segment_members"),
    gives=(ENTITLEMENT_TABLE,),
    compute=_entitlements,
    sql=tuple(f"journey/registry/graded_{name}" for name in ("use", "counts", "members")),
    sources=("Wilson 1927, JASA 22(158)",),
)

VERSIONS = Analysis(
    name="touchpoint_versions",
    version=1,
    chapter="journey",
    title=Text("Versions of touchpoints", "接触点的版本"),
    meaning=Text(
        "Every recorded change of a touchpoint with the scores before and after it, and what can be said.",
        "接触点的每次变更、变更前后的得分及可下的结论。",
    ),
    needs=("changes", "answers", "questions", "responses"),
    uses=("surveys", "interactions"),
    gives=(VERSIONS_TABLE,),
    compute=_versions,
    sql=("journey/registry/judged_around",),
    sources=(
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
        "Binder 1983, International Statistical Review 51(3)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (REGISTRY, IMPORTANCE, COVERAGE, ENTITLEMENTS, VERSIONS)
