"""The keys of simulated rows: made of the customer's number and ordinals, never of a running count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.columns import identifiers

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame

MOST_CUSTOMERS = 99_000_000
MOST_ORDERS = 9_999
REPEATED = 50
"""Added to the position of the touchpoint where an order meets it a second time."""
# A second record of a person has a number of its own: multiplication modulo a prime is a bijection.
_PRIME = 99_999_989
_FACTOR = 48_271


def customer_ids(index: Array, record: Array | None = None, where: Array | None = None) -> pa.Array:
    """Customer keys: `C` and the customer's number; `W` and another number for a second record (1)."""
    if record is None:
        return identifiers("C", (index, 8), where=where)
    numbers = np.where(record == 1, index * _FACTOR % _PRIME, index)
    return identifiers((numbers, 8), prefix=np.where(record == 1, ord("W"), ord("C")), where=where)


def order_customers(block: Block, order: Array, known: Array | bool = True) -> pa.Array:
    """Customer keys of orders, as their source knew them; null where it did not, or nobody is `known`."""
    orders = block.orders
    return customer_ids(orders["index"][order], orders["record"][order], orders["identified"][order] & known)


def order_ids(index: Array, ordinal: Array, where: Array | None = None) -> pa.Array:
    return identifiers("O", (index, 8), (ordinal, 4), where=where)


def transaction_ids(lines: Frame) -> pa.Array:
    return identifiers("T", (lines["index"], 8), (lines["ordinal"], 4), (lines["line"], 2))


def event_ids(index: Array, ordinal: Array, slot: Array, where: Array | None = None) -> pa.Array:
    return identifiers("E", (index, 8), (ordinal, 4), (slot, 2), where=where)


def met_ids(events: Frame) -> pa.Array:
    """Keys of events as they are in the frame."""
    return event_ids(events["index"], events["ordinal"], events["slot"] + REPEATED * events["again"])


def case_ids(index: Array, ordinal: Array) -> pa.Array:
    return identifiers("K", (index, 8), (ordinal, 4))


def invitation_ids(asked: Frame) -> pa.Array:
    return identifiers("I", (asked["index"], 8), (asked["number"], 5))


def response_ids(asked: Frame) -> pa.Array:
    return identifiers("R", (asked["index"], 8), (asked["number"], 5))


def visitor_ids(index: Array, where: Array | None = None) -> pa.Array:
    """Devices by which customers are known before they say who they are."""
    return identifiers("V", (index * _FACTOR % _PRIME, 8), where=where)


def membership_ids(index: Array) -> pa.Array:
    return identifiers("M", (index, 8))
