"""Writing small tables as XLSX and reading them as CSV or XLSX; no cell is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from peakend.language import Text
from peakend.server.surveys.uploads import ZIP, checked_archive, refused, unreadable
from peakend.server.web.downloads import bare

MOST_ROWS = 20_000
MOST_COLUMNS = 200


def xlsx(rows: Iterable[Sequence[object]], name: str = "Sheet1") -> bytes:
    """A workbook with one sheet of words."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, str(cell), head if number == 0 else wrapped)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 60, 44)
    book.close()
    return target.getvalue()


def read_table(content: bytes) -> list[list[str]]:
    """The cells of a CSV file (UTF-8, or GB 18030 as Chinese Excel writes it) or of an XLSX file's first
    sheet.
    """
    rows = _xlsx_rows(content) if content.startswith(ZIP) else _csv_rows(content)
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
        raise refused(
            Text("The table is too large.", "表格过大。"),
            Text(f"Send at most {MOST_ROWS} rows.", f"最多 {MOST_ROWS} 行。"),
        )
    return [[bare(cell) for cell in row] for row in rows]


def _csv_rows(content: bytes) -> list[list[str]]:
    if b"\x00" in content:
        raise unreadable()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise unreadable()
    comma = csv.excel
    first = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=first.count)
    try:
        return list(csv.reader(io.StringIO(text), comma, delimiter=separator))
    except csv.Error as error:
        raise unreadable() from error


def _xlsx_rows(content: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    checked_archive(content).close()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    # The reader is native code and tells of broken files in several ways.
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise unreadable() from error
    return [[_words(cell) for cell in row] for row in rows]


def _words(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
