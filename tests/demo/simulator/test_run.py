"""`simulate` into a warehouse: what it writes, what it refuses, and what is left when it is stopped."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from engines import only
from peakend.analyses import catalogue, run
from peakend.demo import simulate
from peakend.demo.simulator import KINDS
from peakend.demo.simulator.errors import (
    OutOfRangeError,
    SimulationError,
    UnknownKindError,
    UnknownMechanismError,
    WarehouseNotEmptyError,
)
from peakend.demo.simulator.run import block_rows, blocks
from peakend.demo.simulator.world import world
from peakend.engine import connect
from peakend.warehouse.schema import canonical_table, canonical_tables
from peakend.warehouse.versions import table_versions

if TYPE_CHECKING:
    from peakend.engine import Engine

Tables = Mapping[str, pa.Table]
Company = Callable[..., Tables]

# Spark takes half a second a statement, and this takes a hundred of them.
DATABASES = pytest.mark.parametrize("engine", [only("duckdb"), only("postgres")], indirect=True)


def stored(engine: Engine, name: str) -> pa.Table:
    schema = canonical_table(name).schema() if name in canonical_tables() else None
    return engine.table(name).to_arrow(schema)


@DATABASES
def test_every_database_holds_the_same_company(engine: Engine, company: Company) -> None:
    report = simulate("bank", customers=60, seed=3, into=engine, block=25)
    expected = company("bank", customers=60, seed=3)
    for name, rows in expected.items():
        found = stored(engine, name)
        assert report.rows[name] == len(found) == len(rows), name
        if name in canonical_tables():
            assert found.sort_by([(key, "ascending") for key in canonical_table(name).key]).equals(
                rows.sort_by([(key, "ascending") for key in canonical_table(name).key])
            ), name
    assert not [name for name in engine.tables() if name.startswith("simulating_")]
    assert "simulation_unfinished" not in engine.tables()


@pytest.mark.parametrize(
    "name", ["customers", "transactions", "interactions", "answers", "points", "segment_members"]
)
def test_rows_are_stored_in_the_order_of_their_table(memory: Engine, name: str) -> None:
    simulate("airline", customers=80, seed=1, into=memory, block=30)
    columns = canonical_table(name).sort
    rows = [tuple(row.values()) for row in stored(memory, name).select(list(columns)).to_pylist()]
    # Unidentified customers stand at one end.
    assert rows == sorted(rows, key=lambda row: tuple((value is None, value) for value in row))
    assert len(rows) > 80


def test_the_warehouse_says_what_was_simulated(memory: Engine) -> None:
    report = simulate("property", customers=40, seed=9, into=memory, without=["trend", "dirty"])
    (row,) = memory.table("simulation").to_arrow().to_pylist()
    assert (row["kind"], row["customers"], row["seed"], row["months"]) == ("property", 40, 9, 24)
    assert set(row["mechanisms_off"].split(",")) == {
        "trend",
        "equal_times",
        "late_records",
        "refunds",
        "unidentified",
    }
    assert "trend" not in row["mechanisms_on"].split(",")
    assert "peak_end" in row["mechanisms_on"].split(",")
    assert "trend" in report.summary.en
    assert "模拟" in report.summary.zh
    assert set(table_versions(memory)) == {name for name in report.rows if name in canonical_tables()}


def test_versions_change_with_the_request_and_only_with_it(tmp_path: Path) -> None:
    versions = []
    for number, seed in enumerate((1, 1, 2)):
        url = f"duckdb:///{tmp_path}/{number}.duckdb"
        simulate("bank", customers=20, seed=seed, into=url)
        with connect(url) as engine:
            versions.append(table_versions(engine))
    assert versions[0] == versions[1]
    assert set(versions[0].values()).isdisjoint(versions[2].values())


def test_the_truth_lies_beside_the_company(memory: Engine) -> None:
    simulate("airline", customers=50, seed=1, into=memory, without=["service_change"])
    effects = memory.table("truth_effects").to_arrow().to_pylist()
    lounge = [
        row
        for row in effects
        if row["touchpoint_id"] == "lounge" and row["mechanism"] == "touchpoint_quality"
    ]
    assert [(row["size"], row["active"]) for row in lounge] == [(0.45, True)]
    changes = [row for row in effects if row["mechanism"] == "service_change"]
    assert changes
    assert {(row["size"], row["active"]) for row in changes} == {(0.0, False)}
    parameters = {
        (r["mechanism"], r["name"]): r["value"]
        for r in memory.table("truth_parameters").to_arrow().to_pylist()
    }
    assert parameters["buying", "alpha"] == 16
    people = memory.table("truth_customers").to_arrow()
    assert people.num_rows == 50
    assert {"rate", "dropout", "spend", "attitude", "tier"} <= set(people.column_names)


def test_no_analysis_and_no_other_part_reads_the_truth() -> None:
    """Neither a declaration nor a line of SQL or Python outside the simulator names its tables."""
    for analysis in catalogue():
        assert not [name for name in (*analysis.needs, *analysis.uses) if name.startswith("truth_")]
    root = Path(str(files("peakend")))
    simulator = root / "demo" / "simulator"
    tables = ("truth_parameters", "truth_effects", "truth_customers", "truth_identities")
    read = [
        path
        for path in root.rglob("*")
        if path.suffix in {".py", ".sql"}
        and simulator not in path.parents
        and any(table in path.read_text("utf-8") for table in tables)
    ]
    assert not read


@pytest.mark.parametrize("kind", KINDS)
def test_a_company_of_one_is_a_company(memory: Engine, kind: str) -> None:
    report = simulate(kind, customers=1, seed=4, into=memory, months=6)
    assert report.rows["customers"] >= 1
    assert report.rows["transactions"] >= 1


def test_data_quality_finds_a_company_without_dirt_clean(memory: Engine) -> None:
    simulate("retailer", customers=300, seed=2, into=memory, without=["dirty", "duplicates", "visitors"])
    outcome = run(memory, only=["data_quality"])
    assert [o.status for o in outcome.outcomes] == ["done"]
    quality = memory.table("data_quality").to_arrow().to_pylist()
    assert len(quality) > 100
    assert not [row for row in quality if row["invalid"] or row["refused"] or (row["uniqueness"] or 1) < 1]
    facts = {(row["table_name"], row["column_name"]): row["completeness"] for row in quality}
    assert facts["transactions", "customer_id"] == facts["interactions", "customer_id"] == 1


def test_every_analysis_runs_on_a_simulated_company(memory: Engine) -> None:
    simulate("airline", customers=400, seed=2, into=memory)
    outcome = run(memory)
    assert {o.status for o in outcome.outcomes} == {"done"}


def test_an_unknown_kind_is_refused(memory: Engine) -> None:
    with pytest.raises(UnknownKindError) as refusal:
        simulate("circus", customers=10, seed=1, into=memory)
    assert "retailer" in refusal.value.in_("en")
    assert "circus" in refusal.value.in_("zh")


def test_an_unknown_mechanism_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownMechanismError):
        simulate("bank", customers=10, seed=1, into=f"duckdb:///{tmp_path}/x.duckdb", without=["gravity"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customers", 0),
        ("customers", 10**9),
        ("customers", 1.5),
        ("customers", True),
        ("seed", -1),
        ("months", 2),
        ("block", 0),
    ],
)
def test_numbers_out_of_range_are_refused(memory: Engine, name: str, value: object) -> None:
    request = {"customers": 10, "seed": 1, name: value}
    with pytest.raises(OutOfRangeError) as refusal:
        simulate("bank", into=memory, **request)  # type: ignore[arg-type]
    assert refusal.value.data["name"] == name
    assert memory.tables() == []


def test_a_warehouse_with_data_is_left_alone(memory: Engine) -> None:
    rows = pa.Table.from_pylist(
        [{"customer_id": "mine", "source": "me"}], schema=canonical_table("customers").schema()
    )
    memory.create("customers", rows.schema)
    memory.insert("customers", rows)
    with pytest.raises(WarehouseNotEmptyError) as refusal:
        simulate("bank", customers=10, seed=1, into=memory)
    assert refusal.value.data["tables"] == ("customers",)
    assert "--replace" in refusal.value.in_("zh")
    assert stored(memory, "customers")["customer_id"].to_pylist() == ["mine"]
    assert memory.tables() == ["customers"]


def test_empty_canonical_tables_are_no_obstacle(memory: Engine) -> None:
    for name in ("customers", "wallets"):
        memory.create(name, canonical_table(name).schema())
    assert simulate("bank", customers=10, seed=1, into=memory).rows["customers"] >= 10


@DATABASES
def test_replace_removes_what_was_there_and_nothing_of_others(engine: Engine) -> None:
    simulate("bank", customers=30, seed=1, into=engine)
    for name in ("my_own_table", "truth_or_dare"):
        engine.create(name, pa.schema([("a", pa.int64())]))
    report = simulate("retailer", customers=20, seed=1, into=engine, replace=True)
    assert {"my_own_table", "truth_or_dare", "truth_customers"} <= set(engine.tables())
    assert "holdings" not in engine.tables()
    assert len(stored(engine, "customers")) == report.rows["customers"]
    (row,) = engine.table("simulation").to_arrow().to_pylist()
    assert row["kind"] == "retailer"


def test_a_simulation_that_is_interrupted_leaves_the_warehouse_as_it_was(memory: Engine) -> None:
    before = simulate("bank", customers=15, seed=1, into=memory)

    def stop(done: int, total: int) -> None:
        assert (total, done) == (30, 10)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate("airline", customers=30, seed=1, into=memory, replace=True, block=10, progress=stop)
    assert len(stored(memory, "customers")) == before.rows["customers"]
    assert memory.table("simulation").to_arrow()["kind"].to_pylist() == ["bank"]
    assert not [name for name in memory.tables() if name.startswith("simulating_")]


def test_a_simulation_that_is_killed_leaves_the_data_as_they_were_and_can_be_done_again(
    tmp_path: Path,
) -> None:
    url = f"duckdb:///{tmp_path}/x.duckdb"
    simulate("bank", customers=15, seed=1, into=url)
    script = dedent(f"""
        import os
        from peakend.demo import simulate
        die = lambda *_: os._exit(9)
        simulate("airline", customers=30, seed=1, into={url!r}, replace=True, block=10, progress=die)
    """)
    killed = subprocess.run([sys.executable, "-c", script], check=False, env={**os.environ})
    assert killed.returncode == 9
    with connect(url) as engine:
        assert engine.table("simulation").to_arrow()["kind"].to_pylist() == ["bank"]
        assert [name for name in engine.tables() if name.startswith("simulating_")]
    report = simulate("airline", customers=30, seed=1, into=url, replace=True)
    with connect(url) as engine:
        assert len(stored(engine, "customers")) == report.rows["customers"]
        assert not [name for name in engine.tables() if name.startswith("simulating_")]


def test_progress_is_told_block_by_block(memory: Engine) -> None:
    told: list[tuple[int, int]] = []
    simulate("bank", customers=25, seed=1, into=memory, block=10, progress=lambda *now: told.append(now))
    assert told == [(10, 25), (20, 25), (25, 25)]


def test_memory_does_not_grow_with_the_number_of_customers() -> None:
    fixed = world("airline", seed=1, months=24)

    def peak(customers: int) -> int:
        gc.collect()
        tracemalloc.start()
        for simulated in blocks(fixed, customers, 100):
            for _, table in block_rows(simulated):
                assert table.num_columns
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high

    peak(100)
    assert peak(1_600) < 1.3 * peak(400)


def test_errors_of_the_simulator_share_a_base() -> None:
    for error in (OutOfRangeError, UnknownKindError, UnknownMechanismError, WarehouseNotEmptyError):
        assert issubclass(error, SimulationError)
        assert error.code.startswith("simulation.")
