"""Whether two engines gave the same table: exactly, and floats to a stated tolerance."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

RELATIVE = 1e-9
ABSOLUTE = 1e-9


def differences(found: pa.Table, expected: pa.Table, most: int = 5) -> list[str]:
    """Where `found` differs from `expected` (the first `most` places); rows in the order they came."""
    if found.column_names != expected.column_names:
        return [f"columns {found.column_names}, expected {expected.column_names}"]
    if found.num_rows != expected.num_rows:
        return [f"{found.num_rows} rows, expected {expected.num_rows}"]
    places = []
    for name in expected.column_names:
        pairs = zip(found[name].to_pylist(), expected[name].to_pylist(), strict=True)
        for row, (mine, theirs) in enumerate(pairs):
            if not alike(mine, theirs):
                places.append(f"{name}[{row}] is {mine!r}, expected {theirs!r}")
                if len(places) == most:
                    return places
    return places


def alike(mine: object, theirs: object) -> bool:
    """Equal; numbers by value whatever their type, floats to `RELATIVE`."""
    if mine is None or theirs is None or isinstance(mine, bool) or isinstance(theirs, bool):
        return mine is theirs
    if isinstance(mine, float) or isinstance(theirs, float):
        if not isinstance(mine, (float, int, Decimal)) or not isinstance(theirs, (float, int, Decimal)):
            return False
        if math.isnan(mine) or math.isnan(theirs):
            return math.isnan(mine) and math.isnan(theirs)
        return math.isclose(mine, theirs, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return mine == theirs
