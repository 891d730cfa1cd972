"""The result table of trends over many waves."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import WHERE, column
from peakend.language import Text

SCORE_TRENDS = ResultTable(
    name="score_trends",
    columns=(
        column("programme", "string", "Survey programme", "调查系列"),
        column("metric", "string", "nps, csat, ces or rating", "指标：nps、csat、ces 或 rating"),
        *WHERE,
        column("periods", "integer", "Periods with a published score and an error", "有公布得分及误差的期数"),
        column("first_period", "string", "First of them", "首期"),
        column("last_period", "string", "Last of them", "末期"),
        column(
            "time_unit",
            "string",
            "What slope is per: year, or period",
            "斜率所对应的时间单位：year 年、period 期",
        ),
        column(
            "slope",
            "number",
            "Drift a unit of time, in the unit of the score",
            "单位时间的走势，以得分的单位计",
        ),
        column("slope_low", "number", "Lower end of the interval around slope", "slope 的置信区间下限"),
        column("slope_high", "number", "Upper end of the interval around slope", "slope 的置信区间上限"),
        column("change", "number", "Fitted change from first to last period", "首期至末期的拟合变化"),
        column("change_low", "number", "Lower end of the interval around change", "change 的置信区间下限"),
        column("change_high", "number", "Upper end of the interval around change", "change 的置信区间上限"),
        column("p_value", "number", "Two-sided p of no drift", "无走势假设下的双侧 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the drifts of the metric, programme and segmentation",
            "对同一指标、系列、划分内全部走势作 Holm 校正后的 p 值；结论以此为准",
            "probability",
        ),
        column("compared", "integer", "How many drifts were corrected for", "一并校正的走势个数"),
        column(
            "verdict",
            "string",
            "rising, falling, cannot_tell or too_few_periods (fewer than 4)",
            "结论：rising 上升、falling 下降、cannot_tell 尚不能断定、too_few_periods 期数不足（少于 4 期）",
        ),
        column(
            "wobble",
            "number",
            "Standard deviation of periods around the line beyond sampling",
            "各期围绕趋势线、超出抽样误差的标准差",
        ),
        column("last_value", "number", "Score of the last period", "末期得分"),
        column(
            "expected",
            "number",
            "What the last period should have scored, had nothing changed: mean of those before",
            "若无变化，末期应有的得分：此前各期的均值",
        ),
        column("expected_low", "number", "Lower control limit of the last period", "末期的控制下限"),
        column("expected_high", "number", "Upper control limit of the last period", "末期的控制上限"),
        column(
            "expected_adjusted_p",
            "number",
            "p of a last period so far off, after Holm's correction in the same family",
            "末期偏离如此之远的 p 值，按同一组作 Holm 校正",
            "probability",
        ),
        column(
            "standing",
            "string",
            "Last period against its control limits: above, below, usual, or too_few_periods",
            "末期相对控制限：above 高于、below 低于、usual 正常、too_few_periods 期数不足（此前少于 3 期）",
        ),
        column(
            "detectable",
            "number",
            "Smallest true change between the last two periods that their answers would show with 80 % "
            "power, tested on its own",
            "以 80% 的功效、单独检验时，最近两期的答案所能发现的最小真实变化",
        ),
    ),
    key=("programme", "metric", "question_id", "touchpoint_id", "segmentation", "segment"),
    meaning=Text(
        "Where each score is heading over all periods, and whether the last one is out of line with those "
        "before.",
        "各得分在全部期间的走势，以及末期是否偏离此前的常态。",
    ),
)
