"""Pages read copies that nobody writes; analyses run beside the worker; a full disk leaves the last copy."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from peakend.engine import connect
from peakend.server.acting import clock
from peakend.server.acting.errors import NotAllowedError
from peakend.server.sync import analysing, snapshots, syncing
from peakend.server.sync.models import AnalysisRun
from peakend.server.sync.opening import opened
from peakend.server.sync.selectors import freshness
from server.sync.conftest import rows_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def count(path: Path | None) -> int:
    """Responses in a copy."""
    assert path is not None
    with connect(f"duckdb:///{path}", read_only=True) as engine:
        return len(rows_of(engine, "responses"))


def test_without_a_warehouse_there_is_no_copy(company: Any, home: Any) -> None:
    assert snapshots.publish() is None
    assert snapshots.newest() is None
    assert freshness().snapshot_at is None


def test_a_copy_is_made_when_something_changed_and_only_then(answered: Callable[..., Any]) -> None:
    answered(5)
    syncing.sync()
    first = snapshots.publish()
    assert count(first) == 5
    assert first == snapshots.newest()
    assert snapshots.publish(force=False) is None
    answered(3, seed=2)
    syncing.sync()
    assert snapshots.publish() is None  # its turn has not come
    second = snapshots.publish(force=True)
    assert count(second) == 8
    assert count(first) == 5  # who has the old one open goes on reading it


def test_the_copy_can_be_read_while_the_warehouse_is_written(answered: Callable[..., Any]) -> None:
    answered(5)
    syncing.sync()
    snapshots.publish()
    with opened():
        assert count(snapshots.newest()) == 5


def test_old_copies_go_after_a_while(answered: Callable[..., Any], home: Any) -> None:
    for number in range(5):
        answered(1, seed=number)
        syncing.sync()
        snapshots.publish(force=True)
        time.sleep(0.01)
    assert len(list(home.snapshots.glob("*.duckdb"))) == 5
    for path in home.snapshots.glob("*.duckdb"):
        os.utime(path, (1, 1))
    snapshots.sweep_away()
    left = list(home.snapshots.glob("*.duckdb"))
    assert snapshots.newest() in left
    assert len(left) in (3, 4)


def test_a_full_disk_leaves_the_last_copy_and_says_so(
    answered: Callable[..., Any], home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(5)
    syncing.sync()
    first = snapshots.publish()
    answered(5, seed=2)
    syncing.sync()

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(snapshots.fcntl, "ioctl", full)
        broken.setattr(snapshots.shutil, "copyfileobj", full)
        with pytest.raises(snapshots.SnapshotError, match="no space left"):
            snapshots.publish(force=True)
    assert snapshots.newest() == first
    assert list(home.snapshots.glob(".*.part")) == []
    assert count(snapshots.publish(force=True)) == 10


def test_the_night_asks_once(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(analysing.AT, "02:00")
    night = datetime(2026, 3, 10, 18, 5, tzinfo=UTC)  # five past two in Shanghai
    with clock.at(night - timedelta(minutes=10)):
        asked = analysing.ask_for_tonight()  # of the day before, which nobody asked for yet
    with clock.at(night):
        assert [analysing.ask_for_tonight(), analysing.ask_for_tonight()] == [1, 0]
    assert AnalysisRun.objects.count() == 1 + asked
    monkeypatch.setenv(analysing.AT, "never")
    with clock.at(night + timedelta(days=3)):
        assert analysing.ask_for_tonight() == 0


def test_analyses_run_write_the_report_and_say_what_failed(
    answered: Callable[..., Any], company: Any, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import peakend.analyses

    answered(60)
    syncing.sync()
    real = peakend.analyses.run
    monkeypatch.setattr(
        peakend.analyses, "run", lambda engine, **more: real(engine, only=["nps_by_touchpoint"], **more)
    )
    asked = analysing.run_analyses(actor=company.actor("analyst"))
    assert analysing.run_analyses(actor=company.actor("cx_manager")).key == asked.key
    assert analysing.begin_waiting(here=True) == 1
    run = AnalysisRun.objects.get()
    assert (run.status, run.failed, run.failure_en) == ("done", [], "")
    assert run.done > 0
    for language, word in (("en", "<html"), ("zh", "<html")):
        assert word in (home.folder / f"report-{language}.html").read_text("utf-8")
    assert freshness().analysed_at is not None
    with pytest.raises(NotAllowedError):
        analysing.run_analyses(actor=company.actor("north.supervisor"))

    def broken(engine: Any, **_: Any) -> Any:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(peakend.analyses, "run", broken)
    analysing.run_analyses(actor=company.actor("analyst"))
    analysing.begin_waiting(here=True)
    failed = AnalysisRun.objects.first()
    assert failed is not None
    assert failed.status == "failed"
    assert "out of memory" in failed.failure_en
    assert (home.folder / "report-en.html").is_file()


def test_a_run_whose_process_died_is_written_down(company: Any, home: Any) -> None:
    now = clock.now()
    AnalysisRun.objects.create(asked_at=now, status="running", beat_at=now - timedelta(minutes=10))
    assert analysing.begin_waiting(here=True) == 1
    assert AnalysisRun.objects.get().status == "failed"


def test_while_the_warehouse_is_busy_a_run_waits(
    answered: Callable[..., Any], company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peakend.language import Text
    from peakend.server.sync.opening import WarehouseBusyError

    def busy() -> Any:
        raise WarehouseBusyError(Text("busy", "忙"))

    monkeypatch.setattr(analysing, "opened", busy)
    analysing.run_analyses(actor=company.actor("analyst"))
    assert analysing.begin_waiting(here=True) == 0
    assert AnalysisRun.objects.get().status == "waiting"


def test_pages_and_api_say_how_fresh_it_is(
    client_of: Callable[[str], Client],
    client: Client,
    token_of: Callable[..., dict[str, str]],
    answered: Callable[..., Any],
) -> None:
    answered(4)
    shown = client_of("analyst").get("/warehouse/").content.decode()
    assert "Nothing was analysed yet" in shown
    assert client_of("north.supervisor").get("/warehouse/").status_code == 403
    told = client.get("/api/v1/warehouse", headers=token_of("analyst")).json()
    assert (told["waiting"], told["synced_at"]) == (4, None)
    syncing.sync()
    told = client.get("/api/v1/warehouse", headers=token_of("analyst")).json()
    assert told["waiting"] == 0
    asked = client.post("/api/v1/warehouse/runs", headers=token_of("analyst"))
    assert (asked.status_code, asked.json()["status"]) == (202, "waiting")
    assert len(client.get("/api/v1/warehouse/runs", headers=token_of("analyst")).json()["items"]) == 1
