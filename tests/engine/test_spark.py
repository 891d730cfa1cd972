from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from engines import SHORT_LIVED
from peakend.engine import ConnectionFailedError, EngineError, connect

if TYPE_CHECKING:
    from pathlib import Path

    from peakend.engine.spark import Spark

ONE = pa.table({"a": [1]})


@pytest.mark.parametrize(
    "setting", ["spark.sql.session.timeZone=Asia/Shanghai", "spark.sql.ansi.enabled=false"]
)
def test_settings_that_change_results_are_refused(setting: str) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    with pytest.raises(ConnectionFailedError, match="has to be"):
        connect(f"spark:local[1]?{setting}")


def test_without_java_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ConnectionFailedError, match="openjdk-17") as caught:
        connect("spark:local[1]")
    assert "安装" in caught.value.in_("zh")


def test_a_master_that_does_not_answer_is_told_at_once() -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    with pytest.raises(ConnectionFailedError):
        connect("spark://127.0.0.1:1")


def test_a_session_that_leaves_utc_is_refused(spark_engine: Spark) -> None:
    spark_engine.session.conf.set("spark.sql.session.timeZone", "Asia/Shanghai")
    with pytest.raises(EngineError, match="not UTC"):
        spark_engine.query("select 1 as a").to_arrow()


def test_tables_are_there_for_the_next_session(spark_engine: Spark, tmp_path: Path) -> None:
    spark_engine.from_arrow(ONE).save("x")
    spark_engine.insert("x", ONE)
    with connect(f"spark:local[2]?warehouse={tmp_path}/warehouse") as again:
        assert again.tables() == ["x"]
        assert again.table("x").to_arrow().num_rows == 2
        with pytest.raises(EngineError, match="exists already"):
            again.from_arrow(ONE).save("x")


def test_a_version_that_was_not_finished_is_not_the_table(spark_engine: Spark, tmp_path: Path) -> None:
    spark_engine.from_arrow(ONE).save("x")
    killed = tmp_path / "warehouse" / "x" / "v00000009"
    killed.mkdir()
    (killed / "part-0.parquet").write_bytes(b"half")
    with connect(f"spark:local[2]?warehouse={tmp_path}/warehouse") as again:
        assert again.table("x").to_arrow().num_rows == 1
        again.from_arrow(pa.table({"a": [1, 2]})).save("x", replace=True)
        assert again.table("x").to_arrow().num_rows == 2
    assert [folder.name for folder in (tmp_path / "warehouse" / "x").iterdir()] == ["v00000010"]


def test_warehouses_in_two_folders_are_apart(spark_engine: Spark, tmp_path: Path) -> None:
    spark_engine.from_arrow(ONE).save("x")
    with connect(f"spark:local[2]?warehouse={tmp_path}/other") as other:
        assert other.tables() == []


def test_nothing_is_left_of_rows_on_their_way(spark_engine: Spark, tmp_path: Path) -> None:
    spark_engine.create("x", ONE.schema)
    with pytest.raises(EngineError):
        spark_engine.insert("x", pa.table({"a": ["one"]}))
    spark_engine.insert("x", ONE)
    found = sorted(path.name for path in (tmp_path / "warehouse").rglob("*.parquet") if "stage" in str(path))
    assert found == []


def test_a_name_spark_does_not_take_is_refused(spark_engine: Spark) -> None:
    with pytest.raises(EngineError, match="letters, digits"):
        spark_engine.from_arrow(ONE).save('"; drop table')


def test_there_are_no_transactions_and_it_says_so(spark_engine: Spark) -> None:
    assert not spark_engine.transactional
    with pytest.raises(EngineError, match="no transactions"):
        spark_engine.transaction()


def test_a_cluster_computes_and_keeps_tables(spark_cluster: str, tmp_path: Path) -> None:
    """In a process of its own: one process has one Spark."""
    code = """
        import sys
        import pyarrow as pa
        from peakend.engine import connect
        with connect(f"{sys.argv[1]}?warehouse={sys.argv[2]}&spark.sql.shuffle.partitions=2") as engine:
            rows = pa.table({"k": ["峰", "终", "峰"] * 1000, "v": range(3000)})
            engine.from_arrow(rows).query(
                "select k, cast(sum(v) as bigint) as s, count(*) as n from t group by k"
            ).save("sums")
            engine.insert("sums", pa.table({"k": ["end"], "n": [1]}).to_reader())
            print(engine.session.sparkContext.master)
            print(engine.table("sums").query("select k, s, n from t order by k").to_arrow().to_pylist())
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), spark_cluster, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "JAVA_TOOL_OPTIONS": SHORT_LIVED},
    )
    master, rows = done.stdout.splitlines() or [done.stderr, ""]
    assert master == spark_cluster
    assert rows == str(
        [
            {"k": "end", "s": None, "n": 1},
            {"k": "峰", "s": 2999000, "n": 2000},
            {"k": "终", "s": 1499500, "n": 1000},
        ]
    )
