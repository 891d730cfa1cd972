"""When the database or the disk cannot take anything just now: said to whoever asks, who can ask again.

A fault of ours (500) wants an administrator. This (503) wants patience: nothing was stored, and the same call
or form, sent again, is stored once.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError

from peakend.language import Text
from peakend.server.acting.errors import SiteError

if TYPE_CHECKING:
    from django.http import HttpRequest

_log = logging.getLogger("peakend.unavailable")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class UnavailableError(SiteError):
    """Nothing can be stored or read just now; `data["retry_after"]`: in how many seconds to come again."""

    code = "site.unavailable"
    status = 503


class BusyError(UnavailableError):
    """The database is held by somebody else, or has no connection left."""

    code = "site.busy"

    def __init__(self) -> None:
        super().__init__(
            Text("The site is very busy just now.", "站点当前非常繁忙。"),
            Text(
                "Nothing was stored. Wait a moment, then send the same once more.",
                "内容未保存。请稍候片刻，然后原样再次提交。",
            ),
            retry_after=5,
        )


class AwayError(UnavailableError):
    """The database does not answer."""

    code = "site.database_away"

    def __init__(self) -> None:
        super().__init__(
            Text("The site cannot reach its database just now.", "站点暂时无法连接数据库。"),
            Text(
                "Nothing was stored. Wait a moment, then send the same once more.",
                "内容未保存。请稍候片刻，然后原样再次提交。",
            ),
            retry_after=10,
        )


class FullError(UnavailableError):
    """The disk takes nothing more."""

    code = "site.no_room"

    def __init__(self) -> None:
        super().__init__(
            Text("The site has no room to store anything just now.", "站点存储空间不足，暂时无法保存。"),
            Text(
                "Nothing was stored. Tell your administrator, and send the same once more later.",
                "内容未保存。请告知管理员，并在稍后原样再次提交。",
            ),
            retry_after=60,
        )


def unavailable(error: BaseException | None) -> UnavailableError | None:
    """What `error` means for whoever asks, where patience helps; None for every other error."""
    for one in _causes(error):
        if isinstance(one, UnavailableError):
            return one
        if isinstance(one, OSError) and one.errno in _FULL:
            return FullError()
        if isinstance(one, sqlite3.OperationalError):
            return _of_sqlite(one)
        if isinstance(one, OperationalError | InterfaceError) and one.__cause__ is not None:
            state = getattr(one.__cause__, "sqlstate", None)
            if state is not None or not isinstance(one.__cause__, sqlite3.Error):
                return _of_postgres(state)
    return None


def noted(request: HttpRequest, error: BaseException) -> UnavailableError | None:
    """The same with a line in the log: one line, for there is one for every request of an outage."""
    found = unavailable(error)
    if found is not None:
        extra = {"number": getattr(request, "number", ""), "code": found.code, "error": str(error)[:200]}
        _log.warning("unavailable", extra=extra)
        request.unavailable = True  # whoever logs the response knows: `web.logs.Patience`
    return found


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _of_sqlite(error: sqlite3.OperationalError) -> UnavailableError | None:
    # The low byte is the kind of error, the rest says more about it.
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError()
    if kind in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return FullError()
    if kind in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        return AwayError()
    return None


def _of_postgres(state: str | None) -> UnavailableError | None:
    """By SQLSTATE; None where there was no answer at all."""
    if state is None or state.startswith("08") or state in ("57P01", "57P02", "57P03", "57P05", "25006"):
        return AwayError()
    if state in ("53100", "58030"):
        return FullError()
    # Deadlocks and serialisation, locks and statements that took too long, no connection or memory left.
    if state.startswith("53") or state in ("40001", "40P01", "55P03", "57014", "25P03", "25P04"):
        return BusyError()
    return None
