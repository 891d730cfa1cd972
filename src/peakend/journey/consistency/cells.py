"""Moments of service by touchpoint, channel, site and week, added up into the cuts that are judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from peakend.declaration import Inputs

Numbers = NDArray[np.float64]
Measure = Literal["duration", "in_time", "emotion"]
Cut = Literal["all", "channel", "site"]

MEASURES: tuple[Measure, ...] = ("duration", "in_time", "emotion")
CUTS: tuple[Cut, ...] = ("all", "channel", "site")
_COLUMN_OF = {"channel": "channel", "site": "site_id"}


@dataclass(frozen=True, slots=True)
class Series:
    """One measure of one place over k periods that have events: number, sum and sum of squares of each.

    duration is in natural logarithms of seconds; a share has squares equal to sums.
    """

    touchpoint_id: str
    cut: Cut
    place: str
    measure: Measure
    period_kind: Literal["week", "month"]
    starts: tuple[object, ...]
    n: Numbers
    total: Numbers
    squares: Numbers

    def means(self) -> Numbers:
        return self.total / self.n

    def pooled_variance(self) -> float:
        """Variance of single events within periods."""
        inside = float((self.squares - self.total**2 / self.n).sum())
        return max(inside, 0.0) / max(float(self.n.sum()) - len(self.n), 1.0)


def moments(inputs: Inputs) -> pa.Table:
    """The engine's part: one small row a touchpoint, channel, site and week."""
    return inputs.engine.query(
        "journey/consistency/service_moments",
        {"now": now()},
        interactions=inputs["interactions"],
        touchpoints=inputs["touchpoints"],
    ).to_arrow()


def now() -> datetime:
    """This moment in UTC; what lies after it is a clock's mistake."""
    return datetime.now(UTC).replace(tzinfo=None)


def series(found: pa.Table, least: int) -> Iterator[Series]:
    """Every series of the moments, by week where weeks mostly have `least` events, else by month."""
    ordered = found.sort_by([(name, "ascending") for name in ("touchpoint_id", "week_start", "month_start")])
    columns = {name: ordered[name].to_pylist() for name in ("touchpoint_id", "channel", "site_id")}
    dates = {kind: ordered[f"{kind}_start"].to_pylist() for kind in ("week", "month")}
    for measure in MEASURES:
        values = _values(ordered, measure)
        for cut in CUTS:
            places = [""] * len(ordered) if cut == "all" else columns[_COLUMN_OF[cut]]
            yield from _of_cut(measure, cut, columns["touchpoint_id"], places, dates, values, least)


def _values(found: pa.Table, measure: Measure) -> Numbers:
    """n, sum, sum of squares: 3 × rows."""
    squares = "in_time_sum" if measure == "in_time" else f"{measure}_squares"
    names = (f"{measure}_n", f"{measure}_sum", squares)
    columns = [found[name].to_numpy(zero_copy_only=False) for name in names]
    known: Numbers = np.nan_to_num(np.array(columns, dtype=float))
    return known


def _of_cut(
    measure: Measure,
    cut: Cut,
    touchpoints: Sequence[str],
    places: Sequence[str | None],
    dates: dict[str, list[object]],
    values: Numbers,
    least: int,
) -> Iterator[Series]:
    rows: dict[tuple[str, str], list[int]] = {}
    for row, (touchpoint, place) in enumerate(zip(touchpoints, places, strict=True)):
        if place is not None and values[0, row] > 0:
            rows.setdefault((touchpoint, place), []).append(row)
    for (touchpoint, place), listed in sorted(rows.items()):
        weekly = _summed([dates["week"][row] for row in listed], values[:, listed])
        kind: Literal["week", "month"] = "week"
        if np.median(weekly[1][0]) < least:
            kind = "month"
            weekly = _summed([dates["month"][row] for row in listed], values[:, listed])
        starts, sums = weekly
        yield Series(touchpoint, cut, place, measure, kind, starts, sums[0], sums[1], sums[2])


def _summed(starts: list[object], values: Numbers) -> tuple[tuple[object, ...], Numbers]:
    different = sorted(set(starts))  # type: ignore[type-var]
    place = {start: number for number, start in enumerate(different)}
    codes = [place[start] for start in starts]
    sums = np.array([np.bincount(codes, weights=row, minlength=len(different)) for row in values])
    return tuple(different), sums
