"""A database in a file, as in production: in memory there is nobody to wait for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections

from server.conftest import POSTGRES
from server.notices.conftest import mailbox, receiver

__all__ = ["mailbox", "receiver"]
# What processes do is tried once; the rest on both.
collect_ignore = ["test_faults_locked.py"] if POSTGRES else []
PATIENCE = 0.4  # seconds a writer waits for another


@pytest.fixture
def held(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """`with held(): …`: another process holds the lock of the site's database, an SQLite file."""
    before, file = connections["default"], tmp_path / "site.sqlite3"
    name, options = before.settings_dict["NAME"], before.settings_dict["OPTIONS"]
    before.settings_dict |= {"NAME": str(file), "OPTIONS": {**options, "timeout": PATIENCE}}
    connections["default"] = connections.create_connection("default")

    @contextmanager
    def lock() -> Iterator[None]:
        other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        other.execute("begin immediate")
        try:
            yield
        finally:
            other.execute("rollback")
            other.close()

    try:
        call_command("migrate", run_syncdb=True, verbosity=0)
        yield lock
    finally:
        connection.close()
        before.settings_dict |= {"NAME": name, "OPTIONS": options}
        connections["default"] = before


@pytest.fixture
def away() -> Callable[[Exception], AbstractContextManager[Any]]:
    """`with away(error): …`: every statement fails, as when the database is not there."""
    from django.db import OperationalError

    def fail(error: Exception) -> AbstractContextManager[Any]:
        def run(*_: object) -> None:
            raise OperationalError(str(error)) from error

        return connection.execute_wrapper(run)

    return fail
