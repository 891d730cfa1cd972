"""The named RFM segments: which scores make which segment, and what each is called."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from peakend.language import Text


@dataclass(frozen=True, slots=True)
class RfmSegment:
    """A row of `rfm_segments`. kind: segment (scored), unscored, other or total."""

    code: str
    kind: str
    name: Text


SEGMENTS: tuple[RfmSegment, ...] = (
    RfmSegment("champions", "segment", Text("Champions", "重要价值客户")),
    RfmSegment("loyal", "segment", Text("Loyal customers", "忠诚客户")),
    RfmSegment("potential_loyalist", "segment", Text("Potential loyalists", "潜在忠诚客户")),
    RfmSegment("new", "segment", Text("New customers", "新客户")),
    RfmSegment("promising", "segment", Text("Promising", "有希望的客户")),
    RfmSegment("needs_attention", "segment", Text("Need attention", "需关注客户")),
    RfmSegment("about_to_sleep", "segment", Text("About to sleep", "即将沉睡客户")),
    RfmSegment("at_risk", "segment", Text("At risk", "有流失风险的客户")),
    RfmSegment("cant_lose", "segment", Text("Can't lose them", "不可失去的客户")),
    RfmSegment("hibernating", "segment", Text("Hibernating", "沉睡客户")),
    RfmSegment("lost", "segment", Text("Lost", "流失客户")),
    RfmSegment(
        "no_net_revenue",
        "unscored",
        Text("Bought, but net revenue is zero or below", "有购买但净收入为零或负"),
    ),
    RfmSegment("refund_only", "unscored", Text("Refunds only", "仅有退款")),
)

OTHERS: tuple[RfmSegment, ...] = (
    RfmSegment("unidentified", "other", Text("Not identified", "未识别客户")),
    RfmSegment("fees", "other", Text("Fees", "收费")),
    RfmSegment("adjustments", "other", Text("Adjustments", "调整")),
)

TOTAL = RfmSegment("total", "total", Text("Total revenue", "总收入"))

# Recency score → segment for the frequency-and-monetary score 1 … 5.
GRID: dict[int, tuple[str, str, str, str, str]] = {
    5: ("new", "potential_loyalist", "potential_loyalist", "champions", "champions"),
    4: ("promising", "potential_loyalist", "potential_loyalist", "loyal", "loyal"),
    3: ("about_to_sleep", "about_to_sleep", "needs_attention", "loyal", "loyal"),
    2: ("hibernating", "hibernating", "at_risk", "at_risk", "cant_lose"),
    1: ("lost", "hibernating", "at_risk", "at_risk", "cant_lose"),
}


def segment_of(recency: int, frequency: int, monetary: int) -> str:
    """The segment of three scores (1 to 5): by recency and the mean of the others, halves rounded up."""
    return GRID[recency][(frequency + monetary + 1) // 2 - 1]


def grid_table() -> pa.Table:
    """The grid for the engine: recency_score, frequency_and_monetary (the two scores added), segment."""
    rows = [(r, f + m, segment_of(r, f, m)) for r in GRID for f in range(1, 6) for m in range(1, 6)]
    recency, both, segment = zip(*sorted(set(rows)), strict=True)
    return pa.table(
        {
            "recency_score": pa.array(recency, pa.int64()),
            "frequency_and_monetary": pa.array(both, pa.int64()),
            "segment": pa.array(segment, pa.string()),
        }
    )
