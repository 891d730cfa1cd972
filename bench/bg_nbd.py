"""What a BG/NBD fit to a million customers costs beside lifetimes, and whether planted sets are recovered.

    python bench/bg_nbd.py [--customers 1000000] [--sets 500] [--runs 3] [--peer /somewhere/bin/python]

The peer is a Python with lifetimes 0.11.3 and setuptools below 80 (an environment of its own: it is no
dependency of Peakend and must not become one); `PEAKEND_LIFETIMES` names it too. Without it only Peakend is
measured. All run on one thread, in turn, each in a process of its own; counted are the CPU seconds of the
fit, without the start of Python and its imports. `peakend` begins with the same three arrays as lifetimes;
`peakend, counted` with the histories that `rfm_summary` counts in the engine. The optimum must be lifetimes'
to what lifetimes itself reaches, and Peakend's own from other starts to 1e-6. The bound is 50.

The sets are drawn from BG/NBD and MBG/NBD with parameters at random, and each is fitted as it is and from
three starts far apart.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np

BOUND = 50.0
PLANTED = (0.25, 4.5, 0.8, 2.5)
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def make(path: str, customers: int) -> None:
    """Histories in weeks, by the day: customers joined over a year and a half."""
    from peakend.value.models.beta_geo import BetaGeoModel

    days = np.random.default_rng(1).integers(200, 731, customers)
    drawn = BetaGeoModel().at(PLANTED).simulate(days / 7, seed=3)
    last = np.minimum(np.ceil(drawn["recency"] * 7), days)
    np.savez(path, frequency=drawn["frequency"], recency=last / 7, T=days / 7)


def peakend(path: str, counted: bool) -> dict[str, Any]:
    """A fit to the arrays, or to histories counted before."""
    from peakend.value.models.beta_geo import BetaGeoModel
    from peakend.value.models.histories import PurchaseHistories

    with np.load(path) as arrays:
        table = {name: arrays[name] for name in ("frequency", "recency", "T")}
    data = PurchaseHistories.of(table) if counted else table
    started = process_time()
    model = BetaGeoModel().fit(data)
    spent = process_time() - started
    again = BetaGeoModel().fit(data, starts=[np.ones(4)]).params.vector
    apart = float(np.abs(again / model.params.vector - 1).max())
    return {"seconds": spent, "params": list(model.params.vector), "from_another_start": apart}


def lifetimes(path: str) -> dict[str, Any]:
    """The same with lifetimes."""
    from importlib import import_module

    fitter = import_module("lifetimes").BetaGeoFitter()
    with np.load(path) as arrays:
        columns = [arrays[name] for name in ("frequency", "recency", "T")]
    started = process_time()
    fitter.fit(*columns)
    return {
        "seconds": process_time() - started,
        "params": [float(fitter.params_[k]) for k in ("r", "alpha", "a", "b")],
    }


def measured(path: str, runs: int, peer: str | None) -> dict[str, list[dict[str, Any]]]:
    """Each in turn, `runs` times."""
    commands = {"peakend": [sys.executable, "peakend"], "peakend, counted": [sys.executable, "counted"]}
    if peer:
        commands["lifetimes"] = [peer, "lifetimes"]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, (python, way) in commands.items():
            done = subprocess.run(
                [python, __file__, "--one", way, path],
                env={**os.environ, **ONE_THREAD},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
    return found


def recovered(sets: int) -> dict[str, float]:
    """How the fits to planted sets end, and how often 95 % intervals hold what was planted."""
    from peakend.value.models.beta_geo import BetaGeoModel
    from peakend.value.models.fitting import DidNotConvergeError
    from peakend.value.models.modified_beta_geo import ModifiedBetaGeoModel

    random = np.random.default_rng(20)
    ended = {"one optimum": 0, "several optima": 0, "the best was missed": 0, "said there is none": 0}
    held, asked = np.zeros(5), 0
    for place in range(sets):
        kind = (BetaGeoModel, ModifiedBetaGeoModel)[place % 2]
        truth = np.exp(random.uniform(np.log([0.2, 2.0, 0.3, 1.0]), np.log([2.0, 20.0, 2.0, 6.0])))
        age = random.uniform(26, 104, int(random.integers(500, 5_000)))
        data = kind().at(truth).simulate(age, seed=place)
        starts = np.exp(random.uniform(np.log([0.05, 0.5, 0.05, 0.2]), np.log([5, 100, 10, 30]), (3, 4)))
        try:
            chosen = kind().fit(data)
            fits = [chosen, *(kind().fit(data, starts=[start]) for start in starts)]
        except DidNotConvergeError:
            ended["said there is none"] += 1
            continue
        vectors = np.stack([fit.params.vector for fit in fits])
        same = bool((np.abs(vectors / vectors[0] - 1) < 1e-6).all())
        ended["one optimum" if same else "several optima"] += 1
        ended["the best was missed"] += chosen.log_likelihood < max(f.log_likelihood for f in fits) - 1e-6
        fit = chosen
        ends = [fit.params.interval(name) for name in fit.names]
        implied = fit.implied(lambda v, fit=fit: fit.at(v).expected_purchases_new_customer(52))
        ends.append((float(implied.low), float(implied.high)))
        wanted = [*truth, float(kind().at(truth).expected_purchases_new_customer(52))]
        held += [low <= value <= high for (low, high), value in zip(ends, wanted, strict=True)]
        asked += 1
    names = ("r", "alpha", "a", "b", "purchases in a year")
    return {
        **ended,
        **{f"coverage of {name}": share for name, share in zip(names, held / asked, strict=True)},
    }


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer", default=os.environ.get("PEAKEND_LIFETIMES"))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        way, path = chosen.one
        print(json.dumps(lifetimes(path) if way == "lifetimes" else peakend(path, way == "counted")))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "histories.npz")
        make(path, chosen.customers)
        runs = measured(path, chosen.runs, chosen.peer)
    seconds = {name: median(run["seconds"] for run in of) for name, of in runs.items()}
    print(f"| BG/NBD fit, {chosen.customers:,} customers | CPU s | lifetimes ÷ this |\n|---|---:|---:|")
    for name, spent in seconds.items():
        ratio = f"{seconds['lifetimes'] / spent:.0f}" if "lifetimes" in seconds else "no peer"
        print(f"| {name} | {spent:.3f} | {ratio} |")
    broken = []
    apart = max(run.get("from_another_start", 0.0) for of in runs.values() for run in of)
    print(f"\nfrom another start: {apart:.1e} apart")
    if apart > 1e-6:
        broken.append(f"starts {apart:.1e} apart")
    if "lifetimes" in runs:
        first, peer = (np.array(runs[name][0]["params"]) for name in ("peakend", "lifetimes"))
        print(f"from lifetimes' optimum: {np.abs(first / peer - 1).max():.1e} apart")
        ratio = seconds["lifetimes"] / seconds["peakend"]
        if ratio < BOUND:
            broken.append(f"{ratio:.0f} × lifetimes")
    ends = recovered(chosen.sets)
    print(f"\n{chosen.sets} planted sets, three starts each:")
    for name, value in ends.items():
        print(f"  {name}: {value:.3f}" if name.startswith("coverage") else f"  {name}: {value}")
    if ends["the best was missed"]:
        broken.append(f"a better optimum in {ends['the best was missed']} sets")
    save(chosen.customers, chosen.sets, seconds, ends)

    import measure

    measure.judge(broken)


def save(customers: int, sets: int, seconds: dict[str, float], ends: dict[str, float]) -> None:
    """Append the figures to results/bg_nbd.json."""
    import measure

    path = measure.RESULTS / "bg_nbd.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    records = json.loads(path.read_text("utf-8")) if path.exists() else []
    records.append({"customers": customers, "sets": sets, "cpu_seconds": seconds, "planted": ends})
    path.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
