"""CDNOW's purchases (1997–98) as the papers read them: data that may not ship."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Table = dict[str, NDArray[np.float64]]

END = date(1997, 9, 30)
"""The end of the 39 weeks on which the papers fit."""


def histories(path: Path, *, customer: int) -> Table:
    """Days from first to last purchase and to the end, and the mean value of days with a repeat purchase.

    customer: the column of the customer's number; date, CDs and dollars follow it.
    """
    bought: dict[str, dict[date, float]] = {}
    for line in path.read_text("ascii").splitlines():
        fields = line.split()[customer:]
        if not fields or not fields[1].isdigit():
            continue
        day, dollars = date.fromisoformat(fields[1]), float(fields[3])
        days = bought.setdefault(fields[0], {})
        if day <= END:
            days[day] = days.get(day, 0.0) + dollars
    rows = []
    for days in bought.values():
        first, *later = sorted(days)
        last = later[-1] if later else first
        mean = np.mean([days[day] for day in later]) if later else 0.0
        rows.append((len(later), (last - first).days, (END - first).days, mean))
    names = ("frequency", "recency_days", "age_days", "monetary_value")
    return dict(zip(names, np.array(rows, np.float64).T, strict=True))


def weeks(table: Table, decimals: int | None = None) -> Table:
    """`table` in weeks, exact or rounded as in the file that was published with the paper."""
    times = {"recency": table["recency_days"] / 7, "T": table["age_days"] / 7}
    if decimals is not None:
        times = {name: np.round(values, decimals) for name, values in times.items()}
    return {"frequency": table["frequency"], **times}
