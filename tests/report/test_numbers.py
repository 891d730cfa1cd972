"""How numbers, shares, days and periods are written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from peakend.report.numbers import (
    capitalised,
    day,
    interval,
    level,
    listing,
    money,
    number,
    percent,
    period,
    signed,
)


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (1234.5, 1, "1,234.5"),
        (-3.14, 1, "−3.1"),
        (-0.04, 1, "0.0"),
        (0, 0, "0"),
        (Decimal("1234567.891"), 2, "1,234,567.89"),
        (None, 2, "–"),
        (float("nan"), 2, "–"),
        (float("inf"), 2, "–"),
    ],
)
def test_numbers_have_separators_and_a_true_minus(value: float | None, decimals: int, written: str) -> None:
    assert number(value, decimals) == written


def test_a_sign_is_written_only_where_something_is_left_after_rounding() -> None:
    assert [signed(v, 1) for v in (0.26, -0.26, 0.01, -0.01)] == ["+0.3", "−0.3", "0.0", "0.0"]


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.123, "12 %"), (0.0123, "1.2 %"), (0.0, "0 %"), (1.0, "100 %"), (0.9987, "99.9 %")],
)
def test_shares_become_percentages_that_never_wrap(share: float, written: str) -> None:
    assert percent(share, "en") == written.replace(" ", "\u00a0")
    assert percent(share, "zh") == written.replace(" ", "")


def test_a_share_that_is_neither_nothing_nor_all_is_never_rounded_to_it() -> None:
    assert percent(0.00001, "zh") == "< 0.1%"
    assert percent(0.99999, "zh") == "> 99.9%"
    assert percent(0.996, "zh") == "99.6%"


def test_intervals_are_joined_by_a_word_so_that_minus_signs_stay_clear() -> None:
    assert interval(-12.0, -3.0, "en", 1) == "−12.0 to −3.0"
    assert interval(-12.0, -3.0, "zh", 1) == "−12.0 至 −3.0"
    assert interval(None, 3.0, "en") == "no interval"
    assert (level(0.95, "en"), level(0.95, "zh")) == ("95\u00a0%", "95% 区间")


@pytest.mark.parametrize(
    ("label", "english", "chinese"),
    [
        ("2024-03", "March 2024", "2024年3月"),
        ("2024-Q3", "Q3 2024", "2024年第三季度"),
        ("2017", "2017", "2017年"),
        ("2024-13", "2024-13", "2024-13"),
        ("Spring wave", "Spring wave", "Spring wave"),
    ],
)
def test_a_period_is_written_in_words_unless_it_has_its_own_name(
    label: str, english: str, chinese: str
) -> None:
    assert (period(label, "en"), period(label, "zh")) == (english, chinese)


def test_days_money_and_lists_follow_the_language() -> None:
    assert (day(date(2011, 12, 9), "en"), day(date(2011, 12, 9), "zh")) == (
        "9 December 2011",
        "2011年12月9日",
    )
    assert (money(1234, "GBP"), money(None, "GBP")) == ("GBP 1,234", "–")
    assert (listing(["a", "b", "c"], "en"), listing(["a", "b", "c"], "zh")) == ("a, b and c", "a、b和c")
    assert (listing(["a"], "en"), listing([], "zh")) == ("a", "")
    assert capitalised("mean rating of B") == "Mean rating of B"
