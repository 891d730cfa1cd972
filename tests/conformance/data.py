"""Events on which engines disagree: ties, nulls, negatives, Chinese, clock changes, large decimals."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ROWS = 100_000
SCHEMA = pa.schema(
    [
        pa.field("event_id", pa.string()),
        pa.field("customer_id", pa.string()),
        pa.field("at", pa.timestamp("us")),
        pa.field("on_day", pa.date32()),
        pa.field("touchpoint", pa.string()),
        pa.field("segment", pa.string()),
        pa.field("amount", pa.decimal128(18, 4)),
        pa.field("score", pa.float64()),
        pa.field("quantity", pa.int64()),
        pa.field("resolved", pa.bool_()),
    ]
)
# Code points, collations, escapes: capitals before small letters, é after z, an emoji beyond the first plane.
_WORDS = [
    *(
        "值机",
        "安检",
        "登机 🛫",
        "lounge",
        "Lounge",
        "_lounge",
        "it's",
        'a "quoted" word',
        "back\\slash",
        "50%",
    ),
    *("éclair", "Zürich", "z", "-", "线\u3000上", "a\tb", "Ä", "👍🏽", "lounge ", ""),
]
_SEGMENTS = ["新客", "老客", "VIP", "vip", None]
# Clocks changed in Europe, in the United States and (until 1991) in China; a leap day; the epoch; year ends.
_DAYS = [
    *(datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2025, 3, 9), datetime(2025, 11, 2)),
    *(datetime(1991, 4, 14), datetime(1991, 9, 15), datetime(2024, 2, 29), datetime(1970, 1, 1)),
    *(datetime(1969, 12, 31), datetime(2024, 12, 31), datetime(2025, 1, 1), datetime(1899, 12, 31)),
]


def events(rows: int = ROWS, seed: int = 20261122) -> pa.Table:
    """`rows` events of some customers, the same for the same seed; a twentieth of most columns is null."""
    random = np.random.default_rng(seed)
    days = np.array(_DAYS, "datetime64[us]")[random.integers(0, len(_DAYS), rows)]
    # Few distinct seconds, so that many events of a customer happen at the same time; some with microseconds.
    seconds = random.integers(0, 8, rows) * 10_800_000_000
    fractions = np.where(random.random(rows) < 0.2, random.integers(0, 1_000_000, rows), 0)
    at = days + (seconds + fractions).astype("timedelta64[us]")
    units = random.integers(-(10**9), 10**9, rows) * 10 ** random.integers(0, 6, rows)
    quantity = random.integers(-5, 20, rows)
    customers = pa.array([f"c{number:05d}" for number in random.integers(0, rows // 40, rows)])
    words = pa.array(np.array(_WORDS, object)[random.integers(0, len(_WORDS), rows)], pa.string())
    columns = [
        pa.array([f"e{number:07d}" for number in random.permutation(rows)]),
        some_null(customers, random, 0.01),
        pa.array(at),
        some_null(pa.array(at.astype("datetime64[D]")), random),
        some_null(words, random),
        pa.array(np.array(_SEGMENTS, object)[random.integers(0, len(_SEGMENTS), rows)], pa.string()),
        some_null(money(units), random),
        some_null(pa.array(np.round(random.normal(5, 3, rows), 3)), random),
        some_null(pa.array(quantity), random),
        some_null(pa.array(random.random(rows) < 0.3), random),
    ]
    return pa.table(columns, schema=SCHEMA)


def money(units: np.ndarray) -> pa.Array:
    """Ten-thousandths as decimal(18, 4), exactly: Arrow keeps them as 128-bit integers."""
    halves = np.stack([units, np.where(units < 0, -1, 0)], axis=1).astype("<i8")
    buffers = [None, pa.py_buffer(halves.tobytes())]
    return pa.Array.from_buffers(pa.decimal128(18, 4), len(units), buffers)


def some_null(values: pa.Array, random: np.random.Generator, share: float = 0.05) -> pa.Array:
    return pc.if_else(pa.array(random.random(len(values)) < share), None, values)
