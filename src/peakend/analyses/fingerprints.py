"""What an analysis' result depends on, as one short text: equal fingerprints mean nothing has changed.

Part of it are: the declaration's name and version, the text of its SQL files, the Python code beside it, the
settings, Peakend's version, and the version of every table it reads.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from peakend.analyses.records import Record, latest_records
from peakend.engine import Engine, identifier, sql_text
from peakend.release import version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from peakend.declaration import Analysis, Settings

VERSIONS = "table_versions"
# Floating sums differ in their last digits from run to run, because threads add in no fixed order.
_STABLE_DIGITS = 12


@dataclass(frozen=True, slots=True)
class TableVersion:
    """Which state of a table: `version` changes when its content does; `rows` are counted."""

    version: str
    rows: int


class TableVersions:
    """The version of every table of one warehouse during one run; each is found out once.

    A canonical table has the version its writer noted in `table_versions`. A result table has the fingerprint
    of the run that made it. Any other table (a user's own warehouse) is summarised by its content, see
    `content_summary`. `giver` names the analysis behind a result table.
    """

    def __init__(self, engine: Engine, giver: Mapping[str, str]) -> None:
        self._engine = engine
        self._giver = giver
        self._present = set(engine.tables())
        self._noted = self._read_noted()
        self._records = latest_records(engine, ("done", "saving"))
        self._known: dict[str, TableVersion] = {}

    def __contains__(self, table: object) -> bool:
        return table in self._present

    def __getitem__(self, table: str) -> TableVersion:
        if table not in self._known:
            self._known[table] = TableVersion(self._version(table), row_count(self._engine, table))
        return self._known[table]

    def has_rows(self, table: str) -> bool:
        """Whether `table` is present and not empty."""
        return table in self and self[table].rows > 0

    def record(self, analysis: str) -> Record | None:
        """The last record that says in what state the results of `analysis` are."""
        return self._records.get(analysis)

    def changed(self, fingerprint: str, rows: Mapping[str, int]) -> None:
        """Note that the run with `fingerprint` has just saved these tables."""
        for table, count in rows.items():
            self._present.add(table)
            self._known[table] = TableVersion(fingerprint, count)

    def _version(self, table: str) -> str:
        if table in self._noted:
            return self._noted[table]
        record = self._records.get(self._giver.get(table, ""))
        if record is not None and record.status == "done" and table in record.rows:
            return record.fingerprint
        return content_summary(self._engine, table)

    def _read_noted(self) -> dict[str, str]:
        if VERSIONS not in self._present:
            return {}
        rows = self._engine.table(VERSIONS).to_arrow().to_pylist()
        return {
            row["table_name"]: str(row["version"]) for row in sorted(rows, key=lambda row: row["changed_at"])
        }


def fingerprint(
    analysis: Analysis, settings: Settings, dialect: str, inputs: Mapping[str, TableVersion]
) -> str:
    """64 hexadecimal digits that change when anything the result depends on does."""
    parts = {
        "analysis": analysis.name,
        "version": analysis.version,
        "gives": [[t.name, [[c.name, c.type] for c in t.columns], list(t.key)] for t in analysis.gives],
        "sql": {name: [sql_text(name), sql_text(f"{name}.{dialect}")] for name in analysis.sql},
        "code": code_version(analysis.compute),
        "settings": asdict(settings),
        "release": version(),
        "inputs": {table: [found.version, found.rows] for table, found in inputs.items()},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def code_version(compute: Callable[..., Any]) -> str:
    """A hash of the Python source that `compute` was written in.

    For an analysis of the house that is every module of its domain package, for any other its own file. Code
    further away is covered by `Analysis.version` and by Peakend's version.
    """
    while isinstance(compute, partial):
        compute = compute.func
    module = sys.modules.get(getattr(compute, "__module__", ""))
    try:
        file = Path(inspect.getsourcefile(module) or "") if module else None
    except TypeError:
        file = None
    if module is None or file is None or not file.is_file():
        return ""
    house = module.__name__.startswith("peakend.") and module.__name__.count(".") >= 2
    return _source_hash(tuple(sorted(file.parent.glob("*.py"))) if house else (file,))


@lru_cache(maxsize=64)
def _source_hash(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def row_count(engine: Engine, table: str) -> int:
    """Rows of the stored table `table`."""
    counted = engine.query("analyses/row_count", rows_of=engine.table(table)).to_arrow()
    return int(counted.column("n")[0].as_py())


def content_summary(engine: Engine, table: str) -> str:
    """A cheap stand-in for a version: counts, smallest, largest and sum of every column, in one scan.

    It sees rows that come, go or change a value. It does not see values that swap places between rows, nor
    changes that cancel out in a column's sum within its range, nor a change of a floating number beyond the
    twelfth digit of the column's sum: `force` recomputes all the same.
    """
    fields = engine.schema(table)
    aggregates = [exp.Count(this=exp.Star()), *(part for field in fields for part in _aggregates(field))]
    selected = [exp.alias_(aggregate, f"a{number}") for number, aggregate in enumerate(aggregates)]
    sql = exp.select(*selected).from_("content").sql("duckdb")
    row = engine.query(sql, content=engine.table(table)).to_arrow().to_pylist()[0]
    names = fields.names
    stable = [_stable(value) for value in row.values()]
    return "content:" + hashlib.sha256(json.dumps([names, stable]).encode()).hexdigest()


def _aggregates(field: pa.Field) -> list[exp.Expression]:
    column = exp.Column(this=identifier(field.name))
    whole = exp.DataType.build("decimal(38, 0)", dialect="duckdb")
    kind = field.type
    counted: list[exp.Expression] = [exp.Count(this=column)]
    if pa.types.is_boolean(kind):
        ones = exp.case().when(column, exp.Literal.number(1)).else_(exp.Literal.number(0))
        return [*counted, exp.Sum(this=ones)]
    if pa.types.is_floating(kind):
        return [*counted, exp.Min(this=column), exp.Max(this=column), exp.Sum(this=column)]
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        exact = exp.cast(column, whole) if pa.types.is_integer(kind) else column
        total = exp.Sum(this=exact)
    elif pa.types.is_timestamp(kind):
        total = exp.Sum(this=exp.cast(exp.Anonymous(this="epoch_us", expressions=[column]), whole))
    elif pa.types.is_date(kind):
        first = exp.cast(exp.Literal.string("1970-01-01"), "date")
        days = exp.DateDiff(this=exp.cast(column, "date"), expression=first, unit=exp.var("DAY"))
        total = exp.Sum(this=days)
    else:
        text = exp.cast(column, "text")
        return [*counted, exp.Min(this=text), exp.Max(this=text), exp.Sum(this=exp.Length(this=text))]
    return [
        *counted,
        *(exp.cast(part, "text") for part in (exp.Min(this=column), exp.Max(this=column), total)),
    ]


def _stable(value: object) -> str | None:
    if value is None:
        return None
    return f"{value:.{_STABLE_DIGITS}g}" if isinstance(value, float) else str(value)
