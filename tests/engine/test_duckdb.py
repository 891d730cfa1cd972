from __future__ import annotations

import gc
import subprocess
import sys
import textwrap
import weakref
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from peakend.engine import ConnectionFailedError, EngineError, WarehouseLockedError, connect
from peakend.engine.duckdb import DuckDB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from peakend.engine import Relation


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    with DuckDB() as opened:
        yield opened


def views(engine: DuckDB) -> int:
    found = engine.connection.execute("select count(*) from duckdb_views() where temporary and not internal")
    return int(found.fetchall()[0][0])


def in_child(code: str, *arguments: object, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def test_data_handed_over_are_not_tables(engine: DuckDB) -> None:
    relation = engine.from_arrow(pa.table({"a": [1]}))
    relation.save("kept")
    assert engine.tables() == ["kept"]
    assert not engine.has_table(relation.tree.name)


def test_data_are_given_back_when_no_relation_reads_them(engine: DuckDB) -> None:
    data = pa.table({"a": pa.array([1, 2])})
    alive = weakref.ref(data)
    derived = engine.from_arrow(data).query("select sum(a) as s from t").query("select s + 1 as s from t")
    del data
    gc.collect()
    assert alive() is not None
    assert derived.to_arrow().to_pydict() == {"s": [4]}
    del derived
    gc.collect()
    engine.tables()
    assert views(engine) == 0
    gc.collect()
    assert alive() is None


def test_a_reader_becomes_a_relation_that_can_be_read_twice(engine: DuckDB) -> None:
    relation = engine.from_arrow(pa.table({"a": [1, 2]}).to_reader())
    assert relation.to_arrow().to_pydict() == relation.to_arrow().to_pydict() == {"a": [1, 2]}
    assert engine.tables() == []
    del relation
    gc.collect()
    assert engine.tables() == []
    found = engine.connection.execute("select count(*) from duckdb_tables() where temporary").fetchall()
    assert found == [(0,)]


@pytest.mark.filterwarnings("error")
def test_results_move_without_a_warning_and_in_order(engine: DuckDB) -> None:
    numbers = engine.from_arrow(pa.table({"a": range(300_000)}))
    descending = numbers.query("select a from t order by a desc").to_arrow()
    assert descending.column("a").to_pylist() == list(reversed(range(300_000)))


def test_the_session_is_utc_whatever_the_machine_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    with DuckDB() as engine:
        at = datetime(2026, 3, 29, 23, 30, tzinfo=UTC)
        data = engine.from_arrow(pa.table({"at": pa.array([at], pa.timestamp("us", "UTC"))}))
        found = data.query("select cast(at as date) as on_day from t").to_arrow()
    assert found.to_pydict() == {"on_day": [date(2026, 3, 29)]}


def test_settings_come_from_the_url(tmp_path: Path) -> None:
    with connect(f"duckdb:///{tmp_path}/a b%20.duckdb?memory_limit=300MB&threads=1") as engine:
        assert isinstance(engine, DuckDB)
        found = engine.connection.execute(
            "select current_setting('threads'), current_setting('memory_limit'), "
            "current_setting('temp_directory')"
        ).fetchall()
        assert found[0][0] == 1
        assert found[0][1].startswith("286")
        assert found[0][2] == f"{tmp_path}/a b%20.duckdb.tmp"
    assert (tmp_path / "a b%20.duckdb").is_file()
    with connect(f"duckdb:///{tmp_path}/a b%20.duckdb?read_only=1") as engine, pytest.raises(EngineError):
        engine.create("t", pa.schema([pa.field("a", pa.int64())]))


@pytest.mark.parametrize(
    "rest", ["?memory=1GB", "?memory_limit=much", "?threads=two", "?threads=1&x=2"], ids=lambda rest: rest
)
def test_a_wrong_setting_is_refused(rest: str) -> None:
    with pytest.raises(ConnectionFailedError) as caught:
        connect(f"duckdb://{rest}")
    assert caught.value.do is not None


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailedError, match="There is no folder"):
        connect(f"duckdb:///{tmp_path}/nowhere/x.duckdb")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("content", [b"hello " * 3000, b"hi"], ids=["long", "short"])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.duckdb"
    path.write_bytes(content)
    with pytest.raises(ConnectionFailedError, match="not a DuckDB warehouse"):
        connect(f"duckdb:///{path}")
    assert path.read_bytes() == content


def test_reading_only_needs_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailedError):
        connect(f"duckdb:///{tmp_path}/x.duckdb", read_only=True)
    assert not (tmp_path / "x.duckdb").exists()


def test_a_warehouse_open_elsewhere_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with connect(f"duckdb:///{path}"):
        child = in_child(
            """
            import sys
            from peakend.engine import WarehouseLockedError, connect
            try:
                connect(f"duckdb:///{sys.argv[1]}")
            except WarehouseLockedError as error:
                print(error.code, error.in_("zh"))
            """,
            path,
        )
        assert child.stdout.startswith("engine.locked"), child.stderr
        assert "另一个进程" in child.stdout
        with pytest.raises(WarehouseLockedError, match="open already in this process"):
            connect(f"duckdb:///{path}", read_only=True)


def test_a_full_disk_is_an_error_and_the_warehouse_survives(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with connect(f"duckdb:///{path}") as engine:
        engine.from_arrow(pa.table({"a": [1, 2, 3]})).save("before")
    child = in_child(
        """
        import resource, sys
        import pyarrow as pa
        from peakend.engine import EngineError, connect
        engine = connect(f"duckdb:///{sys.argv[1]}?threads=1")
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
        many = pa.table({"a": [str(number) * 7 for number in range(500_000)]})
        try:
            engine.from_arrow(many).save("after")
            engine.close()
        except EngineError as error:
            print(error.data["cause"])
        """,
        path,
    )
    assert "too large" in child.stdout.lower(), child.stdout + child.stderr
    with connect(f"duckdb:///{path}") as engine:
        assert engine.tables() == ["before"]
        assert engine.table("before").to_arrow().num_rows == 3


def test_memory_that_does_not_suffice_is_an_error() -> None:
    with connect("duckdb://?memory_limit=20MB&threads=1&max_temp_directory_size=1MB") as engine:
        data = engine.from_arrow(pa.table({"a": range(2_000_000)}))
        with pytest.raises(EngineError, match=r"(?i)memory") as caught:
            data.query("select t.a, sum(b.a) as s from t join t as b on b.a = t.a group by t.a").save("x")
    assert caught.value.data["engine"] == "DuckDB"


def test_control_c_stops_a_query_as_control_c() -> None:
    child = in_child(
        """
        import os, signal, threading
        import pyarrow as pa
        from peakend.engine import connect
        signal.signal(signal.SIGINT, signal.default_int_handler)
        engine = connect("duckdb://?threads=1")
        data = engine.from_arrow(pa.table({"a": range(1_000_000)}))
        again = data.query("select sum(t.a * b.a) as s from t join t as b on b.a >= 0")
        threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            again.to_arrow()
        except KeyboardInterrupt:
            print("stopped", engine.query("select 1 as a").to_arrow().to_pydict())
        """
    )
    assert child.stdout.strip() == "stopped {'a': [1]}", child.stderr


def half_done(engine: DuckDB, one: Relation) -> None:
    with engine.transaction():
        one.save("x")
        with engine.transaction():
            one.save("y")
        raise RuntimeError("stop")


def test_a_transaction_is_all_or_nothing(engine: DuckDB) -> None:
    one = engine.from_arrow(pa.table({"a": [1]}))
    with pytest.raises(RuntimeError, match="stop"):
        half_done(engine, one)
    assert engine.tables() == []
    with engine.transaction():
        one.save("x")
    assert engine.tables() == ["x"]


def test_rows_stream_into_a_table_in_bounded_memory(tmp_path: Path) -> None:
    child = in_child(
        """
        import resource, sys
        import pyarrow as pa
        from peakend.engine import connect
        engine = connect(f"duckdb:///{sys.argv[1]}/x.duckdb?memory_limit=100MB&threads=1")
        schema = pa.schema([pa.field("number", pa.int64()), pa.field("word", pa.string())])
        engine.create("t", schema)
        numbers = pa.array(range(100_000), pa.int64())
        words = [f"a word of some length {number}" for number in range(100_000)]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        batches = (pa.record_batch([pa.array(words), numbers], ["word", "number"]) for _ in range(120))
        reader = pa.RecordBatchReader.from_batches(pa.schema([schema.field(1), schema.field(0)]), batches)
        written = engine.insert("t", reader)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        print(written, grown)
        """,
        tmp_path,
    )
    written, grown = map(int, child.stdout.split())
    assert written == 12_000_000
    assert grown < 250, "120 batches of 100,000 rows are 550 MB in Arrow"


def test_what_a_reader_raises_comes_out_and_nothing_is_written(engine: DuckDB) -> None:
    schema = pa.schema([pa.field("a", pa.int64())])
    engine.create("t", schema)

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch([pa.array([1])], schema=schema)
        raise FileNotFoundError("the file went away")

    with pytest.raises(FileNotFoundError, match="went away"):
        engine.insert("t", pa.RecordBatchReader.from_batches(schema, batches()))
    assert engine.table("t").to_arrow().num_rows == 0


def test_identifiers_and_values_stay_what_they_are(engine: DuckDB) -> None:
    awkward = '"; drop table x; --'
    data = pa.table({awkward: ["Robert'); drop table x;--", "峰终 🏔️"], "select": [1, None]})
    engine.from_arrow(data).save(awkward)
    assert engine.tables() == [awkward]
    assert engine.table(awkward).to_arrow().to_pydict() == data.to_pydict()
    found = engine.query(
        'select "select" as n from t where "select" = $value', {"value": 1}, t=engine.table(awkward)
    )
    assert found.to_arrow().to_pydict() == {"n": [1]}


def test_python_variables_are_not_tables(engine: DuckDB) -> None:
    secret = pa.table({"a": [1]})
    with pytest.raises(duckdb.CatalogException):
        engine.connection.sql("select * from secret")
    assert secret.num_rows == 1


def test_batches_arrive_one_by_one_and_in_shape(engine: DuckDB) -> None:
    data = engine.from_arrow(pa.table({"a": range(500_000)}))
    schema = pa.schema([pa.field("a", pa.decimal128(18, 4))])
    batches = list(data.query("select a from t order by a").batches(schema))
    assert len(batches) > 1
    assert batches[0].schema == schema
    assert batches[-1].column(0)[-1].as_py() == Decimal("499999.0000")
