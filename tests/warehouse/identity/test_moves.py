"""Facts follow merges and go back, whatever the order, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.engine import connect
from peakend.warehouse.identity import as_loaded, links, list_merges, merge_customers, undo_merge
from peakend.warehouse.identity.moves import apply_merges, merges_suspended
from peakend.warehouse.schema import canonical_table
from peakend.warehouse.versions import table_versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.engine import Engine

CUSTOMERS = "abcdef"
_DAY, _NOON = date(2024, 1, 1), datetime(2024, 1, 1, 12)
Rows = Counter[tuple[Any, ...]]


def content(engine: Engine, names: tuple[str, ...] | None = None) -> dict[str, Rows]:
    """The rows of every canonical table, as multisets."""
    chosen = names or tuple(n for n in engine.tables() if n in _canonical())
    return {name: _rows(engine.table(name).to_arrow()) for name in chosen}


def _canonical() -> set[str]:
    return {"customers", "transactions", "relationships", "segment_members", "wallets", "treatments"}


def _rows(table: pa.Table) -> Rows:
    return Counter(tuple(row.values()) for row in table.to_pylist())


def ordered(engine: Engine, name: str) -> list[dict[str, Any]]:
    return list(engine.table(name).to_arrow().to_pylist())


def merge(engine: Engine, first: str, second: str) -> str:
    return merge_customers(engine, first, second, decided_by="test")


def test_facts_of_both_customers_belong_to_the_survivor(shop: Engine) -> None:
    merge(shop, "b", "a")
    sales = shop.table("transactions").to_arrow().to_pylist()
    assert Counter(row["customer_id"] for row in sales) == Counter({"a": 4, "c": 2, "d": 2, "e": 2, None: 1})
    assert [row["customer_id"] for row in ordered(shop, "customers")] == ["a", "c", "d", "e"]


def test_merge_then_undo_changes_nothing_at_all(shop: Engine) -> None:
    before, tables = content(shop), set(shop.tables())
    sales = ordered(shop, "transactions")
    undo_merge(shop, merge(shop, "b", "a"), undone_by="test")
    assert content(shop) == before
    assert ordered(shop, "transactions") == sales
    assert set(shop.tables()) - tables == {"merges", "customer_links", "table_versions"}


def test_the_order_of_merges_does_not_matter(shop: Engine) -> None:
    merge(shop, "a", "b")
    merge(shop, "b", "c")
    forwards = content(shop)
    for row in list_merges(shop, in_force=True).to_pylist():
        undo_merge(shop, row["merge_id"], undone_by="test")
    merge(shop, "c", "b")
    merge(shop, "b", "a")
    assert content(shop) == forwards
    assert set(links(shop)["into_customer_id"].to_pylist()) == {"a"}


def test_undoing_one_of_two_merges_leaves_the_other(shop: Engine) -> None:
    merge(shop, "b", "c")
    only = content(shop)
    undo_merge(shop, merge(shop, "a", "b"), undone_by="test")
    assert content(shop) == only


def test_merging_twice_is_merging_once(shop: Engine) -> None:
    first = merge(shop, "a", "b")
    once, versions = content(shop), table_versions(shop)
    assert merge(shop, "b", "a") == first
    assert content(shop) == once
    assert table_versions(shop) == versions
    assert list_merges(shop).num_rows == 1


def test_the_survivor_keeps_its_own_segment_and_wallet(shop: Engine) -> None:
    merge(shop, "a", "b")
    merge(shop, "b", "c")
    tiers = {(row["subject"], row["subject_id"]): row["segment"] for row in ordered(shop, "segment_members")}
    assert tiers == {("customer", "a"): "gold", ("response", "b"): "gold"}
    wallets = {row["customer_id"]: int(row["own_spend"]) for row in ordered(shop, "wallets")}
    assert wallets == {"a": 0, "d": 2}
    assert as_loaded(shop, "wallets").to_arrow().num_rows == 3


def test_a_relationship_with_oneself_is_set_aside_not_lost(shop: Engine) -> None:
    merge(shop, "a", "b")
    standing = {row["relationship_id"]: row["to_customer_id"] for row in ordered(shop, "relationships")}
    assert standing == {"r1": "d", "r2": "c", "r3": "a"}
    assert as_loaded(shop, "relationships").to_arrow().num_rows == 4


def test_a_survivor_learns_what_it_lacks_from_the_others(shop: Engine) -> None:
    merge(shop, "b", "a")
    merge(shop, "c", "a")
    survivor = ordered(shop, "customers")[0]
    assert (survivor["customer_id"], survivor["name"], survivor["birth_year"]) == ("a", "A", 1980)


def test_revenue_stays_the_same_through_a_merge(shop: Engine) -> None:
    total = "select sum(revenue) as total, count(*) as n from t"
    before = shop.table("transactions").query(total).to_arrow()
    merge(shop, "a", "b")
    merge(shop, "d", "e")
    assert shop.table("transactions").query(total).to_arrow() == before


def test_changed_tables_and_only_those_get_a_new_version(shop: Engine) -> None:
    merge(shop, "d", "e")
    assert set(table_versions(shop)) == {"customers", "transactions", "relationships", "treatments"}


def test_tables_stay_in_the_order_of_their_key(shop: Engine) -> None:
    merge(shop, "a", "d")
    rows = [(r["customer_id"] or "~", r["at"], r["transaction_id"]) for r in ordered(shop, "transactions")]
    assert rows == sorted(rows)


def test_facts_loaded_after_a_merge_follow_it_and_go_back_with_it(shop: Engine) -> None:
    undone = merge(shop, "a", "b")
    arrived = {**ordered(shop, "transactions")[0], "transaction_id": "late", "customer_id": "b"}
    shop.insert(
        "transactions", pa.Table.from_pylist([arrived], schema=canonical_table("transactions").schema())
    )
    assert apply_merges(shop, ["transactions"]) == ["transactions"]
    assert {r["customer_id"] for r in ordered(shop, "transactions") if r["transaction_id"] == "late"} == {"a"}
    assert apply_merges(shop, ["transactions"]) == []
    undo_merge(shop, undone, undone_by="test")
    assert {r["customer_id"] for r in ordered(shop, "transactions") if r["transaction_id"] == "late"} == {"b"}


def test_while_merges_are_suspended_tables_are_as_their_sources_say(shop: Engine) -> None:
    before = content(shop)
    merge(shop, "a", "b")
    merged = content(shop)
    with shop.transaction(), merges_suspended(shop, sorted(_canonical())):
        assert content(shop) == before
    assert content(shop) == merged


def test_a_failed_load_leaves_the_merged_tables_as_they_were(shop: Engine) -> None:
    merge(shop, "a", "b")
    merged = content(shop)
    try:
        with shop.transaction(), merges_suspended(shop, ["transactions"]):
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert content(shop) == merged


class Oracle:
    """The same in plain Python: loaded sales and wallets, and decisions as a graph."""

    def __init__(self) -> None:
        self.sales: dict[str, str | None] = {}
        self.wallets: dict[str, int] = {}
        self.active: dict[str, tuple[str, str]] = {}

    def survivors(self) -> Mapping[str, str]:
        found = {c: c for c in CUSTOMERS}
        for _ in CUSTOMERS:
            for one, other in self.active.values():
                found[one] = found[other] = min(found[one], found[other])
        return found

    def expected_sales(self) -> dict[str, str | None]:
        into = self.survivors()
        return {key: into[who] if who is not None else None for key, who in self.sales.items()}

    def expected_wallets(self) -> dict[str, int]:
        into = self.survivors()
        kept: dict[str, int] = {}
        for who in sorted(self.wallets):
            kept.setdefault(into[who], self.wallets[who])
        return kept


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.sampled_from(CUSTOMERS), st.sampled_from(CUSTOMERS)),
        st.tuples(st.just("undo"), st.integers(0, 5), st.none()),
        st.tuples(st.just("arrive"), st.sampled_from([*CUSTOMERS, None]), st.none()),
    ),
    min_size=3,
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(steps=STEPS)
def test_after_any_history_the_tables_are_what_the_decisions_in_force_make_of_what_was_loaded(
    steps: list[tuple[str, Any, Any]],
) -> None:
    with connect("duckdb://") as engine:
        oracle = Oracle()
        _load_start(engine, oracle)
        loaded = content(engine)
        for number, (what, first, second) in enumerate(steps):
            if what == "merge" and first != second:
                oracle.active[merge(engine, first, second)] = (first, second)
            elif what == "undo" and oracle.active:
                chosen = sorted(oracle.active)[first % len(oracle.active)]
                undo_merge(engine, chosen, undone_by="test")
                del oracle.active[chosen]
            elif what == "arrive":
                row = _sale(f"late{number}", first)
                engine.insert("transactions", row)
                apply_merges(engine, ["transactions"])
                oracle.sales[f"late{number}"] = first
                loaded["transactions"] += _rows(row)
            _agrees(engine, oracle)
        for chosen in list(oracle.active):
            undo_merge(engine, chosen, undone_by="test")
        assert content(engine) == loaded


def _agrees(engine: Engine, oracle: Oracle) -> None:
    sales = {row["transaction_id"]: row["customer_id"] for row in ordered(engine, "transactions")}
    assert sales == oracle.expected_sales()
    assert {
        r["customer_id"]: int(r["own_spend"]) for r in ordered(engine, "wallets")
    } == oracle.expected_wallets()
    assert {r["customer_id"] for r in ordered(engine, "customers")} == set(oracle.survivors().values())


def _load_start(engine: Engine, oracle: Oracle) -> None:
    people = [{"customer_id": c, "name": c, "kind": "person", "source": "s"} for c in CUSTOMERS]
    spend = [
        {"customer_id": c, "category": "food", "as_of_on": _DAY, "own_spend": n, "source": "s"}
        for n, c in enumerate(CUSTOMERS[1:])
    ]
    for name, rows in (("customers", people), ("wallets", spend)):
        schema = canonical_table(name).schema()
        engine.create(name, schema)
        engine.insert(name, pa.Table.from_pylist(rows, schema=schema))
    engine.create("transactions", canonical_table("transactions").schema())
    for number, who in enumerate([*CUSTOMERS, None]):
        engine.insert("transactions", _sale(f"t{number}", who))
        oracle.sales[f"t{number}"] = who
    oracle.wallets = {row["customer_id"]: row["own_spend"] for row in spend}


def _sale(key: str, who: str | None) -> pa.Table:
    row = {
        "transaction_id": key,
        "customer_id": who,
        "at": _NOON,
        "kind": "sale",
        "revenue": 1,
        "currency": "EUR",
        "source": "s",
    }
    return pa.Table.from_pylist([row], schema=canonical_table("transactions").schema())
