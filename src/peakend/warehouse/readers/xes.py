"""Event logs in XES (IEEE 1849), plain or gzipped, streamed: memory does not grow with the log."""

from __future__ import annotations

import datetime
import gzip
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from xml.parsers import expat

import pyarrow as pa

from peakend.language import Text
from peakend.warehouse.readers.errors import SourceError
from peakend.warehouse.readers.integrity import cannot_read, chunks, fingerprint
from peakend.warehouse.readers.source import ROW, ReadOptions, SourceColumn, SourceFile
from peakend.warehouse.readers.temporary import Room, described

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

SCHEMA = pa.schema(
    [
        (ROW, pa.int64()),
        ("position", pa.string()),
        ("case_id", pa.string()),
        ("activity", pa.string()),
        ("at", pa.timestamp("us")),
        ("at_text", pa.string()),
        ("resource", pa.string()),
        ("lifecycle", pa.string()),
        ("attributes", pa.string()),
    ]
)
_BATCH = 20_000
_TYPED = {"string", "date", "int", "float", "boolean", "id"}
_PLACED = {"concept:name": "activity", "org:resource": "resource", "lifecycle:transition": "lifecycle"}


def open_xes(
    path: Path, options: ReadOptions, connection: duckdb.DuckDBPyConnection, name: str
) -> SourceFile:
    """`path` as a temporary table, one row an event in the order of the log (`position`, with leading zeros).

    `at` is UTC (a time without an offset counts as UTC), `attributes` a JSON object of every other attribute
    of the event and, prefixed with "case:", of its trace. Malformed XML is told with its line.
    """
    digest, unchanged = fingerprint(path)
    room = Room(connection)
    log = _Log()
    relation = room.table(pa.RecordBatchReader.from_batches(SCHEMA, _batches(path, log)), path)
    if log.failure is not None:
        room.clear()
        raise log.failure
    if not log.traces and not log.is_log:
        room.clear()
        raise SourceError(
            Text(
                f"{path.name} is no XES log: it has no <log>.",
                f"{path.name} 不是 XES 日志：没有 <log> 元素。",
            ),
            path=str(path),
        )
    return SourceFile(
        path=path,
        name=name,
        format="xes",
        relation=relation,
        columns=tuple(SourceColumn(*pair) for pair in described(connection, relation) if pair[0] != ROW),
        fingerprint=digest,
        connection=connection,
        notes=_notes(log),
        rows=log.events,
        unchanged=unchanged,
        release=room.clear,
        details={"traces": log.traces},
    )


def _notes(log: _Log) -> tuple[Text, ...]:
    notes = []
    if log.first is not None and log.first.year <= 1970:
        notes.append(
            Text(
                "The clock of this log starts in 1970: its times are durations, not calendar time.",
                "该日志的时钟从 1970 年起算：其时间表示先后与时长，不是日历时间。",
            )
        )
    if log.without_offset:
        notes.append(
            Text(
                f"{log.without_offset} times have no UTC offset and are taken as UTC.",
                f"{log.without_offset} 个时间没有时区偏移，按 UTC 处理。",
            )
        )
    if log.empty_traces:
        notes.append(
            Text(f"{log.empty_traces} cases have no event.", f"{log.empty_traces} 个实例没有任何事件。")
        )
    return tuple(notes)


@dataclass(slots=True)
class _Log:
    """What is known of the log while it is read, and the rows not yet handed over."""

    events: int = 0
    traces: int = 0
    empty_traces: int = 0
    without_offset: int = 0
    first: datetime.datetime | None = None
    is_log: bool = False
    failure: SourceError | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    case: dict[str, str] = field(default_factory=dict)
    event: dict[str, str] = field(default_factory=dict)
    events_before: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        parent = self.path[-1] if self.path else ""
        self.path.append(tag)
        if tag == "log":
            self.is_log = True
        elif tag == "trace":
            self.case = {}
            self.events_before = self.events
            self.traces += 1
        elif tag == "event":
            self.event = {}
        elif tag in _TYPED and "key" in attributes:
            if parent == "event":
                self.event[attributes["key"]] = attributes.get("value", "")
            elif parent == "trace":
                self.case[attributes["key"]] = attributes.get("value", "")

    def end(self, tag: str) -> None:
        self.path.pop()
        if tag == "event":
            self.rows.append(self._row())
            self.events += 1
        elif tag == "trace" and self.events == self.events_before:
            self.empty_traces += 1

    def _row(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            ROW: self.events,
            "position": f"{self.events:010d}",
            "case_id": self.case.get("concept:name") or str(self.traces),
        }
        rest = {}
        for key, value in self.event.items():
            if key in _PLACED:
                row[_PLACED[key]] = value or None
            elif key == "time:timestamp":
                row["at_text"] = value
                row["at"] = self._time(value)
            else:
                rest[key] = value
        rest.update((f"case:{key}", value) for key, value in self.case.items() if key != "concept:name")
        row["attributes"] = json.dumps(rest, ensure_ascii=False) if rest else None
        return row

    def _time(self, text: str) -> datetime.datetime | None:
        try:
            moment = datetime.datetime.fromisoformat(text.strip())
            if moment.tzinfo is None:
                self.without_offset += 1
            else:
                moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            return None
        if self.first is None or moment < self.first:
            self.first = moment
        return moment


def _batches(path: Path, log: _Log) -> Iterator[pa.RecordBatch]:
    """Batches of events; what goes wrong is left in `log.failure` because it must not pass through DuckDB."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    # Local names: the log's default namespace differs between versions of the standard.
    def start(tag: str, attributes: dict[str, str]) -> None:
        log.start(tag.rpartition(" ")[2], attributes)

    def end(tag: str) -> None:
        log.end(tag.rpartition(" ")[2])

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        packed = path.suffix.lower() == ".gz"
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            for chunk in chunks(cast("BinaryIO", stream), path):
                parser.Parse(chunk)
                if len(log.rows) >= _BATCH:
                    yield _batch(log)
            parser.Parse(b"", True)
    except expat.ExpatError as cause:
        log.failure = _malformed(path, cause)
    except SourceError as cause:
        log.failure = cause
    except OSError as cause:
        log.failure = cannot_read(path, cause)
    yield _batch(log)


def _batch(log: _Log) -> pa.RecordBatch:
    rows, log.rows = log.rows, []
    return pa.RecordBatch.from_arrays(
        [pa.array([row.get(column.name) for row in rows], column.type) for column in SCHEMA], schema=SCHEMA
    )


def _malformed(path: Path, cause: expat.ExpatError) -> SourceError:
    words = expat.ErrorString(cause.code)
    return SourceError(
        Text(
            f"{path.name} is no well-formed XML: {words} in line {cause.lineno}.",
            f"{path.name} 不是格式正确的 XML：第 {cause.lineno} 行，{words}。",
        ),
        Text("The file may have been cut short; fetch it again.", "文件可能不完整，请重新获取。"),
        path=str(path),
        line=cause.lineno,
    )
