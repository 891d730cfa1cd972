"""Open CSV, Parquet, XLSX, SPSS and XES files as relations in a DuckDB connection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.readers.errors import EncodingError, NoSourcesError, SourceChangedError, SourceError
from peakend.warehouse.readers.source import ROW, ReadOptions, RefusedLine, SourceColumn, SourceFile

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "ROW",
    "EncodingError",
    "NoSourcesError",
    "ReadOptions",
    "RefusedLine",
    "SourceChangedError",
    "SourceColumn",
    "SourceError",
    "SourceFile",
    "find_sources",
    "format_of",
    "read_source",
]

Opener = Callable[[Path, ReadOptions, "duckdb.DuckDBPyConnection", str], SourceFile]

_FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".ods": "xlsx",
    ".sav": "sav",
    ".zsav": "sav",
    ".xes": "xes",
    ".zip": "csv",
}
_PACKED = {".csv.gz": "csv", ".tsv.gz": "csv", ".txt.gz": "csv", ".xes.gz": "xes"}
# Texts that explain the data and hold none.
_NOT_DATA = ("license", "licence", "readme", "attribution", "notice", "copying", "changelog")


def format_of(name: str) -> str | None:
    """csv, parquet, xlsx, sav or xes by the name of the file; None for anything else."""
    lower = name.casefold()
    for suffix, kind in (_PACKED | _FORMATS).items():
        if lower.endswith(suffix):
            return kind
    return None


def find_sources(folder: Path) -> list[str]:
    """Names (relative, POSIX, sorted) of the readable files below `folder`; `NoSourcesError` when none.

    Where a workbook has several sheets, each is a source of its own, named "book.xlsx#Sheet". Hidden
    files and folders, and licence and read-me texts, are left out.
    """
    if not folder.is_dir():
        raise NoSourcesError(
            Text(f"{folder} is not a folder.", f"{folder} 不是文件夹。"),
            Text("Name the folder that holds the files.", "请给出存放文件的文件夹。"),
            path=str(folder),
        )
    names: list[str] = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith((".", "~$")) for part in relative.parts)
        if hidden or not path.is_file() or path.stem.casefold().startswith(_NOT_DATA):
            continue
        kind = format_of(path.name)
        if kind == "xlsx":
            names += _sheets(path, relative.as_posix())
        elif kind is not None:
            names.append(relative.as_posix())
    if not names:
        raise NoSourcesError(
            Text(
                f"{folder} holds no CSV, Parquet, XLSX, SAV or XES file.",
                f"{folder} 中没有 CSV、Parquet、XLSX、SAV 或 XES 文件。",
            ),
            Text("Put the files in, or name another folder.", "请放入文件，或指定其他文件夹。"),
            path=str(folder),
        )
    return names


def _sheets(path: Path, name: str) -> list[str]:
    from peakend.warehouse.readers.spreadsheet import sheet_names

    sheets = sheet_names(path)
    return [name] if len(sheets) < 2 else [f"{name}#{sheet}" for sheet in sheets]


def read_source(
    path: Path,
    options: ReadOptions | None,
    connection: duckdb.DuckDBPyConnection,
    *,
    name: str | None = None,
) -> SourceFile:
    """Open `path`; its name tells the format (.csv .tsv .txt .parquet .xlsx .sav .xes, .gz, .zip).

    `path` may end in "#Sheet" for one sheet of a workbook. Raises `SourceError` (or one of its kinds)
    when the file cannot be read; never anything of the library that reads it.
    """
    options = options or ReadOptions()
    file, sheet = _split_sheet(path)
    if sheet is not None:
        options = ReadOptions(sheet=sheet, header=options.header, skip_lines=options.skip_lines)
    if not file.is_file():
        raise SourceError(
            Text(f"There is no file {file}.", f"文件 {file} 不存在。"),
            Text("Check the name.", "请检查文件名。"),
            path=str(file),
        )
    opener = _opener(format_of(file.name), file)
    return opener(file, options, connection, name or path.name)


def _split_sheet(path: Path) -> tuple[Path, str | None]:
    text = str(path)
    if path.exists() or "#" not in text:
        return path, None
    for place, character in enumerate(text):
        if character == "#" and format_of(text[:place]) == "xlsx" and Path(text[:place]).is_file():
            return Path(text[:place]), text[place + 1 :]
    return path, None


def _opener(kind: str | None, path: Path) -> Opener:
    if kind == "csv":
        from peakend.warehouse.readers.delimited import open_delimited

        return open_delimited
    if kind == "parquet":
        from peakend.warehouse.readers.parquet import open_parquet

        return open_parquet
    if kind == "xlsx":
        from peakend.warehouse.readers.spreadsheet import open_spreadsheet

        return open_spreadsheet
    if kind == "sav":
        from peakend.warehouse.readers.spss import open_spss

        return open_spss
    if kind == "xes":
        from peakend.warehouse.readers.xes import open_xes

        return open_xes
    raise SourceError(
        Text(f"{path.name} is of no kind that can be read.", f"{path.name} 的格式无法读取。"),
        Text("Use CSV, Parquet, XLSX, SAV or XES.", "请使用 CSV、Parquet、XLSX、SAV 或 XES。"),
        path=str(path),
    )
