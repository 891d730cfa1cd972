"""A small company to test the site with, on SQLite or (PEAKEND_TEST_SITE=postgres) on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from peakend.server.acting.actors import Actor, Role

if TYPE_CHECKING:
    from django.test import Client

    from peakend.server.company.models import Site, Team, Touchpoint
    from peakend.server.people.models import User
    from peakend.server.surveys.models import Survey

POSTGRES = os.environ.get("PEAKEND_TEST_SITE") == "postgres"
DATABASE = "postgres" if POSTGRES else "sqlite"
PASSWORD = "correct horse battery staple"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the run on the other database; `make test` does both."""
    other = [
        item for item in items if (mark := item.get_closest_marker("site_on")) and mark.args != (DATABASE,)
    ]
    if other:
        config.hook.pytest_deselected(items=other)
        items[:] = [item for item in items if item not in set(other)]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, request: pytest.FixtureRequest
) -> None:
    """On PostgreSQL the session's server takes the place of the embedded file."""
    if not POSTGRES:
        return
    from django.db import connections

    url = urlsplit(request.getfixturevalue("postgres_server"))
    asked = parse_qs(url.query)
    name = connections.databases["default"].get("TEST", {}).get("NAME")
    connections.databases["default"] |= {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": url.username or "",
        "HOST": asked.get("host", [url.hostname or ""])[0],
        "PORT": asked.get("port", [str(url.port or "")])[0],
        "OPTIONS": {},
        "TEST": {**connections.databases["default"].get("TEST", {}), "NAME": name},
    }
    # Whatever asked for the connection before has it made for the embedded file.
    connections["default"].close()
    del connections["default"]
    assert connections["default"].vendor == "postgresql"


@pytest.fixture(autouse=True)
def no_rules_kept() -> None:
    """The rules of cases that a process keeps are not those of the next test."""
    from peakend.server.cases.rules import forget

    forget()


@dataclass
class Company:
    """Two sites with a team and somebody in every role each, touchpoints, and managers who see it all."""

    sites: dict[str, Site] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    touchpoints: dict[str, Touchpoint] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The actor of the user called `name`: "north.front_line", "south.supervisor", "administrator", …"""
        from peakend.server.people.acting import actor_of_user

        return actor_of_user(self.users[name])


@pytest.fixture
def company(db: None) -> Company:
    """`company.users["north.front_line"]`, `company.sites["north"]`, `company.touchpoints["lounge"]`, …"""
    from peakend.server.company.models import Site, Team, Touchpoint
    from peakend.server.people.models import User

    made = Company()
    for code, name, name_zh in (
        ("north", "North Terminal", "北航站楼"),
        ("south", "South Terminal", "南航站楼"),
    ):
        site = Site.objects.create(code=code, name=name, name_zh=name_zh, kind="terminal", region="Shanghai")
        team = Team.objects.create(site=site, code="desk", name=f"{name} desk", name_zh=f"{name_zh}柜台组")
        made.sites[code], made.teams[code] = site, team
        for role in (Role.FRONT_LINE, Role.SUPERVISOR):
            user = User.objects.create_user(
                f"{role}.{code}@example.com", f"{role} {code}", role, PASSWORD, employee_id=f"E-{role}-{code}"
            )
            (user.teams if role is Role.FRONT_LINE else user.sites).add(
                team if role is Role.FRONT_LINE else site
            )
            made.users[f"{code}.{role}"] = user
    for role in (Role.CX_MANAGER, Role.ANALYST, Role.ADMINISTRATOR):
        made.users[str(role)] = User.objects.create_user(f"{role}@example.com", str(role), role, PASSWORD)
    for position, (code, name, name_zh) in enumerate(
        (("checkin", "Check-in", "值机"), ("lounge", "Lounge", "贵宾室"), ("cabin", "Cabin", "客舱"))
    ):
        made.touchpoints[code] = Touchpoint.objects.create(
            code=code, name=name, name_zh=name_zh, position=position, stage="use"
        )
    return made


@pytest.fixture
def client_of(company: Company) -> Callable[[str], Client]:
    """`client_of("cx_manager")`: a browser with that user signed in; `client_of("")`: a stranger's."""
    from django.test import Client

    def make(name: str, **options: Any) -> Client:
        client = Client(**options)
        if name:
            client.force_login(company.users[name])
        return client

    return make


@pytest.fixture
def token_of(company: Company) -> Callable[..., dict[str, str]]:
    """`token_of("cx_manager", "cases.*")`: headers of a program that acts for that user."""
    import secrets

    from peakend.server.people.acting import TOKEN_PREFIX, digest_of_token
    from peakend.server.people.models import ApiToken

    def make(name: str, *actions: str) -> dict[str, str]:
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        ApiToken.objects.create(
            user=company.users[name],
            name="test",
            digest=digest_of_token(token),
            actions=list(actions) or ["*"],
        )
        return {"Authorization": f"Bearer {token}"}

    return make


TWO_QUESTIONS: dict[str, Any] = {
    "languages": ["en", "zh"],
    "default_language": "en",
    "title": {"en": "Your visit", "zh": "您的到访"},
    "thanks": {"en": "Thank you.", "zh": "谢谢您。"},
    "pages": [
        {
            "id": "p1",
            "questions": [
                {
                    "id": "recommend",
                    "type": "nps",
                    "item": "recommend",
                    "required": True,
                    "overall": True,
                    "text": {
                        "en": "How likely are you to recommend us?",
                        "zh": "您有多大可能向朋友推荐我们？",
                    },
                },
                {"id": "why", "type": "text", "text": {"en": "Why?", "zh": "为什么？"}},
            ],
        }
    ],
}


@pytest.fixture
def live_survey(company: Company) -> Callable[..., Survey]:
    """`live_survey()`: a published two-question survey; `live_survey(questionnaire, anonymous=True)`."""
    from peakend.server.acting import clock
    from peakend.server.surveys.models import Survey, SurveyVersion
    from peakend.server.surveys.questionnaire import Questionnaire

    def make(questionnaire: dict[str, Any] | None = None, **fields: Any) -> Survey:
        whole = Questionnaire.model_validate(questionnaire or TWO_QUESTIONS).model_dump(mode="json")
        survey = Survey.objects.create(
            **{"name": whole["title"], "programme": "visit", "status": "live", "draft": whole, **fields}
        )
        survey.current = SurveyVersion.objects.create(
            survey=survey, number=1, questionnaire=whole, digest="0" * 64, published_at=clock.now()
        )
        survey.save()
        return survey

    return make


@pytest.fixture(autouse=True)
def english() -> None:
    """The language a request before left in this thread is not that of the next test."""
    from django.utils import translation

    translation.activate("en")


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What the site keeps in the process by primary key: another test uses the same numbers again."""
    from peakend.server.answering import compiled, limits, occasions

    for kept in (compiled, limits, occasions):
        kept.forget()
