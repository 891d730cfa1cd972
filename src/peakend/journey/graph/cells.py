"""Which cells of the map are hidden, and the intervals of those that are not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peakend.feedback.intervals import mean_interval, wilson
from peakend.feedback.suppression import suppress
from peakend.feedback.weighting import design_size, kish_size, linearised_variance

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

Row = dict[str, Any]


def hide(
    rows: Sequence[Row],
    minimum: int,
    families: Sequence[tuple[Callable[[Row], Hashable | None], Mapping[Hashable, int] | None]],
) -> list[Row]:
    """The rows that may be shown, with `hidden` set.

    rows: have `base`, the customers (journeys, where nobody is identified) they stand on. families: how to
    name the published total that a row is part of (None: of none), and those totals; None where a total is
    the sum of its rows. A row is hidden when any family wants it, gone when any cannot do with less.
    """
    hidden = np.array([row["base"] < minimum for row in rows], dtype=bool)
    withheld = np.zeros(len(rows), dtype=bool)
    for name, totals in families:
        names = [name(row) for row in rows]
        part = np.array([place for place, one in enumerate(names) if one is not None], dtype=np.int64)
        numbers: dict[Hashable, int] = {}
        family = [numbers.setdefault(names[place], len(numbers)) for place in part]
        base = [rows[place]["base"] for place in part]
        total = [0] * len(numbers)
        for number, size in zip(family, base, strict=True):
            total[number] += size
        if totals is not None:
            # A customer may be in several cells of a log with mixed cases: never less than the cells.
            total = [max(totals.get(one, 0), total[number]) for one, number in numbers.items()]
        found = suppress(base, family, total, minimum)
        hidden[part] |= found.hidden
        withheld[part] |= found.withheld
    return [row | {"hidden": bool(hidden[place])} for place, row in enumerate(rows) if not withheld[place]]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share of two sums over customers, Σtaken / Σof, with the sums of squares its variance needs."""

    taken: float
    of: float
    customers: int
    taken_taken: float
    taken_of: float
    of_of: float

    @property
    def share(self) -> float:
        return self.taken / self.of

    def variance(self, share: float | None = None) -> float:
        """Of the share, were it `share` (None: as found), customers as clusters; NaN with one customer.

        Source: Cochran (1977), Sampling Techniques, 3rd ed., §6.4 and §9A.7 (ratio of cluster totals).
        """
        mean = self.share if share is None else share
        found = linearised_variance(
            mean, self.of, self.customers, self.of_of, self.taken_of, self.taken_taken
        )
        return float(found)

    def ends(self, confidence: float) -> tuple[float | None, float | None]:
        """Wilson's interval on the effective size; nothing with one customer."""
        size = self.size(confidence)
        if math.isnan(size):
            return None, None
        low, high = wilson(self.share, size, confidence)
        return float(low), float(high)

    def size(self, confidence: float) -> float:
        """How many independent answers the share is worth, at most Σof; NaN with one customer."""
        kish = float(kish_size(self.of, self.of_of))
        spread = self.share * (1 - self.share)
        se = math.sqrt(self.variance()) if self.customers > 1 else math.nan
        return float(design_size(spread, se, self.of, self.customers, kish, confidence))


def emotion_ends(row: Row, minimum: int, confidence: float) -> Row:
    """The mean feeling of `row` with its t interval; nothing where too few customers told it."""
    if row["emotion"] is None or row["emotion_customers"] < minimum:
        return {"emotion": None, "emotion_low": None, "emotion_high": None, "emotion_n": None}
    se = row["emotion_se"] or 0.0
    df = np.array([row["emotion_customers"] - 1])
    low, high = mean_interval(np.array([row["emotion"]]), np.array([se]), df, confidence, (-1.0, 1.0))
    known = not math.isnan(low[0])
    return {
        "emotion": row["emotion"],
        "emotion_low": float(low[0]) if known else None,
        "emotion_high": float(high[0]) if known else None,
        "emotion_n": row["emotion_n"],
    }
