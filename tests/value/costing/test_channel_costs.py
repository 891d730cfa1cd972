"""Channels: what they cost, which contacts may move, and that nobody is moved into a worse experience."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from peakend.declaration import Inputs, Settings
from peakend.value.costing.analyses import CHANNELS, SERVICE_COSTING
from peakend.value.costing.channel_columns import CHANNEL_COSTS
from peakend.value.costing.migrations import MARGIN, Both, Felt, guard, verdicts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Build = Callable[..., Inputs]

Row = dict[str, Any]
JANUARY = date(2024, 1, 1)


def company(gap: float, customers: int = 150, seed: int = 2) -> dict[str, list[Row]]:
    """Help by phone (10 minutes) and by app (1 minute), money a minute is 0.5; `gap` is how much worse the
    app is felt, on the scale of emotions."""
    random = np.random.default_rng(seed)
    desk: Row = {
        "period_on": JANUARY,
        "pool": "help",
        "pool_cost": Decimal(5000),
        "capacity_minutes": 10_000.0,
        "driver": "interactions",
        "currency": "CNY",
    }
    activities: list[Row] = [
        {**desk, "activity_id": "any", "unit_minutes": 1.0},
        {**desk, "activity_id": "phone", "unit_minutes": 9.0, "driver_channel": "phone"},
    ]
    interactions: list[Row] = []
    sold: list[Row] = []
    for number in range(customers):
        mood = float(random.normal(0, 0.2))
        for channel, shift in (("phone", 0.0), ("app", -gap)):
            for _ in range(int(random.integers(1, 4))):
                at = datetime(2024, 1, int(random.integers(1, 29)))
                interactions.append(
                    {
                        "event_id": f"e{len(interactions):05d}",
                        "customer_id": None if number % 10 == 0 else f"c{number:03d}",
                        "touchpoint_id": "help",
                        "channel": channel,
                        "at": at,
                        "emotion": float(np.clip(mood + shift + random.normal(0, 0.2), -1, 1)),
                    }
                )
        sold.append(
            {
                "transaction_id": f"t{number}",
                "order_id": f"o{number}",
                "customer_id": f"c{number:03d}",
                "kind": "sale",
                "channel": "app",
                "at": datetime(2024, 1, 9),
            }
        )
    return {"activities": activities, "interactions": interactions, "transactions": sold}


def told(inputs: Inputs) -> dict[str, list[Row]]:
    return {name: table.to_pylist() for name, table in CHANNELS.compute(inputs).items()}


def test_channels_make_what_the_pools_assign(inputs_of: Build) -> None:
    facts = company(0.0)
    inputs = inputs_of(**facts)
    rows = {row["channel"]: row for row in told(inputs)["channel_costs"]}
    (pool,) = SERVICE_COSTING.compute(inputs)["pool_costs"].to_pylist()
    assert sum(row["cost"] for row in rows.values()) == pool["customers_cost"] + pool["unidentified_cost"]
    calls = sum(row["channel"] == "phone" for row in facts["interactions"])
    assert rows["phone"]["cost"] == 5 * calls
    assert (rows["phone"]["contacts"], rows["phone"]["cost_per_contact"]) == (calls, 5.0)
    assert (rows["app"]["orders"], rows["phone"]["orders"]) == (150, 0)
    assert rows["app"]["cost_per_order"] == pytest.approx(float(rows["app"]["cost"]) / 150)
    assert rows["phone"]["cost_per_order"] is None
    for row in rows.values():
        assert row["cost_per_customer_low"] < row["cost_per_customer"] < row["cost_per_customer_high"]
        assert CHANNEL_COSTS.behind(inputs, row).to_arrow().num_rows == row["customers"] == 135


def test_a_channel_as_good_takes_the_contacts_and_frees_what_was_planted(inputs_of: Build) -> None:
    facts = company(0.0)
    (row,) = told(inputs_of(**facts))["channel_migrations"]
    calls = sum(one["channel"] == "phone" for one in facts["interactions"])
    assert (row["from_channel"], row["to_channel"], row["measure"]) == ("phone", "app", "emotion")
    assert row["saving"] == Decimal("4.5") * calls
    assert row["verdict"] == "move"
    assert row["difference_low"] > -MARGIN


def test_a_channel_felt_worse_is_guarded_against(inputs_of: Build) -> None:
    (row,) = told(inputs_of(**company(0.4)))["channel_migrations"]
    assert row["verdict"] == "keep"
    assert row["difference"] == pytest.approx(-0.2, abs=0.03)


def test_too_few_cannot_tell_and_very_few_are_not_shown(inputs_of: Build) -> None:
    (row,) = told(inputs_of(**company(0.0, customers=20)))["channel_migrations"]
    assert (row["verdict"], row["difference"]) == ("cannot_tell", None)
    (row,) = told(inputs_of(**company(0.0, customers=6)))["channel_migrations"]
    assert row["hidden"]
    assert row["saving"] is None
    assert row["verdict"] is None


def test_answers_about_the_contact_stand_in_where_no_feeling_is_known(inputs_of: Build) -> None:
    facts = company(0.0)
    responses, answers = [], []
    for row in facts["interactions"]:
        row["emotion"] = None
        key = f"r{row['event_id']}"
        responses.append({"response_id": key, "event_id": row["event_id"], "customer_id": row["customer_id"]})
        score = (3.0 if row["channel"] == "app" else 5.0) - (len(answers) % 2)
        answers.append({"response_id": key, "question_id": "q", "state": "answered", "score": score})
    questions = [{"question_id": "q", "metric": "rating", "scale_low": 1.0, "scale_high": 5.0}]
    inputs = inputs_of(**facts, responses=responses, answers=answers, questions=questions)
    (row,) = told(inputs)["channel_migrations"]
    assert (row["measure"], row["verdict"]) == ("rating", "keep")
    assert row["difference"] == pytest.approx(-0.5, abs=0.05)


def felt(n: np.ndarray, s: np.ndarray) -> Felt:
    return Felt(len(n), n.sum(), s.sum(), n @ n, n @ s, s @ s)


def drawn(random: np.random.Generator, gap: float, shared: int) -> tuple[Felt, Felt, Both]:
    """60 persons a channel with some contacts each and a mood of their own, `shared` of them in both."""
    n, m = random.integers(1, 5, 60).astype(float), random.integers(1, 5, 60).astype(float)
    mood, other = random.normal(0.5, 0.1, 60), random.normal(0.5, 0.1, 60)
    other[:shared] = mood[:shared]
    s = n * mood + np.sqrt(n) * random.normal(0, 0.1, 60)
    t = m * (other + gap) + np.sqrt(m) * random.normal(0, 0.1, 60)
    a, b = slice(0, shared), slice(0, shared)
    both = Both(shared, n[a] @ m[b], n[a] @ t[b], s[a] @ m[b], s[a] @ t[b])
    return felt(n, s), felt(m, t), both


@pytest.mark.parametrize("shared", [0, 50])
def test_the_interval_covers_at_its_level_and_a_worse_channel_is_rarely_passed(shared: int) -> None:
    """Worse by exactly the margin: "move" in 2.5 % of cases, "keep" as often, and 95 % coverage."""
    random = np.random.default_rng(11)
    covered = 0
    words = {"move": 0, "keep": 0, "cannot_tell": 0}
    for _ in range(1000):
        found = guard(*drawn(random, -MARGIN, shared))
        assert found is not None
        covered += found.low <= -MARGIN <= found.high
        words[verdicts_of([found])[1][0]] += 1
    assert 0.93 <= covered / 1000 <= 0.97
    assert words["move"] <= 45
    assert words["keep"] <= 45


def test_a_planted_gap_is_found_either_way() -> None:
    random = np.random.default_rng(3)
    as_good = [guard(*drawn(random, 0.05, 30)) for _ in range(100)]
    worse = [guard(*drawn(random, -0.15, 30)) for _ in range(100)]
    assert verdicts_of(as_good)[1].count("move") > 80
    assert verdicts_of(worse)[1].count("keep") > 80


def test_without_a_pool_the_tables_are_empty(inputs_of: Build) -> None:
    inputs = inputs_of(Settings(), interactions=company(0.0)["interactions"])
    assert all(rows == [] for rows in told(inputs).values())
