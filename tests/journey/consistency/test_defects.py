from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.journey.consistency.defects import defect_density
from peakend.journey.consistency.lists import customers_of_a_defect

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs

FIRST = datetime(2024, 1, 1)


def log(rate: dict[str, float], seed: int = 1, felt: float = 0.0) -> dict[str, list[dict[str, Any]]]:
    """4,000 calls and 4,000 visits to the web; a defect with the rate of its channel; met, feeling sinks."""
    random = np.random.default_rng(seed)
    calls, errors = [], []
    for number in range(8_000):
        channel = ("phone", "web")[number % 2]
        at = FIRST + timedelta(hours=float(number))
        met = random.random() < rate[channel]
        event = {
            "event_id": f"e{number}",
            "touchpoint_id": "menu",
            "channel": channel,
            "at": at,
            "source": "s",
        }
        calls.append(
            event
            | {"customer_id": f"c{number % 900}", "emotion": float(random.normal(0.1 - felt * met, 0.2))}
        )
        if met:
            fixed = at + timedelta(days=2) if random.random() < 0.5 else None
            found_by = "customer" if random.random() < 0.5 else "audit"
            about = {"defect_id": f"d{number}", "severity": "minor", "found_by": found_by, "fixed_at": fixed}
            errors.append(event | about | {"customer_id": f"c{number % 900}"})
    return {"interactions": calls, "defects": errors}


def rows(inputs: Inputs) -> dict[tuple[str, str], dict[str, Any]]:
    return {(r["cut"], r["place"]): r for r in defect_density(inputs)["defect_density"].to_pylist()}


def test_the_denser_channel_is_found_with_its_interval_and_its_feeling(
    inputs_of: Callable[..., Inputs],
) -> None:
    found = rows(inputs_of(**log({"phone": 0.03, "web": 0.01}, felt=0.3)))
    phone = found["channel", "phone"]
    assert phone["verdict"] == "more"
    assert phone["per_thousand_low"] < 30 < phone["per_thousand_high"]
    assert found["channel", "web"]["verdict"] == "fewer"
    assert phone["emotion_gap_low"] < -0.3 < phone["emotion_gap_high"]
    assert phone["days_to_fix"] == pytest.approx(2)
    assert 0.3 < phone["found_by_customers"] < 0.7


def test_even_rates_are_not_told_apart(inputs_of: Callable[..., Inputs]) -> None:
    verdicts = [
        rows(inputs_of(**log({"phone": 0.02, "web": 0.02}, seed=seed)))["channel", "phone"]["verdict"]
        for seed in range(8)
    ]
    assert verdicts.count("cannot_tell") >= 7


def test_the_whole_is_the_sum_of_its_channels_and_the_list_as_long_as_the_number(
    inputs_of: Callable[..., Inputs],
) -> None:
    inputs = inputs_of(**log({"phone": 0.03, "web": 0.01}))
    found = rows(inputs)
    parts = [found["channel", place] for place in ("phone", "web")]
    assert found["all", ""]["defects"] == sum(part["defects"] for part in parts)
    for row in found.values():
        assert customers_of_a_defect(inputs, row).to_arrow().num_rows == row["defects"]
