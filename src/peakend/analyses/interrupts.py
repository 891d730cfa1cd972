"""Ctrl-C told apart from failures: databases turn it into errors of their own."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


class Interrupt:
    """Whether Ctrl-C was pressed since the run began."""

    def __init__(self) -> None:
        self.pressed = False

    def caused(self, error: BaseException) -> bool:
        """Whether `error` is Ctrl-C, or what a database made of it ("Query interrupted")."""
        return self.pressed or isinstance(error, KeyboardInterrupt)


@contextmanager
def watch_interrupt(stop: Callable[[], None]) -> Iterator[Interrupt]:
    """Notes Ctrl-C, calls `stop` and passes it on to whoever handled it before.

    Only the main thread can be watched.
    """
    interrupt = Interrupt()
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield interrupt
        return
    handle = previous

    def note(number: int, frame: FrameType | None) -> None:
        interrupt.pressed = True
        stop()
        handle(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, previous)
