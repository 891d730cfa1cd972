"""Which columns of the canonical tables hold a customer, so that a merge finds every fact of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from peakend.warehouse.schema import Table, canonical_tables

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Reference:
    """`column` holds a customer_id in every row, or only where column `when` has the value `equals`."""

    column: str
    when: str | None = None
    equals: str | None = None


# Columns that hold a customer or something else, as another column says: the schema gives them no `ref`.
_BY_KIND: Mapping[str, Reference] = {
    "segment_members": Reference("subject_id", "subject", "customer"),
    "treatments": Reference("unit_id", "unit_kind", "customer"),
}


@cache
def customer_references() -> Mapping[str, tuple[Reference, ...]]:
    """Every canonical table that mentions customers, with the columns that do; `customers` itself
    included."""
    found = {name: _of(name, table) for name, table in canonical_tables().items()}
    return {name: references for name, references in found.items() if references}


def _of(name: str, table: Table) -> tuple[Reference, ...]:
    if name == "customers":
        return (Reference("customer_id"),)
    if name in _BY_KIND:
        return (_BY_KIND[name],)
    return tuple(Reference(column.name) for column in table.columns if column.ref == "customers")
