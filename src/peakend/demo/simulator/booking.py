"""Sums by month that a company keeps of all its customers: what was booked, how often a driver happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peakend.demo.simulator.block import Block, Tally
    from peakend.demo.simulator.draws import Array

BOOKED, VOLUMES, NEWCOMERS = "booked", "volumes", "newcomers"


def months(at: Array) -> Array:
    """Months since 1970, by the UTC microseconds `at`: warehouses keep their books in UTC."""
    since: Array = np.asarray(at, np.int64).view("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return since


def first_day(month: int) -> str:
    """First day of a month since 1970 (2024-05-01)."""
    return f"{1970 + month // 12:04d}-{month % 12 + 1:02d}-01"


def add(block: Block, table: str, name: str, at: Array, amount: Array) -> None:
    """Add whole numbers (ten-thousandths of money, units) to the sums `table`, by name and month of `at`."""
    if not len(at):
        return
    month = months(at)
    low = int(month.min())
    sums = np.zeros(int(month.max()) - low + 1, np.int64)
    np.add.at(sums, month - low, np.asarray(amount, np.int64))
    for place in np.flatnonzero(sums):
        block.tally[table, name, first_day(low + int(place))] += int(sums[place])


def found(tally: Tally, table: str) -> Iterator[tuple[str, str, int]]:
    """(name, first day of the month, sum) of one table, in order."""
    for key, amount in sorted(tally.items()):
        if key[0] == table:
            yield key[1], key[2], amount
