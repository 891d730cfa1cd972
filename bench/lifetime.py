"""Lifetime value of 1,000,000 customers: fit, summary + fit + score, beside lifetimes and pymc-marketing.

    python bench/lifetime.py [--customers 1000000] [--lines 10000000] [--more 50000000] [--runs 3]

`fit` fits BG/NBD to one row a customer. `end to end` goes from a file of lines to expected purchases and
P(alive) of every customer. Both steps are timed without imports and reading; log-likelihoods must be the same
to 1e-6. pymc-marketing finds the mode under flat priors. `Pareto/NBD` is fitted to full CDNOW (PEAKEND_DATA),
or to as many simulated customers. `warehouse` takes 10 million stored lines to scores in a table, whole
process: the bounds are 10 CPU s and 2 GB; 50 million are shown. One thread each.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import measure
import purchase_logs
from lifetimes_oracle import ONE_THREAD, lifetimes_environment, pymc_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BOUND_FIT, BOUND_END_TO_END, BOUND_PARETO = 50.0, 40.0, 15.0
BOUND_CPU, BOUND_MB = 10.0, 2048.0
SAME = 1e-6
_HORIZON = 52
_CDNOW_END = date(1997, 9, 30)

_LIFETIMES = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from lifetimes import BetaGeoFitter, ParetoNBDFitter
from lifetimes.utils import summary_data_from_transaction_data
task, path, log, horizon = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
frame = pd.read_parquet(path)
if task == "end":
    frame["at"] = frame["at"].astype("datetime64[ns]")
began = time.process_time()
if task == "end":
    found = summary_data_from_transaction_data(frame, "customer_id", "at", "revenue")
    frame = pd.DataFrame({"frequency": found.frequency, "recency": found.recency / 7, "T": found["T"] / 7})
model = ParetoNBDFitter(0.0) if task == "pareto" else BetaGeoFitter(0.0)
model.fit(frame["frequency"], frame["recency"], frame["T"])
if task == "end":
    model.conditional_expected_number_of_purchases_up_to_time(
        horizon, frame["frequency"], frame["recency"], frame["T"])
    model.conditional_probability_alive(frame["frequency"], frame["recency"], frame["T"])
step = time.process_time() - began
with open(log, "a") as target:
    target.write(json.dumps([step, [float(v) for v in model.params_]]) + "\\n")
"""
_PYMC = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from pymc_marketing.clv import BetaGeoModel
from pymc_extras.prior import Prior
task, path, log, horizon = sys.argv[1:5]
frame = pd.read_parquet(path)
frame["customer_id"] = range(len(frame))
began = time.process_time()
flat = {name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}
model = BetaGeoModel(data=frame, model_config=flat)
model.fit(method="map", progressbar=False)
found = model.fit_summary()
step = time.process_time() - began
with open(log, "a") as target:
    target.write(json.dumps([step, [float(found[name]) for name in ("r", "alpha", "a", "b")]]) + "\\n")
"""


def fit(path: str, log: str, task: str) -> None:
    """The step of `task` (fit, pareto or end) by Peakend; its parameters go to `log`."""
    from peakend.engine import connect
    from peakend.value import BetaGeoModel, ParetoNBDModel
    from peakend.value.models.histories import PurchaseHistories

    if task == "end":
        with connect("duckdb://?threads=1") as engine:
            lines = engine.read_parquet(path)
            began = time.process_time()
            params = _end_to_end(lines)
            step = time.process_time() - began
    else:
        table = pq.read_table(path)
        began = time.process_time()
        model = (ParetoNBDModel if task == "pareto" else BetaGeoModel)(time_unit="week")
        params = model.fit(PurchaseHistories.of(table, time_unit="week")).params
        step = time.process_time() - began
    with Path(log).open("a", encoding="utf-8") as target:
        target.write(json.dumps([step, [float(value) for value in params.vector]]) + "\n")


def _end_to_end(lines: object) -> object:
    """Summary, fit and a score for every customer, by a join in the engine, stored there."""
    from peakend.value import BetaGeoModel
    from peakend.value.prediction.scoring import Ahead, score_table
    from peakend.value.purchases.purchases import purchases_in
    from peakend.value.purchases.summary import histories_of
    from peakend.value.purchases.transactions import transactions_of

    histories = purchases_in(transactions_of(lines)).histories().save("histories")
    unique = histories_of(histories)
    model = BetaGeoModel().fit(unique)
    scores = histories.engine.from_arrow(score_table(model, unique, Ahead(7 * _HORIZON, 0.0)))
    histories.query(
        "select h.customer_id, s.probability_alive, s.expected_purchases from h inner join scores s "
        "on s.frequency = h.frequency and s.recency_days = h.recency_days and s.age_days = h.age_days",
        name="h",
        scores=scores,
    ).save("scores")
    return model.params


def warehouse(path: str) -> None:
    """From stored lines to present values of every customer, in a table of the same warehouse."""
    from peakend.engine import connect
    from peakend.value import BetaGeoModel
    from peakend.value.prediction.scoring import Ahead, score_table, scored
    from peakend.value.prediction.spending import Margin, spending
    from peakend.value.purchases.purchases import purchases_in
    from peakend.value.purchases.summary import histories_of

    with connect(f"duckdb:///{path}?threads=1&memory_limit=1200MB") as engine:
        histories = purchases_in(engine.table("transactions")).histories().save("histories", replace=True)
        unique = histories_of(histories)
        scores = score_table(BetaGeoModel().fit(unique), unique, Ahead(364, 0.1))
        scored(histories, scores, spending(histories), Margin("revenue", 1.0, 0.0)).save(
            "scores", replace=True
        )


def log_likelihood(path: Path, task: str, parameters: Sequence[float]) -> float:
    """Of the histories in `path` at `parameters`, by one and the same formula for everybody's optimum."""
    from peakend.value import BetaGeoModel, ParetoNBDModel
    from peakend.value.models.histories import PurchaseHistories

    model = (ParetoNBDModel if task == "pareto" else BetaGeoModel)(time_unit="week")
    histories = PurchaseHistories.of(pq.read_table(path), time_unit="week")
    return -float(model._objective(histories)(np.log(np.asarray(parameters)))[0])


def compare(
    folder: Path, task: str, path: Path, summary: Path, pythons: Mapping[str, str], runs: int, bound: float
) -> list[str]:
    """One task, side by side; what is broken. summary: the histories on which optima are compared."""
    logs = {name: folder / f"{task}_{name}.jsonl" for name in ("peakend", *pythons)}
    commands = {"peakend": measure.call(fit, str(path), str(logs["peakend"]), task)}
    for name, python in pythons.items():
        script = folder / f"{name}_task.py"
        script.write_text(_LIFETIMES if name == "lifetimes" else _PYMC, "utf-8")
        commands[name] = [python, str(script), task, str(path), str(logs[name]), str(_HORIZON)]
    comparison = measure.compare(commands, runs=runs, name=f"lifetime_{task}", environment=ONE_THREAD)
    comparison.print()
    steps, optima = {}, {}
    for name, log in logs.items():
        rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        steps[name], optima[name] = median(row[0] for row in rows), rows[0][1]
    likelihoods = {name: log_likelihood(summary, task, found) for name, found in optima.items()}
    load = os.getloadavg()[0]
    comparison.save(step_cpu=steps, parameters=optima, log_likelihoods=likelihoods, load=load)
    broken = []
    for name in logs:
        told = ", ".join(f"{value:.5f}" for value in optima[name])
        print(f"{task}, {name}: {steps[name]:.3f} CPU s; {told}; log-likelihood {likelihoods[name]:.4f}")
    best = likelihoods["peakend"]
    for name in pythons:
        worse = (likelihoods[name] - best) / abs(best)
        if worse > SAME:
            broken.append(f"{task}: {name} found a better optimum, by {worse:.1e}")
        ratio = steps[name] / steps["peakend"]
        print(f"{task}: {ratio:.1f} × faster than {name}, bound {bound:.0f} (load average {load:.1f})")
        if name == "lifetimes" and ratio < bound:
            broken.append(f"{task}: only {ratio:.1f} × faster")
    return broken


def histories_file(lines: Path, target: Path) -> None:
    """frequency, recency and T in weeks, one row a customer, as a Parquet file."""
    from peakend.value import rfm_summary

    pq.write_table(rfm_summary(str(lines)).to_arrow().select(["frequency", "recency", "T"]), target)


def cdnow_file(folder: Path, target: Path) -> None:
    """The histories of full CDNOW to the end of 39 weeks; of a simulated twin where the data are absent."""
    root = os.environ.get("PEAKEND_DATA")
    source = Path(root) / "cdnow" / "CDNOW_master.txt" if root else None
    if source is None or not source.exists():
        print("CDNOW is absent (PEAKEND_DATA): a simulated twin stands in")
        lines = folder / "twin.parquet"
        purchase_logs.write(lines, 23_570, purchase_logs.SELDOM)
        histories_file(lines, target)
        return
    days: dict[str, set[date]] = {}
    for line in source.read_text("ascii").splitlines():
        fields = line.split()
        if fields and fields[0].isdigit() and (on := date.fromisoformat(fields[1])) <= _CDNOW_END:
            days.setdefault(fields[0], set()).add(on)
    rows = [(len(d) - 1, (max(d) - min(d)).days / 7, (_CDNOW_END - min(d)).days / 7) for d in days.values()]
    frequency, recency, age = np.array(rows, np.float64).T
    pq.write_table(pa.table({"frequency": frequency, "recency": recency, "T": age}), target)


def in_warehouse(folder: Path, lines: int, runs: int, *, judged: bool) -> list[str]:
    """Stored lines to stored scores; what is broken."""
    path, stored = folder / f"{lines}.parquet", folder / f"{lines}.duckdb"
    customers = max(lines // 10, 100)
    written = purchase_logs.write(path, customers, purchase_logs.OFTEN)
    purchase_logs.store(path, stored)
    path.unlink()
    comparison = measure.compare(
        {"warehouse": measure.call(warehouse, str(stored))},
        runs=runs,
        name=f"lifetime_warehouse_{lines}",
        environment=ONE_THREAD,
    )
    comparison.print()
    load = os.getloadavg()[0]
    comparison.save(lines=written, customers=customers, load=load)
    middle = comparison.median("warehouse")
    print(
        f"{written:,} lines of {customers:,}: {middle.cpu_seconds:.1f} CPU s, {middle.peak_mb:.0f} MB "
        f"(load average {load:.1f})" + (f", bounds {BOUND_CPU:.0f} and {BOUND_MB:.0f}" if judged else "")
    )
    stored.unlink()
    broken = []
    if judged and middle.cpu_seconds > BOUND_CPU:
        broken.append(f"warehouse: {middle.cpu_seconds:.1f} CPU s")
    if judged and middle.peak_mb > BOUND_MB:
        broken.append(f"warehouse: {middle.peak_mb:.0f} MB")
    return broken


def main() -> None:
    """Make the purchases, measure in turn, print and save the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--more", type=int, default=50_000_000, help="0: not shown")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lifetimes-python", help="Python with lifetimes ('none': leave it out)")
    parser.add_argument("--pymc-python", help="Python with pymc-marketing ('none': leave it out)")
    chosen = parser.parse_args()
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines, summary, cdnow = (folder / f"{part}.parquet" for part in ("lines", "summary", "cdnow"))
        purchase_logs.write(lines, chosen.customers, purchase_logs.SELDOM)
        histories_file(lines, summary)
        cdnow_file(folder, cdnow)
        made = {
            "lifetimes": chosen.lifetimes_python or lifetimes_environment(folder / "lifetimes"),
            "pymc": chosen.pymc_python or pymc_environment(folder / "pymc"),
        }
        pythons = {name: python for name, python in made.items() if python not in (None, "none")}
        peers = {name: python for name, python in pythons.items() if name == "lifetimes"}
        for task, path, histories, others, bound in (
            ("fit", summary, summary, pythons, BOUND_FIT),
            ("end", lines, summary, peers, BOUND_END_TO_END),
            ("pareto", cdnow, cdnow, peers, BOUND_PARETO),
        ):
            broken += compare(folder, task, path, histories, others, chosen.runs, bound)
        lines.unlink()
        broken += in_warehouse(folder, chosen.lines, chosen.runs, judged=True)
        if chosen.more:
            broken += in_warehouse(folder, chosen.more, 1, judged=False)
    measure.judge(broken)


if __name__ == "__main__":
    main()
