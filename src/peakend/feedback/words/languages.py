"""The language of a text: Chinese, English, both, another, or none; from its script and its little words."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numba import njit

from peakend.feedback.words.ngrams import letters_of
from peakend.feedback.words.reading import read, read_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Language = Literal["zh", "en", "mixed", "other", "none"]

_HAN, _KANA, _HANGUL, _LATIN, _ACCENTED, _FOREIGN = 1, 2, 3, 4, 5, 6
_SCRIPTS = 7
# Three letters of an alphabet weigh as much as one ideograph: both are about half a word.
_LETTERS_AN_IDEOGRAPH = 3.0
_CHINESE_FROM, _LATIN_BELOW = 0.7, 0.15

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ENGLISH = frozenset(
    _WORD.findall(
        """a about all also am an and any are as at be because been but by can could did do does don't for
        from get good great had has have he her his i if in is it it's its just like me more my no not
        of on or our out she so some than that the their them there they this to too up us very was we
        were what when which who will with would you your"""
    )
)
# The commonest short words of German, French, Spanish, Italian, Portuguese and Dutch that English lacks.
_NOT_ENGLISH = frozenset(
    _WORD.findall(
        """der das und ist nicht ich ein eine sehr mit auch auf für den dem wir sie zu bei es aber noch wurde
        le la les et est pas très une des je c'est pour avec dans nous vous mais plus sur qui du au que ce
        el los las y es muy una por con pero lo se mi del al está fue como todo más nos son
        il che non di è molto sono gli della per anche ma haben cette
        os não muito é uma da em com foi mas tudo na
        het een niet van en ik zijn goed heel naar wel bij ook voor"""
    )
)


def language_of(text: str | None) -> Language:
    """The language of one text: "zh", "en", "mixed" (Chinese and a Latin language), "other" or "none".

    By the share of scripts, three letters weighing as much as one ideograph: Chinese from 70 % ideographs,
    mixed from 15 %. Japanese (kana), Korean and other scripts are "other". A text in Latin letters is English
    unless it has more of the little words of six other European languages than of English, or accents and
    not one English one. Chinese is not told apart by region. Without a letter: "none".
    """
    return languages_read([read(text)])[0]


def languages_of(texts: Iterable[object]) -> list[Language]:
    """`language_of` for every text of a list or column. Errors as `reading.read_all`."""
    return languages_read(read_all(texts))


def languages_read(texts: Sequence[str]) -> list[Language]:
    """The languages of texts that `reading.read` has been through."""
    counts = _counts(*letters_of(texts), _scripts())
    han, kana, latin = counts[:, _HAN], counts[:, _KANA], counts[:, _LATIN] + counts[:, _ACCENTED]
    foreign = counts[:, _HANGUL] + counts[:, _FOREIGN] / _LETTERS_AN_IDEOGRAPH
    foreign = foreign + np.where((kana >= 2) & (kana >= 0.1 * han), han + kana, 0)
    words = latin / _LETTERS_AN_IDEOGRAPH
    whole = han + foreign + words
    share = han / np.maximum(han + words, 1e-9)
    found: list[Language] = []
    for place, text in enumerate(texts):
        if whole[place] == 0:
            found.append("none")
        elif foreign[place] > 0.3 * whole[place]:
            found.append("other")
        elif share[place] >= _CHINESE_FROM:
            found.append("zh")
        elif share[place] >= _LATIN_BELOW:
            found.append("mixed")
        else:
            found.append(_of_latin(text, counts[place, _ACCENTED] > 0))
    return found


def _of_latin(text: str, accented: bool) -> Language:
    words = _WORD.findall(text)
    english = sum(word in _ENGLISH for word in words)
    others = sum(word in _NOT_ENGLISH for word in words)
    if others > english or (accented and english == 0):
        return "other"
    return "en"


@cache
def _scripts() -> NDArray[np.uint8]:
    """The script of every code point; 0 is no letter, and の, which Chinese borrows, is none either."""
    scripts = np.zeros(0x110000, dtype=np.uint8)
    for code in range(0x20000):
        if chr(code).isalpha():
            scripts[code] = _FOREIGN
    for script, ranges in _RANGES.items():
        for low, high in ranges:
            scripts[low : high + 1] = np.where(scripts[low : high + 1] > 0, script, 0)
    scripts[0x20000:0x3134F] = _HAN
    scripts[ord("の")] = 0
    return scripts


_RANGES = {
    _HAN: ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)),
    _KANA: ((0x3041, 0x309F), (0x30A1, 0x30FF), (0x31F0, 0x31FF)),
    _HANGUL: ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF)),
    _LATIN: ((0x41, 0x7A),),
    _ACCENTED: ((0xC0, 0x24F), (0x1E00, 0x1EFF)),
}


@njit(cache=True)  # type: ignore[untyped-decorator]
def _counts(
    letters: NDArray[np.uint32], ends: NDArray[np.int64], scripts: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """How many characters of each script (columns) each text has."""
    found = np.zeros((len(ends), _SCRIPTS))
    start = 0
    for text in range(len(ends)):
        for place in range(start, ends[text]):
            found[text, scripts[letters[place]]] += 1
        start = ends[text]
    return found
