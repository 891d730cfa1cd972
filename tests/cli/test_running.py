from __future__ import annotations

import csv
import io
import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import pytest

from peakend.language import LANGUAGES

if TYPE_CHECKING:
    from peakend.declaration import Analysis, Inputs, Results


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


Declare = Callable[..., None]


def test_a_run_tells_each_analysis_and_the_second_does_nothing(
    peakend: Peakend, warehouse: str, analyses: Declare
) -> None:
    first = peakend("run", "-w", warehouse)
    assert first.code == 0
    assert "Letters (letters)" in first.err
    assert "done 1 in" in first.out
    assert "unchanged 1 in" in peakend("run", "-w", warehouse).out
    assert "完成 1" in peakend("run", "-w", warehouse, "--force", "--lang", "zh").out


def test_a_failed_analysis_is_told_and_the_run_exits_with_1(
    peakend: Peakend, warehouse: str, analyses: Declare, broken_analysis: Analysis, letters_analysis: Analysis
) -> None:
    analyses(broken_analysis, letters_analysis)
    said = peakend("run", "-w", warehouse)
    assert said.code == 1
    assert "ZeroDivisionError: no shares of nothing" in said.out
    assert "done 1, failed 1" in said.out
    assert "Traceback" not in said.out + said.err


def test_only_the_named_analysis_runs_and_an_unknown_name_is_told(
    peakend: Peakend, warehouse: str, analyses: Declare, broken_analysis: Analysis, letters_analysis: Analysis
) -> None:
    analyses(broken_analysis, letters_analysis)
    assert peakend("run", "-w", warehouse, "--only", "letters").code == 0
    said = peakend("run", "-w", warehouse, "--only", "leters")
    assert said.code == 2
    assert "Did you mean letters" in said.err


def test_ctrl_c_tells_what_is_saved_and_ends_with_130(
    peakend: Peakend, warehouse: str, analyses: Declare, broken_analysis: Analysis, letters_analysis: Analysis
) -> None:
    def interrupt(_: Inputs) -> Results:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
        return {}

    analyses(letters_analysis, replace(broken_analysis, compute=interrupt))
    said = peakend("run", "-w", warehouse)
    assert said.code == 130
    assert "done 1, interrupted 1" in said.out
    assert "next run continues" in said.out
    assert json.loads(peakend("show", "letters_total", "-w", warehouse, "--json").out) == [{"n": 3}]


def test_a_run_can_be_read_by_programs(peakend: Peakend, warehouse: str, analyses: Declare) -> None:
    (outcome,) = json.loads(peakend("run", "-w", warehouse, "--json").out)
    assert outcome["status"] == "done"
    assert outcome["rows"] == {"letters": 2, "letters_total": 1}


def test_the_settings_are_those_of_the_options(peakend: Peakend, warehouse: str, analyses: Declare) -> None:
    assert peakend("run", "-w", warehouse, "--minimum-base", "25").code == 0
    assert "n < 25" in peakend("show", "letters", "-w", warehouse).out


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [
        ("--confidence", "95", "95 % is written 0.95"),
        ("--alpha", "0", "between 0 and 1"),
        ("--minimum-base", "0", "1 or more"),
    ],
)
def test_a_setting_out_of_range_is_refused_before_anything_runs(
    peakend: Peakend, warehouse: str, analyses: Declare, option: str, value: str, word: str
) -> None:
    said = peakend("run", "-w", warehouse, option, value)
    assert said.code == 2
    assert word in said.err
    assert "而不是" in peakend("run", "-w", warehouse, option, value, "--lang", "zh").err
    (listed,) = json.loads(peakend("list", "-w", warehouse, "--json").out)
    assert listed["last_run"] is None


def test_the_list_says_when_each_last_ran(peakend: Peakend, warehouse: str, analyses: Declare) -> None:
    assert "letters_total" in peakend("list").out
    (before,) = json.loads(peakend("list", "-w", warehouse, "--json").out)
    assert before["last_run"] is None
    peakend("run", "-w", warehouse)
    (after,) = json.loads(peakend("list", "-w", warehouse, "--json").out)
    assert after["last_run"]["status"] == "done"
    assert "字母" in peakend("list", "-w", warehouse, "--lang", "zh").out


def test_a_result_is_shown_readably_and_exported_whole(
    peakend: Peakend, warehouse: str, analyses: Declare
) -> None:
    peakend("run", "-w", warehouse)
    shown = peakend("show", "letters", "-w", warehouse).out
    assert "What letters says" in shown
    assert "letters_total" in shown
    assert "hidden" in shown
    assert "不公布" in peakend("show", "letters", "-w", warehouse, "--lang", "zh").out
    rows = list(csv.DictReader(io.StringIO(peakend("show", "letters", "-w", warehouse, "--csv").out)))
    assert rows[1] == {"letter": "b", "n": "", "value": "", "hidden": "True"}
    assert json.loads(peakend("show", "letters_total", "-w", warehouse, "--json").out) == [{"n": 3}]


def test_every_column_is_explained_without_a_warehouse(peakend: Peakend) -> None:
    from peakend.analyses import catalogue, find

    declared = next(table for table in find("scores", catalogue()).gives if table.name == "nps_by_touchpoint")
    for language in LANGUAGES:
        said = peakend("show", "nps_by_touchpoint", "--columns", "--json", "--lang", language)
        assert json.loads(said.out) == {
            "nps_by_touchpoint": [
                {"column": c.name, "type": c.type, "unit": c.unit, "meaning": c.meaning.in_(language)}
                for c in declared.columns
            ]
        }
    shown = peakend("show", "scores", "--columns", "--lang", "zh").out
    assert "csat_by_touchpoint" in shown
    assert "含义" in shown
    assert all(column.name in shown for column in declared.columns)


def test_the_beginning_of_a_name_is_enough_to_be_told_the_whole(peakend: Peakend, warehouse: str) -> None:
    said = peakend("show", "nps", "-w", warehouse)
    assert said.code == 2
    assert "Did you mean nps_by_touchpoint" in said.err


def test_an_export_of_several_tables_asks_which(
    peakend: Peakend, warehouse: str, analyses: Declare, letters_analysis: Analysis
) -> None:
    analyses(replace(letters_analysis, name="alphabet"))
    peakend("run", "-w", warehouse)
    said = peakend("show", "alphabet", "-w", warehouse, "--csv")
    assert said.code == 2
    assert "letters, letters_total" in said.err
    assert set(json.loads(peakend("show", "alphabet", "-w", warehouse, "--json").out)) == {
        "letters",
        "letters_total",
    }


def test_what_has_not_run_says_how_to_run_it(peakend: Peakend, warehouse: str, analyses: Declare) -> None:
    said = peakend("show", "letters", "-w", warehouse)
    assert said.code == 2
    assert "peakend run --only letters" in said.err


def test_the_sql_is_complete_in_the_warehouses_dialect_with_its_values(
    peakend: Peakend, warehouse: str, analyses: Declare
) -> None:
    said = peakend("sql", "letters", "-w", warehouse)
    assert said.code == 0
    assert "-- 1. letters_total" in said.out
    assert "<> 'x'" in said.out
    assert "$" not in said.out
    assert '"customers"' in said.out
    files = peakend("sql", "letters", "-w", warehouse, "--files").out
    assert "-- 1. analyses/row_count" in files
    assert "rows_of" in files


def test_sql_without_its_data_says_what_is_missing(
    peakend: Peakend, warehouse: str, analyses: Declare, letters_analysis: Analysis
) -> None:
    analyses(replace(letters_analysis, needs=("answers",)))
    said = peakend("sql", "letters", "-w", warehouse)
    assert said.code == 2
    assert "answers" in said.err


@pytest.mark.parametrize("command", ["tables", "list", "show", "sql", "refused"])
def test_reading_leaves_the_warehouse_to_other_readers(
    peakend: Peakend, warehouse: str, analyses: Declare, command: str
) -> None:
    import peakend as pk

    peakend("run", "-w", warehouse)
    with pk.open(warehouse, read_only=True):
        name = ["letters"] if command in ("show", "sql") else []
        assert peakend(command, *name, "-w", warehouse).code == 0
