"""Answers as they are handed over (frames, arrays, lists) made into one matrix, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from peakend.feedback.drivers.errors import DriverInputError
from peakend.language import Text

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Rows:
    """n respondents: values (n × (p + 1)) with the outcome last and NaN for no answer, in the given order.

    Those without any answer, or with a weight of 0, are gone. weights: 1 where none were given. clusters:
    codes from 0, None where none were given.
    """

    names: tuple[str, ...]
    outcome: str
    values: Numbers
    weights: Numbers
    clusters: Codes | None

    def take(self, rows: NDArray[np.bool_]) -> Rows:
        """Only the flagged respondents."""
        if rows.all():
            return self
        clusters = None
        if self.clusters is not None:
            clusters = np.unique(self.clusters[rows], return_inverse=True)[1].astype(np.int64)
        return Rows(self.names, self.outcome, self.values[rows], self.weights[rows], clusters)

    def columns(self, places: Sequence[int]) -> Rows:
        """Only the drivers at `places`, and the outcome."""
        if list(places) == list(range(len(self.names))):
            return self
        names = tuple(self.names[place] for place in places)
        return Rows(names, self.outcome, self.values[:, [*places, -1]], self.weights, self.clusters)


def read_rows(
    drivers: Any,  # noqa: ANN401 - a frame of any make, or a matrix
    outcome: Any,  # noqa: ANN401 - a column of any make, or its name
    weights: Any = None,  # noqa: ANN401
    clusters: Any = None,  # noqa: ANN401
    names: Sequence[str] | None = None,
) -> Rows:
    """Drivers, outcome, weights and clusters of the same respondents.

    drivers: a pandas, Polars or Arrow frame, a mapping of columns, or an n × p matrix. outcome: n numbers, or
    the name of a column of the frame. None and NaN are no answer. Raises `DriverInputError`.
    """
    found, matrix = read_frame(drivers)
    label = OUTCOME
    if isinstance(outcome, str):
        if outcome not in found:
            raise DriverInputError(
                Text(f"The frame has no column {outcome!r}.", f"数据框中没有列 {outcome!r}。"),
                Text(f"It has: {', '.join(found)}.", f"现有列：{'、'.join(found)}。"),
                name=outcome,
            )
        label, place = outcome, found.index(outcome)
        y = matrix[:, place]
        matrix, found = np.delete(matrix, place, axis=1), [one for one in found if one != outcome]
    else:
        y = _column(outcome, OUTCOME)
    listed = checked_names(names if names is not None else found, matrix.shape[1])
    _same_length(len(y), len(matrix), Text("outcomes", "结果值"))
    values = np.column_stack([matrix, y])
    _finite(values, [*listed, label])
    w, codes = _weights(weights, len(values)), _codes(clusters, len(values))
    rows = Rows(listed, label, values, np.ones(len(values)) if w is None else w, codes)
    return rows.take((rows.weights > 0) & ~np.isnan(values).all(axis=1))


def read_frame(frame: Any) -> tuple[list[str], Numbers]:  # noqa: ANN401
    """Column names and an n × p matrix; names of a bare matrix are x1, x2, …"""
    if hasattr(frame, "__arrow_c_stream__") or isinstance(frame, Mapping):
        table = pa.table(frame)
        # pandas hands its index over as a column when it is not plain.
        names = [name for name in table.column_names if not name.startswith("__index_level_")]
        columns = [_column(table[name], name) for name in names]
        return names, np.column_stack(columns) if columns else np.zeros((len(table), 0))
    try:
        matrix = np.asarray(frame, dtype=float)
    except (TypeError, ValueError) as cause:
        raise _not_numbers(Text("drivers", "驱动项"), cause) from cause
    if matrix.ndim != 2:
        raise DriverInputError(
            Text(
                f"The drivers must be a matrix, one row a respondent, not {matrix.ndim} dimensions.",
                f"驱动项必须是矩阵，每位应答者一行，而不是 {matrix.ndim} 维。",
            ),
            Text(
                "Give n rows and p columns; one driver is one column.", "请给出 n 行 p 列；单个驱动项即一列。"
            ),
        )
    return [f"x{place + 1}" for place in range(matrix.shape[1])], matrix


def checked_names(names: Sequence[str], count: int) -> tuple[str, ...]:
    """The names of `count` drivers; `DriverInputError` when there are others, fewer or doubles."""
    listed = tuple(str(name) for name in names)
    if len(listed) != count or not count:
        raise DriverInputError(
            Text(
                f"There are {count} drivers but {len(listed)} names." if count else "There are no drivers.",
                f"驱动项有 {count} 个，名称却有 {len(listed)} 个。" if count else "没有驱动项。",
            ),
            Text("Give one name a driver.", "请为每个驱动项各给一个名称。")
            if count
            else Text("Give at least one driver.", "请至少给出一个驱动项。"),
        )
    doubles = sorted({name for name in listed if listed.count(name) > 1})
    if doubles:
        raise DriverInputError(
            Text(
                f"These names stand for more than one driver: {', '.join(doubles)}.",
                f"以下名称对应不止一个驱动项：{'、'.join(doubles)}。",
            ),
            Text("Give every driver a name of its own.", "请为每个驱动项取不同的名称。"),
            names=doubles,
        )
    return listed


def _column(values: Any, name: str) -> Numbers:  # noqa: ANN401
    what = Text(f"values of {name}", f"“{name}”的取值")
    try:
        found: Numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        try:
            # Nullable columns of pandas and decimals of Arrow are numbers, though numpy says no.
            column = pa.array(values, from_pandas=True) if not isinstance(values, pa.ChunkedArray) else values
            found = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
        except (pa.ArrowException, TypeError, ValueError) as cause:
            raise _not_numbers(what, cause) from cause
    if found.ndim != 1:
        raise DriverInputError(
            Text(
                f"The {what.en} must be one list, not {found.ndim} dimensions.", f"{what.zh}必须是一维列表。"
            ),
            Text("Give one number for every respondent.", "请为每位应答者各给一个数。"),
        )
    return found


def _not_numbers(what: Text, cause: Exception) -> DriverInputError:
    return DriverInputError(
        Text(f"The {what.en} are not all numbers: {cause}", f"{what.zh}中有非数值：{cause}"),
        Text("Give numbers, and None or NaN for no answer.", "请给出数值；没有作答时用 None 或 NaN。"),
    )


def _finite(values: Numbers, names: Sequence[str]) -> None:
    places = np.flatnonzero(np.any(np.isinf(values), axis=0)).tolist()
    infinite = [names[place] for place in places]
    if infinite:
        raise DriverInputError(
            Text(
                f"There are infinite values in: {', '.join(infinite)}.",
                f"以下各列含有无穷大的值：{'、'.join(infinite)}。",
            ),
            Text("Give None or NaN for no answer.", "没有作答时请用 None 或 NaN。"),
            names=infinite,
        )


def _weights(weights: Any, count: int) -> Numbers | None:  # noqa: ANN401
    if weights is None:
        return None
    found = _column(weights, "weights")
    _same_length(len(found), count, Text("weights", "权重"))
    bad = int((~(np.isfinite(found) & (found >= 0))).sum())
    if bad or (count and found.sum() == 0):
        raise DriverInputError(
            Text(
                f"{bad} weights are missing, infinite or negative." if bad else "All weights are zero.",
                f"有 {bad} 个权重缺失、为无穷或为负。" if bad else "全部权重为零。",
            ),
            Text("Give every respondent a weight of 0 or more.", "请为每位应答者给出不小于 0 的权重。"),
            count=bad,
        )
    return found


def _codes(clusters: Any, count: int) -> Codes | None:  # noqa: ANN401
    """Codes from 0; a respondent without a cluster (None or NaN) is a cluster of its own."""
    if clusters is None:
        return None
    column = pa.array(clusters, from_pandas=True) if not isinstance(clusters, pa.ChunkedArray) else clusters
    _same_length(len(column), count, Text("clusters", "抽样群"))
    labels = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = labels.dictionary_encode()
    codes: Codes = pc.fill_null(encoded.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False).copy()
    alone = np.flatnonzero(codes < 0)
    codes[alone] = len(encoded.dictionary) + np.arange(len(alone))
    return codes


def _same_length(found: int, expected: int, what: Text) -> None:
    if found != expected:
        raise DriverInputError(
            Text(
                f"There are {expected} respondents but {found} {what.en}.",
                f"应答者有 {expected} 位，{what.zh}却有 {found} 个。",
            ),
            Text("Give one for every respondent.", "请为每位应答者各给一个。"),
        )
