"""The warehouse may be PostgreSQL: the same rows once, what was said before, copies for pages, erasure."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engines import within
from peakend.engine import connect
from peakend.server.sync import erasure, snapshots, syncing
from peakend.server.sync.opening import WarehouseBusyError, opened
from server.sync.conftest import customer_of, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def server(home: Any, postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A schema of its own is the warehouse."""
    schema = f"w_{uuid.uuid4().hex[:12]}"
    url = within(postgres_server, schema)
    with connect(postgres_server) as engine:
        engine._execute(f"create schema {schema}")  # type: ignore[attr-defined]
        monkeypatch.setenv("PEAKEND_WAREHOUSE", url)
        yield url
        engine._execute(f"drop schema {schema} cascade")  # type: ignore[attr-defined]


def test_the_same_rows_once_with_copies_and_erasure(answered: Callable[..., Any], server: str) -> None:
    customer = customer_of("ZHU-77", name="Zhu Old", email="zhu@example.com", phone="+8613999999999")
    answered(20)
    answered(2, seed=9, customer=customer)
    assert syncing.sync() > 22
    syncing.resync()
    assert syncing.sync() == 0
    customer.name = "Zhu New"
    customer.save()
    assert syncing.sync() == 1
    first = snapshots.publish(force=True)
    assert first is not None
    assert snapshots.publish(force=False) is None
    with connect(f"duckdb:///{first}", read_only=True) as engine:
        assert len(rows_of(engine, "answers")) == 22 * 13
        assert [row["row_json"] for row in rows_of(engine, "row_history") if "Zhu Old" in row["row_json"]]
    with opened(), pytest.raises(WarehouseBusyError), opened():
        pass
    proof = erasure.erase("ZHU-77")
    assert proof["found"] == {}
    assert proof["rows"]["row_history"] == 1
    newest = snapshots.newest()
    assert newest is not None
    assert newest != first
    assert not first.exists()
    content = newest.read_bytes()
    for mark in (b"Zhu New", b"Zhu Old", b"zhu@example.com", b"ZHU-77"):
        assert mark not in content
    with opened() as engine:
        assert len(rows_of(engine, "responses")) == 22
