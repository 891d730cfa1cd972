"""The command line called in this process, on a small warehouse with small analyses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from peakend.cli import main
from peakend.declaration import Analysis, Inputs, ResultColumn, Results, ResultTable
from peakend.language import Text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


Peakend = Callable[..., Said]


@pytest.fixture
def peakend(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Peakend:
    """`peakend("run", "--force")`; the environment names no warehouse and no language."""
    for name in ("PEAKEND_WAREHOUSE", "PEAKEND_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))

    def call(*arguments: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main(list(arguments))
        out, err = capsys.readouterr()
        code = stopped.value.code
        return Said(code if isinstance(code, int) else 1, out, err)

    return call


@pytest.fixture
def warehouse(tmp_path: Path) -> str:
    """A warehouse with three customers, loaded from a file with one bad row."""
    import peakend as pk

    url = f"duckdb:///{tmp_path / 'w.duckdb'}"
    with pk.open(url) as workspace:
        people = pa.table({"customer_id": ["a", "b", "c", None], "name": ["Ann", "Bob", "重庆", "Nobody"]})
        workspace.add("customers", people)
    return url


def result(name: str, *columns: tuple[str, str]) -> ResultTable:
    declared = tuple(ResultColumn(column, kind, Text(column, column)) for column, kind in columns)
    return ResultTable(name, declared, (declared[0].name,), Text(f"What {name} says", f"{name} 的含义"))


def letters(inputs: Inputs) -> Results:
    rows = {"letter": ["a", "b"], "n": [3, None], "value": [1.5, None]}
    sql = "select count(*) as n from customers where name <> $nobody"
    count = inputs.query(sql, {"nobody": "x"})
    return {"letters": pa.table({**rows, "hidden": [False, True]}), "letters_total": count}


def broken(_: Inputs) -> Results:
    raise ZeroDivisionError("no shares of nothing")


LETTERS = Analysis(
    "letters", 1, "data", Text("Letters", "字母"), Text("Which letters there are", "有哪些字母"),
    ("customers",),
    (
        result("letters", ("letter", "string"), ("n", "integer"), ("value", "number"), ("hidden", "flag")),
        result("letters_total", ("n", "integer")),
    ),
    letters,
    sql=("analyses/row_count",),
)  # fmt: skip
BROKEN = Analysis(
    "broken", 1, "data", Text("Broken", "出错的分析"), Text("Fails", "会失败"), ("customers",),
    (result("nothing", ("n", "integer")),), broken,
)  # fmt: skip


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`analyses(LETTERS, …)`: the catalogue is these and no others."""

    def declare(*declared: Analysis) -> None:
        module = ModuleType("peakend_small_analyses")
        module.ANALYSES = declared  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(import_module("peakend.analyses.catalogue"), "MODULES", (module.__name__,))

    declare(LETTERS)
    return declare


@pytest.fixture
def broken_analysis() -> Analysis:
    return BROKEN


@pytest.fixture
def letters_analysis() -> Analysis:
    return LETTERS
