"""A result table as a person reads it: columns that say something, numbers in the page's language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from peakend.language import Language, Text
from peakend.report.numbers import NOTHING, Number, day, is_number, number, percent
from peakend.report.standing import VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from peakend.declaration import ResultColumn, ResultTable

MOST_ROWS = 200
LEFT_OUT = frozenset(
    [
        "programme",
        "period_kind",
        "period_start",
        "overall",
        "scale_low",
        "scale_high",
        "touchpoint_id",
        "touchpoint_position",
        "se",
        "weighted_se",
        "no_variance",
        "position",
        "dimension_kind",
        "question_id",
        "measure",
        "currency",
        "percentile",
    ]
)
HIDDEN = Text("hidden", "不公布")
# Column names are for machines; these are the short heads of the columns that every page has.
HEADS: Mapping[str, Text] = {
    "period": Text("Period", "期间"),
    "label_en": Text("Name", "名称"),
    "label_zh": Text("Name", "名称"),
    "touchpoint_en": Text("Touchpoint", "接触点"),
    "touchpoint_zh": Text("Touchpoint", "接触点"),
    "dimension": Text("Dimension", "维度"),
    "segmentation": Text("Cut", "划分"),
    "segment": Text("Segment", "分群"),
    "n": Text("n", "n"),
    "value": Text("Score", "得分"),
    "low": Text("from", "区间下限"),
    "high": Text("to", "区间上限"),
    "effective_n": Text("effective n", "有效样本量"),
    "clusters": Text("clusters", "抽样群"),
    "weighted_value": Text("Weighted", "加权得分"),
    "weighted_low": Text("from", "加权下限"),
    "weighted_high": Text("to", "加权上限"),
    "promoters": Text("Promoters", "推荐者"),
    "passives": Text("Passives", "中立者"),
    "detractors": Text("Detractors", "贬损者"),
    "mean": Text("Mean", "平均分"),
    "top_box": Text("Top two", "高分占比"),
    "easy": Text("Easy", "省力占比"),
    "previous_period": Text("Previous", "上一期"),
    "difference": Text("Change", "变化"),
    "difference_low": Text("from", "变化下限"),
    "difference_high": Text("to", "变化上限"),
    "adjusted_p": Text("adjusted p", "校正后 p"),
    "verdict": Text("Verdict", "结论"),
    "share": Text("Share", "占比"),
    "share_low": Text("from", "占比下限"),
    "share_high": Text("to", "占比上限"),
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
    "hidden": Text("Hidden", "是否隐藏"),
    "table_name": Text("Table", "表"),
    "column_name": Text("Column", "列"),
}
DROPPED_ENDINGS = ("_low", "_high")
KEPT_INTERVALS = frozenset(
    [
        "low",
        "high",
        "weighted_low",
        "weighted_high",
        "difference_low",
        "difference_high",
        "share_low",
        "share_high",
    ]
)


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
    """Heads and rows as words; `rest` says how many rows are not shown; `meanings` explain the columns."""

    caption: str
    heads: list[Head]
    rows: list[list[Cell]]
    rest: str
    meanings: list[tuple[str, str]]


def read_table(declared: ResultTable, table: pa.Table, language: Language) -> ReadTable:
    """The rows of `table`, at most `MOST_ROWS`, without columns that hold nothing or only serve machines."""
    shown = table.slice(0, MOST_ROWS)
    columns = [column for column in declared.columns if _worth_showing(column, shown, language)]
    columns.sort(key=lambda column: not column.name.startswith("label_"))
    by_name = shown.to_pydict()
    rows = []
    for index in range(shown.num_rows):
        hidden = bool(by_name.get("hidden", [False] * shown.num_rows)[index])
        rows.append([_cell(column, by_name[column.name][index], hidden, language) for column in columns])
    left = table.num_rows - shown.num_rows
    rest = Text(
        f"{number(left)} more rows are in the spreadsheet and in the table {declared.name}.",
        f"其余 {number(left)} 行见电子表格及结果表 {declared.name}。",
    )
    return ReadTable(
        caption=declared.meaning.in_(language),
        heads=[Head(_head(column, language), _is_number(column)) for column in columns],
        rows=rows,
        rest=rest.in_(language) if left else "",
        meanings=[(_head(column, language), column.meaning.in_(language)) for column in columns],
    )


def _worth_showing(column: ResultColumn, table: pa.Table, language: Language) -> bool:
    name = column.name
    if name in LEFT_OUT or name == "hidden" or name not in table.column_names:
        return False
    if name.endswith(("_en", "_zh")) and not name.endswith(f"_{language}"):
        return False
    if name.endswith(DROPPED_ENDINGS) and name not in KEPT_INTERVALS:
        return False
    if name.startswith(("weighted_", "effective_")) and name not in HEADS:
        return False
    values = table[name].unique().drop_null() if table.num_rows else []
    return len(values) > 0 and not (len(values) == 1 and name in {"segmentation", "segment", "dimension"})


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
