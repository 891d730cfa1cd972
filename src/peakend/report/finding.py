"""What an analysis found, in words: a headline with a verb, the figures behind it, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "act", "good"]


def tone_of(verdict: str | None) -> Tone:
    """The tone of a verdict on a change."""
    if verdict == "worse":
        return "act"
    return "good" if verdict == "better" else "plain"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; `note` is what it stands on (interval, base). A tone always comes with a word."""

    label: str
    value: str
    note: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next: who does what, and how it will be checked."""

    who: str
    what: str
    check: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The sentence that says what a chart shows, in one language, and what follows from it.

    headline: a sentence with a verb and no full stop. lede: one short paragraph. reading: how to read the
    chart (what a dot, a line and a number are). caution: what it does not say. weight: 0 to 100, how much
    it deserves to open the page.
    """

    headline: str
    lede: str
    figures: tuple[Figure, ...] = ()
    reading: str = ""
    caution: str = ""
    next_step: NextStep | None = None
    weight: int = 0
