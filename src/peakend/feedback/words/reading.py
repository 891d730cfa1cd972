"""Making texts comparable: what remains once markup, control characters and addresses are out of the way."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, ClassVar

from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

# What is read of one text, in characters. A longer one is cut: an answer is not a book.
LONGEST = 5_000
# Entities and markup make a text longer than it is; no more than this is looked at before they are gone.
_LONGEST_RAW = 50_000

# One character each, from Unicode's private use area, stand for what must not be kept.
ADDRESS, MAIL, NUMBER = "\ue000", "\ue001", "\ue002"
MASKS = frozenset((ADDRESS, MAIL, NUMBER))

_UNWRITTEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ue003-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\uffff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_HIDDEN_PARTS = re.compile(
    r"<!--.*?(?:-->|$)|<(script|style)\b[^<>]{0,300}>.*?(?:</\1\s*>|$)", re.DOTALL | re.I
)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+", re.I)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# Seven digits or more, however they are grouped: phones, orders, cards, identity numbers.
_NUMBER = re.compile(r"\+?\(?\d(?:[ ().-]{0,2}\d){6,24}[xX]?")
_SPACE = re.compile(r"\s+")
_PLAIN = re.compile(r"(?!.*www)[^<&@:\d]*", re.DOTALL | re.I)


class TextsError(PeakendError):
    """What was given as texts is none. `data`: position, found."""

    code: ClassVar[str] = "feedback.texts"


def read(text: str | None) -> str:
    """`text` in the form in which texts are compared; "" for None.

    HTML goes (entities are resolved, scripts and comments dropped), so do control, zero-width, direction and
    private characters, variation selectors and halves of surrogate pairs. Unicode NFKC (full-width letters
    become plain ones), lower case, one space for any white space. Web and mail addresses and numbers of seven
    digits or more become one character (`MASKS`). Emoji stay; traditional characters stay what they are. Of a
    text longer than `LONGEST` characters the beginning is read.
    """
    if text is None:
        return ""
    found = text[:_LONGEST_RAW]
    if found.isascii() and _PLAIN.fullmatch(found):
        return _SPACE.sub(" ", _UNWRITTEN.sub("", found)).strip().lower()[:LONGEST]
    if "<" in found:
        found = _TAG.sub(" ", _HIDDEN_PARTS.sub(" ", found))
    if "&" in found:
        found = html.unescape(found)
    if not unicodedata.is_normalized("NFKC", found):
        found = unicodedata.normalize("NFKC", found)
    found = _UNWRITTEN.sub("", found)
    if ":" in found or "www" in found or "WWW" in found:
        found = _ADDRESS.sub(ADDRESS, found)
    if "@" in found:
        found = _MAIL.sub(MAIL, found)
    found = _NUMBER.sub(NUMBER, found)
    return _SPACE.sub(" ", found).strip().lower()[:LONGEST]


def read_all(texts: Iterable[object]) -> list[str]:
    """`read` of every text: a list, an Arrow column, a pandas or polars series, an array of objects.

    None and NaN read as "". `TextsError` when one is anything else than text.
    """
    listed = _listed(texts)
    found = []
    for place, text in enumerate(listed):
        if isinstance(text, str):
            found.append(read(text))
        elif text is None or text != text:  # NaN is the only value that differs from itself
            found.append("")
        else:
            raise _no_text(place, text)
    return found


def _listed(texts: Iterable[object]) -> list[object]:
    if isinstance(texts, str | bytes):
        raise TextsError(
            Text("One text was given where a list of texts is read.", "此处应给出文本列表，而不是一条文本。"),
            Text("Put it into a list: [text].", "请放入列表：[text]。"),
            position=None,
            found=type(texts).__name__,
        )
    for method in ("to_pylist", "tolist", "to_list"):
        if hasattr(texts, method):
            return list(getattr(texts, method)())
    return list(texts)


def _no_text(place: int, found: object) -> TextsError:
    kind = type(found).__name__
    return TextsError(
        Text(
            f"Entry {place} of the texts is no text but {kind}.",
            f"文本列表第 {place} 项不是文本，而是 {kind}。",
        ),
        Text("Give strings; None for no answer.", "请给出字符串；未作答用 None。"),
        position=place,
        found=kind,
    )
