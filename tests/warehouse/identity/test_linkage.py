"""Records of one customer are found again, and records of two people are kept apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from peakend.engine import connect
from peakend.warehouse.identity import (
    Block,
    BlockRefusedError,
    BlockSize,
    BlockTooLargeError,
    IdentityError,
    NoCustomersError,
    explain,
    link_customers,
    links,
    list_merges,
    undo_merge,
)
from peakend.warehouse.identity.clusters import components

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from peakend.engine import Engine
    from peakend.warehouse.identity import LinkReport

PERSONS = 2000
SEEDS = (11, 12)


def store(engine: Engine, people: object, reverse: bool = False) -> None:
    for name in ("customers", "identities"):
        table = getattr(people, name)
        engine.create(name, table.schema)
        engine.insert(name, table.take(list(range(table.num_rows))[::-1]) if reverse else table)


def pairs_merged(report: LinkReport) -> set[tuple[str, str]]:
    return {(merge.pair[1], merge.pair[0]) for merge in report.merges}


@pytest.fixture(scope="module", params=SEEDS)
def found(request: pytest.FixtureRequest, planted: ModuleType) -> tuple[Any, LinkReport]:
    people = planted.plant(PERSONS, request.param)
    with connect("duckdb://") as engine:
        store(engine, people)
        return people, link_customers(engine, dry_run=True)


def test_planted_duplicates_are_found_and_little_else(
    found: tuple[Any, LinkReport], planted: ModuleType
) -> None:
    people, report = found
    true = people.true_pairs()
    joined = planted.pairs_of(components(pairs_merged(report)))
    assert len(true) > 1500
    assert len(true & joined) / len(joined) >= 0.98
    assert len(true & joined) / len(true) >= 0.90


def test_what_is_learnt_is_close_to_what_was_planted(found: tuple[Any, LinkReport]) -> None:
    _, report = found
    assert report.model is not None
    assert report.model.learnt
    m = {(weight.field, weight.level): weight.m for weight in report.model.weights}
    # Two records have the same phone number unless one of them changed: (1 - 0.08)².
    assert m["phone", "same"] == pytest.approx(0.85, abs=0.07)
    # The address stays the same when neither changed it, nor moved it to another host (in 5 of 6 cases).
    assert m["email", "same"] == pytest.approx((1 - 0.10) ** 2 * (1 - 0.15 * 5 / 6) ** 2, abs=0.08)
    assert m["birth_year", "same"] >= 0.93


def test_every_weight_has_m_and_u_that_add_up(found: tuple[Any, LinkReport]) -> None:
    _, report = found
    assert report.model is not None
    for field in {weight.field for weight in report.model.weights}:
        rows = [weight for weight in report.model.weights if weight.field == field]
        assert sum(weight.m for weight in rows) == pytest.approx(1, abs=0.01)
        assert sum(weight.u for weight in rows) == pytest.approx(1, abs=1e-6)


def test_where_nobody_has_two_records_nobody_is_merged(planted: ModuleType, engine: Engine) -> None:
    store(engine, planted.plant(PERSONS, 21, duplicates=False))
    report = link_customers(engine, dry_run=True)
    assert len(report.merges) <= 1
    assert report.model is not None
    assert not report.model.learnt


def test_the_same_records_in_another_order_give_the_same_merges(planted: ModuleType, engine: Engine) -> None:
    people = planted.plant(400, 31)
    store(engine, people, reverse=True)
    backwards = link_customers(engine, dry_run=True)
    with connect("duckdb://") as other:
        store(other, people)
        forwards = link_customers(other, dry_run=True)
    assert pairs_merged(forwards) == pairs_merged(backwards)
    assert forwards.as_table() == backwards.as_table()


FILLER = 300


def crowd(planted: ModuleType, engine: Engine, put: Callable[..., None], extra: list[dict[str, Any]]) -> None:
    """Planted people with `extra` records among them; each extra may have email, phone, card, document."""
    people = planted.plant(FILLER, 41)
    customers = people.customers.to_pylist()
    identities = people.identities.to_pylist()
    for row in extra:
        contacts = {k: row[k] for k in ("email", "phone", "card", "document") if k in row}
        rest = {key: value for key, value in row.items() if key not in contacts}
        customers.append({"kind": "person", "source": "crm", **rest})
        identities += [
            {
                "identity_id": f"{row['customer_id']}/{k}",
                "customer_id": row["customer_id"],
                "kind": k,
                "value": v,
            }
            for k, v in contacts.items()
        ]
    put(engine, "customers", customers)
    put(engine, "identities", identities)


def about(report: LinkReport, *ids: str) -> tuple[set[tuple[str, str]], dict[tuple[str, str], str]]:
    """Merges within `ids`, and why pairs within `ids` were held back."""
    merged = {pair for pair in pairs_merged(report) if set(pair) <= set(ids)}
    held = {(h.first, h.second): h.reason for h in report.held if {h.first, h.second} <= set(ids)}
    return merged, held


HOME = {"email": "the.bakers@home.org", "phone": "07700 900123", "city": "London", "country": "GB"}


def test_a_household_that_shares_everything_but_the_name_is_not_one_customer(
    planted: ModuleType, engine: Engine, put: Callable[..., None]
) -> None:
    family = [
        {"customer_id": "x1", "name": "Anthony Bakerfield", "birth_year": 1970, "gender": "m", **HOME},
        {"customer_id": "x2", "name": "Ruth Bakerfield", "birth_year": 1972, "gender": "f", **HOME},
        {"customer_id": "x3", "name": "Ruth Bakerfield", "birth_year": 1999, "gender": "f", **HOME},
    ]
    crowd(planted, engine, put, family)
    merged, held = about(link_customers(engine, dry_run=True), "x1", "x2", "x3")
    assert merged == set()
    assert held["x1", "x2"] == "names"
    assert held["x2", "x3"] == "birth_years"


@pytest.mark.parametrize(
    ("first", "second"), [("Emma Bakerfield", "Emily Bakerfield"), ("王晓明", "王晓亮"), ("欧阳静", "欧阳娜")]
)
def test_twins_are_two_customers(
    planted: ModuleType, engine: Engine, put: Callable[..., None], first: str, second: str
) -> None:
    born = {"birth_year": 1990, "gender": "f", **HOME}
    twins = [{"customer_id": "x1", "name": first, **born}, {"customer_id": "x2", "name": second, **born}]
    crowd(planted, engine, put, twins)
    merged, held = about(link_customers(engine, dry_run=True), "x1", "x2")
    assert merged == set()
    assert held == {("x1", "x2"): "names"}


def test_a_nameless_record_does_not_tie_a_household_together(
    planted: ModuleType, engine: Engine, put: Callable[..., None]
) -> None:
    records = [
        {"customer_id": "x1", "name": "Anthony Bakerfield", "birth_year": 1970, **HOME},
        {"customer_id": "x2", "name": "Ruth Bakerfield", "birth_year": 1972, **HOME},
        {"customer_id": "x3", **HOME},
    ]
    crowd(planted, engine, put, records)
    merged, held = about(link_customers(engine, dry_run=True), "x1", "x2", "x3")
    assert merged == set()
    assert {held["x1", "x3"], held["x2", "x3"]} == {"thin"}


def test_records_that_share_only_placeholders_are_not_compared(
    planted: ModuleType, engine: Engine, put: Callable[..., None]
) -> None:
    blank = {"email": "test@test.com", "phone": "000000", "name": "n/a"}
    crowd(planted, engine, put, [{"customer_id": f"x{i}", **blank} for i in range(30)])
    report = link_customers(engine, dry_run=True)
    assert about(report, *(f"x{i}" for i in range(30))) == (set(), {})
    assert {(item.kind, item.fault) for item in report.ignored} >= {("email", "placeholder")}


def test_a_document_joins_what_the_model_would_not(
    planted: ModuleType, engine: Engine, put: Callable[..., None]
) -> None:
    records = [
        {"customer_id": "x1", "name": "Ruth Bakerfield", "document": "E 1234-5678"},
        {"customer_id": "x2", "name": "Bakerfield, R.", "document": "e12345678"},
        {"customer_id": "x3", "name": "Ruth Bakerfield", "card": "4111 1111 1111 2222"},
        {"customer_id": "x4", "name": "Anthony Bakerfield", "card": "4111111111112222"},
    ]
    crowd(planted, engine, put, records)
    report = link_customers(engine, dry_run=True)
    merged, held = about(report, "x1", "x2", "x3", "x4")
    assert merged == {("x1", "x2")}
    assert held["x3", "x4"] == "names"
    (merge,) = [m for m in report.merges if m.pair == ("x2", "x1")]
    assert merge.method == "rule"
    assert explain(merge.evidence).en.startswith("the same document")


def test_a_person_and_an_organisation_of_the_same_name_stay_apart(
    planted: ModuleType, engine: Engine, put: Callable[..., None]
) -> None:
    records = [
        {"customer_id": "x1", "name": "Ruth Bakerfield", "kind": "person", **HOME},
        {"customer_id": "x2", "name": "Ruth Bakerfield Ltd", "kind": "organisation", **HOME},
    ]
    crowd(planted, engine, put, records)
    merged, held = about(link_customers(engine, dry_run=True), "x1", "x2")
    assert merged == set()
    assert held == {("x1", "x2"): "kinds"}


def test_merging_says_why_in_both_languages_and_an_undone_pair_is_not_proposed_again(
    planted: ModuleType, engine: Engine
) -> None:
    store(engine, planted.plant(FILLER, 51))
    report = link_customers(engine, decided_by="night run", purpose="one bill")
    merges = list_merges(engine)
    assert merges.num_rows == len(report.merges) == len(report.merge_ids) > 50
    assert set(merges["purpose"].to_pylist()) == {"one bill"}
    assert links(engine).num_rows == len(report.merges)
    row = merges.to_pylist()[0]
    assert {item["field"] for item in json.loads(row["evidence"])} & {"name", "email", "phone"}
    assert "name" in explain(row["evidence"]).en
    assert "姓名" in explain(row["evidence"]).zh
    assert link_customers(engine).merges == ()
    undo_merge(engine, row["merge_id"], undone_by="desk")
    again = link_customers(engine)
    pair = (row["into_customer_id"], row["from_customer_id"])
    assert pair not in pairs_merged(again)
    assert {h.reason for h in again.held if (h.first, h.second) == pair} == {"undone"}


def test_a_dry_run_writes_nothing(planted: ModuleType, engine: Engine) -> None:
    store(engine, planted.plant(60, 61))
    before = engine.tables()
    assert link_customers(engine, dry_run=True).merges
    assert engine.tables() == before


def test_a_block_above_the_limit_is_refused_by_name_and_size_before_anything_runs(
    planted: ModuleType, engine: Engine
) -> None:
    store(engine, planted.plant(200, 71))
    asked: list[BlockSize] = []
    with pytest.raises(BlockTooLargeError) as caught:
        link_customers(
            engine,
            rules=[Block("gender", ("gender",))],
            max_pairs=1000,
            confirm=lambda size: bool(asked.append(size)) or True,
        )
    assert caught.value.data["block"] == "gender"
    assert caught.value.data["pairs"] > 10_000
    assert "gender" in caught.value.in_("zh")
    assert asked == []


def test_somebody_is_asked_about_every_block_and_may_refuse(planted: ModuleType, engine: Engine) -> None:
    store(engine, planted.plant(60, 61))
    asked: list[BlockSize] = []

    def confirm(size: BlockSize) -> bool:
        asked.append(size)
        return len(asked) < 3

    with pytest.raises(BlockRefusedError):
        link_customers(engine, confirm=confirm)
    assert len(asked) == 3
    assert not engine.has_table("merges")


def test_pairs_of_a_block_are_counted_exactly(engine: Engine, put: Callable[..., None]) -> None:
    people = [{"customer_id": f"{i}", "name": "Ann Lee", "birth_year": 1990 + i % 2} for i in range(7)]
    put(engine, "customers", [*people, {"customer_id": "n", "name": "Ann Lee"}])
    sizes: list[BlockSize] = []
    rules = [Block("year", ("birth_year",)), Block("words", ("name_words",))]
    link_customers(engine, rules=rules, confirm=lambda size: bool(sizes.append(size)) or True, dry_run=True)
    assert [(size.pairs, size.values, size.largest) for size in sizes] == [(6 + 3, 2, 4), (28 * 2, 2, 8)]


@pytest.mark.parametrize("columns", [(), ("shoe_size",), ("emails", "phones")])
def test_a_block_of_columns_that_cannot_be_blocked_on_is_an_error(columns: tuple[str, ...]) -> None:
    with pytest.raises(IdentityError):
        Block("wrong", columns)


@pytest.mark.parametrize("threshold", [0.0, 1.5, -1.0])
def test_a_threshold_that_is_no_probability_is_an_error(shop: Engine, threshold: float) -> None:
    with pytest.raises(IdentityError):
        link_customers(shop, threshold=threshold)


def test_a_warehouse_without_customers_is_an_error(engine: Engine, put: Callable[..., None]) -> None:
    with pytest.raises(NoCustomersError):
        link_customers(engine)
    put(engine, "customers", [])
    with pytest.raises(NoCustomersError):
        link_customers(engine)


def test_one_customer_or_customers_without_anything_known_give_an_empty_report(
    engine: Engine, put: Callable[..., None]
) -> None:
    put(engine, "customers", [{"customer_id": "1"}])
    assert link_customers(engine).merges == ()
    put(engine, "customers", [{"customer_id": str(i)} for i in range(5)])
    report = link_customers(engine)
    assert (report.merges, report.held, report.customers) == ((), (), 5)
    assert report.as_table("zh")["what"][0].as_py() == "客户记录"
