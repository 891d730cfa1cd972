"""Immutable copies of the warehouse: what web processes read while the worker writes.

`snapshots/<time>-<key>.duckdb` is complete as soon as it has that name; `snapshots/newest` names the one
to read
and says of which state of the warehouse it is a copy. Older ones go after a while; who has one open keeps it.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from peakend.engine import Engine, connect
from peakend.engine.errors import EngineError
from peakend.errors import PeakendError
from peakend.language import Text
from peakend.server.sync.opening import WarehouseBusyError, opened

POINTER = "newest"
KEPT = 3
_YOUNG = 600.0  # seconds a replaced copy stays, for whoever read the pointer a moment ago
_FICLONE = 0x40049409
# The share of time that copying may take: a warehouse that takes 5 s to copy is copied every 100 s at most.
_SHARE = 0.05
_EVERY = 10.0


class SnapshotError(PeakendError):
    """No copy could be made. `data` has cause."""

    code = "sync.snapshot"


def newest() -> Path | None:
    """The file to read; None while there is none. Open it read-only."""
    facts = _pointer()
    path = _folder() / str(facts.get("file", ""))
    return path if facts and path.is_file() else None


def newest_made_at() -> datetime | None:
    """When the newest copy was made."""
    facts = _pointer()
    return datetime.fromisoformat(facts["at"]) if facts else None


def publish(*, force: bool = False) -> Path | None:
    """Copy the warehouse if it is another than the newest copy; the new copy, None where there was
    nothing to do.

    None also while another process writes it, and while copying would take more than its share of time
    (unless `force`). Raises `SnapshotError` where the disk is full; the newest copy stays what it was.
    """
    facts = _pointer()
    if not force and facts and time.time() < float(facts.get("not_before", 0)) and newest():
        return None
    began = time.monotonic()
    try:
        with _told():
            path, of = _copied(None if force or not newest() else facts.get("of"))
    except WarehouseBusyError:
        return None
    if path is None:
        return None
    took = time.monotonic() - began
    _point(path, of, time.time() + max(_EVERY, took / _SHARE))
    sweep_away()
    return path


def sweep_away(*, all_but_newest: bool = False) -> int:
    """Remove copies that nobody should read any more; how many. All but the newest after an erasure."""
    current, now, gone = newest(), time.time(), 0
    copies = sorted(_folder().glob("*.duckdb"), key=lambda path: path.name, reverse=True)
    for place, path in enumerate(copies):
        if path == current:
            continue
        try:
            old = place >= KEPT and now - path.stat().st_mtime > _YOUNG
            if all_but_newest or old:
                path.unlink()
                gone += 1
        except FileNotFoundError:
            continue
    for path in _folder().glob(".*.part"):
        if all_but_newest or now - path.stat().st_mtime > 3600:
            path.unlink(missing_ok=True)
    return gone


def _folder() -> Path:
    folder: Path = settings.HOME.snapshots
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _pointer() -> dict[str, Any]:
    try:
        found = json.loads((_folder() / POINTER).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and "file" in found else {}


def _point(path: Path, of: str, not_before: float) -> None:
    facts = {
        "file": path.name,
        "of": of,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "not_before": not_before,
    }
    part = _folder() / f".{POINTER}.{os.getpid()}.part"
    part.write_text(json.dumps(facts), "utf-8")
    part.replace(_folder() / POINTER)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (OSError, EngineError) as error:
        if isinstance(error, WarehouseBusyError):
            raise
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
        said = "no space left" if full else str(error)[:200]
        raise SnapshotError(
            Text(f"The warehouse could not be copied: {said}.", f"无法复制数据仓库：{said}。"),
            Text(
                "Free some disk space; pages show the last copy until then.",
                "请清理磁盘空间；在此之前页面显示上一份数据。",
            ),
            cause=said,
        ) from error


def _copied(known: str | None) -> tuple[Path | None, str]:
    """A copy with its final name, and the state it is of; (None, state) where that is `known`."""
    url = settings.HOME.warehouse
    made = _folder() / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.duckdb"
    part = made.with_name(f".{made.name}.part")
    try:
        if url.startswith("duckdb:"):
            of = _copy_file(_file_of(url), part, known)
        else:
            of = _copy_tables(part, known)
        if not part.exists():
            return None, of
        part.chmod(0o600)
        part.replace(made)
    finally:
        part.unlink(missing_ok=True)
        part.with_name(f"{part.name}.wal").unlink(missing_ok=True)
    return made, of


def _file_of(url: str) -> Path:
    return Path(url.removeprefix("duckdb:///").partition("?")[0])


def _copy_file(source: Path, part: Path, known: str | None) -> str:
    if not source.is_file():
        return known or ""
    wal = source.with_name(f"{source.name}.wal")
    if known == _state(source) and not wal.exists():
        return known
    with opened() as engine:
        engine.query("select 1 as one").to_arrow()
        if hasattr(engine, "connection"):
            engine.connection.execute("checkpoint")
    # DuckDB's lock would be lost with the first file this process opens and closes beside it, so it was
    # closed;
    # a lock for reading keeps writers out meanwhile.
    with source.open("rb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            raise WarehouseBusyError(Text("The warehouse is being written.", "数据仓库正在写入。")) from error
        if wal.exists():
            raise WarehouseBusyError(Text("The warehouse is being written.", "数据仓库正在写入。"))
        of = _state(source)
        if of == known:
            return of
        with part.open("xb") as copy:
            try:
                fcntl.ioctl(copy.fileno(), _FICLONE, file.fileno())
            except OSError:
                shutil.copyfileobj(file, copy, 4 << 20)
            copy.flush()
            os.fsync(copy.fileno())
    return of


def _state(source: Path) -> str:
    facts = source.stat()
    return f"{facts.st_ino} {facts.st_size} {facts.st_mtime_ns}"


def _copy_tables(part: Path, known: str | None) -> str:
    """A warehouse on a server, table by table, in one view of it."""
    with opened() as engine:
        of = _state_of_tables(engine)
        if of == known:
            return of
        with connect(f"duckdb:///{part}") as copy:
            for name in engine.tables():
                copy.create(name, engine.schema(name))
                copy.insert(name, engine.table(name).to_arrow())
    return of


def _state_of_tables(engine: Engine) -> str:
    """Versions of the tables and runs of analyses: whatever writes them changes one of the two."""
    from peakend.warehouse.versions import table_versions

    digest = hashlib.sha256(json.dumps(sorted(table_versions(engine).items())).encode())
    for name in ("analysis_runs", "site_erasures"):
        if engine.has_table(name):
            rows = engine.table(name).query("select count(*) as n from t").to_arrow()
            digest.update(f"{name} {rows['n'][0].as_py()}".encode())
    return digest.hexdigest()
