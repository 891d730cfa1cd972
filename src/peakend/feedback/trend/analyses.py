"""Trends of scores over many periods."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.trend.columns import SCORE_TRENDS
from peakend.language import Text


def _score_trends(inputs: Inputs) -> Results:
    from peakend.feedback.trend.trend_tables import score_trends

    return score_trends(inputs)


TRENDS = Analysis(
    name="score_trends",
    version=1,
    chapter="feel",
    title=Text("Where scores are heading", "得分走势"),
    meaning=Text(
        "The drift of every score over all its periods, whether the last one is out of line with those "
        "before, and the smallest change its answers could have shown.",
        "各得分在全部期间的走势、末期是否偏离常态，以及现有答案所能发现的最小变化。",
    ),
    needs=("responses",),
    uses=("nps_by_touchpoint", "csat_by_touchpoint", "ces_by_touchpoint", "rating_by_touchpoint"),
    gives=(SCORE_TRENDS,),
    compute=_score_trends,
    chart="score_trends",
    sources=(
        "Knapp & Hartung 2003, Statistics in Medicine 22(17)",
        "Higgins, Thompson & Spiegelhalter 2009, JRSS A 172(1)",
        "Laney 2002, Quality Engineering 14(4)",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

ANALYSES: tuple[Analysis, ...] = (TRENDS,)
