"""The results as a spreadsheet: one typed sheet a table, and a sheet that says what every column means."""

from __future__ import annotations

import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from peakend.analyses import catalogue
from peakend.analyses.fingerprints import row_count
from peakend.language import Language, Text
from peakend.report.lettering import width as text_width
from peakend.report.numbers import is_number, number
from peakend.report.sources import sources, truth_is_here
from peakend.report.stored import first_rows
from peakend.report.story import NothingToReportError, settings_of, simulated_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from peakend.declaration import Analysis, ResultColumn, ResultTable
    from peakend.engine import Engine

MOST_ROWS = 1_048_575
LONGEST_TEXT = 32_767
LONGEST_NAME = 31
NOTES = Text("Notes", "说明")
FORMATS = {
    "integer": "#,##0",
    "money": "#,##0.00",
    "number": "0.000",
    "day": "yyyy-mm-dd",
    "time": "yyyy-mm-dd hh:mm",
}


def write_spreadsheet(
    engine: Engine,
    path: str | Path,
    *,
    language: Language = "en",
    analyses: Sequence[Analysis] | None = None,
) -> Path:
    """Write every result table in the warehouse behind `engine` to `path`, whole or not at all; the path.

    Hidden cells stay empty, with a word in the last column. Text is never a formula, whatever it begins
    with. A table with more rows than a sheet holds is cut, and the notes say so. Raises
    `NothingToReportError` without results.
    """
    every = catalogue() if analyses is None else tuple(analyses)
    stored = set(engine.tables())
    found = [(analysis, table) for analysis in every for table in analysis.gives if table.name in stored]
    if not found:
        raise NothingToReportError()
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{os.getpid()}.{target.name}")
    try:
        _Book(engine, draft, language).write(found)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


class _Book:
    """One workbook being written."""

    def __init__(self, engine: Engine, path: Path, language: Language) -> None:
        import xlsxwriter

        self.engine = engine
        self.language = language
        self.book = xlsxwriter.Workbook(
            str(path),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.grey = self.book.add_format({"font_color": "#64707e"})
        self.formats = {kind: self.book.add_format({"num_format": code}) for kind, code in FORMATS.items()}
        self.formats["share"] = self.book.add_format({"num_format": "0.0%"})

    def write(self, found: Sequence[tuple[Analysis, ResultTable]]) -> None:
        notes = self.book.add_worksheet(NOTES.in_(self.language))
        cut: dict[str, int] = {}
        for _, table in found:
            cut[table.name] = max(row_count(self.engine, table.name) - MOST_ROWS, 0)
            self._sheet(table, first_rows(self.engine, table, MOST_ROWS))
        self._notes(notes, found, cut)
        self.book.close()

    def _sheet(self, table: ResultTable, rows: pa.Table) -> None:
        sheet = self.book.add_worksheet(table.name[:LONGEST_NAME])
        heads = [header(column, self.language) for column in table.columns]
        noted = "hidden" in rows.column_names
        if noted:
            heads.append(Text("Note", "备注").in_(self.language))
        for place, words in enumerate(heads):
            sheet.write_string(0, place, words, self.head)
        hidden = rows["hidden"].to_pylist() if noted else []
        for place, column in enumerate(table.columns):
            values = rows[column.name].to_pylist()
            style = self._style(column)
            for index, value in enumerate(values):
                _put(sheet, index + 1, place, value, style)
            sheet.set_column(place, place, _room(heads[place], values, column))
        if noted:
            self._hidden(sheet, hidden, len(table.columns))
        sheet.freeze_panes(1, 0)
        if rows.num_rows:
            sheet.autofilter(0, 0, rows.num_rows, len(heads) - 1)

    def _hidden(self, sheet: Worksheet, hidden: Sequence[bool | None], place: int) -> None:
        least = settings_of(self.engine).minimum_base
        words = Text(
            f"hidden: fewer than {least} answers, or to protect such a cell",
            f"不公布：少于 {least} 份答案，或为保护此类单元",
        ).in_(self.language)
        for index, value in enumerate(hidden):
            if value:
                sheet.write_string(index + 1, place, words, self.grey)
        sheet.set_column(place, place, 30)

    def _style(self, column: ResultColumn) -> Format | None:
        return self.formats.get("share" if column.unit == "share" else column.type)

    def _notes(
        self, sheet: Worksheet, found: Sequence[tuple[Analysis, ResultTable]], cut: dict[str, int]
    ) -> None:
        """What the book stands on, then every table and column in words."""
        language = self.language
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 28)
        sheet.set_column(2, 2, 90)
        sheet.set_column(3, 3, 16)
        line = 0
        for words in self._remarks():
            sheet.write_string(line, 0, words, self.grey)
            line += 1
        line += 1
        heads = (Text("Table", "表"), Text("Column", "列"), Text("Meaning", "含义"), Text("Unit", "单位"))
        for place, head in enumerate(heads):
            sheet.write_string(line, place, head.in_(language), self.head)
        for analysis, table in found:
            line += 1
            sheet.write_string(line, 0, table.name, self.head)
            sheet.write_string(line, 1, analysis.title.in_(language), self.head)
            sheet.write_string(line, 2, self._about(analysis, table, cut[table.name]), self.head)
            for column in table.columns:
                line += 1
                sheet.write_string(line, 1, f"{header(column, language)} [{column.name}]")
                sheet.write_string(line, 2, column.meaning.in_(language), self.wrapped)
                sheet.write_string(line, 3, column.unit or "")

    def _about(self, analysis: Analysis, table: ResultTable, cut: int) -> str:
        words = [table.meaning.in_(self.language)]
        if analysis.sources:
            named = "; ".join(analysis.sources)
            words.append(Text(f"After: {named}.", f"依据：{named}。").in_(self.language))
        if cut:
            words.append(
                Text(
                    f"{number(cut)} rows do not fit a sheet and are only in the warehouse.",
                    f"{number(cut)} 行超出工作表容量，仅存于数据仓库。",
                ).in_(self.language)
            )
        return ("" if self.language == "zh" else " ").join(words)

    def _remarks(self) -> list[str]:
        settings = settings_of(self.engine)
        origin = sources(self.engine)
        remarks = [
            Text(
                f"Intervals are at {settings.confidence * 100:g} %; verdicts at {settings.alpha * 100:g} "
                "% after Holm's "
                "correction. Association is not cause.",
                f"区间为 {settings.confidence * 100:g}%；结论经 Holm 校正，水平为 "
                f"{settings.alpha * 100:g}%。相关不等于因果。",
            ).in_(self.language)
        ]
        if truth_is_here(self.engine) or any(source.simulated for source in origin):
            remarks.insert(0, simulated_words(self.language))
        return remarks + [source.words(self.language) for source in origin]


def header(column: ResultColumn, language: Language) -> str:
    """A column's head: its name in words, in Chinese the start of its meaning; always short."""
    if language == "en":
        return column.name.replace("_", " ")
    words = column.meaning.zh
    for stop in "（：；，":
        words = words.split(stop)[0]
    return words[:24]


def _put(sheet: Worksheet, row: int, place: int, value: object, style: Format | None) -> None:
    """Write one value with its own type; nothing where there is none."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, Decimal | int | float):
        if is_number(value):
            sheet.write_number(row, place, float(value), style)
    elif isinstance(value, date | datetime):
        sheet.write_datetime(row, place, value, style)
    else:
        sheet.write_string(row, place, str(value)[:LONGEST_TEXT])


def _room(head: str, values: Sequence[object], column: ResultColumn) -> float:
    """A column width in characters: what its first values and the longest word of its head need."""
    texts = [str(value) for value in values[:200] if value is not None] if column.type == "string" else []
    longest = max((text_width(text, 1.7) for text in texts), default=10.0)
    words = max((text_width(word, 1.8) for word in head.split()), default=4.0)
    return min(max(longest + 2, words + 3, 9.0), 48.0)
