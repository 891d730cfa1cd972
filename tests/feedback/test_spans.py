"""What stands for a programme now: a wave by itself, calendar months up to twelve together."""

from __future__ import annotations

from datetime import date

from peakend.feedback.periods import Period
from peakend.feedback.spans import Span, spans


def month(year: int, number: int, programme: str = "visits") -> Period:
    return Period(programme, "month", f"{year}-{number:02d}", date(year, number, 1))


def wave(label: str, programme: str = "survey") -> Period:
    return Period(programme, "wave", label, None)


MONTHS = [month(2023 + place // 12, place % 12 + 1) for place in range(18)]


def test_twelve_calendar_months_are_one_span() -> None:
    last = spans(MONTHS, range(18))["visits"][-1]
    assert last == Span(
        Period("visits", "months", "2023-07 to 2024-06", date(2023, 7, 1)), tuple(range(6, 18))
    )


def test_months_without_answers_are_no_part_and_are_not_made_up_for() -> None:
    last = spans(MONTHS, [0, 1, 2, 8, 12, 16])["visits"][-1]
    assert last.numbers == (8, 12, 16)
    assert last.period.label == "2023-09 to 2024-05"


def test_a_month_without_another_in_its_year_stays_a_month() -> None:
    first, last = spans(MONTHS, [0, 17])["visits"]
    assert (first.period, last.period) == (MONTHS[0], MONTHS[17])
    assert last.numbers == (17,)


def test_a_span_ends_with_every_month() -> None:
    listed = spans(MONTHS, range(18))["visits"]
    assert [len(span.numbers) for span in listed] == [*range(1, 13), *[12] * 6]


def test_a_wave_stands_alone() -> None:
    periods = [wave("2023"), wave("2024")]
    assert [span.numbers for span in spans(periods, [0, 1])["survey"]] == [(0,), (1,)]


def test_programmes_and_waves_do_not_mix_with_months() -> None:
    periods = [month(2024, 1, "a"), wave("W1", "a"), month(2024, 2, "a"), month(2024, 2, "b")]
    found = spans(periods, range(4))
    assert [span.numbers for span in found["a"]] == [(0,), (1,), (0, 2)]
    assert [span.numbers for span in found["b"]] == [(3,)]


def test_undated_answers_stand_alone() -> None:
    periods = [month(2024, 1), Period("visits", "undated", "undated", None)]
    assert [span.numbers for span in spans(periods, [0, 1])["visits"]] == [(0,), (1,)]


def test_nobody_answered() -> None:
    assert spans(MONTHS, []) == {}
