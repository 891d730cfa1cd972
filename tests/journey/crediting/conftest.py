"""Journeys made up for attribution: who walks where, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Walks = tuple[pa.Table, pa.Table]


def tables(paths: Sequence[Sequence[str]], outcome: Sequence[int], each: int = 2) -> Walks:
    """Steps and outcomes of journeys in this order, a minute apart; `each` journeys a customer."""
    steps = [
        (f"j{number:06d}", place, f"e{number:06d}.{place:03d}", f"c{number // each:06d}", name)
        for number, path in enumerate(paths)
        for place, name in enumerate(path, 1)
    ]
    columns = dict(
        zip(
            ("journey_id", "place", "event_id", "customer_id", "touchpoint_id"),
            map(list, zip(*steps, strict=True)),
            strict=True,
        )
    )
    minutes = np.array([int(row[0][1:]) * 60 + row[1] for row in steps]) * 1_000_000
    at = np.datetime64("2024-01-01", "us") + minutes.astype("timedelta64[us]")
    numbers = range(len(paths))
    return pa.table({**columns, "at": pa.array(at)}), pa.table(
        {
            "journey_id": [f"j{number:06d}" for number in numbers],
            "customer_id": [f"c{number // each:06d}" for number in numbers],
            "converted": list(outcome),
        }
    )


@pytest.fixture
def journeys() -> Callable[..., Walks]:
    """`journeys(paths, outcome)`: steps and outcomes as Arrow."""
    return tables


@pytest.fixture
def demo_world() -> Callable[..., Walks]:
    """`demo_world(effect, seed, size)`: half of the journeys meet "demo", which adds `effect` to a chance of
    15 %; four others do nothing; "shop" and "pay" come last. Customers have two journeys each."""

    def make(effect: float, seed: int = 1, size: int = 3000) -> Walks:
        random = np.random.default_rng(seed)
        early = np.array(["search", "visit", "demo", "call"])
        paths, outcome = [], []
        for _ in range(size):
            met = random.permutation(early[random.random(4) < 0.5]).tolist()
            late = ["pay", "shop"] if random.random() < 0.5 else ["pay"]
            paths.append([*met, *late])
            outcome.append(int(random.random() < 0.15 + effect * ("demo" in met)))
        return tables(paths, outcome)

    return make
