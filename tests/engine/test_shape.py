from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from peakend.engine.shape import ShapeError, Stream, plain, shaped

MONEY = pa.decimal128(18, 4)


def one(
    values: list[object], source: pa.DataType | None, target: pa.DataType, *, exact: bool = False
) -> list[object]:
    table = pa.table({"x": pa.array(values, source)})
    return shaped(table, pa.schema([pa.field("x", target)]), exact=exact)["x"].to_pylist()


@pytest.mark.parametrize(
    ("values", "source", "target", "expected"),
    [
        ([3, None], pa.decimal128(38, 0), pa.int64(), [3, None]),
        ([Decimal("1.5")], pa.decimal128(38, 2), MONEY, [Decimal("1.5000")]),
        ([Decimal("1.23455"), Decimal("-1.23455")], None, MONEY, [Decimal("1.2346"), Decimal("-1.2346")]),
        ([0.1 + 0.2], None, MONEY, [Decimal("0.3000")]),
        ([7], pa.int64(), MONEY, [Decimal("7.0000")]),
        (["1.5", "1e3", "-0.00012"], None, MONEY, [Decimal("1.5"), Decimal(1000), Decimal("-0.0001")]),
        (["12"], None, pa.int64(), [12]),
        (["1.25"], None, pa.float64(), [1.25]),
        ([2.0], None, pa.int64(), [2]),
        ([2**60 + 1], None, pa.float64(), [float(2**60 + 1)]),
        ([None], pa.null(), pa.timestamp("us"), [None]),
    ],
)
def test_values_take_the_declared_type(
    values: list[object], source: pa.DataType, target: pa.DataType, expected: list[object]
) -> None:
    assert one(values, source, target) == expected


@pytest.mark.parametrize(
    ("values", "source", "target"),
    [
        ([2.5], pa.float64(), pa.int64()),
        ([Decimal("2.5")], pa.decimal128(5, 1), pa.int64()),
        ([1e300], pa.float64(), MONEY),
        ([float("nan")], pa.float64(), MONEY),
        (["x"], pa.string(), pa.float64()),
        ([10**15], pa.int64(), MONEY),
    ],
)
def test_values_that_do_not_fit_are_refused(
    values: list[object], source: pa.DataType, target: pa.DataType
) -> None:
    with pytest.raises(ShapeError, match="'x'"):
        one(values, source, target)


def test_stored_values_are_never_rounded() -> None:
    assert one([Decimal("0.00010")], None, MONEY, exact=True) == [Decimal("0.0001")]
    with pytest.raises(ShapeError):
        one([Decimal("0.00012")], None, MONEY, exact=True)
    with pytest.raises(ShapeError):
        one([2**60 + 1], None, pa.float64(), exact=True)


def test_columns_are_those_declared_in_that_order() -> None:
    table = pa.table({"a": [1], "b": [2], "c": [3]})
    schema = pa.schema([pa.field("c", pa.int64()), pa.field("a", pa.int64())])
    assert shaped(table, schema).to_pydict() == {"c": [3], "a": [1]}
    with pytest.raises(ShapeError, match="'d'"):
        shaped(table, pa.schema([pa.field("d", pa.int64())]))


def test_every_type_has_a_plain_one() -> None:
    schema = pa.schema(
        [
            pa.field("a", pa.dictionary(pa.int32(), pa.large_string())),
            pa.field("b", pa.uint64()),
            pa.field("c", pa.timestamp("ns", "Asia/Shanghai")),
            pa.field("d", pa.float16()),
            pa.field("e", pa.date64()),
            pa.field("f", pa.null()),
        ]
    )
    found = [field.type for field in plain(schema)]
    assert found == [
        pa.string(),
        pa.decimal128(20, 0),
        pa.timestamp("us"),
        pa.float64(),
        pa.date32(),
        pa.string(),
    ]


def test_a_stream_keeps_what_went_wrong() -> None:
    stream = Stream(pa.table({"x": ["1", "one"]}), pa.schema([pa.field("x", pa.int64())]))
    with pytest.raises(ShapeError):
        list(stream.batches())
    assert isinstance(stream.failure, ShapeError)
