"""From answers and money to the worth of promoters and the focus on the most valuable customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from peakend.declaration import Inputs, Settings
from peakend.value.experience.analyses import FOCUS, PROMOTERS
from peakend.value.experience.focus import focus_tables
from peakend.value.experience.promoters import promoter_tables
from peakend.value.prediction.results import LIFETIME_VALUES
from peakend.value.profit.analyses import ANALYSES as PROFIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Relation


CUSTOMERS = 900
ANSWERED = datetime(2024, 3, 1)
LAST = datetime(2024, 12, 31)
CUSTOMER_PROFIT = next(t for a in PROFIT for t in a.gives if t.name == "customer_profit")


@pytest.fixture
def company_of(inputs_of: Callable[..., Inputs]) -> Callable[..., Inputs]:
    """`company_of(multiple=8)`: promoters' lifetime value and later spend are so many times detractors'."""

    def build(multiple: float, *, seed: int = 1, settings: Settings | None = None) -> Inputs:
        random = np.random.default_rng(seed)
        score = random.integers(0, 11, CUSTOMERS)
        factor = np.where(score >= 9, multiple, 1.0)
        before = random.gamma(2, 50, CUSTOMERS)
        lines: list[dict[str, Any]] = []
        responses: list[dict[str, Any]] = []
        answers: list[dict[str, Any]] = []
        for n in range(CUSTOMERS):
            after = factor[n] * random.gamma(3, 20)
            for at, amount in (
                (ANSWERED - timedelta(days=30), before[n]),
                (ANSWERED + timedelta(days=60), after),
            ):
                lines.append(_sale(len(lines), n, at, amount))
            responses.append(
                {"response_id": f"r{n}", "survey_id": "s", "customer_id": f"c{n}", "answered_at": ANSWERED}
            )
            answers.append(
                {"response_id": f"r{n}", "question_id": "nps", "state": "answered", "score": float(score[n])}
            )
            rating = float(np.clip(round(1 + 4 * score[n] / 10 + random.normal(0, 0.7)), 1, 5))
            answers.append(
                {"response_id": f"r{n}", "question_id": "lounge", "state": "answered", "score": rating}
            )
            noise = float(random.integers(1, 6))
            answers.append(
                {"response_id": f"r{n}", "question_id": "desk", "state": "answered", "score": noise}
            )
        lines.append(_sale(len(lines), 0, LAST, 1.0))
        inputs = inputs_of(
            settings,
            customers=[{"customer_id": f"c{n}"} for n in range(CUSTOMERS)],
            transactions=lines,
            responses=responses,
            answers=answers,
            questions=[
                {
                    "question_id": "nps",
                    "metric": "nps",
                    "overall": True,
                    "scale_low": 0.0,
                    "scale_high": 10.0,
                },
                _rating("lounge"),
                _rating("desk"),
            ],
        )
        worth = factor * random.gamma(3, 100, CUSTOMERS)
        tiers = np.where(worth >= np.quantile(worth, 0.8), "gold", "lead")
        values = [
            {
                "customer_id": f"c{n}",
                "lifetime_value": _money(worth[n]),
                "tier": str(tiers[n]),
                "past_value": _money(before[n]),
            }
            for n in range(CUSTOMERS)
        ]
        extra = {
            "lifetime_values": inputs.engine.from_arrow(LIFETIME_VALUES.of(values)),
            "customer_profit": inputs.engine.from_arrow(CUSTOMER_PROFIT.schema().empty_table()),
        }
        return Inputs(inputs.engine, {**inputs.relations, **extra}, inputs.settings)

    return build


def _money(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")


def _sale(number: int, customer: int, at: datetime, amount: float) -> dict[str, Any]:
    return {
        "transaction_id": f"t{number}",
        "customer_id": f"c{customer}",
        "at": at,
        "kind": "sale",
        "revenue": _money(amount),
        "currency": "CNY",
    }


def _rating(touchpoint: str) -> dict[str, Any]:
    return {
        "question_id": touchpoint,
        "metric": "rating",
        "overall": False,
        "scale_low": 1.0,
        "scale_high": 5.0,
        "touchpoint_id": touchpoint,
    }


def table(result: pa.Table | Relation) -> pa.Table:
    return result if isinstance(result, pa.Table) else result.to_arrow()


def rows(result: pa.Table | Relation) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {(row["measure"], row["feeling"]): row for row in table(result).to_pylist()}


def test_a_planted_multiple_is_inside_its_interval_and_in_the_band(company_of: Callable[..., Inputs]) -> None:
    found = rows(promoter_tables(company_of(9.0))["promoters_worth"])
    for measure in ("lifetime_value", "spent_after", "spent_after_alike"):
        row = found[measure, "promoter"]
        assert row["ratio_low"] < 9 < row["ratio_high"]
        assert row["verdict"] == "more"
        assert found[measure, "passive"]["verdict"] == "cannot_tell"
    assert found["lifetime_value", "promoter"]["band"] == "inside"
    assert sum(row["customers"] for key, row in found.items() if key[0] == "lifetime_value") == CUSTOMERS


def test_where_nothing_is_planted_nothing_is_told(company_of: Callable[..., Inputs]) -> None:
    told = 0
    for seed in range(12):
        results = promoter_tables(company_of(1.0, seed=seed))
        told += sum(
            row["verdict"] in ("more", "less") for row in table(results["promoters_worth"]).to_pylist()
        )
        told += sum(
            row["verdict"] != "cannot_tell" for row in table(results["satisfaction_return"]).to_pylist()
        )
    # Two corrected families a company: 24 chances of 5 %; more than five alarms happen once in 500 times.
    assert told <= 5


def test_groups_under_the_minimum_base_are_hidden(company_of: Callable[..., Inputs]) -> None:
    results = promoter_tables(company_of(2.0, settings=Settings(minimum_base=200)))
    hidden = [row for row in table(results["promoters_worth"]).to_pylist() if row["hidden"]]
    assert hidden
    assert all(row["mean"] is None and row["customers"] is None for row in hidden)


def test_the_steps_of_the_focus_are_nested_and_reconcile(company_of: Callable[..., Inputs]) -> None:
    inputs = company_of(4.0)
    found = {row["step"]: row for row in table(focus_tables(inputs)["value_focus"]).to_pylist()}
    sizes = [found[step]["customers"] for step in ("all", "value", "high_value", "key_factors")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == CUSTOMERS
    assert found["all"]["worth_share"] == pytest.approx(1)
    behind = FOCUS.gives[0].behind
    assert behind is not None
    for step, row in found.items():
        assert behind(inputs, row).to_arrow().num_rows == row["customers"], step


def test_only_the_touchpoint_that_goes_with_the_whole_is_a_key_factor(
    company_of: Callable[..., Inputs],
) -> None:
    factors = {
        row["touchpoint_id"]: row for row in table(focus_tables(company_of(4.0))["key_factors"]).to_pylist()
    }
    assert factors["lounge"]["key"]
    assert factors["lounge"]["low"] > 0.5
    assert not factors["desk"]["key"]


def test_the_customers_behind_a_feeling_are_those_counted(company_of: Callable[..., Inputs]) -> None:
    inputs = company_of(2.0)
    behind = PROMOTERS.gives[0].behind
    assert behind is not None
    for row in table(promoter_tables(inputs)["promoters_worth"]).to_pylist():
        assert behind(inputs, row).to_arrow().num_rows == row["customers"], (row["measure"], row["feeling"])


def test_no_answers_give_no_rows(inputs_of: Callable[..., Inputs]) -> None:
    inputs = inputs_of()
    empty = {
        t.name: inputs.engine.from_arrow(t.schema().empty_table()) for t in (LIFETIME_VALUES, CUSTOMER_PROFIT)
    }
    bare = Inputs(inputs.engine, {**inputs.relations, **empty}, Settings())
    assert all(table(found).num_rows == 0 for found in promoter_tables(bare).values())
    assert all(table(found).num_rows == 0 for found in focus_tables(bare).values())
