"""Tiers of customers by profit, and the policy for each: stated defaults, for a company to replace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.language import Text

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Tier:
    code: str
    name: Text
    policy: Text


PROTECT = Tier(
    "protect",
    Text("Protect", "重点维护"),
    Text(
        "Name a person for each, ask regularly, repair every failure at once; never save on their service.",
        "逐一指定负责人，定期回访，服务失误立即补救；不得削减其服务。",
    ),
)
GROW = Tier(
    "grow",
    Text("Grow", "培育提升"),
    Text(
        "Offer what similar customers of the first tenth hold; reward staying, not one-off discounts.",
        "推荐前十分之一同类客户已持有的产品；奖励长期往来，少做一次性折扣。",
    ),
)
LEAN = Tier(
    "lean",
    Text("Serve efficiently", "高效服务"),
    Text(
        "Standard service through self-service and low-cost channels; watch that it stays easy for them.",
        "以自助与低成本渠道提供标准服务，并确保客户使用方便。",
    ),
)
TURN = Tier(
    "turn",
    Text("Turn around", "扭亏"),
    Text(
        "Find out first whether they are new or made costly by our own failures; then price, terms, channel, "
        "bundle, service level; release only when no lever helps.",
        "先查明是否为新客户、是否因我方失误而成本偏高；再依次考虑价格、条款、渠道、组合与服务等级；确无办法方可放手。",
    ),
)
TIERS = (PROTECT, GROW, LEAN, TURN)


def tier_of(decile: int, profit: Decimal) -> Tier:
    """The tier of a decile (1 the most profitable) that makes `profit` in all: turn where it makes none."""
    if profit <= 0:
        return TURN
    if decile == 1:
        return PROTECT
    return GROW if decile <= 4 else LEAN
