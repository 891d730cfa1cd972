"""Which roles a party holds: end customer, distributor, partner, employee; one party may hold several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.warehouse.identity.merges import engine_of
from peakend.warehouse.identity.normalise import FOLDER
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from peakend.engine import Engine, Relation
    from peakend.warehouse.identity.merges import HasEngine


def party_roles(warehouse: Engine | HasEngine) -> Relation:
    """Columns customer_id, kind (person, organisation), role, basis (the table that shows it).

    Who buys, holds or is a member is an end_customer; relationships give employer and employee, principal
    and distributor (agency), partner, referrer, account_manager. The survivor of a merge holds the roles of
    all. A table the warehouse lacks shows no role.
    """
    engine = engine_of(warehouse)
    stored = set(engine.tables())

    def table(name: str) -> Relation:
        if name in stored:
            return engine.table(name)
        return engine.from_arrow(canonical_table(name).schema().empty_table())

    return engine.query(
        f"{FOLDER}/roles",
        customers=table("customers"),
        transactions=table("transactions"),
        holdings=table("holdings"),
        memberships=table("memberships"),
        relationships=table("relationships"),
    )
