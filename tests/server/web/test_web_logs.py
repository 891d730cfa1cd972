"""What the log says of an outage: warnings, one line a request; and the counts go on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client
from prometheus_client import REGISTRY

if TYPE_CHECKING:
    from server.conftest import Company

pytestmark = pytest.mark.django_db
PATHS = ("/health/ready", "/api/v1/cases", "/cases/")


class GoneError(Exception):
    """What a driver says where nobody answers."""

    sqlstate = "57P01"


def break_off(*_: Any, **__: Any) -> None:
    raise OperationalError("terminating connection") from GoneError()


def count_of(path: str, status: int) -> float:
    route = path.removeprefix("/")
    labels = {"method": "GET", "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("peakend_requests_total", labels) or 0.0


@pytest.mark.parametrize("path", PATHS)
def test_a_database_that_is_away_is_warned_of_and_counted(
    company: Company,
    token_of: Callable[..., dict[str, str]],
    client_of: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    program = Client(raise_request_exception=False, headers=token_of("administrator"))
    client = program if path.startswith("/api") else client_of("cx_manager", raise_request_exception=False)
    before, caplog.handler.level = count_of(path, 503), logging.WARNING
    with monkeypatch.context() as patched:
        patched.setattr(CursorWrapper, "execute", break_off)
        response = client.get(path)
    assert response.status_code == 503
    lines = [(one.levelno, one.exc_info) for one in caplog.records if one.levelno > logging.INFO]
    assert lines
    assert {level for level, _ in lines} == {logging.WARNING}
    assert not any(trace for _, trace in lines)
    assert count_of(path, 503) == before + 1


def test_a_fault_of_ours_stays_an_error(
    company: Company,
    client_of: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = client_of("north.supervisor", raise_request_exception=False)

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("peakend.server.cases.selectors.within", broken)
    assert client.get("/cases/").status_code == 500
    errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert errors
    assert errors[0].exc_info


def test_other_reasons_not_to_be_ready_stay_errors(
    settings: Any, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from peakend.server.home import Home

    settings.HOME = Home(tmp_path / "gone")
    assert Client().get("/health/ready").status_code == 503
    assert [one.levelname for one in caplog.records if one.levelno > logging.INFO] == ["ERROR"]
