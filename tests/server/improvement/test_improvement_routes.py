"""Every page of the area opens in both languages for who may see it, and sends strangers to the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

LISTS = [
    "huddles",
    "topics",
    "topics/new",
    "causes",
    "changes",
    "changes/new",
    "cycles",
    "broadcasts",
    "broadcasts/new",
    "visits",
    "visits/new",
    "checklists",
    "checklists/new",
    "gestures",
    "notes",
    "notes/new",
    "comments",
    "comment-pages",
    "standards",
    "standards/new",
    "goals",
    "schemes",
    "schemes/new",
]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("language", "mark"), [("en", "Sign out"), ("zh-CN", "退出")])
def test_a_manager_opens_every_list(
    company: Any, client_of: Callable[..., Client], path: str, language: str, mark: str
) -> None:
    answer = client_of("cx_manager").get(f"/{path}/", headers={"accept-language": language})
    assert answer.status_code == 200
    assert mark in answer.content.decode()


@pytest.mark.parametrize("path", LISTS)
def test_strangers_are_sent_to_the_door(company: Any, client_of: Callable[..., Client], path: str) -> None:
    answer = client_of("").get(f"/{path}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "path",
    [
        "topics",
        "changes",
        "cycles",
        "gestures",
        "comments",
        "schemes",
        "standards/new",
        "visits/new",
        "huddles/open",
    ],
)
def test_the_front_line_is_kept_from_what_is_not_theirs(
    company: Any, client_of: Callable[..., Client], path: str
) -> None:
    assert client_of("north.front_line").get(f"/{path}/").status_code == 403


@pytest.mark.parametrize("path", ["huddles", "broadcasts", "visits", "notes", "standards"])
def test_the_front_line_opens_its_own(company: Any, client_of: Callable[..., Client], path: str) -> None:
    assert client_of("north.front_line").get(f"/{path}/").status_code == 200


def test_the_front_line_comes_straight_to_its_own_goals(
    company: Any, client_of: Callable[..., Client]
) -> None:
    answer = client_of("north.front_line").get("/goals/")
    assert answer["Location"] == f"/goals/{company.users['north.front_line'].key}/"
    other = company.users["south.front_line"].key
    assert client_of("north.front_line").get(f"/goals/{other}/").status_code == 404
