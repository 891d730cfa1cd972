"""Frequency × importance: the published example, a planted hot touchpoint and its null twin."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Settings
from peakend.engine import Engine, connect
from peakend.feedback.drivers.errors import DriverInputError
from peakend.journey.registry.importance import priority_scores
from peakend.journey.registry.importance_columns import IMPORTANCE
from peakend.journey.registry.weighing import _use, _weigh, importance_tables
from peakend.journey.stream.columns import JOURNEY_STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = list[dict[str, Any]]
NAMES = ["booking", "delay notice", "baggage"]


def test_the_published_example_is_reproduced_exactly() -> None:
    found = priority_scores([0.9, 0.25, 0.4], [2, 9, 6], [None, 4.1, 6.0], NAMES)
    assert found.emphasis == pytest.approx([1.8, 2.25, 2.4], abs=1e-12)
    assert found.priority[1:] == pytest.approx([13.275, 9.6], abs=1e-12)
    assert np.isnan(found.priority[0])
    assert found.by_emphasis == ("baggage", "delay notice", "booking")
    assert found.by_priority == ("delay notice", "baggage")


def test_thresholds_are_medians_or_what_is_declared() -> None:
    found = priority_scores([0.9, 0.8, 0.2, 0.1], [9, 1, 8, 2])
    assert found.quadrant == ("hot", "routine", "rare_but_strong", "quiet")
    declared = priority_scores([0.9, 0.8], [9, 1], frequency_cut=0.85, importance_cut=0.5)
    assert declared.quadrant == ("hot", "rare_but_strong")


@pytest.mark.parametrize(
    ("frequency", "importance", "scores"),
    [([0.1, 0.2], [1.0], None), ([-0.1], [1.0], None), ([0.1], [1.0], [11.0]), ([], [], None)],
)
def test_bad_input_is_refused(frequency: Any, importance: Any, scores: Any) -> None:  # noqa: ANN401 - as given
    with pytest.raises(DriverInputError):
        priority_scores(frequency, importance, scores)


PLACES = [f"t{n}" for n in range(6)]


def steps(seed: int, hot: str | None, people: int = 400) -> pa.Table:
    """Journeys through six places; three are met by most; at `hot` moments are strong far more often."""
    random = np.random.default_rng(seed)
    rows: Rows = []
    for person in range(people):
        for number, place in enumerate(PLACES):
            if random.random() > (0.85 if number % 2 == 0 else 0.4):
                continue
            strong = random.random() < (0.75 if place == hot else 0.3)
            emotion = (0.8 if strong else 0.2) * (1 if random.random() < 0.5 else -1)
            rows.append(
                {
                    "journey_id": f"j{person}",
                    "place": number + 1,
                    "event_id": f"e{len(rows):05d}",
                    "customer_id": f"c{person}",
                    "at": datetime(2025, 1, 1) + timedelta(minutes=len(rows)),
                    "touchpoint_id": place,
                    "emotion": emotion if random.random() < 0.8 else None,
                }
            )
    return pa.Table.from_pylist(rows, schema=JOURNEY_STEPS.schema())


@pytest.fixture
def weighed(inputs_of: Callable[..., Inputs]) -> Callable[..., tuple[Inputs, dict[str, dict[str, Any]]]]:
    def run(table: pa.Table, **given: Rows) -> tuple[Inputs, dict[str, dict[str, Any]]]:
        inputs = with_steps(inputs_of(**given), table)
        found = importance_tables(inputs)["touchpoint_importance"]
        assert isinstance(found, pa.Table)
        return inputs, {row["touchpoint_id"]: row for row in found.to_pylist()}

    return run


def with_steps(inputs: Inputs, table: pa.Table) -> Inputs:
    engine: Engine = inputs.engine
    nothing = pa.table(
        {n: pa.array([], pa.string()) for n in ("programme", "period", "outcome_id", "touchpoint_id")}
    )
    nothing = nothing.append_column("share", pa.array([], pa.float64()))
    more = {"journey_steps": engine.from_arrow(table), "driver_importance": engine.from_arrow(nothing)}
    return Inputs(engine, {**inputs.relations, **more}, inputs.settings)


def test_a_planted_hot_touchpoint_lands_top_right(weighed: Callable[..., Any]) -> None:
    table = steps(0, "t2")
    _, rows = weighed(table)
    hot = rows["t2"]
    assert (hot["quadrant"], hot["sure"], hot["emphasis_rank"]) == ("hot", True, 1)
    assert hot["emphasis_rank_high"] == 1
    assert hot["importance_source"] == "strong_moments"
    assert hot["importance_low"] < 7.5 < hot["importance_high"]
    met = sum(touchpoint == "t2" for touchpoint in table["touchpoint_id"].to_pylist())
    assert hot["frequency"] == pytest.approx(met / 400)
    assert hot["frequency_low"] < 0.85 < hot["frequency_high"]


def test_its_null_twin_does_not() -> None:
    """No touchpoint stirs more than another: a sure place at the top right is rare."""
    sure = 0
    for seed in range(12):
        with connect("duckdb://") as engine:
            table = steps(seed, None, people=200)
            use = _use(Inputs(engine, {"journey_steps": engine.from_arrow(table)}, Settings()))
            sure += _surely_hot(use, "t2")
    assert sure <= 2


def _surely_hot(use: Any, name: str) -> bool:  # noqa: ANN401 - the counts of the analysis
    rows: Rows = [{"touchpoint_id": one} for one in use.touchpoints]
    importance = 10 * use.strong.sum(axis=0) / use.felt.sum(axis=0)
    nothing, everything = np.full(len(rows), np.nan), np.ones(len(rows), dtype=bool)
    _weigh(rows, use, importance, nothing, everything, "strong_moments", 0.95)
    found = next(row for row in rows if row["touchpoint_id"] == name)
    return bool(found["quadrant"] == "hot" and found["sure"])


def test_what_was_asked_goes_before_what_is_inferred(weighed: Callable[..., Any]) -> None:
    asked = [
        {"touchpoint_id": place, "name": place, "importance": float(n)}
        for n, place in enumerate(PLACES[:4], 1)
    ]
    _, rows = weighed(steps(2, "t2"), touchpoints=asked)
    assert {row["importance_source"] for row in rows.values()} == {"asked"}
    assert rows["t0"]["importance"] == 1
    assert rows["t0"]["importance_low"] is None
    assert rows["t5"]["importance"] is None


def test_few_customers_are_hidden(weighed: Callable[..., Any]) -> None:
    _, rows = weighed(steps(3, None, people=6))
    assert all(row["hidden"] and row["frequency"] is None for row in rows.values())


def test_without_any_source_importance_stays_empty(weighed: Callable[..., Any]) -> None:
    table = steps(3, None, people=40)
    place = table.schema.get_field_index("emotion")
    table = table.set_column(place, "emotion", pa.nulls(len(table), pa.float64()))
    _, rows = weighed(table)
    assert all(row["importance_source"] is None and row["quadrant"] is None for row in rows.values())
    assert all(row["frequency"] is not None for row in rows.values())


def test_the_list_behind_a_row_is_as_long_as_its_number(weighed: Callable[..., Any]) -> None:
    inputs, rows = weighed(steps(4, "t2", people=60))
    assert IMPORTANCE.behind is not None
    for row in rows.values():
        listed = IMPORTANCE.behind(inputs, row).to_arrow()
        assert listed.column_names[0] == "customer_id"
        assert len(listed) == row["customers"]
