"""Attribution from steps: the planted is found where last touch is wrong, and nothing in the null twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from peakend.journey.crediting import Attribution, AttributionError, attribution, removal_effects
from peakend.journey.interactions import InteractionsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine

Walks = tuple[pa.Table, pa.Table]


def _column(found: Attribution, method: str, what: str) -> dict[str, float]:
    credit = found.methods[method]  # type: ignore[index]
    values = {
        "share": credit.share.value,
        "lift": credit.lift.value,
        "p": credit.adjusted_p,
        "beside_last": credit.beside_last.value,
        "beside_last_p": credit.beside_last_p,
    }[what]
    return dict(zip(found.touchpoints, map(float, values), strict=True))


def test_the_planted_touchpoint_stands_out_where_last_touch_is_wrong(
    demo_world: Callable[..., Walks],
) -> None:
    found = attribution(*demo_world(0.15))
    last = _column(found, "last_touch", "share")
    assert last["demo"] == 0
    assert last["shop"] + last["pay"] == pytest.approx(1)
    p, lift = _column(found, "shapley", "p"), _column(found, "shapley", "lift")
    assert lift["demo"] > 0.1
    assert p["demo"] < 0.001
    assert all(p[name] > 0.01 for name in ("search", "visit", "call", "shop"))
    # Last touch gives the till and the shop what they do not deserve, and the intervals say so.
    beside, sure = _column(found, "shapley", "beside_last"), _column(found, "shapley", "beside_last_p")
    assert beside["demo"] > 0 > beside["shop"]
    assert max(sure["demo"], sure["shop"]) < 0.001


def test_removal_finds_what_the_last_steps_tell(journeys: Callable[..., Walks]) -> None:
    """Journeys end anywhere; those that end at "demo" convert more often, and removal sees it."""
    random = np.random.default_rng(2)
    paths = [random.permutation(["a", "b", "demo"])[: random.integers(1, 4)].tolist() for _ in range(3000)]
    outcome = [int(random.random() < (0.5 if path[-1] == "demo" else 0.2)) for path in paths]
    found = attribution(*journeys(paths, outcome))
    p, lift = _column(found, "removal", "p"), _column(found, "removal", "lift")
    assert lift["demo"] > 0.05
    assert p["demo"] < 0.001


def test_shares_are_those_of_the_counted_paths(journeys: Callable[..., Walks]) -> None:
    paths = [["a", "b", "c"], ["a"], ["b", "c"]] * 60
    found = attribution(*journeys(paths, [1, 0, 0] * 60))
    assert (found.journeys, found.converted) == (180, 60)
    removal = removal_effects([(("a", "b", "c"), 60, 0), (("a",), 0, 60), (("b", "c"), 0, 60)])
    mine = _column(found, "removal", "share")
    assert [mine[name] for name in removal.touchpoints] == pytest.approx(removal.share)
    assert _column(found, "last_touch", "share") == pytest.approx({"a": 0, "b": 0, "c": 1})
    assert _column(found, "first_touch", "share") == pytest.approx({"a": 1, "b": 0, "c": 0})
    assert _column(found, "linear", "share") == pytest.approx({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    met = dict(zip(found.touchpoints, zip(found.met, found.met_converted, strict=True), strict=True))
    assert met == {"a": (120, 60), "b": (120, 60), "c": (120, 60)}
    for method in found.methods:
        assert sum(_column(found, method, "share").values()) == pytest.approx(1)


def test_in_the_null_twin_intervals_cover_zero_at_the_stated_rate(demo_world: Callable[..., Walks]) -> None:
    covered, alarms, runs = [], 0, 14
    for seed in range(runs):
        found = attribution(*demo_world(0.0, seed=seed, size=800), draws=150, seed=seed)
        lift = found.methods["shapley"].lift
        covered += [low <= 0 <= high for low, high in zip(lift.low, lift.high, strict=True)]
        alarms += bool(np.nanmin(found.methods["shapley"].adjusted_p) <= 0.05)
    # 84 intervals of 95 %, six a run that share data; 14 families at 5 %.
    assert np.mean(covered) > 0.9
    assert alarms <= 3


def test_journeys_of_one_customer_are_resampled_together(demo_world: Callable[..., Walks]) -> None:
    """Every journey thrice for its customer says no more than once: intervals must not shrink by √3."""
    steps, outcome = demo_world(0.15, size=900)

    def thrice(table: pa.Table) -> pa.Table:
        return pa.concat_tables(
            [
                table.set_column(
                    table.column_names.index("journey_id"),
                    "journey_id",
                    pa.array([f"{name}/{copy}" for name in table["journey_id"].to_pylist()]),
                )
                for copy in range(3)
            ]
        )

    once, more = attribution(steps, outcome), attribution(thrice(steps), thrice(outcome))

    def width(found: Attribution) -> float:
        place = found.touchpoints.index("demo")
        share = found.methods["linear"].share
        return float(share.high[place] - share.low[place])

    assert width(more) == pytest.approx(width(once), rel=0.15)


def test_steps_from_the_outcome_on_are_left_out(journeys: Callable[..., Walks]) -> None:
    steps, outcome = journeys([["a", "complaint", "b"], ["a", "b"]] * 30, [1, 0] * 30)
    second = steps.filter(pa.compute.equal(steps["touchpoint_id"], "complaint"))
    cut = dict(zip(second["journey_id"].to_pylist(), second["at"].to_pylist(), strict=True))
    outcome = outcome.append_column(
        "cut_at", pa.array([cut.get(one) for one in outcome["journey_id"].to_pylist()], pa.timestamp("us"))
    )
    found = attribution(steps, outcome, worth="total")
    assert _column(found, "last_touch", "share") == pytest.approx({"a": 1, "b": 0, "complaint": 0})
    assert _column(found, "shapley", "share")["a"] == 1


def test_rare_touchpoints_are_taken_together(journeys: Callable[..., Walks]) -> None:
    paths = [["a", f"rare{n}"] if n % 10 == 0 else ["a", "b"] for n in range(200)]
    found = attribution(*journeys(paths, [n % 2 for n in range(200)]))
    assert found.touchpoints == ("a", "b", "")
    assert found.met.tolist() == [200, 180, 20]


def test_it_takes_relations_and_says_what_frames_lack(
    demo_world: Callable[..., Walks], memory: Engine
) -> None:
    steps, outcome = demo_world(0.15, size=300)
    frames = attribution(steps, outcome)
    relations = attribution(memory.from_arrow(steps), outcome)
    assert relations.of("demo") == pytest.approx(frames.of("demo"))
    with pytest.raises(InteractionsError, match="touchpoint_id"):
        attribution(steps.drop_columns(["touchpoint_id"]), outcome)
    with pytest.raises(AttributionError, match="converted"):
        attribution(steps, outcome.drop_columns(["converted"]))


@pytest.mark.parametrize("always", [0, 1])
def test_nothing_is_said_where_all_journeys_end_alike(journeys: Callable[..., Walks], always: int) -> None:
    with pytest.raises(AttributionError, match="nothing can be told apart"):
        attribution(*journeys([["a", "b"]] * 20, [always] * 20))


def test_few_customers_give_no_interval(journeys: Callable[..., Walks]) -> None:
    found = attribution(*journeys([["a", "b"], ["a"]] * 20, [1, 0] * 20, each=10))
    assert np.isnan(found.methods["shapley"].share.low).all()
    assert np.isnan(found.methods["shapley"].adjusted_p).all()


def test_more_touchpoints_than_can_be_counted_are_sampled(journeys: Callable[..., Walks]) -> None:
    random = np.random.default_rng(5)
    names = np.array([f"t{n:02d}" for n in range(20)])
    paths = [names[random.random(20) < 0.25].tolist() or ["t00"] for _ in range(600)]
    outcome = [int(random.random() < 0.2 + 0.3 * ("t07" in path)) for path in paths]
    found = attribution(*journeys(paths, outcome), draws=40)
    credit = found.methods["shapley"]
    assert credit.error > 0
    assert credit.share.value.sum() == pytest.approx(1)
    assert found.touchpoints[int(np.argmax(credit.lift.value))] == "t07"
