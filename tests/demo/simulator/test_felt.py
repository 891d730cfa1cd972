"""What was planted in how customers judge, remember and answer is recovered by simple direct estimators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import special

from estimators import ERRORS, Floats, assert_near, logit
from peakend.demo.simulator.company import company as described
from peakend.demo.simulator.events import strongest
from peakend.demo.simulator.mechanism import switchable, switched_off
from peakend.demo.simulator.mechanisms.drivers_by_segment import weights
from peakend.demo.simulator.recipes import shared
from peakend.demo.simulator.run import blocks
from peakend.demo.simulator.surveys import RECALL, RETEST, VISITS, programmes
from peakend.demo.simulator.world import Kind, world

if TYPE_CHECKING:
    from peakend.demo.simulator.block import Block

Tables = Mapping[str, pa.Table]
Company = Callable[..., Tables]

KINDS: tuple[Kind, ...] = ("airline", "property", "bank", "retailer")
# Without memory the whole is made of nothing that could be recovered.
EVERYTHING = tuple(mechanism.name for mechanism in switchable() if mechanism.name != "memory")
PARTS = ("checkin", "security", "boarding", "cabin", "meals", "baggage")


def but(*names: str) -> tuple[str, ...]:
    """Everything off but `names`."""
    return tuple(name for name in EVERYTHING if name not in names)


def planted(kind: Kind, *on: str, customers: int = 8_000) -> Block:
    return next(blocks(world(kind, seed=11, months=24, off=switched_off(but(*on))), customers, customers))


def sheet(tables: Tables, *questions: str) -> dict[str, npt.NDArray[np.float64]]:
    """Scores of the visits in which all `questions` were answered, with the segment and the truth."""
    connection = duckdb.connect()
    for name in ("answers", "responses", "truth_responses", "truth_customers"):
        connection.register(name, tables[name])
    columns = ", ".join(f"max(score) filter (question_id = '{q}') as \"{q}\"" for q in questions)
    complete = " and ".join(f'"{q}" is not null' for q in questions)
    return connection.execute(f"""
        select a.*, t.*, c.segment from (
            select response_id, {columns} from answers where state = 'answered' group by 1) a
        join responses r using (response_id) join truth_responses t using (response_id)
        join truth_customers c using (customer_id)
        where r.survey_id = 'SV-VISIT' and {complete} order by a.response_id""").fetchnumpy()  # noqa: S608


def regression(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """(coefficients, standard errors) of least squares; the intercept is left out of both."""
    design = np.column_stack([np.ones(len(y)), x])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    variance = ((y - design @ beta) ** 2).sum() / (len(y) - design.shape[1])
    return beta[1:], np.sqrt(variance * np.diag(inverse))[1:]


@pytest.mark.parametrize("differ", [True, False])
def test_touchpoints_weigh_by_segment_in_the_answers(company: Company, differ: bool) -> None:
    names = ("weighing", "drivers_by_segment") if differ else ("weighing",)
    tables = company("airline", customers=16_000, seed=11, without=but(*names))
    rows = sheet(tables, "Q-CSAT", *(f"Q-{part}" for part in PARTS))
    x = np.column_stack([rows[f"Q-{part}"] for part in PARTS]).astype(float)
    y, segment = rows["Q-CSAT"].astype(float), rows["segment"]
    (business, error), (leisure, other) = (regression(x[segment == s], y[segment == s]) for s in (0, 1))
    contrast = np.repeat([1.0, -1.0], 3)
    far = contrast @ (business - leisure) / np.sqrt((error**2 + other**2).sum())
    assert far > ERRORS if differ else abs(far) < ERRORS
    if differ:
        truth = weights(world("airline", seed=11, months=24))
        slots = [described("airline").slots[part] for part in PARTS]
        for found, planted_weights in zip((business, leisure), truth, strict=True):
            assert np.corrcoef(found, planted_weights[slots])[0, 1] > 0.85


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_is_memory_and_weighted_touchpoints_as_planted(kind: Kind) -> None:
    """Recomputed one order at a time."""
    on = ("attitude", "touchpoint_quality", "peak_end", "drivers_by_segment", "asymmetry")
    block, plain = (planted(kind, *on, *more, customers=150) for more in (("weighing",), ()))
    company_of, share = described(kind), described(kind).drivers.share
    segments, asymmetry = list(company_of.drivers.segments.values()), company_of.asymmetry
    assert len(block.orders) > 200
    for order, felt in enumerate(block.felt.tolist()):
        judges = segments[block.people["segment"][block.orders["person"][order]]]
        total = weight = 0.0
        for touchpoint, latent in zip(company_of.touchpoints, felt, strict=True):
            if latent == latent:
                w = judges.weights.get(touchpoint.id, 1.0)
                counted = 2 * min(latent, 0) if touchpoint.id in asymmetry.basic else latent
                counted = 2 * max(latent, 0) if touchpoint.id in asymmetry.excitement else counted
                total, weight = total + w * counted, weight + w
        if weight:
            expected = (1 - share) * plain.orders["overall"][order] + share * total / weight
            assert block.orders["overall"][order] == pytest.approx(expected)


@pytest.mark.parametrize("bent", [True, False])
def test_basic_touchpoints_only_punish_and_excitement_only_rewards(bent: bool) -> None:
    """Slopes below and above the ordinary: memory gives both 1 − share, weighing gives one more, or both."""
    block = planted("airline", "weighing", *(["asymmetry"] if bent else []))
    felt, share = np.nan_to_num(block.felt), described("airline").drivers.share
    met = (~np.isnan(block.felt)).sum(axis=1, keepdims=True)
    x = np.hstack([np.minimum(felt, 0), np.maximum(felt, 0)]) / np.maximum(met, 1)
    there = met[:, 0] > 0
    found, _ = regression(x[there], block.orders["overall"][there])
    below, above = np.split(found, 2)
    kinds = described("airline").asymmetry
    for slot, touchpoint in enumerate(described("airline").touchpoints):
        steep, flat = 1 - share + 2 * share, 1 - share
        expected = (1.0, 1.0)
        if bent and touchpoint.id in kinds.basic:
            expected = (steep, flat)
        if bent and touchpoint.id in kinds.excitement:
            expected = (flat, steep)
        if touchpoint.share:
            assert (below[slot], above[slot]) == pytest.approx(expected)


@pytest.mark.parametrize("moody", [True, False])
def test_a_mood_ties_the_ratings_of_a_response_together(company: Company, moody: bool) -> None:
    tables = company("airline", customers=8_000, seed=11, without=but(*(["halo"] if moody else [])))
    parts = [f"Q-{part}" for part in PARTS[:4]]
    rows = sheet(tables, *parts)
    pairs = np.corrcoef([rows[part].astype(float) for part in parts])[np.triu_indices(len(parts), 1)]
    correlation, chance = pairs.mean(), ERRORS / np.sqrt(len(pairs) * len(rows["mood"]))
    e, spread = described("airline").experience, shared().halo.spread
    share = spread**2 / (spread**2 + e.noise**2 + e.answer_noise**2) if moody else 0.0
    # Five scores instead of the latent values take about a tenth of a correlation away.
    assert correlation == pytest.approx(0.9 * share, abs=chance)
    if moody:
        assert np.std(rows["mood"]) == pytest.approx(spread, rel=0.05)
        assert correlation > chance


@pytest.mark.parametrize("there", [True, False])
def test_straight_liners_are_as_many_as_planted_and_tick_one_place(company: Company, there: bool) -> None:
    without = but("nonresponse", "buying", *(["straight_liners"] if there else []))
    tables = company("bank", customers=8_000, seed=11, without=without)
    truth = tables["truth_responses"]
    straight = truth["straight_liner"].to_numpy()
    if not there:
        assert straight.sum() == 0
        return
    assert_near(straight, shared().straight_liners.share)
    connection = duckdb.connect()
    for name in ("answers", "questions", "truth_responses"):
        connection.register(name, tables[name])
    places = connection.execute("""
        select max(place) - min(place), count(*) from (
            select response_id, straight_liner,
                (score - scale_low) / (scale_high - scale_low) as place
            from answers join questions using (question_id) join truth_responses using (response_id)
            where score is not null)
        where straight_liner = 1 group by response_id having count(*) > 3""").fetchnumpy()
    spans = next(iter(places.values()))
    assert len(spans) > 60
    assert spans.max() < 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_an_expectation_is_asked_beside_the_rating_of_the_same_thing(company: Company, kind: Kind) -> None:
    questions = company(kind, customers=300)["questions"].to_pylist()
    rated = {q["touchpoint_id"]: q for q in questions if q["metric"] == "rating" and q["touchpoint_id"]}
    pairs = [(q, rated[q["touchpoint_id"]]) for q in questions if q["metric"] == "expectation"]
    assert len(pairs) == 5
    for expectation, rating in pairs:
        for column in ("dimension", "scale_low", "scale_high", "overall"):
            assert expectation[column] == rating[column]


@pytest.mark.parametrize("matters", [True, False])
def test_what_was_expected_lowers_the_whole_but_at_the_over_serviced_touchpoint(
    company: Company, matters: bool
) -> None:
    names = ("expectations",) if matters else ()
    tables = company("airline", customers=16_000, seed=11, without=but("touchpoint_quality", *names))
    levels = described("airline").expectations
    counted = [t for t in levels.levels if t != levels.over_serviced]
    rows = sheet(tables, "Q-CSAT", *(f"{k}-{t}" for t in levels.levels for k in "QE"))
    expected = np.mean([rows[f"E-{t}"].astype(float) for t in counted], axis=0)
    felt = [rows[f"Q-{t}"] for t in levels.levels]
    x = np.column_stack([rows[f"E-{levels.over_serviced}"], expected, *felt]).astype(float)
    found, error = regression(x, rows["Q-CSAT"].astype(float))
    assert abs(found[0] / error[0]) < ERRORS
    assert (found[1] / error[1] < -ERRORS) == matters
    gap = {t: (rows[f"Q-{t}"].astype(float) - rows[f"E-{t}"].astype(float)).mean() for t in levels.levels}
    assert gap[levels.over_serviced] > 1
    assert all(gap[t] < 0.1 for t in counted)


@pytest.mark.parametrize("kind", KINDS)
def test_a_swap_lowers_the_whole_for_those_who_care_and_no_part_of_it(kind: Kind) -> None:
    block = planted(kind, "mismatch", "buying", customers=20_000)
    plain = planted(kind, "buying", customers=20_000)
    swap, orders = described(kind).mismatch, block.orders
    minds = orders["minds"]
    assert np.array_equal(block.felt, plain.felt, equal_nan=True)
    difference = (orders["overall"] - plain.orders["overall"])[~np.isnan(orders["overall"])]
    assert difference == pytest.approx(-shared().mismatch.drop * minds[~np.isnan(orders["overall"])])
    assert minds.sum() > 100
    met = np.zeros(len(orders), bool)
    events, slot = block.events, block.world.company.slots[swap.touchpoint]
    site = [s.id for s in described(kind).sites].index(swap.site)
    there = (events["slot"] == slot) & (events["site"] == site)
    met[events["order"][there & (events["at"] >= block.world.change_us(swap.at))]] = True
    assert not (minds & ~met).any()
    tier = block.people["tier"][orders["person"]]
    for number, name in enumerate(block.world.tier_names):
        among = met & (tier == number)
        cares = swap.cares.get(name, 0.0)
        if cares in {0.0, 1.0}:
            assert (minds[among] == cares).all()
        elif among.sum() > 60:
            assert_near(minds[among].astype(float), cares, orders["person"][among])


def test_of_the_respondents_about_three_in_a_hundred_are_hit_and_most_of_them_are_valuable() -> None:
    block = next(blocks(world("airline", seed=11, months=24), 20_000, 20_000))
    asked = block.asked.take(block.asked["completed"] & (block.asked["survey"] == VISITS))
    after = block.orders["used_at"][asked["order"]] >= block.world.change_us(described("airline").mismatch.at)
    assert asked["minds"][after].mean() == pytest.approx(0.035, abs=0.01)
    tier = block.people["tier"][asked["person"]]
    assert (tier[asked["minds"]] >= 2).mean() > 0.6
    assert (tier >= 2).mean() < 0.35


def test_a_swap_costs_later_spending_where_satisfaction_ties_customers() -> None:
    linked, loose = (
        planted("airline", "mismatch", "buying", *link, customers=20_000) for link in (("loyalty_link",), ())
    )
    plain = planted("airline", "buying", customers=20_000)
    assert np.array_equal(loose.orders["cents"], plain.orders["cents"])
    less = linked.orders["cents"] / plain.orders["cents"]
    hit = less < 0.99
    assert hit.sum() > 100
    assert less[hit] == pytest.approx(1 - shared().mismatch.spending_lost, abs=0.01)
    people = linked.orders["person"]
    assert set(people[hit]) <= set(people[linked.orders["minds"]])


@pytest.mark.parametrize("swapped", [True, False])
def test_comments_name_the_hidden_item_in_both_languages(company: Company, swapped: bool) -> None:
    tables = company("airline", customers=8_000, seed=11, without=() if swapped else ("mismatch",))
    truth = tables["truth_responses"]
    minding = set(truth.filter(pc.equal(truth["minds"], 1))["response_id"].to_pylist())
    assert bool(minding) == swapped
    changes = tables["changes"].to_pylist()
    assert [c for c in changes if "lemon" in c["description"] and c["touchpoint_id"] == "lounge"]
    texts = tables["answers"].filter(pc.is_valid(tables["answers"]["text"]))
    item = described("airline").mismatch.item
    about = {"en": 0, "zh": 0}
    for response, text in zip(texts["response_id"].to_pylist(), texts["text"].to_pylist(), strict=True):
        named = [lang for lang in ("en", "zh") if item.in_(lang).lower() in text.lower()]
        assert not named or response in minding
        for lang in named:
            about[lang] += 1
    assert (about["zh"] > 20 and about["en"] > 2) if swapped else about == {"en": 0, "zh": 0}


@pytest.mark.parametrize("surprising", [True, False])
def test_surprises_lift_the_whole_and_are_far_better_than_expected(
    company: Company, surprising: bool
) -> None:
    on = ("delight",) if surprising else ()
    tables = company("airline", customers=8_000, seed=11, without=but(*on))
    rows = sheet(tables, "Q-DELIGHT")
    answer, surprised = rows["Q-DELIGHT"].astype(float), rows["surprised"] == 1
    correlation = np.corrcoef(answer, rows["overall"])[0, 1]
    assert (correlation > ERRORS / np.sqrt(len(answer))) == surprising
    if not surprising:
        assert not surprised.any()
        return
    assert_near(surprised.astype(float), shared().delight.share)
    assert_near(rows["overall"][surprised], shared().delight.lift)
    assert_near(rows["overall"][~surprised], 0.0)
    assert (answer[surprised] == 5).mean() > 0.6 > 3 * (answer[~surprised] == 5).mean()


@pytest.mark.parametrize("vivid", [True, False])
def test_strong_moments_are_remembered_and_partners_steal_some(vivid: bool) -> None:
    on = ("touchpoint_quality", *(["recall"] if vivid else []))
    block, recipe = planted("retailer", *on, customers=20_000), shared().recall
    asked = block.asked.take(block.asked["completed"])
    asked = asked.take(asked["survey"] == programmes(block.world).index(RECALL))
    slot, felt = strongest(block, asked["order"])
    remembered = asked["remembers"] == 1
    found, error = logit(np.abs(felt)[:, None], remembered)
    truth = (
        [recipe.intercept, recipe.vividness] if vivid else [special.logit(recipe.remembered_when_off), 0.0]
    )
    assert np.abs((found - truth) / error).max() < ERRORS
    partner = np.array([t.ownership != "owned" for t in described("retailer").touchpoints])[slot]
    ours = (asked["attributes"] == 3).astype(float)
    for which, share in ((partner, recipe.partner), (~partner, recipe.own)):
        assert_near(ours[remembered & which], share if vivid else recipe.own_when_off)
    assert (asked["attributes"][~remembered] == -1).all()


def test_who_remembers_is_asked_a_month_later_about_the_same_visit(company: Company) -> None:
    tables = company("airline", customers=3_000, seed=11)
    connection = duckdb.connect()
    for name in ("responses", "invitations", "answers"):
        connection.register(name, tables[name])
    counted = connection.execute("""
        select r.survey_id, count(*), count(first.response_id),
            min(i.sent_at - first.answered_at), max(i.sent_at - first.answered_at)
        from responses r join invitations i using (invitation_id)
        left join responses first on first.survey_id = 'SV-VISIT' and first.event_id = r.event_id
            and first.customer_id = r.customer_id
        where r.survey_id in ('SV-RECALL', 'SV-RETEST') group by 1 order by 1""").fetchall()
    (_, recalled, found, soonest, latest), (_, again, same, first, last) = counted
    assert found == recalled > 60
    assert (soonest.days, latest.days) == (30, 30)
    assert same == again > 60
    assert first.days >= 3
    assert last.days <= 14
    states = connection.execute("""
        select b.state, r.choice, count(*) from answers r join answers b using (response_id)
        where r.question_id = 'Q-RECALL' and b.question_id = 'Q-BRAND' group by 1, 2""").fetchall()
    assert {(state, choice) for state, choice, _ in states} == {
        ("answered", "remembered"),
        ("not_used", "nothing"),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_second_answers_agree_with_the_first_as_much_as_planted(company: Company, kind: Kind) -> None:
    tables = company(kind, customers=8_000, seed=11)
    connection = duckdb.connect()
    for name in ("responses", "answers"):
        connection.register(name, tables[name])
    for metric, rho in shared().retest.reliability.items():
        first, second = (
            connection.execute(
                """
            select a.score, b.score from responses r join responses s using (customer_id, event_id)
            join answers a on a.response_id = r.response_id and a.question_id = $q
            join answers b on b.response_id = s.response_id and b.question_id = $q
            where r.survey_id = 'SV-VISIT' and s.survey_id = 'SV-RETEST'
                and a.score is not null and b.score is not null""",
                {"q": f"Q-{metric.upper()}"},
            )
            .fetchnumpy()
            .values()
        )
        assert len(first) > 250
        found = float(np.corrcoef(first.astype(float), second.astype(float))[0, 1])
        # Whole scores agree a little less than the latent values behind them.
        chance = ERRORS * (1 - rho**2) / np.sqrt(len(first))
        assert 0.8 * rho - chance < found < rho + chance, metric
        assert_near(first.astype(float) - second.astype(float), 0.0)


def test_nobody_is_asked_twice_without_the_retest(company: Company) -> None:
    tables = company("bank", customers=1_000, without=("retest",))
    assert "SV-RETEST" in tables["surveys"]["survey_id"].to_pylist()
    assert "SV-RETEST" not in tables["responses"]["survey_id"].to_pylist()
    fixed = next(blocks(world("bank", seed=1, months=24), 300, 300))
    assert (fixed.asked["survey"] == programmes(fixed.world).index(RETEST)).any()


@pytest.mark.parametrize("selective", [True, False])
def test_weighting_by_tier_brings_back_what_everybody_would_have_answered(
    company: Company, selective: bool
) -> None:
    """All of it where answering follows value; what follows satisfaction itself stays (nonresponse)."""
    on = ("buying", "tier_gap", *(["nonresponse"] if selective else []))
    tables = company("airline", customers=16_000, seed=11, without=but(*on))
    connection = duckdb.connect()
    for name in ("responses", "answers", "segment_members", "populations", "truth_populations"):
        connection.register(name, tables[name])
    score, tier = (
        connection.execute("""
        select a.score, m.segment from answers a join responses r using (response_id)
        join segment_members m on m.subject_id = r.customer_id and m.segmentation = 'tier'
        where a.question_id = 'Q-CSAT' and a.score is not null and r.survey_id = 'SV-VISIT'
    """)
        .fetchnumpy()
        .values()
    )
    sizes = dict(
        connection.execute("""
            select segment, size from populations
            where survey_id = 'SV-VISIT' and segmentation = 'tier'""").fetchall()
    )
    (truth,) = connection.execute("""
        select sum(score * size) / sum(size) from truth_populations
        where survey_id = 'SV-VISIT' and question_id = 'Q-CSAT'""").fetchone() or (0.0,)
    means = {name: score[tier == name].mean() for name in sizes}
    variance = sum(
        (sizes[n] / sum(sizes.values())) ** 2 * score[tier == n].var() / (tier == n).sum() for n in sizes
    )
    weighted = sum(sizes[n] * means[n] for n in sizes) / sum(sizes.values())
    assert (abs(weighted - truth) < ERRORS * np.sqrt(variance)) or selective
    if selective:
        assert abs(weighted - truth) < abs(score.mean() - truth)


@pytest.mark.parametrize("kind", KINDS)
def test_comments_are_many_and_do_not_always_name_their_subject(company: Company, kind: Kind) -> None:
    tables = company(kind, customers=4_000)
    answers, truth = tables["answers"], tables["truth_responses"]
    said = answers.filter(pc.is_valid(answers["text"])).select(["response_id", "text"])
    topic = dict(zip(truth["response_id"].to_pylist(), truth["topic"].to_pylist(), strict=True))
    names = {n: (t.name, t.name_zh) for n, t in enumerate(described(kind).touchpoints, start=1)}
    about = [
        (text, names[int(topic[response])])
        for response, text in zip(*(said[c].to_pylist() for c in ("response_id", "text")), strict=True)
        if topic[response]
    ]
    assert len(about) > 500
    assert len({text for text, _ in about}) > 0.4 * len(about)
    assert len({text for text, _ in about}) < len(about)
    named = np.mean([any(n.lower() in text.lower() for n in both) for text, both in about])
    assert 0.4 < named < 0.9
