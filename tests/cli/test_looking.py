from __future__ import annotations

import json
from typing import Protocol


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


def test_every_canonical_table_and_column_is_explained_in_both_languages(peakend: Peakend) -> None:
    assert "Touchpoints" in peakend("schema").out
    assert "接触点" in peakend("schema", "--lang", "zh").out
    columns = peakend("schema", "answers").out
    assert "answered | not_used | no_answer" in columns
    assert "→ questions" in columns
    assert "必填" in peakend("schema", "answers", "--lang", "zh").out


def test_a_misspelt_table_is_answered_with_the_nearest(peakend: Peakend) -> None:
    said = peakend("schema", "custmers")
    assert said.code == 2
    assert "Did you mean customers" in said.err


def test_the_tables_are_told_apart(peakend: Peakend, warehouse: str) -> None:
    listed = {row["table"]: row for row in json.loads(peakend("tables", "-w", warehouse, "--json").out)}
    assert (listed["customers"]["kind"], listed["customers"]["rows"]) == ("canonical", 3)
    assert listed["refused_rows"]["kind"] == "bookkeeping"
    assert "客户" in peakend("tables", "-w", warehouse, "--lang", "zh").out


def test_the_doctor_tells_what_is_here_and_what_is_not(peakend: Peakend, warehouse: str) -> None:
    said = json.loads(peakend("doctor", "-w", warehouse, "--json").out)
    found = {row["part"]: row for row in said}
    assert found["duckdb"]["here"]
    assert {"Java", "PostgreSQL", "Chromium", "pyspark"} <= set(found)
    assert found[warehouse]["here"]
    assert "DuckDB" in found[warehouse]["found"]
    assert "用途" in peakend("doctor", "--lang", "zh").out


def test_the_doctor_tells_a_warehouse_that_cannot_be_opened(peakend: Peakend) -> None:
    said = peakend("doctor", "-w", "mysql://x", "--json")
    assert said.code == 0
    assert not json.loads(said.out)[-1]["here"]
