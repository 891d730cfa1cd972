"""Which encoding a text file is in, told from all of its bytes."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.warehouse.readers.errors import EncodingError
from peakend.warehouse.readers.integrity import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 20


def detect_encoding(path: Path, given: str | None = None) -> str:
    """The Python codec that decodes every byte of `path`: `given`, or what its first bytes announce, or
    UTF-8, or GB18030 when the text then reads as everyday Chinese. `EncodingError` names the first byte and
    line that cannot be decoded.

    Western 8-bit encodings are never guessed: every byte is a letter in several of them.
    """
    if given is not None:
        return _as_given(path, given)
    with path.open("rb") as stream:
        start = stream.read(4)
    for bom, codec in _BOMS:
        if start.startswith(bom):
            return _as_given(path, codec)
    broken = first_broken_byte(path, "utf-8")
    if broken is None:
        return "utf-8"
    if first_broken_byte(path, "gb18030") is None and _reads_as_chinese(path):
        return "gb18030"
    raise _broken(path, "utf-8", *broken)


def _as_given(path: Path, codec: str) -> str:
    try:
        codecs.lookup(codec)
    except LookupError as cause:
        raise EncodingError(
            Text(f"There is no encoding called {codec!r}.", f"没有名为 {codec!r} 的编码。"),
            Text(
                "Use a name such as utf-8, gb18030, utf-16 or cp1252.",
                "请使用 utf-8、gb18030、utf-16 或 cp1252 等名称。",
            ),
            path=str(path),
        ) from cause
    broken = first_broken_byte(path, codec)
    if broken is not None:
        raise _broken(path, codec, *broken)
    return codec


def first_broken_byte(path: Path, codec: str) -> tuple[int, int] | None:
    """(offset from 0, line from 1) of the first byte that `codec` cannot decode, or None."""
    decoder = codecs.getincrementaldecoder(codec)()
    offset, lines = 0, 1
    with path.open("rb") as stream:
        for chunk in _with_end(chunks(stream, path)):
            pending = len(decoder.getstate()[0])
            try:
                lines_here = decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as cause:
                before = cause.object[: cause.start].count(b"\n")
                return offset - pending + cause.start, lines + before
            offset += len(chunk)
            lines += lines_here
    return None


def _with_end(parts: Iterator[bytes]) -> Iterator[bytes]:
    yield from parts
    yield b""


def _reads_as_chinese(path: Path) -> bool:
    """Whether at least nine in ten of the characters beyond ASCII are in GB 2312, the everyday ones.

    Text in a Western 8-bit encoding is often valid GB18030 by accident, but then full of rare characters.
    """
    with path.open("rb") as stream:
        text = stream.read(_SAMPLE).decode("gb18030", errors="ignore")
    beyond = [character for character in text if ord(character) > 127]
    everyday = sum(1 for character in beyond if _in_gb2312(character))
    return bool(beyond) and everyday >= 0.9 * len(beyond)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _broken(path: Path, codec: str, offset: int, line: int) -> EncodingError:
    return EncodingError(
        Text(
            f"{path.name} is no {codec.upper()} text: byte {offset} (line {line}) cannot be decoded.",
            f"{path.name} 不是 {codec.upper()} 文本：第 {offset} 字节（第 {line} 行）无法解码。",
        ),
        Text(
            "Save it as UTF-8, or name its encoding in the mapping (read: {encoding: cp1252}).",
            "请另存为 UTF-8，或在映射文件中写明编码（read: {encoding: cp1252}）。",
        ),
        path=str(path),
        byte=offset,
        line=line,
    )


def to_utf8(path: Path, codec: str, target: Path) -> None:
    """Write `path` (decoded by `codec`) to `target` as UTF-8 without a mark, a megabyte at a time."""
    decoder = codecs.getincrementaldecoder(codec)()
    with path.open("rb") as stream, target.open("wb") as out:
        for chunk in _with_end(chunks(stream, path)):
            out.write(decoder.decode(chunk, final=not chunk).encode("utf-8"))
