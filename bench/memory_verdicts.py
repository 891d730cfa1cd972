"""How often the verdict on memory is right: planted rules, and twins in which nothing was planted.

    python bench/memory_verdicts.py [--nulls 1000] [--seeds 100]

Customers live one journey of three to eight moments (feelings with a mood of their own, rounded to
hundredths) and score the whole on eleven points: 0.8 × the planted rule and noise of 0.35, from −1 to 1.
Bounds: a rule is told in at most 2.5 % of the nulls, a wrong one in at most 2.5 % of the planted twins, the
right one in at least 80 %.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

import measure
from peakend.journey import fit_memory

CUSTOMERS = {"none": 400, "peak_end": 1200, "worst_last": 2500, "end": 1000, "mean": 6000}
MOST_WRONG = 0.025
LEAST_RIGHT = 0.8


def journeys(rule: str, customers: int, seed: int) -> pa.Table:
    """What `fit_memory` takes."""
    random = np.random.default_rng([seed, customers])
    count = random.integers(3, 9, customers)
    starts = np.concatenate([[0], np.cumsum(count)[:-1]])
    journey = np.repeat(np.arange(customers), count)
    place = np.arange(len(journey)) - starts[journey]
    mood = random.normal(0.1, 0.25, customers)
    score = np.clip(mood[journey] + random.normal(0, 0.4, len(journey)), -1, 1).round(2)
    length = random.gamma(1.2, 300, len(journey)).round() + 1
    fading = 0.5 ** ((count[journey] - 1 - place) / 2)

    def mean(weight: np.ndarray) -> np.ndarray:
        return np.add.reduceat(weight * score, starts) / np.add.reduceat(weight, starts)

    best, worst = np.maximum.reduceat(score, starts), np.minimum.reduceat(score, starts)
    end = score[starts + count - 1]
    features = {
        "mean": mean(np.ones(len(score))),
        "peak": np.where(best >= -worst, best, worst),
        "end_score": end,
        "best": best,
        "worst": worst,
        "duration_mean": mean(length),
        "recency_mean": mean(fading),
    }
    whole = {
        "none": np.zeros(customers),
        "mean": features["mean"],
        "end": end,
        "peak_end": (features["peak"] + end) / 2,
        "worst_last": (worst + end) / 2,
    }[rule]
    said = np.clip(0.8 * whole + 0.05 + random.normal(0, 0.35, customers), -1, 1)
    days = random.integers(0, 700, customers).astype("timedelta64[D]")
    return pa.table(
        {
            "journey_id": [f"j{number:06d}" for number in range(customers)],
            "customer_id": [f"c{number:06d}" for number in range(customers)],
            "ended_at": pa.array((np.datetime64("2024-01-01") + days).astype("datetime64[us]")),
            "overall": np.round((said + 1) * 5) / 5 - 1,
            **features,
        }
    )


def counted(rule: str, seeds: int) -> Counter[str]:
    """How often each model was told, or why none."""
    found: Counter[str] = Counter()
    for seed in range(seeds):
        fit = fit_memory(journeys(rule, CUSTOMERS[rule], seed))
        found[str(fit.best) if fit.verdict == "told" else f"cannot tell: {fit.reason}"] += 1
    return found


def main() -> None:
    """Count, print, save, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nulls", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=100)
    chosen = parser.parse_args()
    broken, record = [], {}
    print("| planted | customers | twins | told right | told wrong | cannot tell |")
    print("|---|---:|---:|---:|---:|---:|")
    for rule, customers in CUSTOMERS.items():
        seeds = chosen.nulls if rule == "none" else chosen.seeds
        found = counted(rule, seeds)
        silent = sum(n for what, n in found.items() if what.startswith("cannot tell"))
        right = found[rule]
        wrong = seeds - silent - right
        print(f"| {rule} | {customers} | {seeds} | {right} | {wrong} | {silent} |", flush=True)
        record[rule] = {"customers": customers, "twins": seeds, **found}
        if wrong > MOST_WRONG * seeds:
            broken.append(f"{rule}: {wrong} of {seeds} wrong")
        if rule != "none" and right < LEAST_RIGHT * seeds:
            broken.append(f"{rule}: {right} of {seeds} right")
    path = measure.RESULTS / "memory_verdicts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(path.read_text("utf-8")) if path.exists() else []
    now = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), **record}
    path.write_text(json.dumps([*before, now], indent=1) + "\n", "utf-8")
    measure.judge(broken)


if __name__ == "__main__":
    main()
