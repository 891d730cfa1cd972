"""The agenda comes from the facts, small groups stay hidden, and what is unsolved becomes a topic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from peakend.server.answering.models import Response
from peakend.server.cases.models import Case
from peakend.server.improvement.models import Topic
from peakend.server.improvement.selectors.huddles import agenda, get_huddle
from peakend.server.improvement.services import huddles


def answer(survey: Any, team: Any, score: int, why: str = "", days: float = 1, **more: Any) -> Response:
    """A completed two-question answer about `team`, `days` ago."""
    answers: dict[str, Any] = {"recommend": {"state": "answered", "score": score}}
    if why:
        answers["why"] = {"state": "answered", "text": why}
    at = clock.now() - timedelta(days=days)
    return Response.objects.create(
        survey=survey,
        version=survey.current,
        site=team.site,
        team=team,
        language="en",
        channel="link",
        state="completed",
        answers=answers,
        started_at=at,
        completed_at=at,
        **more,
    )


def test_the_agenda_has_scores_with_base_and_words_of_both_kinds(company: Any, live_survey: Any) -> None:
    survey, team = live_survey(), company.teams["north"]
    for n in range(12):
        answer(survey, team, 10 if n % 2 else 3, f"reason {n}" if n < 4 else "")
    answer(survey, company.teams["south"], 0, "not ours")
    answer(survey, team, 0, "before the period", days=30)
    huddle = huddles.open_huddle(actor=company.actor("north.supervisor"), team="north/desk")
    drawn = agenda(huddle)
    (nps,) = drawn.figures
    assert (nps.metric, nps.n, nps.value) == ("nps", 12, 0.0)
    assert nps.low is not None
    assert nps.low < 0 < (nps.high or 0)
    assert {voice.text for voice in drawn.voices} == {f"reason {n}" for n in range(4)}
    assert {voice.tone for voice in drawn.voices} == {"good", "act"}


def test_under_ten_the_score_is_hidden_and_anonymous_words_too(company: Any, live_survey: Any) -> None:
    team, actor = company.teams["north"], company.actor("north.supervisor")
    for _ in range(9):
        answer(live_survey(), team, 2, "named")
    secret = live_survey(anonymous=True)
    for _ in range(9):
        answer(secret, team, 2, "anonymous")
    drawn = agenda(huddles.open_huddle(actor=actor, team="north/desk"))
    assert [(one.n, one.value, one.low) for one in drawn.figures] == [(9, None, None)]
    assert {voice.text for voice in drawn.voices} == {"named"}


def test_the_period_begins_where_the_last_one_ended(company: Any) -> None:
    actor = company.actor("north.supervisor")
    first = huddles.open_huddle(actor=actor, team="north/desk")
    assert huddles.open_huddle(actor=actor, team="north/desk") == first
    huddles.close_huddle(actor=actor, huddle=first.key)
    with clock.at(clock.now() + timedelta(days=7)):
        second = huddles.open_huddle(actor=actor, team="north/desk")
    assert second.period_from == first.period_to


def test_agreements_come_back_until_they_are_settled(company: Any) -> None:
    actor, worker = company.actor("north.supervisor"), company.users["north.front_line"]
    first = huddles.open_huddle(actor=actor, team="north/desk")
    with pytest.raises(InvalidError):
        huddles.note_point(actor=actor, huddle=first.key, text="Somebody calls", kind="agreed")
    point = huddles.note_point(actor=actor, huddle=first.key, text="Call the printer firm", owner=worker.key)
    huddles.close_huddle(actor=actor, huddle=first.key)
    with pytest.raises(ConflictError):
        huddles.note_point(actor=actor, huddle=first.key, text="late", kind="noted")
    with clock.at(clock.now() + timedelta(days=7)):
        second = huddles.open_huddle(actor=actor, team="north/desk")
        assert agenda(second).agreed == [point]
        huddles.settle_point(actor=actor, point=point.key, state="done")
        huddles.close_huddle(actor=actor, huddle=second.key)
    with clock.at(clock.now() + timedelta(days=14)):
        assert agenda(huddles.open_huddle(actor=actor, team="north/desk")).agreed == []


def test_an_unsolved_point_becomes_one_topic(company: Any, client_of: Callable[..., Client]) -> None:
    actor = company.actor("north.supervisor")
    huddle = huddles.open_huddle(actor=actor, team="north/desk")
    point = huddles.note_point(actor=actor, huddle=huddle.key, text="Printer jams daily", kind="unsolved")
    client = client_of("north.supervisor")
    for _ in range(2):
        sent = client.post(f"/huddle-points/{point.key}/raise/", {"huddle": huddle.key})
        assert sent["Location"] == f"/huddles/{huddle.key}/"
    topic = Topic.objects.get()
    assert (topic.title, topic.team, topic.status) == ("Printer jams daily", company.teams["north"], "raised")
    assert "Raised as a topic" in client.get(f"/huddles/{huddle.key}/").content.decode()


def test_overdue_cases_of_the_team_are_raised_and_others_are_not(company: Any) -> None:
    past = clock.now() - timedelta(days=2)
    for number, (team, status) in enumerate((("north", "open"), ("north", "closed"), ("south", "open"))):
        Case.objects.create(
            number=number + 1,
            title="late",
            status=status,
            site=company.sites[team],
            team=company.teams[team],
            opened_at=past,
            due_at=past,
        )
    drawn = agenda(huddles.open_huddle(actor=company.actor("north.supervisor"), team="north/desk"))
    assert [case.number for case in drawn.overdue] == [1]


def test_a_huddle_is_its_own_teams(company: Any) -> None:
    huddle = huddles.open_huddle(actor=company.actor("north.supervisor"), team="north/desk")
    assert get_huddle(company.actor("north.front_line"), huddle.key) == huddle
    for stranger in ("south.front_line", "south.supervisor"):
        with pytest.raises(NotFoundError):
            get_huddle(company.actor(stranger), huddle.key)
    with pytest.raises(NotAllowedError):
        huddles.close_huddle(actor=company.actor("north.front_line"), huddle=huddle.key)
    with pytest.raises(NotFoundError):
        huddles.open_huddle(actor=company.actor("south.supervisor"), team="north/desk")


def test_what_customers_wrote_is_escaped_on_the_page(
    company: Any, live_survey: Any, client_of: Callable[..., Client]
) -> None:
    answer(live_survey(), company.teams["north"], 1, "<script>alert(1)</script>")
    huddle = huddles.open_huddle(actor=company.actor("north.supervisor"), team="north/desk")
    text = client_of("north.front_line").get(f"/huddles/{huddle.key}/").content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
