"""The result tables of what changed: the change log beside the totals, and change that no part explains."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.mismatch.columns import HIDDEN, OUTCOME, POINTS, REASON
from peakend.feedback.score_columns import PERIOD, column
from peakend.language import Text

CHANGES = ResultTable(
    "mismatch_changes",
    (
        PERIOD[0],
        *OUTCOME,
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
            POINTS,
        ),
        column(
            "effect_low",
            "number",
            "Lower end of the interval around effect",
            "effect 的置信区间下限",
            POINTS,
        ),
        column(
            "effect_high",
            "number",
            "Upper end of the interval around effect",
            "effect 的置信区间上限",
            POINTS,
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

UNEXPLAINED = ResultTable(
    "unexplained_change",
    (
        *PERIOD,
        *OUTCOME,
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
        column("moved", "number", "How far the part's mean moved", "分项均值的变动", POINTS),
        column(
            "slope",
            "number",
            "The total's change with a point of the part, the other parts equal",
            "其他分项相同时，该分项每变动一分总分的变动",
            POINTS,
        ),
        column(
            "value",
            "number",
            "Points of the total's change: slope × moved, or what is left",
            "对总分变化的贡献：slope × moved，或剩余部分",
            POINTS,
        ),
        column("low", "number", "Lower end of the interval around value", "value 的置信区间下限", POINTS),
        column("high", "number", "Upper end of the interval around value", "value 的置信区间上限", POINTS),
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
        REASON,
        HIDDEN,
    ),
    ("programme", "period", "question_id", "kind", "part_id"),
    Text(
        "The total's change since the previous period: what each part accounts for, and what none of them "
        "does.",
        "总分自上期以来的变化：各分项各占多少，以及任何分项都未能解释的部分。",
    ),
)
