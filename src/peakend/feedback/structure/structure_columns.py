"""The result tables of the structural index: their columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultColumn, ResultTable
from peakend.feedback.score_columns import PERIOD, SHARE, column
from peakend.language import Text

INDEX_POINTS = "index points"
CORRELATION = "standardised"
REASONS = Text(
    "Why there is no number: no_satisfaction_question, no_experience_question, too_few_answers, "
    "not_converged, cannot_be_told_apart, no_variation, unstable (empty: there is one)",
    "没有数值的原因：no_satisfaction_question 无满意度题、no_experience_question 无体验题、"
    "too_few_answers 答案太少、not_converged 未收敛、cannot_be_told_apart 无法区分、no_variation 答案无变化、"
    "unstable 抽样结果不稳（空为有数值）",
)


def interval_columns(name: str, en: str, zh: str, unit: str | None) -> tuple[ResultColumn, ...]:
    return (
        column(name, "number", en, zh, unit),
        column(
            f"{name}_low",
            "number",
            f"Lower end of the bootstrap interval around {name}",
            f"{name} 的自助法区间下限",
            unit,
        ),
        column(
            f"{name}_high",
            "number",
            f"Upper end of the bootstrap interval around {name}",
            f"{name} 的自助法区间上限",
            unit,
        ),
    )


def named_columns(key: str, en: str, zh: str) -> tuple[ResultColumn, ...]:
    return (
        column(key, "string", en, zh),
        column(f"{key}_en", "string", f"Name of {key} in English", f"{key} 的英文名称"),
        column(f"{key}_zh", "string", f"Name of {key} in Chinese", f"{key} 的中文名称"),
    )


_REASON = column("reason", "string", REASONS.en, REASONS.zh)

INDEX = ResultTable(
    "structural_index",
    (
        *PERIOD,
        *named_columns(
            "block",
            "experience:<dimension or question>, satisfaction or loyalty",
            "维度：experience:<维度或题目>、satisfaction 满意、loyalty 忠诚",
        ),
        column(
            "role",
            "string",
            "experience, satisfaction or loyalty",
            "角色：experience 体验、satisfaction 满意、loyalty 忠诚",
        ),
        column("items", "string", "Questions it is made of, with commas", "构成题目，以逗号分隔"),
        column(
            "n",
            "integer",
            "Responses that answered at least one of them",
            "至少回答其中一题的应答数",
            "responses",
        ),
        *interval_columns(
            "index",
            "Index from 0 (worst answers throughout) to 100 (best)",
            "指数，0 为全部最差，100 为全部最好",
            INDEX_POINTS,
        ),
        column(
            "spread",
            "number",
            "Standard deviation of the index between customers",
            "指数在客户之间的标准差",
            INDEX_POINTS,
        ),
        *interval_columns(
            "r2",
            "Share of its variance that goes with what stands before it (empty: nothing does)",
            "由其前置因素解释的方差占比（空为无前置因素）",
            SHARE,
        ),
        column(
            "reliability",
            "number",
            "Composite reliability ρ_C (empty: one question)",
            "组合信度 ρ_C（空为单题）",
            SHARE,
        ),
        column(
            "ave",
            "number",
            "Average variance extracted (empty: one question)",
            "平均提取方差（空为单题）",
            SHARE,
        ),
        column(
            "skipped",
            "number",
            "Share of the answers to its questions that are missing",
            "其题目缺失答案的占比",
            SHARE,
        ),
        column(
            "repaired",
            "flag",
            "True: covariances of incomplete answers had to be made consistent",
            "是否因答案不完整而修正了协方差矩阵",
        ),
        column("draws", "integer", "Bootstrap draws behind the intervals", "区间所依据的自助抽样次数"),
        column(
            "failed_draws",
            "integer",
            "Draws that did not converge and are left out",
            "未收敛而舍去的抽样次数",
        ),
        column("previous_period", "string", "The period before it (empty: none)", "上一期（空为无）"),
        *interval_columns(
            "difference", "This period's index minus the previous one's", "本期指数减上期指数", INDEX_POINTS
        ),
        column(
            "p_value",
            "number",
            "Two-sided p of the difference on its own",
            "单次比较的双侧 p 值",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the blocks of the period",
            "对该期各维度作 Holm 校正后的 p 值",
            "probability",
        ),
        column("compared", "integer", "How many comparisons were corrected for", "一并校正的比较次数"),
        column(
            "verdict",
            "string",
            "better, worse, cannot_tell, no_previous_period or other_questions (it was made of others)",
            "结论：better 变好、worse 变差、cannot_tell 尚不能断定、no_previous_period 无上期、"
            "other_questions 上期题目不同",
        ),
        _REASON,
    ),
    ("programme", "period", "block"),
    Text(
        "Experience, satisfaction and loyalty as indices from 0 to 100, each with its interval and "
        "how well it is measured.",
        "体验、满意与忠诚的 0–100 指数，附区间与测量质量。",
    ),
)

EFFECTS = ResultTable(
    "structural_effects",
    (
        *PERIOD,
        *named_columns("cause", "What stands before", "前置因素"),
        *named_columns("outcome", "What stands after", "结果"),
        column("n", "integer", "Responses in the model", "模型所用应答数", "responses"),
        *interval_columns(
            "direct",
            "Standardised path coefficient (0: no path in the model)",
            "标准化路径系数（0 为模型中无此路径）",
            CORRELATION,
        ),
        *interval_columns(
            "total", "Standardised total effect, along every path", "标准化总效应（含所有路径）", CORRELATION
        ),
        *interval_columns(
            "rise",
            "Index points of the outcome that go with 10 more of the cause, other causes being equal",
            "在其他因素相同时，前置因素每高 10 分，结果相应高出的指数分",
            INDEX_POINTS,
        ),
        column(
            "p_value",
            "number",
            "Two-sided p of the total effect, from the bootstrap standard error",
            "总效应的双侧 p 值（自助法标准误）",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the causes of the outcome",
            "对同一结果的各因素作 Holm 校正后的 p 值",
            "probability",
        ),
        column("compared", "integer", "How many effects were corrected for", "一并校正的效应个数"),
        column(
            "verdict",
            "string",
            "higher (goes with a higher outcome), lower or cannot_tell",
            "结论：higher 随之更高、lower 随之更低、cannot_tell 尚不能断定",
        ),
    ),
    ("programme", "period", "cause", "outcome"),
    Text(
        "What goes with satisfaction and with loyalty when the other dimensions are equal. "
        "Association, not cause.",
        "在其他维度相同时，各维度与满意、忠诚的关联。这是关联，不是因果。",
    ),
)
