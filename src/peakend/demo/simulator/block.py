"""A block of customers on its way through the mechanisms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from peakend.demo.simulator.frame import Frame

if TYPE_CHECKING:
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.world import World

Tally = Counter[tuple[str, ...]]
"""Counts that a company knows of all its customers, kept across blocks: by table and key."""


@dataclass
class Block:
    """Customers `first` … `first + count − 1` and what is known of them so far.

    people: one row a customer; `index` is the customer's number in the whole simulation. orders: one row an
    order, by person and time. lines: one row a line of an order. events: one row an interaction, by order and
    time. cases: one row a complaint. requests: one row a request for service. asked: one row an invitation.
    felt: latent satisfaction by order and touchpoint, NaN where not met. Row numbers of one frame stand in
    columns of the others (`person`, `order`); draws are always named by `index` and ordinals.
    """

    world: World
    first: int
    count: int
    people: Frame = field(init=False)
    orders: Frame = field(init=False)
    lines: Frame = field(init=False)
    events: Frame = field(init=False)
    cases: Frame = field(init=False)
    requests: Frame = field(init=False)
    asked: Frame = field(init=False)
    felt: Array = field(init=False)
    tally: Tally = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.people = Frame({"index": np.arange(self.first, self.first + self.count, dtype=np.int64)})

    def drawn(self, stream: str, slot: Array | int = 0) -> Array:
        """Four uniforms a person: shape (4, people)."""
        return self.world.draws.uniforms(stream, self.people["index"], 0, slot)

    def drawn_orders(self, stream: str, slot: Array | int = 0) -> Array:
        """Four uniforms an order: shape (4, orders)."""
        return self.world.draws.uniforms(stream, self.orders["index"], self.orders["ordinal"], slot)
