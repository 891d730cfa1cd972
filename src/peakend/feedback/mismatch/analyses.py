"""The mismatch analyses: totals below what the parts predict, and changes that coincide."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.mismatch import change_columns, columns
from peakend.feedback.sheet_files import SHEET_SQL
from peakend.language import Text

_NEEDS = ("responses", "answers", "questions", "surveys")


def _mismatch(inputs: Inputs) -> Results:
    from peakend.feedback.mismatch.mismatch_tables import mismatch_tables

    return mismatch_tables(inputs)


def _unexplained(inputs: Inputs) -> Results:
    from peakend.feedback.mismatch.unexplained_tables import unexplained_tables

    return unexplained_tables(inputs)


MISMATCH = Analysis(
    name="mismatch",
    version=1,
    chapter="why",
    title=Text("Totals that do not match their parts", "总分与分项不相配"),
    meaning=Text(
        "Customers whose total is far below what their own sub-scores predict: whether there are more than "
        "chance explains, where they cluster, what they say, which question is missing and which change "
        "coincides.",
        "总分远低于自身分项得分的客户：是否多于偶然、集中在何处、说了什么、缺少哪道题、与哪项变更时间吻合。",
    ),
    needs=_NEEDS,
    uses=("interactions", "segment_members", "touchpoints", "changes", "survey_weights"),
    gives=(columns.MISMATCH, columns.CLUSTERS, columns.THEMES, change_columns.CHANGES, columns.CUSTOMERS),
    compute=_mismatch,
    sql=(
        *SHEET_SQL,
        "feedback/sheet_members",
        "feedback/mismatch/places",
        "feedback/mismatch/comments",
    ),
    chart="mismatch",
    sources=(
        "Dempster, Laird & Rubin 1977, JRSS B 39(1)",
        "McCullagh 1980, JRSS B 42(2)",
        "Heyse 2011, Annals of Applied Statistics 5(2A)",
        "Kulldorff 1997, Communications in Statistics 26(6)",
        "Monroe, Colaresi & Quinn 2008, Political Analysis 16(4)",
        "Wagner et al. 2002, Journal of Clinical Pharmacy and Therapeutics 27(4)",
        "Andrews 1993, Econometrica 61(4)",
    ),
)

UNEXPLAINED_CHANGE = Analysis(
    name="unexplained_change",
    version=1,
    chapter="why",
    title=Text("What the parts do not explain", "分项解释不了的变化"),
    meaning=Text(
        "The change of the total since the previous period, taken apart into what each sub-score accounts "
        "for "
        "and what none of them does. The rest is shown, never spread.",
        "将总分自上期以来的变化拆分为各分项所能解释的部分与都不能解释的部分；后者如实列出，绝不摊派。",
    ),
    needs=_NEEDS,
    uses=("survey_weights",),
    gives=(change_columns.UNEXPLAINED,),
    compute=_unexplained,
    sql=SHEET_SQL,
    chart="unexplained_change",
    sources=("Oaxaca 1973, International Economic Review 14(3)", "Liang & Zeger 1986, Biometrika 73(1)"),
)

ANALYSES: tuple[Analysis, ...] = (MISMATCH, UNEXPLAINED_CHANGE)
