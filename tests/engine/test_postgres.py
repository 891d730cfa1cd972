from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from engines import within
from peakend.engine import ConnectionFailedError, Engine, EngineError, Relation, connect

if TYPE_CHECKING:
    from pathlib import Path

    from peakend.engine.postgres import Postgres

ONE = pa.table({"a": [1]})


def test_the_database_of_these_tests_sorts_otherwise(postgres_engine: Postgres) -> None:
    """Else the tests on order would show nothing."""
    words = postgres_engine._read(
        "select w from (values ('b'), ('B'), ('a'), ('中'), ('啊')) t(w) order by w"
    )
    assert words.column(0).to_pylist() != sorted(["b", "B", "a", "中", "啊"])


def test_the_session_is_utc_although_the_server_is_not(postgres_engine: Postgres) -> None:
    assert postgres_engine._scalar("select current_setting('timezone')") == "UTC"
    postgres_engine._execute("set timezone = 'Asia/Shanghai'")
    with pytest.raises(EngineError, match="UTC"):
        postgres_engine.query("select 1 as a").to_arrow()


@pytest.mark.parametrize("options", ["-ctimezone%3DAsia/Shanghai", "-c%20TimeZone%3D'PRC'"])
def test_another_zone_in_the_url_is_refused(options: str) -> None:
    with pytest.raises(ConnectionFailedError, match="time zone"):
        connect(f"postgresql://nobody@localhost/x?options={options}")


def test_nothing_that_answers_is_told_without_the_password() -> None:
    with pytest.raises(ConnectionFailedError) as caught:
        connect("postgresql://user:hunter2@127.0.0.1:1/x?connect_timeout=2")
    assert "127.0.0.1:1" in caught.value.in_("zh")
    assert "hunter2" not in str(caught.value) + str(caught.value.data)


def test_a_schema_that_does_not_exist_is_refused(postgres_server: str) -> None:
    with pytest.raises(ConnectionFailedError, match="search path"):
        connect(within(postgres_server, "nowhere"))


def test_warehouses_in_two_schemas_are_apart(postgres_server: str, postgres_engine: Postgres) -> None:
    postgres_engine.from_arrow(ONE).save("x")
    with connect(postgres_server) as public:
        assert not public.has_table("x")


def test_a_reading_connection_takes_data_but_writes_nothing(
    postgres_server: str, postgres_engine: Postgres
) -> None:
    postgres_engine.from_arrow(ONE).save("x")
    schema = str(postgres_engine._scalar("select current_schema()"))
    with connect(within(postgres_server, schema), read_only=True) as reading:
        both = reading.query(
            "select x.a from x join y on x.a = y.a", x=reading.table("x"), y=reading.from_arrow(ONE)
        )
        assert both.to_arrow().num_rows == 1
        with pytest.raises(EngineError, match="read-only"):
            both.save("y")
        with pytest.raises(EngineError, match="read-only"):
            reading.drop("x")
    assert postgres_engine.tables() == ["x"]


def half_done(engine: Engine, one: Relation) -> None:
    with engine.transaction():
        one.save("x")
        with engine.transaction():
            engine.insert("x", ONE)
        raise RuntimeError("stop")


def test_a_transaction_is_all_or_nothing(postgres_engine: Postgres) -> None:
    one = postgres_engine.from_arrow(ONE)
    with pytest.raises(RuntimeError, match="stop"):
        half_done(postgres_engine, one)
    assert postgres_engine.tables() == []
    with postgres_engine.transaction():
        one.save("x")
        postgres_engine.insert("x", ONE)
    assert postgres_engine.table("x").to_arrow().num_rows == 2


def test_a_statement_that_fails_inside_a_transaction_undoes_it(postgres_engine: Postgres) -> None:
    def failing() -> None:
        with postgres_engine.transaction():
            postgres_engine.from_arrow(ONE).save("x")
            postgres_engine.table("nowhere").to_arrow()

    with pytest.raises(EngineError):
        failing()
    assert postgres_engine.tables() == []
    assert postgres_engine.query("select 1 as a").to_arrow().num_rows == 1


def test_tables_made_by_others_sort_by_code_point_too(postgres_engine: Postgres) -> None:
    postgres_engine._execute("create table theirs (w text, v varchar(5), n int, t timestamptz)")
    postgres_engine._execute(
        "insert into theirs select w, w, 1, now() from (values ('b'), ('B'), ('a')) x(w)"
    )
    theirs = postgres_engine.table("theirs")
    found = theirs.query("select w, max(v) over () as top from t order by w").to_arrow()
    assert found["w"].to_pylist() == ["B", "a", "b"]
    assert found["top"].to_pylist() == ["b"] * 3
    assert theirs.save("mine").query("select v from t order by v").to_arrow()["v"].to_pylist() == [
        "B",
        "a",
        "b",
    ]


def test_a_name_that_would_be_cut_off_is_refused(postgres_engine: Postgres) -> None:
    with pytest.raises(EngineError, match="63 bytes"):
        postgres_engine.from_arrow(ONE).save("峰终" * 11)
    with pytest.raises(EngineError, match="63 bytes"):
        postgres_engine.from_arrow(pa.table({"峰终" * 11: [1]}))


def test_exact_numbers_without_declared_places_come_back_exactly(postgres_engine: Postgres) -> None:
    sums = postgres_engine.from_arrow(pa.table({"a": [2**62, 2**62, 2**62]})).query(
        "select sum(a) as s from t"
    )
    assert sums.to_arrow()["s"].to_pylist() == [3 * 2**62]


def test_temporary_tables_are_dropped(postgres_engine: Postgres) -> None:
    def temporary() -> object:
        return postgres_engine._scalar("select count(*) from pg_class where relname like 'peakend_arrow%'")

    before = temporary()
    relation = postgres_engine.from_arrow(ONE)
    assert temporary() == int(str(before)) + 1
    del relation
    gc.collect()
    postgres_engine.tables()
    assert temporary() == before


def test_a_file_that_breaks_on_the_way_leaves_nothing(postgres_engine: Postgres, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(EngineError):
        postgres_engine.read_parquet(tmp_path / "a.parquet")
    assert postgres_engine.tables() == []
