"""The result tables of the journey map: touchpoints, what follows what, and segments compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _node_customers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.graph.map_tables import node_customers

    return node_customers(inputs, row)


def _edge_customers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.graph.map_tables import edge_customers

    return edge_customers(inputs, row)


CUT = (
    column("segmentation", "string", "Declared segmentation; 'all' for everybody", "划分名称；all 为全体"),
    column("segment", "string", "Segment; 'all' for everybody", "分群；all 为全体"),
)
EDGE = (
    column(
        "kind",
        "string",
        "step; start: into the first touchpoint of a journey; end: out of its last",
        "step 相继；start 旅程由此开始；end 旅程至此结束",
    ),
    column("from_touchpoint_id", "string", "Touchpoint before (start: none)", "前一接触点（start 为起点）"),
    column("to_touchpoint_id", "string", "Touchpoint after (end: none)", "后一接触点（end 为终点）"),
)
_COUNTS = (
    column("journeys", "integer", "Journeys", "旅程数", "journeys"),
    column("customers", "integer", "Identified customers", "已识别的客户数", "customers"),
)


def _waits(en: str, zh: str) -> tuple[Any, ...]:
    return (
        column("wait_median_s", "number", f"Median wait {en}", f"{zh}等待时间的中位数", "seconds"),
        column(
            "wait_p90_s",
            "number",
            f"Wait {en} that nine in ten do not exceed",
            f"{zh}等待时间的九成分位",
            "seconds",
        ),
    )


def _emotion(en: str, zh: str) -> tuple[Any, ...]:
    return (
        column(
            "emotion", "number", f"Mean momentary feeling {en}, −1 to 1", f"{zh}当下感受的均值（−1 至 1）"
        ),
        *interval_ends("emotion"),
        column("emotion_n", "integer", "Events whose feeling is known", "感受已知的互动次数", "events"),
    )


JOURNEY_NODES = ResultTable(
    "journey_nodes",
    (
        *CUT,
        column("touchpoint_id", "string", "Touchpoint", "接触点"),
        column("events", "integer", "Events", "互动次数", "events"),
        *_COUNTS,
        column("starts", "integer", "Journeys that start here", "由此开始的旅程数", "journeys"),
        column("ends", "integer", "Journeys that end here", "至此结束的旅程数", "journeys"),
        column(
            "drop_off",
            "number",
            "Of the journeys that come here, the share that ends here",
            "到过此处的旅程中至此结束的占比",
            SHARE,
        ),
        *interval_ends("drop_off", SHARE),
        column(
            "rework",
            "number",
            "Of the journeys that come here, the share that comes more than once",
            "到过此处的旅程中不止一次到此的占比",
            SHARE,
        ),
        *interval_ends("rework", SHARE),
        *_waits("before it", "到达前"),
        *_emotion("here", "此处"),
        column(
            "mean_place",
            "number",
            "Mean place in the journey at which it is first met, from 1",
            "首次到达时在旅程中的平均次序（自 1 起）",
        ),
        *HIDDEN,
    ),
    ("segmentation", "segment", "touchpoint_id"),
    Text(
        "The touchpoints of the lived journey: who comes, who leaves here, who returns, how long they wait "
        "and how they feel.",
        "实际旅程中的接触点：谁到过、谁在此结束、谁折返、等待多久、感受如何。",
    ),
    behind=_node_customers,
)
JOURNEY_EDGES = ResultTable(
    "journey_edges",
    (
        *CUT,
        *EDGE,
        column("transitions", "integer", "Times this happened", "发生次数", "events"),
        *_COUNTS,
        column(
            "share",
            "number",
            "Share of all that leaves the touchpoint before",
            "占离开前一接触点的比例",
            SHARE,
        ),
        *interval_ends("share", SHARE),
        column("self_loop", "flag", "True: the same touchpoint again", "是否原地重复"),
        column(
            "rework",
            "integer",
            "Times that it led to a touchpoint the journey had met before",
            "折返到先前已到过接触点的次数",
            "events",
        ),
        column(
            "there_and_back",
            "integer",
            "Times that it closed a loop of two: A, B, A",
            "构成两步往返（A→B→A）的次数",
            "events",
        ),
        *_waits("between the two", "两者之间"),
        *_emotion("on arrival", "到达时"),
        *HIDDEN,
    ),
    ("segmentation", "segment", "kind", "from_touchpoint_id", "to_touchpoint_id"),
    Text(
        "Which touchpoint follows which in the lived journey: how often, how long after, with what feeling.",
        "实际旅程中各接触点的先后相继：次数、间隔与感受。",
    ),
    behind=_edge_customers,
)
JOURNEY_CONTRASTS = ResultTable(
    "journey_contrasts",
    (
        column("segmentation", "string", "Declared segmentation", "划分名称"),
        column("segment", "string", "Segment", "分群"),
        column("against", "string", "Segment it is compared with: the largest", "对照分群（人数最多者）"),
        column(
            "measure",
            "string",
            "share: of what leaves the touchpoint before; wait: median seconds between the two",
            "指标：share 占离开前一接触点的比例；wait 两者间等待的中位秒数",
        ),
        *EDGE,
        column("value", "number", "Share (0 to 1) or seconds in the segment", "该分群的占比（0 至 1）或秒数"),
        *interval_ends("value"),
        column("against_value", "number", "Share or seconds in the other", "对照分群的占比或秒数"),
        *interval_ends("against_value"),
        column("difference", "number", "value minus against_value", "value 减 against_value"),
        *interval_ends("difference"),
        column(
            "n",
            "integer",
            "Customers of the segment who left (share) or waited (wait)",
            "该分群中离开前一接触点或等待过的客户数",
            "customers",
        ),
        column("against_n", "integer", "Customers of the other", "对照分群的相应客户数", "customers"),
        column(
            "p_value",
            "number",
            "Two-sided p of the difference on its own (empty: not testable)",
            "单次比较的双侧 p 值（空为无法检验）",
            "probability",
        ),
        column(
            "adjusted_p",
            "number",
            "p after Holm's correction over the segmentation and measure",
            "对同一划分与指标内全部比较作 Holm 校正后的 p 值",
            "probability",
        ),
        column("compared", "integer", "How many comparisons were corrected for", "一并校正的比较次数"),
        column(
            "verdict",
            "string",
            "higher, lower or cannot_tell",
            "结论：higher 较高、lower 较低、cannot_tell 尚不能断定",
        ),
    ),
    ("segmentation", "segment", "against", "measure", "kind", "from_touchpoint_id", "to_touchpoint_id"),
    Text(
        "Where the journeys of two segments part: edges taken more or less often, and waits that differ.",
        "两个分群的旅程在何处分化：走得更多或更少的路径，以及长短不同的等待。",
    ),
)
