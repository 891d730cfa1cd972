"""What was planted in journeys is recovered by simple direct estimators, and gone in the null twins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, get_args

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from estimators import assert_near
from peakend.demo.simulator.company import Kind
from peakend.demo.simulator.company import company as described
from peakend.demo.simulator.mechanism import switchable, switched_off
from peakend.demo.simulator.mechanisms.bad_week import week_us
from peakend.demo.simulator.mechanisms.repurchase import _meets
from peakend.demo.simulator.recipes import shared
from peakend.demo.simulator.run import blocks
from peakend.demo.simulator.world import world

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block
    from peakend.demo.simulator.draws import Array

Tables = Mapping[str, pa.Table]
Company = Callable[..., Tables]

KINDS: tuple[Kind, ...] = get_args(Kind)
EVERYTHING = tuple(mechanism.name for mechanism in switchable() if mechanism.name != "memory")
WEEK = 7 * 86_400_000_000


@cache
def planted(kind: Kind, *on: str, customers: int = 4_000) -> Block:
    off = switched_off(name for name in EVERYTHING if name not in on)
    return next(blocks(world(kind, seed=11, months=24, off=off), customers, customers))


def _at(block: Block, touchpoint: str, site: str | None = None) -> Array:
    events, company = block.events, block.world.company
    where: Array = events["slot"] == company.slots[touchpoint]
    if site is not None:
        where &= events["site"] == [s.id for s in company.sites].index(site)
    return where


@pytest.mark.parametrize("kind", KINDS)
def test_without_detours_every_journey_goes_a_way_of_its_design(company: Company, kind: Kind) -> None:
    tables = company(kind, customers=400, without=("detours", "equal_times", "visitors"))
    connection = duckdb.connect()
    for name in ("interactions", "design_flows"):
        connection.register(name, tables[name])
    wrong = connection.execute("""
        with ways as (
            select touchpoint_id as one, lead(touchpoint_id) over (
                partition by case_id order by "at", event_id) as other
            from interactions)
        select one, other, count(*) from ways where other is not null and not exists (
            select 1 from design_flows where from_step = one and to_step = other)
        group by 1, 2 order by 3 desc""").fetchall()
    assert wrong == []


@pytest.mark.parametrize("kind", KINDS)
def test_one_step_at_one_site_is_skipped_repeated_and_late(kind: Kind) -> None:
    plan = described(kind).journey.detours
    lived, designed = planted(kind, "detours"), planted(kind)
    before = int(_at(designed, plan.touchpoint, plan.site).sum())
    there = _at(lived, plan.touchpoint, plan.site)
    again = int(lived.events["again"].sum())
    assert again == int((lived.events["again"] & there).sum())
    error = 4 * np.sqrt(before * 0.12)
    assert again == pytest.approx(plan.repeated * before, abs=error)
    assert before - (int(there.sum()) - again) == pytest.approx(plan.skipped * before, abs=error)
    assert not designed.events["again"].any()


@pytest.mark.parametrize("kind", KINDS)
def test_hand_offs_are_missing_where_planted_and_the_next_moment_pays(kind: Kind) -> None:
    torn, whole = planted(kind, "seams"), planted(kind)
    (seam,) = (seam for seam in described(kind).journey.seams if seam.missing)
    unhanded = torn.events["unhanded"]
    assert set(np.unique(torn.events["slot"][unhanded])) == {described(kind).slots[seam.after]}
    assert not whole.events["unhanded"].any()
    assert_near(torn.events["latent"][unhanded], -seam.cost)


@pytest.mark.parametrize("kind", KINDS)
def test_recorded_and_missing_hand_offs_are_all_there_are(company: Company, kind: Kind) -> None:
    for without, missing in ((("equal_times",), True), (("equal_times", "seams"), False)):
        tables = company(kind, customers=400, without=without)
        connection = duckdb.connect()
        for name in ("interactions", "handoffs"):
            connection.register(name, tables[name])
        (seam,) = (seam for seam in described(kind).journey.seams if seam.missing)
        found = connection.execute(
            """
            with steps as (
                select case_id, touchpoint_id as one, lead(touchpoint_id) over w as other
                from interactions where case_id is not null
                window w as (partition by case_id order by "at", event_id))
            select count(*), count(h.handoff_id) from steps s
            left join handoffs h on h.case_id = s.case_id
                and h.from_touchpoint_id = s.one and h.to_touchpoint_id = s.other
            where s.one = $one and s.other = $other""",
            {"one": seam.before, "other": seam.after},
        ).fetchone()
        assert found is not None
        assert (found[1] < found[0]) == missing


@pytest.mark.parametrize("kind", KINDS)
def test_small_errors_are_as_frequent_as_planted(kind: Kind) -> None:
    plan = described(kind).journey.errors
    for on, share in ((("defects",), plan.share), ((), shared().small_errors.share)):
        block = planted(kind, *on)
        channel = block.world.company.channels.index(plan.channel)
        there = _at(block, plan.touchpoint) & (block.events["channel"] == channel)
        assert_near(block.events["defect"][there].astype(float), share)
        others = block.events["defect"][~there].astype(float)
        # Complaints and returns come when the others have been looked at.
        assert others.mean() == pytest.approx(shared().small_errors.share, rel=0.15)


def test_a_week_out_of_control_takes_longer_and_no_other() -> None:
    bad, good = planted("airline", "bad_week"), planted("airline")
    plan, start = described("airline").journey.bad_week, week_us(bad.world)
    ratio = bad.events["duration_s"] / good.events["duration_s"]
    hit = (bad.events["at"] >= start) & (bad.events["at"] < start + WEEK)
    hit &= _at(bad, plan.touchpoint, plan.site)
    assert hit.sum() > 10
    assert ratio[hit] == pytest.approx(plan.factor)
    assert ratio[~hit] == pytest.approx(1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gesture_lifts_the_end_of_those_who_were_drawn(kind: Kind) -> None:
    plan = described(kind).journey.gesture
    for on, lift in ((("gesture",), plan.lift), ((), 0.0)):
        block = planted(kind, *on)
        there = _at(block, plan.touchpoint) & (block.events["at"] >= block.world.change_us(plan.at))
        arm = block.people["arm"][block.events["person"]]
        assert_near(block.events["latent"][there & (arm == 2)], lift)
        assert_near(block.events["latent"][there & (arm == 1)], 0.0)
        assert_near((block.people["arm"] == 2).astype(float), shared().trial.share / 2)


def test_customers_who_get_the_gesture_come_back_sooner() -> None:
    plan = described("airline").journey.gesture
    eager, calm = (planted("airline", *on, customers=20_000) for on in (("gesture",), ()))
    orders = [block.people["orders"].astype(float) for block in (eager, calm)]
    treated = eager.people["arm"] == 2
    assert (orders[0][~treated] == orders[1][~treated]).all()
    assert 1.02 < orders[0][treated].sum() / orders[1][treated].sum() < plan.pace


@pytest.mark.parametrize("eroded", [True, False])
def test_the_end_wears_off_in_the_last_months(eroded: bool) -> None:
    block = planted("retailer", *(["erosion"] if eroded else []))
    plan = described("retailer").journey.erosion
    rows = _at(block, plan.touchpoint)
    calendar = block.world.calendar
    start = calendar.at(calendar.month_starts[calendar.months - plan.months])
    passed = (block.events["at"][rows] - start) / (calendar.end_us - start)
    expected = -plan.drop * np.maximum(passed, 0) if eroded else np.zeros(len(passed))
    assert_near(block.events["latent"][rows] - expected, 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_one_touchpoint_brings_customers_back(kind: Kind) -> None:
    """Who orders again within two months: after second orders that met it, and that did not."""
    plan = described(kind).journey.repurchase
    for on in (("repurchase",), ()):
        block = planted(kind, *on, customers=20_000)
        second = np.flatnonzero(block.orders["ordinal"] == 2)
        after = np.minimum(second + 1, len(block.orders) - 1)
        met = _meets(block, block.orders["person"][second], 2)
        came = block.orders["ordinal"][after] == 3
        came &= block.orders["at"][after] - block.orders["at"][second] < 60 * 86_400_000_000
        rate = [came[met].mean(), came[~met].mean()]
        error = np.sqrt(sum(0.25 / len(part) for part in (came[met], came[~met])))
        if on:
            assert plan.met > plan.missed
            assert rate[0] - rate[1] > 4 * error
        else:
            assert abs(rate[0] - rate[1]) < 4 * error


@pytest.mark.parametrize("remembered", [True, False])
def test_without_memory_the_whole_has_nothing_to_do_with_the_moments(remembered: bool) -> None:
    off = ("memory",) if not remembered else ()
    simulated = world("bank", seed=11, months=24, off=switched_off(off))
    block = next(blocks(simulated, 3_000, 3_000))
    whole, felt = block.orders["overall"], np.nanmean(np.nan_to_num(block.felt), axis=1)
    there = ~np.isnan(whole)
    for judged in (whole, block.orders["remembered"]):
        correlation = np.corrcoef(judged[there], felt[there])[0, 1]
        assert (abs(correlation) > 5 / np.sqrt(there.sum())) == remembered


def test_most_journeys_have_three_moments_or_more(company: Company) -> None:
    for kind in KINDS:
        connection = duckdb.connect()
        connection.register("interactions", company(kind, customers=600)["interactions"])
        share, sensed = connection.execute("""
            select avg((n >= 3)::int), sum(n) / sum(events) from (
                select count(emotion) as n, count(*) as events from interactions
                where case_id is not null group by case_id having count(*) > 3)""").fetchone()  # type: ignore[misc]
        assert share > 0.5, kind
        assert sensed == pytest.approx(shared().sensing.share, abs=0.02)


def test_devices_are_recognised_later_as_whose_they_were(company: Company) -> None:
    tables = company("airline", customers=600)
    connection = duckdb.connect()
    for name in ("interactions", "identities", "truth_identities"):
        connection.register(name, tables[name])
    unknown, signed, told = connection.execute("""
        select count(*) filter (visitor_id is not null),
            count(*) filter (visitor_id is not null and (customer_id is not null or case_id is not null)),
            count(*) filter (visitor_id in (select value from identities where kind = 'cookie'))
        from interactions""").fetchone()  # type: ignore[misc]
    assert unknown > 100
    assert signed == 0
    assert told / unknown == pytest.approx(shared().visitors.recognised, abs=0.1)
    twin = company("airline", customers=600, without=("visitors",))["interactions"]
    assert twin["visitor_id"].null_count == len(twin)


@pytest.mark.parametrize("kind", KINDS)
def test_one_price_and_one_number_are_told_differently(company: Company, kind: Kind) -> None:
    for without, conflicts in (((), ["phone", "price"]), (("conflicting_facts",), [])):
        facts = company(kind, customers=100, without=without)["published_facts"].to_pylist()
        told: dict[tuple[str, str], set[str]] = {}
        for fact in facts:
            told.setdefault((fact["attribute"], fact["subject"]), set()).add(fact["value"])
        assert sorted(attribute for (attribute, _), values in told.items() if len(values) > 1) == conflicts


@pytest.mark.parametrize("kind", ["airline", "property"])
def test_one_site_leaves_an_item_out(company: Company, kind: Kind) -> None:
    plan = described(kind).journey.forgotten
    (item,) = (item for item in shared().checklist.items if item.id == plan.item)
    for without, share in (((), plan.done), (("checklists",), item.done)):
        rows = company(kind, customers=3_000, without=without)["service_checks"].to_pylist()
        there = [r["score"] for r in rows if r["item"] == item.name.en and r["site_id"] == plan.site]
        assert len(there) > 15
        assert np.mean(there) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(there)))
