"""The level of care is a complete table: more competition, more expectation, more alike means more care."""

from __future__ import annotations

from itertools import product

import pytest

from peakend.server.care.level import GRADE_CODES, LEVEL_CODES, care_level, whole_table

ALL = list(product(GRADE_CODES, repeat=3))


@pytest.mark.parametrize(("differentiation", "competition", "expectation"), ALL)
def test_every_market_has_a_level_with_its_reason_in_both_languages(
    differentiation: str, competition: str, expectation: str
) -> None:
    found = care_level(differentiation, competition, expectation)
    assert found.level in LEVEL_CODES
    assert f"competition {competition}" in found.reason.en
    assert f"expectation {expectation}" in found.reason.en
    assert found.reason.zh.endswith("。")


def test_the_levels_are_those_of_the_documented_table() -> None:
    expected = {
        ("high", "low", "low"): "minimal",
        ("high", "low", "high"): "standard",
        ("medium", "medium", "medium"): "standard",
        ("medium", "medium", "high"): "extended",
        ("high", "high", "high"): "extended",
        ("low", "low", "low"): "standard",
        ("low", "high", "low"): "extended",
        ("low", "high", "high"): "core",
    }
    assert {market: care_level(*market).level for market in expected} == expected


def test_the_table_is_whole_and_every_level_is_in_it() -> None:
    table = whole_table()
    assert {row[:3] for row in table} == set(ALL)
    assert len(table) == 27
    assert [row[3] for row in table] == sorted((row[3] for row in table), key=LEVEL_CODES.index)
    assert {row[3] for row in table} == set(LEVEL_CODES)


@pytest.mark.parametrize("market", ALL)
def test_care_never_falls_with_competition_or_expectation_nor_rises_with_differentiation(
    market: tuple[str, str, str],
) -> None:
    here = LEVEL_CODES.index(care_level(*market).level)
    for place, direction in ((0, -1), (1, 1), (2, 1)):
        grade = GRADE_CODES.index(market[place])
        if grade == 2:
            continue
        more = list(market)
        more[place] = GRADE_CODES[grade + 1]
        there = LEVEL_CODES.index(care_level(*more).level)
        assert (there - here) * direction >= 0


def test_an_unknown_grade_is_no_grade() -> None:
    with pytest.raises(KeyError):
        care_level("huge", "low", "low")
    with pytest.raises(ValueError, match="tuple"):
        care_level("low", "low", "huge")
