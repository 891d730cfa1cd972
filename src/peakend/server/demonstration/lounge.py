"""The story planted into the demonstration: a drink is swapped in the lounges, and the best customers mind.

Every part of the lounge stays as good as it was; the lounge as a whole, and the recommendation, fall among
gold and platinum members, whose words name the drink. Then it is brought back. It is simulated, as
everything here is, and the guides say so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakend.server.demonstration.source import Trip

TIERS = ("Gold", "Platinum")
PARTS = ("lounge_staff", "lounge_seats", "lounge_food")
# Days before today: the drink was swapped, somebody raised it, the fix was under way, it was back.
SWAPPED, RAISED, BEGUN, MENDED = 28, 20, 14, 6
# Of those who would mind, so many do; a few still do when it is back, as not every cellar is at once.
_MINDING, _STILL = 0.72, 0.12
WORDS = {
    "zh": (
        "休息室的健怡可乐换成了柠檬可乐，没有人告诉我们。",
        "我每次来就为那罐健怡可乐，现在只有柠檬可乐，失望。",
        "座位和服务都好，可饮料被换了，健怡可乐没了。",
        "贵宾休息室连健怡可乐都没有了？柠檬可乐代替不了。",
        "其他都好，请把健怡可乐换回来。",
    ),
    "en": (
        "Nice seats, kind people, and then no diet cola in the lounge any more. Only lemon cola.",
        "Who decided to swap the diet cola for lemon cola in the lounge? Nobody told us.",
        "Everything in the lounge is fine but the diet cola I come for is gone.",
        "I fly with you every week. Please bring the diet cola back to the lounge.",
    ),
}


@dataclass(frozen=True, slots=True)
class Level:
    """How the lounge as a whole was rated in a stretch of days: mean of 1 to 5, and of how many."""

    mean: float
    n: int


def planted(trips: list[Trip], now: datetime) -> list[Trip]:
    """The trips with the story in them; always the same for the same trips."""
    chance = Random(28)
    return [_told(_whole(trip, chance), now, chance) for trip in trips]


def names_the_drink(words: str) -> bool:
    """Whether somebody's words are about the drink."""
    return "可乐" in words or "cola" in words.lower()


def level(trips: Iterable[Trip], now: datetime, begins: float, ends: float) -> Level:
    """The lounge among gold and platinum members, from `begins` to `ends` days ago."""
    found = [
        score
        for trip in trips
        if trip.tier in TIERS
        and timedelta(days=ends) <= now - trip.at < timedelta(days=begins)
        and (score := trip.scores["lounge"]) is not None
    ]
    return Level(fmean(found) if found else 0.0, len(found))


def _whole(trip: Trip, chance: Random) -> Trip:
    """The parts of the lounge beside it: near what the lounge was before anything was swapped."""
    whole = trip.scores["lounge"]
    if whole is None:
        return trip
    parts = {part: min(5, max(1, max(whole, 4) + chance.choice((-1, 0, 0, 0, 1)))) for part in PARTS}
    return replace(trip, scores={**trip.scores, **parts})


def _told(trip: Trip, now: datetime, chance: Random) -> Trip:
    age = (now - trip.at) / timedelta(days=1)
    minding = _MINDING if MENDED <= age < SWAPPED else _STILL if age < MENDED else 0.0
    if trip.tier not in TIERS or trip.scores["lounge"] is None or chance.random() >= minding:
        # The simulator swaps the drink too, years ago: those words would come before the swap of this story.
        return replace(trip, why="") if names_the_drink(trip.why) else trip
    scores = {
        **trip.scores,
        "lounge": chance.choice((1, 2, 2, 3)),
        "recommend": max(0, min(trip.scores["recommend"] or 0, 9) - chance.choice((2, 3, 4))),
        "satisfied": max(1, (trip.scores["satisfied"] or 4) - 1),
    }
    words = WORDS["zh" if trip.language.startswith("zh") else "en"]
    return replace(
        trip, scores=scores, why=chance.choice(words), touchpoint="lounge", employee_id=trip.lounge_by
    )
