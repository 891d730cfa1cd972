"""What starting costs: CPU of `peakend --help` and of `import peakend`, beside a bare Python.

    python bench/startup.py [--runs 9]

The bound is 0.4 s CPU for `peakend --help`, byte code compiled (a first start compiles it).
"""

from __future__ import annotations

import argparse
import sys

import measure

BOUND_CPU = 0.4

COMMANDS = {
    "peakend --help": [sys.executable, "-c", "from peakend.cli import main; main(['--help'])"],
    "peakend schema": [sys.executable, "-c", "from peakend.cli import main; main(['schema'])"],
    "import peakend": [sys.executable, "-c", "import peakend"],
    "python": [sys.executable, "-c", "pass"],
}


def main() -> None:
    """Measure, print, keep, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    for command in COMMANDS.values():
        measure.run(command)
    comparison = measure.compare(COMMANDS, runs=runs, baseline="python", name="startup")
    comparison.print()
    comparison.save(bound_cpu_seconds=BOUND_CPU)
    cpu = comparison.median("peakend --help").cpu_seconds
    print(f"\npeakend --help: {cpu:.2f} s CPU, bound {BOUND_CPU} s")
    measure.judge([f"{cpu:.2f} s CPU"] if cpu > BOUND_CPU else [])


if __name__ == "__main__":
    main()
