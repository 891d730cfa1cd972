"""A database that is away or full is no fault of ours: 503 with patience, on every way in."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client

from peakend.server.channels.models import Place
from peakend.server.surveys.models import Survey
from peakend.server.web.unavailable import unavailable

Away = Callable[[Exception], AbstractContextManager[Any]]


def sqlite_error(code: int) -> sqlite3.OperationalError:
    """As the driver raises it."""
    made = sqlite3.OperationalError("x")
    made.sqlite_errorcode = code
    return made


SEEN = [
    (sqlite_error(sqlite3.SQLITE_BUSY), "site.busy"),
    (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), "site.busy"),
    (sqlite_error(sqlite3.SQLITE_FULL), "site.no_room"),
    (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), "site.no_room"),
    (psycopg.OperationalError("connection refused"), "site.database_away"),
    (psycopg.errors.AdminShutdown("x"), "site.database_away"),
    (psycopg.errors.CannotConnectNow("x"), "site.database_away"),
    (psycopg.errors.TooManyConnections("x"), "site.busy"),
    (psycopg.errors.DeadlockDetected("x"), "site.busy"),
    (psycopg.errors.DiskFull("x"), "site.no_room"),
]


@pytest.mark.parametrize(("cause", "code"), SEEN, ids=lambda one: str(type(one).__name__))
def test_what_patience_helps_is_known_by_its_code(cause: Exception, code: str) -> None:
    try:
        raise OperationalError("whatever the text says") from cause
    except OperationalError as error:
        found = unavailable(error)
    assert found is not None
    assert (found.code, found.status) == (code, 503)
    assert found.data["retry_after"] > 0


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        IntegrityError("x"),
        sqlite_error(sqlite3.SQLITE_ERROR),
        OSError(errno.ENOENT, "x"),
        OperationalError("no cause"),
    ],
)
def test_what_patience_does_not_help_stays_a_fault(error: Exception) -> None:
    assert unavailable(error) is None


def test_a_full_disk_under_a_photo_is_known_too() -> None:
    found = unavailable(OSError(errno.ENOSPC, "No space left on device"))
    assert found is not None
    assert found.code == "site.no_room"


@pytest.mark.parametrize(("cause", "code"), [SEEN[0], SEEN[2], SEEN[5], SEEN[9]], ids=lambda one: str(one))
def test_every_way_in_says_so(
    away: Away,
    company: Any,
    client_of: Callable[..., Client],
    token_of: Callable[..., dict[str, str]],
    live_survey: Callable[..., Survey],
    cause: Exception,
    code: str,
) -> None:
    place = Place.objects.create(survey=live_survey(), kind="qr", name="x")
    staff = client_of("cx_manager", raise_request_exception=False)
    program = Client(raise_request_exception=False, headers=token_of("administrator"))
    customer = Client(raise_request_exception=False)
    with away(cause):
        pages = {
            "a customer": customer.get(f"/s/p/{place.key}/"),
            "staff": staff.get("/"),
            "staff in a list": staff.get("/cases/"),
            "a program": program.get("/api/v1/cases"),
            "a program that writes": program.post(
                "/api/v1/answers",
                {"place": place.key, "answers": {}},
                content_type="application/json",
                headers={"Idempotency-Key": "x" * 16},
            ),
            "whoever watches": customer.get("/health/ready"),
        }
    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(pages, 503)
    assert all("Retry-After" in page for name, page in pages.items() if name != "whoever watches")
    for name in ("a program", "a program that writes"):
        assert pages[name].json()["code"] == code
    assert "Try again" in pages["a customer"].content.decode()
    assert "<h1>" in pages["staff"].content.decode()
    # And when it is back, so are they.
    assert staff.get("/cases/").status_code == 200
    assert customer.get("/health/ready").status_code in (200, 503)


def test_readiness_tells_a_disk_without_room(db: None, settings: Any, tmp_path: Any) -> None:
    from peakend.server.home import Home

    settings.HOME = Home(tmp_path / "gone")
    found = Client().get("/health/ready")
    assert found.status_code == 503
    settings.HOME = Home(tmp_path)
    assert Client().get("/health/ready").json()["status"] != "no room"
