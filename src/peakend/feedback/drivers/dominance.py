"""Dominance analysis: does a driver beat another in every model, on average at every size, or overall?

Shares of R² always give an order. Dominance says how firm it is: complete dominance holds in every subset of
the other drivers, conditional dominance on average at every size of model, general dominance on average over
sizes (the LMG order). Each implies the next; where only the last holds, the order depends on the model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from peakend.feedback.drivers.errors import TooManyDriversError
from peakend.feedback.drivers.importance import RelativeImportance, relative_importance
from peakend.feedback.drivers.lmg import subset_r2
from peakend.language import Text

if TYPE_CHECKING:
    from peakend.feedback.drivers.lmg import Numbers

Verdicts = NDArray[np.int64]
Level = Literal["complete", "conditional", "general", "none"]

MOST_DRIVERS = 20
"""Every subset's R² is held at once: 8 MB at 20 drivers, each one more twice as much."""
# Differences of R² below this are rounding.
_EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class Dominance:
    """Dominance among p drivers.

    importance: the relative importance of the same data. conditional: p × p, row i what driver i adds on
    average to models of 0, 1, …, p − 1 others; its row means are the LMG importances. complete_verdicts,
    conditional_verdicts, general_verdicts: p × p, 1 where the row's driver dominates the column's, −1 where
    it is dominated, 0 where neither holds.
    """

    importance: RelativeImportance
    conditional: NDArray[np.float64] = field(compare=False, repr=False)
    complete_verdicts: Verdicts = field(compare=False, repr=False)
    conditional_verdicts: Verdicts = field(compare=False, repr=False)
    general_verdicts: Verdicts = field(compare=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The drivers' names."""
        return self.importance.names

    def level(self, first: str, second: str) -> Level:
        """The firmest way in which driver `first` dominates `second`; "none" where it does not."""
        i, j = self.names.index(first), self.names.index(second)
        if self.complete_verdicts[i, j] == 1:
            return "complete"
        if self.conditional_verdicts[i, j] == 1:
            return "conditional"
        return "general" if self.general_verdicts[i, j] == 1 else "none"

    def to_arrow(self) -> pa.Table:
        """A row for each pair in which `first` dominates `second` at some level: first, second, level."""
        rows = [
            {"first": first, "second": second, "level": self.level(first, second)}
            for first in self.names
            for second in self.names
            if first != second and self.level(first, second) != "none"
        ]
        schema = pa.schema([("first", pa.string()), ("second", pa.string()), ("level", pa.string())])
        return pa.Table.from_pylist(rows, schema)


def dominance_analysis(X: Any = None, y: Any = None, **given: Any) -> Dominance:  # noqa: ANN401, N803
    """Complete, conditional and general dominance; arguments and errors as `relative_importance`.

    It speaks of the sample: whether the order would come out again in another, the bootstrap of
    `relative_importance` says. Raises `TooManyDriversError` beyond `MOST_DRIVERS`.
    Source: Azen & Budescu (2003), Psychological Methods 8(2), pp. 129–148.
    """
    if given.get("method", "lmg") != "lmg":
        raise ValueError("general dominance is LMG; leave method out")
    found = relative_importance(X, y, **given)
    p = len(found.drivers)
    if p > MOST_DRIVERS:
        raise TooManyDriversError(
            Text(
                f"Dominance compares all models of {p} drivers; that is done for up to {MOST_DRIVERS}.",
                f"优势分析要比较 {p} 个驱动项的全部模型，上限为 {MOST_DRIVERS} 个。",
            ),
            Text(
                "Choose fewer drivers; relative_importance gives general dominance for any number.",
                "请减少驱动项；relative_importance 可对任意数量给出总体优势。",
            ),
            drivers=p,
            most=MOST_DRIVERS,
        )
    table = subset_r2(found.correlation)
    conditional = _additions(table, p)
    gaps = conditional[:, None, :] - conditional[None, :, :]
    return Dominance(
        importance=found,
        conditional=conditional,
        complete_verdicts=_complete(table, p),
        conditional_verdicts=_throughout(gaps),
        general_verdicts=_throughout(gaps.mean(axis=2, keepdims=True)),
    )


def _throughout(gaps: Numbers) -> Verdicts:
    """1 where no gap along the last axis is negative and one is positive, −1 the other way round, else 0."""
    never_less, never_more = (gaps >= -_EQUAL).all(axis=-1), (gaps <= _EQUAL).all(axis=-1)
    return np.asarray(never_less.astype(np.int64) - never_more.astype(np.int64), dtype=np.int64)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _additions(table: Numbers, p: int) -> Numbers:
    """(p, p): what each driver adds on average to the models of k of the others."""
    total, count = np.zeros((p, p)), np.zeros((p, p))
    for subset in range(1 << p):
        size = 0
        for i in range(p):
            size += subset >> i & 1
        for i in range(p):
            if not subset >> i & 1:
                total[i, size] += table[subset | 1 << i] - table[subset]
                count[i, size] += 1.0
    return total / count


@njit(cache=True)  # type: ignore[untyped-decorator]
def _complete(table: Numbers, p: int) -> Verdicts:
    """(p, p): whether a driver adds at least as much as another to every subset of the others."""
    found = np.zeros((p, p), dtype=np.int64)
    for i in range(p):
        for j in range(i):
            one, other = 1 << i, 1 << j
            more = less = False
            for subset in range(1 << p):
                if subset & (one | other):
                    continue
                gap = table[subset | one] - table[subset | other]
                more |= gap > _EQUAL
                less |= gap < -_EQUAL
                if more and less:
                    break
            found[i, j] = int(more) - int(less)
            found[j, i] = -found[i, j]
    return found
