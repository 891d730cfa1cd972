"""Arrow data in a declared shape: the columns of a schema, typed and in order, or a complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator

ArrowData: TypeAlias = pa.Table | pa.RecordBatchReader
BATCH_ROWS = 122_880
_WIDE = pa.decimal256(76, 36)


class ShapeError(ValueError):
    """Data do not fit a schema; `column` says where."""

    def __init__(self, column: str, message: str) -> None:
        self.column = column
        super().__init__(message)


def shaped(table: pa.Table, schema: pa.Schema, *, exact: bool = False) -> pa.Table:
    """`table` with exactly the columns of `schema`, in its order and cast to its types.

    Decimals are rounded (half away from zero) to the places of a decimal column, big integers to doubles; or
    with `exact` refused when that would lose something. Raises `ShapeError` for a missing column and a value
    that its type cannot hold: a fraction never becomes an integer, nothing is cut off.
    """
    for name in schema.names:
        if name not in table.column_names:
            has = ", ".join(table.column_names) or "none"
            raise ShapeError(name, f"the result has no column {name!r} (its columns: {has})")
    if table.schema.equals(schema):
        return table
    columns = [_cast(table.column(field.name), field, exact) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def plain(schema: pa.Schema) -> pa.Schema:
    """`schema` in the types every engine stores: text, 64-bit numbers, decimals, microseconds in UTC."""
    return pa.schema([pa.field(field.name, _plain(field.type)) for field in schema])


def numerics(table: pa.Table) -> pa.Table:
    """`table` with text that PostgreSQL sent for exact numbers as decimals, or else doubles."""
    for position, field in enumerate(table.schema):
        if getattr(field.type, "type_name", None) == "numeric":
            table = table.set_column(position, field.name, _number(table.column(position)))
    return table


def without_zone(table: pa.Table) -> pa.Table:
    """`table` with times that carry a zone as UTC times that carry none."""
    for position, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz is not None:
            times = table.column(position).cast(pa.timestamp(field.type.unit))
            table = table.set_column(position, field.name, times)
    return table


class Stream:
    """Arrow data as a reader in the shape of `schema`, batch by batch.

    Databases swallow what a reader raises and say something vaguer: `failure` keeps the original.
    """

    def __init__(self, data: ArrowData, schema: pa.Schema) -> None:
        self.failure: BaseException | None = None
        self._reader = data.to_reader(BATCH_ROWS) if isinstance(data, pa.Table) else data
        self._schema = schema
        self.reader = pa.RecordBatchReader.from_batches(schema, self.batches())

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._reader:
                table = shaped(pa.Table.from_batches([batch]), self._schema, exact=True)
                yield from table.combine_chunks().to_batches(BATCH_ROWS)
        except BaseException as failure:
            self.failure = failure
            raise


def _number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pa.chunked_array([chunk.storage for chunk in column.chunks], pa.string())
    places = pc.max(pc.utf8_length(pc.replace_substring_regex(text, r"^[^.]*\.?", ""))).as_py() or 0
    try:
        return text.cast(_WIDE).cast(pa.decimal128(38, min(places, 38)))
    except pa.ArrowInvalid:
        return text.cast(pa.float64())


def _plain(kind: pa.DataType) -> pa.DataType:
    types = pa.types
    if types.is_dictionary(kind):
        return _plain(kind.value_type)
    if types.is_null(kind) or _is_text(kind):
        return pa.string()
    if types.is_uint64(kind):
        return pa.decimal128(20, 0)
    if types.is_integer(kind):
        return pa.int64()
    if types.is_floating(kind):
        return pa.float64()
    if types.is_timestamp(kind):
        return pa.timestamp("us")
    if types.is_date(kind):
        return pa.date32()
    if types.is_decimal(kind):
        return pa.decimal128(min(kind.precision, 38), kind.scale)
    return kind


def _cast(column: pa.ChunkedArray, field: pa.Field, exact: bool) -> pa.ChunkedArray:
    target = field.type
    try:
        if isinstance(column.type, pa.BaseExtensionType):
            chunks = [chunk.storage for chunk in column.chunks]
            column = pa.chunked_array(chunks, column.type.storage_type)
        if column.type == target:
            return column
        if pa.types.is_decimal(target) and pa.types.is_integer(column.type):
            # Arrow asks for room for every 64-bit integer, whatever the values are.
            column = column.cast(pa.decimal128(38, target.scale))
        elif pa.types.is_decimal(target) and not exact:
            column = _rounded(column, target)
        elif _is_text(column.type) and pa.types.is_integer(target):
            column = column.cast(_WIDE)
        to_float = pa.types.is_floating(target) and not exact
        return column.cast(target, safe=not to_float)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as cause:
        message = f"column {field.name!r} has type {column.type} and does not fit {target}: {cause}"
        raise ShapeError(field.name, message) from cause


def _rounded(column: pa.ChunkedArray, target: pa.DataType) -> pa.ChunkedArray:
    if _is_text(column.type):
        column = column.cast(_WIDE)
    if pa.types.is_decimal(column.type) and column.type.scale > target.scale:
        return pc.round(column, target.scale, round_mode="half_towards_infinity")
    return column


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
