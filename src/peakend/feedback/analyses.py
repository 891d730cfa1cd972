"""The feedback analyses: what customers feel, and who told us."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.mix_columns import RESPONSE_MIX as RESPONSE_MIX_TABLE
from peakend.feedback.score_columns import CES, CSAT, NPS, RATING
from peakend.language import Text


def _scores(inputs: Inputs) -> Results:
    from peakend.feedback.score_tables import score_tables

    return score_tables(inputs)


def _response_mix(inputs: Inputs) -> Results:
    from peakend.feedback.response_mix import response_mix

    return response_mix(inputs)


SCORES = Analysis(
    name="scores",
    version=2,
    chapter="feel",
    title=Text("Scores by touchpoint", "各接触点评分"),
    meaning=Text(
        "NPS, satisfaction, effort and ratings by touchpoint, period and segment, each with its interval and "
        "a verdict on the change since the previous period.",
        "各接触点、期间与分群的净推荐值、满意度、费力度与评分，附置信区间，并判断与上期相比的变化是否显著。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("segment_members", "touchpoints", "interactions", "survey_weights"),
    gives=(NPS, CSAT, CES, RATING),
    compute=_scores,
    sql=(
        "feedback/survey_design",
        "feedback/declared_cuts",
        "feedback/profiles",
        "feedback/respondents",
        "feedback/respondents_at_touchpoints",
        "feedback/respondents_by_response_segment",
        "feedback/respondents_by_customer_segment",
        "feedback/score_counts",
        "feedback/score_counts_by_design",
        "feedback/cluster_moments",
    ),
    chart="scores",
    sources=(
        "Reichheld 2003, Harvard Business Review 81(12)",
        "Rocks 2016, The American Statistician 70(4)",
        "Wilson 1927, JASA 22(158)",
        "Kish 1965, Survey Sampling",
        "Holm 1979, Scandinavian Journal of Statistics 6(2)",
    ),
)

RESPONSE_MIX = Analysis(
    name="response_mix",
    version=1,
    chapter="listening",
    title=Text("Who answered", "应答构成"),
    meaning=Text(
        "Response rate, who is in the sample compared with the population, "
        "and how many answered each question.",
        "应答率、样本与总体构成的对照，以及各题的作答情况。",
    ),
    needs=("responses", "answers", "questions", "surveys"),
    uses=("invitations", "segment_members", "populations"),
    gives=(RESPONSE_MIX_TABLE,),
    compute=_response_mix,
    sql=(
        "feedback/survey_design",
        "feedback/declared_cuts",
        "feedback/profiles",
        "feedback/respondents",
        "feedback/respondents_by_response_segment",
        "feedback/respondents_by_customer_segment",
        "feedback/response_counts",
        "feedback/invitees",
        "feedback/invitation_counts",
        "feedback/state_counts",
    ),
    chart="response_mix",
    sources=("AAPOR 2023, Standard Definitions (RR1)", "Wilson 1927, JASA 22(158)"),
)

ANALYSES: tuple[Analysis, ...] = (SCORES, RESPONSE_MIX)
