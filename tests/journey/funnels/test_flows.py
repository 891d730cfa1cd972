"""Flows by step, by hand, and what cannot be asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from peakend.feedback.intervals import wilson
from peakend.journey.funnels.flows import END, OTHER, FlowError, flow_moves, flows
from peakend.journey.funnels.steps import UnknownTouchpointError

if TYPE_CHECKING:
    from peakend.engine import Relation


def events(**units: tuple[str, str]) -> pa.Table:
    """For each journey its customer and its touchpoints, one letter each."""
    return pa.Table.from_pylist(
        [
            {
                "event_id": f"{unit}{place:02d}",
                "customer_id": customer,
                "journey_id": unit,
                "at": datetime(2024, 1, 1) + timedelta(hours=place // 2),
                "touchpoint_id": letter,
            }
            for unit, (customer, letters) in units.items()
            for place, letter in enumerate(letters)
        ]
    )


FOUR = events(j1=("c1", "abc"), j2=("c1", "abd"), j3=("c2", "aa"), j4=("c3", "xb"))


def told(relation: Relation) -> dict[tuple[int, str, str], int]:
    rows = relation.to_arrow().to_pylist()
    return {(r["step"], r["from_touchpoint"], r["to_touchpoint"]): r["moved"] for r in rows}


def test_every_journey_goes_somewhere_at_every_step() -> None:
    assert told(flows(FOUR, depth=2, by="journey_id")) == {
        (1, "a", "b"): 2,
        (1, "a", "a"): 1,
        (1, "x", "b"): 1,
        (2, "b", "c"): 1,
        (2, "b", "d"): 1,
        (2, "a", END): 1,
        (2, "b", END): 1,
    }


def test_from_a_touchpoint_on() -> None:
    assert told(flows(FOUR, "b", depth=1, by="journey_id")) == {
        (1, "b", "c"): 1,
        (1, "b", "d"): 1,
        (1, "b", END): 1,
    }


def test_the_rest_is_other() -> None:
    assert told(flows(FOUR, depth=1, kept=2, by="journey_id")) == {
        (1, "a", "b"): 2,
        (1, "a", "a"): 1,
        (1, OTHER, "b"): 1,
    }


def test_one_flow_each_has_wilsons_interval_and_several_of_one_customer_count_less() -> None:
    alone = events(**{f"j{n}": (f"c{n}", "ab" if n % 2 else "ac") for n in range(20)})
    low, high = wilson([0.5], [20])
    row = flows(alone, depth=1).to_arrow().to_pylist()[0]
    assert (row["share_low"], row["share_high"]) == pytest.approx((low[0], high[0]))
    # Ten customers, each twice the same way: worth ten.
    twice = events(**{f"j{n}": (f"c{n % 10}", "ab" if n % 2 else "ac") for n in range(20)})
    low, high = wilson([0.5], [10])
    row = flows(twice, depth=1, by="journey_id").to_arrow().to_pylist()[0]
    assert (row["share_low"], row["share_high"]) == pytest.approx((low[0], high[0]))
    assert (row["n"], row["customers"]) == (20, 5)


def test_the_journeys_behind_a_flow() -> None:
    rows = flow_moves(FOUR, depth=2, by="journey_id").to_arrow().to_pylist()
    assert {r["unit_id"] for r in rows if (r["step"], r["to_touchpoint"]) == (2, END)} == {"j3", "j4"}


def test_what_cannot_be_asked() -> None:
    for arguments in ({"depth": 0}, {"depth": 1.5}, {"depth": 21}, {"kept": 0}, {"by": "event_id"}):
        with pytest.raises(FlowError):
            flows(FOUR, **arguments)  # type: ignore[arg-type]
    with pytest.raises(UnknownTouchpointError):
        flows(FOUR, "z")
