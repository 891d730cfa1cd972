"""The result tables of the questionnaire audit: its questions, what they cover, and their series."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import PERIOD, SHARE, column
from peakend.language import Text

_PROGRAMME = column("programme", "string", "Survey programme", "调查系列")
_QUESTION = (
    column("question_id", "string", "Question", "题目"),
    column("label_en", "string", "Question's short label in English", "题目英文短标签"),
    column("label_zh", "string", "Question's short label in Chinese", "题目中文短标签"),
)

ITEMS = ResultTable(
    "questionnaire_items",
    (
        _PROGRAMME,
        *_QUESTION,
        column("metric", "string", "What it measures", "指标类型"),
        column("overall", "flag", "True: asks about the whole, not a part", "是否总体题"),
        column("dimension", "string", "Declared dimension", "所声明的维度"),
        column(
            "nature",
            "string",
            "functional or emotional (empty: asks about the whole)",
            "functional 功能性或 emotional 情感性（总体题留空）",
        ),
        column(
            "theme",
            "string",
            "Which of the fifteen listed dimensions its words point to (empty: none)",
            "措辞所指向的维度（共列十五种；留空为无）",
        ),
        column("words", "string", "The words that told", "据以判断的词语"),
        column(
            "wording_hash",
            "string",
            "Changes when the wording or the scale does, not with case or punctuation",
            "措辞或量表改变时即变（大小写与标点不计）",
        ),
        column(
            "wordings",
            "integer",
            "Different wordings and scales it has had, as far as loads tell",
            "历次载入中出现过的不同措辞与量表数",
            "questions",
        ),
        column("asked", "integer", "Periods in which it was asked", "被问到的期数", "periods"),
        column("periods", "integer", "Periods of the programme", "该系列的总期数", "periods"),
        column("first_period", "string", "First period that asked it", "首次提问的期间"),
        column("last_period", "string", "Last period that asked it", "最近提问的期间"),
        column("core", "flag", "True: asked in every period", "是否每期必问"),
        column(
            "series",
            "string",
            "unbroken (comparable over all its periods), interrupted, broken or one_period",
            "unbroken 各期可比、interrupted 中断过、broken 已断裂、one_period 仅一期",
        ),
        column("broken_in", "string", "Latest period in which it broke", "最近一次断裂的期间"),
        column(
            "broken_by",
            "string",
            "wording_changed, scale_changed (declared); levels_changed, scale_turned (seen in the answers)",
            "wording_changed 改措辞、scale_changed 改量表（声明）；"
            "levels_changed 选项改变、scale_turned 方向反转（由答案看出）",
        ),
    ),
    ("programme", "question_id"),
    Text(
        "Every scored question: what it asks about, and whether its series can be compared.",
        "每道评分题：问的是什么，其序列是否可比。",
    ),
)

DIMENSIONS = ResultTable(
    "questionnaire_dimensions",
    (
        _PROGRAMME,
        column(
            "kind",
            "string",
            "all (the questionnaire), declared (its own dimensions) or listed (the fifteen we look for)",
            "all 全卷、declared 自声明维度、listed 我们所列的十五种维度",
        ),
        column("dimension", "string", "Dimension; 'all' for the questionnaire", "维度；全卷为 all"),
        column("label_en", "string", "Title in English", "英文标题"),
        column("label_zh", "string", "Title in Chinese", "中文标题"),
        column(
            "nature", "string", "Listed dimensions: functional or emotional", "所列维度的性质：功能或情感"
        ),
        column(
            "items",
            "integer",
            "Questions about it in the latest period",
            "最近一期涉及它的题目数",
            "questions",
        ),
        column("emotional", "integer", "Of these, emotional", "其中情感性题目数", "questions"),
        column("emotional_share", "number", "emotional / items", "情感性题目占比", SHARE),
        column("covered", "flag", "Listed dimensions: at least one question", "所列维度是否至少有一题"),
    ),
    ("programme", "kind", "dimension"),
    Text(
        "What the latest questionnaire covers and what it leaves out.", "最近一期问卷覆盖了什么，遗漏了什么。"
    ),
)

SERIES = ResultTable(
    "questionnaire_series",
    (
        *PERIOD,
        *_QUESTION,
        column("n", "integer", "Answers with a score", "有效答案数", "answers"),
        column("levels", "integer", "Different scores that were used", "实际用到的分值个数", "scores"),
        column("lowest", "number", "Lowest score used", "用到的最低分", "scale points"),
        column("highest", "number", "Highest score used", "用到的最高分", "scale points"),
        column(
            "rest_correlation",
            "number",
            "Correlation with the mean of the respondent's other answers",
            "与该应答者其余答案均值的相关",
            "correlation",
        ),
        column(
            "status",
            "string",
            "first, unbroken, resumed (after a pause), broken or not_asked",
            "first 首次、unbroken 未断、resumed 中断后恢复、broken 断裂、not_asked 未问",
        ),
        column(
            "reason",
            "string",
            "wording_changed, scale_changed, levels_changed or scale_turned",
            "断裂原因：wording_changed、scale_changed、levels_changed、scale_turned",
        ),
        column(
            "detail", "string", "Levels that appeared (+) and vanished (-)", "新出现（+）与消失（-）的分值"
        ),
        column(
            "p",
            "number",
            "Chance of such a change of the answers on one scale, corrected",
            "同一量表下出现此变化的概率（已校正）",
            "probability",
        ),
    ),
    ("programme", "period", "question_id"),
    Text(
        "Every question in every period: can it be compared with the period before?",
        "每题每期：能否与前一期相比？",
    ),
)
