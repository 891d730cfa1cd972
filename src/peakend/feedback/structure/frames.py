"""Columns of a data frame as one array, whoever made the frame: pandas, polars, Arrow, or a dict of lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from peakend.feedback.structure.errors import PathDataError, quoted
from peakend.language import Text, meant

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Column = Sequence[Any] | NDArray[Any]


class Frame(Protocol):
    """A data frame or a mapping: gives a column by its name."""

    def __getitem__(self, name: str, /) -> Any: ...  # noqa: ANN401


def columns_of(data: Frame, names: Sequence[str]) -> Numbers:
    """(n, p): the columns `names` of `data`, missing values as NaN. Raises `PathDataError`."""
    known = _names_of(data)
    absent = [name for name in names if name not in known]
    if absent:
        listed, near = quoted(absent), quoted(meant(absent[0], known) or known)
        raise PathDataError(
            Text(f"The data have no column {listed.en}.", f"数据中没有这些列：{listed.zh}。"),
            Text(f"There are: {near.en}.", f"现有的列：{near.zh}。"),
            absent=absent,
        )
    columns = [_numbers(data[name], name) for name in names]
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise PathDataError(
            Text("The columns of the data differ in length.", "数据各列的长度不一致。"),
            lengths=sorted(lengths),
        )
    return np.column_stack(columns)


def _names_of(data: Frame) -> list[str]:
    for attribute in ("column_names", "columns", "keys"):
        found = getattr(data, attribute, None)
        if found is not None:
            return [str(name) for name in (found() if callable(found) else found)]
    raise PathDataError(
        Text(
            f"Data must be a data frame or a mapping of columns, not {type(data).__name__}.",
            f"数据应为数据框或“列名→数值”的映射，而不是 {type(data).__name__}。",
        )
    )


def _numbers(column: Column, name: str) -> Numbers:
    try:
        return _converted(column)
    except (TypeError, ValueError) as cause:
        raise PathDataError(
            Text(f"The column {name} is not all numbers: {cause}", f"列 {name} 中有非数值：{cause}"),
            Text("Leave a missing answer empty (None or NaN).", "缺失的答案请留空（None 或 NaN）。"),
            column=name,
        ) from cause


def _converted(column: Column) -> Numbers:
    try:
        found: Numbers = np.asarray(column, dtype=float)
    except (TypeError, ValueError):
        # pandas' own missing value cannot become a float by itself, and pandas knows how to write it.
        if not hasattr(column, "to_numpy") or not hasattr(column, "isna"):
            raise
        found = column.to_numpy(dtype=float, na_value=np.nan)
    if found.ndim != 1:
        raise ValueError(f"{found.ndim} dimensions")
    if np.isinf(found).any():
        raise ValueError("infinite")
    return found


def weights_of(weights: Column | None, size: int) -> Numbers:
    """One weight of 0 or more a row; all 1 without any. Raises `PathDataError`."""
    if weights is None:
        return np.ones(size)
    found = _numbers(weights, "weights")
    if found.shape != (size,) or not np.isfinite(found).all() or (found < 0).any() or not found.sum() > 0:
        raise PathDataError(
            Text(
                f"Weights must be {size} numbers of 0 or more, not all 0.",
                f"权重应为 {size} 个不小于 0 且不全为 0 的数。",
            ),
            Text("Give one for every row.", "请为每一行各给一个。"),
        )
    return found


def units_of(clusters: Column | None, size: int) -> Codes:
    """A code from 0 for each row's sampling unit, as they appear; a row without one stands alone."""
    if clusters is None:
        return np.arange(size)
    listed = clusters.tolist() if hasattr(clusters, "tolist") else list(clusters)
    if len(listed) != size:
        raise PathDataError(
            Text(
                f"There are {size} rows but {len(listed)} clusters.",
                f"数据有 {size} 行，抽样群却有 {len(listed)} 个。",
            ),
            Text("Give one for every row.", "请为每一行各给一个。"),
        )
    known: dict[object, int] = {}
    codes = []
    for row, label in enumerate(listed):
        # A label that does not equal itself is a NaN, which says that there is no cluster.
        alone = label is None or label != label
        codes.append(known.setdefault((row,) if alone else label, len(known)))
    return np.array(codes, dtype=np.int64)
