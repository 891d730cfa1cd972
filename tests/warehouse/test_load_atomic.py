"""A load that dies leaves the warehouse as it was, wherever it dies, and can be done again."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from peakend.engine import WarehouseLockedError
from peakend.warehouse import open_warehouse
from peakend.warehouse.load_errors import StorageFullError
from warehouse.folders import CUSTOMERS, write_folder

if TYPE_CHECKING:
    from pathlib import Path

KILLED_AT_STEP = """
import os, signal, sys
from peakend.warehouse import open_warehouse
url, folder, at = sys.argv[1:]
def die(step):
    if step.done == int(at):
        os.kill(os.getpid(), signal.SIGKILL)
open_warehouse(url).load(folder, progress=die)
"""
KILLED_IN_STATEMENT = """
import os, signal, sys
from peakend.warehouse import load_stage, open_warehouse
url, folder, at = sys.argv[1:]
statement, seen = load_stage.execute, 0
def execute(*arguments):
    global seen
    seen += 1
    if seen == int(at):
        # The statement is running when the signal arrives.
        import threading
        threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return statement(*arguments)
load_stage.execute = execute
open_warehouse(url).load(folder)
import time; time.sleep(1)
"""
LIMITED = """
import sys
from peakend.warehouse import open_warehouse
from peakend.errors import PeakendError
try:
    open_warehouse(sys.argv[1]).load(sys.argv[2])
except PeakendError as error:
    print(error.code)
"""
ROWS = 60_000


def events(folder: Path, rows: int = ROWS) -> Path:
    lines = "".join(
        f"e{n},c{n % 997},2024-01-{1 + n % 28:02d} 10:00:00,t{n % 7},{'x' * 60}{n}\n" for n in range(rows)
    )
    return write_folder(
        folder, customers=CUSTOMERS, interactions="event_id,customer_id,at,touchpoint_id,outcome\n" + lines
    )


def state(url: str) -> dict[str, list[dict[str, Any]]]:
    with open_warehouse(url) as warehouse:
        return {table: warehouse.table(table).to_arrow().to_pylist() for table in warehouse.tables()}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A warehouse that has something to lose."""
    place = f"duckdb:///{tmp_path / 'w.duckdb'}"
    with open_warehouse(place) as warehouse:
        warehouse.load(write_folder(tmp_path / "before", customers="customer_id,name\nc1,Ada\nold,Old\n"))
    return place


@pytest.mark.parametrize("step", range(4))
def test_a_load_killed_between_its_steps_leaves_no_trace(url: str, tmp_path: Path, step: int) -> None:
    before, folder = state(url), events(tmp_path / "in", 500)
    died = subprocess.run([sys.executable, "-c", KILLED_AT_STEP, url, str(folder), str(step)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert state(url) == before
    with open_warehouse(url) as warehouse:
        assert warehouse.load(folder)["interactions"].kept == 500


@pytest.mark.parametrize("statement", [3, 9, 18])
def test_a_load_killed_inside_a_statement_leaves_no_trace(url: str, tmp_path: Path, statement: int) -> None:
    before, folder = state(url), events(tmp_path / "in")
    command = [sys.executable, "-c", KILLED_IN_STATEMENT, url, str(folder), str(statement)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert state(url) == before


def test_a_full_disk_is_told_and_leaves_no_trace(url: str, tmp_path: Path) -> None:
    before, folder = state(url), events(tmp_path / "in")
    size = (tmp_path / "w.duckdb").stat().st_size

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 262_144, size + 262_144))

    said = subprocess.run(
        [sys.executable, "-c", LIMITED, url, str(folder)],
        preexec_fn=limit,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert said.stdout.strip() == StorageFullError.code
    assert state(url) == before


def test_an_interrupt_inside_a_statement_leaves_no_trace(url: str, tmp_path: Path) -> None:
    before, folder = state(url), events(tmp_path / "in")
    program = KILLED_IN_STATEMENT.replace("SIGKILL", "SIGINT")
    command = [sys.executable, "-c", program, url, str(folder), "9"]
    said = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    assert "KeyboardInterrupt" in said.stderr
    assert state(url) == before


def test_a_warehouse_in_use_is_told(url: str, tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys; from peakend.warehouse import open_warehouse; "
         "w = open_warehouse(sys.argv[1]); print('open', flush=True); sys.stdin.read()", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "open"
        with pytest.raises(WarehouseLockedError):
            open_warehouse(url)
    finally:
        holder.communicate("")
    assert os.path.exists(tmp_path / "w.duckdb")
