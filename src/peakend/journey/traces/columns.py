"""The result table of variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.declaration import ResultTable
from peakend.feedback.score_columns import HIDDEN, SHARE, column, interval_ends
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.declaration import Inputs
    from peakend.engine import Relation


def _customers(inputs: Inputs, row: Mapping[str, Any]) -> Relation:
    from peakend.journey.traces.tables import variant_customers

    return variant_customers(inputs, row)


JOURNEY_VARIANTS = ResultTable(
    "journey_variants",
    (
        column(
            "segmentation", "string", "Declared segmentation; 'all' for everybody", "划分名称；all 为全体"
        ),
        column("segment", "string", "Segment; 'all' for everybody", "分群；all 为全体"),
        column(
            "place",
            "integer",
            "Place among everybody's variants, 1 the most frequent; 0: all others together",
            "在全体路径中的名次（1 为最常见）；0 为其余路径合计",
        ),
        column(
            "variant",
            "string",
            "Touchpoints in order, joined by →; an arrow within a name is doubled (empty: all others)",
            "依次经过的接触点，以 → 相连；名称中的箭头写作两个（空为其余路径）",
        ),
        column("steps", "integer", "Steps (empty: all others)", "步数（空为其余路径）"),
        column("variants", "integer", "Different variants in this row", "本行包含的不同路径数", "variants"),
        column("journeys", "integer", "Journeys", "旅程数", "journeys"),
        column("customers", "integer", "Identified customers", "已识别的客户数", "customers"),
        column("share", "number", "Share of the segment's journeys", "占该分群旅程的比例", SHARE),
        *interval_ends("share", SHARE),
        column(
            "cumulative_share",
            "number",
            "Share of this variant and all more frequent ones (of everybody only)",
            "本路径及更常见路径的累计占比（仅全体）",
            SHARE,
        ),
        column(
            "median_s", "number", "Median time from first to last step", "首尾两步间隔的中位数", "seconds"
        ),
        column(
            "emotion",
            "number",
            "Mean over journeys of each journey's mean feeling, −1 to 1",
            "各旅程平均感受的均值（−1 至 1）",
        ),
        *interval_ends("emotion"),
        column("emotion_n", "integer", "Journeys whose feeling is known", "感受已知的旅程数", "journeys"),
        *HIDDEN,
    ),
    ("segmentation", "segment", "place"),
    Text(
        "The most frequent ways journeys go, for everybody and each segment; all others together.",
        "最常见的旅程路径，按全体与各分群列示；其余合计。",
    ),
    behind=_customers,
)
