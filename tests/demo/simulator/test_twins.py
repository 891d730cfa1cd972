"""The same request gives the same company; a null twin differs in its mechanism and in what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from peakend.demo.simulator.mechanism import switchable, switched_off
from peakend.demo.simulator.run import blocks
from peakend.demo.simulator.world import Kind, world
from peakend.warehouse.schema import canonical_tables

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.frame import Frame

Tables = Mapping[str, pa.Table]
Company = Callable[..., Tables]

ALWAYS_ALIKE = (
    "products",
    "touchpoints",
    "sites",
    "employees",
    "surveys",
    "questions",
    "changes",
    "design_flows",
)


def ordered(tables: Tables, name: str) -> pa.Table:
    rows = tables[name]
    key = canonical_tables()[name].key if name in canonical_tables() else ("customer_id",)
    key = tuple(column for column in key if column in rows.column_names) or tuple(rows.column_names[:2])
    return rows.sort_by([(column, "ascending") for column in key]).combine_chunks()


def one_block(kind: Kind = "airline", *, customers: int = 300, without: tuple[str, ...] = ()) -> Block:
    return next(blocks(world(kind, seed=1, months=24, off=switched_off(without)), customers, customers))


def test_the_same_request_gives_the_same_rows(company: Company) -> None:
    first = company("bank", customers=120)
    again = company("bank", customers=120, block=120)
    for name in first:
        assert ordered(first, name).equals(ordered(again, name)), name


def test_another_seed_gives_another_company(company: Company) -> None:
    first, other = company("bank", customers=120), company("bank", customers=120, seed=2)
    for name in ("customers", "transactions", "interactions", "answers"):
        assert not ordered(first, name).equals(ordered(other, name)), name


@pytest.mark.parametrize("block", [1, 37])
def test_histories_do_not_depend_on_the_blocks(company: Company, block: int) -> None:
    whole = company("retailer", customers=120)
    parts = company("retailer", customers=120, block=block)
    assert set(whole) == set(parts)
    for name in parts:
        assert ordered(whole, name).equals(ordered(parts, name)), name


def test_histories_do_not_depend_on_how_many_customers_there_are(company: Company) -> None:
    few, many = company("airline", customers=100), company("airline", customers=250)
    for name, column in (
        ("customers", "customer_id"),
        ("interactions", "event_id"),
        ("answers", "response_id"),
    ):
        kept = pc.is_in(many[name][column], few[name][column])
        assert few[name].num_rows > 50
        key = [(k, "ascending") for k in canonical_tables()[name].key]
        assert many[name].filter(kept).sort_by(key).equals(few[name].sort_by(key))


# What must not change, to the last column, when a mechanism is switched off.
UNTOUCHED = {
    **dict.fromkeys(
        (
            "touchpoint_quality",
            "site_quality",
            "site_days",
            "tier_gap",
            "trend",
            "service_change",
        ),
        ("customers", "identities", "segment_members", "transactions", "memberships", "points"),
    ),
    "attitude": ("segment_members", "treatments"),
    **dict.fromkeys(
        ("weighing", "drivers_by_segment", "asymmetry", "expectations", "delight", "peak_end"),
        ("customers", "interactions", "transactions", "segment_members", "points", "cases", "populations"),
    ),
    "mismatch": ("customers", "interactions", "segment_members", "cases", "populations"),
    "halo": ("customers", "interactions", "transactions", "invitations", "responses", "cases"),
    "straight_liners": ("customers", "interactions", "transactions", "invitations", "responses", "cases"),
    "retest": ("customers", "interactions", "transactions", "cases", "populations"),
    "recall": ("customers", "interactions", "transactions", "invitations", "responses", "cases"),
    "themes": ("customers", "transactions", "interactions", "invitations", "responses", "points", "cases"),
    "nonresponse": ("customers", "transactions", "interactions", "points", "cases"),
    "complaints": ("customers", "transactions", "points", "segment_members"),
    "equal_times": ("customers", "transactions", "invitations", "answers", "points", "cases"),
    "late_records": ("customers", "invitations", "responses", "answers", "points", "cases"),
    "unidentified": ("customers", "identities", "segment_members", "memberships"),
    "refunds": ("customers", "identities", "segment_members", "memberships"),
    "duplicates": ("memberships", "points"),
    "loyalty_link": ("segment_members", "treatments"),
    "memory": ("customers", "interactions", "transactions", "cases", "points", "treatments", "populations"),
    "detours": ("customers", "transactions", "segment_members", "points", "treatments", "populations"),
    **dict.fromkeys(
        ("seams", "defects", "erosion"),
        ("customers", "transactions", "segment_members", "points", "treatments"),
    ),
    **dict.fromkeys(
        ("checklists", "conflicting_facts", "bad_week"),
        ("customers", "transactions", "cases", "answers", "invitations", "responses", "points", "handoffs"),
    ),
    "visitors": ("customers", "transactions", "cases", "answers", "responses", "handoffs", "defects"),
    "gesture": ("segment_members", "memberships", "initiatives", "promises"),
    "repurchase": ("segment_members", "memberships", "treatments", "design_steps"),
    "promoters_worth": ("segment_members", "treatments", "choice_options", "competitors"),
    "service_appetite": (
        *("customers", "transactions", "interactions", "answers", "cost_entries", "relationships"),
        *("contributions", "wallets", "value_entries"),
    ),
    "capacity": ("customers", "transactions", "cases", "cost_entries", "contributions", "wallets"),
    "winning": ("customers", "transactions", "cases", "activities", "contributions", "wallets", "answers"),
    "keeping": ("customers", "transactions", "cases", "activities", "contributions", "wallets", "answers"),
    "referrals": ("customers", "transactions", "cases", "activities", "cost_entries", "wallets", "answers"),
    "contributions": ("customers", "transactions", "cost_entries", "value_entries", "relationships"),
    "wallets": ("customers", "transactions", "answers", "ledger_totals", "choice_options", "competitors"),
    "rivals": ("customers", "transactions", "answers", "ledger_totals", "choice_options", "wallets"),
    "choices": ("customers", "transactions", "answers", "ledger_totals", "competitors", "wallets"),
    "delivered": ("customers", "transactions", "interactions", "ledger_totals", "value_factors", "wallets"),
    "renewals": ("customers", "transactions", "answers", "ledger_totals", "wallets", "cost_entries"),
    "ledger_gap": ("customers", "transactions", "answers", "activities", "cost_entries", "value_entries"),
    "buying": (),
    "seasonality": (),
}


def test_every_switch_is_looked_at() -> None:
    assert set(UNTOUCHED) == {mechanism.name for mechanism in switchable()}


@pytest.mark.parametrize("name", sorted(UNTOUCHED))
def test_a_null_twin_changes_something_and_leaves_alone_what_does_not_follow(
    company: Company, name: str
) -> None:
    kind = "bank" if name == "renewals" else "airline"
    real, twin = company(kind, customers=300), company(kind, customers=300, without=(name,))
    changed = {table for table in real if not ordered(real, table).equals(ordered(twin, table))}
    assert changed - {"truth_parameters", "truth_effects"}
    unmoved = set(UNTOUCHED[name]) & changed
    assert not unmoved
    assert not set(ALWAYS_ALIKE) & changed


@pytest.mark.parametrize("name", ["trend", "tier_gap", "site_quality", "site_days", "service_change"])
def test_events_stay_the_same_when_only_their_quality_changes(company: Company, name: str) -> None:
    """But for complaints, which follow from quality."""
    kept = [
        "event_id",
        "customer_id",
        "case_id",
        "at",
        "touchpoint_id",
        "channel",
        "site_id",
        "employee_id",
        "duration_s",
    ]
    twins = []
    for without in ((), (name,)):
        rows = ordered(company("airline", customers=300, without=without), "interactions")
        twins.append(rows.filter(pc.not_equal(rows["touchpoint_id"], "complaint")).select(kept))
    real, twin = twins
    assert real.equals(twin)


@pytest.mark.parametrize("name", ["tier_gap", "site_quality", "touchpoint_quality", "trend"])
def test_the_twins_latent_values_differ_by_the_effect_and_nothing_else(name: str) -> None:
    calm = ("complaints", "equal_times")
    real, twin = one_block(without=calm), one_block(without=(*calm, name))
    ours, theirs = real.events, twin.events
    # Complaints come at random here, so they are the same events in both.
    assert np.array_equal(key(ours), key(theirs))
    company = real.world.company
    effect = {
        "tier_gap": np.array([t.gap for t in company.tiers])[real.people["tier"][ours["person"]]],
        "site_quality": np.array([*(s.effect for s in company.sites), 0.0])[ours["site"]],
        "touchpoint_quality": np.array([t.quality for t in company.touchpoints])[ours["slot"]],
        "trend": company.experience.trend_per_year
        * (ours["at"] - real.world.calendar.start_us)
        / (365.25 * 86_400e6),
    }[name]
    difference = ours["latent"] - theirs["latent"]
    assert difference == pytest.approx(effect, abs=1e-9)


def key(events: Frame) -> npt.NDArray[np.int64]:
    return (events["index"] * 10_000 + events["ordinal"]) * 100 + events["slot"]


def test_answers_given_in_both_twins_are_the_same(company: Company) -> None:
    real = company("bank", customers=400)["answers"]
    twin = company("bank", customers=400, without=("nonresponse",))["answers"]
    both = pc.is_in(real["response_id"], twin["response_id"])
    assert 0 < pc.sum(both).as_py() < len(real)
    keys = [("response_id", "ascending"), ("question_id", "ascending")]
    common = real.filter(both).sort_by(keys)
    others = twin.filter(pc.is_in(twin["response_id"], real["response_id"])).sort_by(keys)
    assert common.equals(others)


def test_sales_are_the_same_with_and_without_refunds(company: Company) -> None:
    real = ordered(company("retailer", customers=200, without=("late_records",)), "transactions")
    twin = ordered(company("retailer", customers=200, without=("late_records", "refunds")), "transactions")
    assert real.num_rows > twin.num_rows
    assert real.filter(pc.not_equal(real["kind"], "refund")).equals(twin)


def test_joining_records_to_people_undoes_the_duplicates(company: Company) -> None:
    real, twin = company("bank", customers=300), company("bank", customers=300, without=("duplicates",))
    identities = real["truth_identities"]
    person = dict(
        zip(identities["customer_id"].to_pylist(), identities["person_id"].to_pylist(), strict=True)
    )
    ours, theirs = ordered(real, "transactions"), ordered(twin, "transactions")
    owners = [person.get(customer) for customer in ours["customer_id"].to_pylist()]
    assert owners == theirs["customer_id"].to_pylist()
    assert ours.drop_columns(["customer_id"]).equals(theirs.drop_columns(["customer_id"]))
