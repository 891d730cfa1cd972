"""A result table as a person reads it: columns that say something, numbers in the page's language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from peakend.language import Language, Text
from peakend.report.numbers import (
    NOTHING,
    Number,
    day,
    interval,
    is_number,
    level,
    number,
    percent,
    share_interval,
)
from peakend.report.standing import VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from peakend.declaration import ResultColumn, ResultTable

MOST_ROWS = 200
# Columns for machines, and further statistics that the spreadsheet and the warehouse keep.
LEFT_OUT = frozenset(
    {
        "programme", "period_kind", "period_start", "overall", "scale_low", "scale_high",
        "touchpoint_id", "touchpoint_position", "dimension", "se", "weighted_se", "no_variance",
        "position", "dimension_kind", "question_id", "measure", "currency", "percentile",
        "previous_period", "clusters", "effective_n", "p_value", "compared", "mean", "top_box",
        "easy", "hidden", "as_of_on",
    }
)  # fmt: skip
HIDDEN = Text("hidden", "不公布")
# Column names are for machines; these are the short heads of the columns that every page has.
HEADS: Mapping[str, Text] = {
    "period": Text("Period", "期间"),
    "label_en": Text("Name", "名称"),
    "label_zh": Text("Name", "名称"),
    "touchpoint_en": Text("Touchpoint", "接触点"),
    "touchpoint_zh": Text("Touchpoint", "接触点"),
    "segmentation": Text("Cut", "划分"),
    "segment": Text("Segment", "分群"),
    "n": Text("n", "n"),
    "value": Text("Score", "得分"),
    "weighted_value": Text("Weighted", "加权得分"),
    "promoters": Text("Promoters", "推荐者"),
    "passives": Text("Passives", "中立者"),
    "detractors": Text("Detractors", "贬损者"),
    "difference": Text("Change", "变化"),
    "adjusted_p": Text("adjusted p", "校正后 p"),
    "verdict": Text("Verdict", "结论"),
    "share": Text("Share", "占比"),
    "population_share": Text("Population", "总体占比"),
    "answered": Text("Answered", "已作答"),
    "not_used": Text("Not used", "未使用"),
    "no_answer": Text("Left blank", "未作答"),
    "customers": Text("Customers", "客户数"),
    "customer_share": Text("of customers", "客户占比"),
    "revenue": Text("Net revenue", "净收入"),
    "revenue_share": Text("of revenue", "收入占比"),
    "recency_days": Text("Recency, days", "近度（天）"),
    "frequency": Text("Orders", "订单数"),
    "monetary": Text("Revenue a customer", "客均收入"),
    "table_name": Text("Table", "表"),
    "column_name": Text("Column", "列"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    words: str
    number: bool


@dataclass(frozen=True, slots=True)
class ReadTable:
    """Heads and rows as words; `rest` says how many rows are not shown."""

    caption: str
    heads: list[Head]
    rows: list[list[Cell]]
    rest: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """One column of the page: a column of the result, or the interval around it (`ends`: its two columns)."""

    column: ResultColumn
    ends: tuple[str, str] | None = None


def read_table(
    declared: ResultTable, table: pa.Table, language: Language, *, confidence: float = 0.95
) -> ReadTable:
    """The rows of `table`, at most `MOST_ROWS`, without columns that hold nothing or only serve machines.

    Two columns that hold the ends of an interval at `confidence` are shown as one.
    """
    shown = table.slice(0, MOST_ROWS)
    columns = list(_columns(declared, shown, language))
    by_name = shown.to_pydict()
    rows = []
    for index in range(shown.num_rows):
        row = {name: values[index] for name, values in by_name.items()}
        rows.append([_shown_cell(one, row, language) for one in columns])
    left = table.num_rows - shown.num_rows
    rest = Text(
        f"{number(left)} more rows are in the spreadsheet and in the table {declared.name}.",
        f"其余 {number(left)} 行见电子表格及结果表 {declared.name}。",
    )
    within = level(confidence, language)
    return ReadTable(
        caption=declared.meaning.in_(language),
        heads=[
            Head(within, True) if one.ends else Head(_head(one.column, language), _is_number(one.column))
            for one in columns
        ],
        rows=rows,
        rest=rest.in_(language) if left else "",
    )


def _columns(declared: ResultTable, table: pa.Table, language: Language) -> Iterator[_Shown]:
    """Labels first, then the others in their order, each followed by its interval."""
    names = {column.name for column in declared.columns}
    ends = {name: pair for name in names if (pair := _ends(name, names))}
    inside = {end for pair in ends.values() for end in pair}
    worth = [
        column
        for column in declared.columns
        if column.name not in inside and _worth_showing(column, table, language)
    ]
    for column in sorted(worth, key=lambda column: not column.name.startswith("label_")):
        yield _Shown(column)
        if column.name in ends and len(table[ends[column.name][0]].drop_null()):
            yield _Shown(column, ends[column.name])


def _ends(name: str, names: set[str]) -> tuple[str, str] | None:
    """The columns that hold the interval around the column `name`."""
    stem = f"{name.removesuffix('value')}" if name.endswith("value") else f"{name}_"
    pair = (f"{stem}low", f"{stem}high")
    return pair if names.issuperset(pair) else None


def _shown_cell(one: _Shown, row: Mapping[str, object], language: Language) -> Cell:
    if one.ends is None:
        return _cell(one.column, row[one.column.name], bool(row.get("hidden")), language)
    low, high = (cast("Number | None", row[name]) for name in one.ends)
    if low is None or high is None:
        return Cell(NOTHING, "number")
    if one.column.unit == "share":
        return Cell(share_interval(low, high, language), "number")
    return Cell(interval(low, high, language, _decimals(one.column)), "number")


def _worth_showing(column: ResultColumn, table: pa.Table, language: Language) -> bool:
    name = column.name
    if name in LEFT_OUT or name not in table.column_names:
        return False
    if name.endswith(("_en", "_zh")) and not name.endswith(f"_{language}"):
        return False
    if name.startswith("weighted_") and name != "weighted_value":
        return False
    label = f"label_{language}"
    values = set(table[name].drop_null().to_pylist())
    if name.startswith("touchpoint_") and label in table.column_names:
        return len(values) > len(set(table[label].to_pylist()))
    same = len(values) == 1 and (
        name in {"segmentation", "segment"} or (name == label and table.num_rows > 1)
    )
    return bool(values) and not same


def _head(column: ResultColumn, language: Language) -> str:
    if column.name in HEADS:
        return HEADS[column.name].in_(language)
    return column.name.replace("_", " ") if language == "en" else column.meaning.zh


def _is_number(column: ResultColumn) -> bool:
    return column.type in {"integer", "number", "money"}


def _cell(column: ResultColumn, value: object, hidden: bool, language: Language) -> Cell:
    if value is None:
        suppressed = hidden and _is_number(column) and column.name in {"n", "value", "share", "answered"}
        return (
            Cell(HIDDEN.in_(language), "hidden")
            if suppressed
            else Cell(NOTHING, "number" if _is_number(column) else "")
        )
    if isinstance(value, bool):
        return Cell(Text("yes", "是").in_(language) if value else Text("no", "否").in_(language))
    if is_number(value):
        return Cell(_number_cell(column, cast("Number", value), language), "number")
    if isinstance(value, date | datetime):
        return Cell(day(value, language))
    if column.name == "verdict" and str(value) in VERDICT_WORDS:
        return Cell(VERDICT_WORDS[str(value)].in_(language))
    return Cell(_plain(str(value)))


def _number_cell(column: ResultColumn, value: Number, language: Language) -> str:
    if column.unit == "share":
        return percent(value, language, 1)
    if column.unit == "probability":
        return "< 0.001" if value < 0.001 else number(value, 3)
    if column.type == "number":
        return number(value, _decimals(column))
    return number(value, 0 if column.type == "integer" else 2)


def _decimals(column: ResultColumn) -> int:
    if column.unit in {"answers", "customers"}:
        return 0
    return 1 if column.unit in {"NPS points", "days", "orders"} else 2


def _plain(words: str) -> str:
    """Text as it stands; a JSON object as "key: value" pairs."""
    if words.startswith("{"):
        try:
            parsed = json.loads(words)
        except ValueError:
            return words
        return "; ".join(f"{key}: {value}" for key, value in parsed.items())
    return words
