"""Delimited text: CSV and its relatives, plain, gzipped or alone in a zip."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from peakend.language import Text
from peakend.warehouse.readers.encoding import detect_encoding, to_utf8
from peakend.warehouse.readers.errors import SourceError
from peakend.warehouse.readers.integrity import cannot_read, chunks, fingerprint
from peakend.warehouse.readers.line_ends import line_ends_differ, with_one_line_end
from peakend.warehouse.readers.naming import literal, quoted, unique_names
from peakend.warehouse.readers.source import ROW, ReadOptions, RefusedLine, SourceColumn, SourceFile
from peakend.warehouse.readers.temporary import Room

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 18
_SAMPLE_RECORDS = 200

_REASONS = {
    "MISSING COLUMNS": Text("The line has too few fields.", "该行字段过少。"),
    "TOO MANY COLUMNS": Text("The line has too many fields.", "该行字段过多。"),
    "UNQUOTED VALUE": Text("A quoted field does not end where it should.", "引号字段未正确结束。"),
    "LINE SIZE OVER MAXIMUM": Text("The line is too long to be one.", "该行过长，不是有效的一行。"),
    "INVALID ENCODING": Text("The line is no text in the file's encoding.", "该行无法按文件编码解读。"),
}


@dataclass(frozen=True, slots=True)
class _Look:
    """How the text is laid out. `skip`: lines before the header; `first_line`: of the first record."""

    delimiter: str
    quote: str
    escape: str
    header: list[str]
    skip: int
    first_line: int


def open_delimited(
    path: Path, options: ReadOptions, connection: duckdb.DuckDBPyConnection, name: str
) -> SourceFile:
    """`path` as a view of text columns. Lines that are no rows are not in it but kept as refused lines."""
    digest, unchanged = fingerprint(path)
    room = Room(connection)
    try:
        text = _plain_utf8(path, options, room)
        look = _look(text, path, options)
        names, notes = unique_names(look.header)
        rejects = f"{room.name}_rejects"
        if line_ends_differ(text, look.quote):
            even = room.file("even.csv")
            with_one_line_end(text, even, look.quote)
            text = even
    except BaseException:
        room.clear()
        raise
    relation = room.view(_scan(text, look, names, options, rejects), path)
    room.also_drop(rejects)
    room.also_drop(f"{rejects}_scans")

    def refused() -> list[RefusedLine]:
        return _refused_lines(connection, rejects, text)

    return SourceFile(
        path=path,
        name=name,
        format="csv",
        relation=relation,
        columns=tuple(SourceColumn(column, "VARCHAR") for column in names),
        fingerprint=digest,
        connection=connection,
        notes=notes,
        first_line=look.first_line,
        refusals=refused,
        unchanged=unchanged,
        release=room.clear,
    )


def _plain_utf8(path: Path, options: ReadOptions, room: Room) -> Path:
    """`path` itself, or a temporary UTF-8 copy where it is packed or in another encoding."""
    plain = path
    suffix = path.suffix.lower()
    if suffix == ".gz":
        plain = room.file("unpacked.csv")
        with gzip.open(path, "rb") as packed:
            _copy(cast("BinaryIO", packed), plain, path)
    elif suffix == ".zip":
        plain = room.file("unpacked.csv")
        _unzip(path, options.member, plain)
    codec = detect_encoding(plain, options.encoding)
    if codec == "utf-8":
        return plain
    target = room.file("utf8.csv")
    to_utf8(plain, codec, target)
    return target


def _copy(stream: BinaryIO, target: Path, path: Path) -> None:
    with target.open("wb") as out:
        for chunk in chunks(stream, path):
            out.write(chunk)


def _unzip(path: Path, member: str | None, target: Path) -> None:
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(_member(archive, member, path)) as stream,
        ):
            _copy(cast("BinaryIO", stream), target, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as cause:
        raise cannot_read(path, cause) from cause


def _member(archive: zipfile.ZipFile, wanted: str | None, path: Path) -> str:
    inside = [
        entry.filename
        for entry in archive.infolist()
        if not entry.is_dir()
        and not any(part.startswith((".", "__MACOSX")) for part in entry.filename.split("/"))
    ]
    if wanted is not None and wanted in inside:
        return wanted
    if wanted is None and len(inside) == 1:
        return inside[0]
    listed = ", ".join(inside) or "-"
    raise SourceError(
        Text(
            f"{path.name} does not hold the one file to be read; it holds: {listed}.",
            f"{path.name} 中没有唯一可读的文件；其中有：{listed}。",
        ),
        Text(
            "Name the one to read in the mapping (read: {member: …}).",
            "请在映射中写明（read: {member: …}）。",
        ),
        path=str(path),
        members=tuple(inside),
    )


def _look(text: Path, path: Path, options: ReadOptions) -> _Look:
    with text.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    whole = len(sample) < _SAMPLE
    decoded = sample.decode("utf-8", errors="ignore").lstrip("\ufeff")
    lines = io.StringIO(decoded, newline="").readlines()[options.skip_lines :]
    if not whole and len(lines) > 1:
        lines = lines[:-1]
    if not any(line.strip() for line in lines):
        raise SourceError(
            Text(f"{path.name} is empty.", f"{path.name} 是空文件。"),
            Text("Remove it or put the data in.", "请删除该文件或填入数据。"),
            path=str(path),
        )
    quote = options.quote if options.quote is not None else '"'
    delimiter = options.delimiter or _delimiter(lines, quote)
    header, before, after = _first_record(lines, delimiter, quote)
    if options.delimiter is not None and len(header) == 1:
        _check_given_delimiter(lines, quote, options.delimiter, path)
    escape = "\\" if quote and _escapes_by_backslash(lines, delimiter, quote) else quote
    if not options.header:
        numbered = [f"column{n}" for n in range(1, len(header) + 1)]
        return _Look(delimiter, quote, escape, numbered, options.skip_lines, options.skip_lines + 1)
    first_line = options.skip_lines + after + 1
    return _Look(delimiter, quote, escape, header, options.skip_lines + before, first_line)


def _first_record(lines: list[str], delimiter: str, quote: str) -> tuple[list[str], int, int]:
    """(fields, lines before it, lines to its end) of the first record that is not blank."""
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, quotechar=quote or None)
    before = 0
    for record in reader:
        if record:
            return record, before, reader.line_num
        before = reader.line_num
    return [], 0, 0


def _escapes_by_backslash(lines: list[str], delimiter: str, quote: str) -> bool:
    """Whether quotes inside quotes are written \\" (as some databases do): only so does the text read."""
    if not any(f"\\{quote}" in line for line in lines):
        return False
    return _well_formed(lines, delimiter, quote, "\\") > _well_formed(lines, delimiter, quote, None)


def _well_formed(lines: list[str], delimiter: str, quote: str, escape: str | None) -> int:
    """Records before the first that breaks the rules of quoting or the width of the header."""
    reader = csv.reader(
        io.StringIO("".join(lines), newline=""),
        delimiter=delimiter,
        quotechar=quote,
        doublequote=escape is None,
        escapechar=escape,
        strict=True,
    )
    width, count = 0, 0
    try:
        for record in reader:
            width = width or len(record)
            if record and len(record) != width:
                break
            count += 1
    except csv.Error:
        return count
    return count


def _delimiter(lines: list[str], quote: str) -> str:
    """The separator whose fields are the most regular; a comma when every line is a single field."""
    scores = {candidate: _regularity(lines, quote, candidate) for candidate in DELIMITERS}
    best = max(DELIMITERS, key=lambda candidate: scores[candidate])
    return best if scores[best][1] > 1 else ","


def _regularity(lines: list[str], quote: str, delimiter: str) -> tuple[float, int]:
    """(share of records with the commonest number of fields when that is above one, that number)."""
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, quotechar=quote or None)
    widths: Counter[int] = Counter()
    try:
        for record in reader:
            if record:
                widths[len(record)] += 1
            if widths.total() >= _SAMPLE_RECORDS:
                break
    except csv.Error:
        return 0.0, 1
    if not widths:
        return 0.0, 1
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count / widths.total() if width > 1 else 0.0), width


def _check_given_delimiter(lines: list[str], quote: str, given: str, path: Path) -> None:
    better = _delimiter(lines, quote)
    share, width = _regularity(lines, quote, better)
    if better != given and width > 1 and share > 0.9:
        raise SourceError(
            Text(
                f"{path.name} is a single column when split at {given!r}; {better!r} gives {width} columns.",
                f"{path.name} 按 {given!r} 分隔只有一列；按 {better!r} 分隔有 {width} 列。",
            ),
            Text(
                "Correct the delimiter in the mapping, or leave it out.", "请更正映射中的分隔符，或将其省略。"
            ),
            path=str(path),
            delimiter=given,
            suggested=better,
        )


def _scan(text: Path, look: _Look, names: list[str], options: ReadOptions, rejects: str) -> str:
    """The SELECT over the file; refused lines are written down in the table `rejects`."""
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in names)
    return (
        f"select *, row_number() over () - 1 as {quoted(ROW)} from read_csv({literal(str(text))}, "
        f"auto_detect=false, header={str(options.header).lower()}, skip={look.skip}, "
        f"delim={literal(look.delimiter)}, quote={literal(look.quote)}, escape={literal(look.escape)}, "
        f"columns={{{columns}}}, store_rejects=true, rejects_table={literal(rejects)}, "
        f"rejects_scan={literal(rejects + '_scans')}, strict_mode=true)"
    )


def _refused_lines(connection: duckdb.DuckDBPyConnection, rejects: str, text: Path) -> list[RefusedLine]:
    known = connection.execute(
        "select count(*) from duckdb_tables() where table_name = ?", [rejects]
    ).fetchone()
    if not known or not known[0]:
        return []
    found = connection.execute(
        "select line_byte_position, min(error_type::varchar), min(csv_line), min(error_message) "
        f"from {quoted(rejects)} group by 1 order by 1"
    ).fetchall()
    lines = _lines_at(text, [int(position) for position, *_ in found])
    return [
        RefusedLine(line, str(content or ""), _REASONS.get(str(kind)) or Text(str(message), str(message)))
        for line, (_, kind, content, message) in zip(lines, found, strict=True)
    ]


def _lines_at(text: Path, positions: list[int]) -> list[int]:
    """The line (from 1) in which each byte position (from 1, ascending) lies."""
    lines: list[int] = []
    line, read = 1, 0
    with text.open("rb") as stream:
        for position in positions:
            while read < position - 1:
                piece = stream.read(min(1 << 20, position - 1 - read))
                if not piece:
                    break
                line += piece.count(b"\n")
                read += len(piece)
            lines.append(line)
    return lines
