from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from peakend.demo.simulator.columns import (
    canonical,
    days,
    identifiers,
    integers,
    money,
    numbers,
    picked,
    times,
)
from peakend.warehouse.schema import canonical_table


def test_identifiers_are_written_with_leading_zeros() -> None:
    made = identifiers("E", (np.array([7, 12345678]), 8), "-", (np.array([0, 42]), 2))
    assert made.to_pylist() == ["E00000007-00", "E12345678-42"]
    assert made.type == pa.string()


def test_identifiers_may_differ_in_their_first_letter_and_be_null() -> None:
    prefix = np.array([ord("C"), ord("W"), ord("C")])
    made = identifiers((np.array([1, 2, 3]), 2), prefix=prefix, where=np.array([True, True, False]))
    assert made.to_pylist() == ["C01", "W02", None]
    assert identifiers("A", (np.array([], np.int64), 3)).to_pylist() == []


def test_a_number_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="100 does not fit in 2 digits"):
        identifiers((np.array([100]), 2))


def test_money_keeps_four_places_and_its_sign() -> None:
    made = money(np.array([12345, -1, 0, 10**15]), where=np.array([True, True, False, True]))
    assert made.to_pylist() == [Decimal("1.2345"), Decimal("-0.0001"), None, Decimal("100000000000.0000")]


def test_other_columns_carry_nulls() -> None:
    where = np.array([True, False])
    assert picked(["a", "b"], np.array([1, 0]), where).to_pylist() == ["b", None]
    assert numbers(np.array([1, 2]), where).to_pylist() == [1.0, None]
    assert integers(np.array([1, 2]), where).to_pylist() == [1, None]
    assert days(np.array([0, 1]), where).to_pylist() == [date(1970, 1, 1), None]
    assert times(np.array([1, 2]), where).to_pylist() == [datetime(1970, 1, 1, 0, 0, 0, 1), None]


def test_a_canonical_table_is_complete_and_knows_its_columns() -> None:
    made = canonical("sites", "simulated:bank", {"site_id": pa.array(["s"])})
    assert made.schema == canonical_table("sites").schema()
    assert made["source"].to_pylist() == ["simulated:bank"]
    with pytest.raises(KeyError, match="colour"):
        canonical("sites", "x", {"site_id": pa.array(["s"]), "colour": pa.array(["red"])})
    with pytest.raises(KeyError, match="site_id"):
        canonical("sites", "x", {"name": pa.array(["s"])})
