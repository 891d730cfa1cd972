"""What the runner promises holds on DuckDB, PostgreSQL and Spark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from peakend.analyses import RunInterruptedError, executed_sql, latest_records, run, written_sql
from peakend.analyses.fingerprints import content_summary
from peakend.declaration import ARROW_TYPES, Analysis, Inputs, ResultColumn, Results, ResultTable
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.analyses.outcomes import RunReport
    from peakend.engine import Engine

Declare = Callable[..., Analysis]
SERVERS = [
    pytest.param(name, marks=[getattr(pytest.mark, name), pytest.mark.xdist_group(name)])
    for name in ("postgres", "spark")
]


@pytest.fixture(params=["duckdb", *SERVERS])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Three customers on each engine."""
    opened: Engine = request.getfixturevalue(f"{request.param}_engine")
    store(opened, "customers", pa.table({"customer_id": ["a", "b", "重庆"]}))
    return opened


def store(engine: Engine, name: str, table: pa.Table) -> None:
    engine.store(engine.from_arrow(table), name, replace=True)


def statuses(report: RunReport) -> dict[str, str]:
    return {outcome.name: outcome.status for outcome in report.outcomes}


EVERY = pa.table(
    {
        "key": ["x", "y"],
        "n": pa.array([1, None], pa.int64()),
        "value": pa.array([1.5, None], pa.float64()),
        "spent": pa.array([Decimal("1.5000"), None], pa.decimal128(18, 4)),
        "on": [date(2024, 1, 1), None],
        "at": pa.array([datetime(2024, 1, 1, 12, 0, 0, 1), None], pa.timestamp("us")),
        "is": [True, None],
    }
)
TYPES = ("string", "integer", "number", "money", "day", "time", "flag")
COLUMNS = tuple(ResultColumn(n, t, Text(n, n)) for n, t in zip(EVERY.column_names, TYPES, strict=True))
EVERY_TYPE = ResultTable("every_type", COLUMNS, ("key",), Text("t", "t"))


@pytest.mark.parametrize("as_relation", [True, False])
def test_a_result_comes_back_as_it_was_declared(engine: Engine, declare: Declare, as_relation: bool) -> None:
    def compute(inputs: Inputs) -> Results:
        return {"every_type": inputs.engine.from_arrow(EVERY) if as_relation else EVERY}

    report = run(engine, catalogue=[declare("a", gives=(EVERY_TYPE,), compute=compute)])
    assert statuses(report) == {"a": "done"}, report["a"].error
    saved = engine.table("every_type").to_arrow(EVERY_TYPE.schema()).sort_by("key")
    assert saved.to_pylist() == EVERY.to_pylist()
    assert [field.type for field in saved.schema] == [ARROW_TYPES[t] for t in TYPES]


def test_what_changed_and_what_depends_on_it_runs_again_and_nothing_else(
    engine: Engine, declare: Declare
) -> None:
    analyses = [declare("a"), declare("b", needs=("a_result",))]
    assert statuses(run(engine, catalogue=analyses)) == {"a": "done", "b": "done"}
    assert statuses(run(engine, catalogue=analyses)) == {"a": "unchanged", "b": "unchanged"}
    store(engine, "customers", pa.table({"customer_id": ["a", "b", "c"]}))
    assert statuses(run(engine, catalogue=analyses)) == {"a": "done", "b": "done"}
    assert latest_records(engine)["a"].rows == {"a_result": 1}


def test_a_failure_and_an_empty_table_are_told(engine: Engine, declare: Declare) -> None:
    def broken(inputs: Inputs) -> Results:
        return {"bad_result": inputs.query("select no_such_column as answers from customers")}

    store(engine, "answers", pa.table({"answer_id": pa.nulls(0, pa.string())}))
    analyses = [declare("bad", compute=broken), declare("good"), declare("none", needs=("answers",))]
    report = run(engine, catalogue=analyses)
    assert statuses(report) == {"bad": "failed", "good": "done", "none": "skipped"}
    assert latest_records(engine)["bad"].status == "failed"
    assert "no_such_column" in (latest_records(engine)["bad"].error or "")


def test_an_interrupted_analysis_leaves_the_older_result_or_is_done_again(
    engine: Engine, declare: Declare
) -> None:
    def stop(_: Inputs) -> Results:
        raise KeyboardInterrupt

    a = declare("a")
    run(engine, catalogue=[a])
    store(engine, "customers", pa.table({"customer_id": ["a"]}))
    with pytest.raises(RunInterruptedError):
        run(engine, catalogue=[declare("a", compute=stop)])
    assert statuses(run(engine, catalogue=[a])) == {"a": "done"}
    assert engine.table("a_result").to_arrow()["answers"].to_pylist() == [1]


def test_the_content_of_a_table_without_a_version_is_summarised(engine: Engine) -> None:
    store(engine, "theirs", EVERY)
    before = content_summary(engine, "theirs")
    assert content_summary(engine, "theirs") == before
    changes = {
        "key": "z",
        "n": 2,
        "value": 1.25,
        "spent": Decimal("1.5001"),
        "on": date(2024, 1, 2),
        "at": datetime(2024, 1, 1, 12),
        "is": False,
    }
    for column, value in changes.items():
        rows = EVERY.to_pylist()
        rows[0][column] = value
        store(engine, "theirs", pa.Table.from_pylist(rows, schema=EVERY.schema))
        assert content_summary(engine, "theirs") != before, column


def test_the_sql_of_an_analysis_is_in_the_engines_dialect(engine: Engine, declare: Declare) -> None:
    a = declare("a", sql=("analyses/row_count",))
    (statement,) = executed_sql(engine, a, [a])
    assert statement.name == "a_result"
    assert "customers" in statement.sql
    assert [s.name for s in written_sql(engine, a)] == ["analyses/row_count"]
    assert "a_result" not in engine.tables()


def read_as_pasted(engine: Engine, sql: str) -> pa.Table:
    """What a client of the database itself answers to the text `sql`."""
    if engine.dialect == "duckdb":
        return engine.connection.sql(sql).to_arrow_table()  # type: ignore[attr-defined]
    if engine.dialect == "postgres":
        return engine._read(sql)  # type: ignore[attr-defined]
    return engine.session.sql(sql).toArrow()  # type: ignore[attr-defined]


VALUES = {
    "word": "l'été 重庆 $n :n",
    "whole": -12,
    "share": 0.1,
    "tiny": 1e-12,
    "money": Decimal("1.50"),
    "day": date(2024, 2, 29),
    "moment": datetime(2024, 1, 1, 12, 0, 0, 1),
    "yes": True,
}


def test_the_complete_sql_runs_as_it_is_pasted_and_gives_the_result(engine: Engine, declare: Declare) -> None:
    columns = ["customer_id", *(f"${name} as {name}" for name in VALUES), "$share * 3 as thrice"]
    asked = " ".join(("select", ", ".join(columns), "from customers where customer_id < $last"))

    def compute(inputs: Inputs) -> Results:
        return {"a_result": inputs.query(asked, {**VALUES, "last": "c"})}

    a = declare("a", compute=compute)
    (statement,) = executed_sql(engine, a, [a])
    assert set(statement.params.values()) == {*VALUES.values(), "c"}
    rows = read_as_pasted(engine, statement.complete).sort_by("customer_id").to_pylist()
    assert [row.pop("customer_id") for row in rows] == ["a", "b"]
    for row in rows:
        assert row.pop("thrice") == 0.1 * 3
        assert row.pop("moment").replace(tzinfo=None) == VALUES["moment"]
        # PostgreSQL's driver hands a bare numeric over as text.
        row["money"] = Decimal(row["money"])
        assert row == {name: value for name, value in VALUES.items() if name != "moment"}
