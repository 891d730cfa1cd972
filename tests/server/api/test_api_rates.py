"""Rates of the API: one caller is held, another is not, and who waits as long as told is served."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from peakend.server.web import rates
from peakend.server.web.rates import Window


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hand]:
    moved = Hand()
    for window in (rates.calls, rates.writes):
        window.forget()
        monkeypatch.setattr(window, "_now", moved)
    yield moved
    for window in (rates.calls, rates.writes):
        window.forget()


def test_a_window_takes_as_many_as_its_limit_and_slides() -> None:
    hand = Hand()
    window = Window(hand)
    assert [window.take("a", 10).taken for _ in range(12)] == [True] * 10 + [False] * 2
    assert window.take("b", 10).taken, "another caller has their own count"
    hand.seconds += 60
    assert not window.take("a", 10).taken, "a burst at a border is not doubled"
    hand.seconds += 30
    assert sum(window.take("a", 10).taken for _ in range(10)) == 5
    hand.seconds += 120
    assert sum(window.take("a", 10).taken for _ in range(12)) == 10


@pytest.mark.parametrize("limit", [1, 2, 7, 600])
@pytest.mark.parametrize("pause", [0.0, 0.3, 1.7, 59.0])
def test_who_waits_as_long_as_told_is_served_and_not_kept_longer_than_two_windows(
    limit: int, pause: float
) -> None:
    hand = Hand()
    window = Window(hand)
    refused = 0
    for _ in range(limit * 3):
        standing = window.take("a", limit)
        if not standing.taken:
            refused += 1
            assert 1 <= standing.seconds <= 120
            hand.seconds += standing.seconds
            assert window.take("a", limit).taken
        hand.seconds += pause
    assert refused or pause * limit > 60


def test_no_more_callers_are_remembered_than_the_window_holds() -> None:
    window = Window(Hand(), most=3)
    for name in "abacd":
        window.take(name, 10)
    assert set(window._counts) == {"a", "c", "d"}, "who has not called for longest goes first"


@pytest.mark.django_db
def test_too_many_calls_are_a_problem_that_says_when_to_come_again(
    token_of: Callable[..., dict[str, str]], settings: Any, hand: Hand
) -> None:
    settings.API_RATE = (3, 2)
    first, second = token_of("cx_manager"), token_of("cx_manager")
    answers = [Client().get("/api/v1/cases", headers=first) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"calls";q=3;w=60'
    assert [one.headers["RateLimit"].split(";")[1] for one in answers] == ["r=2", "r=1", "r=0", "r=0"]
    refused = answers[-1]
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "site.too_many"
    assert Client().get("/api/v1/cases", headers=second).status_code == 200, (
        "another token of the same person"
    )
    hand.seconds += int(refused.headers["Retry-After"])
    assert Client().get("/api/v1/cases", headers=first).status_code == 200


@pytest.mark.django_db
def test_writes_have_a_limit_of_their_own(
    token_of: Callable[..., dict[str, str]], settings: Any, hand: Hand
) -> None:
    settings.API_RATE = (10, 2)
    token = token_of("cx_manager")
    sent = [
        Client().post("/api/v1/customers", {}, "application/json", headers=token).status_code
        for _ in range(3)
    ]
    assert sent == [422, 422, 429]
    assert Client().get("/api/v1/customers", headers=token).status_code == 200


@pytest.mark.django_db
def test_a_branch_behind_one_address_works_on_while_a_stranger_there_is_held(
    company: Any, client_of: Callable[..., Client], settings: Any, hand: Hand
) -> None:
    settings.API_RATE = (2, 2)
    stranger = [Client().get("/api/v1/cases").status_code for _ in range(2 * rates.STRANGERS + 1)]
    assert stranger == [401] * 2 * rates.STRANGERS + [429]
    guess = Client().get("/api/v1/cases", headers={"authorization": "Bearer pk_guess"})
    assert guess.status_code == 429, "a wrong token is a stranger's"
    for name in ("north.front_line", "south.front_line", "north.supervisor"):
        assert client_of(name).get("/api/v1/cases").status_code == 200
    assert Client().get("/health/live").status_code == 200, "pages are not counted"


@pytest.mark.parametrize(
    ("written", "found"),
    [("600,300", "(600, 300)"), ("50", "(50, 50)"), ("off", "None"), ("0", ""), ("a", ""), ("1,2,3", "")],
)
def test_the_variable_is_read_or_refused(written: str, found: str, tmp_path: Any) -> None:
    environment = {**os.environ, "PEAKEND_API_RATE": written, "PEAKEND_HOME": str(tmp_path)}
    asked = "from peakend.server.settings import API_RATE; print(API_RATE)"
    run = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=False
    )
    assert (run.stdout.strip(), run.returncode == 0) == (found, bool(found))
    assert found or "PEAKEND_API_RATE" in run.stderr
