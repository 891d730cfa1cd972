"""Opening the warehouse for writing: one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings

from peakend.engine import Engine, connect
from peakend.engine.duckdb import DuckDB
from peakend.engine.errors import WarehouseLockedError
from peakend.engine.postgres import Postgres
from peakend.errors import PeakendError
from peakend.language import Text

_LOCK = 7_163_002  # of PostgreSQL's advisory locks: whoever holds it writes the warehouse


class WarehouseBusyError(PeakendError):
    """Another process writes the warehouse."""

    code = "sync.warehouse_busy"


class WrongWarehouseError(PeakendError):
    """The site cannot write this kind of warehouse."""

    code = "sync.wrong_warehouse"


@contextmanager
def opened() -> Iterator[Engine]:
    """The warehouse, held alone until the end. `WarehouseBusyError` while another process has it.

    DuckDB's own lock on the file, or an advisory lock of PostgreSQL: both end with the process that holds
    them,
    however it ends.
    """
    try:
        settings.HOME.make()
        engine = connect(settings.HOME.warehouse)
    except WarehouseLockedError as error:
        raise _busy() from error
    try:
        if isinstance(engine, Postgres):
            if not engine._scalar(f"select pg_try_advisory_lock({_LOCK})"):
                raise _busy()
        elif not isinstance(engine, DuckDB):
            raise WrongWarehouseError(
                Text(
                    "The site's warehouse is DuckDB or PostgreSQL.",
                    "站点的数据仓库须为 DuckDB 或 PostgreSQL。",
                ),
                Text("Change PEAKEND_WAREHOUSE.", "请修改 PEAKEND_WAREHOUSE。"),
            )
        yield engine
    finally:
        with suppress(Exception):
            engine.close()


def execute(engine: Engine, sql: str) -> None:
    """Run one statement in the engine's own words, inside its open transaction."""
    if isinstance(engine, DuckDB):
        engine._run(sql)
    elif isinstance(engine, Postgres):
        engine._execute(sql)


def count(engine: Engine, sql: str) -> int:
    """The number that `sql` (`select count(*) as n …`) gives inside the open transaction."""
    if isinstance(engine, DuckDB):
        return int(engine.connection.execute(sql).fetchall()[0][0])
    return int(str(engine._scalar(sql)))  # type: ignore[attr-defined] # PostgreSQL's


def _busy() -> WarehouseBusyError:
    return WarehouseBusyError(
        Text("Another process writes the warehouse.", "另一个进程正在写入数据仓库。"),
        Text("It is tried again soon.", "稍后将自动重试。"),
    )
