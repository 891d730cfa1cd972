"""Expected usage times cost: affordable, unaffordable, cannot tell; hollow where terms starve the usage."""

from __future__ import annotations

from typing import Any

import pytest

from peakend.server.promises.affordability import Budgets, Range, Usage, assess, observed_usage

SHARE = Range(0.3, 0.4, 0.5)
FLIERS = Usage(SHARE, Range(2, 6, 24), 24)


def has(**changed: Any) -> Budgets:
    return Budgets(
        **{"eligible": 10_000, "unit_cost": 150.0, "budget": 1e6, "capacity_month": None, **changed}
    )


def test_an_uncapped_promise_to_frequent_fliers_is_unaffordable() -> None:
    found = assess(FLIERS, has(budget=800_000.0), None, None, False)
    assert found.verdicts == ("unaffordable",)
    assert found.terms is not None
    assert found.terms.cost == Range(900_000, 3_600_000, 18_000_000)
    assert found.break_uses == pytest.approx(800_000 / 150)
    assert found.break_each == pytest.approx(800_000 / 150 / 4000)


def test_a_cap_of_one_makes_it_affordable_and_hollow() -> None:
    found = assess(FLIERS, has(), None, 1.0, False)
    assert found.verdicts == ("hollow", "affordable")
    assert found.delivered_frequent == pytest.approx(1 / 24)
    assert found.delivered == pytest.approx(1 / 6)
    assert found.advertised is not None
    assert found.advertised.budget == "cannot_tell"


def test_a_budget_inside_the_range_cannot_tell() -> None:
    assert assess(FLIERS, has(budget=2e6), None, None, False).verdicts == ("cannot_tell",)


def test_a_kept_promise_that_can_be_paid_raises_nothing() -> None:
    found = assess(FLIERS, has(), 1.0, 1.0, False)
    assert (found.verdicts, found.blocking, found.delivered) == (("affordable",), (), 1.0)


def test_too_few_places_are_as_bad_as_too_little_money() -> None:
    assert assess(FLIERS, has(budget=1e9, capacity_month=100), None, None, False).verdicts == (
        "unaffordable",
    )
    assert assess(FLIERS, has(budget=1e9, capacity_month=1000), None, None, False).verdicts == (
        "cannot_tell",
    )
    assert assess(FLIERS, has(budget=1e9, capacity_month=10_000), None, None, False).verdicts == (
        "affordable",
    )


@pytest.mark.parametrize("lacking", ["eligible", "unit_cost", "budget"])
def test_what_is_unknown_is_named_and_cannot_tell(lacking: str) -> None:
    found = assess(FLIERS, has(**{lacking: None}), 1.0, 1.0, False)
    assert found.verdicts == ("cannot_tell",)
    assert len(found.lacking) == 1
    assert assess(None, has(), 1.0, 1.0, True).verdicts == ("hollow", "cannot_tell")


def test_what_costs_nothing_needs_no_budget_and_nobody_breaks_nothing() -> None:
    assert assess(FLIERS, has(unit_cost=0.0, budget=None), None, None, False).verdicts == ("affordable",)
    nobody = Usage(Range(0, 0, 0), Range(0, 0, 0), 0)
    found = assess(nobody, has(eligible=0), None, None, False)
    assert (found.verdicts, found.break_each, found.delivered) == (("affordable",), None, None)


def test_observed_customers_give_share_mean_and_the_frequent_one() -> None:
    found = observed_usage({1: 60, 2: 20, 24: 20}, 400, 365)
    assert found is not None
    assert (found.share.likely, found.uses.likely, found.frequent) == (0.25, 5.8, 24)
    assert found.share.low < 0.25 < found.share.high
    assert found.uses.low < 5.8 < found.uses.high
    # Under a cap of two the mean is that of capped customers, not the capped mean.
    assert found.under(2).likely == pytest.approx((60 + 40 + 40) / 100)
    assert found.under(1) == Range(1, 1, 1)


def test_half_a_year_is_counted_twice_and_few_users_say_nothing() -> None:
    half = observed_usage({3: 20}, 100, 182.5)
    assert half is not None
    assert half.uses.likely == 6
    assert observed_usage({3: 9}, 100, 365) is None
    assert observed_usage({}, 0, 365) is None
