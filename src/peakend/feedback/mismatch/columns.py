"""The result tables of the mismatch analyses: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import PERIOD, SHARE, column
from peakend.language import Text

POINTS = "scale points"

OUTCOME = (
    column("question_id", "string", "Question about the whole (the total)", "总体题（总分）"),
    column("label_en", "string", "Its short label in English", "总体题英文短标签"),
    column("label_zh", "string", "Its short label in Chinese", "总体题中文短标签"),
)
SCOPE = (
    PERIOD[0],
    column(
        "period",
        "string",
        "Survey wave or calendar month; 'all': all periods together",
        "期次或自然月；all 为各期合计",
    ),
)
REASON = column(
    "reason",
    "string",
    "Why there is no result: no_parts, too_few, no_variance, not_converged (empty: there is one)",
    "没有结果的原因：no_parts 没有分项、too_few 应答过少、no_variance 答案无差异、not_converged "
    "未收敛（空为有结果）",
)
HIDDEN = column("hidden", "flag", "True: too few respondents to publish", "应答者太少不予公布；此时数值留空")

MISMATCH = ResultTable(
    "mismatch",
    (
        *PERIOD,
        *OUTCOME,
        column("scale_low", "number", "Lowest score of the scale", "量表最低分"),
        column("scale_high", "number", "Highest score of the scale", "量表最高分"),
        column("parts", "integer", "Parts the expectation rests on", "期望值所依据的分项数"),
        column(
            "n",
            "integer",
            "Respondents with a total and at least one part",
            "同时给出总分与至少一个分项的应答者",
            "answers",
        ),
        column("mean_total", "number", "Mean total", "总分均值", POINTS),
        column(
            "mean_expected",
            "number",
            "Mean total expected from the parts",
            "由分项推得的总分期望均值",
            POINTS,
        ),
        column(
            "explained",
            "number",
            "Share of the total's variance that the parts predict",
            "分项能预测的总分方差占比",
            SHARE,
        ),
        column(
            "below",
            "integer",
            "Respondents whose total is far below what their parts predict",
            "总分远低于分项所示的应答者",
            "answers",
        ),
        column(
            "below_expected",
            "number",
            "How many of these chance alone would bring",
            "仅凭偶然应有的人数",
            "answers",
        ),
        column("share", "number", "Share of respondents far below", "远低于期望者的占比", SHARE),
        column(
            "share_low", "number", "Lower end of the interval around share", "share 的置信区间下限", SHARE
        ),
        column(
            "share_high", "number", "Upper end of the interval around share", "share 的置信区间上限", SHARE
        ),
        column(
            "share_expected", "number", "Share that chance alone would bring", "仅凭偶然应有的占比", SHARE
        ),
        column(
            "above",
            "integer",
            "Respondents whose total is far above what their parts predict",
            "总分远高于分项所示的应答者",
            "answers",
        ),
        column(
            "above_expected",
            "number",
            "How many of these chance alone would bring",
            "仅凭偶然应有的远高于期望的人数",
            "answers",
        ),
        column(
            "listed",
            "integer",
            "Respondents listed at a false discovery rate of 20 %",
            "在 20% 错误发现率下可列出的应答者",
            "answers",
        ),
        column(
            "p_value",
            "number",
            "One-sided p of more far below than chance",
            "“远低于期望者多于偶然”的单侧 p 值",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the programme's periods",
            "对该系列各期作 Holm 校正后的 p 值",
            "probability",
        ),
        column("compared", "integer", "How many periods were corrected for", "一并校正的期数"),
        column(
            "verdict",
            "string",
            "more_than_chance, nothing_beyond_chance or not_tested",
            "结论：more_than_chance 多于偶然、nothing_beyond_chance 未超出偶然、not_tested 未检验",
        ),
        REASON,
        HIDDEN,
    ),
    ("programme", "period", "question_id"),
    Text(
        "Are there more customers whose total is far below their own sub-scores than chance explains?",
        "总分远低于自身分项得分的客户，是否多于偶然所能解释的？",
    ),
)

CLUSTERS = ResultTable(
    "mismatch_clusters",
    (
        *SCOPE,
        *OUTCOME,
        column(
            "segmentation",
            "string",
            "What was looked at: touchpoint, site (a respondent counts wherever the episode led before the "
            "answer), touchpoint_site, channel, period or a declared segmentation; 'all': everybody",
            "扫描的维度：touchpoint、site（应答者计入其作答之前该次经历所到的每一处）、touchpoint_site、"
            "channel、period 或已声明的划分；all 为全体",
        ),
        column("segment", "string", "Where far-below customers cluster most", "远低于期望者最集中之处"),
        column(
            "from_on", "day", "First day of the window (empty: all of the time)", "时间窗首日（空为全部时间）"
        ),
        column("to_on", "day", "Last day of the window", "时间窗末日"),
        column("n", "integer", "Respondents there", "该处应答者", "answers"),
        column(
            "below",
            "integer",
            "Of these far below what their parts predict",
            "其中总分远低于分项所示者",
            "answers",
        ),
        column(
            "below_expected",
            "number",
            "How many there would be if they were spread as chance has it",
            "若按偶然分布应有的人数",
            "answers",
        ),
        column(
            "ratio",
            "number",
            "How many times as frequent as elsewhere (empty: none elsewhere)",
            "相当于别处的倍数（空为别处没有）",
            "times",
        ),
        column(
            "p_value",
            "number",
            "p of the scan, corrected for everything that was looked at",
            "扫描的 p 值，已对全部扫描位置校正",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "clusters or nothing_beyond_chance",
            "结论：clusters 确有集中、nothing_beyond_chance 未超出偶然",
        ),
        HIDDEN,
    ),
    ("programme", "period", "question_id", "segmentation", "segment"),
    Text(
        "Where and when customers whose total does not match their sub-scores cluster, the worst place of "
        "each cut.",
        "总分与分项不相配的客户集中在何处、何时：每个维度列出最突出的一处。",
    ),
)

THEMES = ResultTable(
    "mismatch_themes",
    (
        *SCOPE,
        *OUTCOME,
        column(
            "kind",
            "string",
            "phrase (free text) or code (coded comment)",
            "类型：phrase 文字短语、code 编码评论",
        ),
        column(
            "source_id",
            "string",
            "Question the words come from ('all': every text question)",
            "文字来源题目（all 为全部文字题）",
        ),
        column("source_en", "string", "Its label in English", "来源题目英文标签"),
        column("source_zh", "string", "Its label in Chinese", "来源题目中文标签"),
        column("theme", "string", "Phrase or code", "短语或编码"),
        column(
            "n_below",
            "integer",
            "Far-below respondents who say it",
            "提及者中总分远低于期望的应答者",
            "answers",
        ),
        column(
            "texts_below",
            "integer",
            "Far-below respondents who said anything",
            "有评论的远低于期望者",
            "answers",
        ),
        column("n_others", "integer", "Other respondents who say it", "其他应答者中的提及者", "answers"),
        column(
            "texts_others", "integer", "Other respondents who said anything", "有评论的其他应答者", "answers"
        ),
        column(
            "log_odds",
            "number",
            "Log odds of saying it, far below against others, shrunk",
            "提及的对数优势比（收缩后）",
            "log odds",
        ),
        column(
            "low",
            "number",
            "Lower end of the interval around log_odds",
            "log_odds 的置信区间下限",
            "log odds",
        ),
        column(
            "high",
            "number",
            "Upper end of the interval around log_odds",
            "log_odds 的置信区间上限",
            "log odds",
        ),
        column("p_value", "number", "Fisher's exact p", "Fisher 精确检验 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Benjamini and Hochberg, times the sources looked at",
            "Benjamini–Hochberg 校正后再乘以来源数的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "shared: the far-below say it more; cannot_tell",
            "结论：shared 远低于期望者更常提及、cannot_tell 尚不能断定",
        ),
        column(
            "asked_by",
            "string",
            "Question that asks about it (empty with verdict shared: nobody asks)",
            "问及此主题的题目（结论为 shared 而此处为空，即无题目问及）",
        ),
        HIDDEN,
    ),
    ("programme", "period", "question_id", "kind", "source_id", "theme"),
    Text(
        "What customers whose total does not match their sub-scores say more often than others, and which "
        "of it no "
        "question asks about.",
        "总分与分项不相配的客户比他人更常提及什么，其中哪些没有任何题目问及。",
    ),
)

CUSTOMERS = ResultTable(
    "mismatch_customers",
    (
        *PERIOD[:2],
        *OUTCOME,
        column("response_id", "string", "Response", "应答"),
        column("customer_id", "string", "Customer", "客户"),
        column("total", "number", "Total given", "所给总分", POINTS),
        column("expected", "number", "Total expected from the parts", "由分项推得的总分", POINTS),
        column(
            "p_value",
            "number",
            "Probability of a total as low or lower",
            "总分低至此或更低的概率",
            "probability",
        ),
        column(
            "false_rate",
            "number",
            "False discovery rate at which the customer is listed",
            "列出该客户时的错误发现率",
            SHARE,
        ),
    ),
    ("question_id", "response_id"),
    Text(
        "Customers to call: their total is far below their own sub-scores. At most one in five by chance; "
        "none from "
        "anonymous surveys.",
        "应致电的客户：总分远低于自身分项得分。其中至多五分之一出于偶然；不含匿名调查。",
    ),
)
