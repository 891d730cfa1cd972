"""What was planted is recovered from the generated rows by simple direct estimators.

Each estimate is compared with what the truth implies, in units of its standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy import special

from estimators import ERRORS, Floats, assert_near, component, expected_repeats, logit
from peakend.demo.simulator.answering import expected_nps, expected_score, probabilities
from peakend.demo.simulator.company import company as described
from peakend.demo.simulator.mechanism import switchable, switched_off
from peakend.demo.simulator.recipes import shared
from peakend.demo.simulator.run import blocks
from peakend.demo.simulator.world import Kind, world

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block

Tables = Mapping[str, pa.Table]
Company = Callable[..., Tables]

# Without memory the whole is made of nothing that could be recovered.
EVERYTHING = tuple(mechanism.name for mechanism in switchable() if mechanism.name != "memory")


def but(*names: str) -> tuple[str, ...]:
    """Everything off but `names`."""
    return tuple(name for name in EVERYTHING if name not in names)


def planted(kind: Kind, *on: str, customers: int = 8_000, seed: int = 11) -> Block:
    return next(blocks(world(kind, seed=seed, months=24, off=switched_off(but(*on))), customers, customers))


def spread(kind: Kind, *, attitude: bool = False) -> float:
    """Standard deviation of the latent value behind a rating."""
    e = described(kind).experience
    return float(np.sqrt(e.noise**2 + e.answer_noise**2 + attitude * e.attitude**2))


def ratings(tables: Tables) -> dict[str, Floats]:
    """Scores by touchpoint."""
    answers = tables["answers"]
    question, score = answers["question_id"].to_numpy(False), answers["score"].to_numpy(False)
    answered = answers["state"].to_numpy(False) == "answered"
    found = {}
    for q, touchpoint, metric in zip(
        *(tables["questions"][c].to_pylist() for c in ("question_id", "touchpoint_id", "metric")), strict=True
    ):
        if touchpoint and metric == "rating":
            found[touchpoint] = score[(question == q) & answered].astype(float)
    return found


def observed_repeats(block: Block) -> tuple[Floats, Floats]:
    """(repeat orders, weeks since the first) of every customer, from the orders alone."""
    orders, people = block.orders, block.people
    counted = np.bincount(orders["person"], minlength=len(people)) - 1
    first = np.full(len(people), np.iinfo(np.int64).max)
    np.minimum.at(first, orders["person"], orders["at"])
    return counted.astype(float), (block.world.calendar.end_us - first) / (7 * 86_400e6)


@pytest.mark.parametrize("kind", ["airline", "retailer", "bank", "property"])
def test_repeat_purchases_follow_the_bg_nbd_model(kind: Kind) -> None:
    repeats, weeks = observed_repeats(planted(kind, "buying"))
    b = described(kind).buying
    assert_near(repeats - expected_repeats(b.r, b.alpha, b.a, b.b, weeks), 0.0)


def test_alike_customers_buy_at_one_rate_and_leave_with_one_probability() -> None:
    repeats, weeks = observed_repeats(planted("airline"))
    b = described("airline").buying
    rate, leaving = b.r / b.alpha, b.a / (b.a + b.b)
    assert_near(repeats - (1 - np.exp(-rate * leaving * weeks)) / leaving, 0.0)


@pytest.mark.parametrize("heterogeneous", [True, False])
def test_order_values_follow_the_gamma_gamma_model(heterogeneous: bool) -> None:
    """Log values of two orders of a customer correlate by ψ'(q) / (ψ'(q) + ψ'(p)), or not at all."""
    block = planted("airline", *(["buying"] if heterogeneous else []))
    b, orders = described("airline").buying, block.orders
    first, second = (orders["cents"][orders["ordinal"] == n] / 100 for n in (1, 2))
    owners = orders["person"][orders["ordinal"] == 2]
    correlation = np.corrcoef(np.log(first[owners]), np.log(second))[0, 1]
    between, within = special.polygamma(1, b.spend_spread), special.polygamma(1, b.spend_shape)
    expected = between / (between + within) if heterogeneous else 0.0
    assert correlation == pytest.approx(expected, abs=ERRORS / np.sqrt(len(second)))
    if not heterogeneous:
        assert_near(first, b.spend_mean)


@pytest.mark.parametrize("kind", ["airline", "property", "bank", "retailer"])
def test_mean_ratings_are_those_of_the_touchpoints_quality(company: Company, kind: Kind) -> None:
    tables = company(kind, customers=8_000, seed=11, without=but("touchpoint_quality"))
    found, sd = ratings(tables), spread(kind)
    touchpoints = [t for t in described(kind).touchpoints if t.asked and len(found[t.id]) > 100]
    assert len(touchpoints) >= 8
    for touchpoint in touchpoints:
        assert_near(found[touchpoint.id], expected_score(shared(), "rating", touchpoint.quality, sd))


def test_ratings_have_the_whole_distribution_that_the_thresholds_imply(company: Company) -> None:
    tables = company("airline", customers=8_000, seed=11, without=but("touchpoint_quality"))
    touchpoint = next(t for t in described("airline").touchpoints if t.id == "boarding")
    scores = ratings(tables)["boarding"]
    shares = probabilities(shared(), "rating", touchpoint.quality, spread("airline"))
    for score, share in enumerate(shares, start=1):
        assert_near((scores == score).astype(float), float(share))


def overall(tables: Tables, question: str) -> tuple[list[str], Floats, npt.NDArray[np.int64]]:
    """(tier, score, number of moments) of every answer after a visit, from the tables alone."""
    connection = duckdb.connect()
    for name in ("answers", "responses", "interactions", "segment_members"):
        connection.register(name, tables[name])
    rows = connection.execute(
        """
        select m.segment, a.score, i.n from answers a join responses r using (response_id)
        join segment_members m on m.subject_id = r.customer_id and m.segmentation = 'tier'
        join (select left(event_id, 13) as episode, count(*) as n from interactions group by 1) i
            on i.episode = left(r.event_id, 13)
        where a.question_id = $q and a.state = 'answered'""",
        {"q": question},
    ).fetchnumpy()
    return list(rows["segment"]), rows["score"].astype(float), rows["n"].astype(np.int64)


def test_nps_of_each_tier_is_what_its_gap_implies(company: Company) -> None:
    tables = company("airline", customers=8_000, seed=11, without=but("tier_gap", "buying"))
    e = described("airline").experience
    tiers, scores, moments = overall(tables, "Q-NPS")
    points = 100.0 * ((scores >= 9).astype(int) - (scores <= 6).astype(int))
    for tier in described("airline").tiers:
        ours = np.array(tiers) == tier.name
        by_length = {
            n: expected_nps(shared(), tier.gap, np.sqrt(e.noise**2 / n + e.answer_noise**2))
            for n in set(moments)
        }
        assert_near(points[ours] - [by_length[n] for n in moments[ours]], 0.0)


@pytest.mark.parametrize("metric", ["csat", "ces"])
def test_the_other_overall_metrics_follow_the_same_latent_value(company: Company, metric: str) -> None:
    tables = company("airline", customers=8_000, seed=11, without=but("tier_gap", "buying"))
    e = described("airline").experience
    gaps = {tier.name: tier.gap for tier in described("airline").tiers}
    tiers, scores, moments = overall(tables, f"Q-{metric.upper()}")
    expected = {
        (tier, n): expected_score(
            shared(), metric, gaps[tier], float(np.sqrt(e.noise**2 / n + e.answer_noise**2))
        )
        for tier, n in set(zip(tiers, moments, strict=True))
    }
    assert_near(scores - [expected[pair] for pair in zip(tiers, moments, strict=True)], 0.0)


def test_sites_differ_by_their_effects() -> None:
    block = planted("bank", "site_quality")
    events = block.events
    for number, site in enumerate(block.world.company.sites):
        assert_near(events["latent"][events["site"] == number], site.effect)


def test_days_of_a_site_hang_together_as_planted() -> None:
    """Analysis of variance: mean square between = σ² + n₀ σ_day²."""
    block = planted("airline", "site_days")
    events = block.events
    at_site = events["site"] >= 0
    day = block.world.calendar.local_day(events["at"][at_site])
    _, cluster = np.unique(events["site"][at_site] * 100_000 + day, return_inverse=True)
    assert component(events["latent"][at_site], cluster) == pytest.approx(
        described("airline").experience.site_day ** 2, rel=0.15
    )


def test_customers_differ_in_attitude_as_planted() -> None:
    block = planted("airline", "attitude")
    events, spread_of = block.events, described("airline").experience.attitude
    assert component(events["latent"], events["person"]) == pytest.approx(spread_of**2, rel=0.1)


def test_satisfaction_drifts_at_the_planted_slope() -> None:
    block = planted("airline", "trend")
    events = block.events
    years = (events["at"] - block.world.calendar.start_us) / (365.25 * 86_400e6)
    centred = years - years.mean()
    slope = (centred @ events["latent"]) / (centred @ centred)
    error = described("airline").experience.noise / np.sqrt(centred @ centred)
    assert abs(slope - described("airline").experience.trend_per_year) < ERRORS * error


@pytest.mark.parametrize("kind", ["airline", "property", "bank", "retailer"])
def test_the_harmful_change_hurts_those_it_was_planted_for_and_nobody_else(kind: Kind) -> None:
    block = planted(kind, "service_change", "buying", customers=20_000)
    events, company_of = block.events, block.world.company
    tier = block.people["tier"][events["person"]]
    for change in company_of.changes:
        at = events["slot"] == company_of.slots[change.touchpoint]
        after = events["at"] >= block.world.change_us(change.at)
        named = np.isin(tier, [n for n, t in enumerate(block.world.tier_names) if t in change.tiers])
        hit = named if change.tiers else np.ones(len(tier), bool)
        assert_near(events["latent"][at & ~after & hit], 0.0)
        assert_near(events["latent"][at & after & hit], change.size)
        if change.tiers:
            assert_near(events["latent"][at & after & ~hit], 0.0)


@pytest.mark.parametrize("selective", [True, False])
def test_who_answers_depends_on_value_and_satisfaction_as_planted(selective: bool) -> None:
    block = planted("airline", "buying", *(["nonresponse"] if selective else []))
    asked, response = block.asked, shared().response
    in_time = asked["answered_at"] < asked["until"]
    value = block.people["value"][asked["person"]]
    found, error = logit(np.column_stack([value, asked["overall"]])[in_time], asked["completed"][in_time])
    expected = np.array([response.intercept, selective * response.value, selective * response.satisfaction])
    assert np.abs((found - expected) / error).max() < ERRORS


def test_response_rates_in_the_tables_show_it(company: Company) -> None:
    """Without selection the rate is expit(intercept) but for a few too late; with it the top answers more."""
    rates = {}
    for selective in (True, False):
        names = ("buying", "nonresponse") if selective else ("buying",)
        tables = company("bank", customers=8_000, seed=11, without=but(*names))
        tier = dict(zip(*(pick_tier(tables)[c].to_pylist() for c in ("subject_id", "segment")), strict=True))
        invitations = tables["invitations"]
        top = np.array([tier[c] in {"Wealth", "Private"} for c in invitations["customer_id"].to_pylist()])
        done = invitations["status"].to_numpy(False) == "completed"
        rates[selective] = (done[top].mean(), done[~top].mean(), top.sum())
    base = special.expit(shared().response.intercept)
    high, low, n = rates[False]
    assert high == pytest.approx(base, abs=0.01 + ERRORS * np.sqrt(base * (1 - base) / n))
    assert low == pytest.approx(base, abs=0.02)
    high, low, n = rates[True]
    assert high - low > ERRORS * np.sqrt(0.5 / n)


def pick_tier(tables: Tables) -> pa.Table:
    members = tables["segment_members"]
    return members.filter(pa.compute.equal(members["segmentation"], "tier"))


@pytest.mark.parametrize("linked", [True, False])
def test_satisfied_customers_stay_longer_when_the_link_is_there(linked: bool) -> None:
    block = planted("bank", "attitude", *(["loyalty_link"] if linked else []))
    correlation = np.corrcoef(block.people["attitude"], block.people["orders"])[0, 1]
    chance = ERRORS / np.sqrt(len(block.people))
    assert (correlation > chance) == linked
    assert abs(correlation) < chance or linked


@pytest.mark.parametrize("caused", [True, False])
def test_complaints_follow_the_worst_moment_as_planted(caused: bool) -> None:
    block = planted("airline", *(["complaints"] if caused else []), customers=20_000)
    events, complaints = block.events, block.world.company.complaints
    slot = block.world.company.slots[complaints.touchpoint]
    orders = len(block.orders)
    worst = np.full(orders, np.inf)
    before = events["slot"] != slot
    np.minimum.at(worst, events["order"][before], events["latent"][before])
    complained = np.zeros(orders, bool)
    complained[events["order"][~before]] = True
    # A complaint so late that it would fall after the window does not happen, whatever the moment was.
    early = np.isfinite(worst) & (block.orders["used_at"] < block.world.calendar.end_us - 7 * 86_400e6)
    found, error = logit(-worst[early][:, None], complained[early])
    expected = (
        np.array([complaints.intercept, complaints.slope])
        if caused
        else np.array([special.logit(complaints.share), 0])
    )
    assert np.abs((found - expected) / error).max() < ERRORS


@pytest.mark.parametrize("kind", ["airline", "property"])
@pytest.mark.parametrize("remembered", [True, False])
def test_the_whole_is_remembered_by_the_planted_weights(kind: Kind, remembered: bool) -> None:
    """Recomputed one order at a time from its moments in order of time."""
    block = planted(
        kind, "touchpoint_quality", "attitude", *(["peak_end"] if remembered else []), customers=200
    )
    events, memory = block.events, described(kind).experience.memory
    moments: dict[int, list[tuple[int, int, float]]] = {}
    for order, at, slot, latent in zip(
        *(events[c].tolist() for c in ("order", "at", "slot", "latent")), strict=True
    ):
        moments.setdefault(order, []).append((at, slot, latent))
    assert len(moments) > 300
    for order, lived in moments.items():
        felt = [latent for _, _, latent in sorted(lived)]
        mean, end = sum(felt) / len(felt), felt[-1]
        peak = max(felt, key=abs)
        expected = memory.mean * mean + memory.peak * peak + memory.end * end if remembered else mean
        assert block.orders["overall"][order] == pytest.approx(expected)


@pytest.mark.parametrize("seasonal", [True, False])
def test_weekdays_and_months_are_as_busy_as_planted(seasonal: bool) -> None:
    block = planted("retailer", *(["seasonality"] if seasonal else []), customers=20_000)
    day = block.world.calendar.local_day(block.orders["at"])
    volume = described("retailer").volume
    weekday = (day + 3) % 7
    weights = np.array(volume.by_weekday if seasonal else (1.0,) * 7)
    shares = weights / weights.sum()
    counts = np.bincount(weekday, minlength=7)
    # Four and a half standard errors, inflated for the orders of one customer and for the days at both ends.
    assert np.abs(counts / counts.sum() - shares).max() < 2 * ERRORS * np.sqrt(1 / 7 / counts.sum())
    year_two = day[day >= 20089]
    months = (np.datetime64("1970-01-01") + year_two.astype("timedelta64[D]")).astype("datetime64[M]")
    found = np.unique(months, return_counts=True)[1]
    ratio = found[10] / found[9]
    assert (ratio > 1.15) == seasonal


def test_a_tier_has_its_share_and_the_valuable_are_in_it() -> None:
    block = planted("bank", "buying", customers=20_000)
    tier, value = block.people["tier"], block.people["value"]
    for number, described_tier in enumerate(described("bank").tiers):
        assert_near((tier == number).astype(float), described_tier.share)
    means = [value[tier == number].mean() for number in range(4)]
    assert means == sorted(means)
    assert means[-1] - means[0] > 2


def test_duplicates_are_as_many_and_as_different_as_the_recipe_says(company: Company) -> None:
    tables = company("bank", customers=8_000, seed=11, without=but("duplicates"))
    recipe = shared().duplicates
    customers = {row["customer_id"]: row for row in tables["customers"].to_pylist()}
    pairs = [
        (customers[row["customer_id"]], customers[row["person_id"]])
        for row in tables["truth_identities"].to_pylist()
        if row["customer_id"] != row["person_id"]
    ]
    copied = np.zeros(8_000)
    copied[: len(pairs)] = 1
    assert_near(copied, recipe.share)
    different = {
        "name": (recipe.name_shortened, [second["name"] != first["name"] for second, first in pairs]),
        "city": (recipe.city_missing, [second["city"] is None for second, _ in pairs]),
        "birth_year": (recipe.year_missing, [second["birth_year"] is None for second, _ in pairs]),
    }
    for share, found in different.values():
        assert_near(np.array(found, float), share)


@pytest.mark.parametrize(
    ("mechanism", "share"),
    [("unidentified", shared().dirt.unidentified), ("late_records", shared().dirt.late)],
)
def test_dirt_is_as_frequent_as_planted_and_gone_when_off(
    company: Company, mechanism: str, share: float
) -> None:
    dirty = company("retailer", customers=8_000, seed=11, without=but(mechanism))["transactions"]
    clean = company("retailer", customers=8_000, seed=11, without=EVERYTHING)["transactions"]
    column = {"unidentified": "customer_id", "late_records": "attributes"}[mechanism]

    def hit(rows: pa.Table) -> Floats:
        null = pa.compute.is_null(rows[column]).to_numpy()
        found: Floats = (null if mechanism == "unidentified" else ~null).astype(float)
        return found

    orders = np.array([name[9:] != "0001" for name in dirty["order_id"].to_pylist()])
    repeat = orders if mechanism == "unidentified" else np.ones(len(orders), bool)
    _, order = np.unique(dirty["order_id"].to_numpy(False).astype(str), return_inverse=True)
    assert_near(hit(dirty)[repeat], share, order[repeat])
    assert hit(clean).sum() == 0
    assert hit(dirty)[~repeat].sum() == 0


def test_equal_times_come_with_their_mechanism(company: Company) -> None:
    def ties(without: tuple[str, ...]) -> float:
        rows = company("airline", customers=1_000, without=without)["interactions"]
        keys = rows.group_by(["case_id", "at"]).aggregate([]).num_rows
        return 1 - keys / rows.num_rows

    assert ties(but("equal_times")) > 0.01
    assert ties(EVERYTHING) < 0.001


def test_comments_speak_of_what_stood_out(company: Company) -> None:
    """Whoever blames a touchpoint rated it lower than whoever praises it; at random it is not so."""
    for themed in (True, False):
        names = ("themes",) if themed else ()
        tables = company("airline", customers=8_000, seed=11, without=but(*names))
        connection = duckdb.connect()
        for name in ("answers", "questions", "touchpoints", "truth_responses"):
            connection.register(name, tables[name])
        rated = connection.execute("""
            select c.praise, a.score from truth_responses c
            join touchpoints t on t.position = c.topic
            join questions q on q.touchpoint_id = t.touchpoint_id and q.metric = 'rating'
            join answers a on a.response_id = c.response_id and a.question_id = q.question_id
            where a.state = 'answered'""").fetchnumpy()
        praised = rated["praise"] == 1
        tones = [rated["score"][praised], rated["score"][~praised]]
        difference = np.mean(tones[0]) - np.mean(tones[1])
        error = np.sqrt(sum(np.var(scores) / len(scores) for scores in tones))
        assert (difference > ERRORS * error) == themed
