"""Pools, channels, selling and allocation keys: the sentences that numbers allow, drawn in both sizes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.allocation_keys import KEYS_COMPARED
from peakend.report.charts.channel_costs import CHANNELS, MOVES
from peakend.report.charts.pool_capacity import POOL_CAPACITY
from peakend.report.charts.selling_costs import SELLING
from peakend.report.draw import DESKTOP_WIDTH, PHONE_WIDTH, svg

Make = Callable[..., Basis]
Row = dict[str, Any]


def drawn(exhibit: Any, made: Basis) -> None:  # noqa: ANN401
    for language in LANGUAGES:
        finding = exhibit.finding(made, language)
        for width in (PHONE_WIDTH, DESKTOP_WIDTH):
            spec = exhibit.chart(made, language, width)
            assert spec["width"] == width
            assert "<svg" in svg(spec, finding.headline, "chart")


def pool(name: str, unused: int, **more: Any) -> Row:  # noqa: ANN401
    row: Row = {
        "pool": name,
        "period_on": date(2024, 1, 1),
        "state": "overused" if unused < 0 else "costed",
        "cost": Decimal(1000),
        "customers_cost": Decimal(900 - unused),
        "unidentified_cost": Decimal(100),
        "unused_cost": Decimal(unused),
        "not_costed": Decimal(0),
        "currency": "CNY",
    }
    return row | more


def test_unused_capacity_opens_and_overwork_is_named(basis: Make) -> None:
    made = basis(pool_costs=[pool("Desk", 200), pool("Hotline", -50)], costing_problems=[])
    finding = POOL_CAPACITY.finding(made, "en")
    assert finding.headline == (
        "10\u00a0% of what resource pools cost is capacity that nobody used, while “Hotline” is overworked"
    )
    assert [figure.value for figure in finding.figures] == ["CNY 200", "CNY 50"]
    assert "A line marks" in finding.reading
    assert POOL_CAPACITY.finding(made, "zh").next_step.what.startswith("用一周的实际工作核对“Hotline”")
    drawn(POOL_CAPACITY, made)


def test_a_pool_without_a_rate_is_an_act(basis: Make) -> None:
    lost = {"state": "not_costed", "customers_cost": Decimal(0), "unidentified_cost": Decimal(0)}
    made = basis(
        pool_costs=[pool("Desk", 0), pool("Idle", 0, not_costed=Decimal(1000), **lost)],
        costing_problems=[{"position": 1, "problem": "zero_capacity"}],
    )
    finding = POOL_CAPACITY.finding(made, "en")
    assert finding.headline == "All the capacity that has a rate is used"
    assert [figure.tone for figure in finding.figures] == ["plain", "act"]
    assert "left out: 1" in finding.caution
    drawn(POOL_CAPACITY, made)


def test_nothing_to_tell(basis: Make) -> None:
    empty = basis(
        pool_costs=[],
        costing_problems=[],
        channel_costs=[],
        channel_migrations=[],
        selling_costs=[],
        selling_trends=[],
        allocation_sensitivity=[],
    )
    for exhibit in (POOL_CAPACITY, CHANNELS, MOVES, SELLING, KEYS_COMPARED):
        assert exhibit.finding(empty, "en") is None
        assert exhibit.chart(empty, "en", PHONE_WIDTH) is None


def channel(name: str, cost: int, each: float | None) -> Row:
    return {
        "channel": name,
        "cost": Decimal(cost),
        "share": cost / 1000,
        "cost_per_contact": each,
        "customers": 50,
        "cost_per_customer": 7.5,
        "cost_per_customer_low": 6.5,
        "cost_per_customer_high": 8.5,
        "currency": "CNY",
        "hidden": False,
    }


def test_the_dearest_channel_opens_and_the_unknown_is_a_bar_of_its_own(basis: Make) -> None:
    made = basis(
        channel_costs=[channel("(none)", 500, None), channel("phone", 300, 9.0), channel("app", 200, 1.0)]
    )
    finding = CHANNELS.finding(made, "en")
    assert finding.headline == "The channel “phone” takes 30\u00a0% of the cost of serving customers"
    assert finding.lede == "A contact costs CNY 9.00 in “phone” and CNY 1.00 in “app”."
    assert finding.figures[0].note == "95\u00a0% 6.50 to 8.50 · n = 50"
    assert "a bar of its own" in finding.caution
    drawn(CHANNELS, made)


def move(verdict: str, difference: float | None, saving: int = 400) -> Row:
    row: Row = {
        "touchpoint_id": "help",
        "touchpoint_en": "Help",
        "touchpoint_zh": "帮助",
        "from_channel": "phone",
        "to_channel": f"app-{verdict}",
        "contacts": 100,
        "from_cost": 5.0,
        "to_cost": 1.0,
        "saving": Decimal(saving),
        "margin": 0.05,
        "from_persons": 80,
        "to_persons": 70,
        "difference": difference,
        "verdict": verdict,
        "currency": "CNY",
        "hidden": False,
    }
    if difference is not None:
        row |= {"difference_low": difference - 0.02, "difference_high": difference + 0.02}
    return row


def test_only_what_is_shown_to_be_no_worse_is_advised(basis: Make) -> None:
    rows = [move("move", 0.01), move("keep", -0.2, 900), move("cannot_tell", None)]
    finding = MOVES.finding(basis(channel_migrations=rows), "en")
    assert finding.headline == (
        "“Help” would take CNY 400 less of capacity by app-move than by phone, and customers there feel no "
        "worse"
    )
    assert finding.lede.endswith("Can move: 1; must not: 1; cannot tell: 1.")
    assert finding.next_step.what.startswith("Offer app-move first to half")
    drawn(MOVES, basis(channel_migrations=rows))
    worse = MOVES.finding(basis(channel_migrations=[move("keep", -0.2)]), "en")
    assert worse.headline.startswith("Every cheaper channel is felt worse")
    open_ = MOVES.finding(basis(channel_migrations=[move("cannot_tell", -0.03)]), "zh")
    assert open_.headline == "尚无证据表明较省的渠道能同样服务好客户"


@pytest.mark.parametrize(
    ("verdict", "ending"),
    [("cannot_tell", "2.0 steps"), ("better", ", and falls"), ("worse", ", and rises")],
)
def test_a_trend_is_told_only_where_it_is_shown(basis: Make, verdict: str, ending: str) -> None:
    months = [
        {
            "month_on": date(2024, month, 1),
            "complete": month < 9,
            "orders": 10,
            "steps": 20,
            "selling_cost": Decimal(50),
            "handling_cost": Decimal(5),
            "cost_per_order": 5.0,
            "handling_per_order": 0.5,
            "steps_per_order": 2.0,
            "currency": "CNY",
        }
        for month in range(1, 10)
    ]
    trend = {"measure": "cost_per_order", "n": 8, "slope": -0.1, "slope_low": -0.2, "slope_high": -0.05}
    made = basis(selling_costs=months, selling_trends=[{**trend, "verdict": verdict}])
    finding = SELLING.finding(made, "en")
    assert finding.headline.startswith("Selling an order costs CNY 5.00 in 2.0 steps")
    assert finding.headline.endswith(ending)
    assert finding.figures[0].note == "80 orders, 8 months"
    drawn(SELLING, made)


def key(name: str, changed: int, warning: bool = True) -> Row:
    return {
        "ranking": "profit",
        "allocation_key": name,
        "n": 200,
        "spearman": 0.8,
        "spearman_low": 0.7,
        "spearman_high": 0.9,
        "to_loss": changed,
        "to_profit": 0,
        "sign_share": changed / 200,
        "sign_share_low": max(changed / 200 - 0.05, 0.0),
        "sign_share_high": changed / 200 + 0.05,
        "warning": warning,
        "hidden": False,
    }


def test_what_hangs_on_the_key_is_told_with_its_share(basis: Make) -> None:
    made = basis(allocation_sensitivity=[key("orders", 30), key("revenue", 60)])
    finding = KEYS_COMPARED.finding(made, "en")
    assert finding.headline == (
        "Spread by revenue instead of by minutes, cost turns 30\u00a0% of customers from profit to loss or "
        "back"
    )
    assert finding.next_step is not None
    drawn(KEYS_COMPARED, made)
    calm = KEYS_COMPARED.finding(basis(allocation_sensitivity=[key("orders", 2, warning=False)]), "en")
    assert calm.headline.startswith("The key that spreads the cost matters little: at most 1.0\u00a0%")
    assert calm.next_step is None
    same = KEYS_COMPARED.finding(basis(allocation_sensitivity=[key("orders", 0, warning=False)]), "zh")
    assert same.headline == "无论按何种依据分摊，盈利的都是同一批客户"
