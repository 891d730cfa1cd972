"""The memory analyses: delight, recall, and stability of metrics."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.memory.columns import DELIGHT as DELIGHT_TABLE
from peakend.feedback.memory.columns import METRIC_REGISTRY
from peakend.feedback.memory.columns import RECALL as RECALL_TABLE
from peakend.feedback.sheet_files import SHEET_SQL
from peakend.language import Text


def _delight(inputs: Inputs) -> Results:
    from peakend.feedback.memory.delight_tables import delight_tables

    return delight_tables(inputs)


def _recall(inputs: Inputs) -> Results:
    from peakend.feedback.memory.delight_tables import recall_tables

    return recall_tables(inputs)


def _stability(inputs: Inputs) -> Results:
    from peakend.feedback.memory.registry import metric_registry

    return metric_registry(inputs)


_LISTENING = ("responses", "answers", "questions", "surveys")

DELIGHT = Analysis(
    name="delight",
    version=1,
    chapter="feel",
    title=Text("Far better than expected", "喜出望外"),
    meaning=Text(
        "The share of customers who found it far better than expected, and how they score beside those for "
        "whom it was as expected.",
        "觉得远好于预期的客户占比，以及他们与“符合预期”者在结果上的差别。",
    ),
    needs=_LISTENING,
    uses=("survey_weights",),
    gives=(DELIGHT_TABLE,),
    compute=_delight,
    sql=SHEET_SQL,
    chart="delight",
    sources=("Oliver, Rust & Varki 1997, Journal of Retailing 73(3)", "Wilson 1927, JASA 22(158)"),
)

RECALL = Analysis(
    name="recall",
    version=1,
    chapter="feel",
    title=Text("What is remembered", "留下的记忆"),
    meaning=Text(
        "Who remembers an experience after days, who puts it down to the company, and how much effective "
        "experience that makes: quality × recall × branded.",
        "若干天后谁还记得、谁把它归于本公司，以及由此得到的有效体验：质量 × 记忆 × 品牌归属。",
    ),
    needs=_LISTENING,
    gives=(RECALL_TABLE,),
    compute=_recall,
    sql=("feedback/memory/recalls", "feedback/survey_design"),
    chart="recall",
    sources=("Keller 1993, Journal of Marketing 57(1)", "Wilson 1927, JASA 22(158)"),
)

STABILITY = Analysis(
    name="metric_stability",
    version=1,
    chapter="listening",
    title=Text("What metrics can bear", "指标能承受什么"),
    meaning=Text(
        "The register of metrics: definition, precision, test–retest stability, and whether each may be a "
        "target.",
        "指标登记：定义、精度、重测稳定性，以及可否作为目标。",
    ),
    needs=_LISTENING,
    uses=(
        "touchpoints",
        "nps_by_touchpoint",
        "csat_by_touchpoint",
        "ces_by_touchpoint",
        "rating_by_touchpoint",
        "score_trends",
    ),
    gives=(METRIC_REGISTRY,),
    compute=_stability,
    sql=("feedback/memory/retests",),
    chart="metric_stability",
    sources=(
        "McGraw & Wong 1996, Psychological Methods 1(1)",
        "Shrout & Fleiss 1979, Psychological Bulletin 86(2)",
        "Nunnally 1978, Psychometric Theory",
    ),
)

ANALYSES: tuple[Analysis, ...] = (DELIGHT, RECALL, STABILITY)
