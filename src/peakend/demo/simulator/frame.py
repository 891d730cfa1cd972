"""Columns of equal length, as numpy arrays: what the mechanisms of a block read and add to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from peakend.demo.simulator.draws import Array


class Frame:
    """Named columns of one length. Setting a column of another length raises ValueError."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self._columns = dict(columns)
        lengths = {len(column) for column in self._columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"columns of different lengths: {sorted(lengths)}")
        self.length = lengths.pop() if lengths else 0

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def __getitem__(self, name: str) -> Array:
        return self._columns[name]

    def __setitem__(self, name: str, column: Array) -> None:
        if len(column) != self.length:
            raise ValueError(f"{name} has {len(column)} rows, the frame {self.length}")
        self._columns[name] = column

    def take(self, rows: Array) -> Frame:
        """The rows that an index or a mask selects."""
        return Frame({name: column[rows] for name, column in self._columns.items()})

    def followed_by(self, other: Frame) -> Frame:
        """These rows, then those of `other`, which must have the same columns."""
        if set(self) != set(other):
            raise ValueError(f"columns differ: {sorted(set(self) ^ set(other))}")
        return Frame({name: np.concatenate([column, other[name]]) for name, column in self._columns.items()})
