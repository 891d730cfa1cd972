"""The analyses of endings: erosion, gestures that pay, memory and the next purchase."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.endings import columns
from peakend.language import Text


def _erosion(inputs: Inputs) -> Results:
    from peakend.journey.endings.erosion_tables import erosion_tables

    return erosion_tables(inputs)


def _gestures(inputs: Inputs) -> Results:
    from peakend.journey.endings.gesture_tables import end_gestures

    return end_gestures(inputs)


def _repurchase(inputs: Inputs) -> Results:
    from peakend.journey.endings.repurchase import memory_repurchase

    return memory_repurchase(inputs)


EROSION = Analysis(
    name="erosion",
    version=1,
    chapter="feel",
    title=Text("Does the end eat the peak?", "终值是否在消耗峰值"),
    meaning=Text(
        "Whether the ends of journeys worsen month by month, and where that takes what customers remember.",
        "旅程终值是否逐月恶化，以及它将把客户的总体印象带向何处。",
    ),
    needs=("journey_memory",),
    gives=(columns.EROSION, columns.END_TRENDS),
    compute=_erosion,
    sql=("journey/endings/end_months", "journey/endings/ended_journeys"),
    chart="erosion",
    sources=(
        "Fredrickson & Kahneman 1993, Journal of Personality and Social Psychology 65(1)",
        "Thompson & Sharp 1999, Statistics in Medicine 18(20)",
        "Krinsky & Robb 1986, Review of Economics and Statistics 68(4)",
    ),
)
GESTURES = Analysis(
    name="end_gestures",
    version=1,
    chapter="prove",
    title=Text("Gestures at the end", "终点的小举措"),
    meaning=Text(
        "What small gestures at the end of a journey lift, for what cost, and whether they pay.",
        "旅程终点的小举措提升了什么、花费多少、是否划算。",
    ),
    needs=("initiatives", "journey_memory"),
    uses=("treatments", "transactions", "touchpoints", "promises"),
    gives=(columns.END_GESTURES,),
    compute=_gestures,
    sql=(
        "journey/endings/gesture_customers",
        "journey/endings/gesture_sums",
        "journey/endings/margin",
        "journey/endings/end_months",
    ),
    chart="end_gestures",
    sources=("Welch 1947, Biometrika 34(1/2)", "Neyman 1923, Statistical Science 5(4), 1990"),
)
REPURCHASE = Analysis(
    name="memory_repurchase",
    version=1,
    chapter="loyalty",
    title=Text("Memory and the next purchase", "记忆与下次购买"),
    meaning=Text(
        "Whether customers who remember a journey as good buy again more often, also among those with "
        "as many orders before.",
        "对旅程印象好的客户是否更常复购——在以往订单数相同的客户中亦然。",
    ),
    needs=("journey_memory", "transactions"),
    gives=(columns.MEMORY_REPURCHASE, columns.MEMORY_LINK),
    compute=_repurchase,
    sql=("journey/endings/repurchase_counts",),
    chart="memory_repurchase",
    sources=("Cox 1958, JRSS B 20(2)", "Wilson 1927, JASA 22(158)"),
)

ANALYSES: tuple[Analysis, ...] = (EROSION, GESTURES, REPURCHASE)
