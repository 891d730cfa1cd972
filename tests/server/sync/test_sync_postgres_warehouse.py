"""The warehouse may be PostgreSQL: the same rows once, what was said before, copies for pages, erasure."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from engines import within
from peakend.engine import connect
from peakend.server.acting import clock
from peakend.server.sync import erasure, snapshots, syncing, words
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


def test_words_that_time_cut_leave_it_too(answered: Callable[..., Any], server: str) -> None:
    rows = answered(2, completed_at=clock.now() - timedelta(days=1300))
    for said in ("first I wrote of a spoon", "the soup was cold"):
        for one in rows:
            one.answers["why"] = {"state": "answered", "text": said}
            one.synced = False
            one.save()
        syncing.sync()
    snapshots.publish(force=True)
    words.cut_before(clock.now() - timedelta(days=1000))
    assert words.cut_due() == 4
    with opened() as engine:
        assert {row["text"] for row in rows_of(engine, "answers")} == {None}
        told = [row["row_json"] for row in rows_of(engine, "row_history")]
        assert len(told) == 2
        assert not any("spoon" in one for one in told)
    newest = snapshots.newest()
    assert newest is not None
    assert b"soup" not in newest.read_bytes()
    assert words.cut_due() == 0
