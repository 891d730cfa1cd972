"""The money side: what was planted is recovered from the generated rows, and in the null it is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from scipy import special, stats

from estimators import ERRORS, Floats, assert_near, logit
from peakend.demo.simulator.company import company as described
from peakend.demo.simulator.mechanism import switchable, switched_off
from peakend.demo.simulator.mechanisms.choices import coefficient
from peakend.demo.simulator.mechanisms.renewals import months_later, terms
from peakend.demo.simulator.recipes import shared
from peakend.demo.simulator.run import blocks
from peakend.demo.simulator.segmenting import inland
from peakend.demo.simulator.world import Kind, world

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block

Tables = Mapping[str, pa.Table]
Company = Callable[..., Tables]

EVERYTHING = tuple(mechanism.name for mechanism in switchable() if mechanism.name != "memory")
BOTH = pytest.mark.parametrize("acts", [True, False])


def but(*names: str) -> tuple[str, ...]:
    return tuple(name for name in EVERYTHING if name not in names)


def planted(kind: Kind, *on: str, customers: int = 6_000) -> Block:
    return next(blocks(world(kind, seed=5, months=24, off=switched_off(but(*on))), customers, customers))


def ask(tables: Tables, sql: str, *given: object) -> list[tuple[object, ...]]:
    connection = duckdb.connect()
    for name, rows in tables.items():
        connection.register(name, rows)
    return connection.execute(sql, given).fetchall()


@BOTH
def test_a_few_ask_for_far_more_service_and_in_the_null_all_ask_alike(acts: bool) -> None:
    block = planted("airline", *(["service_appetite"] if acts else []))
    requests = block.world.company.worth.requests
    asked = np.bincount(block.requests["order"], minlength=len(block.orders))
    # Whoever ordered late in the window asks after it.
    early = block.orders["used_at"] < block.world.calendar.end_us - 32 * 86_400e6
    appetite = block.people["appetite"][block.orders["person"]]
    assert len(np.unique(appetite)) == 1 + acts
    for level in np.unique(appetite):
        assert_near(asked[early & (appetite == level)].astype(float), requests.each * level)
    if acts:
        assert_near((block.people["appetite"] > 1).astype(float), requests.share)


@BOTH
def test_the_planted_share_of_every_pool_is_not_used(company: Company, acts: bool) -> None:
    tables = company("bank", customers=1_500, seed=5, without=but(*(["capacity"] if acts else [])))
    found = ask(
        tables,
        """
        with volumes as (
            select date_trunc('month', opened_at) as month_on, case kind when 'request' then 'ANSWER'
                else 'SETTLE' end as activity_id, count(*) as units from cases group by all
            union all select date_trunc('month', t.at), 'ORDER', count(distinct order_id) from transactions t
                where kind = 'sale' group by all
            union all select date_trunc('month', i.at), 'SERVE', sum(duration_s) / 60 from interactions i
                where touchpoint_id = 'counter' group by all
        )
        select pool, a.period_on, any_value(capacity_minutes), any_value(pool_cost), any_value(standard_cost),
            sum(units * unit_minutes)
        from activities a left join volumes v on v.activity_id = a.activity_id and v.month_on = a.period_on
        group by all""",
    )
    pools = {f"{pool.name.en}（{pool.name.zh}）": pool for pool in described("bank").worth.pools}
    assert len(found) == 24 * len(pools)
    for name, _, capacity, cost, standard, used in found:
        pool = pools[str(name)]
        unused = pool.unused if acts else 0.0
        assert 1 - used / capacity == pytest.approx(unused, abs=0.002)  # type: ignore[operator]
        assert float(cost) / capacity == pytest.approx(pool.rate, rel=1e-3)  # type: ignore[arg-type,operator]
        assert float(standard / cost) == pytest.approx(pool.budget if acts else 1, abs=1e-3)  # type: ignore[operator,arg-type]


_BOOKED = """
with booked as (
    select date_trunc('month', t.at) as month_on, 'revenue' as kind, sum(revenue) as amount
        from transactions t group by all
    union all select date_trunc('month', t.at), 'product', sum(cost) from transactions t group by all
    union all select date_trunc('month', t.at), kind, sum(amount) from cost_entries t group by all
    union all select date_trunc('month', t.at), kind, sum(amount) from value_entries t group by all
    union all select date_trunc('month', c.at), p.books_as, sum(p.amount)
        from contributions c join conversion_policies p on p.kind = c.kind group by all
    union all select period_on, 'service', sum(distinct pool_cost)
        from (select distinct period_on, pool, pool_cost from activities) group by all
), sums as (select month_on, kind, sum(amount) as amount from booked group by all)
select l.period_on, l.kind, l.amount - coalesce(s.amount, 0)
from ledger_totals l full join sums s on s.month_on = l.period_on and s.kind = l.kind
where l.amount is distinct from coalesce(s.amount, 0)
"""


@pytest.mark.parametrize("kind", ["airline", "property", "bank", "retailer"])
@BOTH
def test_the_ledger_agrees_to_the_last_digit_but_for_the_planted_gap(
    company: Company, kind: Kind, acts: bool
) -> None:
    tables = company(kind, customers=400, seed=2, without=() if acts else ("ledger_gap",))
    differing = ask(tables, _BOOKED)
    if not acts:
        assert differing == []
        return
    gap = Decimal(str(shared().money.gap * described(kind).buying.spend_mean))
    assert differing == [(date(2025, 3, 1), "retention", gap)]


@BOTH
def test_a_new_customer_costs_what_the_channel_says(company: Company, acts: bool) -> None:
    tables = company("airline", customers=4_000, seed=5, without=but(*(["winning"] if acts else [])))
    winning = described("airline").worth.winning
    spent = ask(
        tables,
        """select channel, list(cast(amount as double)) from cost_entries
        where kind = 'acquisition' and customer_id is not null group by all""",
    )
    channels = described("airline").buying.channels
    mean = sum(winning.channels[name] * c.weight for name, c in channels.items())
    for channel, amounts in spent:
        level = winning.channels[str(channel)] if acts else mean
        assert_near(np.array(amounts), winning.cost * level)
    (campaigns,) = ask(
        tables,
        """select sum(amount) filter (where customer_id is null) / sum(amount)
            filter (where customer_id is not null) from cost_entries where kind = 'acquisition'""",
    )
    assert campaigns[0] == pytest.approx(winning.campaigns, abs=1e-3)


@BOTH
def test_vouchers_and_money_back_are_as_frequent_as_planted(company: Company, acts: bool) -> None:
    tables = company("airline", customers=4_000, seed=5, without=but(*(["keeping"] if acts else [])))
    plan = shared().money.keeping
    ((vouchers, repeats, back, closed),) = ask(
        tables,
        """select (select count(*) from cost_entries where kind = 'retention'),
            (select count(distinct order_id) from transactions where order_id not like '%0001'),
            (select count(*) from cost_entries c join interactions i using (event_id)
             where c.kind = 'service' and i.touchpoint_id = 'complaint'),
            (select count(*) from cases where kind = 'complaint' and status = 'closed')""",
    )
    for hits, n, share in ((vouchers, repeats, plan.vouchers), (back, closed, plan.compensated)):
        hit = np.zeros(int(str(n)))
        hit[: int(str(hits))] = 1
        if acts:
            assert_near(hit, share)
        assert (hit.sum() > 0) == acts


@BOTH
def test_who_brings_others_likes_the_company_better(company: Company, acts: bool) -> None:
    on = ("attitude", *(["referrals"] if acts else []))
    tables = company("retailer", customers=6_000, seed=5, without=but(*on))
    found = ask(
        tables,
        """select t.attitude, r.since_on > f.joined_on, r.since_on = c.joined_on
        from relationships r join truth_customers t on t.customer_id = r.from_customer_id
        join customers f on f.customer_id = r.from_customer_id
        join customers c on c.customer_id = r.to_customer_id where r.kind = 'referral'""",
    )
    assert all(later and first for _, later, first in found)
    plan, spread = shared().money.referring, described("retailer").experience.attitude
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    chance = special.expit(plan.intercept + plan.slope * acts * spread * nodes) * weights
    expected = float((chance * spread * nodes).sum() / chance.sum())
    assert_near(np.array([row[0] for row in found], float), expected)
    assert expected > 0.1 or not acts


@BOTH
def test_reviews_follow_how_it_was(company: Company, acts: bool) -> None:
    block = planted("airline", "attitude", *(["contributions"] if acts else []))
    tables = company("airline", customers=6_000, seed=5, without=but("attitude", *(["contributions"] * acts)))
    keys = {row[0] for row in ask(tables, "select contribution_id from contributions where kind = 'review'")}
    orders = block.orders
    finished = ~np.isnan(orders["overall"]) & (orders["done_at"] < block.world.calendar.end_us)
    wrote = np.array(
        [f"GV{index:08d}{n:04d}" in keys for index, n in zip(orders["index"], orders["ordinal"], strict=True)]
    )
    estimate, error = logit(orders["overall"][finished][:, None], wrote[finished])
    assert abs(estimate[1] - shared().money.giving.slope * acts) < ERRORS * error[1]


@BOTH
def test_customers_who_like_the_company_buy_faster_by_the_planted_factor(acts: bool) -> None:
    """Alike but for that: purchases over time at risk until the second order, by thirds of attitude."""
    block = planted("retailer", "attitude", *(["promoters_worth"] if acts else []), customers=20_000)
    orders, people = block.orders, block.people
    first, second = orders["ordinal"] == 1, orders["ordinal"] == 2
    start = np.empty(block.count)
    start[orders["person"][first]] = orders["at"][first]
    end = np.full(block.count, float(block.world.calendar.end_us))
    end[orders["person"][second]] = orders["at"][second]
    weeks = (end - start) / (7 * 86_400e6)
    bought = np.zeros(block.count)
    bought[orders["person"][second]] = 1
    slope, spread = shared().money.pace * acts, described("retailer").experience.attitude
    factor = np.exp(slope * people["attitude"] - (slope * spread) ** 2 / 2)
    buying = described("retailer").buying
    for third in np.array_split(np.argsort(people["attitude"]), 3):
        expected = (buying.r / buying.alpha * factor * weeks)[third].sum()
        assert abs(bought[third].sum() - expected) < ERRORS * np.sqrt(expected)


@BOTH
def test_ranks_follow_liking_and_shares_the_wallet_allocation_rule(company: Company, acts: bool) -> None:
    tables = company("bank", customers=5_000, seed=5, without=but("attitude", *(["wallets"] if acts else [])))
    rows = np.array(
        ask(
            tables,
            """select t.attitude, w.own_rank, w.brands_used, cast(own_spend / total_spend as double)
            from wallets w join truth_customers t using (customer_id) where brands_used > 1""",
        ),
        float,
    )
    attitude, rank, brands, share = rows.T
    assert (rank <= brands).all()
    rule = (1 - rank / (brands + 1)) * 2 / brands
    assert np.median(share / rule) == pytest.approx(1, abs=0.03)
    assert (stats.spearmanr(attitude, rank).pvalue < 1e-6) == acts


@BOTH
def test_the_premium_over_a_rival_follows_the_ratings(company: Company, acts: bool) -> None:
    tables = company("airline", customers=300, without=() if acts else ("rivals",))
    rows = ask(
        tables,
        """select competitor_id, ln(p.list_price / c.price), -c.rating from competitors c
        join products p using (product_id)""",
    )
    for rival in described("airline").worth.rivals:
        premium, rating = np.array([row[1:] for row in rows if row[0] == rival.id], float).T
        found = stats.linregress(rating, premium)
        assert abs(found.slope - shared().money.pricing.premium * acts) < ERRORS * found.stderr + 0.004


@BOTH
def test_choices_follow_value_less_cost_by_the_planted_coefficient(company: Company, acts: bool) -> None:
    tables = company("airline", customers=6_000, seed=5, without=but(*(["choices"] if acts else [])))
    rows = ask(
        tables,
        "select value - cost, chosen from choice_options order by choice_id, option_id",
    )
    gain = np.array([float(str(row[0])) for row in rows]).reshape(-1, 3) / 1000
    chosen = np.array([row[1] for row in rows]).reshape(-1, 3)
    assert (chosen.sum(axis=1) == 1).all()
    slope, information = 0.0, 1.0
    for _ in range(20):
        chance = special.softmax(slope * gain, axis=1)
        mean = (chance * gain).sum(axis=1)
        information = float((chance * (gain - mean[:, None]) ** 2).sum())
        slope += float(((chosen * gain).sum(axis=1) - mean).sum()) / information
    planted_slope = coefficient(world("airline", seed=5, months=24)) * 1000 * acts
    assert abs(slope - planted_slope) < ERRORS / np.sqrt(information)


@BOTH
def test_what_customers_get_follows_how_the_whole_was(company: Company, acts: bool) -> None:
    tables = company(
        "bank", customers=8_000, seed=5, without=but("attitude", *(["delivered"] if acts else []))
    )
    for name, factor in shared().money.delivered.factors.items():
        rows = np.array(
            ask(
                tables,
                """select t.overall, a.score from answers a join truth_responses t using (response_id)
                where a.score is not null and a.question_id = ?""",
                f"V-{name}",
            ),
            float,
        )
        assert len(rows) > 300
        found = stats.spearmanr(rows[:, 0], rows[:, 1])
        assert (found.pvalue < 1e-4) == acts, name
        assert np.sign(found.statistic) == np.sign(factor.slope) or not acts


@BOTH
def test_contracts_are_renewed_as_the_model_says_and_less_often_inland(acts: bool) -> None:
    block = planted("bank", *(["renewals"] if acts else []), customers=20_000)
    away, ratio = inland(block), shared().money.renewing.inland
    for number, holding in enumerate(block.world.company.holdings):
        plan = holding.renewal
        lasting = terms(block, holding, number)
        if plan is None:
            assert lasting.min() == 10_000
            continue
        for t in (1, 3, 8):
            if acts:
                expected = np.exp(special.betaln(plan.a, plan.b + t**plan.c) - special.betaln(plan.a, plan.b))
                elsewhere = np.exp(
                    special.betaln(plan.a, plan.b + ratio * t**plan.c) - special.betaln(plan.a, plan.b)
                )
                assert elsewhere < expected
            else:
                expected = elsewhere = (1 - plan.a / (plan.a + plan.b)) ** t
            assert_near((lasting > t)[~away].astype(float), float(expected))
            assert_near((lasting > t)[away].astype(float), float(elsewhere))


def test_contracts_end_in_the_tables_a_whole_number_of_terms_after_they_began(company: Company) -> None:
    tables = company("property", customers=500)
    plans = {h.product: h.renewal for h in described("property").holdings if h.renewal}
    rows = ask(
        tables,
        """select product_id, opened_on, closed_on, datediff('month', opened_on, closed_on) from holdings
        where closed_on is not null""",
    )
    assert len(rows) > 50
    assert all(int(str(months)) % plans[str(product)].term == 0 for product, _, _, months in rows)


def test_a_month_later_is_the_same_day_or_the_last_one() -> None:
    start = np.array(["2024-01-31", "2024-02-29", "2024-05-15"], "datetime64[D]").astype(np.int64)
    later: Floats = months_later(start, np.array([1, 12, 8])).astype("datetime64[D]")
    assert later.astype(str).tolist() == ["2024-02-29", "2025-02-28", "2025-01-15"]
