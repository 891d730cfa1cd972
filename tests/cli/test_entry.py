from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from peakend import cli
from peakend.errors import PeakendError
from peakend.language import Text


class Said(Protocol):
    code: int
    out: str
    err: str


class Peakend(Protocol):
    def __call__(self, *arguments: str) -> Said: ...


COMMANDS = [
    "load",
    "mapping",
    "refused",
    "simulate",
    "identity",
    "run",
    "list",
    "show",
    "sql",
    "report",
    "demo",
    "tables",
    "schema",
    "doctor",
]


def test_help_names_every_command_in_both_languages(peakend: Peakend) -> None:
    english, chinese = peakend("--help"), peakend("--lang", "zh", "--help")
    assert (english.code, chinese.code) == (0, 0)
    for command in COMMANDS:
        assert re.search(rf"^\W*{command}\b", english.out, re.MULTILINE), command
    assert "Load a folder" in english.out
    assert "载入一个文件夹" in chinese.out
    assert "\x1f" not in english.out + chinese.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_both_languages(peakend: Peakend, command: str) -> None:
    english, chinese = peakend(command, "--help"), peakend(command, "--help", "--lang", "zh")
    assert (english.code, chinese.code) == (0, 0)
    assert "\x1f" not in english.out + chinese.out
    assert re.search("[\u4e00-\u9fff]", chinese.out)
    assert not re.search("[\u4e00-\u9fff]", english.out.replace("峰终", ""))


def test_the_version_is_the_installed_one(peakend: Peakend) -> None:
    assert re.fullmatch(r"peakend \d+\.\d+\S*\n", peakend("--version").out)


def test_a_command_without_a_warehouse_says_how_to_name_one(peakend: Peakend) -> None:
    said = peakend("run")
    assert said.code == 2
    assert "PEAKEND_WAREHOUSE" in said.err
    assert "没有指定数据仓库" in peakend("run", "--lang", "zh").err


def test_a_warehouse_that_is_not_there_is_not_made_by_reading(peakend: Peakend, tmp_path: Path) -> None:
    said = peakend("tables", "--warehouse", f"duckdb:///{tmp_path}/none.duckdb")
    assert said.code == 2
    assert "peakend load FOLDER --into" in said.err
    assert not (tmp_path / "none.duckdb").exists()


def test_a_wrong_url_and_an_unknown_language_are_told_without_a_traceback(peakend: Peakend) -> None:
    for said in (peakend("tables", "-w", "mysql://x"), peakend("list", "--lang", "fr")):
        assert said.code == 2
        assert "Traceback" not in said.err
    assert "mysql://x" in peakend("tables", "-w", "mysql://x").err


def test_an_unknown_option_or_command_is_wrong_use(peakend: Peakend) -> None:
    assert peakend("run", "--fast").code == 2
    said = peakend("lisst")
    assert said.code == 2
    assert "list" in said.err


def _raise(error: BaseException) -> object:
    def command() -> object:
        raise error

    return command


def test_a_fault_of_ours_is_an_apology_and_a_file_with_the_details(
    peakend: Peakend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peakend.cli.commands.command", _raise(ValueError("seven")))
    said = peakend("run")
    assert said.code == 1
    assert "Traceback" not in said.err
    assert "ValueError: seven" in said.err
    found = re.search(r"details are in (.+\.log)", said.err)
    assert found
    details = Path(found.group(1)).read_text("utf-8")
    assert "Traceback" in details
    assert "ValueError: seven" in details


def test_where_no_file_can_be_written_the_details_are_printed(
    peakend: Peakend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("a file, not a folder")
    monkeypatch.setenv("HOME", str(occupied))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(occupied))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(occupied))
    monkeypatch.setattr("peakend.cli.commands.command", _raise(ValueError("seven")))
    assert "Traceback" in peakend("run").err


def test_an_error_is_told_in_the_readers_language(peakend: Peakend, monkeypatch: pytest.MonkeyPatch) -> None:
    error = PeakendError(Text("The sky fell.", "天塌了。"), Text("Hold it up.", "撑住。"))
    monkeypatch.setattr("peakend.cli.commands.command", _raise(error))
    said = peakend("run", "--lang", "zh")
    assert (said.code, said.err) == (2, "天塌了。\n撑住。\n")


def test_ctrl_c_ends_with_130(peakend: Peakend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peakend.cli.commands.command", _raise(KeyboardInterrupt()))
    assert peakend("run").code == 130


def test_the_entry_point_is_the_main_function() -> None:
    from importlib.metadata import entry_points

    (point,) = entry_points(group="console_scripts", name="peakend")
    assert point.load() is cli.main


def test_json_is_json_in_any_language(peakend: Peakend) -> None:
    tables = {table["name"]: table for table in json.loads(peakend("schema", "--json", "--lang", "zh").out)}
    assert tables["customers"]["title"] == {"en": "Customers", "zh": "客户"}


def test_help_imports_nothing_heavy() -> None:
    heavy = ("pyarrow", "duckdb", "numpy", "pandas", "sqlglot", "yaml", "pydantic", "altair")
    code = (
        "import sys\nfrom peakend.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', [m for m in {heavy} if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.endswith("HEAVY []\n")


def test_the_module_can_be_run() -> None:
    command = [sys.executable, "-m", "peakend", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("peakend ")
