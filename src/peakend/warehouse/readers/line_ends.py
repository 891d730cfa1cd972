"""Texts whose lines do not all end alike.

DuckDB's scanner takes the first end it sees for all and, told to pass over errors, then gives no rows and
no error: such a file is copied with one kind of line end before it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.warehouse.readers.integrity import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def line_ends_differ(path: Path, quote: str) -> bool:
    """Whether lines end in more than one of CR LF, LF and CR; inside quotes they may."""
    kinds = _Kinds()
    with path.open("rb") as stream:
        for chunk in _whole_ends(chunks(stream, path)):
            kinds.count(chunk)
    if not kinds.several:
        return False
    outside = _Kinds()
    for part, quoted in _parts(path, quote):
        if not quoted:
            outside.count(part)
    return outside.several


class _Kinds:
    """How many line ends of each kind there are."""

    def __init__(self) -> None:
        self.pairs = self.feeds = self.returns = 0

    def count(self, text: bytes) -> None:
        returns = text.count(b"\r")
        # Most files have none, and then one line feed says all.
        pairs = text.count(b"\r\n") if returns else 0
        self.pairs += pairs
        self.returns += returns
        self.feeds += text.count(b"\n") if returns else b"\n" in text

    @property
    def several(self) -> bool:
        return sum((self.pairs > 0, self.feeds > self.pairs, self.returns > self.pairs)) > 1


def with_one_line_end(path: Path, target: Path, quote: str) -> None:
    """Write `path` to `target` with LF at the end of every line; what stands inside quotes is not touched."""
    mark = quote.encode("utf-8")
    before = False
    with target.open("wb") as out:
        for part, quoted in _parts(path, quote):
            if quoted != before:
                out.write(mark)
                before = quoted
            out.write(part if quoted else part.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))


def _parts(path: Path, quote: str) -> Iterator[tuple[bytes, bool]]:
    """The text between quotation marks, piece by piece, and whether it stands inside quotes."""
    mark = quote.encode("utf-8")
    inside = False
    with path.open("rb") as stream:
        for chunk in _whole_ends(chunks(stream, path)):
            for number, part in enumerate(chunk.split(mark) if mark else [chunk]):
                inside = inside != (number > 0)
                yield part, inside


def _whole_ends(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut so that no CR LF falls apart."""
    held = b""
    for piece in pieces:
        whole = held + piece
        cut = len(whole) - whole.endswith(b"\r")
        held = whole[cut:]
        yield whole[:cut]
    if held:
        yield held
