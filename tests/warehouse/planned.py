"""What a mapping makes of a folder, taken straight from its plan: rows, refusals and repairs a table."""

# The SQL is of the plan, or of names made here.
# ruff: noqa: S608

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from peakend.warehouse.mapping import Mapping, TableLoad, load_mapping
from peakend.warehouse.readers import find_sources, read_source

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Taken:
    """Rows that pass the checks; (code, value, row of the file) of those that do not; repairs by code."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[str, str | None, int]] = field(default_factory=list)
    repaired: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def planned(folder: Path, mapping: Mapping | str | Path) -> dict[str, Taken]:
    """Everything `mapping` makes of the files in `folder`, by canonical table."""
    plan = mapping if isinstance(mapping, Mapping) else load_mapping(mapping)
    found: dict[str, Taken] = {}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        loads = plan.declared(connection)
        for name in plan.files(find_sources(folder)):
            loads += plan.plan(read_source(folder / name, plan.options(name), connection, name=name))
        for load in loads:
            _take(connection, load, found.setdefault(load.table, Taken()))
    return found


def _take(connection: duckdb.DuckDBPyConnection, load: TableLoad, taken: Taken) -> None:
    values = ", ".join(f'{column.value} as "{column.name}"' for column in load.columns)
    checks = [check for column in load.columns for check in column.checks]
    tests = ", ".join(f"({check.ok}), ({check.raw})::varchar" for check in checks) or "true, null"
    where = f" where {load.where}" if load.where else ""
    cursor = connection.execute(
        f"select {values}, __row, {tests}, {load.raw} from {load.relation}{where} order by __row"
    )
    names = [column.name for column in load.columns]
    for row in cursor.fetchall():
        tested = row[len(names) + 1 : -1]
        bad = [
            (check.code, tested[2 * n + 1], row[len(names)])
            for n, check in enumerate(checks)
            if tested[2 * n] is not True
        ]
        if bad:
            taken.refused += bad
            assert row[-1], "a refused row keeps its source"
        else:
            taken.rows.append(dict(zip(names, row, strict=False)))
    for column in load.columns:
        for repair in column.repairs:
            count = connection.execute(
                f"select count(*) filter (where {repair.changed}) from {load.relation}{where}"
            ).fetchall()
            taken.repaired[repair.code] += int(count[0][0])
    taken.notes += [note.en for note in load.source.notes]
