"""One canonical table during a load: its rows as the files give them, checked and told apart.

Rows are screened in one pass over the files (`screen`): a hash of the key, a hash of the content and whether
every check holds; nothing else of a row is kept. What needs a second look (keys that occur twice, keys that
are there with other content) is a small relation, `contested`; other rows go from the file straight into the
table.
"""

# Names are quoted and values are literals; expressions come from the mapping, which builds SQL.
# ruff: noqa: S608

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from peakend.language import Text
from peakend.warehouse.load_checks import RowCheck, mapping_checks, reason_struct, schema_checks
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
    count: TableCount = field(init=False)
    failing: list[int] = field(init=False)
    contested_keys: bool = False
    settled_keys: bool = False
    written: bool = False

    def __post_init__(self) -> None:
        self.count = TableCount(self.table.name)
        self.failing = [0] * len(self.loads)
        self.checks = [*schema_checks(self.table), *self.checks]

    def name(self, part: str) -> str:
        """Quoted name of the temporary relation `part` of this table."""
        return quoted(f"load_{part}_{self.table.name}")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that `sql` gives; an error of DuckDB becomes one that names the table and the files."""
        return execute(self.connection, sql, self.table.name, [load.source.name for load in self.loads])

    def number(self, sql: str) -> int:
        """The one number that `sql` gives."""
        return int(self.run(sql)[0][0] or 0)

    def mapped(self, load: TableLoad) -> set[str]:
        """Content columns that `load` fills; the others keep what they have."""
        return {column.name for column in load.columns} & set(content_of(self.table))

    def view(self, number: int) -> str:
        """Quoted name of the view over load `number`: typed columns, `__row`, checks, repairs, `__raw`."""
        return self.name(f"view{number}")

    def make_views(self) -> None:
        """Create the view of every load."""
        for number, load in enumerate(self.loads):
            self.run(f"create or replace temp view {self.view(number)} as {view_sql(self.table, load)}")

    def all_checks(self, load: TableLoad) -> list[RowCheck]:
        return [*mapping_checks(load), *self.checks]

    def sound(self, number: int, columns: str) -> str:
        """SQL: `columns` of the rows of load `number` that pass every check."""
        if not self.failing[number]:
            return f"select {columns} from {self.view(number)} i where true"
        passes = self.passes(self.loads[number])
        return f"select {columns} from {self.view(number)} i {self.joined} where {passes}"

    def passes(self, load: TableLoad) -> str:
        """SQL: whether the row passes every check of `load`."""
        return " and ".join(check.ok for check in self.all_checks(load)) or "true"

    def screen(self) -> None:
        """Read every file once: key, content, and whether the row is sound."""
        key = hashed(self.table.key, "i.")
        parts = []
        for number, load in enumerate(self.loads):
            mapped = [name for name in content_of(self.table) if name in self.mapped(load)]
            parts.append(
                f"select {number}::smallint as load, i.__row as row, {key} as key, "
                f"{hashed(mapped, 'i.')} as content, {self.passes(load)} as ok "
                f"from {self.view(number)} i {self.joined}"
            )
        self.run(f"create or replace temp table {self.name('screen')} as {' union all '.join(parts)}")
        counted = self.run(
            f"select load, count(*), count(*) filter (not ok) from {self.name('screen')} group by load"
        )
        for number, rows, failing in counted:
            self.failing[number] = failing
            self.count.read += rows
            self.count.refused += failing

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
            mapped = [name for name in content_of(self.table) if name in self.mapped(load)]
            differs = stub if load.on_conflict == "keep" else f"s.content <> {hashed(mapped, 'e.')}"
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
                rows += f" and {hashed(self.table.key, 'i.')} not in (select key from {self.name('settled')})"
            parts.append(rows)
        if self.contested_keys:
            parts.append(f"select {listed(names)} from {self.name('resolved')}")
        return " union all ".join(parts)

    def refuse_unsound(self) -> None:
        """Keep the rows that fail a check, with every reason and the row as the source has it."""
        for number, load in enumerate(self.loads):
            if not self.failing[number]:
                continue
            reasons = ", ".join(reason_struct(check) for check in self.all_checks(load))
            self.run(
                "insert into load_refused select "
                f"{literal(load.source.name)}, __row + 1, {literal(self.table.name)}, "
                "why[1]['column'], why[1]['code'], "
                "array_to_string(list_transform(why, lambda w: w['en']), '; '), "
                "array_to_string(list_transform(why, lambda w: w['zh']), '；'), __raw from ("
                f"select i.__row, i.__raw, list_filter([{reasons}], lambda w: w is not null) as why "
                f"from {self.view(number)} i {self.joined} where not ({self.passes(load)})) "
                "order by __row"
            )

    def drop(self) -> None:
        """Remove everything temporary of this table."""
        for part in ("screen", "special", "settled", "contested", "judged", "merged", "resolved", "replaced"):
            self.run(f"drop table if exists {self.name(part)}")
        for number in range(len(self.loads)):
            self.run(f"drop view if exists {self.view(number)}")


def view_sql(table: Table, load: TableLoad) -> str:
    """SQL: the rows of `load` in the canonical columns and types, with its checks and repairs beside them."""
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
    return f"select {selected} from {load.relation}{where}"


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


def stopped(cause: Exception, table: str, files: Sequence[str]) -> LoadError:
    """The error for a person, from what DuckDB says while it loads `table` from `files`."""
    names = ", ".join(sorted(set(files)))
    said = str(cause)
    full = ("No space left", "Could not write", "max_temp_directory_size", "File too large", "Out of Memory")
    if isinstance(cause, duckdb.OutOfMemoryException) or any(word.lower() in said.lower() for word in full):
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
