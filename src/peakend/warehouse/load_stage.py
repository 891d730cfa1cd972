"""One canonical table during a load: its rows as the files give them, checked and told apart.

Rows are screened in one pass over the files (`screen`): a hash of the key, a hash of the content and whether
every check holds; nothing else of a row is kept. What needs a second look (keys that occur twice, keys that
are there with other content) is a small relation, `contested`; other rows go from the file straight into the
table.
"""

# Names are quoted and values are literals; expressions come from the mapping, which builds SQL.
# ruff: noqa: S608

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from peakend.language import Text
from peakend.warehouse.load_checks import RowCheck, mapping_checks, schema_checks
from peakend.warehouse.load_errors import LoadError, StorageFullError
from peakend.warehouse.load_report import TableCount
from peakend.warehouse.load_sql import (
    STUB,
    content_of,
    hashed,
    listed,
    literal,
    names_of,
    quoted,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.warehouse.mapping_loads import TableLoad
    from peakend.warehouse.schema import Table


LISTED = 2000
"""Rows up to which a sieve is a list of numbers."""


@dataclass(slots=True)
class Stage:
    """The rows for `table` from `loads`, inside `connection`.

    joined: SQL that joins what the checks look at beside the row itself (the question of an answer).
    exists: whether the table is already there and not empty.
    """

    connection: duckdb.DuckDBPyConnection
    table: Table
    loads: Sequence[TableLoad]
    exists: bool
    checks: list[RowCheck] = field(default_factory=list)
    joined: str = ""
    folder: Path | None = None
    count: TableCount = field(init=False)
    failing: list[int] = field(init=False)
    repaired: list[int] = field(init=False)
    contested_keys: bool = False
    settled_keys: bool = False
    written: bool = False

    def __post_init__(self) -> None:
        self.count = TableCount(self.table.name)
        self.failing = [0] * len(self.loads)
        self.repaired = [0] * len(self.loads)
        self.checks = [*schema_checks(self.table), *self.checks]

    def name(self, part: str) -> str:
        """Quoted name of the temporary relation `part` of this table."""
        return quoted(f"load_{part}_{self.table.name}")

    def rows(self, number: int) -> str:
        """Quoted name of the relation of load `number` that `screened_sql` describes."""
        return self.name(f"rows{number}")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that `sql` gives; an error of DuckDB becomes one that names the table and the files."""
        return execute(self.connection, sql, self.table.name, [load.source.name for load in self.loads])

    def number(self, sql: str) -> int:
        """The one number that `sql` gives."""
        return int(self.run(sql)[0][0] or 0)

    def mapped(self, load: TableLoad) -> list[str]:
        """Content columns that `load` fills; the others keep what they have."""
        filled = {column.name for column in load.columns}
        return [name for name in content_of(self.table) if name in filled]

    def open_rows(self) -> None:
        """Make `rows` of every load.

        A text file is read and its values are made once, into a Parquet file beside; what is columnar already
        is cheaper to read again than to copy.
        """
        for number, load in enumerate(self.loads):
            rows = screened_sql(self, load)
            if load.source.format == "csv":
                if self.folder is None:
                    self.folder = Path(tempfile.mkdtemp(prefix="peakend-load-"))
                path = literal(str(self.folder / f"{number}.parquet"))
                self.run(f"copy ({rows}) to {path} (format parquet, compression lz4, row_group_size 122880)")
                rows = f"select * from read_parquet({path})"
            self.run(f"create or replace temp view {self.rows(number)} as {rows}")

    def sound(self, number: int, columns: str) -> str:
        """SQL: `columns` of the rows of load `number` that pass every check."""
        passing = "i.__ok" if self.failing[number] else "true"
        return f"select {columns} from {self.rows(number)} i where {passing}"

    def among(self, number: int, rows: str) -> str:
        """SQL: a cheap first sieve of load `number`: only the source rows that `rows` (SQL) gives.

        One source row may give several rows (an answer a question), so this alone decides nothing. A list of
        numbers is applied before any value is made of a row; a relation, put aside so that DuckDB knows how
        few they are, need not be.
        """
        few = self.name(f"sieve{number}")
        self.run(f"create or replace temp table {few} as select distinct * from ({rows}) t(row)")
        if self.number(f"select count(*) from {few}") > LISTED:
            return f"__row in (from {few})"
        numbers = ", ".join(str(row) for (row,) in self.run(f"from {few} order by row")) or "NULL"
        return f"__row in ({numbers})"

    def screen(self) -> None:
        """Read every file once: key, content, and whether the row is sound."""
        parts = " union all ".join(
            f"select {number}::smallint as load, __row as row, __key as key, __content as content, "
            f"__ok as ok, __repaired as repaired from {self.rows(number)}"
            for number in range(len(self.loads))
        )
        self.run(f"create or replace temp table {self.name('screen')} as {parts}")
        counted = self.run(
            "select load, count(*), count(*) filter (not ok), count(*) filter (repaired) "
            f"from {self.name('screen')} group by load"
        )
        for number, rows, failing, repaired in counted:
            self.failing[number] = failing
            self.repaired[number] = repaired
            self.count.read += rows
            self.count.refused += failing
        self._simplify_rows()

    def _simplify_rows(self) -> None:
        """Where no rule changed any value, what follows reads the values as they are."""
        for number, load in enumerate(self.loads):
            if load.source.format == "csv" or self.repaired[number]:
                continue
            columns = tuple(replace(c, value=c.unrepaired or c.value) for c in load.columns)
            simple = screened_sql(self, replace(load, columns=columns))
            self.run(f"create or replace temp view {self.rows(number)} as {simple}")

    def settle(self) -> None:
        """Tell keys that need a second look from those that are simply new or simply known."""
        screen, special, settled = self.name("screen"), self.name("special"), self.name("settled")
        twice = f"select key from {screen} where ok group by key having count(*) > 1"
        self.run(f"create or replace temp table {special} as {twice}")
        self.run(f"create or replace temp table {settled} as select key from {special}")
        if self.exists:
            self._settle_with_existing()
        self.contested_keys = self.number(f"select count(*) from {special}") > 0
        self.settled_keys = self.number(f"select count(*) from {settled}") > 0

    def _settle_with_existing(self) -> None:
        screen, special, settled = self.name("screen"), self.name("special"), self.name("settled")
        stored = quoted(self.table.name)
        key = hashed(self.table.key, "e.")
        stub = f"(e.attributes is not distinct from {literal(STUB)})"
        changed = []
        for number, load in enumerate(self.loads):
            differs = (
                stub if load.on_conflict == "keep" else f"s.content <> {hashed(self.mapped(load), 'e.')}"
            )
            changed.append(
                f"select s.key from {screen} s join {stored} e on s.key = {key} "
                f"where s.ok and s.load = {number} and {differs}"
            )
        differing = " union ".join(changed)
        self.run(f"insert into {special} select key from ({differing}) except select key from {special}")
        self.run(
            f"insert into {settled} select distinct key from {screen} s where ok and "
            f"key in (select {key} from {stored} e) and key not in (select key from {settled})"
        )
        self.count.unchanged = self.number(
            f"select count(*) from {screen} where ok and key in (select key from {settled}) "
            f"and key not in (select key from {special})"
        )

    def fresh(self) -> str:
        """SQL: every row that is to be added, in the canonical columns."""
        names = names_of(self.table)
        parts = []
        for number in range(len(self.loads)):
            rows = self.sound(number, listed(names, "i."))
            if self.settled_keys:
                rows += f" and i.__key not in (select key from {self.name('settled')})"
            parts.append(rows)
        if self.contested_keys:
            parts.append(f"select {listed(names)} from {self.name('resolved')}")
        return " union all ".join(parts)

    def drop_parts(self, *parts: str) -> None:
        """Remove temporary relations; memory is tight while the table is sorted."""
        for part in parts:
            self.run(f"drop table if exists {self.name(part)}")

    def drop(self) -> None:
        """Remove everything temporary of this table."""
        self.drop_parts(
            "screen", "special", "settled", "contested", "judged", "merged", "resolved", "replaced"
        )
        for number in range(len(self.loads)):
            self.run(f"drop view if exists {self.rows(number)}")
            self.drop_parts(f"sieve{number}")

    def clean(self) -> None:
        """Remove what lies outside DuckDB; nothing else is left of a load that failed."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def screened_sql(stage: Stage, load: TableLoad) -> str:
    """SQL: the rows of `load` in the canonical columns, and what is to be known of them.

    `__key` and (where there is something to compare with) `__content` are hashes, `__ok` says whether every
    check holds, `__repaired` whether a rule put some value right.
    """
    passes = " and ".join(check.ok for check in [*mapping_checks(load), *stage.checks]) or "true"
    return (
        f"select i.__row, {listed(names_of(stage.table), 'i.')}, {hashed(stage.table.key, 'i.')} as __key, "
        f"{hashed(stage.mapped(load) if stage.exists else [], 'i.')} as __content, ({passes}) as __ok, "
        f"{_repaired(load)} as __repaired from ({view_sql(stage.table, load)}) i {stage.joined}"
    )


def _repaired(load: TableLoad) -> str:
    """SQL: whether a rule put any value of the row right."""
    rules = sum(len(column.repairs) for column in load.columns)
    return "(" + (" or ".join(f'i."__p{n}"' for n in range(rules)) or "false") + ")"


def view_sql(table: Table, load: TableLoad, sieve: str | None = None) -> str:
    """SQL: the rows of `load` in the canonical columns and types, with its checks and repairs beside them.

    `sieve` is a condition on `__row` that is applied before any value is made.
    """
    mapped = {column.name: column.value for column in load.columns}
    columns = [
        f"{typed(column, mapped.get(column.name, 'NULL'))} as {quoted(column.name)}"
        for column in table.columns
    ]
    checks = [check for column in load.columns for check in column.checks]
    repairs = [repair for column in load.columns for repair in column.repairs]
    extra = [f'({check.ok}) as "__c{n}", ({check.raw}) as "__v{n}"' for n, check in enumerate(checks)]
    extra += [f'({repair.changed}) as "__p{n}"' for n, repair in enumerate(repairs)]
    where = f" where {load.where}" if load.where else ""
    selected = ", ".join(["__row", *columns, *extra, f"({load.raw}) as __raw"])
    if sieve is None:
        return f"select {selected} from {load.relation}{where}"
    # Materialised, so that no value is made of rows that the sieve holds back.
    sieved = f"with sieved as materialized (select * from {load.relation} where {sieve})"
    return f"{sieved} select {selected} from sieved{where}"


def execute(
    connection: duckdb.DuckDBPyConnection, sql: str, table: str, files: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The rows that `sql` gives; DuckDB's errors become a `LoadError` that names the files.

    Every result is read to its end: DuckDB lets nothing else happen on a connection before that.
    """
    try:
        return connection.execute(sql).fetchall()
    except (duckdb.Error, RuntimeError) as cause:
        if isinstance(cause, duckdb.InterruptException) or str(cause) == "Query interrupted":
            raise KeyboardInterrupt from cause
        if not isinstance(cause, duckdb.Error):
            raise
        raise stopped(cause, table, files) from cause


def idle(connection: duckdb.DuckDBPyConnection) -> None:
    """End whatever result is still open on `connection`: DuckDB lets nothing else happen before."""
    connection.execute("select 1").fetchall()


def is_full(said: str) -> bool:
    """Whether an error of DuckDB tells of a full disk, or of memory that is not enough."""
    full = ("no space left", "could not write", "max_temp_directory_size", "file too large", "out of memory")
    return any(word in said.lower() for word in full)


def stopped(cause: Exception | str, table: str, files: Sequence[str]) -> LoadError:
    """The error for a person, from what DuckDB says while it loads `table` from `files`."""
    names = ", ".join(sorted(set(files)))
    said = str(cause)
    if is_full(said):
        return StorageFullError(
            Text(
                f"There is no room to load {table} from {names}: {said}. The warehouse is as it was.",
                f"空间不足，无法从 {names} 载入 {table}：{said}。数据仓库保持原样。",
            ),
            Text("Free some disk space and load again.", "请清理磁盘空间后重新载入。"),
            table=table,
            files=tuple(files),
        )
    return LoadError(
        Text(
            f"Loading {table} from {names} stopped: {said}. The warehouse is as it was.",
            f"从 {names} 载入 {table} 时中断：{said}。数据仓库保持原样。",
        ),
        Text("Check the file and the mapping, then load again.", "请检查文件与映射后重新载入。"),
        table=table,
        files=tuple(files),
    )
