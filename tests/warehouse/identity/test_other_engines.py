"""Merges move the facts on PostgreSQL as they do on DuckDB; Spark promises no transaction, so it refuses."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from peakend.errors import PeakendError
from peakend.warehouse.identity import link_customers, merge_customers, undo_merge

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from peakend.engine import Engine

TABLES = ("customers", "transactions", "relationships", "segment_members", "wallets", "treatments")
Content = dict[str, Counter[tuple[Any, ...]]]


def content(engine: Engine) -> Content:
    from peakend.warehouse.schema import canonical_table

    return {
        name: Counter(
            tuple(row.values())
            for row in engine.table(name).to_arrow(canonical_table(name).schema()).to_pylist()
        )
        for name in TABLES
    }


def history(engine: Engine) -> list[Content]:
    """The tables before, after two merges, after undoing one, and after undoing both."""
    states = [content(engine)]
    first = merge_customers(engine, "a", "b", decided_by="test")
    second = merge_customers(engine, "b", "c", decided_by="test")
    states.append(content(engine))
    for merge_id in (first, second):
        undo_merge(engine, merge_id, undone_by="test")
        states.append(content(engine))
    return states


def test_merges_do_on_postgresql_what_they_do_on_duckdb(
    shop: Engine, shop_in: Callable[[Engine], Engine], postgres_engine: Engine
) -> None:
    there = history(shop_in(postgres_engine))
    assert there == history(shop)
    assert there[0] == there[-1] != there[1]


def test_records_in_postgresql_are_linked(planted: ModuleType, postgres_engine: Engine) -> None:
    people = planted.plant(150, 81)
    for name in ("customers", "identities"):
        table = getattr(people, name)
        postgres_engine.create(name, table.schema)
        postgres_engine.insert(name, table)
    report = link_customers(postgres_engine)
    assert len(report.merge_ids) == len(report.merges) > 30
    left = postgres_engine.table("customers").to_arrow().num_rows
    assert left == people.customers.num_rows - len(report.merges)


def test_where_nothing_is_all_or_nothing_a_merge_is_refused_and_changes_nothing(
    put: Callable[..., None], spark_engine: Engine
) -> None:
    put(spark_engine, "customers", [{"customer_id": c, "kind": "person"} for c in "ab"])
    with pytest.raises(PeakendError):
        merge_customers(spark_engine, "a", "b", decided_by="test")
    assert spark_engine.tables() == ["customers"]
    assert spark_engine.table("customers").to_arrow().num_rows == 2
