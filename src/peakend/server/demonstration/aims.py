"""What the demonstration's company holds itself to: standards, a scheme, and goals of people."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from peakend.server.improvement.services.goals import ItemInScheme, set_goal, set_scheme, set_standard

if TYPE_CHECKING:
    from peakend.server.demonstration.cast import Cast

_ITEMS: list[ItemInScheme] = [
    {"kind": "service", "name_en": "What customers say", "name_zh": "客户评价", "weight": 0.5},
    {"kind": "complaints", "name_en": "Cases closed in time", "name_zh": "工单按时办结", "weight": 0.3},
    {"kind": "other", "name_en": "Learning and helping", "name_zh": "学习与互助", "weight": 0.2},
]
_AT = ("checkin", "security", "lounge", "boarding", "baggage")


def set_all(cast: Cast) -> None:
    """Set them a few weeks ago."""
    with cast.ago(50):
        set_standard(
            actor=cast.manager,
            name_en="Members are content with the lounge",
            name_zh="会员对休息室满意",
            metric="rating",
            threshold=4.2,
            months=1,
            touchpoint="lounge",
            evidence="“五分钟内入座并奉上饮品” / “A seat and a drink within five minutes”",
        )
        set_standard(
            actor=cast.manager,
            name_en="Four of five are satisfied after the trip",
            name_zh="五位旅客中至少四位在旅程之后满意",
            metric="csat",
            threshold=0.8,
            months=2,
        )
        set_standard(
            actor=cast.manager,
            name_en="Late baggage is delivered on time",
            name_zh="延误行李按约送达",
            metric="on_time",
            threshold=0.9,
        )
        set_scheme(
            actor=cast.manager,
            role="front_line",
            name_en="Front line: service first",
            name_zh="一线岗位：服务为先",
            items=_ITEMS,
        )
    _goals(cast)


def _goals(cast: Cast) -> None:
    chance = Random(3)
    begins = (cast.now - timedelta(days=40)).date().replace(day=1)
    with cast.ago(40):
        for n, one in enumerate(cast.line):
            set_goal(
                actor=cast.supervisor,
                person=one.key,
                touchpoint=_AT[n % len(_AT)],
                metric="rating",
                target=chance.choice((4.0, 4.2, 4.4)),
                starts_on=begins,
                ends_on=begins + timedelta(days=120),
            )
