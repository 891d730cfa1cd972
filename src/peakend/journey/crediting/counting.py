"""What the engine counts of journeys for attribution: touches, moves and sets, by groups of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.journey.crediting.shapley import SetCounts

if TYPE_CHECKING:
    from peakend.engine import Relation

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

GROUPS = 200
"""Groups of customers that are resampled: what leaves the engine does not grow with customers."""
MOST = 40
"""At most so many touchpoints are told apart; the others are taken together."""
OTHER = ""
"""The name of those others; no touchpoint has it."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """The touchpoints that are told apart, most met first; `OTHER` last where there are others."""

    names: tuple[str, ...]

    def relation(self, steps: Relation) -> Relation:
        known = [name for name in self.names if name != OTHER]
        return steps.engine.from_arrow(
            pa.table(
                {
                    "touchpoint_id": pa.array(known, pa.string()),
                    "number": pa.array(range(len(known)), pa.int64()),
                }
            )
        )


def numbered(steps: Relation, minimum: int = 10, most: int = MOST) -> Numbered:
    """The touchpoints with at least `minimum` steps, at most `most`, and `OTHER` for the rest."""
    counted = steps.query("journey/crediting/touchpoint_steps", name="journey_steps").to_arrow()
    rows = sorted(
        zip(counted["steps"].to_pylist(), counted["touchpoint_id"].to_pylist(), strict=True),
        key=lambda row: (-row[0], row[1]),
    )
    kept = [name for times, name in rows if times >= minimum][:most]
    return Numbered((*kept, OTHER) if len(kept) < len(rows) else tuple(kept))


@dataclass(frozen=True, slots=True)
class TouchCounts:
    """Counts by touchpoint and group of customers, each (touchpoints, groups); `moves` sparse.

    first, last, even: journeys that begin, end with it, and their steps as parts of a journey; `_won` of
    these those with the outcome. move_from, move_to, move_group, move_n: entries of the moves.
    """

    first: Numbers
    first_won: Numbers
    last: Numbers
    last_won: Numbers
    even: Numbers
    even_won: Numbers
    move_from: Codes
    move_to: Codes
    move_group: Codes
    move_n: Numbers

    @property
    def groups(self) -> int:
        return int(self.first.shape[1])


def attributed_steps(
    steps: Relation, judged: Relation, numbers: Relation, other: int, groups: int = GROUPS
) -> Relation:
    """One row a step that counts: journey_id, customer_id, customer_group, converted, place, number,
    next_number (null at the end), steps of the journey. Every count and every list is made of it."""
    return steps.engine.query(
        "journey/crediting/attributed_steps",
        {"groups": groups, "other": other},
        journey_steps=steps,
        judged=judged,
        numbers=numbers,
    )


def touch_counts(attributed: Relation, size: int) -> tuple[TouchCounts, Codes]:
    """The counts, and the customers' groups that occur (places in them are the groups' new numbers)."""
    table = attributed.query("journey/crediting/touch_counts", name="attributed_steps").to_arrow()
    occurring, group = np.unique(_codes(table, "customer_group"), return_inverse=True)
    number = _codes(table, "number")
    ends = np.array(table["next_number"].is_null().to_pylist(), dtype=bool)
    onward = np.nan_to_num(table["next_number"].to_numpy(zero_copy_only=False).astype(float)).astype(np.int64)
    n, won = _numbers(table, "n"), _numbers(table, "won")

    def spread(values: Numbers) -> Numbers:
        cell = number * len(occurring) + group
        flat = np.bincount(cell, values, minlength=size * len(occurring)).astype(float)
        return flat.reshape(size, len(occurring))

    return TouchCounts(
        spread(_numbers(table, "first_n")),
        spread(_numbers(table, "first_won")),
        spread(np.where(ends, n, 0.0)),
        spread(np.where(ends, won, 0.0)),
        spread(_numbers(table, "even_n")),
        spread(_numbers(table, "even_won")),
        number[~ends],
        onward[~ends],
        group[~ends],
        n[~ends],
    ), occurring


def set_counts(attributed: Relation, size: int, occurring: Codes) -> SetCounts:
    """Journeys by the set of touchpoints they met, by group of customers."""
    bits = attributed.engine.from_arrow(
        pa.table(
            {
                "number": pa.array(range(size), pa.int64()),
                "bit": pa.array([1 << n for n in range(size)], pa.int64()),
            }
        )
    )
    table = attributed.query("journey/crediting/touch_sets", name="attributed_steps", bits=bits).to_arrow()
    return SetCounts(
        _codes(table, "bits"),
        np.searchsorted(occurring, _codes(table, "customer_group")),
        _numbers(table, "n"),
        _numbers(table, "won"),
    )


def replicate_weights(groups: int, draws: int, seed: int) -> Numbers:
    """(groups, 1 + draws): ones for the estimate, then how often each draw takes each group of customers.

    Groups are taken whole and with replacement, so that journeys of one customer stay together.
    Source: Davison & Hinkley (1997), Bootstrap Methods and their Application, section 3.8; random groups:
    Wolter (2007), Introduction to Variance Estimation, 2nd ed., chapter 2.
    """
    random = np.random.default_rng(seed)
    drawn = random.multinomial(groups, np.full(groups, 1 / groups), size=draws).T
    return np.column_stack([np.ones(groups), drawn]).astype(float)


def _codes(table: pa.Table, name: str) -> Codes:
    return np.asarray(table[name].to_numpy(zero_copy_only=False), dtype=np.int64)


def _numbers(table: pa.Table, name: str) -> Numbers:
    return np.asarray(table[name].to_numpy(zero_copy_only=False), dtype=np.float64)
