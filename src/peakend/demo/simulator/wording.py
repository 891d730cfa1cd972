"""The words of comments: every comment that can be made, put together once a company.

A comment is an opening, a sentence and an ending, some with a typing error or an emoji, so that a text says
what it is about in many ways, and not always by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from peakend.demo.simulator.draws import Array, Draws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.demo.simulator.company import Company
    from peakend.demo.simulator.recipes import Comments, Sentences
    from peakend.demo.simulator.world import World
    from peakend.language import Language

LANGUAGES: tuple[Language, ...] = ("en", "zh")
TONES = ("blame", "praise")
# The words do not depend on the seed of the company.
_DRAWS = Draws(0)
_ASIDE = 40
_SLIPS = {"的": "地", "在": "再", "很": "狠", "做": "作", "没": "沒", "太": "大", "已经": "以经"}


@dataclass(frozen=True)
class Wordings:
    """Every comment (`texts`) and where it stands; all arrays are of one length, an element a comment.

    `chinese` is 0 or 1, `u` in (0, 1) chooses among the wordings.
    """

    texts: pa.Array
    each: int
    sections: dict[tuple[str, str], tuple[int, int]]

    def about(self, topic: Array, chinese: Array, praise: Array, u: Array) -> Array:
        """Numbers of comments that praise or blame the touchpoint at position `topic`."""
        cell: Array = (topic * len(LANGUAGES) + chinese) * len(TONES) + praise
        return cell * self.each + (u * self.each).astype(np.int64)

    def aside(self, section: str, chinese: Array, u: Array) -> Array:
        """Numbers of comments of a section that is about no touchpoint: idle, hidden, surprise."""
        starts, lengths = np.array([self.sections[section, language] for language in LANGUAGES]).T
        found: Array = starts[chinese] + (u * lengths[chinese]).astype(np.int64)
        return found


@lru_cache(maxsize=8)
def wordings(world: World) -> Wordings:
    """The comments of a company: by touchpoint, language and tone, then what is about no touchpoint."""
    company, comments = world.company, world.shared.comments
    texts: list[str] = []
    for touchpoint in company.touchpoints:
        for language, name in zip(LANGUAGES, (touchpoint.name, touchpoint.name_zh), strict=True):
            for tone in TONES:
                said = comments.praise if tone == "praise" else comments.blame
                cores = [*said["general"][language], *said[touchpoint.dimension][language]]
                whole = [core.format(touchpoint=name) for core in cores]
                texts += _composed(comments, language, tone, whole, len(texts), comments.wordings)
    sections: dict[tuple[str, str], tuple[int, int]] = {}
    for section in ("idle", "hidden", "surprise"):
        for language in LANGUAGES:
            found = _section(comments, company, section, language, len(texts))
            sections[section, language] = (len(texts), len(found))
            texts += found
    return Wordings(pa.array(texts, pa.string()), comments.wordings, sections)


def _section(
    comments: Comments, company: Company, section: str, language: Language, first: int
) -> Sequence[str]:
    if section == "idle":
        return comments.idle[language]
    sentences: Sentences = comments.hidden if section == "hidden" else comments.surprise
    swap = company.mismatch
    filled = [
        _capital(
            sentence.format(
                item=swap.item.in_(language),
                instead=swap.instead.in_(language),
                surprise=company.surprise.in_(language),
            )
        )
        for sentence in sentences[language]
    ]
    tone = "blame" if section == "hidden" else "praise"
    return _composed(comments, language, tone, filled, first, _ASIDE)


def _composed(
    comments: Comments, language: str, tone: str, cores: Sequence[str], first: int, n: int
) -> list[str]:
    """`n` comments from `cores`; `first` names their draws."""
    number = np.arange(first, first + n)
    u, more = _DRAWS.uniforms("wording", number), _DRAWS.uniforms("wording.more", number)
    openings, endings = comments.openings[language], comments.endings[tone][language]
    faces = comments.endings[tone]["emoji"]
    composed = []
    for k in range(n):
        core = cores[int(u[0, k] * len(cores))]
        if more[0, k] < comments.typos:
            core = _mistyped(core, language, more[1, k])
        opening = openings[int(u[1, k] * len(openings))]
        text = _joined(opening, core, language) + endings[int(u[2, k] * len(endings))]
        if more[2, k] < comments.emoji:
            text += faces[int(more[3, k] * len(faces))] * (1 + (u[3, k] < 0.3))
        composed.append(text)
    return composed


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(opening: str, core: str, language: str) -> str:
    """The two with a small letter after a comma, but for I."""
    small = language == "en" and opening.endswith((", ", ": ")) and not core.startswith(("I ", "I'"))
    return opening + (core[:1].lower() + core[1:] if small else core)


def _mistyped(text: str, language: str, u: float) -> str:
    """Two letters in the wrong order; in Chinese a character that sounds alike, or one left out."""
    if language == "zh":
        slips = [(right, wrong) for right, wrong in _SLIPS.items() if right in text]
        if slips:
            return text.replace(*slips[int(u * len(slips))], 1)
    place = int(u * (len(text) - 2)) + 1
    if language == "zh":
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
