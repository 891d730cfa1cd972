"""What an effect cost: per additional success, and what is left of its worth."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from peakend.evidence.errors import need_above_zero, refused

if TYPE_CHECKING:
    from peakend.evidence.effects import Effect


@dataclass(frozen=True, slots=True)
class Return:
    """Additional successes with interval, cost of each, and worth less cost with interval.

    `cost_each` is None where there is no gain; `cost_each_high` where the interval allows none. The net
    figures are None where a success has no price.
    """

    gained: float
    gained_low: float | None
    gained_high: float | None
    cost: float
    cost_each: float | None
    cost_each_low: float | None
    cost_each_high: float | None
    net: float | None
    net_low: float | None
    net_high: float | None


def returned(effect: Effect, treated: int, cost: float, worth: float | None = None) -> Return:
    """What `treated` people brought who were treated for `cost` in all, a success being worth `worth`.

    The money is known, only the effect is not: its interval is carried over.
    """
    need_above_zero("treated", treated)
    for name, value in (("cost", cost), ("worth", 0.0 if worth is None else worth)):
        if not (isfinite(value) and value >= 0):
            raise refused(
                f"{name} must be 0 or more, not {value}.", f"{name} 不能小于 0，不能为 {value}。", value=value
            )
    gained = [
        None if share is None else share * treated for share in (effect.difference, effect.low, effect.high)
    ]
    each = [None if n is None or n <= 0 else cost / n for n in gained]
    net = [None if n is None or worth is None else n * worth - cost for n in gained]
    return Return(effect.difference * treated, gained[1], gained[2], cost, each[0], each[2], each[1], *net)
