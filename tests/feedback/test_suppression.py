"""No hidden count can be worked out from what is published, even by someone who knows the rule."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.feedback.suppression import suppress

Published = tuple[int, tuple[int | None, ...]]


def published(counts: tuple[int, ...], minimum: int, total: int | None = None) -> Published | None:
    """What a reader sees of one family: the total and the cells; None where they see no cells."""
    whole = sum(counts) if total is None else total
    found = suppress(counts, np.zeros(len(counts), dtype=int), [whole], minimum)
    if whole < minimum or found.withheld.any():
        assert found.hidden.all()
        return None
    shown = tuple(None if hide else n for hide, n in zip(found.hidden.tolist(), counts, strict=True))
    return whole, shown


@pytest.mark.parametrize(
    ("minimum", "cells", "largest"), [(2, 4, 8), (3, 4, 9), (4, 3, 14), (5, 4, 9), (10, 3, 24)]
)
def test_every_hidden_count_has_at_least_two_possible_values(minimum: int, cells: int, largest: int) -> None:
    possible: dict[Published, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(1, largest + 1), repeat=cells):
        seen = published(counts, minimum)
        if seen is not None:
            possible[seen].append(counts)
    hidden = 0
    for (_, shown), alternatives in possible.items():
        if any(max(counts) == largest for counts in alternatives):
            continue  # alternatives beyond the enumeration
        for place, n in enumerate(shown):
            if n is None:
                hidden += 1
                assert len({counts[place] for counts in alternatives}) > 1
    assert hidden > 100


families = st.lists(st.integers(1, 60), min_size=1, max_size=9)


@given(counts=families, rest=st.integers(0, 40), minimum=st.integers(2, 15))
def test_what_is_published_never_adds_up_to_a_small_group(counts: list[int], rest: int, minimum: int) -> None:
    total = sum(counts) + rest
    found = suppress(counts, [0] * len(counts), [total], minimum)
    shown = [n for n, hide in zip(counts, found.hidden.tolist(), strict=True) if not hide]
    assert all(n >= minimum for n in shown)
    left = total - sum(shown)
    if total >= minimum:
        assert left == 0 or left >= minimum
        # One hidden cell alone would be the difference.
        assert (
            len(counts) - len(shown) + (rest > 0) != 1
            or (rest > 0 and rest >= minimum)
            or found.withheld.all()
        )


@given(counts=families, rest=st.integers(0, 40), minimum=st.integers(2, 15))
def test_hidden_sizes_may_be_exchanged_without_a_trace(counts: list[int], rest: int, minimum: int) -> None:
    """Exchanged unequal cells are a second possible value; equal ones must leave room around them."""
    everything = (*counts, rest) if rest else tuple(counts)
    seen = published(everything, minimum)
    if seen is None:
        return
    hidden = [place for place, n in enumerate(seen[1]) if n is None]
    values = [everything[place] for place in hidden]
    if len(set(values)) > 1:
        exchanged = list(everything)
        for place, n in zip(hidden, values[1:] + values[:1], strict=True):
            exchanged[place] = n
        assert published(tuple(exchanged), minimum) == seen
    elif hidden:
        # Equal sizes are primary cells: one more here and one less there must be as possible.
        moved = list(everything)
        moved[hidden[0]] -= 1
        moved[hidden[1]] += 1
        assert min(moved) >= 1
        assert published(tuple(moved), minimum) == seen


def test_cells_at_the_minimum_are_published() -> None:
    assert published((10, 10, 30), 10) == (50, (10, 10, 30))


def test_one_small_cell_takes_the_next_smallest_with_it() -> None:
    assert published((3, 40, 25, 90), 10) == (158, (None, 40, None, 90))


def test_two_small_cells_that_are_too_few_together_take_a_third() -> None:
    assert published((3, 4, 25, 90), 10) == (122, (None, None, None, 90))


def test_cells_that_must_all_be_nine_are_not_left_to_arithmetic() -> None:
    assert published((9, 9, 40, 50), 10) == (108, (None, None, None, 50))


def test_equally_large_cells_are_hidden_together() -> None:
    assert published((3, 40, 40, 90), 10) == (173, (None, None, None, 90))


def test_a_few_answers_outside_all_cells_are_protected_too() -> None:
    assert published((40, 25, 90), 10, total=158) == (158, (40, None, 90))


def test_where_nothing_helps_not_even_existence_is_published() -> None:
    found = suppress([1] * 12, [0] * 12, [12], 10)
    assert found.withheld.all()


def test_families_are_judged_apart_and_in_any_order() -> None:
    found = suppress([3, 40, 12, 25, 3, 30], [0, 0, 1, 0, 1, 1], [68, 45], 10)
    assert found.hidden.tolist() == [True, False, True, True, True, False]


def test_nothing_to_hide_hides_nothing() -> None:
    assert not suppress([10, 20], [0, 0], [30], 10).hidden.any()
    assert len(suppress([], [], [], 10).hidden) == 0
