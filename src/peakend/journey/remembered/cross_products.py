"""What leaves the engine of a million journeys: sums of products by period and block of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peakend.journey.remembered.models import VARIABLES

if TYPE_CHECKING:
    from peakend.engine import Relation

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

BLOCKS = 1000
"""Blocks of whole customers; up to so many customers a period are a block each."""
EARLIER = 0.5
"""Share of the customers whose journeys make the fit; the others' later journeys judge it."""

MEMBERS = pa.schema([(name, pa.string()) for name in ("segmentation", "segment", "subject", "subject_id")])
_TRIANGLE = np.triu_indices(len(VARIABLES) - 1)


@dataclass(frozen=True, slots=True)
class Period:
    """products: (blocks, v, v) sums of products of `VARIABLES`; people: of each block, a journey without a
    customer counting as one; customers: those identified."""

    products: Numbers
    people: Counts
    customers: int

    @property
    def total(self) -> Numbers:
        found: Numbers = self.products.sum(axis=0)
        return found

    @property
    def journeys(self) -> int:
        return int(self.total[0, 0])

    @property
    def size(self) -> int:
        return int(self.people.sum())


@dataclass(frozen=True, slots=True)
class Periods:
    """The earlier journeys, which fit, and the later ones of other customers, which judge."""

    earlier: Period
    later: Period

    @property
    def both(self) -> Period:
        return Period(
            np.concatenate([self.earlier.products, self.later.products]),
            np.concatenate([self.earlier.people, self.later.people]),
            self.earlier.customers + self.later.customers,
        )


def memory_rows(journeys: Relation, members: Relation) -> Relation:
    """One row a journey with a remembered score and a segment it belongs to ("all" for everybody)."""
    return journeys.engine.query(
        "journey/remembered/memory_rows",
        {"earlier": EARLIER, "blocks": BLOCKS},
        journey_memory=journeys,
        segment_members=members,
    )


def periods_by_segment(journeys: Relation, members: Relation) -> dict[tuple[str, str], Periods]:
    """The cross-products of everybody, ("all", "all"), and of every segment."""
    sums = journeys.engine.query(
        "journey/remembered/cross_products", memory_rows=memory_rows(journeys, members)
    ).to_arrow()
    ordered = sums.sort_by([(name, "ascending") for name in ("segmentation", "segment", "period", "block")])
    products = _matrices(ordered)
    people, customers = (
        np.asarray(ordered[name].to_numpy(), dtype=np.int64) for name in ("people", "customers")
    )
    names = list(zip(*(ordered[name].to_pylist() for name in ("segmentation", "segment")), strict=True))
    later = np.array([period == "later" for period in ordered["period"].to_pylist()], dtype=bool)
    places: dict[tuple[str, str], list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    found = {}
    for name, listed in places.items():
        at = np.array(listed)
        found[name] = Periods(
            *(
                Period(products[rows], people[rows], int(customers[rows].sum()))
                for rows in (at[~later[at]], at[later[at]])
            )
        )
    return found


def _matrices(rows: pa.Table) -> Numbers:
    names = VARIABLES[1:]
    found = np.empty((rows.num_rows, len(VARIABLES), len(VARIABLES)))
    found[:, 0, 0] = rows["journeys"].to_numpy()
    for place, name in enumerate(names, start=1):
        found[:, 0, place] = found[:, place, 0] = rows[f"s_{name}"].to_numpy()
    for i, j in zip(*_TRIANGLE, strict=True):
        found[:, i + 1, j + 1] = found[:, j + 1, i + 1] = rows[f"p_{names[i]}_{names[j]}"].to_numpy()
    return found


def resampled(period: Period, draws: int, seed: int) -> Numbers:
    """(draws, blocks): how often each block of customers is drawn, with replacement.

    Source: Davison & Hinkley (1997), Bootstrap Methods, section 3.8 (clusters whole).
    """
    blocks = len(period.people)
    drawn = np.random.default_rng(seed).integers(0, blocks, (draws, blocks))
    places = (drawn + blocks * np.arange(draws)[:, None]).ravel()
    return np.bincount(places, minlength=draws * blocks).reshape(draws, blocks).astype(float)
