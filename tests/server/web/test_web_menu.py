"""The menu says where one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from peakend.server.acting.policies import actions
from peakend.server.people.own import AREAS

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def current(client: Client, path: str) -> list[tuple[str, str]]:
    page = client.get(path).content.decode()
    return re.findall(r'<li><a href="([^"]+)" aria-current="(page|true)"', page)


def test_a_page_in_the_menu_is_the_page_and_one_below_it_is_in_its_place(
    company: object, client_of: Callable[[str], Client]
) -> None:
    client = client_of("cx_manager")
    assert current(client, "/topics/") == [("/topics/", "page")]
    assert current(client, "/topics/new/") == [("/topics/", "true")]
    assert current(client, "/care/items/") == [("/care/items/", "page")]
    assert current(client, "/") == [("/", "page")]
    assert current(client, "/you/") == []


def test_scopes_of_tokens_are_named_for_every_area() -> None:
    assert {action.partition(".")[0] for action in actions()} <= set(AREAS)
    assert set(AREAS) - {"audit"} <= set(settings.AREAS)
