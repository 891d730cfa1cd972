"""The SFO survey of 2017, loaded as anybody would: what is published about it comes out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import peakend.demo
from peakend import analyses
from peakend.warehouse import open_warehouse


def test_the_nps_of_2017_survives_loading(tmp_path: Path) -> None:
    shipped = Path(peakend.demo.__path__[0]) / "data" / "sfo"
    for name in ("mapping.yaml", "2017_SFO_Customer_Survey.parquet"):
        shutil.copy(shipped / name, tmp_path)
    with open_warehouse("duckdb://") as warehouse:
        warehouse.load(tmp_path)
        analyses.run(warehouse, only=["scores"])
        table = warehouse.table("nps_by_touchpoint").to_arrow().to_pylist()
    (row,) = (row for row in table if row["segment"] == "all")
    assert (row["n"], row["value"]) == (2746, pytest.approx(39.8, abs=0.05))
    assert row["se"] == pytest.approx(1.334, abs=5e-4)
    assert (row["weighted_value"], row["effective_n"]) == (
        pytest.approx(40.4, abs=0.05),
        pytest.approx(2267, abs=0.5),
    )
    assert row["clusters"] == 211
    assert row["weighted_se"] > 1.538
    assert row["weighted_high"] - row["weighted_low"] > row["high"] - row["low"]
    # NPS was asked in 2017 only: there is nothing to compare it with, and that is said.
    assert {r["verdict"] for r in table} <= {"no_previous_period", None}
    assert {r["difference"] for r in table} == {None}
