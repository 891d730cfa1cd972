"""The result tables of the mismatch analyses: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import PERIOD, SHARE, column
from peakend.language import Text

_POINTS = "scale points"

_OUTCOME = (
    column("question_id", "string", "Question about the whole (the total)", "总体题（总分）"),
    column("label_en", "string", "Its short label in English", "总体题英文短标签"),
    column("label_zh", "string", "Its short label in Chinese", "总体题中文短标签"),
)
_SCOPE = (
    PERIOD[0],
    column(
        "period",
        "string",
        "Survey wave or calendar month; 'all': all periods together",
        "期次或自然月；all 为各期合计",
    ),
)
_REASON = column(
    "reason",
    "string",
    "Why there is no result: no_parts, too_few, no_variance, not_converged (empty: there is one)",
    "没有结果的原因：no_parts 没有分项、too_few 应答过少、no_variance 答案无差异、not_converged "
    "未收敛（空为有结果）",
)
_HIDDEN = column("hidden", "flag", "True: too few respondents to publish", "应答者太少不予公布；此时数值留空")

MISMATCH = ResultTable(
    "mismatch",
    (
        *PERIOD,
        *_OUTCOME,
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
        column("mean_total", "number", "Mean total", "总分均值", _POINTS),
        column(
            "mean_expected",
            "number",
            "Mean total expected from the parts",
            "由分项推得的总分期望均值",
            _POINTS,
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
        _REASON,
        _HIDDEN,
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
        *_SCOPE,
        *_OUTCOME,
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
        _HIDDEN,
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
        *_SCOPE,
        *_OUTCOME,
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
        _HIDDEN,
    ),
    ("programme", "period", "question_id", "kind", "source_id", "theme"),
    Text(
        "What customers whose total does not match their sub-scores say more often than others, and which "
        "of it no "
        "question asks about.",
        "总分与分项不相配的客户比他人更常提及什么，其中哪些没有任何题目问及。",
    ),
)

CHANGES = ResultTable(
    "mismatch_changes",
    (
        PERIOD[0],
        *_OUTCOME,
        column(
            "kind",
            "string",
            "logged (in the change log) or unlogged (found in the series)",
            "类型：logged 有变更记录、unlogged 在序列中发现",
        ),
        column(
            "change",
            "string",
            "Key of the change, or of the place whose series was searched",
            "变更编号，或所搜索序列的位置",
        ),
        column("description", "string", "What was changed", "变更内容"),
        column("touchpoint_id", "string", "Touchpoint touched (empty: all)", "所涉接触点（空为全部）"),
        column("site_id", "string", "Site touched (empty: all)", "所涉网点（空为全部）"),
        column("week_on", "day", "First day of the first week after it", "变更后首周的第一天"),
        column("from_on", "day", "Unlogged: earliest week it may have been", "未记录者：可能的最早一周"),
        column("to_on", "day", "Unlogged: latest week it may have been", "未记录者：可能的最晚一周"),
        column(
            "against",
            "string",
            "rest: compared with all other places in the same weeks; none: with itself before",
            "对照：rest 同周其他各处、none 自身此前",
        ),
        column("n", "integer", "Respondents of the touched place", "所涉之处的应答者", "answers"),
        column("weeks_before", "integer", "Weeks with answers before", "变更前有应答的周数", "weeks"),
        column("weeks_after", "integer", "Weeks with answers after", "变更后有应答的周数", "weeks"),
        column(
            "effect",
            "number",
            "How far the total moved against what the parts predict",
            "总分相对分项所示的变动",
            _POINTS,
        ),
        column(
            "effect_low",
            "number",
            "Lower end of the interval around effect",
            "effect 的置信区间下限",
            _POINTS,
        ),
        column(
            "effect_high",
            "number",
            "Upper end of the interval around effect",
            "effect 的置信区间上限",
            _POINTS,
        ),
        column(
            "p_value",
            "number",
            "Two-sided p, autocorrelation allowed for",
            "双侧 p 值（已计入自相关）",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the programme's changes of this kind",
            "对该系列同类变更作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "near",
            "string",
            "Unlogged: logged change within its interval (empty: nobody logged one)",
            "未记录者：区间内已记录的变更（空为无人记录）",
        ),
        column(
            "verdict",
            "string",
            "coincides, cannot_tell or not_tested",
            "结论：coincides 时间吻合、cannot_tell 尚不能断定、not_tested 未检验",
        ),
        column(
            "reason",
            "string",
            "Why it was not tested: no_dates, too_short, too_few, too_many, no_model",
            "未检验的原因：no_dates 无日期、too_short 周数不足、too_few 应答过少、too_many 候选过多、"
            "no_model 无期望模型",
        ),
    ),
    ("programme", "question_id", "kind", "change"),
    Text(
        "Which change in the service log coincides with a total that moved away from its sub-scores, and "
        "breaks that "
        "nobody logged.",
        "服务变更记录中哪一项与总分偏离分项的时间吻合，以及无人记录的突变。",
    ),
)

CUSTOMERS = ResultTable(
    "mismatch_customers",
    (
        *PERIOD[:2],
        *_OUTCOME,
        column("response_id", "string", "Response", "应答"),
        column("customer_id", "string", "Customer", "客户"),
        column("total", "number", "Total given", "所给总分", _POINTS),
        column("expected", "number", "Total expected from the parts", "由分项推得的总分", _POINTS),
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

UNEXPLAINED = ResultTable(
    "unexplained_change",
    (
        *PERIOD,
        *_OUTCOME,
        column("previous_period", "string", "Period it is compared with", "所比较的上一期"),
        column(
            "kind",
            "string",
            "change (of the total), part or unexplained",
            "类型：change 总分变化、part 分项、unexplained 未能解释",
        ),
        column(
            "part_id",
            "string",
            "Part ('all' for change and unexplained)",
            "分项题目（change 与 unexplained 为 all）",
        ),
        column("part_en", "string", "Its short label in English", "分项英文短标签"),
        column("part_zh", "string", "Its short label in Chinese", "分项中文短标签"),
        column("n", "integer", "Respondents of this period", "本期应答者", "answers"),
        column("n_previous", "integer", "Respondents of the previous period", "上期应答者", "answers"),
        column("moved", "number", "How far the part's mean moved", "分项均值的变动", _POINTS),
        column(
            "slope",
            "number",
            "The total's change with a point of the part, the other parts equal",
            "其他分项相同时，该分项每变动一分总分的变动",
            _POINTS,
        ),
        column(
            "value",
            "number",
            "Points of the total's change: slope × moved, or what is left",
            "对总分变化的贡献：slope × moved，或剩余部分",
            _POINTS,
        ),
        column("low", "number", "Lower end of the interval around value", "value 的置信区间下限", _POINTS),
        column("high", "number", "Upper end of the interval around value", "value 的置信区间上限", _POINTS),
        column(
            "p_value",
            "number",
            "Two-sided p (change and unexplained)",
            "双侧 p 值（仅 change 与 unexplained）",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the programme's comparisons",
            "对该系列各次比较作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "better, worse, cannot_tell (change and unexplained)",
            "结论：better 变好、worse 变差、cannot_tell 尚不能断定（仅 change 与 unexplained）",
        ),
        _REASON,
        _HIDDEN,
    ),
    ("programme", "period", "question_id", "kind", "part_id"),
    Text(
        "The total's change since the previous period: what each part accounts for, and what none of them "
        "does.",
        "总分自上期以来的变化：各分项各占多少，以及任何分项都未能解释的部分。",
    ),
)
