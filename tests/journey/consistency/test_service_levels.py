from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.journey.consistency.lists import events_of_a_place
from peakend.journey.consistency.service_levels import service_consistency

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs

WEEKS, A_WEEK = 40, 60
FIRST = datetime(2024, 1, 1)
TOUCHPOINTS = [{"touchpoint_id": "desk", "service_level_s": 600.0, "source": "s"}]


def events(slow_site: float = 1.0, bad_week: float = 1.0, seed: int = 1) -> list[dict[str, Any]]:
    """A desk at three sites; site C takes `slow_site` times as long, week 20 at site A `bad_week` times."""
    random = np.random.default_rng(seed)
    rows = []
    for week in range(WEEKS):
        sway = random.normal(0, 0.05)
        for number in range(A_WEEK):
            site = "ABC"[number % 3]
            seconds = 300 * np.exp(sway + random.normal(0, 0.4))
            seconds *= slow_site if site == "C" else 1
            seconds *= bad_week if week == 20 and site == "A" else 1
            rows.append(
                {
                    "event_id": f"e{week:02d}{number:02d}",
                    "customer_id": f"c{number}",
                    "at": FIRST + timedelta(weeks=week, hours=number),
                    "touchpoint_id": "desk",
                    "channel": "counter",
                    "site_id": site,
                    "duration_s": float(seconds),
                    "emotion": float(np.clip(random.normal(0.1, 0.3), -1, 1)),
                    "source": "s",
                }
            )
    return rows


def tables(
    inputs_of: Callable[..., Inputs], rows: list[dict[str, Any]]
) -> tuple[Inputs, dict[str, list[dict[str, Any]]]]:
    inputs = inputs_of(interactions=rows, touchpoints=TOUCHPOINTS)
    return inputs, {name: table.to_pylist() for name, table in service_consistency(inputs).items()}


def test_a_slow_site_and_a_bad_week_are_found(inputs_of: Callable[..., Inputs]) -> None:
    _, found = tables(inputs_of, events(slow_site=1.3, bad_week=2.5))
    (spread,) = [
        row for row in found["service_consistency"] if row["cut"] == "site" and row["measure"] == "duration"
    ]
    assert (spread["verdict"], spread["highest"]) == ("differs", "C")
    level = {
        r["place"]: r for r in found["service_levels"] if r["measure"] == "duration" and r["cut"] == "site"
    }
    assert level["C"]["verdict"] == "higher"
    assert level["C"]["difference"] == pytest.approx(1.3, abs=0.08)
    assert level["C"]["value_low"] < 300 * 1.3 < level["C"]["value_high"]
    out = [row for row in found["control_points"] if row["verdict"] == "out_of_control"]
    assert {(row["place"], row["period_start"]) for row in out if row["cut"] == "site"} == {
        ("A", (FIRST + timedelta(weeks=20)).date())
    }


def test_where_nothing_is_planted_nothing_is_found(inputs_of: Callable[..., Inputs]) -> None:
    alarms = 0
    for seed in range(8):
        _, found = tables(inputs_of, events(seed=seed))
        alarms += any(row["verdict"] == "out_of_control" for row in found["control_points"])
        alarms += any(row["verdict"] == "differs" for row in found["service_consistency"])
    assert alarms <= 2


def test_the_list_behind_a_point_and_a_level_is_as_long_as_its_number(
    inputs_of: Callable[..., Inputs],
) -> None:
    inputs, found = tables(inputs_of, events())
    for row in [*found["control_points"][::37], *found["service_levels"]]:
        listed = events_of_a_place(inputs, row).to_arrow()
        assert listed.num_rows == row["n"], row
        assert listed.column_names[0] == "customer_id"


def test_few_events_are_charted_by_month_and_tiny_places_are_hidden(inputs_of: Callable[..., Inputs]) -> None:
    rows = [row for row in events() if int(row["event_id"][3:]) < 9]
    rows += [{**rows[0], "event_id": f"x{n}", "site_id": "D"} for n in range(3)]
    _, found = tables(inputs_of, rows)
    assert {row["period_kind"] for row in found["control_charts"] if row["cut"] == "all"} <= {"month"}
    small = [row for row in found["service_levels"] if row["place"] == "D"]
    assert small
    assert all(row["hidden"] and row["value"] is None for row in small)


def test_events_before_1970_in_the_future_and_at_one_instant_do_no_harm(
    inputs_of: Callable[..., Inputs],
) -> None:
    odd = [
        {**events()[0], "event_id": "old", "at": datetime(1901, 1, 1)},
        {**events()[0], "event_id": "new", "at": datetime(2999, 1, 1)},
    ]
    _, clean = tables(inputs_of, events())
    _, found = tables(inputs_of, [*events(), *odd])
    assert found == clean
    _, still = tables(inputs_of, [{**row, "at": FIRST} for row in events()])
    assert still["control_charts"] == []
