from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


MAPPING = """
source: test
files:
  - match: people
    tables:
      customers:
        columns: {customer_id: id, name: name, kind: kind}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    (made / "people.csv").write_text("id,name,kind\n1,Ann,person\n2,李,person\n3,Eve,alien\n", "utf-8")
    (made / "mapping.yaml").write_text(MAPPING, "utf-8")
    return made


def test_a_load_accounts_for_every_row_and_twice_changes_nothing(
    peakend: Peakend, folder: Path, tmp_path: Path
) -> None:
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    first = peakend("load", str(folder), "--into", url)
    assert first.code == 0
    assert "Customers (customers)" in first.out
    assert "1 row was refused" in first.out
    again = peakend("load", str(folder), "--into", url, "--lang", "zh")
    assert "数据仓库保持不变" in again.out
    counted = {row["table"]: row["rows"] for row in json.loads(peakend("tables", "-w", url, "--json").out)}
    assert counted["customers"] == 2
    assert counted["refused_rows"] == 1


def test_a_load_can_be_read_by_programs(peakend: Peakend, folder: Path, tmp_path: Path) -> None:
    said = peakend("load", str(folder), "--into", f"duckdb:///{tmp_path / 'w.duckdb'}", "--json")
    (counts,) = json.loads(said.out)
    assert (counts["table"], counts["read"], counts["kept"], counts["refused"]) == ("customers", 3, 2, 1)


def test_the_warehouse_may_come_from_the_environment(
    peakend: Peakend, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEAKEND_WAREHOUSE", f"duckdb:///{tmp_path / 'w.duckdb'}")
    assert peakend("load", str(folder)).code == 0
    assert peakend("tables").code == 0


def test_refused_rows_are_counted_by_reason_and_shown_with_their_source(
    peakend: Peakend, folder: Path, tmp_path: Path
) -> None:
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    peakend("load", str(folder), "--into", url)
    assert "alien" in peakend("refused", "-w", url).out
    rows = peakend("refused", "customers", "-w", url).out
    assert "people.csv, row 3" in rows
    assert "Eve" in rows
    assert "第 3 行" in peakend("refused", "customers", "-w", url, "--lang", "zh").out
    (row,) = json.loads(peakend("refused", "-w", url, "--json").out)
    assert row["reason_code"] == "not_a_choice"
    assert "Eve" in peakend("refused", "-w", url, "--csv").out
    assert peakend("refused", "customres", "-w", url).code == 2


def test_a_mapping_is_drafted_loads_and_is_never_written_over(
    peakend: Peakend, folder: Path, tmp_path: Path
) -> None:
    (folder / "mapping.yaml").unlink()
    lines = [f"c{n},Customer {n},{n}@example.com,Chongqing" for n in range(50)]
    (folder / "people.csv").write_text("\n".join(["customer_id,name,email,city", *lines]), "utf-8")
    url, file = f"duckdb:///{tmp_path / 'w.duckdb'}", tmp_path / "draft.yaml"
    assert "peakend mapping draft" in peakend("load", str(folder), "--into", url).err
    assert "match: people.csv" in peakend("mapping", "draft", str(folder)).out
    said = peakend("mapping", "draft", str(folder), "--out", str(file), "--lang", "zh")
    assert said.code == 0
    assert "草稿已写入" in said.out
    assert "match: people.csv" in file.read_text("utf-8")
    assert peakend("load", str(folder), "--into", url, "--mapping", str(file)).code == 0
    file.write_text("corrected by hand", "utf-8")
    assert peakend("mapping", "draft", str(folder), "--out", str(file)).code == 2
    assert file.read_text("utf-8") == "corrected by hand"
    nowhere = peakend("mapping", "draft", str(folder), "--out", str(tmp_path / "no" / "draft.yaml"))
    assert nowhere.code == 2
    assert "cannot be written" in nowhere.err


def test_where_nothing_was_refused_that_is_said(peakend: Peakend, folder: Path, tmp_path: Path) -> None:
    (folder / "people.csv").write_text("id,name,kind\n1,Ann,person\n", "utf-8")
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    peakend("load", str(folder), "--into", url)
    assert "No row was refused" in peakend("refused", "-w", url).out
    assert json.loads(peakend("refused", "-w", url, "--json").out) == []


def test_a_folder_that_cannot_be_loaded_is_told_in_words(peakend: Peakend, tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    said = peakend("load", str(tmp_path / "nowhere"), "--into", url)
    assert said.code == 2
    assert "nowhere" in said.err
    assert "Traceback" not in said.err
