"""The result tables of reliability: dimensions, items, how many things are measured, and loadings."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, SPAN, column
from peakend.language import Text

CORRELATION = "correlation"

_QUESTION = (
    column("question_id", "string", "Question", "题目"),
    column("label_en", "string", "Question's short label in English", "题目英文短标签"),
    column("label_zh", "string", "Question's short label in Chinese", "题目中文短标签"),
    column(
        "dimension",
        "string",
        "Declared dimension ('not declared' where there is none)",
        "所声明的维度（未声明为 not declared）",
    ),
)

RELIABILITY = ResultTable(
    "reliability_by_dimension",
    (
        *SPAN,
        column("dimension", "string", "Declared dimension", "所声明的维度"),
        column("items", "integer", "Questions in it that could be used", "可用的题目数", "questions"),
        column("n", "integer", "Respondents who answered all of them", "答完全部题目的应答数", "responses"),
        column("alpha", "number", "Cronbach's α", "克隆巴赫 α 系数", CORRELATION),
        column("alpha_low", "number", "Lower end of its interval", "α 的区间下限", CORRELATION),
        column("alpha_high", "number", "Upper end of its interval", "α 的区间上限", CORRELATION),
        column(
            "average_correlation",
            "number",
            "Mean correlation of two of its questions",
            "题目两两相关系数的均值",
            CORRELATION,
        ),
        column(
            "omega",
            "number",
            "McDonald's ω of one factor (empty: two questions, or no proper solution)",
            "单因子的麦克唐纳 ω（两题或无适当解时留空）",
            CORRELATION,
        ),
        column(
            "reading",
            "string",
            "holds_together (interval from 0.7 up), does_not (all below 0.7), cannot_tell",
            "holds_together 内部一致（区间不低于 0.7）、does_not 不一致（区间低于 0.7）、"
            "cannot_tell 尚不能断定",
        ),
        column(
            "reason",
            "string",
            "Why there is no α: one_question, too_few, no_variation",
            "无 α 的原因：one_question 仅一题、too_few 太少、no_variation 无差异",
        ),
        *HIDDEN,
    ),
    ("programme", "period", "dimension"),
    Text(
        "How far the questions of each dimension measure one thing, in the latest period.",
        "各维度的题目在多大程度上测量同一事物（最近一期）。",
    ),
)

ITEMS = ResultTable(
    "reliability_items",
    (
        *SPAN,
        *_QUESTION,
        column("n", "integer", "Answers", "答案数", "answers"),
        column(
            "total_correlation",
            "number",
            "Correlation with the sum of the dimension's other questions",
            "与同维度其余题目之和的相关",
            CORRELATION,
        ),
        column("alpha_without", "number", "α of the dimension without it", "剔除该题后的 α", CORRELATION),
        column(
            "adjusted_p",
            "number",
            "p that α is higher without it, one-sided, after Holm over the dimension",
            "剔除后 α 更高的单侧 p 值（维度内经 Holm 校正）",
            "probability",
        ),
        column("lowers", "flag", "True: it lowers α by more than chance", "是否显著拉低 α"),
        column(
            "factor",
            "integer",
            "The group it belongs to in the answers (1, 2, …; empty: none)",
            "依据答案归入的组（1、2……；不属任何组则留空）",
        ),
        column("loading", "number", "Its largest loading, in size", "绝对值最大的载荷", CORRELATION),
        column(
            "next_loading",
            "number",
            "The next largest, in size",
            "绝对值次大的载荷",
            CORRELATION,
        ),
        column("communality", "number", "Share of its variance that the groups explain", "共同度", SHARE),
        column(
            "reason",
            "string",
            "Why it is in no group: too_few, no_variation, rarely_together, no_common_factor, heywood, "
            "not_converged, stands_alone (no loading of 0.4)",
            "未归组的原因：too_few 太少、no_variation 无差异、rarely_together 极少同时作答、"
            "no_common_factor 无公共因子、"
            "heywood 解不适当、not_converged 未收敛、stands_alone 自成一项（载荷均不足 0.4）",
        ),
        *HIDDEN,
    ),
    ("programme", "period", "question_id"),
    Text(
        "Each question within its dimension and among all others.", "每道题在其维度内以及在全部题目中的位置。"
    ),
)

EIGENVALUES = ResultTable(
    "factor_eigenvalues",
    (
        *SPAN,
        column("rank", "integer", "Place, largest first", "名次（由大到小）"),
        column("eigenvalue", "number", "Eigenvalue of the correlations", "相关矩阵的特征值", "questions"),
        column(
            "reference",
            "number",
            "What shuffled answers reach at this rank in 95 of 100 draws",
            "打乱后的答案在该名次上 95% 分位的特征值",
            "questions",
        ),
        column("retained", "flag", "True: counts as a thing that is measured", "是否保留为一个因子"),
        column("n", "integer", "Responses used", "所用应答数", "responses"),
        column("questions", "integer", "Questions used", "所用题目数", "questions"),
        column(
            "shown",
            "integer",
            "How many groups the loadings show: fewer than retained where a solution was improper",
            "载荷表给出的组数（解不适当时少于保留数）",
        ),
    ),
    ("programme", "period", "rank"),
    Text(
        "How many different things the ratings measure: eigenvalues against those of shuffled answers.",
        "评分题实际测量了几样东西：特征值与打乱答案后的对照。",
    ),
)

LOADINGS = ResultTable(
    "factor_loadings",
    (
        *SPAN,
        *_QUESTION,
        column("factor", "integer", "Group (0: no common factor was found)", "组（0 表示没有公共因子）"),
        column(
            "loading",
            "number",
            "Loading: how far the answer moves with the group, other groups held equal",
            "载荷：其他组不变时，答案随该组变动的程度",
            CORRELATION,
        ),
    ),
    ("programme", "period", "question_id", "factor"),
    Text(
        "What belongs together: loadings after an oblique rotation.", "哪些题目同属一组：斜交旋转后的载荷。"
    ),
)
