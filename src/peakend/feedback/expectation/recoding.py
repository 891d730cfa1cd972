"""Was a scale recoded between two periods? From the answers: levels that vanish, and answers turned over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import gammaln, ndtr

if TYPE_CHECKING:
    from collections.abc import Mapping

Break = Literal["levels_changed", "scale_turned"]

# A level that fewer than this share chose may fall out of use without anybody recoding anything.
WORTH_MISSING = 0.02


@dataclass(frozen=True, slots=True)
class Recoding:
    """kind: what changed, None if nothing. p: chance of such a difference between periods that use one scale,
    after Bonferroni over the comparisons made; NaN without any. appeared, vanished: levels."""

    kind: Break | None
    p: float
    appeared: tuple[float, ...]
    vanished: tuple[float, ...]


def levels_changed(
    before: Mapping[float, int], now: Mapping[float, int], comparisons: int = 1, alpha: float = 0.05
) -> Recoding:
    """Whether a level of the scale came into or went out of use between two periods.

    before, now: answers by score. For a level that one period never uses, the chance that all its answers
    fall on the other (hypergeometric, one-sided); only levels that at least 2 % chose there. `comparisons`:
    how many transitions are looked at in all; each is corrected for its levels and for them. A level that
    customers stopped choosing looks the same as one that was taken away: this is a question to the owner.
    Source: Fisher's exact test; Bonferroni, Dunn (1961), JASA 56(293), pp. 52–64.
    """
    total_before, total_now = sum(before.values()), sum(now.values())
    levels = sorted({*before, *now})
    if not total_before or not total_now:
        return Recoding(None, float("nan"), (), ())
    found: dict[float, float] = {}
    for level in levels:
        old, new = before.get(level, 0), now.get(level, 0)
        share = old / total_before if not new else new / total_now
        if (old == 0) == (new == 0) or share < WORTH_MISSING:
            continue
        alone, other = (total_before, total_now) if not new else (total_now, total_before)
        found[level] = min(1.0, _all_on_one_side(old + new, alone, other) * len(levels) * comparisons)
    sure = {level: p for level, p in found.items() if p <= alpha}
    return Recoding(
        "levels_changed" if sure else None,
        min(found.values(), default=1.0),
        tuple(level for level in sure if not before.get(level, 0)),
        tuple(level for level in sure if not now.get(level, 0)),
    )


def scale_turned(
    before: tuple[float, float],
    now: tuple[float, float],
    comparisons: int = 1,
    alpha: float = 0.05,
) -> Recoding:
    """Whether a question's correlation with all others changed its sign: the scale was turned over.

    before, now: correlation with the mean of the respondent's other answers, and n. Both must differ from 0
    and from each other (Fisher's z), at alpha ÷ `comparisons`.
    Source: Fisher (1921), Metron 1, pp. 3–32.
    """
    (r0, n0), (r1, n1) = before, now
    if min(n0, n1) < 10 or not np.isfinite([r0, r1]).all() or r0 * r1 >= 0:
        return Recoding(None, float("nan"), (), ())
    z0, z1 = (np.arctanh(np.clip(r, -0.999999, 0.999999)) for r in (r0, r1))
    each = [float(2 * ndtr(-abs(z) * np.sqrt(n - 3))) for z, n in ((z0, n0), (z1, n1))]
    p = min(1.0, max(each) * comparisons)
    return Recoding("scale_turned" if p <= alpha else None, p, (), ())


def _all_on_one_side(answers: int, own: int, other: int) -> float:
    """The chance that all `answers` of a level belong to the period of `own` answers, none to `other`."""
    log = gammaln(own + 1) - gammaln(own - answers + 1)
    log -= gammaln(own + other + 1) - gammaln(own + other - answers + 1)
    return float(np.exp(min(log, 0.0)))
