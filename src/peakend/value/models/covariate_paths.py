"""Purchases together with covariates that change from period to period, checked for gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.models.covariate_clock import Stretches
from peakend.value.models.time_units import TimeUnit, days_in

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Days = NDArray[np.datetime64]


class CovariatePathsError(PeakendError):
    """Covariates do not cover the purchases. `data`: problem, count, example."""

    code: ClassVar[str] = "value.covariate_paths"


@dataclass(frozen=True, slots=True)
class CovariatePaths:
    """n customers who first bought until `until`, and the courses of their covariates.

    Times are days from `origin`. course: which of `stretches` the covariates of a customer take. first, last:
    day of the first and the last purchase; frequency: days with a purchase after the first; bought: sums of
    the covariates over these (n × k). weights: how many customers each row stands for. covered: the first day
    beyond the covariates. others: customers with covariates but no purchase until `until`; they are left out.
    """

    customer_ids: NDArray[np.str_]
    weights: Integers
    course: Integers
    first: Integers
    last: Integers
    frequency: Integers
    bought: Floats
    stretches: Stretches
    names: tuple[str, ...]
    time_unit: TimeUnit
    origin: date
    until: int
    covered: int
    others: int

    @classmethod
    def of(
        cls,
        purchases: object,
        covariates: object,
        *,
        until: date,
        time_unit: TimeUnit = "week",
    ) -> CovariatePaths:
        """Purchases (`customer_id`, `bought_on`) until the day `until`, and covariates from a long table.

        covariates: `customer_id`, `starts_on` (the first day of a period) and a numeric column a covariate,
        a row a customer and period. Periods are those days on which any row starts, each until the next; the
        last is as long as they usually are. Every customer needs each of them from the first purchase to
        `until`; those beyond are what is known of the future. Purchases of one day are one. Tables are Arrow
        tables, data frames or mappings of arrays. Raises `CovariatePathsError`.
        """
        bought_by = _texts(_column(purchases, "customer_id"))
        bought_on = _days(_column(purchases, "bought_on"), "bought_on")
        end = np.datetime64(until, "D")
        kept = bought_on <= end
        if not kept.any():
            raise _error("no purchase", 0, str(until))
        ids, buyer = np.unique(bought_by[kept], return_inverse=True)
        since = _since(bought_on[kept], bought_on.min())
        span = int(since.max()) + 1
        owners, days = np.divmod(np.unique(buyer.astype(np.int64) * span + since), span)
        day = bought_on.min() + days.astype("timedelta64[D]")
        begins = np.flatnonzero(np.diff(owners, prepend=-1))
        counts = np.diff(np.append(begins, len(owners)))
        grid, values, others = _periods(covariates, ids)
        period = np.searchsorted(grid.starts, day, side="right") - 1
        until_period = int(np.searchsorted(grid.starts, end, side="right")) - 1
        grid, values = _covered(ids, grid, values, period[begins], until_period, end)
        again = np.ones(len(owners), np.bool_)
        again[begins] = False
        bought = np.zeros((len(ids), values.shape[2]))
        np.add.at(bought, owners[again], values[owners[again], period[again]])
        origin = grid.starts[0]
        course, stretches = _stretches(values, grid, days_in(time_unit))
        return cls(
            customer_ids=ids,
            weights=np.ones(len(ids), np.int64),
            course=course,
            first=_since(day[begins], origin),
            last=_since(day[begins + counts - 1], origin),
            frequency=counts - 1,
            bought=bought,
            stretches=stretches,
            names=grid.names,
            time_unit=time_unit,
            origin=cast("date", origin.astype(object)),
            until=int(_since(end, origin)),
            covered=int(_since(grid.end, origin)),
            others=others,
        )

    @property
    def total(self) -> int:
        """How many customers there are."""
        return int(self.weights.sum())

    @property
    def known_beyond(self) -> float:
        """For how long after `until` covariates are known, in `time_unit`."""
        return (self.covered - self.until) / days_in(self.time_unit)

    def with_weights(self, weights: Integers) -> CovariatePaths:
        """The same customers, each for another number."""
        return replace(self, weights=weights)

    def columns(self, wanted: Sequence[str]) -> Integers:
        """Where the named covariates are among `names`. Raises `CovariatePathsError`."""
        for name in wanted:
            if name not in self.names:
                raise _error("unknown covariate", 0, name)
        return np.array([self.names.index(name) for name in wanted], np.int64)

    def check_varying(self, wanted: Sequence[str]) -> None:
        """Raise where a covariate is the same for everybody at all times: nothing can be learned of it."""
        long = self.stretches.length > 0
        for name, column in zip(wanted, self.columns(wanted), strict=True):
            if np.ptp(self.stretches.values[:, :, column][long]) == 0:
                raise _error("never changes", 1, name)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Periods: their first days, the day after the last, and the names of the covariates."""

    starts: Days
    end: np.datetime64
    names: tuple[str, ...]


def _periods(covariates: object, ids: NDArray[np.str_]) -> tuple[_Grid, Floats, int]:
    """Periods, the covariates of `ids` in them (n × P × k, NaN without a row), how many others have any."""
    owner = _texts(_column(covariates, "customer_id"))
    starts_on = _days(_column(covariates, "starts_on"), "starts_on")
    names = tuple(n for n in _names(covariates) if n not in ("customer_id", "starts_on"))
    columns = [_numbers(_column(covariates, name), name) for name in names]
    starts, period = np.unique(starts_on, return_inverse=True)
    if len(starts) < 2:
        raise _error("one period", len(starts), str(starts[0]) if len(starts) else "")
    place = np.minimum(np.searchsorted(ids, owner), len(ids) - 1)
    ours = ids[place] == owner
    others = len(np.unique(owner[~ours]))
    cell = place[ours] * len(starts) + period[ours]
    twice = np.flatnonzero(np.bincount(cell, minlength=1) > 1)
    if len(twice):
        customer, at = divmod(int(twice[0]), len(starts))
        raise _error("period twice", len(twice), f"{ids[customer]}, {starts[at]}")
    values = np.full((len(ids) * len(starts), len(names)), np.nan)
    for number, column in enumerate(columns):
        values[cell, number] = column[ours] + 0.0
    given = np.zeros(len(ids) * len(starts), np.bool_)
    given[cell] = True
    values[~given] = np.nan
    length = np.median(np.diff(starts).astype(np.int64)).astype(np.int64)
    end = starts[-1] + np.timedelta64(int(length), "D")
    return _Grid(starts, end, names), values.reshape(len(ids), len(starts), len(names)), others


def _covered(
    ids: NDArray[np.str_],
    grid: _Grid,
    values: Floats,
    first_period: Integers,
    until_period: int,
    end: np.datetime64,
) -> tuple[_Grid, Floats]:
    """The periods as far as they are known of everybody; raises where one is missing before that."""
    given = np.asarray(~np.isnan(values).any(axis=2), np.bool_)
    nothing = ~given.any(axis=1)
    if nothing.any():
        raise _error("customers without covariates", int(nothing.sum()), str(ids[nothing][0]))
    if end >= grid.end:
        raise _error("ends too early", len(ids), str(grid.end - np.timedelta64(1, "D")))
    before = (first_period < 0) | ~given[np.arange(len(ids)), np.maximum(first_period, 0)]
    if before.any():
        raise _error("begins too late", int(before.sum()), str(ids[before][0]))
    short = ~given[:, until_period]
    if short.any():
        raise _error("ends too early", int(short.sum()), str(ids[short][0]))
    at = np.arange(values.shape[1])
    latest = given.shape[1] - 1 - given[:, ::-1].argmax(axis=1)
    gaps = (at >= first_period[:, None]) & (at <= latest[:, None]) & ~given
    if gaps.any():
        customer, period = (int(v[0]) for v in np.nonzero(gaps))
        raise _error("gap", int(gaps.any(axis=1).sum()), f"{ids[customer]}, {grid.starts[period]}")
    known = int(latest.min()) + 1
    until = grid.end if known == len(grid.starts) else grid.starts[known]
    return _Grid(grid.starts[:known], until, grid.names), values[:, :known]


def _stretches(values: Floats, grid: _Grid, days: float) -> tuple[Integers, Stretches]:
    """Which course each customer takes, and the courses, with periods of equal values joined."""
    filled = np.nan_to_num(values, nan=0.0)
    n, periods, k = filled.shape
    if k:
        rows = np.ascontiguousarray(filled.reshape(n, -1))
        keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
        _, where, course = np.unique(keys, return_index=True, return_inverse=True)
        courses = filled[where]
    else:
        course, courses = np.zeros(n, np.int64), filled[:1]
    begins = np.ones(courses.shape[:2], np.bool_)
    begins[:, 1:] = (courses[:, 1:] != courses[:, :-1]).any(axis=2)
    most = int(begins.sum(axis=1).max())
    starts = np.concatenate([_since(grid.starts, grid.starts[0]), [_since(grid.end, grid.starts[0])]]) / days
    # Beginnings first, in their order; what is beyond them pads with the end and length 0.
    order = np.argsort(~begins, axis=1, kind="stable")[:, :most]
    padding = ~np.take_along_axis(begins, order, axis=1)
    at = np.where(padding, periods, order)
    start = starts[at]
    until = np.concatenate([start[:, 1:], np.full((len(start), 1), starts[-1])], axis=1)
    stretched = np.take_along_axis(courses, np.minimum(at, periods - 1)[:, :, None], axis=1)
    return np.ravel(course).astype(np.int64), Stretches(start, until - start, stretched)


def _since(days: Any, origin: np.datetime64) -> Any:  # noqa: ANN401
    return (days - origin).astype(np.int64)


def _names(table: object) -> list[str]:
    columns = table if isinstance(table, Mapping) else getattr(table, "columns", ())
    return [str(name) for name in getattr(table, "column_names", columns)]


def _column(table: object, name: str) -> object:
    if name not in _names(table):
        raise _error("missing column", 0, name)
    return cast("Mapping[str, Any]", table)[name]


def _texts(column: object) -> NDArray[np.str_]:
    values = np.asarray(column)
    if values.dtype.kind == "O":
        missing = np.array([value is None or value != value for value in values], np.bool_)
        if missing.any():
            raise _error("missing value", int(missing.sum()), "customer_id")
    return values.astype(np.str_)


def _days(column: object, name: str) -> Days:
    try:
        days = np.asarray(column).astype("datetime64[D]")
    except (TypeError, ValueError):
        raise _error("no dates", len(np.asarray(column)), name) from None
    if np.isnat(days).any():
        raise _error("missing value", int(np.isnat(days).sum()), name)
    return days


def _numbers(column: object, name: str) -> Floats:
    try:
        values = np.asarray(column, np.float64)
    except (TypeError, ValueError):
        raise _error("no numbers", len(np.asarray(column)), name) from None
    if not np.isfinite(values).all():
        raise _error("missing value", int((~np.isfinite(values)).sum()), name)
    return values


_PROBLEMS: Mapping[str, Text] = {
    "no purchase": Text(
        "Nobody bought until {example}.",
        "截至 {example} 没有任何购买。",
    ),
    "missing column": Text(
        "There is no column {example}.",
        "缺少 {example} 列。",
    ),
    "unknown covariate": Text(
        "There is no covariate {example}.",
        "没有名为 {example} 的协变量。",
    ),
    "never changes": Text(
        "The covariate {example} is the same for everybody at all times.",
        "协变量 {example} 对所有客户在所有时期取值相同。",
    ),
    "one period": Text(
        "The covariates have {count} period; two or more are needed to know how long one is.",
        "协变量只有 {count} 个时期；至少需要两个才能确定时期长度。",
    ),
    "period twice": Text(
        "{count:,} periods of customers are given twice, for example {example}.",
        "有 {count:,} 个客户时期重复，例如 {example}。",
    ),
    "customers without covariates": Text(
        "{count:,} customers with purchases have no covariates, for example {example}.",
        "有 {count:,} 位有购买记录的客户没有协变量，例如 {example}。",
    ),
    "begins too late": Text(
        "The covariates of {count:,} customers begin after their first purchase, for example {example}.",
        "有 {count:,} 位客户的协变量晚于其首次购买开始，例如 {example}。",
    ),
    "ends too early": Text(
        "The covariates of {count:,} customers end before the last day observed, for example {example}.",
        "有 {count:,} 位客户的协变量早于观察期末结束，例如 {example}。",
    ),
    "gap": Text(
        "The covariates of {count:,} customers lack a period in between, for example {example}.",
        "有 {count:,} 位客户的协变量中间缺少时期，例如 {example}。",
    ),
    "missing value": Text(
        "In column {example} {count:,} values are missing or infinite.",
        "{example} 列有 {count:,} 个缺失或无穷的值。",
    ),
    "no dates": Text(
        "Column {example} does not hold dates.",
        "{example} 列不是日期。",
    ),
    "no numbers": Text(
        "Column {example} does not hold numbers.",
        "{example} 列不是数值。",
    ),
    "horizon": Text(
        "Covariates are known for {count:.6g} units of time from then on, not for {example}.",
        "此后的协变量只覆盖 {count:.6g} 个时间单位，不足 {example}。",
    ),
}


def _error(problem: str, count: float, example: str) -> CovariatePathsError:
    told = _PROBLEMS[problem]
    return CovariatePathsError(
        Text(
            told.en.format(count=count, example=example),
            told.zh.format(count=count, example=example),
        ),
        Text(
            "Give customer_id, starts_on and a number a covariate for every customer and period, from the "
            "first purchase on and for as long as is to be predicted.",
            "请为每位客户的每个时期提供 `customer_id`、`starts_on` 与各协变量数值，"
            "从首次购买起，直到需要预测的期末。",
        ),
        problem=problem,
        count=count,
        example=example,
    )


def check_horizon(paths: CovariatePaths, horizon: float) -> None:
    """Raise where `horizon`, in the unit of time, goes beyond what is known of the covariates."""
    if horizon > paths.known_beyond * (1 + 1e-12):
        raise _error("horizon", paths.known_beyond, f"{horizon:g}")
