"""What is known of customers and does not change, as a matrix of numbers that models can use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class CovariatesError(PeakendError):
    """Covariates cannot be used. `data`: problem, column, rows (how many)."""

    code: ClassVar[str] = "value.covariates"


@dataclass(frozen=True, slots=True)
class Covariates:
    """One row a customer: `matrix` (n × k) and the `names` of its columns.

    Numbers stand as they are. A column of texts or truth values becomes one column of 0 and 1 for each of its
    values but the most frequent one, which coefficients are relative to; it is called `column=value`.
    columns: the columns that it was read from. levels: of those with texts, the values, most frequent first.
    """

    matrix: Floats
    names: tuple[str, ...]
    columns: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, data: object, columns: Sequence[str], *, like: Covariates | None = None) -> Covariates:
        """Read `columns` of a mapping of arrays, an Arrow table or a data frame.

        like: covariates of the customers that a model was fitted to, whose values of texts others must have.
        Raises `CovariatesError` for a column that is absent, has missing values, is the same for everybody,
        is told by the others, or has a value that `like` has not.
        """
        parts: list[Floats] = []
        names: list[str] = []
        levels: dict[str, tuple[str, ...]] = {}
        for column in columns:
            values = _values(data, column)
            if values.dtype.kind in "iuf":
                numbers = values.astype(np.float64)
                _refuse_missing(column, int((~np.isfinite(numbers)).sum()))
                parts.append(numbers)
                names.append(column)
                continue
            texts = _texts(column, values)
            known = _levels(texts) if like is None else like.levels.get(column, ())
            _refuse_unknown(column, texts, known)
            levels[column] = known
            for level in known[1:]:
                parts.append((texts == level).astype(np.float64))
                names.append(f"{column}={level}")
            if len(known) < 2:
                raise _error("constant", column, len(texts))
        matrix = np.stack(parts, axis=1) if parts else np.zeros((0, 0))
        found = cls(matrix, tuple(names), tuple(columns), levels)
        if like is None:
            found._refuse_dependent()
        return found

    def _refuse_dependent(self) -> None:
        """Each column must add something to the constant and the columns before it."""
        rows = len(self.matrix)
        basis = np.full((rows, 1), 1 / np.sqrt(max(rows, 1)))
        for name, column in zip(self.names, self.matrix.T, strict=True):
            rest = column - basis @ (basis.T @ column)
            rest = rest - basis @ (basis.T @ rest)
            size, whole = float(np.linalg.norm(rest)), float(np.linalg.norm(column))
            if size <= 1e-9 * max(whole, 1e-300):
                raise _error("constant" if np.ptp(column) == 0 else "dependent", name, rows)
            basis = np.column_stack([basis, rest / size])


def _values(data: object, column: str) -> NDArray[Any]:
    keys = data if isinstance(data, Mapping) else getattr(data, "columns", ())
    if column not in list(getattr(data, "column_names", keys)):
        raise _error("absent", column, 0)
    return np.asarray(cast("Mapping[str, Any]", data)[column])


def _texts(column: str, values: NDArray[Any]) -> NDArray[np.str_]:
    missing = [value is None or (isinstance(value, float) and np.isnan(value)) for value in values.tolist()]
    _refuse_missing(column, sum(missing))
    return values.astype(np.str_)


def _levels(texts: NDArray[np.str_]) -> tuple[str, ...]:
    found, counts = np.unique(texts, return_counts=True)
    return tuple(str(level) for level in found[np.argsort(-counts, kind="stable")])


def _refuse_missing(column: str, rows: int) -> None:
    if rows:
        raise _error("missing", column, rows)


def _refuse_unknown(column: str, texts: NDArray[np.str_], known: tuple[str, ...]) -> None:
    strange = ~np.isin(texts, known)
    if strange.any():
        raise _error("unknown", column, int(strange.sum()))


def _error(problem: str, column: str, rows: int) -> CovariatesError:
    told = {
        "absent": Text(f"There is no column {column}.", f"没有 {column} 列。"),
        "missing": Text(
            f"In {rows:,} rows {column} is missing or infinite.", f"{column} 有 {rows:,} 行缺失或无穷。"
        ),
        "constant": Text(f"{column} is the same for everybody.", f"所有客户的 {column} 都相同。"),
        "dependent": Text(
            f"{column} follows from the covariates before it.", f"{column} 可由前面的协变量推出。"
        ),
        "unknown": Text(
            f"In {rows:,} rows {column} has a value that the fitted customers have not.",
            f"{column} 有 {rows:,} 行的取值未在拟合时出现。",
        ),
    }[problem]
    advice = {
        "absent": Text("Give it with the histories, a value a row.", "请与购买历史一并提供，每行一个值。"),
        "missing": Text(
            "Fill it in, leave these customers out, or make missing a value of its own.",
            "请补全，或排除这些客户，或将缺失作为单独的取值。",
        ),
        "constant": Text("Leave it out.", "请去掉该列。"),
        "dependent": Text("Leave one of them out.", "请去掉其中一列。"),
        "unknown": Text("Give it a value that was there, or fit anew.", "请改用已有的取值，或重新拟合。"),
    }[problem]
    return CovariatesError(told, advice, problem=problem, column=column, rows=rows)
