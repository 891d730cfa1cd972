"""From numpy arrays to Arrow columns of canonical tables, without a Python object a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peakend.demo.simulator.draws import Array

MONEY = pa.decimal128(18, 4)
_ZERO = ord("0")


def identifiers(
    *parts: str | tuple[Array, int], prefix: Array | None = None, where: Array | None = None
) -> pa.Array:
    """Keys of one width: text is repeated, (numbers, width) is written in decimal with leading zeros.

    prefix: ASCII codes, one a row, of a first letter that differs between rows. where: rows that hold one.
    """
    n = next(len(part[0]) for part in parts if not isinstance(part, str))
    width = sum(len(part) if isinstance(part, str) else part[1] for part in parts) + (prefix is not None)
    letters = np.empty((n, width), np.uint8)
    place = 0
    if prefix is not None:
        letters[:, 0] = prefix
        place = 1
    for part in parts:
        if isinstance(part, str):
            letters[:, place : place + len(part)] = np.frombuffer(part.encode("ascii"), np.uint8)
            place += len(part)
            continue
        numbers, digits = np.asarray(part[0], np.int64), part[1]
        if n and int(numbers.max()) >= 10**digits:
            raise ValueError(f"{int(numbers.max())} does not fit in {digits} digits")
        for digit in range(digits - 1, -1, -1):
            numbers, rest = np.divmod(numbers, 10)
            letters[:, place + digit] = rest + _ZERO
        place += digits
    offsets = np.arange(n + 1, dtype=np.int64) * width
    validity = None if where is None else _bits(where)
    return pa.Array.from_buffers(
        pa.large_string(), n, [validity, pa.py_buffer(offsets), pa.py_buffer(letters)]
    ).cast(pa.string())


def picked(values: Sequence[str | None], index: Array, where: Array | None = None) -> pa.Array:
    """`values[index]` as text; null where `where` is false."""
    chosen = pa.array(np.asarray(index, np.int64), mask=None if where is None else ~where)
    return pa.array(list(values), pa.string()).take(chosen)


def money(units: Array, where: Array | None = None) -> pa.Array:
    """Decimal(18, 4) from integers that count ten-thousandths."""
    low = np.ascontiguousarray(units, np.int64)
    words = np.empty((len(low), 2), np.int64)
    words[:, 0] = low
    words[:, 1] = low >> 63
    validity = None if where is None else _bits(where)
    return pa.Array.from_buffers(MONEY, len(low), [validity, pa.py_buffer(words)])


def times(microseconds: Array, where: Array | None = None) -> pa.Array:
    """Timestamps from microseconds since 1970 (UTC)."""
    return pa.array(
        np.asarray(microseconds, np.int64).view("datetime64[us]"), mask=None if where is None else ~where
    )


def days(since_epoch: Array, where: Array | None = None) -> pa.Array:
    """Dates from days since 1970."""
    return pa.array(np.asarray(since_epoch, np.int32), pa.date32(), mask=None if where is None else ~where)


def numbers(values: Array, where: Array | None = None) -> pa.Array:
    """Doubles; null where `where` is false."""
    return pa.array(np.asarray(values, float), mask=None if where is None else ~where)


def integers(values: Array, where: Array | None = None) -> pa.Array:
    """64-bit integers; null where `where` is false."""
    return pa.array(np.asarray(values, np.int64), mask=None if where is None else ~where)


def constant(value: str, n: int) -> pa.Array:
    """The same text n times."""
    return pa.repeat(pa.scalar(value, pa.string()), n)


def canonical(name: str, source: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """Rows of the canonical table `name`; absent columns are null, an unknown or missing one a KeyError."""
    table = canonical_table(name)
    schema = table.schema()
    if unknown := set(columns) - set(schema.names):
        raise KeyError(f"{name} has no column {sorted(unknown)}")
    n = len(next(iter(columns.values())))
    given = {**columns, "source": constant(source, n)}
    if missing := [c.name for c in table.columns if c.required and c.name not in given]:
        raise KeyError(f"{name} needs {missing}")
    arrays = [given[field.name] if field.name in given else pa.nulls(n, field.type) for field in schema]
    return pa.table(arrays, schema=schema)


def canonical_rows(name: str, source: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """A few rows of the canonical table `name` from dictionaries (registries, logs)."""
    schema = canonical_table(name).schema()
    if unknown := {column for row in rows for column in row} - set(schema.names):
        raise KeyError(f"{name} has no column {sorted(unknown)}")
    return pa.Table.from_pylist([{**row, "source": source} for row in rows], schema=schema)


def _bits(where: Array) -> pa.Buffer:
    return pa.py_buffer(np.packbits(np.asarray(where, bool), bitorder="little"))
