"""The account of a load, in the same transaction as its rows: refusals, history, versions, the load."""


# Names are quoted and values are literals; nothing else enters the SQL here.
# ruff: noqa: S608

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.warehouse.load_report import FileCount, LoadReport
from peakend.warehouse.load_sql import literal, quoted
from peakend.warehouse.load_stage import execute, idle
from peakend.warehouse.load_write import ROW_HISTORY
from peakend.warehouse.refusals import REFUSED_ROWS
from peakend.warehouse.versions import record_changes

if TYPE_CHECKING:
    import duckdb

    from peakend.engine import Engine
    from peakend.warehouse.load_sources import Sources
    from peakend.warehouse.load_target import Target

LOAD_RUNS = pa.schema(
    [
        pa.field("load_id", pa.string()),
        pa.field("folder", pa.string()),
        pa.field("mapping_fingerprint", pa.string()),
        pa.field("started_at", pa.timestamp("us")),
        pa.field("ended_at", pa.timestamp("us")),
        pa.field("seconds", pa.float64()),
        pa.field("files", pa.string()),
        pa.field("counts", pa.string()),
        pa.field("repairs", pa.string()),
    ]
)
"""One row a load that found something new. `files`, `counts`, `repairs` are JSON arrays of `FileCount`,
`TableCount` and `RepairCount`; `repairs` is the log of corrections."""

_ROOM = ("load_refused", "load_lines", "load_new_refusals", "load_history", "load_stubs")


def open_account(connection: duckdb.DuckDBPyConnection) -> None:
    """Make room for refused rows and for what updated rows said before."""
    columns = ", ".join(
        f"{name} {'bigint' if name == 'row_number' else 'varchar'}"
        for name in REFUSED_ROWS.names
        if name != "load_id"
    )
    for sql in (
        f"create or replace temp table load_refused ({columns})",
        "create or replace temp table load_history (table_name varchar, key varchar, row_json varchar)",
    ):
        execute(connection, sql, "refused_rows", [])


def refuse_lines(target: Target, sources: Sources, report: LoadReport) -> None:
    """Refuse the lines that are no rows at all, under the first table their file feeds."""
    first = {load.source.name: name for name in reversed(sources.ordered()) for load in sources.loads[name]}
    for source in sources.opened:
        lines = source.refused_lines()
        idle(target.connection)
        if not lines:
            continue
        table = first.get(source.name, "")
        rows = pa.table(
            {
                "row_number": pa.array([line.line for line in lines], pa.int64()),
                "reason_code": [line.code for line in lines],
                "reason_en": [line.reason.en for line in lines],
                "reason_zh": [line.reason.zh for line in lines],
                "raw_row": [line.text for line in lines],
            }
        )
        target.connection.register("load_lines", rows)
        origin = f"{literal(source.name)} as source_file, {literal(table)} as table_name"
        execute(
            target.connection,
            f"insert into load_refused by name select *, {origin} from load_lines",
            table,
            [source.name],
        )
        target.connection.unregister("load_lines")
        count = report.count(table)
        count.read += len(lines)
        count.refused += len(lines)


def forget_known_refusals(target: Target, report: LoadReport) -> None:
    """Do not keep twice what an earlier load of the same file refused already."""
    if not target.engine.has_table("refused_rows"):
        return
    stored = target.engine.table("refused_rows").to_arrow(REFUSED_ROWS)
    target.connection.register("load_known_refusals", stored)
    same = "source_file, table_name, reason_code, raw_row"
    matching = " and ".join(f"n.{name} is not distinct from k.{name}" for name in same.split(", "))
    _run(
        target,
        f"create or replace temp table load_new_refusals as with known as ("
        f"select {same}, count(*) as times from load_known_refusals group by all), now as ("
        f"select *, row_number() over (partition by {same} order by row_number) as nth from load_refused) "
        f"select n.* exclude (nth) from now n left join known k on {matching} "
        "where n.nth > coalesce(k.times, 0)",
    )
    target.connection.unregister("load_known_refusals")
    before, after = (
        dict(_run(target, f"select table_name, count(*) from {name} group by 1"))
        for name in ("load_refused", "load_new_refusals")
    )
    for table, refused in before.items():
        report.count(table).known_refusals = refused - after.get(table, 0)
    _run(target, "create or replace temp table load_refused as select * from load_new_refusals")


def _run(target: Target, sql: str) -> list[tuple[str, int]]:
    return execute(target.connection, sql, "refused_rows", [])


def close_account(target: Target, sources: Sources, report: LoadReport, started: datetime) -> None:
    """Publish the changed tables and write what happened to them."""
    report.files += [
        FileCount(source.name, source.format, source.fingerprint, source.rows) for source in sources.opened
    ]
    changed = [count.table for count in report.tables if count.changed]
    ended = datetime.now(UTC).replace(tzinfo=None)
    with target.commit():
        target.publish(changed)
        identified = f"select {literal(str(report.load_id))} as load_id, * from"
        target.append("refused_rows", REFUSED_ROWS, f"{identified} load_refused")
        until = f"cast({literal(ended.isoformat())} as timestamp) as valid_until"
        target.append("row_history", ROW_HISTORY, f"{identified} (select *, {until} from load_history)")
        record_changes(target.engine, changed, *sorted(file.fingerprint for file in report.files))
        _record(target.engine, sources.mapping_fingerprint, report, started, ended)
    for name in _ROOM:
        execute(target.connection, f"drop table if exists {quoted(name)}", name, [])


def _record(engine: Engine, mapping: str, report: LoadReport, started: datetime, ended: datetime) -> None:
    row = {
        "load_id": report.load_id,
        "folder": report.folder,
        "mapping_fingerprint": mapping,
        "started_at": started,
        "ended_at": ended,
        "seconds": report.seconds,
        "files": _json(report.files),
        "counts": _json(report.tables),
        "repairs": _json(report.repairs),
    }
    if not engine.has_table("load_runs"):
        engine.create("load_runs", LOAD_RUNS)
    engine.insert("load_runs", pa.Table.from_pylist([row], schema=LOAD_RUNS))


def _json(rows: list[Any]) -> str:
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False)


def loaded_files(engine: Engine) -> dict[str, tuple[str, str]]:
    """(fingerprint, mapping fingerprint) of every file as it was loaded last, by its name in its folder."""
    if not engine.has_table("load_runs"):
        return {}
    runs = engine.table("load_runs").to_arrow(LOAD_RUNS).sort_by("ended_at").to_pylist()
    return {
        file["name"]: (file["fingerprint"], run["mapping_fingerprint"])
        for run in runs
        for file in json.loads(run["files"])
    }
