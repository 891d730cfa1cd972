"""Purchase histories as models are fitted on them: unique (x, t_x, T), and how many customers have each.

x is the number of repeat purchases, t_x the time of the last of them and T the time observed, both counted
from a customer's first purchase (Fader, Hardie & Lee 2005, Marketing Science 24(2), section 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from peakend.errors import PeakendError
from peakend.language import Text
from peakend.value.models.time_units import TimeUnit, days_in

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class HistoriesError(PeakendError):
    """Purchase histories contradict themselves. `data`: problem, rows (how many), example."""

    code: ClassVar[str] = "value.purchase_histories"


@dataclass(frozen=True, slots=True)
class PurchaseHistories:
    """Unique histories; four arrays of one length.

    frequency: repeat purchases, x ≥ 0. recency: first to last purchase, t_x, in `time_unit`; 0 where x = 0.
    age: first purchase to the end of observation, T ≥ t_x, in `time_unit`. customers: how many have this one.
    recency_days, age_days: the same in whole days where they are known, for tables indexed by day.
    """

    frequency: Integers
    recency: Floats
    age: Floats
    customers: Integers
    time_unit: TimeUnit
    recency_days: Integers | None = None
    age_days: Integers | None = None

    @classmethod
    def of(
        cls, data: object, *, time_unit: TimeUnit = "week", customers: ArrayLike | None = None
    ) -> PurchaseHistories:
        """Histories of any table with columns `frequency`, `recency` and `T`, in `time_unit` already.

        data: a mapping of arrays, an Arrow table or a data frame. customers: how many customers each row
        stands for (none: one). Raises `HistoriesError`.
        """
        if isinstance(data, PurchaseHistories):
            return data
        days_in(time_unit)
        frequency, recency, age = (_column(data, name) for name in ("frequency", "recency", "T"))
        counts = np.ones(len(frequency)) if customers is None else np.asarray(customers, np.float64)
        check_histories(frequency, recency, age, counts)
        x, days = frequency.astype(np.int64), days_in(time_unit)
        recency_days, age_days = _whole_days(recency, days), _whole_days(age, days)
        if recency_days is not None and age_days is not None:
            *unique, summed = _counted(x, recency_days, age_days, counts)
            return cls(unique[0], unique[1] / days, unique[2] / days, summed, time_unit, unique[1], unique[2])
        times, places = np.unique(np.concatenate([recency, age]), return_inverse=True)
        last, until = np.split(places.astype(np.int64), 2)
        *unique, summed = _counted(x, last, until, counts)
        return cls(unique[0], times[unique[1]], times[unique[2]], summed, time_unit)

    @classmethod
    def from_days(
        cls,
        frequency: ArrayLike,
        recency_days: ArrayLike,
        age_days: ArrayLike,
        customers: ArrayLike,
        *,
        time_unit: TimeUnit = "week",
    ) -> PurchaseHistories:
        """Histories already unique and counted, in whole days, as `purchase_counts` reads them.

        The only place where days become `time_unit`. Raises `HistoriesError`.
        """
        days = days_in(time_unit)
        x, last, age, counts = (
            np.asarray(values, np.int64) for values in (frequency, recency_days, age_days, customers)
        )
        check_histories(*(values.astype(np.float64) for values in (x, last, age, counts)))
        return cls(x, last / days, age / days, counts, time_unit, last, age)

    @property
    def total(self) -> int:
        """How many customers there are."""
        return int(self.customers.sum())

    def with_customers(self, customers: Integers) -> PurchaseHistories:
        """The same histories, had by other numbers of customers; those of none are left out."""
        kept = customers > 0
        return PurchaseHistories(
            self.frequency[kept],
            self.recency[kept],
            self.age[kept],
            customers[kept],
            self.time_unit,
            None if self.recency_days is None else self.recency_days[kept],
            None if self.age_days is None else self.age_days[kept],
        )


def require_repeat_purchases(histories: PurchaseHistories) -> None:
    """Raise `HistoriesError` where nothing can be learnt: nobody, no time observed, or one purchase each."""
    problem = None
    if histories.total == 0:
        problem = Text("there are no customers", "没有客户")
    elif not (histories.customers @ histories.age) > 0:
        problem = Text("nobody was observed after the first purchase: T is 0", "首购之后没有观察期：T 均为 0")
    elif not (histories.customers @ histories.frequency) > 0:
        problem = Text("nobody bought again", "没有客户复购")
    if problem is not None:
        raise HistoriesError(
            Text(
                f"Purchases cannot be modelled: {problem.en} ({histories.total:,} customers).",
                f"无法为购买建模：{problem.zh}（{histories.total:,} 位客户）。",
            ),
            Text("Observe more customers, or for longer.", "请增加客户，或延长观察期。"),
            problem=problem.en,
            rows=histories.total,
            example=None,
        )


def _whole_days(times: Floats, days: float) -> Integers | None:
    """`times` in days, where each is exactly what a whole number of days is in its unit."""
    whole = np.empty(len(times), np.int64)
    for rows in _blocks(len(times)):
        rounded = np.rint(times[rows] * days)
        if not np.array_equal(rounded / days, times[rows]):
            return None
        whole[rows] = rounded
    return whole


def _blocks(length: int) -> Iterator[slice]:
    """Rows by the ten thousand: what is in between stays in the processor's cache."""
    return (slice(begin, begin + 16_384) for begin in range(0, length, 16_384))


def _counted(x: Integers, last: Integers, age: Integers, counts: Floats) -> tuple[Integers, ...]:
    """Distinct (x, last, age) in order, and the sum of `counts` of each; without those of nobody."""
    bits = int(age.max(initial=0)).bit_length()
    total = int(x.max(initial=0)).bit_length() + 2 * bits
    if total > 63:
        rows, places = np.unique(np.stack([x, last, age]), axis=1, return_inverse=True)
        summed = np.bincount(np.ravel(places), weights=counts, minlength=rows.shape[1])
        kept = summed > 0
        return rows[0][kept], rows[1][kept], rows[2][kept], summed[kept].astype(np.int64)
    # One number a history, so that one sort finds the distinct ones; the fewer bits, the faster.
    keys = ((((x << bits) | last) << bits) | age).astype(np.int32 if total < 32 else np.int64)
    if (counts == 1).all():
        keys.sort()
        begins = np.flatnonzero(np.diff(keys, prepend=-1))
        found = keys[begins]
        summed = np.diff(begins, append=len(keys))
    else:
        found, places = np.unique(keys, return_inverse=True)
        sums = np.bincount(places, weights=counts, minlength=len(found))
        found, summed = found[sums > 0], sums[sums > 0].astype(np.int64)
    low = (1 << bits) - 1
    distinct: Integers = np.asarray(found, np.int64)
    return distinct >> (2 * bits), (distinct >> bits) & low, distinct & low, summed


def _column(data: object, name: str) -> Floats:
    # Of an Arrow table, a data frame, or anything that lists its keys.
    columns = data if isinstance(data, Mapping) else getattr(data, "columns", ())
    if name not in list(getattr(data, "column_names", columns)):
        raise HistoriesError(
            Text(f"The histories have no column {name}.", f"购买历史中没有 {name} 列。"),
            Text(
                "Give frequency, recency and T, as `rfm_summary` does.",
                "请提供 `rfm_summary` 给出的 frequency、recency 与 T 三列。",
            ),
            problem="missing column",
            rows=0,
            example=name,
        )
    return np.asarray(cast("Mapping[str, Any]", data)[name], np.float64)


def check_histories(frequency: Floats, recency: Floats, age: Floats, customers: Floats) -> None:
    """Raise for the first contradiction, saying how many rows have it and what one looks like."""
    columns = (frequency, recency, age, customers)
    rules = (rule for rows in _blocks(len(age)) for rule in _rules(*(column[rows] for column in columns)))
    if not any(wrong.any() for wrong, _ in rules):
        return
    for wrong, problem in _rules(*columns):
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            example = {
                "frequency": float(frequency[place]),
                "recency": float(recency[place]),
                "T": float(age[place]),
            }
            raise HistoriesError(
                Text(
                    f"In {int(wrong.sum()):,} purchase histories {problem.en}; for example {example}.",
                    f"有 {int(wrong.sum()):,} 条购买历史存在问题：{problem.zh}；例如 {example}。",
                ),
                Text(
                    "Make them with `rfm_summary`, which nets refunds and counts what does not fit.",
                    "请用 `rfm_summary` 生成，它会抵减退款并统计不合规的记录。",
                ),
                problem=problem.en,
                rows=int(wrong.sum()),
                example=example,
            )


def _rules(
    frequency: Floats, recency: Floats, age: Floats, customers: Floats
) -> Iterator[tuple[NDArray[np.bool_], Text]]:
    """What may be wrong with histories, and in which rows it is."""
    yield from (
        (
            ~(np.isfinite(frequency) & np.isfinite(recency) & np.isfinite(age)),
            Text("a value is missing or infinite", "有缺失或无穷的值"),
        ),
        (frequency < 0, Text("frequency is below zero", "frequency 小于零")),
        (frequency != np.floor(frequency), Text("frequency is no whole number", "frequency 不是整数")),
        ((recency < 0) | (age < 0), Text("recency or T is below zero", "recency 或 T 小于零")),
        (recency > age * (1 + 1e-12), Text("recency is after the end, T", "recency 晚于观察期末 T")),
        (
            (frequency == 0) & (recency != 0),
            Text("recency without a repeat purchase", "没有复购却有 recency"),
        ),
        (
            (frequency > 0) & (recency == 0),
            Text("a repeat purchase at the time of the first", "复购与首购时间相同"),
        ),
        (
            ~(customers >= 0) | (customers != np.floor(customers)),
            Text("the number of customers is no whole number", "客户数不是非负整数"),
        ),
    )
