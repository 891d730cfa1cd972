"""The result table of mediation: its columns, and what each of them means."""

from __future__ import annotations

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import PERIOD, SHARE, column
from peakend.feedback.structure.structure_columns import INDEX_POINTS, interval_columns, named_columns
from peakend.language import Text

MEDIATION = ResultTable(
    "mediation",
    (
        *PERIOD,
        *named_columns(
            "experience",
            "all (mean of the dimensions), or one dimension beside the others",
            "体验：all 为各维度平均，否则为其他维度相同时的单一维度",
        ),
        column(
            "outcome",
            "string",
            "loyalty, or revenue over the days after the answer",
            "结果：loyalty 忠诚，或 revenue 答卷之后的消费额",
        ),
        column(
            "adjusted_for",
            "string",
            "What is held equal besides: dimensions, revenue_before (empty: nothing)",
            "另外控制的因素：dimensions 其他维度、revenue_before 此前消费（空为无）",
        ),
        column(
            "days",
            "integer",
            "Days of revenue counted after the answer, and before it",
            "答卷之后（及之前）计入消费的天数",
            "days",
        ),
        column(
            "n",
            "integer",
            "Responses that answered about satisfaction and have the outcome",
            "回答了满意题且有结果的应答数",
            "responses",
        ),
        column(
            "unit", "string", "Unit of the outcome: index points, or a currency", "结果的单位：指数分或币种"
        ),
        *interval_columns(
            "to_satisfaction",
            "Satisfaction's index points that go with one of experience",
            "体验每高 1 分，满意相应高出的指数分",
            INDEX_POINTS,
        ),
        *interval_columns(
            "to_outcome",
            "Outcome that goes with one index point of satisfaction, experience being equal",
            "在体验相同时，满意每高 1 分相应的结果",
            None,
        ),
        *interval_columns(
            "indirect",
            "Outcome that goes with one index point of experience by way of satisfaction",
            "体验每高 1 分、经由满意相应的结果",
            None,
        ),
        *interval_columns(
            "direct",
            "Outcome that goes with one index point of experience, satisfaction being equal",
            "在满意相同时，体验每高 1 分相应的结果",
            None,
        ),
        *interval_columns("whole", "Both together", "以上两者之和", None),
        column("joint_p", "number", "Larger p of the two links", "两个环节中较大的 p 值", "probability"),
        column("direct_p", "number", "p of the direct part", "直接部分的 p 值", "probability"),
        column(
            "adjusted_joint_p",
            "number",
            "joint_p after Holm's correction over the dimensions",
            "对各维度作 Holm 校正后的 joint_p",
            "probability",
        ),
        column(
            "adjusted_direct_p",
            "number",
            "direct_p after Holm's correction over the dimensions",
            "对各维度作 Holm 校正后的 direct_p",
            "probability",
        ),
        column(
            "proportion",
            "number",
            "Indirect as a share of the whole (empty: the whole is unclear, or they oppose)",
            "间接部分占总体的比例（空为总效应不显著或方向相反）",
            SHARE,
        ),
        column(
            "verdict",
            "string",
            "full (by way of satisfaction, no direct part shown), partial, competitive, none",
            "结论：full 完全经由满意（未见直接部分）、partial 部分经由满意、competitive 方向相反、"
            "none 未见经由满意",
        ),
        column(
            "reason",
            "string",
            "Why there is no number: as in structural_index, or no_loyalty_question, no_linked_revenue, "
            "several_currencies",
            "没有数值的原因：同 structural_index，另有 no_loyalty_question 无推荐题、"
            "no_linked_revenue 应答未与消费关联、several_currencies 多币种",
        ),
    ),
    ("programme", "period", "experience", "outcome", "adjusted_for"),
    Text(
        "How much of what goes from experience to loyalty and revenue goes by way of satisfaction.",
        "从体验到忠诚与消费的关联中，有多少经由满意。",
    ),
)
