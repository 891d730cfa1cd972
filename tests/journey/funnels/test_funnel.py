"""Funnels on small histories worked out by hand, what cannot be asked, and the comparison of two groups."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.engine import Engine, connect
from peakend.journey.funnels.comparing import ComparisonError, compare_funnels
from peakend.journey.funnels.funnel import funnel, funnel_reaches
from peakend.journey.funnels.steps import Exclusion, FunnelError, Step, UnknownTouchpointError
from peakend.journey.interactions import InteractionsError

START = datetime(2024, 3, 30, 22)
History = list[tuple[str, float]]


def frame(**customers: History) -> pa.Table:
    """Interactions: for each customer (touchpoint, hours since the start)."""
    rows = [
        {
            "event_id": f"{name}{place:03d}",
            "customer_id": name,
            "case_id": name,
            "at": START + timedelta(hours=hours),
            "touchpoint_id": touchpoint,
            "channel": "app",
        }
        for name, history in customers.items()
        for place, (touchpoint, hours) in enumerate(history)
    ]
    return pa.Table.from_pylist(rows)


def reached(table: pa.Table, steps: list[Any], **more: Any) -> list[int]:  # noqa: ANN401
    return funnel(table, steps, **more).to_arrow()["reached"].to_pylist()


THREE = frame(
    a=[("search", 0), ("book", 1), ("fly", 30)],
    b=[("search", 0), ("search", 10), ("help", 11), ("book", 12)],
    c=[("book", 0), ("search", 5)],
)


def test_ordered_funnel_with_shares_and_times() -> None:
    found = funnel(THREE, ["search", "book", "fly"]).to_arrow().to_pylist()
    assert [row["reached"] for row in found] == [3, 2, 1]
    assert [row["dropped"] for row in found] == [None, 1, 1]
    assert found[2]["share_of_first"] == pytest.approx(1 / 3)
    # b booked two hours after the latest search: the one it continues.
    assert (found[1]["median_s"], found[1]["p90_s"]) == (1.5 * 3600, 2 * 3600)
    assert found[1]["share_of_previous_low"] == pytest.approx(0.2077, abs=1e-4)
    assert found[1]["share_of_previous_high"] == pytest.approx(0.9385, abs=1e-4)


def test_orders() -> None:
    assert reached(THREE, ["search", "book"], order="strict") == [3, 1]
    assert reached(THREE, ["search", "book"], order="unordered") == [3, 3]
    assert reached(THREE, ["search", ["book", "help"]], order="strict") == [3, 2]


def test_the_window_is_of_the_whole_attempt_and_exact() -> None:
    steps = ["search", "book", "fly"]
    assert reached(THREE, steps, window=timedelta(hours=30)) == [3, 2, 1]
    assert reached(THREE, steps, window=timedelta(hours=30, microseconds=-1)) == [3, 2, 0]


def test_a_window_of_a_day_over_a_clock_change_has_24_hours() -> None:
    table = frame(a=[("search", 0), ("book", 24)])
    assert reached(table, ["search", "book"], window=timedelta(days=1)) == [1, 1]


def test_exclusions_break_an_attempt() -> None:
    assert reached(THREE, ["search", "book"], exclusions=["help"]) == [3, 1]
    assert reached(THREE, ["search", "book", "fly"], exclusions=[Exclusion(Step(("help",)), 2, 3)]) == [
        3,
        2,
        1,
    ]


def test_attempts_and_cases() -> None:
    assert reached(THREE, ["search", "book"], counting="attempts") == [4, 2]
    assert reached(THREE, ["search", "book"], counting="attempts", order="strict") == [4, 1]
    assert reached(THREE, ["search", "book"], by="case_id") == [3, 2]


def test_a_step_may_ask_for_a_channel() -> None:
    steps = ["search", {"touchpoint": "book", "channel": "shop"}]
    assert reached(THREE, steps) == [3, 0]
    assert reached(THREE, ["search", {"touchpoint": "book", "channel": ["shop", "app"]}]) == [3, 2]


def test_those_behind_each_step_and_those_lost_after_it() -> None:
    rows = funnel_reaches(THREE, ["search", "book", "fly"]).to_arrow().to_pylist()
    at = {step: {r["customer_id"] for r in rows if r["step"] == step} for step in (1, 2, 3)}
    assert at == {1: {"a", "b", "c"}, 2: {"a", "b"}, 3: {"a"}}
    assert {r["customer_id"] for r in rows if r["step"] == r["depth"] == 2} == {"b"}


def test_events_of_one_instant_keep_their_order_and_a_customer_may_have_many() -> None:
    table = frame(a=[("book", 0), ("search", 0)], b=[("search", 0)] * 5000 + [("book", 0)])
    assert reached(table, ["search", "book"]) == [2, 1]
    assert reached(table, ["search"] * 3 + ["book"]) == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"steps": []}, "2 to 20 steps, not 0"),
        ({"steps": ["search"]}, "not 1"),
        ({"steps": "search"}, "not 1"),
        ({"steps": ["search"] * 21}, "not 21"),
        ({"steps": ["search", []]}, "A step is a touchpoint"),
        ({"steps": ["search", {"channel": "app"}]}, "A step is a touchpoint"),
        ({"steps": ["search", None]}, "A step is a touchpoint"),
        ({"window": timedelta(0)}, "longer than nothing"),
        ({"window": timedelta(seconds=-1)}, "longer than nothing"),
        ({"exclusions": ["book"]}, "is excluded and is a step as well"),
        ({"exclusions": [Exclusion(Step(("help",)), 2, 2)]}, "goes from step 1 to step 2"),
        ({"exclusions": ["help"], "order": "strict"}, "nothing lies between"),
        ({"order": "loose"}, "order is one of"),
        ({"by": "event_id"}, "by is one of"),
        ({"counting": "attempts", "order": "unordered"}, "Without an order"),
        ({"steps": ["search", ["search", "book"]], "order": "unordered"}, "share events"),
    ],
)
def test_what_cannot_be_asked(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(FunnelError, match=said) as caught:
        funnel(THREE, **{"steps": ["search", "book"], **arguments})
    assert caught.value.in_("zh") != caught.value.in_("en")


def test_an_unknown_touchpoint_is_named_with_what_is_like_it() -> None:
    with pytest.raises(UnknownTouchpointError) as caught:
        funnel(THREE, ["serach", "book"])
    assert "serach" in str(caught.value)
    assert "Did you mean search?" in str(caught.value)
    with pytest.raises(InteractionsError, match="lack touchpoint_id"):
        funnel(THREE.drop(["touchpoint_id"]), ["search", "book"])


def test_nobody() -> None:
    found = funnel(THREE.slice(0, 0), ["search", "book"], known=["search", "book"]).to_arrow()
    assert found["reached"].to_pylist() == [0, 0]
    assert found["share_of_previous"].to_pylist() == [None, None]


def test_native_and_portable_agree() -> None:
    random = np.random.default_rng(5)
    table = frame(
        **{
            f"c{n}": [
                (str(t), float(h))
                for t, h in zip(
                    random.choice(["a", "b", "c"], 9), np.sort(random.integers(0, 99, 9)), strict=True
                )
            ]
            for n in range(60)
        }
    )
    told = []
    for native in (True, False):
        with connect("duckdb://") as engine:
            engine.native_files = native
            told.append(
                funnel(engine.from_arrow(table), ["a", "b", "c"], window=timedelta(hours=40)).to_arrow()
            )
    assert told[0].to_pylist() == told[1].to_pylist()


def walkers(name: str, count: int, shares: list[float], random: np.random.Generator) -> pa.Table:
    """`count` customers who get on from step to step with these chances."""
    histories: dict[str, History] = {}
    for number in range(count):
        depth = 1 + int(np.cumprod(random.random(len(shares)) < shares).sum())
        histories[f"{name}{number}"] = [(f"t{step}", float(step)) for step in range(depth)]
    return frame(**histories)


def compared(memory: Engine, second: list[float], seed: int) -> pa.Table:
    random = np.random.default_rng(seed)
    known = ["t0", "t1", "t2", "t3"]
    one, other = (
        funnel(memory.from_arrow(walkers(name, 500, shares, random)), known, known=known)
        for name, shares in (("a", [0.8, 0.6, 0.9]), ("b", second))
    )
    return compare_funnels(one, other)


def test_a_planted_difference_is_found_at_its_step_alone(memory: Engine) -> None:
    told = compared(memory, [0.8, 0.8, 0.9], 3).to_pylist()
    assert [row["verdict"] for row in told] == ["cannot_tell", "worse", "cannot_tell"]
    assert told[1]["difference_low"] < -0.2 < told[1]["difference_high"]
    assert told[1]["n_one"] == told[0]["reached_one"]


def test_without_a_difference_none_is_found(memory: Engine) -> None:
    false = sum(
        any(
            verdict != "cannot_tell"
            for verdict in compared(memory, [0.8, 0.6, 0.9], seed)["verdict"].to_pylist()
        )
        for seed in range(30)
    )
    # Expected 1.5 of 30 at 5 %; 6 or more happen once in 300 times.
    assert false <= 5


def test_two_funnels_of_different_steps_are_not_compared() -> None:
    with pytest.raises(ComparisonError):
        compare_funnels(funnel(THREE, ["search", "book"]), funnel(THREE, ["book", "search"]))
