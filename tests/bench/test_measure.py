from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure", BENCH / "measure.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["measure"] = module
    spec.loader.exec_module(module)
    return module


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


def test_memory_is_the_commands_own(measure: ModuleType) -> None:
    held = bytearray(b"x" * 300 * 2**20)
    small = measure.run(python("pass"))
    large = measure.run(python("x = bytearray(b'x' * 150 * 2**20)"))
    assert len(held) > 0
    assert small.peak_mb < 100
    assert 140 < large.peak_mb - small.peak_mb < 330


def test_work_is_seen_as_cpu_seconds_and_waiting_is_not(measure: ModuleType) -> None:
    working = measure.run(python("x = sum(i * i for i in range(3_000_000))"))
    waiting = measure.run(python("import time; time.sleep(0.3)"))
    assert working.cpu_seconds > 2 * waiting.cpu_seconds
    assert waiting.wall_seconds > 0.29


def test_the_work_of_children_counts(measure: ModuleType) -> None:
    child = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(i * i for i in range(3000000))'])"
    )
    assert measure.run(python(child)).cpu_seconds > 3 * measure.run(python("import subprocess")).cpu_seconds


def test_commands_take_turns_and_medians_are_compared(measure: ModuleType, tmp_path: Path) -> None:
    order: list[str] = []
    commands = {"a": python("pass"), "b": python("pass")}
    comparison = measure.compare(commands, runs=3, name="turns", before_each=order.append)
    assert order == ["a", "b"] * 3
    assert comparison.baseline == "b"
    assert comparison.cpu_ratio("b") == comparison.memory_ratio("b") == 1
    assert "median of 3" in comparison.table()
    comparison.save(tmp_path, rows=7)
    records = json.loads(comparison.save(tmp_path).read_text("utf-8"))
    assert len(records) == 2
    assert records[0]["rows"] == 7
    assert len(records[0]["runs"]["a"]) == 3


def test_ratios_are_of_the_medians(measure: ModuleType) -> None:
    runs = {
        "mine": [measure.Run(2, 20, 1), measure.Run(100, 20, 1), measure.Run(1, 20, 1)],
        "plain": [measure.Run(1, 10, 1), measure.Run(1, 10, 1), measure.Run(50, 10, 1)],
    }
    comparison = measure.Comparison("x", "plain", runs)
    assert comparison.cpu_ratio("mine") == 2
    assert comparison.memory_ratio("mine") == 2


def test_a_command_that_fails_shows_what_it_said(measure: ModuleType) -> None:
    with pytest.raises(measure.CommandFailedError, match="out of luck"):
        measure.run(python("import sys; sys.exit('out of luck')"))
    with pytest.raises(measure.CommandFailedError, match="could not be started"):
        measure.run(["/nowhere/nothing"])
    with pytest.raises(ValueError, match="none of"):
        measure.compare({"a": python("pass")}, baseline="b")


def test_a_function_of_a_script_runs_in_a_process_of_its_own(measure: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "from pathlib import Path\ndef write(path, words):\n    Path(path).write_text('|'.join(words))\n",
        "utf-8",
    )
    spec = importlib.util.spec_from_file_location("script", tmp_path / "script.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    measure.run(measure.call(script.write, str(tmp_path / "out"), ["a", "峰"]))
    assert (tmp_path / "out").read_text("utf-8") == "a|峰"
