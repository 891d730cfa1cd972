"""Frequency, recency and monetary value of 1,000,000 customers, beside lifetimes 0.11.3.

    python bench/rfm_summary.py [--customers 1000000] [--runs 3] [--lifetimes-python …]

Customers buy as CDNOW's do (2.8 purchases each) and as regulars do (10 each); keys are text, lines in no
order. `stored` reads a warehouse (sorted, as a load leaves it), `file` and `lifetimes` the same Parquet file.
One thread each. CPU seconds are of the whole process; `starting` is a process that only imports, and the step
itself, without it and without reading the file, is printed beside. The bound is 30 × by the step.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median

import measure
import purchase_logs
from lifetimes_oracle import ONE_THREAD, lifetimes_environment

BOUND = 30.0
_LIFETIMES = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from lifetimes.utils import summary_data_from_transaction_data
frame = pd.read_parquet(sys.argv[1])
frame["at"] = frame["at"].astype("datetime64[ns]")
began = time.process_time()
found = summary_data_from_transaction_data(frame, "customer_id", "at", "revenue")
step = time.process_time() - began
with open(sys.argv[2], "a") as log:
    log.write(json.dumps([step, len(found), float(found.frequency.sum()), float(found.recency.sum()),
                          float(found["T"].sum()), float(found.monetary_value.sum())]) + "\\n")
"""


def summarise(path: str, log: str) -> None:
    """`rfm_summary` of a warehouse or a file, read as Arrow."""
    import pyarrow.compute as pc

    from peakend.engine import connect
    from peakend.value import rfm_summary

    stored = path.endswith(".duckdb")
    with connect(
        f"duckdb:///{path}?threads=1" if stored else "duckdb://?threads=1", read_only=stored
    ) as engine:
        lines = engine.table("transactions") if stored else engine.read_parquet(path)
        began = time.process_time()
        found = rfm_summary(lines, time_unit="day").to_arrow()
        step = time.process_time() - began
    sums = [float(pc.sum(found[name]).as_py()) for name in ("frequency", "recency", "T", "monetary_value")]
    with Path(log).open("a", encoding="utf-8") as target:
        target.write(json.dumps([step, found.num_rows, *sums]) + "\n")


def start() -> None:
    """Import what `summarise` does."""
    from importlib import import_module

    for module in ("peakend.engine.duckdb", "peakend.value.purchases.summary", "sqlglot.dialects.duckdb"):
        import_module(module)


def steps(log: Path) -> tuple[float, list[float]]:
    """(CPU seconds of the step, what it found) from the lines that runs left; the sums must be the same."""
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return median(row[0] for row in rows), rows[0][1:]


def compare(folder: Path, name: str, customers: int, runs: int, python: str | None) -> list[str]:
    """One kind of customers; what is broken."""
    parameters = {"seldom": purchase_logs.SELDOM, "often": purchase_logs.OFTEN}[name]
    path, warehouse = folder / f"{name}.parquet", folder / f"{name}.duckdb"
    lines = purchase_logs.write(path, customers, parameters)
    purchase_logs.store(path, warehouse)
    logs = {kind: folder / f"{name}_{kind}.jsonl" for kind in ("stored", "file", "lifetimes")}
    commands = {
        "stored": measure.call(summarise, str(warehouse), str(logs["stored"])),
        "file": measure.call(summarise, str(path), str(logs["file"])),
        "starting": measure.call(start),
    }
    if python is not None:
        script = folder / "lifetimes_summary.py"
        script.write_text(_LIFETIMES, "utf-8")
        commands["lifetimes"] = [python, str(script), str(path), str(logs["lifetimes"])]
    comparison = measure.compare(
        commands, runs=runs, name=f"rfm_summary_{name}", environment=ONE_THREAD, baseline=list(commands)[-1]
    )
    comparison.print()
    found = {kind: steps(log) for kind, log in logs.items() if log.exists()}
    load = os.getloadavg()[0]
    comparison.save(
        customers=customers,
        lines=lines,
        load=load,
        step_cpu={kind: step for kind, (step, _) in found.items()},
    )
    for kind, (step, _) in found.items():
        print(f"{kind}: {step:.2f} CPU s for {lines:,} lines of {customers:,} (load average {load:.1f})")
    if "lifetimes" not in found:
        return []
    theirs, sums = found["lifetimes"]
    broken = []
    for kind in ("stored", "file"):
        own, own_sums = found[kind]
        if any(abs(a - b) > 1e-6 * abs(b) for a, b in zip(own_sums, sums, strict=True)):
            raise AssertionError(f"{kind} finds {own_sums}, lifetimes {sums}")
        print(f"{kind}: {theirs / own:.1f} × faster than lifetimes, bound {BOUND:.0f}")
        if kind == "stored" and theirs / own < BOUND:
            broken.append(f"{name}: only {theirs / own:.1f} × faster")
    return broken


def main() -> None:
    """Make the purchases, measure in turn, print and save the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lifetimes-python", help="Python with lifetimes ('none': leave it out)")
    chosen = parser.parse_args()
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = chosen.lifetimes_python or lifetimes_environment(folder / "lifetimes")
        for kind in ("seldom", "often"):
            broken += compare(
                folder, kind, chosen.customers, chosen.runs, None if python == "none" else python
            )
    measure.judge(broken)


if __name__ == "__main__":
    main()
