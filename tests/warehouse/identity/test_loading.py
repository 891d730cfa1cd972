"""Loads and merges get on with each other: what a source says is never mistaken for something new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from peakend.warehouse.identity import merge_customers, undo_merge
from peakend.warehouse.load import load_folder
from peakend.warehouse.versions import table_versions

if TYPE_CHECKING:
    from pathlib import Path

    from peakend.engine import Engine
    from peakend.warehouse.load_report import LoadReport

MAPPING = """
peakend: 1
source: till
files:
  - match: ["people*"]
    tables:
      customers:
        columns: {customer_id: id, name: name, city: city, kind: {value: person}}
  - match: ["sales*"]
    tables:
      transactions:
        columns:
          transaction_id: line
          customer_id: buyer
          at: at
          kind: {value: sale}
          revenue: money
          currency: {value: EUR}
"""
PEOPLE = "1,Ann Lee,London\n2,Ann Lee,Leeds\n3,Bo Ek,Perth\n"
SALES = "a,1,2024-01-01 10:00:00,10\nb,2,2024-01-02 10:00:00,20\nc,3,2024-01-03 10:00:00,30\n"


def load(engine: Engine, folder: Path, people: str = PEOPLE, sales: str = SALES) -> LoadReport:
    folder.mkdir(exist_ok=True)
    (folder / "people.csv").write_text("id,name,city\n" + people, "utf-8")
    (folder / "sales.csv").write_text("line,buyer,at,money\n" + sales, "utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, "utf-8")
    return load_folder(engine, folder)


def buyers(engine: Engine) -> dict[str, str]:
    rows = engine.table("transactions").to_arrow().to_pylist()
    return {row["transaction_id"]: row["customer_id"] for row in rows}


def people(engine: Engine) -> dict[str, str | None]:
    return {row["customer_id"]: row["city"] for row in engine.table("customers").to_arrow().to_pylist()}


def test_loading_the_same_rows_again_after_a_merge_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    load(engine, tmp_path / "first")
    merge_customers(engine, "1", "2", decided_by="test")
    versions = table_versions(engine)
    backwards = ["".join(text.splitlines(keepends=True)[::-1]) for text in (PEOPLE, SALES)]
    report = load(engine, tmp_path / "second", *backwards)
    assert {
        table.table: (table.unchanged, table.kept, table.updated, table.refused) for table in report.tables
    } == {
        "customers": (3, 0, 0, 0),
        "transactions": (3, 0, 0, 0),
    }
    assert buyers(engine) == {"a": "1", "b": "1", "c": "3"}
    assert people(engine) == {"1": "London", "3": "Perth"}
    assert table_versions(engine) == versions


def test_new_facts_of_a_merged_customer_follow_the_merge_and_its_undoing(
    engine: Engine, tmp_path: Path
) -> None:
    load(engine, tmp_path / "first")
    merge_id = merge_customers(engine, "1", "2", decided_by="test")
    load(engine, tmp_path / "second", sales=SALES + "d,2,2024-02-01 10:00:00,40\n")
    assert buyers(engine) == {"a": "1", "b": "1", "c": "3", "d": "1"}
    undo_merge(engine, merge_id, undone_by="test")
    assert buyers(engine) == {"a": "1", "b": "2", "c": "3", "d": "2"}


def test_a_merged_customer_who_moves_moves_in_its_own_record(engine: Engine, tmp_path: Path) -> None:
    load(engine, tmp_path / "first")
    merge_id = merge_customers(engine, "1", "2", decided_by="test")
    load(engine, tmp_path / "second", people=PEOPLE.replace("Leeds", "Bath"))
    assert people(engine) == {"1": "London", "3": "Perth"}
    undo_merge(engine, merge_id, undone_by="test")
    assert people(engine) == {"1": "London", "2": "Bath", "3": "Perth"}


def test_a_load_that_fails_leaves_merges_as_they_were(engine: Engine, tmp_path: Path) -> None:
    load(engine, tmp_path / "first")
    merge_customers(engine, "1", "2", decided_by="test")

    def stop(step: object) -> None:
        if "Completing" in str(step):
            raise KeyboardInterrupt

    folder = tmp_path / "second"
    folder.mkdir()
    (folder / "people.csv").write_text("id,name,city\n4,New,Rome\n", "utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, "utf-8")
    with pytest.raises(KeyboardInterrupt):
        load_folder(engine, folder, progress=stop)
    assert buyers(engine) == {"a": "1", "b": "1", "c": "3"}
    assert people(engine) == {"1": "London", "3": "Perth"}
