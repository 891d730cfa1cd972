"""The result tables of designed journeys: conformance, deviations, and gaps of hand-offs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _conforming(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.designed.conformance import conformance_customers

    return conformance_customers(inputs, row)


def _deviating(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.designed.conformance import deviation_customers

    return deviation_customers(inputs, row)


def _changing(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.designed.gaps import gap_customers

    return gap_customers(inputs, row)


_EXAMPLES = tuple(
    column(f"example_{number}", "string", f"Example journey {number}", f"示例旅程 {number}")
    for number in (1, 2, 3)
)
_CUSTOMERS = column("customers", "integer", "Identified customers", "已识别的客户数", "customers")

DESIGN_CONFORMANCE = ResultTable(
    "design_conformance",
    (
        column(
            "design_id", "string", "Design (empty: journeys of no design)", "设计（空为不属于任何设计的旅程）"
        ),
        column("version", "string", "Version of the design", "版本"),
        column(
            "state",
            "string",
            "checked; too_large: more states than are tried; broken: the design itself is faulty; none: of "
            "no design, or not checked",
            "checked 已比对、too_large 状态过多未比对、broken 设计有误、none 不属于任何设计或未比对",
        ),
        column(
            "valid_from", "day", "First day of this version (empty: always)", "本版本生效日（空为一直有效）"
        ),
        column("journeys", "integer", "Journeys that belong to it", "所属旅程数", "journeys"),
        _CUSTOMERS,
        column(
            "checked", "integer", "Journeys that were compared with designs", "已比对的旅程数", "journeys"
        ),
        column("conforming", "integer", "Journeys exactly as designed", "完全符合设计的旅程数", "journeys"),
        column("share", "number", "Share of journeys exactly as designed", "完全符合设计的占比", SHARE),
        *interval_ends("share", SHARE),
        column(
            "fitness",
            "number",
            "Mean fitness: 1 − cost of the best alignment / cost of one without a match",
            "平均拟合度：1 − 最优对齐代价 ÷ 完全不匹配时的代价",
            SHARE,
        ),
        *interval_ends("fitness", SHARE),
        *HIDDEN,
    ),
    ("design_id", "version"),
    Text("How many journeys go as they were designed.", "有多少旅程按设计进行。"),
    behind=_conforming,
)

DESIGN_DEVIATIONS = ResultTable(
    "design_deviations",
    (
        column("design_id", "string", "Design", "设计"),
        column("version", "string", "Version of the design", "版本"),
        column(
            "kind",
            "string",
            "skipped, repeated, out_of_order, unexpected (not designed there) or late",
            "skipped 跳过、repeated 重复、out_of_order 次序颠倒、unexpected 设计之外、late 超时",
        ),
        column("step_id", "string", "Step (empty: unexpected)", "步骤（空为设计之外）"),
        column("touchpoint_id", "string", "Touchpoint", "接触点"),
        column("position", "integer", "Place of the step in the design", "步骤在设计中的次序"),
        column("name", "string", "Name of the step", "步骤名称"),
        column("name_zh", "string", "Name of the step in Chinese", "步骤中文名称"),
        column("journeys", "integer", "Journeys that differ so", "如此偏离的旅程数", "journeys"),
        _CUSTOMERS,
        column(
            "of_journeys",
            "integer",
            "Journeys of this version of the design",
            "该版本的全部旅程数",
            "journeys",
        ),
        column("share", "number", "Share of journeys that differ so", "如此偏离的占比", SHARE),
        *interval_ends("share", SHARE),
        *_EXAMPLES,
        *HIDDEN,
    ),
    ("design_id", "version", "kind", "step_id", "touchpoint_id"),
    Text(
        "Where lived journeys differ from the design: skipped, repeated, out of order, unexpected, late.",
        "实际旅程与设计的偏离：跳过、重复、次序颠倒、设计之外、超时。",
    ),
    behind=_deviating,
)

HANDOFF_GAPS = ResultTable(
    "handoff_gaps",
    (
        column("from_channel", "string", "Channel before", "前一渠道"),
        column("to_channel", "string", "Channel after", "后一渠道"),
        column("designed", "flag", "True: a hand-off is designed there", "是否为设计中的交接"),
        column("n", "integer", "Changes from one to the other", "由前者转到后者的次数", "changes"),
        _CUSTOMERS,
        column(
            "gaps", "integer", "Of these, without a hand-off that held", "其中交接缺失或失效的次数", "changes"
        ),
        column("share", "number", "Share of designed hand-offs that are gaps", "设计交接中脱节的占比", SHARE),
        *interval_ends("share", SHARE),
        column("missing", "integer", "No record of a hand-off", "没有交接记录", "changes"),
        column("not_accepted", "integer", "Recorded, never accepted", "已记录但无人承接", "changes"),
        column("late", "integer", "Accepted later than the design allows", "承接晚于设计时限", "changes"),
        column(
            "difference",
            "number",
            "Feeling at the next moment after a gap minus after a hand-off that held (association only)",
            "脱节后下一时刻的感受减去交接顺畅后的感受（仅为相关）",
        ),
        *interval_ends("difference"),
        column("n_gap", "integer", "Feelings known after a gap", "脱节后感受已知的次数", "events"),
        column(
            "n_held",
            "integer",
            "Feelings known after a hand-off that held",
            "交接顺畅后感受已知的次数",
            "events",
        ),
        column("p_value", "number", "Two-sided p of no difference", "无差异假设下的双侧 p 值", "probability"),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over all pairs",
            "对全部渠道对作 Holm 校正后的 p 值",
            "probability",
        ),
        column(
            "verdict",
            "string",
            "better, worse or cannot_tell",
            "结论：better 更好、worse 更差、cannot_tell 尚不能断定",
        ),
        *_EXAMPLES,
        *HIDDEN,
    ),
    ("from_channel", "to_channel", "designed"),
    Text(
        "Changes of channel: how many designed hand-offs fail, and how customers feel at the next moment.",
        "渠道转换：设计中的交接有多少脱节，以及客户在下一时刻的感受。",
    ),
    behind=_changing,
)
