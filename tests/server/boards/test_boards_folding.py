"""Counts: folded cells and the tail are what counting everything anew gives, at any split, with erasures,
exactly once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.boards import folding
from peakend.server.boards.folding import fold, unfold
from peakend.server.boards.models import COLUMNS, ScoreCell
from peakend.server.boards.periods import period_of
from peakend.server.boards.reading import live, steadily

if TYPE_CHECKING:
    from peakend.server.surveys.models import Survey
    from server.conftest import Company

pytestmark = pytest.mark.django_db

MANY: dict[str, Any] = {
    "languages": ["en", "zh"],
    "default_language": "en",
    "title": {"en": "Visit", "zh": "到访"},
    "pages": [
        {
            "id": "p",
            "questions": [
                {
                    "id": "nps",
                    "type": "nps",
                    "item": "recommend",
                    "overall": True,
                    "text": {"en": "Recommend?"},
                },
                {
                    "id": "long",
                    "type": "rating",
                    "scale_low": 0,
                    "scale_high": 100,
                    "text": {"en": "Points?"},
                },
                {
                    "id": "areas",
                    "type": "matrix",
                    "text": {"en": "Areas"},
                    "not_applicable": True,
                    "rows": [
                        {"code": "food", "text": {"en": "Food"}},
                        {"code": "shops", "text": {"en": "Shops"}},
                    ],
                },
                {"id": "wait", "type": "pair", "text": {"en": "Wait"}},
                {
                    "id": "used",
                    "type": "multiple",
                    "text": {"en": "Used"},
                    "options": [
                        {"code": "web", "text": {"en": "Web"}},
                        {"code": "app", "text": {"en": "App"}},
                    ],
                },
                {"id": "why", "type": "text", "text": {"en": "Why?"}},
            ],
        }
    ],
}
START = datetime(2026, 9, 3, 1, tzinfo=UTC)


def _answers(chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if chance.random() < 0.9:
        found["nps"] = {"state": "answered", "score": chance.randint(0, 10)}
    if chance.random() < 0.7:
        found["long"] = {"state": "answered", "score": chance.choice([0, 50, 73, 100])}
    found["areas.food"] = (
        {"state": "not_used"}
        if chance.random() < 0.3
        else {"state": "answered", "score": chance.randint(1, 5)}
    )
    found["wait"] = {"state": "answered", "score": chance.randint(1, 7)}
    found["wait.expectation"] = {"state": "answered", "score": chance.randint(1, 7)}
    found["used"] = {"state": "answered", "choice": chance.sample(["web", "app"], chance.randint(0, 2))}
    found["why"] = {"state": "answered", "text": chance.choice(["", "slow", "fine"])}
    return found


def give(survey: Survey, company: Company, seed: int, count: int = 1) -> list[Response]:
    """Responses of all kinds: other states, robots, without a site."""
    chance = random.Random(seed)
    rows = []
    for _ in range(count):
        site = chance.choice([*company.sites, ""])
        rows.append(
            Response(
                survey=survey,
                version=survey.current,
                site=company.sites.get(site),
                team=company.teams.get(site) if chance.random() < 0.5 else None,
                touchpoint=company.touchpoints[chance.choice(["lounge", "cabin"])],
                language=chance.choice(["en", "zh"]),
                channel=chance.choice(["qr", "email"]),
                tier=chance.choice(["", "gold", "basic"]),
                state=chance.choice(["completed"] * 5 + ["started"]),
                flags=["robot"] if chance.random() < 0.1 else [],
                answers=_answers(chance),
                started_at=START,
                completed_at=START + timedelta(hours=chance.randint(0, 24 * 80)),
            )
        )
    return list(Response.objects.bulk_create(rows))


def brute(survey: Survey, tier: str | None = None) -> Counter[tuple[str, str, float, str]]:
    """(question, site, score or 0, option) → answers, counted from the responses alone, by hand."""
    found: Counter[tuple[str, str, float, str]] = Counter()
    for row in Response.objects.filter(survey=survey, state="completed").select_related("site"):
        if tier is not None and row.tier != tier:
            continue
        site = row.site.code if row.site else ""
        if "robot" in row.flags:
            found["", site, 0, "~robot"] += 1
            continue
        found["", site, 0, ""] += 1
        names = {
            "nps": "recommend",
            "long": f"{survey.key}.long",
            "areas.food": f"{survey.key}.areas.food",
            "wait": f"{survey.key}.wait",
            "wait.expectation": f"{survey.key}.wait.expectation",
        }
        for answer, key in names.items():
            given = row.answers.get(answer)
            if given and given["state"] == "answered":
                found[key, site, given["score"], ""] += 1
            elif given:
                found[key, site, 0, "~not_used"] += 1
        chosen = row.answers["used"]["choice"]
        found[f"{survey.key}.used", site, 0, ""] += bool(chosen)
        for code in chosen:
            found[f"{survey.key}.used", site, 0, code] += 1
        found[f"{survey.key}.why", site, 0, ""] += bool(row.answers["why"]["text"])
    return Counter({key: n for key, n in found.items() if n})


def brute_by_tier(survey: Survey) -> Counter[tuple[str, int]]:
    """(tier, NPS score) → answers, by hand."""
    return Counter(
        (row.tier, row.answers["nps"]["score"])
        for row in Response.objects.filter(survey=survey, state="completed")
        if "robot" not in row.flags and "nps" in row.answers
    )


def by_tier(survey: Survey, company: Company, unit: str) -> Counter[tuple[str, int]]:
    """The same from cells and tail, read for every cut at once."""
    last = period_of((START + timedelta(days=90)).date(), unit)  # type: ignore[arg-type]
    first = period_of((START - timedelta(days=9)).date(), unit)  # type: ignore[arg-type]
    found: Counter[tuple[str, int]] = Counter()
    counts = live(company.actor("cx_manager"), [survey.pk])
    cuts = ("tier", "site", "touchpoint")
    rows = counts.by_cut(("starts_on", "option"), cuts, first, last, {"recommend"})
    for (cut, _, option, value), columns in rows.items():
        if cut == "tier" and not option:
            found.update({(value, score): n for score, n in enumerate(columns) if n})
    return found


def shown(
    survey: Survey, company: Company, unit: str, tier: str | None = None
) -> Counter[tuple[str, str, float, str]]:
    """The same from cells and tail."""
    sites = {site.pk: code for code, site in company.sites.items()}
    low = {"recommend": 0, f"{survey.key}.areas.food": 1}
    low |= {f"{survey.key}.wait": 1, f"{survey.key}.wait.expectation": 1}
    last = period_of((START + timedelta(days=90)).date(), unit)  # type: ignore[arg-type]
    first = period_of((START - timedelta(days=9)).date(), unit)  # type: ignore[arg-type]

    def read() -> Any:
        counts = live(company.actor("cx_manager"), [survey.pk], {} if tier is None else {"tier": tier})
        return counts.grouped(("question", "option", "site_id"), first, last)

    found: Counter[tuple[str, str, float, str]] = Counter()
    for (question, option, site), counts in steadily(read).items():
        for column, n in enumerate(counts):
            if not n:
                continue
            if option.startswith("="):
                found[question, sites.get(site, ""), float(option[1:]), ""] += n
            elif question in low and not option:
                found[question, sites.get(site, ""), low[question] + column, ""] += n
            else:
                assert column == 0
                found[question, sites.get(site, ""), 0, option] += n
    return found


@pytest.mark.parametrize("seed", range(4))
def test_cells_and_tail_are_what_counting_everything_gives(
    company: Company, live_survey: Callable[..., Survey], seed: int
) -> None:
    survey = live_survey(MANY)
    chance = random.Random(seed)
    for step in range(6):
        give(survey, company, seed * 100 + step, count=chance.randint(1, 25))
        if chance.random() < 0.7:
            fold(chance.randint(1, 30))
        completed = list(Response.objects.filter(survey=survey, state="completed"))
        for row in chance.sample(completed, min(3, len(completed))):
            with transaction.atomic():
                unfold(row)
                if chance.random() < 0.5:
                    row.delete()
                else:
                    row.answers, row.tier = _answers(chance), chance.choice(["", "gold"])
                    row.save()
        for unit in ("week", "month", "quarter"):
            for tier in (None, "gold", ""):
                assert shown(survey, company, unit, tier) == brute(survey, tier)
            assert by_tier(survey, company, unit) == brute_by_tier(survey)
    while fold():
        pass
    assert not Response.objects.filter(folded=False, state="completed").exists()
    assert shown(survey, company, "month") == brute(survey) != Counter()
    assert not any(ScoreCell.objects.filter(**{f"{column}__lt": 0}).exists() for column in COLUMNS)


def test_a_batch_that_dies_leaves_nothing_and_the_next_counts_once(
    company: Company, live_survey: Callable[..., Survey], monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = live_survey(MANY)
    give(survey, company, 7, count=30)
    with monkeypatch.context() as patched:
        patched.setattr(folding, "_grown", _die)
        with pytest.raises(RuntimeError, match="killed"):
            fold()
    assert not ScoreCell.objects.exists()
    assert not Response.objects.filter(folded=True).exists()
    assert fold() == Response.objects.filter(state="completed").count()
    assert fold() == 0
    assert shown(survey, company, "month") == brute(survey)


def _die(mark: object) -> None:
    raise RuntimeError("killed")


def test_an_answer_belongs_to_the_day_it_was_at_its_site(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey()
    (row,) = give(live_survey(MANY), company, 1)
    # 23:30 on 31 October in London is 1 November in Shanghai.
    row.survey, row.version, row.site, row.flags, row.state = (
        survey,
        survey.current,
        company.sites["north"],
        [],
        "completed",
    )
    row.answers = {"recommend": {"state": "answered", "score": 9}}
    row.completed_at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    row.save()
    fold()
    starts = set(ScoreCell.objects.values_list("span", "starts_on"))
    assert {(span, str(day)) for span, day in starts} == {("month", "2026-11-01"), ("week", "2026-10-26")}


def test_rebuilding_gives_the_same_counts(company: Company, live_survey: Callable[..., Survey]) -> None:
    survey = live_survey(MANY)
    give(survey, company, 3, count=40)
    fold()
    before = shown(survey, company, "month")
    assert folding.rebuild(survey) > 0
    assert not ScoreCell.objects.filter(survey=survey).exists()
    while fold():
        pass
    assert shown(survey, company, "month") == before


def test_a_reader_reads_again_when_something_was_folded_meanwhile(
    company: Company, live_survey: Callable[..., Survey]
) -> None:
    survey = live_survey(MANY)
    give(survey, company, 5, count=20)
    looks = []

    def read() -> int:
        counts = live(company.actor("cx_manager"), [survey.pk])
        if not looks:
            fold()  # between the tail and the cells: both would count the same answers
        looks.append(1)
        month = period_of(clock.now().date(), "month")
        found = counts.grouped(("question", "option"), month.back(60), month)
        return sum(found.get(("", ""), [0]))

    with clock.at(START + timedelta(days=100)):
        seen = steadily(read)
    assert len(looks) == 2
    assert seen == sum(
        n for (question, _, _, option), n in brute(survey).items() if not question and not option
    )
