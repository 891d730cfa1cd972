"""Whether a score moved because other people answered, not because they were served otherwise.

What moved is split as Kitagawa does it (1955, JASA 50(272)): every value of a cut counts with the middle of
its two means, so that what is left of the difference is what the shares of the values did. This part is the
difference between two samples of such means; it is tested with z, and its p belongs into the family of the
page's comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from peakend.server.boards.counting import Item
from peakend.server.boards.scoring import MINIMUM, Tally, points

# Fewer on either side are too few for z.
ENOUGH = 30
_REST = "~rest"


@dataclass(frozen=True, slots=True)
class Shift:
    """What the shares of a cut's values did to the score.

    `value` moved it most: its share of the answers was `share_before` and is `share`. `effect` of the whole
    `change` (both in the metric's own y) comes from shares; `p` is not adjusted.
    """

    value: int | str
    share_before: float
    share: float
    effect: float
    change: float
    p: float

    @property
    def explains(self) -> bool:
        """Whether at least half of the change comes from it."""
        return self.effect * self.change > 0 and abs(self.effect) >= abs(self.change) / 2


def shift(item: Item, now: Mapping[int | str, Tally], before: Mapping[int | str, Tally]) -> Shift | None:
    """What the shares did between `before` and `now`; None where there is too little to tell."""
    groups = _grouped(item, now, before)
    here = sum(one[0] for one in groups.values())
    there = sum(one[2] for one in groups.values())
    if len(groups) < 2 or here < ENOUGH or there < ENOUGH:
        return None
    shares = {value: (one[0] / here, one[2] / there) for value, one in groups.items()}
    means = {value: _middle(*one) for value, one in groups.items()}
    mean = sum(means[value] * share for value, (share, _) in shares.items())
    mean_before = sum(means[value] * share for value, (_, share) in shares.items())
    spread = sum(share * (means[value] - mean) ** 2 for value, (share, _) in shares.items())
    spread_before = sum(share * (means[value] - mean_before) ** 2 for value, (_, share) in shares.items())
    error = math.sqrt(spread / here + spread_before / there)
    if error <= 0:
        return None
    effect, middle = mean - mean_before, (mean + mean_before) / 2
    named = [value for value in groups if value != _REST]
    most = max(named, key=lambda one: (shares[one][0] - shares[one][1]) * (means[one] - middle) * effect)
    return Shift(
        value=most,
        share_before=shares[most][1],
        share=shares[most][0],
        effect=effect,
        change=sum(one[1] for one in groups.values()) / here - sum(one[3] for one in groups.values()) / there,
        p=math.erfc(abs(effect / error) / math.sqrt(2)),
    )


# n and the sum of y, now and before.
_Sums = tuple[int, float, int, float]


def _grouped(
    item: Item, now: Mapping[int | str, Tally], before: Mapping[int | str, Tally]
) -> dict[int | str, _Sums]:
    """Sums by value; values with few answers are one group, whose mean is less of an accident."""
    found: dict[int | str, _Sums] = {}
    for value in {**now, **before}:
        one = (*points(item, now.get(value, {})), *points(item, before.get(value, {})))
        few = one[0] + one[2] < MINIMUM
        into = found.get(_REST, (0, 0.0, 0, 0.0)) if few else (0, 0.0, 0, 0.0)
        if one[0] + one[2]:
            found[_REST if few else value] = (
                into[0] + one[0], into[1] + one[1], into[2] + one[2], into[3] + one[3],
            )  # fmt: skip
    return found if set(found) - {_REST} else {}


def _middle(n: int, total: float, n_before: int, total_before: float) -> float:
    """The middle of two means, not of all answers: that would lean to where more answered."""
    if n and n_before:
        return (total / n + total_before / n_before) / 2
    return (total + total_before) / (n + n_before)
