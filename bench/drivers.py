"""What relative importance costs beside pingouin's: 100,000 respondents, 15 and 18 drivers, and a bootstrap.

    python bench/drivers.py [--rows 100000] [--drivers 15 18] [--bootstrap 20] [--draws 1000] [--runs 3]
                            [--pingouin PYTHON]

`peakend` is `relative_importance(X, y)`, `pingouin` is `linear_regression(X, y, relimp=True)`, both from the
same answers to the importances, which must agree to nine digits. A process is measured whole, starting and
importing included, and so is the call alone, after one on little data that loads what is compiled: the
bounds, 20 × at 15 drivers and 100 × at 18, are of the call. Then 20 drivers with 1,000 draws of the
bootstrap in one process, under 120 CPU seconds. pingouin goes into an environment of its own (or is found in
that of `--pingouin`); where it cannot be installed the comparison is left out, loudly.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import measure

PEER = ("pingouin==0.7.0", "pandas<3")
BOUNDS = {15: 20.0, 18: 100.0}
BOUND_BOOTSTRAP_SECONDS = 120.0


def make(path: str, rows: int, drivers: int) -> None:
    """Ratings from 1 to 5 that go together, and an outcome from 0 to 10."""
    import numpy as np

    rng = np.random.default_rng(drivers)
    judgement = rng.normal(size=(rows, 1)) + rng.normal(size=(rows, drivers))
    ratings = np.digitize(judgement, [-2.5, -1.5, -0.5, 0.8]) + 1.0
    total = ratings @ rng.uniform(0, 1, drivers) + 2 * rng.normal(size=rows)
    cuts = np.quantile(total, np.linspace(0.05, 0.9, 10))
    np.save(path, np.column_stack([ratings, np.digitize(total, cuts)]))


def peakend(path: str, out: str) -> None:
    """Ours."""
    import numpy as np

    from peakend.feedback import relative_importance

    values = np.load(path)
    relative_importance(values[:200, :-1], values[:200, -1])
    started = time.process_time()
    found = relative_importance(values[:, :-1], values[:, -1])
    _write(out, time.process_time() - started, [driver.importance for driver in found.drivers])


def pingouin(path: str, out: str) -> None:
    """The peer's."""
    import numpy as np
    from pingouin import linear_regression

    values = np.load(path)
    linear_regression(values[:200, :3], values[:200, -1], relimp=True)
    started = time.process_time()
    found = linear_regression(values[:, :-1], values[:, -1], relimp=True)
    _write(out, time.process_time() - started, found["relimp"].tolist()[1:])


def bootstrap(path: str, draws: int) -> None:
    """Importances with their intervals."""
    import numpy as np

    from peakend.feedback import relative_importance

    values = np.load(path)
    found = relative_importance(values[:, :-1], values[:, -1], bootstrap=draws)
    if found.draws is None or len(found.draws) != draws or found.method != "lmg":
        raise AssertionError("not the draws that were asked for")


def _write(out: str, seconds: float, importances: list[float]) -> None:
    records = json.loads(Path(out).read_text("utf-8")) if Path(out).exists() else []
    records.append({"seconds": seconds, "importances": importances})
    Path(out).write_text(json.dumps(records), "utf-8")


def peer(given: str | None, folder: Path) -> str | None:
    """A Python that has pingouin; None where there is none to be had."""
    python = given or str(folder / "peer" / "bin" / "python")
    try:
        if given is None:
            subprocess.run([sys.executable, "-m", "venv", folder / "peer"], check=True, capture_output=True)
            install = [python, "-m", "pip", "install", "--quiet", *PEER]
            subprocess.run(install, check=True, capture_output=True, text=True)
        subprocess.run([python, "-c", "import pingouin"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as cause:
        said = getattr(cause, "stderr", "") or cause
        print(f"!!! NOT COMPARED: pingouin cannot be had here: {said}", flush=True)
        return None
    return python


def compare(python: str, folder: Path, rows: int, drivers: int, runs: int) -> float:
    """Print and save the comparison; how many times the CPU of our call the peer's takes."""
    path = str(folder / f"{drivers}.npy")
    make(path, rows, drivers)
    outs = {name: folder / f"{name}-{drivers}.json" for name in ("peakend", "pingouin")}
    commands = {
        "pingouin": [python, *measure.call(pingouin, path, str(outs["pingouin"]))[1:]],
        "peakend": measure.call(peakend, path, str(outs["peakend"])),
    }
    comparison = measure.compare(commands, runs=runs, baseline="peakend", name=f"drivers_{drivers}")
    comparison.print()
    records = {name: json.loads(out.read_text("utf-8")) for name, out in outs.items()}
    ours, theirs = (records[name][0]["importances"] for name in ("peakend", "pingouin"))
    if max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) > 1e-9:
        raise AssertionError(f"other importances: {ours} {theirs}")
    calls = {name: median(one["seconds"] for one in each) for name, each in records.items()}
    ratio = calls["pingouin"] / calls["peakend"]
    comparison.save(rows=rows, drivers=drivers, call_seconds=calls, call_ratio=ratio)
    ours_alone, theirs_alone = calls["peakend"], calls["pingouin"]
    print(f"the call alone: pingouin {theirs_alone:.3f} CPU s, peakend {ours_alone:.4f}: {ratio:.0f} ×")
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--drivers", type=int, nargs="*", default=sorted(BOUNDS))
    parser.add_argument("--bootstrap", type=int, default=20)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pingouin", help="a Python that has pingouin")
    chosen = parser.parse_args()
    broken = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = peer(chosen.pingouin, folder)
        for drivers in chosen.drivers if python else []:
            ratio = compare(str(python), folder, chosen.rows, drivers, chosen.runs)
            if ratio < BOUNDS.get(drivers, 0):
                broken.append(f"{drivers} drivers only {ratio:.0f} ×, bound {BOUNDS[drivers]:.0f} ×")
        path = str(folder / "bootstrap.npy")
        make(path, chosen.rows, chosen.bootstrap)
        drawn = measure.compare(
            {"bootstrap": measure.call(bootstrap, path, chosen.draws)},
            runs=chosen.runs,
            name="drivers_bootstrap",
        )
        drawn.print()
        drawn.save(rows=chosen.rows, drivers=chosen.bootstrap, draws=chosen.draws)
        seconds = drawn.median("bootstrap").cpu_seconds
        print(f"{chosen.bootstrap} drivers, {chosen.draws:,} draws: {seconds:.1f} CPU s, bound 120")
        if seconds > BOUND_BOOTSTRAP_SECONDS:
            broken.append(f"bootstrap {seconds:.0f} CPU s")
    measure.judge(broken)


if __name__ == "__main__":
    main()
