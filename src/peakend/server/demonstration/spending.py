"""What the demonstration's company spent to make customers happier: one that may have worked, one that did
not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from peakend.server.acting.actors import system
from peakend.server.demonstration import lounge
from peakend.server.demonstration.cast import both
from peakend.server.initiatives.services.initiatives import add_spend, judge_one, set_initiative

if TYPE_CHECKING:
    from datetime import date

    from peakend.server.demonstration.cast import Cast
    from peakend.server.initiatives.models import Initiative

# The last day whose answers are all there.
_UNTIL = 2


def spend(cast: Cast) -> None:
    """Set both down before their results, and judge them."""
    set_down = (_cards(cast), _drink(cast))
    with cast.ago(0.02):
        for one in set_down:
            judge_one(actor=system("demonstration"), initiative=one.pk)


def _day(cast: Cast, ago: float) -> date:
    return (cast.now - timedelta(days=ago)).date()


def _drink(cast: Cast) -> Initiative:
    with cast.ago(lounge.BEGUN):
        made = set_initiative(
            actor=cast.manager,
            name_en="Bring the diet cola back to the lounges",
            name_zh="休息室恢复健怡可乐",
            kind="process",
            metric="rating",
            touchpoint="lounge",
            smallest=0.2,
            before_from=_day(cast, lounge.SWAPPED - 1),
            before_to=_day(cast, lounge.MENDED + 1),
            after_from=_day(cast, lounge.MENDED - 1),
            after_to=_day(cast, _UNTIL),
        )
    for ago, amount, note in (
        (lounge.BEGUN - 1, 5_600, both("首月折扣差额", "Discount given up, the first month")),
        (lounge.MENDED + 1, 2_400, both("退换柠檬可乐", "Lemon cola sent back")),
    ):
        _spent(cast, made, ago, amount, note)
    return made


def _cards(cast: Cast) -> Initiative:
    with cast.ago(33):
        made = set_initiative(
            actor=cast.manager,
            name_en="New cards on the tray of the meal",
            name_zh="餐盘上的新款卡片",
            kind="equipment",
            metric="rating",
            touchpoint="meals",
            smallest=0.5,
            before_from=_day(cast, 60),
            before_to=_day(cast, 32),
            after_from=_day(cast, 30),
            after_to=_day(cast, _UNTIL),
        )
    _spent(cast, made, 31, 18_000, both("设计与印制", "Design and print"))
    _spent(cast, made, 16, 9_000, both("补印", "Printed again"))
    return made


def _spent(cast: Cast, made: Initiative, ago: float, amount: int, note: str) -> None:
    with cast.ago(ago):
        add_spend(
            actor=cast.manager, initiative=made.key, day=_day(cast, ago), amount=Decimal(amount), note=note
        )
