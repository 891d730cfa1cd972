"""Renewals as models of contracts are fitted on them: unique spells, and how many customers have each.

A contract's first period has number 1; it survives period t when it is renewed at the end of it. A spell says
from which period on a contract was seen, how far it was followed, and whether it was lost there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class RenewalCountsError(PeakendError):
    """Renewals contradict themselves. `data`: problem, rows (how many), example."""

    code: ClassVar[str] = "value.renewal_counts"


@dataclass(frozen=True, slots=True)
class LifeTable:
    """Contracts at risk of not being renewed, by pattern of covariates and age; four arrays of one length.

    age: the period, from 1. at_risk: contracts that had survived the period before. lost: of these, not
    renewed at its end. Its likelihood is that of the spells: every discrete-time model with one hazard an age
    needs no more (Singer & Willett 1993, Journal of Educational Statistics 18(2), equation 9).
    """

    pattern: Integers
    age: Integers
    at_risk: Integers
    lost: Integers


@dataclass(frozen=True, slots=True)
class RenewalCounts:
    """Unique spells; five arrays of one length.

    entered: periods survived before the contract was first seen, ≥ 0 (0: seen from its start). periods: the
    period in which it was lost, or, where `lost` is false, how many it has survived. customers: how many have
    this spell. pattern: row of `covariates` (patterns × names) that it has.
    """

    entered: Integers
    periods: Integers
    lost: NDArray[np.bool_]
    customers: Integers
    pattern: Integers
    covariates: Floats
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: object) -> RenewalCounts:
        """Counts from what a user has: counts already, a list of cohorts (`from_survivors`), or a table with
        columns `periods`, `lost` and perhaps `customers`, `entered` (`from_spells`). `RenewalCountsError`."""
        if isinstance(data, RenewalCounts):
            return data
        columns = data if isinstance(data, Mapping) else getattr(data, "columns", ())
        names = list(getattr(data, "column_names", columns))
        if "periods" in names and "lost" in names:
            table = cast("Mapping[str, Any]", data)
            optional = {name: table[name] for name in ("customers", "entered") if name in names}
            return cls.from_spells(table["periods"], table["lost"], **optional)
        if isinstance(data, Sequence) and len(data):
            cohorts = data if isinstance(data[0], (Sequence, np.ndarray)) else [data]
            return cls.from_survivors(cast("Sequence[ArrayLike]", cohorts))
        raise _error("missing column", 0, "periods, lost")

    @classmethod
    def from_survivors(cls, cohorts: Sequence[ArrayLike]) -> RenewalCounts:
        """Cohorts as survivors by renewal: [customers at the start, after one renewal, after two, …] each.

        Cohorts may have been followed for different times. Raises `RenewalCountsError`.
        """
        spells: list[tuple[int, bool, int]] = []
        for number, cohort in enumerate(cohorts):
            left = np.asarray(cohort, np.float64)
            if len(left) == 0 or not np.isfinite(left).all() or (left < 0).any():
                raise _error("negative or missing survivors", 1, number)
            if (np.diff(left) > 0).any() or (left != np.round(left)).any():
                raise _error("survivors rise or are no whole numbers", 1, number)
            gone = -np.diff(left)
            spells += [(age, True, int(n)) for age, n in enumerate(gone, start=1) if n > 0]
            if left[-1] > 0 and len(left) > 1:
                spells.append((len(left) - 1, False, int(left[-1])))
        periods, lost, customers = zip(*spells, strict=True) if spells else ((), (), ())
        return cls.from_spells(periods, lost, customers=customers)

    @classmethod
    def from_spells(
        cls,
        periods: ArrayLike,
        lost: ArrayLike,
        *,
        customers: ArrayLike | None = None,
        entered: ArrayLike | None = None,
        covariates: Mapping[str, ArrayLike] | None = None,
    ) -> RenewalCounts:
        """One row a spell (or a group of equal ones): see the class. covariates: static, a column by name.

        Spells that ended no later than they began to be seen tell nothing and are left out.
        Raises `RenewalCountsError`.
        """
        ends, gone = np.asarray(periods, np.float64), np.asarray(lost, bool)
        counts = np.ones(len(ends)) if customers is None else np.asarray(customers, np.float64)
        begins = np.zeros(len(ends)) if entered is None else np.asarray(entered, np.float64)
        names = tuple(covariates or ())
        columns = [np.asarray((covariates or {})[name], np.float64) for name in names]
        lengths = {len(column) for column in (ends, gone, counts, begins, *columns)}
        if len(lengths) > 1:
            raise _error("columns of different lengths", max(lengths), sorted(lengths))
        _check(ends, gone, counts, begins, columns)
        told = (ends > begins) & (counts > 0)
        rows = np.stack([begins, ends, gone.astype(np.float64), *columns])[:, told]
        unique, codes = np.unique(rows, axis=1, return_inverse=True)
        summed = np.bincount(np.ravel(codes), weights=counts[told], minlength=unique.shape[1])
        patterns, pattern = (
            np.unique(unique[3:], axis=1, return_inverse=True)
            if names
            else (np.zeros((0, 1)), np.zeros(unique.shape[1], np.int64))
        )
        return cls(
            unique[0].astype(np.int64),
            unique[1].astype(np.int64),
            unique[2] > 0,
            summed.astype(np.int64),
            np.ravel(pattern).astype(np.int64),
            np.ascontiguousarray(patterns.T),
            names,
        )

    @property
    def total(self) -> int:
        """How many customers there are."""
        return int(self.customers.sum())

    def with_customers(self, customers: Integers) -> RenewalCounts:
        """The same spells, had by other numbers of customers."""
        return RenewalCounts(
            self.entered, self.periods, self.lost, customers, self.pattern, self.covariates, self.names
        )

    def life_table(self) -> LifeTable:
        """Contracts at risk and lost, by pattern and age."""
        last = int(self.periods.max(initial=0))
        size = len(self.covariates), last + 2
        at_risk, lost = np.zeros(size, np.int64), np.zeros(size, np.int64)
        np.add.at(at_risk, (self.pattern, self.entered + 1), self.customers)
        np.subtract.at(at_risk, (self.pattern, self.periods + 1), self.customers)
        np.add.at(lost, (self.pattern[self.lost], self.periods[self.lost]), self.customers[self.lost])
        at_risk = np.cumsum(at_risk, axis=1)
        pattern, age = np.nonzero(at_risk > 0)
        return LifeTable(pattern, age, at_risk[pattern, age], lost[pattern, age])


def _check(
    ends: Floats, lost: NDArray[np.bool_], counts: Floats, begins: Floats, columns: list[Floats]
) -> None:
    problems = (
        ("no whole periods", ~(np.isfinite(ends) & (ends == np.round(ends)) & (ends >= 0))),
        ("lost before the first period", lost & (ends < 1)),
        ("no whole number of periods before it was seen", ~((begins == np.round(begins)) & (begins >= 0))),
        (
            "no whole number of customers",
            ~(np.isfinite(counts) & (counts == np.round(counts)) & (counts >= 0)),
        ),
        *(("a covariate is missing", ~np.isfinite(column)) for column in columns),
    )
    for problem, bad in problems:
        if bad.any():
            place = int(np.flatnonzero(bad)[0])
            raise _error(
                problem, int(bad.sum()), (float(begins[place]), float(ends[place]), float(counts[place]))
            )


def _error(problem: str, rows: int, example: object) -> RenewalCountsError:
    told = _PROBLEMS[problem]
    return RenewalCountsError(
        Text(
            f"Renewals cannot be read: {told.en} ({rows} rows).",
            f"无法读取续约数据：{told.zh}（{rows} 行）。",
        ),
        Text(
            "Give survivors by renewal, one list a cohort, or spells with periods and lost.",
            "请按批次提供各次续约后的留存数，或提供含 `periods` 与 `lost` 两列的合约数据。",
        ),
        problem=problem,
        rows=rows,
        example=example,
    )


_PROBLEMS: Mapping[str, Text] = {
    "missing column": Text("the columns periods and lost are missing", "缺少 `periods` 与 `lost` 两列"),
    "negative or missing survivors": Text("survivors are negative or missing", "留存数为负或缺失"),
    "survivors rise or are no whole numbers": Text(
        "survivors of a cohort rise, or are no whole numbers", "同一批次的留存数上升或不是整数"
    ),
    "columns of different lengths": Text("the columns have different lengths", "各列长度不同"),
    "no whole periods": Text("periods are whole numbers, 0 or more", "期数应为不小于 0 的整数"),
    "lost before the first period": Text(
        "a contract is lost in period 1 at the earliest", "合约最早在第 1 期流失"
    ),
    "no whole number of periods before it was seen": Text(
        "the periods before a contract was seen are a whole number, 0 or more",
        "开始观察前的期数应为不小于 0 的整数",
    ),
    "no whole number of customers": Text(
        "customers are whole numbers, 0 or more", "客户数应为不小于 0 的整数"
    ),
    "a covariate is missing": Text("a covariate is missing", "协变量缺失"),
}
