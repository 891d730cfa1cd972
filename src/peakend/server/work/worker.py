"""The worker: runs every sweep at its interval, in order of due time, until it is told to end.

Sweeps look for rows that are due, so that nothing is lost when a worker dies; several workers at once do
no harm.
Intervals go by the monotonic clock, so that a step of the wall clock neither stops nor floods them.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from peakend.server.acting.actors import system
from peakend.server.acting.sweeps import Sweep, all_of_it, ask_to_stop, sweeps
from peakend.server.work import records

LONGEST_WAIT = 300.0
BEAT = 10.0
_log = logging.getLogger("peakend.worker")


@dataclass(slots=True)
class _Turn:
    """When a sweep is due next (monotonic), and how often it failed in a row."""

    sweep: Sweep
    due: float
    failures: int = 0


def run(stop: threading.Event | None = None, only: Collection[str] | None = None) -> None:
    """Run the sweeps (or `only` those named) until `stop` is set.

    Without `stop`, until SIGTERM or SIGINT: what is under way finishes its small transaction first. The
    second
    signal ends the process at once.
    """
    if stop is None:
        with _until_told() as told:
            _work(told, only)
    else:
        _work(stop, only)


def run_once(only: Collection[str] | None = None, rounds: int = 25) -> int:
    """Run every sweep until none finds anything due, `rounds` times at most; rows settled.

    A sweep that raises is recorded and left out of further rounds; once the others are done its error is
    raised.
    """
    ask_to_stop(False)
    with all_of_it():
        return _rounds(list(_chosen(only)), rounds)


def _rounds(chosen: list[Sweep], rounds: int) -> int:
    settled, errors = 0, []
    for _ in range(rounds):
        found = 0
        for sweep in list(chosen):
            try:
                found += _carried_out(sweep, in_full=True)
            except Exception as error:  # noqa: BLE001 - one sweep must not stop the others
                errors.append(error)
                chosen.remove(sweep)
        settled += found
        if not found:
            break
    if errors:
        raise errors[0]
    return settled


def _pass_on(stop: threading.Event) -> None:
    """Let the sweep that is running know as soon as the worker is told to end."""
    stop.wait()
    ask_to_stop()


def _work(stop: threading.Event, only: Collection[str] | None) -> None:
    ask_to_stop(False)
    began = time.monotonic()
    # Not all at once: several workers started together take turns.
    turns = [_Turn(sweep, began + random.uniform(0, min(1.0, sweep.every))) for sweep in _chosen(only)]
    threading.Thread(target=_pass_on, args=(stop,), daemon=True).start()
    beat, beaten = records.Beat(socket.gethostname(), os.getpid()), 0.0
    _log.info("worker started", extra={"sweeps": [turn.sweep.name for turn in turns]})
    while turns and not stop.is_set():
        now = time.monotonic()
        if now - beaten >= BEAT:
            _quietly(beat.move, "heartbeat")
            beaten = now
        turn = min(turns, key=lambda one: one.due)
        if turn.due > now:
            stop.wait(min(turn.due - now, BEAT))
            continue
        _take(turn, beat)
    _quietly(beat.end, "heartbeat")
    connections.close_all()
    _log.info("worker ended")


def _take(turn: _Turn, beat: records.Beat) -> None:
    beat.doing = turn.sweep.name
    try:
        _carried_out(turn.sweep)
    except Exception:  # noqa: BLE001 - one sweep must not stop the others
        turn.failures += 1
    else:
        turn.failures = 0
    beat.doing = ""
    turn.due = time.monotonic() + wait_after(turn.sweep.every, turn.failures)


def wait_after(every: float, failures: int) -> float:
    """Seconds until the next turn: the interval, doubled with every failure in a row up to five minutes,
    with jitter."""
    if not failures:
        return every
    longest = max(LONGEST_WAIT, every)
    wanted = min(longest, max(every, 1.0) * 2.0 ** min(failures, 20))
    return float(min(longest, wanted * random.uniform(0.7, 1.3)))


def _carried_out(sweep: Sweep, *, in_full: bool = False) -> int:
    """Run one sweep and write down how it went; what it raises is logged and raised again."""
    began = time.monotonic()
    if not in_full:  # tests hold their connection open in a transaction
        close_old_connections()
    try:
        rows = int(sweep.run(system(f"sweep {sweep.name}")))
    except Exception as error:
        _log.exception("sweep failed", extra={"sweep": sweep.name})
        if isinstance(error, DatabaseError | InterfaceError) and not in_full:
            # Whatever the connection was in the middle of: the next turn begins with a fresh one.
            with suppress(Exception):
                connections.close_all()
        _quietly(partial(records.failed, sweep, time.monotonic() - began, error), "record of a failure")
        raise
    _quietly(partial(records.succeeded, sweep, time.monotonic() - began, rows), "record of a run")
    return rows


def _quietly(write: Callable[[], Any], what: str) -> None:
    """The worker's own notes must not stop its work: a database that is away comes back."""
    from django.db import transaction

    try:
        if transaction.get_connection().in_atomic_block:
            with transaction.atomic():
                write()
        else:
            write()
    except Exception as error:  # noqa: BLE001 - see above
        _log.warning("%s not written: %s", what, error)


def _chosen(only: Collection[str] | None) -> Iterator[Sweep]:
    known = sweeps()
    for name in only or ():
        if name not in known:
            raise KeyError(name)
    yield from (sweep for name, sweep in known.items() if only is None or name in only)


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    told = threading.Event()

    def end(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        told.set()
        ask_to_stop()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
