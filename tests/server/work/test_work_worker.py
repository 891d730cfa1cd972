"""The worker: order, failures that stop nobody, ends when told, says how it goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError

from peakend.server.acting import clock
from peakend.server.acting import sweeps as registry
from peakend.server.acting.actors import Actor
from peakend.server.work import worker
from peakend.server.work.models import SweepRun, Worker

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, registry.Sweep]]:
    """Only the sweeps that the test declares."""
    from peakend.server.work import records

    found: dict[str, registry.Sweep] = {}
    monkeypatch.setattr(registry, "_sweeps", found)
    monkeypatch.setattr(records, "_written", {})
    yield found
    registry.ask_to_stop(False)


def test_once_runs_until_nothing_is_due_and_a_failure_stops_nobody(
    alone: dict[str, registry.Sweep], company: object
) -> None:
    left = {"rows": 3}

    @registry.sweep("a.fails", every=1)
    def fails(actor: Actor) -> int:
        raise ValueError("no such thing")

    @registry.sweep("b.settles", every=1)
    def settles(actor: Actor) -> int:
        assert (actor.kind, actor.name) == ("system", "sweep b.settles")
        if not left["rows"]:
            return 0
        left["rows"] -= 1
        return 1

    with pytest.raises(ValueError, match="no such thing"):
        worker.run_once()
    assert left["rows"] == 0
    failed = SweepRun.objects.get(name="a.fails")
    assert failed.failures == 1
    assert "no such thing" in failed.failure_en
    assert SweepRun.objects.get(name="b.settles").total == 3


def test_administrators_hear_once_of_a_sweep_that_keeps_failing(
    alone: dict[str, registry.Sweep], company: object
) -> None:
    from peakend.server.notices.models import Notification

    @registry.sweep("a.fails", every=1)
    def fails(actor: Actor) -> int:
        raise ValueError("disk is full")

    for _ in range(8):
        with pytest.raises(ValueError, match="disk is full"):
            worker.run_once()
    told = Notification.objects.filter(title_en__contains="a.fails")
    assert [row.user.role for row in told] == ["administrator"]


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(KeyError):
        worker.run_once(only=["no.such"])


def test_waiting_grows_with_failures_and_has_an_end() -> None:
    waits = [worker.wait_after(2.0, failures) for failures in range(1, 40)]
    assert 2.8 <= waits[0] <= 5.2
    assert max(waits) <= worker.LONGEST_WAIT
    assert min(waits[10:]) >= worker.LONGEST_WAIT * 0.69
    assert len(set(waits[:5])) == 5
    assert worker.wait_after(86_400, 3) <= 86_400 * 1.0


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_through_failures_and_clock_steps_and_ends_when_told(
    alone: dict[str, registry.Sweep], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, ran = threading.Event(), {"steady": 0, "broken": 0}

    @registry.sweep("a.broken", every=0.01)
    def broken(actor: Actor) -> int:
        ran["broken"] += 1
        raise OperationalError("database is locked")

    @registry.sweep("b.steady", every=0.01)
    def steady(actor: Actor) -> int:
        ran["steady"] += 1
        if ran["steady"] == 30:
            stop.set()
        return 1

    # The wall clock jumps ten years forth and back: intervals do not follow it.
    days = iter(range(0, 1_000_000, 3650))
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=next(days) % 7300))
    began = time.monotonic()
    worker.run(stop)
    assert time.monotonic() - began < 20
    assert ran["steady"] >= 30
    assert ran["broken"] >= 1
    assert ran["broken"] < ran["steady"]
    assert Worker.objects.get().ended_at is not None


def test_the_page_says_what_fails_and_only_to_administrators(
    client_of: Callable[[str], Client], alone: dict[str, registry.Sweep]
) -> None:
    @registry.sweep("a.fails", every=1)
    def fails(actor: Actor) -> int:
        raise ValueError("<b>no room</b>")

    with pytest.raises(ValueError, match="no room"):
        worker.run_once()
    shown = client_of("administrator").get("/worker/").content.decode()
    assert "No worker runs" in shown
    assert "&lt;b&gt;no room" in shown
    assert client_of("cx_manager").get("/worker/").status_code == 403


def test_metrics_and_readiness_tell_of_the_worker(client: Client, company: object) -> None:
    told = client.get("/metrics").content.decode()
    for name in ("peakend_workers", "peakend_outbox_oldest_due_seconds", "peakend_sync_lag_seconds"):
        assert name in told


def test_the_api_tells_the_same(client: Client, token_of: Callable[..., dict[str, str]]) -> None:
    worker.run_once(only=["notices.spread"])
    found = client.get("/api/v1/worker", headers=token_of("administrator")).json()
    assert {"notices.mail", "sync.bring"} <= {one["name"] for one in found["sweeps"]}
    assert next(one for one in found["sweeps"] if one["name"] == "notices.spread")["failures"] == 0
