"""`peakend journey`: check, load once, export with five layers."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from peakend.workspace import open_workspace

if TYPE_CHECKING:
    from pathlib import Path


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


_DESIGN = """
design: trip
steps:
  - {id: search, name: {en: Search, zh: 查询}, action: {en: Compares, zh: 比较},
     question: q, barrier: b, emotion: calm}
  - {id: book, optional: true, handoff: true, within: 1 h}
"""


def _warehouse(tmp_path: Path) -> str:
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    rows = {"touchpoint_id": ["search", "book"], "name": ["Search", "Booking"]}
    with open_workspace(url) as workspace:
        workspace.add("touchpoints", pa.table(rows))
    return url


def test_check_load_and_export(peakend: Peakend, tmp_path: Path) -> None:
    url = _warehouse(tmp_path)
    file = tmp_path / "trip.yaml"
    file.write_text(_DESIGN, "utf-8")
    assert "Nothing is wrong" in peakend("journey", "check", str(file)).out
    assert "查询" in peakend("journey", "check", str(file), "--lang", "zh").out
    for _ in range(2):
        said = peakend("journey", "load", str(file), "--into", url)
        assert said.code == 0, said.err
    out = tmp_path / "layers.csv"
    assert peakend("journey", "export", "trip", "--out", str(out), "-w", url).code == 0
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert [rows[0][name] for name in ("step", "action", "question", "barrier", "emotion")] == [
        *("Search", "Compares", "q", "b", "calm"),
    ]
    again = tmp_path / "again.yaml"
    assert peakend("journey", "export", "trip", "--out", str(again), "-w", url).code == 0
    assert "zh: 比较" in again.read_text("utf-8")
    assert peakend("journey", "load", str(again), "--into", url).code == 0
    file.write_text(_DESIGN.replace("optional: true", "optional: false"), "utf-8")
    changed = peakend("journey", "load", str(file), "--into", url)
    assert changed.code == 2
    assert "new version" in changed.err


def test_mistakes_are_sentences(peakend: Peakend, tmp_path: Path) -> None:
    url = _warehouse(tmp_path)
    file = tmp_path / "trip.yaml"
    file.write_text(_DESIGN.replace("id: book", "id: bok"), "utf-8")
    said = peakend("journey", "check", str(file), "-w", url)
    assert said.code == 2
    assert "line 6: There is no touchpoint 'bok'; is 'book' meant?" in said.err
    assert "第 6 行" in peakend("journey", "check", str(file), "-w", url, "--lang", "zh").err
    assert peakend("journey", "check", str(tmp_path / "none.yaml")).code == 2
    assert peakend("journey", "check", str(tmp_path / "trip.docx")).code == 2
    assert "There are: –" in peakend("journey", "export", "trip", "--out", "x.csv", "-w", url).err
