"""Periods of a programme: survey waves where they are named, else calendar months; and their order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PeriodKind = Literal["wave", "month", "months", "undated"]


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a survey: `starts_on` from the survey itself, `first_on` from its first answer."""

    survey_id: str
    programme: str | None
    wave: str | None
    starts_on: date | None
    first_on: date | None


@dataclass(frozen=True, slots=True)
class Period:
    """A wave or a month of one programme, or several months as one (`spans`). `start`: None when unknown."""

    programme: str
    kind: PeriodKind
    label: str
    start: date | None


def period_of(survey: Survey, month_on: date | None) -> Period:
    """The period of an answer; a survey without a programme is a programme of its own.

    The start of a wave is left open here: it is the earliest of its surveys (`in_order`).
    """
    programme = survey.programme or survey.survey_id
    if survey.wave is not None:
        return Period(programme, "wave", survey.wave, None)
    if month_on is not None:
        return Period(programme, "month", f"{month_on:%Y-%m}", month_on)
    return Period(programme, "undated", "undated", None)


def in_order(periods: Iterable[Period], surveys: Iterable[Survey]) -> list[Period]:
    """Different periods, by programme and then in time, waves with their start.

    Time is known from the start of each; where a wave of the programme has none, its labels are ordered as
    people read them (2009 before 2010, Q2 before Q10). Undated answers come last.
    """
    starts = _wave_starts(surveys)
    dated = {
        Period(
            p.programme, p.kind, p.label, starts.get((p.programme, p.label)) if p.kind == "wave" else p.start
        )
        for p in periods
    }
    unknown = {p.programme for p in dated if p.kind == "wave" and p.start is None}

    def place(p: Period) -> tuple[object, ...]:
        by_label = p.programme in unknown or p.start is None
        return p.programme, p.kind == "undated", date.min if by_label else p.start, _natural(p.label), p.kind

    return sorted(dated, key=place)


def _wave_starts(surveys: Iterable[Survey]) -> Mapping[tuple[str, str], date]:
    starts: dict[tuple[str, str], date] = {}
    for survey in surveys:
        start = survey.starts_on or survey.first_on
        if survey.wave is not None and start is not None:
            key = survey.programme or survey.survey_id, survey.wave
            starts[key] = min(start, starts.get(key, start))
    return starts


def _natural(label: str) -> tuple[tuple[int, int, str], ...]:
    """Digits compare as numbers, everything else as text."""
    parts = re.split(r"(\d+)", label)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
