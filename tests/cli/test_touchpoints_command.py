"""`peakend touchpoints`: list, show, write, and never over what is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


def test_templates_are_listed_in_both_languages(peakend: Peakend) -> None:
    assert "Airline" in peakend("touchpoints").out
    assert "地产与物业公司" in peakend("touchpoints", "--lang", "zh").out
    listed = {row["template"]: row["touchpoints"] for row in json.loads(peakend("touchpoints", "--json").out)}
    assert listed["property"] == 25


def test_one_is_shown_with_its_assumptions(peakend: Peakend) -> None:
    said = peakend("touchpoints", "bank", "--lang", "zh")
    assert "柜台办理" in said.out
    assert "假设：" in said.out
    assert len(json.loads(peakend("touchpoints", "property", "--json").out)) == 29


def test_the_programme_shows_its_assumption(peakend: Peakend) -> None:
    assert "ASSUMPTION" in peakend("touchpoints", "--programme").out
    assert len(json.loads(peakend("touchpoints", "--programme", "--json").out)) == 7


def test_files_are_written_once(peakend: Peakend, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    said = peakend("touchpoints", "airline", "--out", str(folder), "--lang", "zh")
    assert said.code == 0
    assert (folder / "mapping.yaml").exists()
    assert "peakend load" in said.out
    again = peakend("touchpoints", "airline", "--out", str(folder))
    assert again.code == 2
    assert "--replace" in again.err
    assert peakend("touchpoints", "airline", "--out", str(folder), "--replace").code == 0
    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    assert peakend("load", str(folder), "--into", url).code == 0


def test_an_unknown_template_is_a_sentence(peakend: Peakend) -> None:
    said = peakend("touchpoints", "hotel")
    assert said.code == 2
    assert "There are: airline" in said.err
