"""How much room words take, before any browser has set them: for charts whose labels must not collide.

Widths are cautious averages over the sans-serif fonts in `tokens.css`, so a label that fits here fits there.
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
_NARROW = frozenset("iljtfrI.,:;'|!()[]·’‘ -\u00a0")
_WIDE = frozenset("mwMW@%—…")


def width(words: str, size: float) -> float:
    """Pixels that `words` take on one line at font size `size`."""
    return sum(map(_em, words)) * size


def wrapped(words: str, size: float, room: float, lines: int = 2) -> list[str]:
    """`words` in at most `lines` lines of at most `room` pixels; what does not fit ends in an ellipsis."""
    rest = _tidy(words)
    result: list[str] = []
    while rest and len(result) < lines:
        last = len(result) == lines - 1
        head, rest = _first_line(rest, size, room)
        if rest and last:
            head, rest = shortened(f"{head} {rest}", size, room), ""
        result.append(head)
    return result or [""]


def shortened(words: str, size: float, room: float) -> str:
    """`words` on one line of at most `room` pixels, cut with an ellipsis where it must be."""
    if width(words, size) <= room:
        return words
    kept = words
    while kept and width(kept + ELLIPSIS, size) > room:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def _first_line(words: str, size: float, room: float) -> tuple[str, str]:
    if width(words, size) <= room:
        return words, ""
    taken, end, best = 0.0, 0, 0
    for index, letter in enumerate(words):
        taken += _em(letter) * size
        if taken > room:
            break
        end = index + 1
        if letter == " " or _is_wide(letter) or letter in "-/":
            best = end
    cut = best or max(end, 1)
    return words[:cut].rstrip(), words[cut:].lstrip()


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.34
    if letter in _WIDE:
        return 0.95
    if _is_wide(letter):
        return 1.02
    if unicodedata.combining(letter):
        return 0.0
    return 0.7 if letter.isupper() else 0.59


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x1F000


def shortened_to(words: str, letters: int) -> str:
    """`words` of at most `letters` characters, cut with an ellipsis where they must be."""
    clean = _tidy(words)
    return clean if len(clean) <= letters else clean[: letters - 1].rstrip() + ELLIPSIS


def _tidy(words: str) -> str:
    """Runs of breaking white space become one space; a no-break space stays what it is."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", words).strip(" ")
