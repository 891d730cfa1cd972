"""Two hundred at once: quotas end exactly, and nobody is written to above the cap."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest

RACING = Path(__file__).with_name("racing.py")
POSTGRES = os.environ.get("PEAKEND_TEST_SITE") == "postgres"


def _race(what: str, home: Path, request: pytest.FixtureRequest) -> dict[str, int]:
    """Run the race on a database of its own: a file, or a fresh one on the session's server."""
    environment = {**os.environ, "PEAKEND_HOME": str(home), "PEAKEND_LOG_LEVEL": "ERROR"}
    environment.pop("DATABASE_URL", None)
    if POSTGRES:
        import psycopg

        server = request.getfixturevalue("postgres_server")
        name = f"race_{uuid4().hex[:12]}"
        with psycopg.connect(server.replace("+psycopg", "", 1), autocommit=True) as link:
            link.execute(f"create database {name}")
        fresh = urlsplit(server)._replace(scheme="postgresql", path=f"/{name}")
        environment["DATABASE_URL"] = urlunsplit(fresh)
    run = [sys.executable, str(RACING), what]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_two_hundred_at_once_fill_a_quota_of_fifty_exactly(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    found = _race("quota", tmp_path, request)
    # Who was screened by the narrow quota took no place in the wide one either.
    assert found == {"completed": 50, "screened": 150, "narrow": 50, "wide": 50}


def test_eight_workers_never_write_above_the_cap(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    found = _race("ledger", tmp_path, request)
    assert found == {"most": 3, "least": 3, "mails": 6, "lines": 20, "waiting": 0}
