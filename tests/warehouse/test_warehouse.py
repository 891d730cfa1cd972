"""The warehouse knows its tables and makes canonical ones on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from peakend.warehouse import Warehouse, open_warehouse
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from pathlib import Path

    from peakend.engine import Engine


def test_a_canonical_table_is_made_once_and_keeps_its_rows(duckdb_engine: Engine) -> None:
    warehouse = Warehouse(duckdb_engine)
    assert warehouse.ensure_table("customers").to_arrow().num_rows == 0
    assert warehouse.engine.schema("customers") == canonical_table("customers").schema()
    row = dict.fromkeys(canonical_table("customers").schema().names)
    row |= {"customer_id": "c1", "source": "test"}
    import pyarrow as pa

    warehouse.engine.insert(
        "customers", pa.Table.from_pylist([row], schema=canonical_table("customers").schema())
    )
    assert warehouse.ensure_table("customers").to_arrow().num_rows == 1
    with pytest.raises(KeyError):
        warehouse.ensure_table("results")


def test_a_table_that_is_not_there_is_a_key_error(duckdb_engine: Engine) -> None:
    with pytest.raises(KeyError):
        Warehouse(duckdb_engine).table("customers")


def test_canonical_tables_are_told_from_others(duckdb_engine: Engine) -> None:
    warehouse = Warehouse(duckdb_engine)
    warehouse.ensure_table("surveys")
    warehouse.ensure_table("customers")
    warehouse.engine.query("select 1 as n").save("rfm_customers")
    assert set(warehouse.canonical()) == {"customers", "surveys"}
    assert set(warehouse.tables()) == {"customers", "surveys", "rfm_customers"}


def test_a_warehouse_is_closed_at_the_end_of_its_block(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    with open_warehouse(url) as warehouse:
        warehouse.ensure_table("customers")
    with open_warehouse(url, read_only=True) as again:
        assert again.tables() == ["customers"]
