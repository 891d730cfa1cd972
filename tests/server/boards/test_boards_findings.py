"""The first sentence of a board: what was planted is found, with what the whole did; where nothing changed
nothing is claimed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.boards.counting import Item, items_of_versions
from peakend.server.boards.dashboards import Mix, Part, PartRow, dashboard
from peakend.server.boards.findings import headline, moved, next_step, sentence, whole_sentence
from peakend.server.boards.folding import fold
from peakend.server.boards.home import start
from peakend.server.boards.mixing import shift
from peakend.server.boards.options import Named, read_options
from peakend.server.boards.scoring import Score
from peakend.server.boards.subjects import get_board

if TYPE_CHECKING:
    from peakend.server.surveys.models import Survey
    from server.conftest import Company

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """One moment, in the middle of a month in every time zone."""
    with clock.at(NOW):
        yield


def answer(survey: Survey, company: Company, score: int, tier: str = "", **about: Any) -> Response:
    at = NOW - timedelta(days=31 if about.get("before") else 0)
    return Response(
        survey=survey,
        version=survey.current,
        site=company.sites[about.get("site", "north")],
        touchpoint=company.touchpoints[about.get("touchpoint", "lounge")],
        language=about.get("language", "en"),
        channel=about.get("channel", "email"),
        tier=tier,
        state="completed",
        answers={"recommend": {"state": "answered", "score": score}},
        started_at=at,
        completed_at=at,
    )


def plant(
    survey: Survey, company: Company, world: list[tuple[str, int, float, bool]], seed: int = 1, **about: Any
) -> None:
    """(tier, answers, share of promoters among promoters and detractors, before) …"""
    chance = random.Random(seed)
    rows = []
    for tier, count, good, before in world:
        for number in range(count):
            where = {
                "site": chance.choice(["north", "south"]),
                "touchpoint": chance.choice(["lounge", "cabin"]),
                "language": chance.choice(["en", "zh"]),
                "channel": chance.choice(["email", "sms"]),
                **about,
            }
            score = 10 if number < good * count else 3
            rows.append(answer(survey, company, score, tier, before=before, **where))
    Response.objects.bulk_create(rows)
    fold()


def told(company: Company, survey: Survey) -> tuple[str, str]:
    """The first sentence of the board, and what to do next."""
    actor = company.actor("cx_manager")
    board = get_board(actor, survey.key)
    shown = dashboard(actor, board, read_options(actor, board, {}))
    return headline(shown), next_step(shown)


def test_a_tier_that_fell_leads_and_says_that_the_whole_did_not(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey()
    plant(survey, company, [("gold", 100, 0.9, True), ("basic", 900, 0.7, True)])
    plant(survey, company, [("gold", 100, 0.5, False), ("basic", 900, 0.72, False)], seed=2)
    said, todo = told(company, survey)
    assert said.startswith("Customers of tier gold fell: NPS from 80 to 0 (95 % −")
    assert "n = 100), likely not chance; the whole, 44 before and 40 now (95 %" in said
    assert said.endswith("n = 1,000), did not move beyond chance")
    assert "behind customers of tier gold" in todo
    assert start(company.actor("cx_manager")).headline == said


def test_a_whole_that_fell_by_who_answered_says_so(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey()
    plant(survey, company, [("gold", 350, 0.9, True), ("basic", 150, 0.5, True)])
    plant(survey, company, [("gold", 150, 0.9, False), ("basic", 350, 0.5, False)], seed=2)
    said, todo = told(company, survey)
    assert "fell: NPS from 56 to 24" in said
    assert "; no customer tier fell beyond chance, but others answered: " in said
    assert "of the answers" in said
    assert "70" in said
    assert "30" in said
    assert todo.startswith("Compare like with like")
    found = start(company.actor("cx_manager"))
    assert (found.headline, found.next) == (said, todo)


def test_a_whole_that_fell_everywhere_is_no_mix(company: Company, live_survey: Callable[..., Survey]) -> None:
    survey = live_survey()
    plant(survey, company, [("gold", 350, 0.9, True), ("basic", 350, 0.8, True)])
    plant(survey, company, [("gold", 350, 0.6, False), ("basic", 350, 0.5, False)], seed=2)
    said, todo = told(company, survey)
    assert "fell: NPS" in said
    assert "others answered" not in said
    assert "no single part" not in said
    assert todo.startswith("Read the answers behind")


def test_where_nothing_changed_nothing_is_claimed(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    """Twenty boards of pure chance: the family of each page errs in at most one of twenty."""
    claims = 0
    for seed in range(20):
        survey = live_survey()
        chance = random.Random(seed)
        for before in (True, False):
            Response.objects.bulk_create(
                answer(
                    survey,
                    company,
                    chance.choice([3, 6, 8, 9, 10, 10]),
                    chance.choice(["gold", "silver", "basic", ""]),
                    before=before,
                    site=chance.choice(["north", "south"]),
                    touchpoint=chance.choice(["lounge", "cabin", "checkin"]),
                    language=chance.choice(["en", "zh"]),
                    channel=chance.choice(["email", "sms", "qr"]),
                )
                for _ in range(150)
            )
        fold()
        said, _ = told(company, survey)
        claims += said != "Nothing moved beyond chance since August 2026"
    assert claims <= 3  # P(more | 1 in 20) = 0.016, and the seeds are fixed


def item_of(live_survey: Callable[..., Survey]) -> Item:
    """The NPS question."""
    survey = live_survey()
    return next(one for one in items_of_versions([survey.current_id])[survey.current_id] if one.metric)


def test_shares_that_did_not_change_are_seldom_called_a_mix_whatever_fell(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    """The same shares in both months, and every value of forty fell: p is uniform, or larger."""
    item, small = item_of(live_survey), 0
    for seed in range(200):
        chance = random.Random(seed)
        sides: list[dict[int | str, dict[float, int]]] = [{}, {}]
        for side, good in zip(sides, (0.6, 0.8), strict=True):
            for _ in range(600):
                value = chance.randrange(40)
                score = 10.0 if chance.random() < good - 0.01 * (value % 10) else 3.0
                group = side.setdefault(value, {})
                group[score] = group.get(score, 0) + 1
        found = shift(item, *sides)
        assert found is not None
        small += found.p <= 0.05 and found.explains
    assert small <= 10


def test_the_shift_is_kitagawas_by_hand(company: Company, live_survey: Callable[..., Survey]) -> None:
    item = item_of(live_survey)
    now = {"gold": {10.0: 20, 3.0: 20}, "basic": {10.0: 15, 3.0: 45}}
    before = {"gold": {10.0: 60, 3.0: 20}, "basic": {10.0: 5, 3.0: 15}}
    found = shift(item, now, before)
    assert found is not None
    # Middles: gold (0 + 0.5) / 2, basic -0.5. Shares of gold: 0.8, then 0.4.
    assert found.effect == pytest.approx((0.4 - 0.8) * 0.25 + (0.6 - 0.2) * -0.5)
    assert found.change == pytest.approx(-0.3 - 0.3)
    assert (found.share_before, found.share) in {(0.8, 0.4), (0.2, 0.6)}
    assert found.explains
    assert shift(item, now, {}) is None
    assert shift(item, {"gold": {10.0: 40}}, {"gold": {10.0: 40}}) is None


def score(before: float, now: float, verdict: str, width: float = 10) -> Score:
    """A score of NPS."""
    return Score(
        metric="nps",
        n=200,
        value=now,
        low=now - width,
        high=now + width,
        before_n=200,
        before=before,
        difference=now - before,
        p=0.01,
        raw_p=0.001,
        verdict=verdict,
        tally={},
    )


def part(cut: str, *rows: tuple[str, Score], mix: Mix | None = None) -> Part:
    """A part with named values."""
    return Part(cut, tuple(PartRow(Named(name, name), one) for name, one in rows), mix)


def test_what_can_be_acted_on_comes_before_a_channel_or_a_language_however_far_they_moved() -> None:
    whole = score(40, 39, "cannot_tell")
    parts = [
        part("language", ("zh", score(50, -20, "worse"))),
        part("channel", ("qr", score(50, -10, "worse"))),
        part("tier", ("-", score(50, -30, "worse")), ("gold", score(50, 30, "worse"))),
        part("touchpoint", ("Lounge", score(50, 20, "worse"))),
        part("team", ("Desk", score(50, 30, "worse"))),
        part("site", ("North", score(20, 90, "better"))),
    ]
    order = [one.subject for one in moved(whole, parts)]
    assert order == ["Lounge", "gold", "Desk", "-", "zh", "qr", "North"]


def test_sentences_name_who_answered_in_both_languages(actor_speaks: Callable[[str], None]) -> None:
    whole = score(40, 46, "better")
    parts = [part("tier", ("gold", score(50, 30, "worse")), ("-", score(50, 30, "worse")))]
    fell = [one for one in moved(whole, parts) if one.cut]
    assert whole_sentence(fell[0], "x").endswith("; the whole rose, from 40 to 46 (95 % 36 to 56 · n = 200)")
    assert sentence(fell[1], "x").startswith("Answers without a customer tier fell: NPS from 50 to 30")
    actor_speaks("zh")
    assert whole_sentence(fell[0], "x").startswith("gold等级的客户变差：净推荐值从 50 降到 30（95% 区间")
    assert sentence(fell[1], "x").startswith("未注明客户等级的答卷变差：")


def test_a_whole_that_moved_alone_says_that_no_part_stands_out() -> None:
    rows = (("Lounge", score(40, 33, "cannot_tell")), ("Cabin", score(40, 33, "cannot_tell")))
    (one,) = moved(score(40, 30, "worse"), [part("touchpoint", *rows)])
    assert whole_sentence(one, "Recommend").endswith("; no single part of it fell beyond chance")
    mix = Mix("touchpoint", Named("cabin", "Cabin"), 0.2, 0.6, 0.001)
    (one,) = moved(score(40, 30, "worse"), [part("touchpoint", *rows, mix=mix)])
    assert whole_sentence(one, "Recommend").endswith(
        "; no touchpoint fell beyond chance, but others answered: Cabin gave 60\xa0% of the answers, "
        "20\xa0% before"
    )
    # A part that went along says more than who answered.
    rows = (("Lounge", score(40, 20, "worse")), rows[1])
    found = moved(score(40, 30, "worse"), [part("touchpoint", *rows, mix=mix)])
    assert [one.mix for one in found] == [None, None]


@pytest.fixture
def actor_speaks() -> Iterator[Callable[[str], None]]:
    """Change the language of the page."""
    from django.utils import translation

    before = translation.get_language()
    yield translation.activate
    translation.activate(before or "en")


PARTS: dict[str, Any] = {
    "languages": ["en", "zh"],
    "default_language": "en",
    "title": {"en": "Visit", "zh": "到访"},
    "pages": [
        {
            "id": "p",
            "questions": [
                {
                    "id": "recommend",
                    "type": "nps",
                    "overall": True,
                    "text": {"en": "Recommend?", "zh": "推荐？"},
                },
                *(
                    {"id": code, "type": "rating", "text": {"en": en, "zh": zh}}
                    for code, en, zh in (("lounge", "Lounge", "休息室"), ("cabin", "Cabin", "客舱"))
                ),
            ],
        }
    ],
}


def rate(survey: Survey, company: Company, gold: float, *, before: bool = False, seed: int = 1) -> None:
    """200 of gold and 800 others: `gold` is the share of gold members who are content with the lounge."""
    chance = random.Random(seed)
    rows = []
    for number in range(1000):
        tier = "Gold" if number < 200 else "Basic"
        one = answer(survey, company, chance.choice([10, 9, 8, 3]), tier, before=before)
        content = chance.random() < (gold if tier == "Gold" else 0.8)
        scores = {"lounge": 5 if content else 2, "cabin": chance.choice([3, 4, 5])}
        one.answers |= {code: {"state": "answered", "score": score} for code, score in scores.items()}
        rows.append(one)
    Response.objects.bulk_create(rows)
    fold()


def test_monday_begins_with_what_fell_among_the_most_valuable_though_everything_else_is_fine(
    company: Company, live_survey: Callable[..., Survey], actor_speaks: Callable[[str], None]
) -> None:
    survey = live_survey(PARTS)
    rate(survey, company, 0.8, before=True)
    rate(survey, company, 0.45, seed=2)
    actor = company.actor("cx_manager")
    found = start(actor)
    assert found.headline.startswith("Lounge among customers of tier Gold fell: ")
    assert "n = 200), likely not chance" in found.headline
    assert [one.n for one in found.found.summaries] == [1000], "still one line a survey"
    assert {one.asked.label for one in found.found.changes} == {"Lounge"}
    assert "customers of tier Gold" in found.next
    actor_speaks("zh")
    assert start(actor).headline.startswith("Gold等级的客户对“休息室”的评价变差：")


def test_where_no_item_changed_for_anybody_monday_begins_quietly(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey(PARTS)
    rate(survey, company, 0.8, before=True)
    rate(survey, company, 0.8, seed=2)
    found = start(company.actor("cx_manager")).found
    assert found.changes == ()
    assert found.compared == 3 * 3 + 1, "every item as a whole and by two tiers, and the tiers' mix"
