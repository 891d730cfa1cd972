"""Peak, end, worst and averages of every journey: against arithmetic on the rows themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.journey.interactions import InteractionsError
from peakend.journey.remembered import MomentsError, peak_end, worst_and_last

if TYPE_CHECKING:
    from peakend.engine import Engine

START = datetime(2024, 3, 30, 23, 30)
Row = dict[str, Any]


def journey(name: str, *scores: float | None, durations: list[float | None] | None = None) -> list[Row]:
    lasting = durations or [60.0] * len(scores)
    return [
        {
            "journey_id": name,
            "customer_id": f"of {name}",
            "event_id": f"{name}-{place:03d}",
            "at": START + timedelta(hours=place),
            "touchpoint_id": f"t{place}",
            "duration_s": lasting[place],
            "score": score,
        }
        for place, score in enumerate(scores)
    ]


def table(rows: list[Row]) -> pa.Table:
    kinds = {"at": pa.timestamp("us"), "duration_s": pa.float64(), "score": pa.float64()}
    names = ("journey_id", "customer_id", "event_id", "at", "touchpoint_id", "duration_s", "score")
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist(rows, schema=schema)


def of(rows: list[Row], fewest: int = 3) -> dict[str, Row]:
    return {row["journey_id"]: row for row in peak_end(table(rows), fewest=fewest).to_arrow().to_pylist()}


def test_the_published_patients() -> None:
    """Redelmeier & Kahneman (1996): A suffers longer, B's last moment is worse; B remembers more pain."""
    assert worst_and_last(8, 7) == 7.5
    assert worst_and_last(8, 1) == 4.5


def test_the_peak_keeps_its_sign_and_duration_does_not_enter() -> None:
    found = of(journey("a", 0.2, -0.8, 0.5, 0.1) + journey("b", 0.9, -0.8, -0.2))
    assert (found["a"]["peak"], found["a"]["peak_touchpoint_id"]) == (-0.8, "t1")
    assert (found["a"]["best"], found["a"]["worst"], found["a"]["end_score"]) == (0.5, -0.8, 0.1)
    assert found["a"]["first_score"] == 0.2
    assert (found["b"]["peak"], found["b"]["end_touchpoint_id"]) == (0.9, "t2")


def test_of_equal_moments_the_later_counts() -> None:
    found = of(journey("a", -0.7, 0.7, 0.1, -0.7, 0.2))["a"]
    assert (found["peak"], found["peak_event_id"]) == (-0.7, "a-003")
    assert found["worst_event_id"] == "a-003"


def test_events_at_one_instant_are_in_the_order_of_their_ids() -> None:
    rows = [{**row, "at": START} for row in journey("a", 0.5, -0.5, 0.1)]
    found = of(rows[::-1])["a"]
    assert (found["peak"], found["end_score"], found["first_score"]) == (-0.5, 0.1, 0.5)


def test_fewer_than_three_moments_are_no_journey_to_remember() -> None:
    rows = journey("a", 0.5, None, 0.1) + journey("b", None, None, None) + journey("c", 0.1, 0.2, 0.3)
    assert set(of(rows)) == {"c"}
    assert set(of(rows, fewest=2)) == {"a", "c"}


def test_unknown_durations_count_as_the_average_of_the_journey() -> None:
    rows = journey("a", 1.0, 0.0, -1.0, durations=[30.0, 90.0, None])
    rows += journey("b", 1.0, 0.0, 0.5, durations=[None, None, None])
    rows += journey("c", 1.0, 0.0, 0.5, durations=[0.0, 0.0, 0.0])
    found = of(rows)
    assert found["a"]["duration_mean"] == pytest.approx((30 * 1.0 + 60 * -1.0) / 180)
    assert found["a"]["duration_known"] == pytest.approx(2 / 3)
    assert found["b"]["duration_mean"] == found["b"]["mean"] == found["c"]["duration_mean"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.integers(-10, 10).map(lambda n: n / 10), min_size=3, max_size=9),
        min_size=1,
        max_size=6,
    )
)
def test_against_plain_arithmetic(memory: Engine, lists: list[list[float]]) -> None:
    rows = [row for number, scores in enumerate(lists) for row in journey(f"j{number}", *scores)]
    found = of(rows)
    for number, scores in enumerate(lists):
        s, row = np.array(scores), found[f"j{number}"]
        later = np.arange(len(s))[::-1]
        peak = max(range(len(s)), key=lambda place: (abs(s[place]), place))
        fading = 0.5 ** (later / 2)
        assert row["peak"] == s[peak]
        assert row["peak_event_id"] == f"j{number}-{peak:03d}"
        assert row["worst_event_id"] == f"j{number}-{max(np.flatnonzero(s == s.min())):03d}"
        assert row["mean"] == pytest.approx(s.mean(), abs=1e-12)
        assert row["recency_mean"] == pytest.approx(fading @ s / fading.sum(), abs=1e-12)
        assert row["trend"] == pytest.approx(np.polyfit(np.arange(len(s)), s, 1)[0], abs=1e-9)


def test_a_very_long_journey_does_not_overflow() -> None:
    found = of(journey("a", *([0.5] * 5000 + [-0.5])))["a"]
    assert found["n_moments"] == 5001
    assert -0.5 < found["recency_mean"] < 0.5


def test_interactions_are_cut_into_journeys_first() -> None:
    rows = journey("a", 0.2, -0.8, 0.5) + journey("b", 0.9, None, 0.1)
    told = [{**row, "case_id": row["journey_id"], "emotion": row["score"], "kind": "visit"} for row in rows]
    left = [{name: row[name] for name in row if name not in ("journey_id", "score")} for row in told]
    found = peak_end(pa.Table.from_pylist(left)).to_arrow().to_pylist()
    assert [(row["journey_id"], row["peak"], row["customer_id"]) for row in found] == [("a", -0.8, "of a")]


def test_bad_input_is_named() -> None:
    with pytest.raises(InteractionsError, match="score"):
        peak_end(table(journey("a", 0.1, 0.2, 0.3)).drop_columns(["score"]))
    with pytest.raises(MomentsError):
        peak_end(table([]), fewest=1)
    with pytest.raises(MomentsError):
        peak_end(table([]), half_life=0.0)
    assert peak_end(table([])).to_arrow().num_rows == 0
