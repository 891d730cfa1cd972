"""Every benchmark, one after the other, and one table of what they found.

    python bench/all.py [--small]

`--small` runs each in a small form, once: that they work is tried, that the bounds hold is not (on little
data the cost of starting outweighs everything).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

SMALL: dict[str, list[str]] = {
    "startup.py": ["--runs", "1"],
    "load.py": ["--rows", "20000", "--runs", "1"],
    "engine_overhead.py": ["--rows", "20000", "--runs", "1"],
    "nps.py": ["--rows", "50000", "--runs", "1"],
    "funnel.py": ["--rows", "20000", "--customers", "2000", "--runs", "1"],
    "mapping_draft.py": [],
    "identity.py": ["--persons", "1000", "--sales", "2000", "--runs", "1", "--seeds", "201"],
    "drivers.py": ["--rows", "2000", "--drivers", "6", "--bootstrap", "8", "--draws", "50", "--runs", "1"],
    "words.py": ["--texts", "2000", "--runs", "1"],
    "variants.py": ["--rows", "20000", "--runs", "1"],
    "directly_follows.py": ["--events", "50000", "--runs", "1", "--pm4py-events", "0"],
    "journey_map.py": ["--runs", "1"],
    "episodes.py": ["--rows", "20000", "--runs", "1"],
    "simulate.py": ["--largest", "500", "--runs", "1"],
    "peak_end.py": ["--rows", "50000", "--runs", "1"],
    "bg_nbd.py": ["--customers", "20000", "--sets", "10", "--runs", "1"],
    "memory_verdicts.py": ["--nulls", "2", "--seeds", "1"],
    "rfm_summary.py": ["--customers", "2000", "--runs", "1", "--lifetimes-python", "none"],
    "dashboard.py": ["--responses", "20000", "--tail", "100", "--runs", "1"],
    "survey_submit.py": ["--requests", "100", "--runs", "1", "--seconds", "1"],
    "site_faults.py": [
        "--submissions",
        "60",
        "--clients",
        "4",
        "--kills",
        "3",
        "--pause",
        "1",
        "--minutes",
        "3",
    ],
    "lifetime.py": [
        *("--customers", "2000", "--lines", "20000", "--more", "0", "--runs", "1"),
        *("--lifetimes-python", "none", "--pymc-python", "none"),
    ],
}


def main() -> None:
    """Run them; exit 1 when one failed or broke a bound."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true")
    small = parser.parse_args().small
    environment = {**os.environ, **({"PEAKEND_BENCH_SMALL": "1"} if small else {})}
    failed = []
    for name, arguments in SMALL.items():
        print(f"\n## {name}\n", flush=True)
        command = [sys.executable, str(HERE / name), *(arguments if small else [])]
        if subprocess.run(command, env=environment, check=False).returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed, or over a bound: {', '.join(failed)}")


if __name__ == "__main__":
    main()
