"""Every simulated table keeps to the canonical schema: types, rules, references and keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from peakend.demo.simulator.company import Kind
from peakend.warehouse.schema import Column, Table, canonical_tables

Tables = Mapping[str, pa.Table]
Company = Callable[..., Tables]

KINDS = get_args(Kind)
WRITTEN = {
    "activities",
    "answers",
    "cases",
    "changes",
    "choice_options",
    "competitors",
    "contributions",
    "conversion_policies",
    "cost_entries",
    "customers",
    "defects",
    "design_flows",
    "design_steps",
    "employees",
    "entitlements",
    "handoffs",
    "identities",
    "initiatives",
    "interactions",
    "invitations",
    "ledger_totals",
    "memberships",
    "points",
    "populations",
    "products",
    "promises",
    "published_facts",
    "questions",
    "relationships",
    "responses",
    "segment_members",
    "service_checks",
    "sites",
    "surveys",
    "touchpoints",
    "transactions",
    "treatments",
    "value_entries",
    "value_factors",
    "wallets",
}


@pytest.fixture(params=KINDS)
def tables(request: pytest.FixtureRequest, company: Company) -> Tables:
    return company(request.param, customers=300)


def canonical_of(tables: Tables) -> list[tuple[Table, pa.Table]]:
    return [
        (canonical_tables()[name], rows) for name, rows in tables.items() if not name.startswith("truth_")
    ]


def test_every_table_of_the_company_is_written(tables: Tables) -> None:
    missing = WRITTEN - {name for name, rows in tables.items() if rows.num_rows}
    assert not missing


def test_columns_and_types_are_the_canonical_ones(tables: Tables) -> None:
    for table, rows in canonical_of(tables):
        assert rows.schema == table.schema(), table.name


def test_required_columns_are_filled(tables: Tables) -> None:
    for table, rows in canonical_of(tables):
        for column in table.columns:
            if column.required:
                assert rows[column.name].null_count == 0, f"{table.name}.{column.name}"


def violations(column: Column, values: pa.ChunkedArray) -> int:
    """How many values break the column's choices or range."""
    filled = values.drop_null()
    wrong = 0
    if column.choices:
        wrong += len(filled) - (pc.sum(pc.is_in(filled, pa.array(column.choices))).as_py() or 0)
    if column.minimum is not None and len(filled):
        wrong += pc.sum(pc.less(filled.cast(pa.float64()), column.minimum)).as_py()
    if column.maximum is not None and len(filled):
        wrong += pc.sum(pc.greater(filled.cast(pa.float64()), column.maximum)).as_py()
    return wrong


def test_values_keep_to_choices_and_ranges(tables: Tables) -> None:
    for table, rows in canonical_of(tables):
        for column in table.columns:
            assert violations(column, rows[column.name]) == 0, f"{table.name}.{column.name}"


def test_every_reference_leads_to_a_row(tables: Tables) -> None:
    checked = 0
    for table, rows in canonical_of(tables):
        for column in table.columns:
            if column.ref is None or rows[column.name].null_count == len(rows):
                continue
            target = tables[column.ref][canonical_tables()[column.ref].key[0]]
            given = rows[column.name].drop_null()
            assert pc.all(pc.is_in(given, pc.unique(target))).as_py(), f"{table.name}.{column.name}"
            checked += 1
    assert checked > 20


def test_segment_members_and_populations_name_what_is_there(tables: Tables) -> None:
    members = tables["segment_members"]
    assert pc.all(pc.is_in(members["subject_id"], tables["customers"]["customer_id"])).as_py()
    sizes = tables["populations"]
    named = [
        set(zip(*(rows[c].to_pylist() for c in ("segmentation", "segment")), strict=True))
        for rows in (sizes, members)
    ]
    assert named[0] >= named[1]


def test_keys_are_unique(tables: Tables) -> None:
    for table, rows in canonical_of(tables):
        assert rows.group_by(list(table.key)).aggregate([]).num_rows == len(rows), table.name


def test_every_row_says_that_it_is_simulated(tables: Tables) -> None:
    for table, rows in canonical_of(tables):
        (source,) = pc.unique(rows["source"]).to_pylist()
        assert source.startswith("simulated:"), table.name
