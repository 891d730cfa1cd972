"""CPU seconds and peak memory of commands, each in its own process, side by side in one run.

    comparison = measure.compare({"peakend": [...], "plain": [...]}, baseline="plain", runs=3, name="load")
    comparison.print()
    comparison.save()

A command is a list of arguments, or `measure.call(function, *arguments)` for a function of a bench script.
The machine may be shared, so wall time is kept but never compared: ratios are of CPU seconds (user + system,
with all descendants that were waited for) and of peak resident memory. Rounds alternate between the commands,
and each figure is the median of the rounds.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RESULTS = Path(__file__).parent / "results"

# A process counts its parent's resident memory as its own peak until it calls exec; a bench script that has
# made data would leave its mark on what it measures. This launcher is small (some 10 MB).
_LAUNCHER = """
import json, os, subprocess, sys, time
started = time.monotonic()
child = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(child.pid, 0)
json.dump({"cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024,
           "wall_seconds": time.monotonic() - started, "exit": os.waitstatus_to_exitcode(status)},
          os.fdopen(int(sys.argv[1]), "w"))
"""


class CommandFailedError(RuntimeError):
    """A measured command ended with something else than 0; its output is in the message."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: CPU seconds (user + system), peak resident memory in MB (2**20 bytes), wall seconds."""

    cpu_seconds: float
    peak_mb: float
    wall_seconds: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs of several commands; `ratio_of` compares the medians of one with the medians of `baseline`."""

    name: str
    baseline: str
    runs: Mapping[str, Sequence[Run]]

    def median(self, command: str) -> Run:
        """Each figure's own median over the rounds of `command`."""
        runs = self.runs[command]
        return Run(
            median(run.cpu_seconds for run in runs),
            median(run.peak_mb for run in runs),
            median(run.wall_seconds for run in runs),
        )

    def cpu_ratio(self, command: str) -> float:
        """CPU seconds of `command` over those of the baseline (1.0: the same)."""
        return self.median(command).cpu_seconds / self.median(self.baseline).cpu_seconds

    def memory_ratio(self, command: str) -> float:
        """Peak memory of `command` over that of the baseline."""
        return self.median(command).peak_mb / self.median(self.baseline).peak_mb

    def table(self) -> str:
        """A Markdown table, one row a command."""
        rounds = len(self.runs[self.baseline])
        rows = [
            f"| {self.name} (median of {rounds}) | CPU s | × {self.baseline} | peak MB | × {self.baseline} |",
            "|---|---:|---:|---:|---:|",
        ]
        for command in self.runs:
            middle = self.median(command)
            rows.append(
                f"| {command} | {middle.cpu_seconds:.2f} | {self.cpu_ratio(command):.2f} "
                f"| {middle.peak_mb:.0f} | {self.memory_ratio(command):.2f} |"
            )
        return "\n".join(rows)

    def print(self) -> None:
        """Show the table: drawn by rich in a terminal, as Markdown elsewhere."""
        if not sys.stdout.isatty():
            print(self.table(), flush=True)
            return
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(self.table()))

    def save(self, folder: Path = RESULTS, **facts: object) -> Path:
        """Append runs, ratios and `facts` (rows, settings) to `folder/{name}.json`, a list of records."""
        path = folder / f"{self.name}.json"
        folder.mkdir(parents=True, exist_ok=True)
        records = json.loads(path.read_text("utf-8")) if path.exists() else []
        records.append(
            {
                "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "python": platform.python_version(),
                "cores": os.cpu_count(),
                **facts,
                "baseline": self.baseline,
                "cpu_ratio": {command: round(self.cpu_ratio(command), 3) for command in self.runs},
                "memory_ratio": {command: round(self.memory_ratio(command), 3) for command in self.runs},
                "runs": {command: [asdict(run) for run in runs] for command, runs in self.runs.items()},
            }
        )
        path.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return path


def compare(
    commands: Mapping[str, Sequence[str]],
    *,
    runs: int = 3,
    baseline: str | None = None,
    name: str = "comparison",
    environment: Mapping[str, str] | None = None,
    before_each: Callable[[str], object] | None = None,
) -> Comparison:
    """Run every command `runs` times, in turn.

    `baseline` is the last command when not given; `environment` adds to that of this process.
    `before_each(command)` runs unmeasured before each run (remove an old output file). Raises
    `CommandFailedError` with the output.
    """
    if runs < 1 or not commands:
        raise ValueError("give at least one command and one run")
    chosen = baseline or list(commands)[-1]
    if chosen not in commands:
        raise ValueError(f"baseline {chosen!r} is none of {sorted(commands)}")
    measured: dict[str, list[Run]] = {command: [] for command in commands}
    for _ in range(runs):
        for command, arguments in commands.items():
            if before_each is not None:
                before_each(command)
            measured[command].append(run(arguments, environment=environment))
    return Comparison(name, chosen, measured)


def judge(broken: Sequence[str]) -> None:
    """Exit 1 naming the bounds that are broken. In the small form of `all.py` they are printed only: on
    little data the cost of starting outweighs everything."""
    if broken and os.environ.get("PEAKEND_BENCH_SMALL") == "1":
        print("not judged in the small form: " + "; ".join(broken))
    elif broken:
        raise SystemExit("over the bound: " + "; ".join(broken))


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Run:
    """Run `command` once and measure it. Its output is kept for the error if it fails."""
    reading, writing = os.pipe()
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(writing), *command]
    try:
        done = subprocess.run(
            launcher,
            pass_fds=[writing],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **(environment or {})},
            check=False,
        )
    finally:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            report = pipe.read()
    if not report:
        raise CommandFailedError(f"{' '.join(command)} could not be started:\n{done.stdout}")
    figures = json.loads(report)
    if code := figures.pop("exit"):
        raise CommandFailedError(f"{' '.join(command)} ended with {code}:\n{done.stdout}")
    return Run(**figures)


def call(function: Callable[..., object], *arguments: object) -> list[str]:
    """A command that calls `function` (top level of a script) with JSON `arguments` in a new process."""
    source = inspect.getsourcefile(function)
    if source is None or "." in function.__qualname__:
        raise ValueError(f"{function!r} is not a function at the top level of a file")
    return [sys.executable, __file__, source, function.__qualname__, json.dumps(arguments)]


def _called(path: str, name: str, arguments: str) -> None:
    sys.path.insert(0, str(Path(path).parent))
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    getattr(module, name)(*json.loads(arguments))


if __name__ == "__main__":
    _called(*sys.argv[1:])
