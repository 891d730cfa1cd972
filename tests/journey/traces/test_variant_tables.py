"""The analysis `journey_variants`: top variants, all others, segments, and the customers behind each row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from peakend.declaration import Inputs, Settings
from peakend.journey.stream.analyses import JOURNEYS
from peakend.journey.traces.columns import JOURNEY_VARIANTS
from peakend.journey.traces.tables import MOST, variant_tables

if TYPE_CHECKING:
    from collections.abc import Callable


def _inputs(inputs_of: Callable[..., Inputs], ways: list[str]) -> Inputs:
    interactions = [
        {"event_id": f"{n}-{p}", "customer_id": f"c{n:04d}", "case_id": f"j{n:04d}", "touchpoint_id": t,
         "at": datetime(2024, 1, 1) + timedelta(hours=p), "emotion": 0.5 if n % 2 else -0.5}
        for n, way in enumerate(ways)
        for p, t in enumerate(way)
    ]  # fmt: skip
    members = [
        {
            "segmentation": "tier",
            "segment": "gold" if n % 3 else "blue",
            "subject": "customer",
            "subject_id": f"c{n:04d}",
        }
        for n in range(len(ways))
    ]
    inputs = inputs_of(interactions=interactions, segment_members=members)
    made = JOURNEYS.compute(inputs)
    more = {n: t if not hasattr(t, "column_names") else inputs.engine.from_arrow(t) for n, t in made.items()}
    return Inputs(inputs.engine, {**inputs.relations, **more}, Settings())


def test_top_variants_and_the_rest(inputs_of: Callable[..., Inputs]) -> None:
    rare = [f"a{chr(0x4E00 + n)}" for n in range(60)]
    ways = ["abc"] * 90 + ["ab"] * 60 + [f"x{n % 20:x}" for n in range(300)] + rare
    inputs = _inputs(inputs_of, ways)
    rows = variant_tables(inputs)["journey_variants"].to_pylist()
    everybody = [row for row in rows if row["segmentation"] == "all"]
    assert [row["variant"] for row in everybody[:2]] == ["a → b → c", "a → b"]
    assert everybody[0]["share"] == pytest.approx(90 / len(ways))
    assert len(everybody) == MOST + 1
    rest = everybody[-1]
    assert (rest["place"], rest["variant"]) == (0, None)
    assert rest["cumulative_share"] == pytest.approx(1.0)
    assert sum(row["journeys"] for row in everybody) == len(ways)
    assert everybody[0]["emotion"] == pytest.approx(0.0)
    assert everybody[0]["emotion_low"] < 0 < everybody[0]["emotion_high"]
    gold = next(row for row in rows if row["segment"] == "gold" and row["place"] == 1)
    assert gold["journeys"] == 60
    assert JOURNEY_VARIANTS.behind is not None
    for row in rows:
        if not row["hidden"]:
            assert len(JOURNEY_VARIANTS.behind(inputs, row).to_arrow()) == row["customers"]


def test_small_cells_are_hidden(inputs_of: Callable[..., Inputs]) -> None:
    rows = variant_tables(_inputs(inputs_of, ["abc"] * 40 + ["ab"] * 3))["journey_variants"].to_pylist()
    assert all(row["journeys"] is None for row in rows if row["hidden"])
    assert any(row["hidden"] for row in rows if row["variant"] == "a → b")
