"""Words that the charts of contracts share."""

from __future__ import annotations

from peakend.language import Text

ALL = "(all)"
"""The product under which a table has all contracts together."""

PERIODS = {
    "month": Text("month", "个月"),
    "quarter": Text("quarter", "个季度"),
    "year": Text("year", "年"),
}
"""What a length of a period is called, after a number."""
