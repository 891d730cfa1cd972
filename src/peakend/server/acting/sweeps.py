"""Sweeps: what the worker does again and again, with rows whose own columns say that something is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from peakend.server.acting.actors import Actor

Sweeping = Callable[[Actor], int]


@dataclass(frozen=True, slots=True)
class Sweep:
    """`run` every `every` seconds; it returns how many rows it settled. To kill it anywhere does no harm."""

    name: str
    every: float
    run: Sweeping


_sweeps: dict[str, Sweep] = {}


def sweep(name: str, every: float) -> Callable[[Sweeping], Sweeping]:
    """Declare a sweep `area.verb` in the area's tasks.py.

    It takes the acting system and settles due rows in small transactions.
    """

    def made(run: Sweeping) -> Sweeping:
        _sweeps[name] = Sweep(name, every, run)
        return run

    return made


def sweeps() -> dict[str, Sweep]:
    """Every sweep by name."""
    return dict(sorted(_sweeps.items()))


_stop = Event()


def stopping() -> bool:
    """Whether the worker was told to end: a sweep that works through many rows asks between two of them."""
    return _stop.is_set()


def ask_to_stop(yes: bool = True) -> None:
    """For the worker alone."""
    _stop.set() if yes else _stop.clear()


_full = Event()


def in_full() -> bool:
    """Whether all that is due is to be done here and now, also what is a process of its own otherwise."""
    return _full.is_set()


@contextmanager
def all_of_it() -> Iterator[None]:
    """For `run_once` alone."""
    _full.set()
    try:
        yield
    finally:
        _full.clear()
