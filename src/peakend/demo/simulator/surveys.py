"""The surveys of a simulated company and what they ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from peakend.demo.simulator.world import FIRST_DAY, World
from peakend.language import Text

VISITS = 0
"""Position of the survey after every visit; the relational waves follow."""

WAVE_NUMBERS = 10_000
"""Invitations of wave w carry the number WAVE_NUMBERS + w; those of visits the ordinal of the order."""

_FIELD_DAYS = 30
_MONTHS_APART = 3


@dataclass(frozen=True, slots=True)
class Survey:
    id: str
    programme: str
    wave: str | None
    name: Text
    kind: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Question:
    """`slot`: the touchpoint asked about, or None; `metric` "text" is the comment."""

    id: str
    metric: str
    slot: int | None
    text: Text
    label: Text
    dimension: str | None


@lru_cache(maxsize=8)
def surveys(world: World) -> tuple[Survey, ...]:
    """The survey after a visit, then one relational wave a quarter from the second quarter on."""
    calendar = world.calendar
    visits = Survey(
        "SV-VISIT",
        "visit",
        None,
        Text("After the visit", "服务后评价"),
        "transactional",
        FIRST_DAY,
        calendar.last_day,
    )
    waves = []
    for month in range(_MONTHS_APART, calendar.months, _MONTHS_APART):
        start = calendar.month_starts[month]
        label = f"{start.year}-Q{(start.month - 1) // 3 + 1}"
        waves.append(
            Survey(
                f"SV-{label}",
                "relationship",
                label,
                Text(f"Relationship survey {label}", f"客户关系调查 {label}"),
                "relational",
                start,
                start + timedelta(days=_FIELD_DAYS - 1),
            )
        )
    return (visits, *waves)


@lru_cache(maxsize=8)
def questions(world: World) -> tuple[Question, ...]:
    """Every question: those about the whole, one about each touchpoint that is asked about, the comment."""
    described = world.shared
    listed = [
        Question(overall.id, overall.metric, None, overall.text, overall.label, None)
        for overall in described.overall
    ]
    for slot, touchpoint in enumerate(world.company.touchpoints):
        if touchpoint.asked:
            wording = described.touchpoint_question
            listed.append(
                Question(
                    f"Q-{touchpoint.id}",
                    "rating",
                    slot,
                    Text(wording.en.format(name=touchpoint.name), wording.zh.format(name=touchpoint.name_zh)),
                    Text(touchpoint.name, touchpoint.name_zh),
                    touchpoint.dimension,
                )
            )
    comment = Question("Q-TEXT", "text", None, described.comment_question, described.comment_label, None)
    return (*listed, comment)
