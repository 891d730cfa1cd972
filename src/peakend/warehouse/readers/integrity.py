"""That a file is the same from the first byte read to the last."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from peakend.language import Text
from peakend.warehouse.readers.errors import SourceChangedError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the file system says of a file, compared before and after it is read."""

    size: int
    modified_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        try:
            stat = path.stat()
        except OSError as cause:
            raise cannot_read(path, cause) from cause
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ino)


def cannot_read(path: Path, cause: object) -> SourceError:
    """The error for a file that the system or a library could not read."""
    # DuckDB adds the SQL of ours that it was running, which tells the reader nothing.
    words = str(cause).partition("\n\nLINE ")[0].strip()
    return SourceError(
        Text(f"{path.name} cannot be read: {words}", f"无法读取 {path.name}：{words}"),
        Text(
            "Check that the file is whole and that you may read it.",
            "请检查文件是否完整，以及是否有读取权限。",
        ),
        path=str(path),
    )


def chunks(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    """The bytes of `stream`, one megabyte at a time."""
    while True:
        try:
            chunk = stream.read(CHUNK)
        except (OSError, EOFError) as cause:
            raise cannot_read(path, cause) from cause
        if not chunk:
            return
        yield chunk


def fingerprint(path: Path) -> tuple[str, Callable[[], None]]:
    """SHA-256 of the bytes in hexadecimal, and a function that raises `SourceChangedError` when the file has
    changed since this call began."""
    before = Stamp.of(path)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            for chunk in chunks(stream, path):
                digest.update(chunk)
    except OSError as cause:
        raise cannot_read(path, cause) from cause

    def unchanged() -> None:
        if not path.exists() or Stamp.of(path) != before:
            raise SourceChangedError(
                Text(f"{path.name} changed while it was read.", f"{path.name} 在读取过程中发生了变化。"),
                Text(
                    "Nothing of it was kept. Load it again when nothing writes to it any more.",
                    "其内容均未载入。请在没有程序写入该文件后重新载入。",
                ),
                path=str(path),
            )

    unchanged()
    return digest.hexdigest(), unchanged
