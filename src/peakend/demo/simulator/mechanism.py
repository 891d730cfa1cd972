"""What a mechanism is, and how all of them are found and put in order.

A mechanism is one process of the company: how customers buy, what a touchpoint is like, who answers.
Each lives in a module of its own in `mechanisms/` that defines `MECHANISM`; putting a module there is all it
takes to add one.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.demo.simulator.errors import UnknownMechanismError

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block, Tally
    from peakend.demo.simulator.draws import Array
    from peakend.demo.simulator.frame import Frame
    from peakend.demo.simulator.truth import Truth
    from peakend.demo.simulator.world import World
    from peakend.language import Text

Rows = Iterable[tuple[str, pa.Table]]
"""Rows for tables, by table name."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One process of the company.

    meaning: what it does. null: what holds instead when it is switched off; None when the company cannot do
    without it. group: a name under which several can be switched off together. after, before: mechanisms
    whose `step` comes earlier, later. step: adds to a block's frames. pace: its factor on the rate
    of buying after orders, by row of the person, ordinal and operational day. experience: its part in the
    latent satisfaction of every row of a frame of events. judgement: its part in how the whole of every order
    is judged, added to what is remembered and weighed up. willingness: its part in the logit of answering, a
    row an invitation. rows: rows for tables, when all steps are done. registry: rows that are written once.
    closing: rows that need counts over all customers. truth: what was planted. customer_truth: columns of
    `people` that tell the truth about a customer, with meanings. response_truth: columns of `asked` that
    tell the truth about a response.

    A hook asks `world.on(name)` and gives its null where it is off, and draws the same numbers either way.
    """

    name: str
    meaning: Text
    null: Text | None = None
    group: str | None = None
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    step: Callable[[Block], None] | None = None
    pace: Callable[[Block, Array, int, Array], Array] | None = None
    experience: Callable[[Block, Frame], Array] | None = None
    judgement: Callable[[Block], Array] | None = None
    willingness: Callable[[Block, Frame], Array] | None = None
    rows: Callable[[Block], Rows] | None = None
    registry: Callable[[World], Rows] | None = None
    closing: Callable[[World, Tally], Rows] | None = None
    truth: Callable[[World], Iterable[Truth]] | None = None
    customer_truth: tuple[tuple[str, Text], ...] = ()
    response_truth: tuple[tuple[str, Text], ...] = ()


@cache
def mechanisms() -> tuple[Mechanism, ...]:
    """Every mechanism, in an order in which each comes after those it needs."""
    package = import_module("peakend.demo.simulator.mechanisms")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    found = [import_module(f"{package.__name__}.{name}").MECHANISM for name in names]
    by_name = {mechanism.name: mechanism for mechanism in found}
    earlier = {m.name: {*m.after, *(other.name for other in found if m.name in other.before)} for m in found}
    sorter = TopologicalSorter({name: sorted(names) for name, names in earlier.items()})
    return tuple(by_name[name] for name in sorter.static_order())


def switchable() -> tuple[Mechanism, ...]:
    """The mechanisms that have a null, in order."""
    return tuple(m for m in mechanisms() if m.null is not None)


def switched_off(without: Iterable[str]) -> frozenset[str]:
    """Names of the mechanisms that `without` names, one by one or by group.

    Raises `UnknownMechanismError` for a name that is neither.
    """
    off: set[str] = set()
    for name in without:
        named = {m.name for m in switchable() if name in {m.name, m.group}}
        if not named:
            known = [m.name for m in switchable()]
            groups = sorted({m.group for m in switchable() if m.group})
            raise UnknownMechanismError(name, [*known, *groups])
        off |= named
    return frozenset(off)


def truths(world: World) -> list[Truth]:
    """Everything that was planted, of every mechanism, in order."""
    return [truth for m in mechanisms() if m.truth for truth in m.truth(world)]
