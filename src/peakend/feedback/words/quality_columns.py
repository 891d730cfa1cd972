"""The result table of the answers' quality: its columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, PERIOD, SHARE, column
from peakend.language import Text

QUALITY = ResultTable(
    "answer_quality",
    (
        *PERIOD,
        column(
            "kind",
            "string",
            "straight_lines (one score for all questions), copied_texts, empty_texts, nothing_said or "
            "system_texts",
            "straight_lines 各题同分、copied_texts 雷同文本、empty_texts 无字文本、nothing_said 言之无物、"
            "system_texts 系统默认文本",
        ),
        column(
            "n",
            "integer",
            "Respondents who answered enough questions, or answered texts",
            "作答题数足够的应答者，或已作答的文本",
            "answers",
        ),
        column("items", "integer", "Questions on one scale that were looked at", "所检验的同一量表题目数"),
        column(
            "verdict",
            "string",
            "more_than_chance, not_more_than_chance, not_tested (see reason) or counted",
            "more_than_chance 多于应有、not_more_than_chance 不多于应有、not_tested 未检验（见 reason）、"
            "counted 仅计数（无从比较）",
        ),
        column(
            "reason",
            "string",
            "Why it was not tested: few_questions, few_respondents, one_score, many_scores, not_converged",
            "未检验的原因：few_questions 题目太少、few_respondents 应答者太少、"
            "one_score 分值单一、many_scores 分值过多、not_converged 未收敛",
        ),
        column("share", "number", "Share of such answers", "此类答案占比", SHARE),
        column("share_low", "number", "Lower end of its interval (Wilson)", "区间下限（Wilson）", SHARE),
        column("share_high", "number", "Upper end of its interval", "区间上限", SHARE),
        column(
            "chance",
            "number",
            "Share that attentive people of these opinions would give anyway",
            "认真作答且看法如此的人本来就会有的占比",
            SHARE,
        ),
        column(
            "excess",
            "number",
            "Share of respondents beyond chance, (share − chance) ÷ (1 − chance)",
            "超出应有的应答者占比：(share − chance) ÷ (1 − chance)",
            SHARE,
        ),
        column("excess_low", "number", "Lower end of its interval (jackknife)", "区间下限（刀切法）", SHARE),
        column("excess_high", "number", "Upper end of its interval", "区间上限", SHARE),
        column(
            "p_value",
            "number",
            "Two-sided p of the excess",
            "超出的双侧 p 值",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "The same after Holm's correction over the programme's periods; the verdict follows it",
            "对该系列各期作 Holm 校正后的 p 值；结论以此为准",
            "probability",
        ),
        column("question_id", "string", "Overall question whose score is compared", "用于对照的总体题"),
        column(
            "score",
            "number",
            "Mean overall score of everybody looked at",
            "全部受检者的总体均分",
            "scale points",
        ),
        column(
            "score_without",
            "number",
            "The same with each straight line counted by its chance of being meant",
            "同上，但各题同分者按其属认真作答的概率计入",
            "scale points",
        ),
        column(
            "difference",
            "number",
            "score_without minus score",
            "score_without 减 score",
            "scale points",
        ),
        column(
            "difference_low",
            "number",
            "Lower end of its interval (jackknife)",
            "区间下限（刀切法）",
            "scale points",
        ),
        column("difference_high", "number", "Upper end of its interval", "区间上限", "scale points"),
        *HIDDEN,
    ),
    ("programme", "period", "kind"),
    Text(
        "Answers given without reading: one score for everything, beyond what chance explains, and whether "
        "the overall score depends on them; texts that are copied, empty or a system's.",
        "未经阅读的作答：各题同分（仅计超出应有的部分）及其对总体得分的影响；雷同、无字或系统默认的文本。",
    ),
)
