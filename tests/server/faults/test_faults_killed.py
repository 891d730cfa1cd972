"""A whole site killed, filled up or cut off under load: the small form of bench/site_faults.py."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.conftest import POSTGRES

BENCH = Path(__file__).parents[3] / "bench" / "site_faults.py"
DATABASE = "postgres" if POSTGRES else "sqlite"


def tried(fault: str, *more: str) -> dict[str, Any]:
    """Its figures; AssertionError with what does not hold. Ended with all its processes whatever happens."""
    command = [sys.executable, str(BENCH), "--faults", fault, "--database", DATABASE, "--json"]
    command += ["--clients", "4", "--minutes", "2", "--pause", "1.5", *more]
    environment = {name: value for name, value in os.environ.items() if name != "PEAKEND_BENCH_SMALL"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        said, _ = process.communicate(timeout=240)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    assert process.returncode == 0, said[-4000:]
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def test_killed_anywhere_every_acknowledged_answer_is_there_once() -> None:
    found = tried("kill", "--submissions", "100", "--kills", "5")
    assert sum(found["kills"].values()) >= 1, found
    assert found["cases"] == 25


@pytest.mark.site_on("postgres")
def test_a_database_started_again_loses_nothing() -> None:
    found = tried("restart", "--submissions", "150", "--kills", "2")
    assert found["restarts"] >= 1, found


@pytest.mark.site_on("sqlite")  # a cluster on a full disk is its operator's to mend
def test_a_full_disk_refuses_and_takes_again_when_there_is_room() -> None:
    found = tried("full", "--submissions", "40")
    assert found["statuses"].get("503", 0) > 0, found
