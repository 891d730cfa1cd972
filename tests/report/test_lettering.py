"""Labels that fit the room they are given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peakend.report.lettering import ELLIPSIS, shortened, shortened_to, width, wrapped


@given(st.text(min_size=1, max_size=200), st.integers(1, 4))
def test_no_line_is_wider_than_its_room_and_there_are_never_too_many(words: str, lines: int) -> None:
    broken = wrapped(words, 13, 120, lines)
    assert 1 <= len(broken) <= lines
    assert all(width(line, 13) <= 120 for line in broken)


def test_words_break_at_spaces_and_chinese_between_characters() -> None:
    assert wrapped("Escalators and moving walkways", 13, 120, 2) == ["Escalators and", "moving walkways"]
    first, second = wrapped("国际航站楼登机区的零售商店", 13, 100, 2)
    assert first + second == "国际航站楼登机区的零售商店"


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert wrapped("a name that somebody made far too long for any chart", 13, 100, 2)[-1].endswith(ELLIPSIS)
    assert shortened("x" * 120, 12, 80).endswith(ELLIPSIS)
    assert shortened_to("x" * 120, 60) == "x" * 59 + ELLIPSIS


def test_a_no_break_space_keeps_a_number_with_its_unit() -> None:
    assert not any(
        line.endswith("73") for line in wrapped("the largest fifth: 73\u00a0% of revenue", 13, 128, 3)
    )
