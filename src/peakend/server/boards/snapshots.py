"""The newest copy of the warehouse: what the worker computed last. Immutable, opened for reading only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from peakend.engine import Engine, EngineError, connect
from peakend.server.sync.snapshots import newest


def made_at(path: Path) -> datetime:
    """When a snapshot was made."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


@contextmanager
def opened() -> Iterator[tuple[Engine, datetime] | None]:
    """The newest snapshot with the time it was made; None where there is none, or it was swept away
    meanwhile.
    """
    path = newest()
    if path is None:
        yield None
        return
    try:
        made, engine = made_at(path), connect(f"duckdb:///{path}", read_only=True)
    except (EngineError, OSError):
        yield None
        return
    with engine:
        yield engine, made
