"""Data quality finds what was planted, with the recall it states, and finds nothing in the clean twin."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Settings
from peakend.warehouse import Warehouse
from peakend.warehouse.quality import DATA_QUALITY, WHOLE, data_quality
from peakend.warehouse.schema import canonical_table, canonical_tables
from peakend.warehouse.versions import record_changes
from warehouse.folders import write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from peakend.engine import Engine

Quality = dict[tuple[str, str], dict[str, Any]]
ROWS = 400


def company() -> dict[str, list[dict[str, Any]]]:
    """A small company without a fault."""
    return {
        "customers": [
            {"customer_id": f"c{n}", "birth_year": 1950 + n % 50, "kind": "person"} for n in range(40)
        ],
        "touchpoints": [{"touchpoint_id": f"t{n}", "stage": "use"} for n in range(5)],
        "interactions": [
            {
                "event_id": f"e{n:03d}",
                "customer_id": f"c{n % 40}",
                "touchpoint_id": f"t{n % 5}",
                "at": datetime(2024, 1, 1 + n % 28),
                "duration_s": float(n),
                "emotion": 0.5,
            }
            for n in range(ROWS)
        ],
        "questions": [{"question_id": "q1", "metric": "nps", "scale_low": 0.0, "scale_high": 10.0}],
        "answers": [
            {"response_id": f"r{n}", "question_id": "q1", "state": "answered", "score": float(n % 11)}
            for n in range(ROWS)
        ],
    }


def measured(engine: Engine, tables: dict[str, list[dict[str, Any]]]) -> Quality:
    for name, rows in tables.items():
        schema = canonical_table(name).schema()
        engine.create(name, schema, replace=True)
        engine.insert(name, pa.Table.from_pylist([{"source": "test", **row} for row in rows], schema=schema))
    record_changes(engine, tables, "test")
    return of(engine)


def of(engine: Engine) -> Quality:
    present = {name: engine.table(name) for name in engine.tables() if name in canonical_tables()}
    table = data_quality(Inputs(engine, present, Settings()))["data_quality"]
    assert isinstance(table, pa.Table)
    assert table.schema == DATA_QUALITY.schema()
    return {(row["table_name"], row["column_name"]): row for row in table.to_pylist()}


def plant(tables: dict[str, list[dict[str, Any]]]) -> dict[tuple[str, str], int]:
    """Spoil known values; how many in each column."""
    interactions, answers = tables["interactions"], tables["answers"]
    for n in range(10):
        interactions[n]["customer_id"] = f"stranger {n}"
        interactions[20 + n]["duration_s"] = -1.0
    for n in range(7):
        interactions[40 + n]["emotion"] = 3.0
        answers[n]["score"] = 11.0
        answers[50 + n]["state"] = "perhaps"
    for n in range(3):
        tables["customers"][n]["birth_year"] = 1700
        tables["touchpoints"][n]["stage"] = "after"
    return {
        ("interactions", "customer_id"): 10,
        ("interactions", "duration_s"): 10,
        ("interactions", "emotion"): 7,
        ("answers", "score"): 7,
        ("answers", "state"): 7,
        ("customers", "birth_year"): 3,
        ("touchpoints", "stage"): 3,
    }


def test_every_planted_fault_is_found_and_nothing_else(engine: Engine) -> None:
    tables = company()
    planted = plant(tables)
    found = measured(engine, tables)
    invalid = {place: row["invalid"] for place, row in found.items() if row["invalid"]}
    assert invalid == planted
    assert found["interactions", "emotion"]["validity"] == pytest.approx(1 - 7 / ROWS)


def test_the_clean_twin_has_no_fault(engine: Engine) -> None:
    found = measured(engine, company())
    assert not [place for place, row in found.items() if row["invalid"]]
    checked = [row["validity"] for row in found.values() if row["validity"] is not None]
    assert checked
    assert set(checked) == {1.0}
    assert {row["uniqueness"] for row in found.values() if row["column_name"] == WHOLE} == {1.0}


def test_completeness_counts_what_is_filled(duckdb_engine: Engine) -> None:
    tables = company()
    for n in range(100):
        tables["interactions"][n]["customer_id"] = None
    row = measured(duckdb_engine, tables)["interactions", "customer_id"]
    assert (row["rows"], row["filled"], row["completeness"], row["invalid"]) == (ROWS, 300, 0.75, 0)


def test_uniqueness_tells_keys_that_occur_twice(duckdb_engine: Engine) -> None:
    tables = company()
    tables["interactions"][0]["event_id"] = "e001"
    tables["answers"][0]["response_id"] = "r1"
    found = measured(duckdb_engine, tables)
    assert found["interactions", "event_id"]["uniqueness"] == pytest.approx(1 - 1 / ROWS)
    assert found["answers", WHOLE]["uniqueness"] == pytest.approx(1 - 1 / ROWS)
    assert found["interactions", "kind"]["uniqueness"] is None


def test_keys_of_several_columns_do_not_run_into_each_other(duckdb_engine: Engine) -> None:
    answers = [
        {"response_id": "1:a", "question_id": "b", "state": "answered"},
        {"response_id": "1", "question_id": "a:b", "state": "answered"},
        {"response_id": "", "question_id": "1:a1:b", "state": "answered"},
    ]
    assert measured(duckdb_engine, {"answers": answers})["answers", WHOLE]["uniqueness"] == 1.0


def test_timeliness_is_the_age_of_the_newest_value_at_the_last_change(duckdb_engine: Engine) -> None:
    found = measured(duckdb_engine, company())
    row = found["interactions", "at"]
    assert row["newest_at"] == datetime(2024, 1, 28)
    changed = duckdb_engine.table("table_versions").to_arrow().to_pylist()
    at = next(one["changed_at"] for one in changed if one["table_name"] == "interactions")
    assert row["age_days"] == pytest.approx((at - datetime(2024, 1, 28)).total_seconds() / 86400)
    assert found["interactions", "emotion"]["newest_at"] is None


def test_an_empty_table_has_no_shares(duckdb_engine: Engine) -> None:
    row = measured(duckdb_engine, {"customers": []})["customers", "birth_year"]
    assert (row["rows"], row["filled"], row["completeness"], row["validity"]) == (0, 0, None, None)


def test_refused_rows_are_counted_where_they_belong(duckdb_engine: Engine, tmp_path: Path) -> None:
    customers = "customer_id,name,birth_year\nc1,Ann,1970\nc2,Bo,abc\nc3,Cy,1066\nc1,Dee,1970\nc9\n"
    Warehouse(duckdb_engine).load(write_folder(tmp_path / "in", customers=customers))
    found = of(duckdb_engine)
    assert found["customers", "birth_year"]["refused"] == 2
    assert found["customers", "customer_id"]["refused"] == 1
    assert found["customers", WHOLE]["refused"] == 4
