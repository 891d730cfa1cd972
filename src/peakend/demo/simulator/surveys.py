"""The surveys of a simulated company and what they ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from peakend.demo.simulator.world import FIRST_DAY, World
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

VISIT, RELATIONSHIP, RETEST, RECALL = "visit", "relationship", "retest", "recall"
"""Programmes: after every visit, the relational waves, the same questions again, what is remembered."""

VISITS = 0
"""Position of the survey after every visit; the relational waves follow, then the follow-ups."""

WAVE_NUMBERS = 10_000
"""Invitations of wave w carry the number WAVE_NUMBERS + w; those of visits the ordinal of the order."""

FOLLOW_UP_NUMBERS = {RETEST: 20_000, RECALL: 40_000}
"""Invitations that follow a visit's carry its number and this."""

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
    """`slot`: the touchpoint asked about, or None; `metric` "text" is the comment.

    programmes: which surveys ask it. cuts: the thresholds from latent values to scores; None where it has no
    score. overall: asks about the whole. memory: about what is left of it in memory, and nothing else.
    factor: about a factor of delivered value.
    """

    id: str
    metric: str
    slot: int | None
    text: Text
    label: Text
    dimension: str | None
    programmes: tuple[str, ...]
    cuts: str | None = None
    overall: bool = False
    memory: bool = False
    factor: bool = False


@lru_cache(maxsize=8)
def surveys(world: World) -> tuple[Survey, ...]:
    """The survey after a visit, a relational wave a quarter from the second on, then the follow-ups."""
    calendar = world.calendar
    waves = []
    for month in range(_MONTHS_APART, calendar.months, _MONTHS_APART):
        start = calendar.month_starts[month]
        label = f"{start.year}-Q{(start.month - 1) // 3 + 1}"
        waves.append(
            Survey(
                f"SV-{label}",
                RELATIONSHIP,
                label,
                Text(f"Relationship survey {label}", f"客户关系调查 {label}"),
                "relational",
                start,
                start + timedelta(days=_FIELD_DAYS - 1),
            )
        )

    def running(key: str, programme: str, name: Text, kind: str) -> Survey:
        return Survey(key, programme, None, name, kind, FIRST_DAY, calendar.last_day)

    days = world.shared.recall.days
    return (
        running("SV-VISIT", VISIT, Text("After the visit", "服务后评价"), "transactional"),
        *waves,
        running("SV-RETEST", RETEST, Text("The same questions again", "重测"), "pulse"),
        running("SV-RECALL", RECALL, Text(f"After {days} days", f"{days} 天后回访"), "pulse"),
    )


@lru_cache(maxsize=8)
def programmes(world: World) -> tuple[str, ...]:
    """The programme of every survey."""
    return tuple(survey.programme for survey in surveys(world))


@lru_cache(maxsize=8)
def questions(world: World) -> tuple[Question, ...]:
    """Every question. Draws are named by its position, so that new ones come last."""
    described = world.shared
    whole = [
        Question(
            asked.id,
            asked.metric,
            None,
            asked.text,
            asked.label,
            None,
            (VISIT, RELATIONSHIP, *((RETEST,) if asked.metric in described.retest.reliability else ())),
            asked.metric,
            overall=True,
        )
        for asked in described.overall
    ]
    asked = (*whole, *_ratings(world), *_comment(world), *_expectations(world), *_aftermath(world))
    return (*asked, *_factors(world))


def _ratings(world: World) -> Iterable[Question]:
    wording = world.shared.touchpoint_question
    for slot, touchpoint in enumerate(world.company.touchpoints):
        if touchpoint.asked:
            name = Text(touchpoint.name, touchpoint.name_zh)
            text = _named(wording, name)
            yield Question(
                f"Q-{touchpoint.id}", "rating", slot, text, name, touchpoint.dimension, (VISIT,), "rating"
            )


def _comment(world: World) -> Iterable[Question]:
    described = world.shared
    text, label = described.comment_question, described.comment_label
    yield Question("Q-TEXT", "text", None, text, label, None, (VISIT, RELATIONSHIP))


def _expectations(world: World) -> Iterable[Question]:
    """One a touchpoint with expectations: the pair of its rating, with the same dimension."""
    described = world.shared
    for touchpoint_id in world.company.expectations.levels:
        slot = world.company.slots[touchpoint_id]
        touchpoint = world.company.touchpoints[slot]
        name = Text(touchpoint.name, touchpoint.name_zh)
        yield Question(
            f"E-{touchpoint_id}",
            "expectation",
            slot,
            _named(described.expectation_question, name),
            _named(described.expectation_label, name),
            touchpoint.dimension,
            (VISIT,),
            "expectation",
        )


def _aftermath(world: World) -> Iterable[Question]:
    """Compared with what was expected; whether it is remembered, whose it was, and how."""
    s = world.shared
    yield Question(
        "Q-DELIGHT", "rating", None, s.delight_question, s.delight_label, "delight", (VISIT,), "delight"
    )
    yield Question("Q-RECALL", "choice", None, s.recall_question, s.recall_label, "recall", (RECALL,))
    yield Question(
        "Q-BRAND", "choice", None, s.attribution_question, s.attribution_label, "attribution", (RECALL,)
    )
    yield Question(
        "Q-LOOKBACK",
        "csat",
        None,
        s.lookback_question,
        s.lookback_label,
        None,
        (RECALL,),
        "csat",
        overall=True,
        memory=True,
    )


def _factors(world: World) -> Iterable[Question]:
    """What customers get and what it costs them besides money and time."""
    for name, factor in world.shared.money.delivered.factors.items():
        yield Question(
            f"V-{name}",
            "rating",
            None,
            factor.text,
            factor.label,
            factor.dimension,
            (RELATIONSHIP,),
            "rating",
            factor=True,
        )


def _named(wording: Text, name: Text) -> Text:
    return Text(wording.en.format(name=name.en), wording.zh.format(name=name.zh))
