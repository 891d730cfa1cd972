"""The analyses of the registry: what is registered and met, what it matters, what it covers."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.registry.columns import CENSUS, MATRIX, PURPOSES
from peakend.journey.registry.columns import REGISTRY as REGISTRY_TABLE
from peakend.language import Text


def _registry(inputs: Inputs) -> Results:
    from peakend.journey.registry.record import registry_tables

    return registry_tables(inputs)


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
    sources=("Wilson 1927, JASA 22(158)", "Wolter 2007, Introduction to Variance Estimation"),
)

ANALYSES: tuple[Analysis, ...] = (REGISTRY,)
