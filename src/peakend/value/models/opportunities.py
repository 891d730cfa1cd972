"""Histories of customers who may buy at given occasions only: each year's appeal, each month's box.

x is the number of occasions at which a customer bought, t_x the last of them, n all occasions since the first
purchase, which is not counted (Fader, Hardie & Shang 2010, Marketing Science 29(6), section 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.language import Text
from peakend.value.models.histories import HistoriesError, PurchaseHistories

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def opportunity_histories(data: object, customers: ArrayLike | None = None) -> PurchaseHistories:
    """Histories of a table with frequency (x), recency (t_x) and T (n), counted in occasions.

    An occasion takes the place of a day: the unit is theirs. Raises `HistoriesError` for what contradicts
    itself: a last purchase at no whole occasion, or more purchases than occasions up to it.
    """
    read = PurchaseHistories.of(data, time_unit="day", customers=customers)
    rules = (
        (
            (read.recency != np.floor(read.recency)) | (read.age != np.floor(read.age)),
            Text("recency or T is no whole number of occasions", "recency 或 T 不是整数次机会"),
        ),
        (
            read.frequency > read.recency,
            Text("there are more purchases than occasions for them", "购买次数多于可购买的机会"),
        ),
    )
    for wrong, problem in rules:
        if wrong.any():
            raise _error(read, wrong, problem)
    return read


def _error(read: PurchaseHistories, wrong: NDArray[np.bool_], problem: Text) -> HistoriesError:
    place = int(np.flatnonzero(wrong)[0])
    example = {
        "frequency": int(read.frequency[place]),
        "recency": float(read.recency[place]),
        "T": float(read.age[place]),
    }
    rows = int(read.customers[wrong].sum())
    return HistoriesError(
        Text(
            f"Of {rows:,} customers {problem.en}; for example {example}.",
            f"有 {rows:,} 位客户的记录存在问题：{problem.zh}；例如 {example}。",
        ),
        Text(
            "Count one purchase at most at each occasion, and occasions from the first purchase on.",
            "每次机会最多计一次购买，机会从首次购买之后算起。",
        ),
        problem=problem.en,
        rows=rows,
        example=example,
    )
