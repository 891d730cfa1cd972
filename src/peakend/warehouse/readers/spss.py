"""SPSS system files (.sav), with their labels and missing codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.warehouse.readers.integrity import cannot_read, fingerprint
from peakend.warehouse.readers.naming import unique_names
from peakend.warehouse.readers.source import ROW, ReadOptions, SourceColumn, SourceFile
from peakend.warehouse.readers.temporary import Room, described

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb
    import pyreadstat

_CHUNK = 50_000


def open_spss(
    path: Path, options: ReadOptions, connection: duckdb.DuckDBPyConnection, name: str
) -> SourceFile:
    """`path` as a temporary table of codes; labels, wording and missing codes stand with the columns.

    Codes that the file declares as missing are kept (a mapping makes them "no answer"); the system-missing
    value is NULL.
    """
    import pyreadstat

    digest, unchanged = fingerprint(path)
    try:
        _, meta = pyreadstat.read_sav(
            str(path), metadataonly=True, encoding=options.encoding, user_missing=True
        )
    except (pyreadstat.ReadstatError, UnicodeDecodeError, OSError) as cause:
        raise cannot_read(path, cause) from cause
    names, notes = unique_names(meta.column_names)
    columns: dict[str, list[Any]] = {column: [] for column in names}
    for part in _parts(path, options, meta.number_rows):
        for column, original in zip(names, meta.column_names, strict=True):
            columns[column].extend(part[original])
    arrays = [_column(values) for values in columns.values()]
    rows = len(arrays[0]) if arrays else 0
    arrays.append(pa.array(range(rows), pa.int64()))
    room = Room(connection)
    relation = room.table(pa.table(arrays, names=[*names, ROW]), path)
    types = dict(described(connection, relation))
    return SourceFile(
        path=path,
        name=name,
        format="sav",
        relation=relation,
        columns=tuple(
            _source_column(column, original, types[column], meta)
            for column, original in zip(names, meta.column_names, strict=True)
        ),
        fingerprint=digest,
        connection=connection,
        notes=notes,
        rows=rows,
        unchanged=unchanged,
        release=room.clear,
    )


def _parts(path: Path, options: ReadOptions, rows: int | None) -> Iterator[dict[str, Any]]:
    import pyreadstat

    offset = 0
    while rows is None or offset < max(rows, 1):
        try:
            part, _ = pyreadstat.read_sav(
                str(path),
                encoding=options.encoding,
                user_missing=True,
                row_offset=offset,
                row_limit=_CHUNK,
                output_format="dict",
            )
        except (pyreadstat.ReadstatError, UnicodeDecodeError, OSError) as cause:
            raise cannot_read(path, cause) from cause
        yield part
        read = max((len(values) for values in part.values()), default=0)
        offset += read
        if read < _CHUNK:
            return


def _column(values: list[Any]) -> pa.Array:
    present = [value for value in values if value is not None and value == value]
    if present and all(isinstance(value, int | float) for value in present):
        whole = all(float(value).is_integer() for value in present)
        kind = pa.int64() if whole else pa.float64()
        convert = int if whole else float
        return pa.array([convert(v) if v is not None and v == v else None for v in values], kind)
    if present and not all(isinstance(value, str) for value in present):
        return pa.array([v if v is not None and v == v else None for v in values])
    return pa.array([v or None for v in values], pa.string())


def _source_column(name: str, original: str, kind: str, meta: pyreadstat.metadata_container) -> SourceColumn:
    labels = meta.variable_value_labels.get(original, {})
    return SourceColumn(
        name,
        kind,
        label=meta.column_names_to_labels.get(original) or None,
        labels={code_text(code): str(words) for code, words in labels.items()},
        missing=tuple(_missing(meta.missing_ranges.get(original, ()), labels)),
    )


def _missing(ranges: Sequence[dict[str, Any]], labels: dict[Any, str]) -> Iterator[str]:
    """The single codes of the declared ranges; of a true range those codes that carry a label."""
    for part in ranges:
        low, high = part["lo"], part["hi"]
        if low == high:
            yield code_text(low)
        else:
            yield from (
                code_text(code) for code in labels if not isinstance(code, str) and low <= code <= high
            )


def code_text(code: object) -> str:
    """A code as text: 1.0 is "1"."""
    return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)
