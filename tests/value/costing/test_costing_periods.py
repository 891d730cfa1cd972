"""When a period ends: by the spacing of the starts, never into a gap."""

from __future__ import annotations

from datetime import date

from peakend.value.costing.periods import add_months, period_ends


def test_months_quarters_and_a_gap() -> None:
    ends = period_ends(
        {
            "monthly": [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2024, 6, 1)],
            "quarterly": [date(2024, 1, 1), date(2024, 4, 1)],
            "weekly": [date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 15)],
            "single": [date(2024, 1, 1)],
        }
    )
    # March, and not March to May: the months between have no cost, so what happens in them has none.
    assert ends["monthly", date(2024, 3, 1)] == date(2024, 4, 1)
    assert ends["monthly", date(2024, 2, 1)] == date(2024, 3, 1)
    assert ends["monthly", date(2024, 6, 1)] == date(2024, 7, 1)
    assert ends["quarterly", date(2024, 4, 1)] == date(2024, 7, 1)
    assert ends["weekly", date(2024, 1, 15)] == date(2024, 1, 22)


def test_a_pool_alone_lasts_as_the_others_do_and_else_a_month() -> None:
    others = {"a": [date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1)], "b": [date(2024, 1, 1)]}
    assert period_ends(others)["b", date(2024, 1, 1)] == date(2024, 4, 1)
    assert period_ends({"b": [date(2024, 1, 31)]})["b", date(2024, 1, 31)] == date(2024, 2, 29)


def test_a_month_later_is_never_a_day_that_is_not() -> None:
    assert add_months(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert add_months(date(2023, 11, 30), 3) == date(2024, 2, 29)
