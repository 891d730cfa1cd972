"""The spreadsheet: typed, explained, and no formula from anybody's data."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from peakend.declaration import Analysis
from peakend.engine import Engine
from peakend.report import write_spreadsheet
from peakend.report.story import NothingToReportError

if TYPE_CHECKING:
    from pathlib import Path

EngineWith = Callable[[Mapping[str, pa.Table]], Engine]
Everything = dict[str, pa.Table]
Analyses = tuple[Analysis, ...]


def _rows(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


def test_there_is_a_sheet_for_every_stored_table_and_one_of_notes(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, tmp_path: Path
) -> None:
    path = write_spreadsheet(engine_with(everything), tmp_path / "out" / "r.xlsx", analyses=analyses)
    names = CalamineWorkbook.from_path(str(path)).sheet_names
    assert names[0] == "Notes"
    assert set(names[1:]) == {name for name, table in everything.items() if table.num_rows}


def test_numbers_are_numbers_and_heads_follow_the_language(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, tmp_path: Path
) -> None:
    engine = engine_with(everything)
    english = _rows(write_spreadsheet(engine, tmp_path / "en.xlsx", analyses=analyses), "rfm_segments")
    chinese = _rows(
        write_spreadsheet(engine, tmp_path / "zh.xlsx", language="zh", analyses=analyses), "rfm_segments"
    )
    assert english[0][5:7] == ["customers", "customer share"]
    assert chinese[0][5:7] == ["客户数", "占全部有购买或退款客户的比例"]
    assert english[1][5:7] == chinese[1][5:7] == [20.0, 0.2]
    assert str(english[1][english[0].index("as of on")])[:10] == "2024-12-31"


def test_hidden_cells_are_empty_and_say_why(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, tmp_path: Path
) -> None:
    path = write_spreadsheet(engine_with(everything), tmp_path / "r.xlsx", analyses=analyses)
    head, *rows = _rows(path, "rating_by_touchpoint")
    lounge = next(row for row in rows if "Lounge" in row)
    for name in ("n", "value", "low", "high"):
        assert lounge[head.index(name)] == ""
    assert lounge[-1].startswith("hidden: fewer than 10 answers")
    assert all(row[-1] == "" for row in rows if row is not lounge)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "{=1}", "http://x", "\t=1"]
)
def test_text_is_never_a_formula_or_a_link(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, tmp_path: Path, text: str
) -> None:
    table = everything["rfm_segments"]
    rows = [{**row, "label_en": text} for row in table.to_pylist()]
    engine = engine_with({"rfm_segments": pa.Table.from_pylist(rows, schema=table.schema)})
    path = write_spreadsheet(engine, tmp_path / "r.xlsx", analyses=analyses)
    head, first, *_ = _rows(path, "rfm_segments")
    assert first[head.index("label en")] == text
    with zipfile.ZipFile(path) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_notes_say_what_every_column_means(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, tmp_path: Path
) -> None:
    engine = engine_with({"revenue_lorenz": everything["revenue_lorenz"]})
    path = write_spreadsheet(engine, tmp_path / "r.xlsx", language="zh", analyses=analyses)
    notes = [" ".join(map(str, row)) for row in _rows(path, "说明")]
    assert any("累计收入占比" in line or "收入比例" in line for line in notes)
    assert any("[customer_share]" in line and "share" in line for line in notes)
    assert "相关不等于因果" in notes[0]


def test_an_empty_warehouse_writes_nothing(
    engine_with: EngineWith, analyses: Analyses, tmp_path: Path
) -> None:
    with pytest.raises(NothingToReportError):
        write_spreadsheet(engine_with({}), tmp_path / "r.xlsx", analyses=analyses)
    assert list(tmp_path.iterdir()) == []
