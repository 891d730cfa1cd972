"""Packed keys find what comparing rows finds."""

from __future__ import annotations

import numpy as np
import pytest

from peakend.feedback.keys import rows_of, unique_rows


def test_the_different_rows_are_those_of_numpy() -> None:
    keys = np.random.default_rng(2).integers(-1, 4, (500, 4))
    rows, place = unique_rows(keys)
    expected, expected_place = np.unique(keys, axis=0, return_inverse=True)
    assert (rows == expected).all()
    assert (place == expected_place.reshape(-1)).all()


def test_rows_are_found_again_and_others_are_not() -> None:
    keys = np.array([[1, -1], [0, 5], [7, 2]])
    assert rows_of(keys, np.array([[7, 2], [1, -1], [1, 5], [-3, 9]])).tolist() == [2, 0, -1, -1]


def test_nothing_is_found_in_nothing() -> None:
    empty = np.zeros((0, 3), dtype=np.int64)
    assert unique_rows(empty)[0].shape == (0, 3)
    assert rows_of(empty, np.array([[1, 2, 3]])).tolist() == [-1]
    assert rows_of(np.array([[1, 2, 3]]), empty).tolist() == []


def test_numbers_too_large_to_pack_are_refused_rather_than_mixed_up() -> None:
    with pytest.raises(OverflowError):
        unique_rows(np.array([[0, 0], [2**40, 2**40]]))
