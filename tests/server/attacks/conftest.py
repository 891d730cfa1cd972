"""What attacks need: a quiet log, and what broke where."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import got_request_exception


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals need no line each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What broke, where: the sentence a failing test needs."""
    found: list[str] = []

    def told(**_: Any) -> None:
        _, error, trace = sys.exc_info()
        frames = [one for one in traceback.extract_tb(trace) if "/peakend/" in one.filename]
        where = f"{frames[-1].filename.rpartition('/peakend/')[2]}:{frames[-1].lineno}" if frames else "?"
        found.append(f"{type(error).__name__} in {where}: {str(error)[:160]}")

    got_request_exception.connect(told)
    yield found
    got_request_exception.disconnect(told)
