"""The result tables of the weighting for non-response."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column
from peakend.language import Text

SURVEY_WEIGHTS = ResultTable(
    name="survey_weights",
    columns=(
        column("response_id", "string", "Response", "应答"),
        column("survey_id", "string", "Survey", "调查"),
        column(
            "weight",
            "number",
            "Weight that makes the survey look like its population; the mean of a survey is 1",
            "使调查与总体构成一致的权重；每次调查的均值为 1",
        ),
    ),
    key=("response_id",),
    meaning=Text(
        "Weights of responses, for surveys whose population is known; they replace the survey's own.",
        "总体构成已知的调查中各份应答的权重，取代原有权重。",
    ),
)

WEIGHTING = ResultTable(
    name="weighting",
    columns=(
        column("programme", "string", "Survey programme", "调查系列"),
        column("period", "string", "Wave of the survey", "调查期次"),
        column("survey_id", "string", "Survey", "调查"),
        column(
            "segmentation", "string", "Segmentation; 'all' for the survey as a whole", "划分；all 为整个调查"
        ),
        column("segment", "string", "Segment; 'all' for everybody", "分群；all 为全体"),
        column("n", "integer", "Responses with a weight", "有权重的应答数", "responses"),
        column("sample_share", "number", "Share of the sample before weighting", "加权前占样本的比例", SHARE),
        column("population_share", "number", "Share of the population", "占总体的比例", SHARE),
        column(
            "weighted_share", "number", "Share of the sample after weighting", "加权后占样本的比例", SHARE
        ),
        column("mean_weight", "number", "Mean weight in the segment", "该分群的平均权重"),
        column(
            "effective_n",
            "number",
            "Answers of equal weight that are as precise (Kish), after weighting",
            "加权后的有效样本量（Kish）",
            "responses",
        ),
        column(
            "design_effect",
            "number",
            "n / effective_n: what unequal weights cost",
            "设计效应：n / effective_n",
        ),
        column("trimmed", "integer", "Responses whose weight was cut", "权重被截断的应答数", "responses"),
        column(
            "largest_gap",
            "number",
            "Largest difference left between a weighted share and the population's",
            "加权后与总体比例的最大差距",
            SHARE,
        ),
        column(
            "status",
            "string",
            "calibrated; nearly (largest_gap says how nearly); nobody_answered: a segment without answers, "
            "its population share left to the others; too_few: below the minimum base, not weighted",
            "calibrated 已校准；nearly 近似（差距见 largest_gap）；nobody_answered 该分群无人作答，"
            "其份额由其他分群分担；too_few 应答少于最小基数，未加权",
        ),
        column("hidden", "flag", "True: base below the minimum", "是否因基数过小而隐藏"),
    ),
    key=("survey_id", "segmentation", "segment"),
    meaning=Text(
        "How each survey was weighted to its population: shares before and after, and what it costs.",
        "各次调查如何按总体加权：加权前后的构成，以及精度上的代价。",
    ),
)
