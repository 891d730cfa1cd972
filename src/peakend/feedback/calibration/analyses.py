"""The weighting of surveys to their populations."""

from __future__ import annotations

from peakend.declaration import Analysis, Inputs, Results
from peakend.feedback.calibration.columns import SURVEY_WEIGHTS, WEIGHTING
from peakend.language import Text


def _survey_weights(inputs: Inputs) -> Results:
    from peakend.feedback.calibration.survey_weights import survey_weights

    return survey_weights(inputs)


WEIGHTS = Analysis(
    name="survey_weights",
    version=1,
    chapter="listening",
    title=Text("Weighting to the population", "按总体加权"),
    meaning=Text(
        "Weights that give every group of a survey the share it has in the population, and what they cost in "
        "precision. Scores and drivers use them.",
        "使各群体在调查中的占比与总体一致的权重，以及其精度代价；得分与驱动分析均采用这些权重。",
    ),
    needs=("responses", "surveys", "populations", "segment_members"),
    gives=(SURVEY_WEIGHTS, WEIGHTING),
    compute=_survey_weights,
    sql=("feedback/calibration/profiles", "feedback/sheet_members", "feedback/survey_design"),
    chart="weighting",
    sources=(
        "Deming & Stephan 1940, Annals of Mathematical Statistics 11(4)",
        "Deville, Särndal & Sautory 1993, JASA 88(423)",
        "Kish 1965, Survey Sampling",
    ),
)

ANALYSES: tuple[Analysis, ...] = (WEIGHTS,)
