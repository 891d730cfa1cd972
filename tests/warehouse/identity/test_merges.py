"""Decisions to merge are kept, can be taken back, and refuse what cannot be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from peakend.warehouse.identity import (
    CannotMergeError,
    UnknownCustomerError,
    UnknownMergeError,
    list_merges,
    merge_customers,
    undo_merge,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine


def test_a_merge_says_who_decided_it_when_and_for_what(shop: Engine) -> None:
    merge_id = merge_customers(shop, "a", "b", decided_by="desk", purpose="one invoice a customer")
    (row,) = list_merges(shop).to_pylist()
    assert row["merge_id"] == merge_id
    assert (row["from_customer_id"], row["into_customer_id"]) == ("b", "a")
    assert (row["method"], row["decided_by"], row["purpose"]) == ("manual", "desk", "one invoice a customer")
    assert row["decided_at"] is not None
    assert json.loads(row["evidence"]) == []


def test_an_undone_merge_stays_on_record_with_its_reason(shop: Engine) -> None:
    merge_id = merge_customers(shop, "a", "b", decided_by="desk")
    undo_merge(shop, merge_id, undone_by="chief", because="two people")
    assert list_merges(shop, in_force=True).num_rows == 0
    (row,) = list_merges(shop).to_pylist()
    assert (row["undone_by"], row["undone_because"]) == ("chief", "two people")


def test_a_pair_merged_again_after_undoing_is_a_new_decision(shop: Engine) -> None:
    first = merge_customers(shop, "a", "b", decided_by="desk")
    undo_merge(shop, first, undone_by="desk")
    second = merge_customers(shop, "a", "b", decided_by="desk")
    assert first != second
    assert list_merges(shop, in_force=True)["merge_id"].to_pylist() == [second]


def test_a_merge_cannot_be_undone_twice(shop: Engine) -> None:
    merge_id = merge_customers(shop, "a", "b", decided_by="desk")
    undo_merge(shop, merge_id, undone_by="desk")
    with pytest.raises(UnknownMergeError) as caught:
        undo_merge(shop, merge_id, undone_by="desk")
    assert merge_id in caught.value.in_("zh")


def test_a_customer_cannot_be_merged_with_itself(shop: Engine) -> None:
    with pytest.raises(CannotMergeError):
        merge_customers(shop, "a", "a", decided_by="desk")


def test_a_merge_with_somebody_unknown_names_the_id_and_changes_nothing(shop: Engine) -> None:
    with pytest.raises(UnknownCustomerError) as caught:
        merge_customers(shop, "a", 'nobody"; drop table', decided_by="desk")
    assert caught.value.data["customer_id"] == 'nobody"; drop table'
    assert not shop.has_table("merges")


def test_a_person_is_not_merged_with_an_organisation(engine: Engine, put: Callable[..., None]) -> None:
    put(
        engine,
        "customers",
        [{"customer_id": "p", "kind": "person"}, {"customer_id": "o", "kind": "organisation"}],
    )
    with pytest.raises(CannotMergeError):
        merge_customers(engine, "p", "o", decided_by="desk")


def test_a_merged_away_customer_can_still_be_named_in_a_merge(shop: Engine) -> None:
    merge_customers(shop, "a", "b", decided_by="desk")
    merge_customers(shop, "b", "c", decided_by="desk")
    remaining = shop.table("customers").to_arrow()["customer_id"].to_pylist()
    assert remaining == ["a", "d", "e"]


def test_a_warehouse_without_customers_has_nobody_to_merge(engine: Engine) -> None:
    with pytest.raises(UnknownCustomerError):
        merge_customers(engine, "a", "b", decided_by="desk")


def test_names_with_quotes_emoji_and_chinese_survive_a_merge(
    engine: Engine, put: Callable[..., None]
) -> None:
    ids = ["李'\"雷", "🙂; select", "zz"]
    put(engine, "customers", [{"customer_id": i, "kind": "person", "name": i} for i in ids])
    before = engine.table("customers").to_arrow()
    merge_id = merge_customers(engine, ids[0], ids[1], decided_by="O'Neil")
    assert set(engine.table("customers").to_arrow()["customer_id"].to_pylist()) == {"zz", min(ids[:2])}
    undo_merge(engine, merge_id, undone_by="O'Neil")
    assert engine.table("customers").to_arrow().sort_by("customer_id") == before.sort_by("customer_id")
