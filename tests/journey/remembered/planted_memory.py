"""Journeys whose remembered score follows a known rule, or none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from peakend.journey.remembered import peak_end

RULES = ("peak_end", "worst_last", "end", "mean", "none")


def moments(customers: int, seed: int, journeys_each: int = 1) -> pa.Table:
    """Three to eight moments a journey, over two years; a customer's journeys share a mood."""
    random = np.random.default_rng(seed)
    journeys = customers * journeys_each
    count = random.integers(3, 9, journeys)
    journey = np.repeat(np.arange(journeys), count)
    customer = journey // journeys_each
    place = np.concatenate([np.arange(n) for n in count])
    score = random.normal(0.1, 0.25, customers)[customer] + random.normal(0, 0.4, len(journey))
    at = random.integers(0, 700, journeys)[journey] * 86_400_000_000 + place * 600_000_000
    return pa.table(
        {
            "journey_id": [f"j{number:06d}" for number in journey],
            "customer_id": [f"c{number:06d}" for number in customer],
            "event_id": [f"e{number:07d}" for number in range(len(journey))],
            "at": pa.array(np.datetime64("2024-01-01", "us") + at.astype("timedelta64[us]")),
            "touchpoint_id": [f"t{number}" for number in place],
            "duration_s": random.gamma(1.2, 300, len(journey)).round(),
            "score": np.clip(score, -1, 1).round(2),
        }
    )


def planted(rule: str, customers: int, seed: int, journeys_each: int = 1, noise: float = 0.35) -> pa.Table:
    """What `fit_memory` takes, with the remembered score on eleven points."""
    found = peak_end(moments(customers, seed, journeys_each)).to_arrow().sort_by("journey_id")
    feature: Any = {name: found[name].to_numpy() for name in ("peak", "end_score", "worst", "mean")}
    whole = {
        "peak_end": 0.5 * feature["peak"] + 0.5 * feature["end_score"],
        "worst_last": (feature["worst"] + feature["end_score"]) / 2,
        "end": feature["end_score"],
        "mean": feature["mean"],
        "none": 0 * feature["mean"],
    }[rule]
    random = np.random.default_rng([seed, 1])
    said = np.clip(0.8 * whole + 0.05 + random.normal(0, noise, len(whole)), -1, 1)
    return found.append_column("overall", pa.array(np.round((said + 1) * 5) / 5 - 1))
