"""A row can be asked for as it was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from peakend.warehouse import Warehouse
from peakend.warehouse.history import as_of
from warehouse.folders import write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from peakend.engine import Engine

FAR = datetime(2100, 1, 1)


def said(engine: Engine, folder: Path, name: str) -> datetime:
    """Load the customer under `name`; when that was done."""
    customers = f'customer_id,name,birth_year,joined_on\n"王 ""1""",{name},1970,2020-02-29\n'
    Warehouse(engine).load(write_folder(folder, customers=customers))
    runs = engine.table("load_runs").to_arrow()["ended_at"].to_pylist()
    return max(runs)


def test_every_past_state_is_told_exactly(engine: Engine, tmp_path: Path) -> None:
    times = [said(engine, tmp_path / "in", name) for name in ("Ann", "Anna", "Anne")]
    key = ['王 "1"']
    for at, name in zip(times, ("Ann", "Anna", "Anne"), strict=True):
        row = as_of(engine, "customers", key, at)
        assert row is not None
        assert row["name"] == name
    now = as_of(engine, "customers", key, FAR)
    first = as_of(engine, "customers", key, times[0])
    assert now is not None
    assert first is not None
    assert {**now, "name": "Ann"} == first


def test_what_never_was_is_none(duckdb_engine: Engine, tmp_path: Path) -> None:
    assert as_of(duckdb_engine, "customers", ["c1"], FAR) is None
    said(duckdb_engine, tmp_path / "in", "Ann")
    assert as_of(duckdb_engine, "customers", ["nobody"], FAR) is None
    with pytest.raises(ValueError, match="customer_id"):
        as_of(duckdb_engine, "customers", ["a", "b"], FAR)
