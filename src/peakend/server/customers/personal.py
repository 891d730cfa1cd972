"""Who holds personal data: every area that does says how to hand it out and how to erase it.

An area registers in its module `holding.py`. A test asks the database which tables point at a customer, so
that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db import models

    from peakend.language import Text
    from peakend.server.customers.models import Customer

Exported = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Holder:
    """One kind of rows about customers.

    `export` yields what is kept of a customer as plain mappings; `erase` removes who they are from every such
    row and returns how many it touched. What a company must keep (that something happened, a score) stays,
    without the person. `models` are the tables it answers for.
    """

    name: str
    title: Text
    models: tuple[type[models.Model], ...]
    export: Callable[[Customer], Exported]
    erase: Callable[[Customer], int]


_holders: dict[str, Holder] = {}


def hold(holder: Holder) -> Holder:
    """Register `holder`."""
    _holders[holder.name] = holder
    return holder


def holders() -> list[Holder]:
    """Every holder in the order of registration: areas that point at others' rows come after them."""
    return list(_holders.values())
