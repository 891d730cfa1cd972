"""Excel workbooks: one sheet is one source."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Text
from peakend.warehouse.readers.errors import SourceError
from peakend.warehouse.readers.integrity import cannot_read, fingerprint
from peakend.warehouse.readers.naming import unique_names
from peakend.warehouse.readers.source import ROW, ReadOptions, SourceColumn, SourceFile
from peakend.warehouse.readers.temporary import Room, described

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb
    from python_calamine import CalamineWorkbook


def sheet_names(path: Path) -> list[str]:
    """Names of the sheets that have cells, in the order of the workbook."""
    workbook = _workbook(path)
    return [name for name in workbook.sheet_names if workbook.get_sheet_by_name(name).total_height]


def open_spreadsheet(
    path: Path, options: ReadOptions, connection: duckdb.DuckDBPyConnection, name: str
) -> SourceFile:
    """One sheet of `path` (`options.sheet`, else the first with cells) as a temporary table.

    The first row with cells names the columns. A column of one kind keeps it (whole numbers as BIGINT); a
    mixed one becomes text, so that a wrong value half-way is refused by row.
    """
    digest, unchanged = fingerprint(path)
    sheets = sheet_names(path)
    sheet = options.sheet or (sheets[0] if sheets else None)
    if sheet is None or sheet not in sheets:
        raise _no_sheet(path, options.sheet, sheets)
    rows = _workbook(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    start = options.skip_lines
    while start < len(rows) and all(cell == "" for cell in rows[start]):
        start += 1
    if start >= len(rows):
        raise _no_sheet(path, sheet, sheets)
    width = max((place for place, cell in enumerate(rows[start], 1) if cell != ""), default=0)
    width = max(width, *(_used(row) for row in rows[start:]))
    names, notes = unique_names(
        [_words(cell) for cell in rows[start][:width]] if options.header else [None] * width
    )
    body = rows[start + 1 :] if options.header else rows[start:]
    numbered = [(n, row) for n, row in enumerate(body) if any(cell != "" for cell in row)]
    arrays = [
        _column([row[place] if place < len(row) else "" for _, row in numbered]) for place in range(width)
    ]
    arrays.append(pa.array([n for n, _ in numbered], pa.int64()))
    room = Room(connection)
    relation = room.table(pa.table(arrays, names=[*names, ROW]), path)
    others = [other for other in sheets if other != sheet]
    if options.sheet is None and others:
        notes = (
            *notes,
            Text(
                f"Only the sheet {sheet} was read; also there: {', '.join(others)}.",
                f"只读取了工作表“{sheet}”；另有：{'、'.join(others)}。",
            ),
        )
    return SourceFile(
        path=path,
        name=name,
        format="xlsx",
        relation=relation,
        columns=tuple(SourceColumn(*pair) for pair in described(connection, relation) if pair[0] != ROW),
        fingerprint=digest,
        connection=connection,
        notes=notes,
        first_line=start + (2 if options.header else 1),
        rows=len(numbered),
        unchanged=unchanged,
        release=room.clear,
    )


def _workbook(path: Path) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as cause:
        raise cannot_read(path, cause) from cause


def _no_sheet(path: Path, sheet: str | None, sheets: list[str]) -> SourceError:
    listed = ", ".join(sheets) or "-"
    return SourceError(
        Text(
            f"{path.name} has no cells in sheet {sheet or '(any)'}; sheets with cells: {listed}.",
            f"{path.name} 的工作表 {sheet or '（任意）'} 中没有数据；有数据的工作表：{listed}。",
        ),
        Text("Correct the sheet's name in the mapping.", "请更正映射中的工作表名称。"),
        path=str(path),
        sheets=tuple(sheets),
    )


def _used(row: Sequence[Any]) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell != ""), default=0)


def _words(cell: object) -> str | None:
    """A cell as the person sees it: whole numbers without a point, times in ISO form."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat(*(" ",) if isinstance(cell, datetime.datetime) else ())
    return str(cell)


def _column(cells: list[Any]) -> pa.Array:
    values = [None if cell == "" else cell for cell in cells]
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds and kinds <= {int, float}:
        whole = all(value is None or float(value).is_integer() for value in values)
        return (
            pa.array([None if v is None else int(v) for v in values], pa.int64())
            if whole
            else pa.array([None if v is None else float(v) for v in values], pa.float64())
        )
    if kinds == {datetime.date}:
        return pa.array(values, pa.date32())
    if kinds and kinds <= {datetime.date, datetime.datetime}:
        midnight = datetime.time()
        return pa.array(
            [
                v if v is None or isinstance(v, datetime.datetime) else datetime.datetime.combine(v, midnight)
                for v in values
            ],
            pa.timestamp("us"),
        )
    return pa.array([_words(value) for value in values], pa.string())
