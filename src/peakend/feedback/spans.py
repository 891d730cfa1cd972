"""Which answers stand for a programme now: its last wave, or a year of calendar months taken together.

A wave is asked for at once and large enough by design. A survey after every visit has no waves; one month of
it is a part of the year and mostly too few, so up to twelve calendar months are one span.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.feedback.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """Periods that are looked at as one. period: what they are called together; numbers: their places."""

    period: Period
    numbers: tuple[int, ...]


def spans(periods: Sequence[Period], answered: Iterable[int]) -> dict[str, list[Span]]:
    """For each programme every span that ends with one of its periods, the last at the end.

    periods: in order (`Sheet.periods`); answered: the numbers of those with answers, others are no part of
    any span. A wave stands alone. A month stands for the twelve calendar months up to it, called "2024-07 to
    2025-06" after the first and last of them with answers, kind "months"; with no other it stays a month.
    """
    found: dict[str, list[Span]] = {}
    used = sorted(set(answered))
    for number in used:
        period = periods[number]
        before = [other for other in used if other <= number and _in_the_year(periods[other], period)]
        found.setdefault(period.programme, []).append(
            Span(pooled([periods[one] for one in before]), tuple(before))
            if before
            else Span(period, (number,))
        )
    return found


def _in_the_year(month: Period, last: Period) -> bool:
    """Whether `month` is one of the twelve calendar months that end with the month `last`."""
    if month.programme != last.programme or month.start is None or last.start is None:
        return False
    if (month.kind, last.kind) != ("month", "month"):
        return False
    apart = 12 * (last.start.year - month.start.year) + last.start.month - month.start.month
    return 0 <= apart < MONTHS


def pooled(months: Sequence[Period]) -> Period:
    """What several months are called together; one stays what it is."""
    first, last = months[0], months[-1]
    if len(months) == 1:
        return first
    return Period(first.programme, "months", f"{first.label} to {last.label}", first.start)
