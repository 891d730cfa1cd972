"""Episodes within episodes: nobody in two parents, and every level rolled up from the one below."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.journey import Gap, Level, LifeCycle, RuleError, nested
from peakend.journey.stream.nesting import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

START = datetime(2024, 1, 1)
NOW = datetime(2030, 1, 1)


def told(
    rows: list[tuple[str, float, float | None]], levels: Sequence[Level] = LEVELS
) -> list[dict[str, Any]]:
    """(customer, days, emotion) each."""
    table = pa.table(
        {
            "event_id": [f"e{n:03d}" for n in range(len(rows))],
            "customer_id": [row[0] for row in rows],
            "at": [START + timedelta(days=row[1]) for row in rows],
            "kind": ["t"] * len(rows),
            "emotion": pa.array([row[2] for row in rows], pa.float64()),
        }
    )
    found: list[dict[str, Any]] = nested(table, levels, now=NOW).to_arrow().to_pylist()
    return sorted(found, key=lambda row: (row["depth"], row["episode_id"]))


def test_a_life_cycle_remembers_its_journeys_and_not_each_step() -> None:
    """The worst step is the peak of its day and journey; the life cycle sees the journeys' scores."""
    rows = [("x", 0.0, -0.9), ("x", 0.1, 0.5), ("x", 5.0, 0.1), ("x", 100.0, 0.4)]
    life, first, second, *days = told(rows)
    assert [day["score"] for day in days] == pytest.approx([-0.2, 0.1, 0.4])
    assert (first["peak"], first["ending"], first["score"]) == pytest.approx((-0.2, 0.1, -0.05))
    assert second["score"] == pytest.approx(0.4)
    assert life["level"] == "life_cycle"
    assert (life["peak"], life["ending"], life["score"]) == pytest.approx((0.4, 0.4, 0.4))
    assert (life["steps"], life["scored"], life["parent_id"]) == (4, 2, None)


def test_parents_hold_exactly_the_steps_of_their_children() -> None:
    random = np.random.default_rng(5)
    rows = [
        (f"c{random.integers(0, 20)}", float(random.uniform(0, 400)), float(random.uniform(-1, 1)))
        for _ in range(400)
    ]
    found = told(rows)
    by_id = {(row["depth"], row["episode_id"]): row for row in found}
    assert len(by_id) == len(found)
    for depth in (2, 3):
        inside: dict[str, int] = {}
        for row in found:
            if row["depth"] == depth:
                parent = by_id[(depth - 1, row["parent_id"])]
                assert parent["started_at"] <= row["started_at"] <= row["ended_at"] <= parent["ended_at"]
                assert parent["customer_id"] == row["customer_id"]
                inside[row["parent_id"]] = inside.get(row["parent_id"], 0) + row["steps"]
        assert all(by_id[(depth - 1, parent)]["steps"] == steps for parent, steps in inside.items())


def test_the_earlier_of_two_peaks_as_far_from_neutral_counts() -> None:
    (row,) = told([("x", 0, 0.5), ("x", 0.1, -0.5), ("x", 0.2, 0.0)], levels=[Level("one", LifeCycle())])
    assert (row["peak"], row["ending"], row["mean"]) == (0.5, 0.0, 0.0)


def test_without_a_score_there_is_none() -> None:
    assert {(row["scored"], row["score"]) for row in told([("x", 0, None)])} == {(0, None)}


@pytest.mark.parametrize("levels", [[], [Level("a", LifeCycle()), Level("a", Gap(days=1))]])
def test_levels_have_names_of_their_own(levels: list[Level]) -> None:
    with pytest.raises(RuleError):
        told([("x", 0, None)], levels=levels)
