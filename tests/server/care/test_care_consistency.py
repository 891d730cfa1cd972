"""The planted site is out of control on the page; nobody's anonymous or scarce answers are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.test import Client

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.care.selectors.consistency import evenness
from peakend.server.company.models import Site

NOW = datetime(2026, 11, 15, 4, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 3, tzinfo=UTC)


def answers(survey: Any, site: Any, scores: Any, **more: Any) -> None:
    Response.objects.bulk_create(
        Response(
            **{"survey": survey, "version": survey.current, "site": site, "language": "en"},
            **{"channel": "link", "state": "completed", "started_at": OCTOBER, "completed_at": OCTOBER},
            answers={"recommend": {"state": "answered", "score": int(score)}},
            **more,
        )
        for score in scores
    )


def even_sites(survey: Any, n: int = 6) -> np.random.Generator:
    rng = np.random.default_rng(3)
    for number in range(n):
        site = Site.objects.create(code=f"s{number}", name=f"Site {number}")
        answers(survey, site, rng.integers(5, 11, 40))
    return rng


def test_the_planted_site_is_out_of_control_and_its_twins_are_not(
    company: Any, live_survey: Any, client_of: Callable[..., Client]
) -> None:
    survey = live_survey()
    rng = even_sites(survey)
    with clock.at(NOW):
        manager = company.actor("cx_manager")
        assert evenness(manager).out == []
        answers(survey, company.sites["north"], rng.integers(0, 5, 40))
        assert [row.code for _, row in evenness(manager).out] == ["north"]
        text = client_of("cx_manager").get("/care/consistency/").content.decode()
    assert "Places out of control: 1" in text
    assert text.count("<svg") == 14


def test_few_and_anonymous_answers_are_not_shown(company: Any, live_survey: Any) -> None:
    survey = live_survey()
    even_sites(survey, 3)
    answers(survey, company.sites["north"], [0] * 9)
    answers(live_survey(anonymous=True), company.sites["south"], [0] * 40)
    with clock.at(NOW):
        even = evenness(company.actor("cx_manager"))
    assert [row.code for _, row in even.shown] == ["s0", "s1", "s2"]
    assert [(row.code, n) for row, n in even.few] == [("north", 9)]


def test_a_supervisor_sees_their_own_site_against_the_limits_of_all(company: Any, live_survey: Any) -> None:
    survey = live_survey()
    rng = even_sites(survey)
    answers(survey, company.sites["north"], rng.integers(0, 5, 40))
    with clock.at(NOW):
        even = evenness(company.actor("north.supervisor"))
    assert [(row.code, place.out) for place, row in even.shown] == [("north", True)]


def test_teams_are_compared_too(company: Any, live_survey: Any) -> None:
    survey, rng = live_survey(), np.random.default_rng(3)
    for name in ("north", "south"):
        answers(survey, company.sites[name], rng.integers(5, 11, 40), team=company.teams[name])
    with clock.at(NOW):
        even = evenness(company.actor("cx_manager"), by="team")
    assert {row.site.code for _, row in even.shown} == {"north", "south"}


def test_without_answers_the_page_says_so(company: Any, client_of: Callable[..., Client]) -> None:
    client = client_of("cx_manager")
    assert "Too few answers" in client.get("/care/consistency/").content.decode()
    assert client.get("/care/consistency/?metric=shoes&by=site&months=3").status_code == 422
