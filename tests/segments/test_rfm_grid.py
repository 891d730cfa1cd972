"""The grid of named segments has no hole and no overlap."""

from __future__ import annotations

from itertools import product

from peakend.segments.rfm_grid import GRID, SEGMENTS, grid_table, segment_of


def test_every_three_scores_have_a_segment_that_is_named_in_both_languages() -> None:
    named = {s.code: s.name for s in SEGMENTS if s.kind == "segment"}
    used = {segment_of(r, f, m) for r, f, m in product(range(1, 6), repeat=3)}
    assert used == set(named)
    assert len({name.zh for name in named.values()}) == len(named) == 11


def test_the_corners_are_what_everybody_expects() -> None:
    assert segment_of(5, 5, 5) == "champions"
    assert segment_of(5, 1, 1) == "new"
    assert segment_of(1, 5, 5) == "cant_lose"
    assert segment_of(1, 1, 1) == "lost"
    assert segment_of(3, 3, 3) == "needs_attention"


def test_halves_of_frequency_and_monetary_are_rounded_up() -> None:
    assert segment_of(4, 3, 4) == GRID[4][3] == "loyal"
    assert segment_of(4, 1, 2) == GRID[4][1] == "potential_loyalist"


def test_the_engine_gets_the_same_grid_once_each() -> None:
    rows = {(r["recency_score"], r["frequency_and_monetary"]): r["segment"] for r in grid_table().to_pylist()}
    assert len(rows) == len(grid_table()) == 45
    assert all(rows[r, f + m] == segment_of(r, f, m) for r, f, m in product(range(1, 6), repeat=3))
