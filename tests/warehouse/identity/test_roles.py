"""A party may hold several roles at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.warehouse.identity import merge_customers, party_roles

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine


def test_one_party_may_be_employee_distributor_and_end_customer(
    engine: Engine, put: Callable[..., None]
) -> None:
    put(
        engine,
        "customers",
        [
            {"customer_id": "firm", "kind": "organisation"},
            {"customer_id": "ann", "kind": "person"},
            {"customer_id": "ann2", "kind": "person"},
        ],
    )
    put(
        engine,
        "relationships",
        [
            {
                "relationship_id": "1",
                "from_customer_id": "firm",
                "to_customer_id": "ann",
                "kind": "employer",
            },
            {"relationship_id": "2", "from_customer_id": "firm", "to_customer_id": "ann2", "kind": "agency"},
        ],
    )
    put(
        engine,
        "memberships",
        [{"membership_id": "m", "customer_id": "ann", "programme": "miles"}],
    )
    merge_customers(engine, "ann", "ann2", decided_by="test")
    roles = party_roles(engine).to_arrow().to_pylist()
    assert {(r["customer_id"], r["kind"], r["role"]) for r in roles} == {
        ("ann", "person", "employee"),
        ("ann", "person", "distributor"),
        ("ann", "person", "end_customer"),
        ("firm", "organisation", "employer"),
        ("firm", "organisation", "principal"),
    }
