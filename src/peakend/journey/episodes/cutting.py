"""The analysis `journeys`: the steps of every journey, and one row a journey."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peakend.declaration import Inputs, Results

_DAY_US = 86_400_000_000


def journey_tables(inputs: Inputs) -> Results:
    """`journey_steps` and `journeys`, as relations that never leave the engine."""
    steps = inputs.engine.query(
        "journey/episodes/journey_steps",
        {
            "gap_us": round(inputs.settings.journey_gap_days * _DAY_US),
            "now": datetime.now(UTC).replace(tzinfo=None),
        },
        interactions=inputs["interactions"],
    )
    return {
        "journey_steps": steps,
        "journeys": inputs.engine.query("journey/episodes/journeys", journey_steps=steps),
    }
