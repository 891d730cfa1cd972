"""An export as CSV (streamed), XLSX and SPSS (written to a file on disk, then sent)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from peakend.language import Text
from peakend.server.acting.errors import InvalidError
from peakend.server.surveys.exporting.answers import Export
from peakend.server.surveys.exporting.columns import NOT_USED, NOT_USED_TEXT, Column
from peakend.server.web.downloads import csv_lines
from peakend.server.web.say import picked

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sav": "application/x-spss-sav",
}
# What one request can write in its time: measured, about 1,500 and 4,500 rows a second on a busy core.
MOST_XLSX = 100_000
MOST_SAV = 200_000
LONGEST_CELL = 32_767
NOT_USED_CELL = "not_used"
# SPSS counts bytes.
LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_WORDS = 250, 118, 32_000


def csv_file(export: Export) -> Iterator[str]:
    """Lines of CSV: a head of names, then one a response; nothing is kept in memory."""

    def rows() -> Iterator[list[object]]:
        yield [*export.names()]
        for row in export.rows():
            yield [_plain(cell) for cell in row]

    return csv_lines(rows())


def xlsx_file(export: Export, language: str) -> IO[bytes]:
    """A workbook with the answers, and a code book in `language`. Words are never formulas."""
    import xlsxwriter

    _bearable(export, MOST_XLSX, "XLSX")
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - whoever sends it closes it
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    head = book.add_format({"bold": True, "bottom": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    zh = language.startswith("zh")
    sheet = book.add_worksheet("答卷" if zh else "Answers")
    sheet.freeze_panes(1, 1)
    for place, name in enumerate(export.names()):
        sheet.write_string(0, place, name, head)
    for number, row in enumerate(export.rows(), 1):
        for place, cell in enumerate(row):
            _put(sheet, number, place, cell, moment, day)
    _code_book(book.add_worksheet("编码表" if zh else "Codes"), export, language, head)
    book.close()
    target.seek(0)
    return target


def _put(sheet: Any, row: int, place: int, cell: object, moment: object, day: object) -> None:  # noqa: ANN401
    if cell is None:
        return
    if isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell.replace(tzinfo=None), moment)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), day)
    elif isinstance(cell, int | float):
        if cell == NOT_USED:
            sheet.write_string(row, place, NOT_USED_CELL)
        else:
            sheet.write_number(row, place, cell)
    else:
        sheet.write_string(row, place, str(cell)[:LONGEST_CELL])


def _code_book(sheet: Any, export: Export, language: str, head: object) -> None:  # noqa: ANN401
    zh = language.startswith("zh")
    titles = (
        ("变量", "含义", "取值", "取值含义")
        if zh
        else ("Variable", "Meaning", "Value", "Meaning of the value")
    )
    lines: list[tuple[str, str, str, str]] = []
    names = export.names()
    for name, (_, text, _) in zip(names, export.about, strict=False):
        lines.append((name, text.zh if zh else text.en, "", ""))
    for name, column in zip(names[len(export.about) :], export.columns, strict=True):
        lines.append((name, column.labelled(language), "", ""))
        for code, words in column.codes.items():
            lines.append((name, "", code, picked(words, language)))
        for score, words in column.ends.items():
            lines.append((name, "", str(score), picked(words, language)))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    sheet.set_column(3, 3, 40)
    for number, line in enumerate((titles, *lines)):
        for place, cell in enumerate(line):
            sheet.write_string(number, place, cell, *([head] if number == 0 else []))


def sav_file(export: Export, language: str) -> IO[bytes]:
    """An SPSS file with labels in `language`; "did not use" is the missing value -8."""
    import pandas as pd
    import pyreadstat

    _bearable(export, MOST_SAV, "SPSS")
    names = export.names()
    about = len(export.about)
    cells: list[list[Any]] = [[] for _ in names]
    numbers = [_numbers(column) for column in export.columns]
    for row in export.rows():
        for place, cell in enumerate(row):
            if place >= about and isinstance(cell, str):
                cell = numbers[place - about].get(
                    cell, cell if export.columns[place - about].kind == "words" else None
                )
            cells[place].append(_for_spss(cell))
    words = [
        *(
            place in ("key", "customer__customer_id")
            or not place.startswith(("completed", "day", "version", "seconds"))
            for _, _, place in export.about
        ),
        *(column.kind == "words" for column in export.columns),
    ]
    frame = pd.DataFrame(
        {
            name: pd.Series(["" if c is None else c for c in listed], dtype=object)
            if is_words
            else _column(listed, pd)
            for name, listed, is_words in zip(names, cells, words, strict=True)
        }
    )
    values, missing = _value_labels(export, names[about:], language, numbers)
    labels = [
        *((text.zh if language.startswith("zh") else text.en) for _, text, _ in export.about),
        *(c.labelled(language) for c in export.columns),
    ]
    with tempfile.TemporaryDirectory(prefix="peakend-sav-") as folder:
        path = Path(folder) / "answers.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            file_label=_cut(picked(export.survey.name, language), 60),
            column_labels=[_cut(one, LONGEST_LABEL) for one in labels],
            variable_value_labels=values,
            missing_ranges=missing,
            variable_measure=_measures(export, names[about:]),
        )
        # The folder goes, the open file stays readable until it is closed.
        return path.open("rb")


def _column(listed: list[Any], pd: Any) -> Any:  # noqa: ANN401 - pandas has no types here
    if any(isinstance(one, datetime) for one in listed):
        return pd.to_datetime(pd.Series(listed))
    if any(isinstance(one, date) for one in listed):
        return pd.Series(listed, dtype=object)
    return pd.Series([float("nan") if one is None else float(one) for one in listed], dtype="float64")


def _numbers(column: Column) -> dict[str, float]:
    """SPSS labels numbers only: options get their code where all are numbers, else 1, 2, 3 …"""
    codes = list(column.codes)
    if (
        codes
        and all(code.isascii() and code.isdigit() and len(code) < 9 for code in codes)
        and len({int(c) for c in codes}) == len(codes)
    ):
        return {code: float(code) for code in codes}
    return {code: float(number) for number, code in enumerate(codes, 1)}


def _value_labels(
    export: Export, names: list[str], language: str, numbers: list[dict[str, float]]
) -> tuple[dict[str, dict[float, str]], dict[str, list[float]]]:
    values: dict[str, dict[float, str]] = {}
    missing: dict[str, list[float]] = {}
    unused = NOT_USED_TEXT.zh if language.startswith("zh") else NOT_USED_TEXT.en
    for name, column, known in zip(names, export.columns, numbers, strict=True):
        labels = {known[code]: picked(words, language) or code for code, words in column.codes.items()}
        labels |= {float(score): picked(words, language) for score, words in column.ends.items()}
        if column.may_be_unused and column.kind != "words":
            labels[float(NOT_USED)] = unused
            missing[name] = [float(NOT_USED)]
        if labels:
            values[name] = {number: _cut(text, LONGEST_VALUE_LABEL) for number, text in labels.items()}
    return values, missing


def _measures(export: Export, names: list[str]) -> dict[str, str]:
    kinds = {
        "score": "scale",
        "rank": "ordinal",
        "choice": "nominal",
        "chosen": "nominal",
        "words": "nominal",
    }
    return {name: kinds[column.kind] for name, column in zip(names, export.columns, strict=True)}


def _for_spss(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, str):
        return _cut(cell.replace("\x00", ""), LONGEST_WORDS)
    return cell


def _cut(text: str, most: int) -> str:
    """`text` in at most `most` bytes of UTF-8, no letter cut in two."""
    return text.encode()[:most].decode(errors="ignore")


def _plain(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float) and cell == NOT_USED:
        return NOT_USED_CELL
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell


def _bearable(export: Export, most: int, name: str) -> None:
    if export.count > most:
        raise InvalidError(
            Text(
                f"{export.count:,} answers are more than a file for {name} holds well.",
                f"共 {export.count:,} 份答卷，超出 {name} 文件的合理容量。",
            ),
            Text("Choose CSV, or a shorter period.", "请选择 CSV，或缩短时段。"),
        )
