"""Whale curve, tenths, thresholds, cuts with intervals that hold, single items, levers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.declaration import Settings
from peakend.value.profit.levers import AssumptionError, Assumptions, lever_sets
from peakend.value.profit.skewed_means import skewed_mean_interval
from peakend.value.profit.turnaround import customers_of as turned
from peakend.value.profit.turnaround import turnaround_tables
from peakend.value.profit.whale import customers_of as in_whale
from value.profit.conftest import with_profit
from value.profit.profit_books import entry, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.declaration import Inputs


def _books(profits: dict[str, Any]) -> dict[str, Any]:
    """Sales without cost, and other costs where the profit is below zero."""
    return {
        "transactions": [line(who, max(p, 0), 0) for who, p in profits.items()],
        "cost_entries": [entry(who, "other", -p) for who, p in profits.items() if p < 0],
    }


def test_a_whale_curve_by_hand(computed: Callable[..., Any], inputs_of: Callable[..., Inputs]) -> None:
    """Profits 60, 50, 20, 10, 0, −10, −30: total 100, peak 140 % at 4 of 7; two lose 40."""
    books = _books({"a": 60, "b": 50, "c": 20, "d": 10, "e": 0, "f": -10, "g": -30})
    tables = computed("profit_whale", **books)
    figures = {row["measure"]: row for row in tables["profit_figures"]}
    assert figures["peak"]["value"] == pytest.approx(1.4)
    assert figures["peak"]["value_low"] < 1.4 < figures["peak"]["value_high"]
    assert (figures["unprofitable"]["customers"], figures["unprofitable"]["profit"]) == (2, -40)
    assert (figures["profitable"]["customers"], figures["break_even"]["customers"]) == (4, 1)
    assert figures["high_value_profit_50"]["customers"] == 2, "60 of 140 is not half of it"
    curve = sorted(tables["profit_whale"], key=lambda row: row["percentile"])
    assert [row["customers"] for row in curve] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert [row["profit"] for row in curve] == [0, 60, 110, 130, 140, 140, 130, 100]
    assert sum(row["profit"] for row in tables["profit_deciles"]) == 100
    assert all(row["policy_en"] and row["policy_zh"] for row in tables["profit_deciles"])
    assert tables["profit_deciles"][-1]["tier"] == "turn"
    inputs = with_profit(inputs_of(**books))
    for row, names in (
        (figures["unprofitable"], {"f", "g"}),
        (figures["break_even"], {"e"}),
        (figures["high_value_profit_50"], {"a", "b"}),
        (curve[-1], {"g"}),
    ):
        assert set(in_whale(inputs, row).to_arrow()["customer_id"].to_pylist()) == names


def test_without_profit_in_all_there_is_no_percentage_of_it(computed: Callable[..., Any]) -> None:
    tables = computed("profit_whale", **_books({"a": 5, "b": -10}))
    figures = {row["measure"]: row for row in tables["profit_figures"]}
    assert figures["peak"]["value"] is None
    assert all(row["profit_share"] is None for row in tables["profit_whale"])
    assert computed("profit_whale") == {"profit_whale": [], "profit_deciles": [], "profit_figures": []}


@given(st.lists(st.decimals(-500, 500, places=4), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tenths_and_curve_make_the_total(computed: Callable[..., Any], profits: list[Decimal]) -> None:
    tables = computed("profit_whale", **_books({f"c{n}": p for n, p in enumerate(profits)}))
    assert sum(row["profit"] for row in tables["profit_deciles"]) == sum(profits)
    assert sum(row["own_profit"] for row in tables["profit_whale"]) == sum(profits)
    sizes = [row["customers"] for row in tables["profit_deciles"]]
    assert max(sizes) - min(sizes) <= 1


def test_past_profit_alone_is_warned_about(computed: Callable[..., Any]) -> None:
    """Newcomers who have not paid back yet, and those who bought once, are said."""
    books = _books({"a": 90, "b": -20})
    tables = computed("profit_whale", **books)
    worst = max(tables["profit_deciles"], key=lambda row: row["decile"])
    assert worst["young_unprofitable"] == 1
    assert "last 90 days" in worst["caution_en"]
    assert "单笔订单" in worst["caution_zh"]


def test_intervals_of_skewed_means_hold() -> None:
    """Nominal 95 % for lognormal (σ 1) profit: at 30 customers t covers 89 %, this 93; at 200 93 and 94."""
    random = np.random.default_rng(3)
    truth = np.exp(0.5)
    for n, least in ((30, 0.91), (200, 0.93)):
        x = random.lognormal(0, 1, (4_000, n))
        mean = x.mean(axis=1)
        d = x - mean[:, None]
        low, high = skewed_mean_interval(mean, (d**2).sum(axis=1), (d**3).sum(axis=1), np.full(4_000, n))
        assert ((low <= truth) & (truth <= high)).mean() > least, n
    flat = skewed_mean_interval([5.0], [10.0], [0.0], [11])
    assert flat[0][0] == pytest.approx(5 - 2.228139 / np.sqrt(11), abs=1e-6)
    assert np.isnan(skewed_mean_interval([5.0], [0.0], [0.0], [1])[0][0])


def _cut_books(seed: int, gap: float, n: int = 120) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    who = [f"c{number:03d}" for number in range(n)]
    half = {name: ("web" if place % 2 else "shop") for place, name in enumerate(who)}
    return {
        "transactions": [
            line(
                name,
                round(float(random.gamma(2, 20)) + (gap if half[name] == "web" else 0), 2),
                0,
                channel=half[name],
                product_id="p",
                site_id=f"s{place % 3}",
            )
            for place, name in enumerate(who)
        ],
        "segment_members": [
            {"segmentation": "tier", "segment": "few" if place < 4 else "many", "subject": "customer",
             "subject_id": name}
            for place, name in enumerate(who)
        ],
    }  # fmt: skip


def test_a_planted_difference_is_told_and_none_where_there_is_none(computed: Callable[..., Any]) -> None:
    rows = computed("profit_segments", **_cut_books(1, 30))["profit_segments"]
    cells = {(row["cut"], row["cell"]): row for row in rows}
    assert cells["main_channel", "web"]["verdict"] == "more"
    assert cells["entry_channel", "shop"]["verdict"] == "less"
    web = cells["main_channel", "web"]
    assert web["mean_profit_low"] < 70 < web["mean_profit_high"]
    assert cells["tier", "few"]["hidden"]
    assert cells["tier", "few"]["profit"] is None
    assert cells["all", "all"]["n"] == 120
    assert sum(cells["main_site", f"s{n}"]["profit"] for n in range(3)) == cells["all", "all"]["profit"]
    told = [
        row["verdict"]
        for seed in range(10)
        for row in computed("profit_segments", **_cut_books(seed, 0))["profit_segments"]
        if row["cut"] in ("main_channel", "main_site")
    ]
    assert sum(verdict in ("more", "less") for verdict in told) <= 3, "5 % of 20 families"


def test_single_items_make_the_books(computed: Callable[..., Any]) -> None:
    books: dict[str, Any] = {
        "products": [{"product_id": "p", "unit_cost": Decimal("2.5"), "currency": "EUR", "name": "Pear"}],
        "transactions": [
            line("a", 10, None, product_id="p", quantity=2.0, order_id="o1"),
            line("b", 10, 4, product_id="p", quantity=1.0, order_id="o1"),
            line("a", -5, None, product_id="p", quantity=-1.0, order_id="o2"),
            line(None, 7),
            line("a", 1, kind="fee"),
        ],
        "cost_entries": [entry("a", "product", 3, product_id="p"), entry(None, "product", 2)],
    }
    rows = computed("sku_margins", **books)["sku_margins"]
    pear = next(row for row in rows if row["product_id"] == "p")
    assert (pear["revenue"], pear["product_cost"], pear["margin"]) == (
        15,
        5 + 4 - Decimal("2.5") + 3,
        Decimal("5.5"),
    )
    assert (pear["customers"], pear["baskets"], pear["quantity"], pear["product_name"]) == (2, 2, 2.0, "Pear")
    told = computed("profit_reconciliation", **books)["profit_reconciliation"]
    total = {row["kind"]: row["company"] for row in told if row["month_on"] is None}
    assert sum(row["revenue"] for row in rows) == total["revenue"]
    assert sum(row["product_cost"] for row in rows) == total["product"]


def _losing() -> dict[str, Any]:
    """a: 100 − 96 − 10 = −6 (price +5 % on 97 % of volume: 101.85 − 93.12 − 10 = −1.27; service −25 %: −3.5;
    both 1.23; channel −35 %: −2.5). b: 10 − 8 − 2.5 = −.5: service alone 0.125. c: acquisition 500, sunk."""
    return {
        "transactions": [
            line("a", 100, 96, at=datetime(2024, 1, 5)),
            line("b", 10, 8, at=datetime(2024, 1, 5)),
            line("c", 10, 2, at=datetime(2024, 9, 5)),
            line("d", 50, 2, at=datetime(2024, 9, 5)),
        ],
        "cost_entries": [
            entry("a", "service", 10, at=datetime(2024, 1, 6)),
            entry("b", "service", 2.5, at=datetime(2024, 1, 6)),
            entry("c", "acquisition", 500, at=datetime(2024, 1, 6)),
        ],
    }  # fmt: skip


def test_levers_turn_whom_they_should(computed: Callable[..., Any], inputs_of: Callable[..., Inputs]) -> None:
    rows = {row["lever_set"]: row for row in computed("turnaround", **_losing())["turnaround"]}
    assert len(rows) == 32
    assert (rows["price"]["customers"], rows["price"]["turned"]) == (3, 0)
    assert (rows["service"]["turned"], rows["service"]["profit_after"]) == (1, Decimal("0.125"))
    assert rows["channel"]["turned"] == 1
    assert rows["price+service"]["turned"] == 2
    a = Decimal("100") * Decimal("1.05") * Decimal("0.97") - Decimal("93.12") - Decimal("7.5")
    assert rows["price+service"]["all_after"] - rows["price+service"]["all_before"] == pytest.approx(
        Decimal(6) + a
        + (Decimal("10.185") - Decimal("7.76") - Decimal("1.875") + Decimal("0.5"))
        + (Decimal("10.185") - Decimal("1.94") - 8)
    )  # fmt: skip
    none = rows["none"]
    assert (none["smallest_for"], none["young"], none["feasible"]) == (1, 1, False)
    assert sum(row["smallest_for"] for row in rows.values()) == 3
    inputs = with_profit(inputs_of(**_losing()))
    found = turned(inputs, rows["price+service"]).to_arrow().to_pylist()
    assert {row["customer_id"]: row["smallest_set"] for row in found} == {
        "a": "price+channel",
        "b": "channel",
    }
    assert turned(inputs, none).to_arrow()["customer_id"].to_pylist() == ["c"]
    generous = turnaround_tables(inputs, Assumptions(service_cut=1.0))["turnaround"].to_pylist()
    assert next(row for row in generous if row["lever_set"] == "service")["turned"] == 2
    assert computed("turnaround", transactions=[line("a", 1, 0)]) == {"turnaround": []}


def test_assumptions_are_shares() -> None:
    assert len(lever_sets(Assumptions())) == 31
    with pytest.raises(AssumptionError):
        Assumptions(price_rise=5)


def _cohort_books(seed: int, monthly: float, cost: float, months: int = 14) -> dict[str, Any]:
    """60 customers of January 2023: `cost` to win, about `monthly` margin every month from their first."""
    random = np.random.default_rng(seed)
    sold, spent = [], []
    for number in range(60):
        who = f"c{number:02d}"
        spent.append(entry(who, "acquisition", cost, at=datetime(2022, 12, 20)))
        for month in range(months):
            at = datetime(2023 + month // 12, month % 12 + 1, 15)
            amount = max(round(float(random.normal(monthly, 3)), 2), 0.01)
            sold.append(line(who, round(amount + 5, 2), 5, at=at, product_id="p", channel="web"))
    spent += [
        entry("c00", "retention", 30, at=datetime(2024, 1, 3)),
        entry(None, "acquisition", 60, at=datetime(2023, 1, 9), channel="web"),
    ]
    return {"transactions": sold, "cost_entries": spent}  # fmt: skip


def test_the_planted_break_even_month_is_found_and_none_in_the_null(computed: Callable[..., Any]) -> None:
    """10 a month against 54 + 1 of a campaign: 10 (k + 1) ≥ 55 first at k = 5; 1 a month: not in a year."""
    tables = computed("profit_cohorts", **_cohort_books(1, 10, 54))
    cohort = next(row for row in tables["profit_break_even"] if row["kind"] == "cohort")
    assert (cohort["break_even_month"], cohort["state"]) == (5, "reached")
    assert cohort["earliest"] <= 5 <= cohort["latest"] <= 6
    assert cohort["acquisition_per_customer"] == 55
    assert cohort["months_observed"] == 13, "the last month is not over"
    last = max((r for r in tables["profit_cohorts"] if r["kind"] == "cohort"), key=lambda row: row["month"])
    told = computed("profit_reconciliation", **_cohort_books(1, 10, 54))["profit_reconciliation"]
    whole = next(row for row in told if row["kind"] == "profit" and row["month_on"] is None)
    assert last["cumulative"] == whole["company"]
    web = next(row for row in tables["acquisition_costs"] if row["cell"] == "web")
    assert (web["new_customers"], web["spend"], web["cac"], web["payback_months"]) == (
        60,
        60 * 54 + 60,
        55,
        5,
    )
    for cut in ("all", "entry_product", "entry_channel"):
        assert sum(r["spend"] for r in tables["acquisition_costs"] if r["cut"] == cut) == 3300
    years = {row["year"]: row for row in tables["keeping_costs"]}
    assert (years[2023]["new_customers"], years[2024]["kept_customers"]) == (60, 60)
    assert years[2024]["cost_to_keep"] == 0.5
    for seed in range(5):
        null = computed("profit_cohorts", **_cohort_books(seed, 1, 54))["profit_break_even"]
        assert {row["state"] for row in null} == {"not_yet"}
        assert all(row["break_even_month"] is None for row in null)


def test_the_ratio_of_keeping_to_winning_by_hand(computed: Callable[..., Any]) -> None:
    """2024: 2 won for 100 (50 each); 1 kept for 10: 10 / 50 = .2."""
    sales = [line("a", 1, at=datetime(2023, 5, 1)), line("a", 1, at=datetime(2024, 5, 1))]
    sales += [line(who, 1, at=datetime(2024, 6, 1)) for who in ("b", "c")]
    costs = [entry("b", "acquisition", 60, at=datetime(2024, 6, 1))]
    costs += [
        entry(None, "acquisition", 40, at=datetime(2024, 2, 1)),
        entry("a", "retention", 10, at=datetime(2024, 3, 1)),
    ]
    rows = computed("profit_cohorts", transactions=sales, cost_entries=costs)["keeping_costs"]
    found = {row["year"]: row for row in rows}
    assert (found[2024]["cost_to_win"], found[2024]["cost_to_keep"], found[2024]["ratio"]) == (50, 10, 0.2)
    assert found[2023]["ratio"] is None


def test_customers_from_before_the_data_are_in_no_cohort(computed: Callable[..., Any]) -> None:
    tables = computed(
        "profit_cohorts",
        settings=Settings(minimum_base=1),
        transactions=[line("old", 5, 1), line("new", 5, 1)],
        customers=[
            {"customer_id": "old", "joined_on": date(2019, 1, 1)},
            {"customer_id": "new", "joined_on": date(2024, 3, 1)},
        ],
    )
    assert [row["customers"] for row in tables["profit_cohorts"] if row["kind"] == "cohort"] == [1]
    assert computed("profit_cohorts")["profit_cohorts"] == []
