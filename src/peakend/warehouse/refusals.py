"""Rows that a load did not take: why, from where, and the whole row as it stood in the source."""

from __future__ import annotations

import pyarrow as pa

from peakend.language import Text

REFUSED_ROWS = pa.schema(
    [
        pa.field("load_id", pa.string()),
        pa.field("source_file", pa.string()),
        pa.field("row_number", pa.int64()),
        pa.field("table_name", pa.string()),
        pa.field("column_name", pa.string()),
        pa.field("reason_code", pa.string()),
        pa.field("reason_en", pa.string()),
        pa.field("reason_zh", pa.string()),
        pa.field("raw_row", pa.string()),
    ]
)
"""`row_number` counts the records of the file from 1; a line that is no record counts lines (`ragged_line`).
`raw_row` is the source row as a JSON object, or the line itself where it is no record."""

MISSING = "missing_required"
NOT_FINITE = "not_finite"
NOT_A_CHOICE = "not_a_choice"
BELOW_MINIMUM = "below_minimum"
ABOVE_MAXIMUM = "above_maximum"
OUTSIDE_SCALE = "outside_scale"
SCORE_WITHOUT_ANSWER = "score_without_answer"
UNKNOWN_REFERENCE = "unknown_reference"
DUPLICATE_KEY = "duplicate_key"
ALREADY_LOADED = "differs_from_loaded"

REASONS: dict[str, Text] = {
    MISSING: Text("a value is required and there is none", "必填，却没有值"),
    NOT_FINITE: Text("{value} is not a finite number", "{value} 不是有限数值"),
    NOT_A_CHOICE: Text("{value} is not one of {choices}", "{value} 不在可选值 {choices} 之内"),
    BELOW_MINIMUM: Text("{value} is below the minimum {limit}", "{value} 低于下限 {limit}"),
    ABOVE_MAXIMUM: Text("{value} is above the maximum {limit}", "{value} 高于上限 {limit}"),
    OUTSIDE_SCALE: Text("{value} is outside the question's scale", "{value} 超出该题的量表范围"),
    SCORE_WITHOUT_ANSWER: Text(
        "{value} is a score, but the state says that nothing was answered", "{value} 是分值，但状态为未作答"
    ),
    UNKNOWN_REFERENCE: Text("{value} is not in {target}", "{target} 中没有 {value}"),
    DUPLICATE_KEY: Text(
        "the same key with other content stands first in {first}", "同一编号的不同内容已先出现于 {first}"
    ),
    ALREADY_LOADED: Text(
        "the key was loaded before with other content, and this table is never changed",
        "该编号此前已载入，内容不同；此表只增不改",
    ),
}
