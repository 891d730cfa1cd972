"""The driver analyses: what goes with the overall score, where to look first, and how parts work."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.drivers import driver_columns as columns
from peakend.feedback.drivers import role_columns
from peakend.feedback.sheet_files import SHEET_SQL
from peakend.language import Text

_NEEDS = ("responses", "answers", "questions", "surveys")


def _drivers(inputs: Inputs) -> Results:
    from peakend.feedback.drivers.driver_tables import driver_tables

    return driver_tables(inputs)


def _priorities(inputs: Inputs) -> Results:
    from peakend.feedback.drivers.driver_tables import priority_tables

    return priority_tables(inputs)


def _asymmetry(inputs: Inputs) -> Results:
    from peakend.feedback.drivers.role_tables import role_tables

    return role_tables(inputs)


def _by_segment(inputs: Inputs) -> Results:
    from peakend.feedback.drivers.segment_tables import segment_tables

    return segment_tables(inputs)


DRIVERS = Analysis(
    name="drivers",
    version=1,
    chapter="why",
    title=Text("What goes with the overall score", "总体评分的驱动因素"),
    meaning=Text(
        "How much each part has to do with the overall score, with interval and possible places; and whether "
        "the parts can be told apart at all.",
        "各部分与总体评分的关联有多大，附区间与可能的名次；并判断各部分究竟能否区分。",
    ),
    needs=_NEEDS,
    uses=("survey_weights",),
    gives=(columns.MODELS, columns.IMPORTANCE, columns.DRAWS),
    compute=_drivers,
    sql=SHEET_SQL,
    chart="drivers",
    sources=(
        "Grömping 2007, The American Statistician 61(2)",
        "Johnson 2000, Multivariate Behavioral Research 35(1)",
        "Little & Rubin 2019, Statistical Analysis with Missing Data",
        "Mogstad, Romano, Shaikh & Wilhelm 2024, Review of Economic Studies 91(1)",
    ),
)

PRIORITIES = Analysis(
    name="priorities",
    version=1,
    chapter="why",
    title=Text("Where to look first", "优先改进"),
    meaning=Text(
        "Importance against performance of every part, and the order in which to look at them, with how sure "
        "that order is.",
        "各部分的重要性与表现对照，以及查看的先后次序及其把握程度。",
    ),
    needs=("driver_models", "driver_importance", "driver_draws"),
    gives=(columns.PRIORITIES,),
    compute=_priorities,
    chart="priorities",
    sources=("Martilla & James 1977, Journal of Marketing 41(1)", "Oh 2001, Tourism Management 22(6)"),
)

ASYMMETRY = Analysis(
    name="driver_asymmetry",
    version=1,
    chapter="why",
    title=Text("What disappoints and what delights", "失望与惊喜"),
    meaning=Text(
        "What a poor experience of each part takes away and an excellent one adds, its Kano class, and "
        "whether it works on unhappy or on delighted respondents.",
        "各部分体验差会减多少、体验优会加多少，对应的卡诺类别，以及作用于不满者还是赞赏者。",
    ),
    needs=_NEEDS,
    uses=("survey_weights",),
    gives=(role_columns.ROLES,),
    compute=_asymmetry,
    sql=SHEET_SQL,
    chart="driver_asymmetry",
    sources=(
        "Brandt 1987, Add Value to Your Service (AMA)",
        "Mikulić & Prebežac 2011, Managing Service Quality 21(1)",
        "Brant 1990, Biometrics 46(4)",
    ),
)

BY_SEGMENT = Analysis(
    name="drivers_by_segment",
    version=1,
    chapter="why",
    title=Text("What matters to whom", "不同客群的驱动因素"),
    meaning=Text(
        "What goes with the overall score in each segment, every segment leaning on all; a difference is "
        "named only where it holds.",
        "各分群的总体评分与什么相伴，各分群的估计向全体收缩；只有站得住的差别才会指出。",
    ),
    needs=(*_NEEDS, "segment_members"),
    uses=("survey_weights",),
    gives=(columns.BY_SEGMENT,),
    compute=_by_segment,
    sql=(*SHEET_SQL, "feedback/sheet_members"),
    chart="drivers_by_segment",
    sources=(
        "Viechtbauer 2005, Journal of Educational and Behavioral Statistics 30(3)",
        "Efron & Morris 1975, JASA 70(350)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (DRIVERS, PRIORITIES, ASYMMETRY, BY_SEGMENT)
