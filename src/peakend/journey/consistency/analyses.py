"""The analyses of consistency: is it the same service, and the same story, everywhere?"""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.journey.consistency import columns
from peakend.language import Text


def _consistency(inputs: Inputs) -> Results:
    from peakend.journey.consistency.service_levels import service_consistency

    return service_consistency(inputs)


def _facts(inputs: Inputs) -> Results:
    from peakend.journey.consistency.published_facts import fact_conflicts

    return fact_conflicts(inputs)


def _defects(inputs: Inputs) -> Results:
    from peakend.journey.consistency.defects import defect_density

    return defect_density(inputs)


def _visits(inputs: Inputs) -> Results:
    from peakend.journey.consistency.visits import visit_quality

    return visit_quality(inputs)


SERVICE = Analysis(
    name="service_consistency",
    version=1,
    chapter="journey",
    title=Text("The same service everywhere?", "服务是否处处一致"),
    meaning=Text(
        "Control charts of service time, kept service levels and feeling at every touchpoint, and how far "
        "channels and sites differ.",
        "各接触点的用时、达标率与感受的控制图，以及渠道之间、网点之间的差异。",
    ),
    needs=("interactions",),
    uses=("touchpoints",),
    gives=(
        columns.CONTROL_CHARTS,
        columns.CONTROL_POINTS,
        columns.SERVICE_LEVELS,
        columns.SERVICE_CONSISTENCY,
    ),
    compute=_consistency,
    sql=("journey/consistency/service_moments", "journey/consistency/events_behind"),
    chart="service_consistency",
    sources=(
        "Laney 2002, Quality Engineering 14(4)",
        "Montgomery, Introduction to Statistical Quality Control",
        "Welch 1951, Biometrika 38(3/4)",
        "DerSimonian & Laird 1986, Controlled Clinical Trials 7(3)",
    ),
)
FACTS = Analysis(
    name="fact_conflicts",
    version=1,
    chapter="journey",
    title=Text("The same story everywhere?", "信息是否处处一致"),
    meaning=Text(
        "Facts that are told differently in different places, and contact data that cannot be right.",
        "不同地方说法不一的信息，以及明显有误的联系方式。",
    ),
    needs=("published_facts",),
    uses=("sites",),
    gives=(columns.FACT_CONFLICTS, columns.FACTS_CHECKED),
    compute=_facts,
    sql=("journey/consistency/facts_last_told",),
    chart="fact_conflicts",
    sources=("ITU-T E.164; libphonenumber",),
)
DEFECTS = Analysis(
    name="defect_density",
    version=1,
    chapter="journey",
    title=Text("Small errors", "小差错"),
    meaning=Text(
        "How many small errors customers meet per thousand interactions, where, and how those who meet one "
        "feel.",
        "每千次互动中客户遇到多少小差错、在何处，以及遇到者感受如何。",
    ),
    needs=("defects", "interactions"),
    gives=(columns.DEFECT_DENSITY,),
    compute=_defects,
    sql=(
        "journey/consistency/defect_counts",
        "journey/consistency/defect_sums",
        "journey/consistency/defect_medians",
        "journey/consistency/defects_behind",
    ),
    chart="defect_density",
    sources=("Garwood 1936, Biometrika 28(3/4)", "McCullagh & Nelder 1989, Generalized Linear Models"),
)
VISITS = Analysis(
    name="visit_quality",
    version=1,
    chapter="journey",
    title=Text("Service visits", "服务行为"),
    meaning=Text(
        "Whether visits are on time, done by the book and put things right at once, site by site and item by "
        "item.",
        "服务是否准时、规范、一次办妥：按网点、按检查项。",
    ),
    needs=("service_checks",),
    uses=("cases",),
    gives=(columns.VISIT_QUALITY, columns.VISIT_ITEMS),
    compute=_visits,
    sql=(
        "journey/consistency/visit_values",
        "journey/consistency/visit_sums",
        "journey/consistency/visit_items",
        "journey/consistency/cases_fixed",
    ),
    chart="visit_quality",
    sources=("Wilson 1927, JASA 22(158)", "Welch 1951, Biometrika 38(3/4)"),
)

ANALYSES: tuple[Analysis, ...] = (SERVICE, FACTS, DEFECTS, VISITS)
