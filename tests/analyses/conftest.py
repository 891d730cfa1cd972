"""A tiny warehouse, and analyses small enough to read at a glance."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
import pytest

from peakend.declaration import Analysis, Inputs, ResultColumn, Results, ResultTable
from peakend.engine import Engine, connect
from peakend.language import Text

Declare = Callable[..., Analysis]


def result_table(table: str, **columns: str) -> ResultTable:
    declared = tuple(ResultColumn(name, kind, Text(name, name)) for name, kind in columns.items())
    return ResultTable(table, declared, key=(declared[0].name,), meaning=Text(table, table))


@pytest.fixture
def declare() -> Declare:
    """`declare("name", needs=(…), compute=…)`: an analysis giving `name_result` unless `gives`."""

    def make(name: str, *, compute: Callable[[Inputs], Results] | None = None, **given: object) -> Analysis:
        gives = given.pop("gives", (result_table(f"{name}_result", answers="integer"),))

        def count(inputs: Inputs) -> Results:
            sql = "select count(*) as answers from t"
            return {table.name: inputs.query(sql, t=next(iter(inputs.relations.values()))) for table in gives}

        return Analysis(
            name=name,
            version=given.pop("version", 1),
            chapter="data",
            title=Text(name, name),
            meaning=Text(name, name),
            needs=given.pop("needs", ("customers",)),
            gives=gives,
            compute=compute or count,
            **given,
        )

    return make


def customers(*names: str) -> pa.Table:
    return pa.table({"customer_id": pa.array(names, pa.string())})


def store(engine: Engine, name: str, table: pa.Table) -> None:
    engine.store(engine.from_arrow(table), name, replace=True)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """DuckDB in memory with three customers."""
    with connect("duckdb://") as opened:
        store(opened, "customers", customers("a", "b", "c"))
        yield opened
