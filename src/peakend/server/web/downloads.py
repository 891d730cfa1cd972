"""Files to take away: CSV that no spreadsheet takes for formulas. Every table of the site goes here."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.http import HttpResponse, StreamingHttpResponse

# What spreadsheets begin a formula with; those of Chinese and Japanese keyboards take the wide signs too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"  # Excel reads a CSV as UTF-8 only with it


def guarded(value: object) -> object:
    """`value` as it goes into a CSV: words that a spreadsheet would run get an apostrophe; numbers stay."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def bare(cell: str) -> str:
    """The words of a cell without the apostrophe of `guarded`."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as lines of CSV, the first with the mark that says UTF-8; nothing is kept in memory."""
    writer = csv.writer(_Echo())
    yield BOM
    for row in rows:
        yield writer.writerow([guarded("" if value is None else value) for value in row])


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """`rows` under `header` as the file `name`, sent while it is made.

    UTF-8 with a mark, so that Excel reads it.
    """

    def lines() -> Iterator[Sequence[object]]:
        yield header
        yield from rows

    response = StreamingHttpResponse(csv_lines(lines()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
