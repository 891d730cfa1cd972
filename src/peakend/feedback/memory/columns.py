"""The result tables of memory: delight, recall, and the register of metrics."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, PERIOD, QUESTION, SHARE, column, interval_ends
from peakend.language import Text

DELIGHT = ResultTable(
    name="delight",
    columns=(
        *PERIOD,
        *QUESTION,
        column("n", "integer", "Answers", "答案数", "answers"),
        column(
            "far_better", "number", "Share that found it far better than expected", "远好于预期的占比", SHARE
        ),
        *interval_ends("far_better", SHARE),
        column("better", "number", "Share that found it better, but not far", "略好于预期的占比", SHARE),
        column("as_expected", "number", "Share that found it as expected", "符合预期的占比", SHARE),
        column("worse", "number", "Share that found it worse or far worse", "不如预期的占比", SHARE),
        column("outcome", "string", "Question whose score is compared", "用于比较的题目"),
        column(
            "lift",
            "number",
            "Mean outcome of the delighted minus that of those who found it as expected (NPS points, or "
            "scale points)",
            "喜出望外者与符合预期者的结果均值之差（净推荐值分或量表分）",
        ),
        *interval_ends("lift"),
        column("n_delighted", "integer", "Delighted with an outcome", "有结果的喜出望外者", "answers"),
        column("n_as_expected", "integer", "As expected with an outcome", "有结果的符合预期者", "answers"),
        column("p_value", "number", "Two-sided p of no lift", "无差异假设下的双侧 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the programme's periods",
            "对该系列全部期间作 Holm 校正后的 p 值",
            "probability",
        ),
        *HIDDEN,
    ),
    key=("programme", "period", "question_id"),
    meaning=Text(
        "How many found the experience far better than expected, and how they score beside those for whom it "
        "was as expected.",
        "有多少人觉得体验远好于预期，以及他们与“符合预期”者在结果上的差别。",
    ),
)

RECALL = ResultTable(
    name="recall",
    columns=(
        column("programme", "string", "Survey programme that asked later", "回访调查系列"),
        column("n", "integer", "People asked what they remember", "被问及记忆的人数", "responses"),
        column(
            "days",
            "number",
            "Median days since their first answer (empty: not known)",
            "距首次作答天数的中位数（空为未知）",
            "days",
        ),
        column("recall", "number", "Share that remembers", "记得的占比", SHARE),
        *interval_ends("recall", SHARE),
        column(
            "branded",
            "number",
            "Share of those who remember that puts it down to us",
            "记得者中归于我方的占比",
            SHARE,
        ),
        *interval_ends("branded", SHARE),
        column(
            "quality",
            "number",
            "Mean overall score given at the time, 0 to 1 of its scale",
            "当时总体评分的均值（按量表折算为 0 至 1）",
            SHARE,
        ),
        column(
            "effective",
            "number",
            "Effective experience: quality × remembered × ours, mean over everybody asked",
            "有效体验：质量 × 记得 × 归于我方，对全部被问者取均值",
            SHARE,
        ),
        *interval_ends("effective", SHARE),
        column(
            "vivid_gap",
            "number",
            "Recall of the best and worst quarter minus that of the middle half",
            "最好与最差各四分之一者的记忆率减去中间一半者",
            SHARE,
        ),
        *interval_ends("vivid_gap", SHARE),
        column(
            "unclear",
            "integer",
            "Answers left out because their code is not known",
            "编码无法识别而未计入的答案",
            "answers",
        ),
        *HIDDEN,
    ),
    key=("programme",),
    meaning=Text(
        "What is left of an experience after days: who remembers it, whether as ours, and how much effective "
        "experience that makes.",
        "若干天后体验还剩下什么：谁还记得、是否归于我方，以及由此得到的有效体验。",
    ),
)

METRIC_REGISTRY = ResultTable(
    name="metric_registry",
    columns=(
        column("programme", "string", "Survey programme", "调查系列"),
        *QUESTION,
        column("metric", "string", "nps, csat, ces or rating", "指标：nps、csat、ces 或 rating"),
        column("definition_en", "string", "Wording of the question in English", "英文题面"),
        column("definition_zh", "string", "Wording of the question in Chinese", "中文题面"),
        column("formula", "string", "How the score is made of the answers", "得分的计算公式"),
        column("unit", "string", "Unit of the score", "得分单位"),
        column("source_table", "string", "Result table that publishes it", "发布该指标的结果表"),
        column(
            "owner",
            "string",
            "Who answers for its touchpoint (empty: nobody named)",
            "接触点责任人（空为未指定）",
        ),
        column("period", "string", "Latest period", "最近一期"),
        column("n", "integer", "Answers in it", "该期答案数", "answers"),
        column(
            "value",
            "number",
            "Score in it, weighted where the survey has weights",
            "该期得分（有权重时为加权值）",
        ),
        column("half_width", "number", "Half the width of its interval", "置信区间半宽"),
        column(
            "margin",
            "number",
            "Half width a target needs: 5 NPS points, 5 % points, a fortieth of the scale",
            "作为目标所需的区间半宽：净推荐值 5 分、占比 5 个百分点、量表全距的四十分之一",
        ),
        column(
            "minimum_n",
            "integer",
            "Answers that give that half width, with this survey's design",
            "按本调查的设计达到该半宽所需的答案数",
            "answers",
        ),
        column(
            "wobble",
            "number",
            "Standard deviation between periods beyond sampling (empty: too few)",
            "各期之间超出抽样误差的标准差（空为期数不足）",
        ),
        column(
            "retested",
            "integer",
            "People who answered it twice about the same thing within 30 days",
            "30 天内就同一件事两次作答的人数",
            "customers",
        ),
        column(
            "reliability",
            "number",
            "Agreement of both answers, ICC(A,1) (empty: not known)",
            "两次回答的一致性 ICC(A,1)（空为未知）",
        ),
        *interval_ends("reliability"),
        column(
            "stability",
            "string",
            "stable, unstable (shown to be below .7), cannot_tell or not_retested",
            "稳定性：stable 稳定、unstable 不稳定（低于 0.7）、cannot_tell 尚不能断定、not_retested 未重测",
        ),
        column("usable", "flag", "True: may be a target", "可否作为目标"),
        column(
            "reason",
            "string",
            "Why not: unstable, too_few (empty: usable)",
            "不可用的原因：unstable 不稳定、too_few 答案不足（空为可用）",
        ),
    ),
    key=("programme", "question_id"),
    meaning=Text(
        "Every metric that is published: what it is, how precise, how stable, and whether it may be a "
        "target.",
        "全部已发布的指标：定义、精度、稳定性，以及可否作为目标。",
    ),
)
