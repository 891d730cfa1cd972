"""The result tables of the next step: how well it is foretold, and what it is after each context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _behind_next_steps(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.crediting.next_tables import steps_taken

    return steps_taken(inputs, row)


NEXT_STEP_QUALITY = ResultTable(
    "next_step_quality",
    (
        column(
            "memory",
            "integer",
            "Steps the model looks back; 0: the base rate",
            "模型回看的步数；0 为基准频率",
            "steps",
        ),
        column("chosen", "flag", "True: best on the validation window", "是否在验证期最优"),
        column("n_fit", "integer", "Steps it was fitted on", "用于拟合的步骤数", "steps"),
        column("n_validation", "integer", "Steps it was chosen on", "用于选择的步骤数", "steps"),
        column("validation_log_loss", "number", "Log loss there", "验证期对数损失", "nats"),
        column("tested_from", "time", "Start of the window of the figures below", "以下指标所用时段的起点"),
        column("n", "integer", "Steps in it", "该时段的步骤数", "steps"),
        column("accuracy", "number", "The likeliest step came", "最可能的一步命中的占比", SHARE),
        *interval_ends("accuracy", SHARE),
        column(
            "top_3", "number", "One of the three likeliest steps came", "最可能的三步之一命中的占比", SHARE
        ),
        *interval_ends("top_3", SHARE),
        column("log_loss", "number", "Log loss, lower is better", "对数损失（越低越好）", "nats"),
        *interval_ends("log_loss", "nats"),
        column(
            "gain", "number", "Log loss of the base rate minus this one", "相对基准频率减少的对数损失", "nats"
        ),
        *interval_ends("gain", "nats"),
        column(
            "adjusted_p",
            "number",
            "p of no gain after Holm's correction over the models",
            "无改进假设下的 p 值（已作 Holm 校正）",
            "probability",
        ),
        column(
            "gain_on_one",
            "number",
            "Log loss of memory 1 minus this one",
            "相对回看一步减少的对数损失",
            "nats",
        ),
        *interval_ends("gain_on_one", "nats"),
        column(
            "calibration_error",
            "number",
            "Mean distance of the promised from the observed share of hits, in tenths of probability",
            "承诺概率与实际命中占比的平均差距（按概率十等分）",
            SHARE,
        ),
        column(
            "verdict",
            "string",
            "better (than the base rate), worse, cannot_tell, or base_rate",
            "结论：better 优于、worse 劣于基准频率；cannot_tell 尚不能断定；base_rate 即基准",
        ),
    ),
    ("memory",),
    Text(
        "How well the next step of a journey can be foretold, on later journeys that nothing touched.",
        "旅程的下一步能预测到什么程度：以其后未曾使用过的旅程检验。",
    ),
)

NEXT_STEP_TABLE = ResultTable(
    "next_step_table",
    (
        column(
            "context",
            "string",
            "The last touchpoints, oldest first (a > b); (start): nothing before",
            "最近的接触点，由远及近（a > b）；(start) 表示此前没有",
        ),
        column("context_en", "string", "In words", "文字说明（英文）"),
        column("context_zh", "string", "In words, in Chinese", "文字说明"),
        column(
            "next_id", "string", "Touchpoint that comes next; (end): none", "下一接触点；(end) 为旅程结束"
        ),
        column("next_en", "string", "Its name", "名称"),
        column("next_zh", "string", "Its name in Chinese", "中文名称"),
        column("n_context", "integer", "Times the context was left", "该情形出现的次数", "steps"),
        column("n_customers", "integer", "Customers it happened to", "涉及的客户数", "customers"),
        column("n", "integer", "Times this came next", "其后出现该步的次数", "steps"),
        column("probability", "number", "Probability by the model", "模型概率", "probability"),
        *interval_ends("probability", "probability"),
        column("place", "integer", "Place by probability, 1 the likeliest", "按概率的名次（1 为最可能）"),
    ),
    ("context", "next_id"),
    Text("What comes next after each context, with its probability.", "各情形之后的下一步及其概率。"),
    behind=_behind_next_steps,
)
