"""The huddles of the demonstration: two that are over, with their minutes, and one that is open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from peakend.server.demonstration import lounge
from peakend.server.demonstration.cast import Cast, both
from peakend.server.improvement.services.huddles import (
    close_huddle,
    note_point,
    open_huddle,
    raise_point,
    settle_point,
    take_attendance,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.server.improvement.models import Topic


def hold(cast: Cast, raised: Callable[[Topic], object]) -> None:
    """Hold the huddles; `raised` goes on with the topic that came of the first."""
    first = cast.line[0]
    team = cast.team_key(first)
    mates = [one for one in cast.line if cast.team_key(one) == team]
    present = [one.key for one in mates[:8]]
    topic, agreed = _first(cast, team, present, first.key)
    raised(topic)
    _second(cast, team, present[:-1], mates[-1].key, agreed)
    with cast.ago(0.08):
        open_huddle(actor=cast.supervisor, team=team)
    other = next((one for one in cast.line if cast.team_key(one) != team), None)
    if other is not None:
        _other(cast, cast.team_key(other), other.key)


def _first(cast: Cast, team: str, present: list[str], owner: str) -> tuple[Topic, str]:
    with cast.ago(lounge.RAISED):
        huddle = open_huddle(actor=cast.supervisor, team=team)
        take_attendance(actor=cast.supervisor, huddle=huddle.key, present=present)
        note_point(
            actor=cast.supervisor,
            huddle=huddle.key,
            item="feedback",
            kind="noted",
            text=both(
                "几位金卡会员提到休息室的饮料。", "Several gold members spoke of the drinks in the lounge."
            ),
        )
        agreed = note_point(
            actor=cast.supervisor,
            huddle=huddle.key,
            item="share",
            text=both("航班延误时先告知原因，再道歉。", "At a delay, first say why, then apologise."),
            owner=owner,
            due_on=(cast.now - timedelta(days=lounge.RAISED - 7)).date(),
        )
        point = note_point(
            actor=cast.supervisor,
            huddle=huddle.key,
            item="raise",
            kind="unsolved",
            text=both("休息室的健怡可乐被换掉了", "The diet cola in the lounge was swapped"),
        )
        topic = raise_point(actor=cast.supervisor, point=point.key)
        close_huddle(actor=cast.supervisor, huddle=huddle.key)
    return topic, agreed.key


def _second(cast: Cast, team: str, present: list[str], owner: str, agreed: str) -> None:
    with cast.ago(7):
        huddle = open_huddle(actor=cast.supervisor, team=team)
        take_attendance(actor=cast.supervisor, huddle=huddle.key, present=present)
        settle_point(actor=cast.supervisor, point=agreed, state="done")
        note_point(
            actor=cast.supervisor,
            huddle=huddle.key,
            item="follow_up",
            kind="noted",
            text=both(
                "健怡可乐明天恢复，主动告诉常客。", "The diet cola is back tomorrow; tell the regulars."
            ),
        )
        note_point(
            actor=cast.supervisor,
            huddle=huddle.key,
            item="share",
            text=both("为延误三十分钟以上的旅客送水。", "Water for whoever waits more than thirty minutes."),
            owner=owner,
            due_on=(cast.now + timedelta(days=2)).date(),
        )
        close_huddle(actor=cast.supervisor, huddle=huddle.key)


def _other(cast: Cast, team: str, owner: str) -> None:
    with cast.ago(5):
        huddle = open_huddle(actor=cast.supervisor, team=team)
        take_attendance(actor=cast.supervisor, huddle=huddle.key, present=[owner])
        note_point(
            actor=cast.supervisor,
            huddle=huddle.key,
            item="feedback",
            text=both("每天核对登机口信息屏两次。", "Check the screens at the gates twice a day."),
            owner=owner,
            due_on=(cast.now + timedelta(days=1)).date(),
        )
        close_huddle(actor=cast.supervisor, huddle=huddle.key)
