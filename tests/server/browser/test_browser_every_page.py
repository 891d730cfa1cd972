"""Every page of the URL map in a browser: nobody is kept out, nothing sticks out, Chinese pages are Chinese.

Quick: each page once, on a phone in Chinese, its width also on a desk. PEAKEND_LONG=1: for every role that
may, in both languages, at both widths, in both colour schemes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from peakend.server.acting.actors import Role
from peakend.server.acting.policies import actions
from server.access_objects import SECRETS
from server.browser.eyes import DESK, LONG, PHONE, SCHEMES, WIDTHS, Watched
from server.conftest import Company
from server.test_access import MADE_LATER, Route, gathered, lookup, made_for, pages

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

WHO = {
    Role.FRONT_LINE: "north.front_line",
    Role.SUPERVISOR: "north.supervisor",
    Role.CX_MANAGER: "cx_manager",
    Role.ANALYST: "analyst",
    Role.ADMINISTRATOR: "administrator",
}
# Files, pictures and doors that lead elsewhere at once.
NO_PAGE = (
    ".csv",
    ".json",
    ".svg",
    ".png",
    ".js",
    "/file/",
    "translations.",
    "assets/",
    "metrics",
    "health",
    "visit-photos",
)
# What is not there for the objects of this test: another sign-in, a customer to call, a goal's person.
NOT_THERE = (
    "sign-in/company",
    "cases/<key>/contact",
    "cases/<key>/mail",
    "goals/<key>",
    "notifications/count",
)
# Names and the field's own terms, written in Latin letters in Chinese too.
TERMS = {"Peakend", "English", "CSAT", "Webhook", "JSON", "HTTPS", "https", "HTML", "XLSX", "Excel", "SPSS"}
TERMS |= {"LimeSurvey", "Qualtrics", "SERVQUAL"}
# Names of columns and of parts of a rule, which have to be typed as they are.
TYPED = {
    "attributes",
    "channel",
    "email",
    "json",
    "language",
    "name",
    "phone",
    "place",
    "site",
    "something",
    "stratum",
}
TYPED |= {"broadcast", "case", "change", "comment", "invitation", "response", "survey", "topic"}
TYPED |= {"tier", "touchpoint", "words", "cases", "gold", "silver", "repair", "work", "offer", "care"}
# What the company of the test wrote, and its codes.
WRITTEN = {
    "North",
    "South",
    "Terminal",
    "desk",
    "Theirs",
    "Queue",
    "More",
    "desks",
    "Door",
    "Somebody",
    "Autumn",
}
WRITTEN |= {
    "supervisor",
    "analyst",
    "administrator",
    "north",
    "south",
    "theirs",
    "Shanghai",
    "test",
    "Repair",
}
WRITTEN |= {"china-office", "nps-detractor"}
WRITTEN |= {"cabin", "checkin", "lounge", "Lounge", "terminal", "visit", "recommend", "title", "thanks"}
# Keys, ids and addresses.
CODE = re.compile(r"[_.:0-9]")
LANGUAGES = ("en", "zh")
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


def shown_to(route: Route) -> list[Role]:
    """Who may open the page, in the order in which the quick walk takes the first."""
    return [role for role in WHO if route.action and role in actions()[route.action].roles]


def walked() -> list[Route]:
    """Pages that are read: without files and without what answers forms only."""
    return [
        route
        for route in pages()
        if not any(part in "/" + route.pattern for part in NO_PAGE)
        and not route.pattern.startswith(NOT_THERE)
        and not (route.parameters and lookup(route) in SECRETS | MADE_LATER)
    ]


def foreign(watched: Watched) -> list[str]:
    """English words left on the Chinese page that is shown."""
    left = {word for word in watched.latin() - TERMS - TYPED - WRITTEN if not CODE.search(word)}
    return [f"not Chinese: {' '.join(sorted(left))}"] if left else []


def examined(watched: Watched, language: str) -> list[str]:
    return watched.faults() + (foreign(watched) if language == "zh" else [])


def test_every_page_is_good_to_look_at(company: Company, opened: Callable[..., Watched]) -> None:
    eyes: dict[tuple[str, str, int, str], Watched] = {}
    problems: list[str] = []
    seen = 0
    for route in walked():
        roles: list[Any] = shown_to(route) or [None]
        for role in roles if LONG else roles[-1:]:
            who = WHO[role] if role else ""
            path = route.path(made_for(route, company, "north", who or "administrator"))
            for language in LANGUAGES if LONG else ("zh",):
                for scheme in SCHEMES if LONG else ("light",):
                    for width in WIDTHS if LONG else (PHONE,):
                        key = (who, language, width, scheme)
                        if key not in eyes:
                            eyes[key] = opened(
                                who, language=language, width=width, scheme=scheme, locale=LOCALES[language]
                            )
                        watched = eyes[key]
                        answer = watched.goto(path)
                        # What only takes forms says 405; the doors send those away who are in.
                        if (
                            answer is None
                            or answer.status == 405
                            or (role and "/sign-in/" in watched.page.url)
                        ):
                            watched.complaints.clear()
                            continue
                        seen += 1
                        found = [] if answer.ok else [f"answers {answer.status}"]
                        found += examined(watched, language)
                        if not LONG:
                            watched.page.set_viewport_size({"width": DESK, "height": 900})
                            found += watched.wide()
                            watched.page.set_viewport_size({"width": PHONE, "height": 844})
                        where = (
                            f"/{route.pattern} as {who or 'a stranger'} in {language} at {width} px, {scheme}"
                        )
                        problems += [f"{where}: {one}" for one in found]
    assert seen > 80, "the walk must find the site"
    assert not problems, gathered(problems)
