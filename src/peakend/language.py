"""The two languages Peakend speaks, and a sentence that exists in both."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Text:
    """Something a person reads, written (not translated) in English and in simplified Chinese."""

    en: str
    zh: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.zh.strip():
            raise ValueError(f"a Text needs both languages: en={self.en!r}, zh={self.zh!r}")

    def __str__(self) -> str:
        return self.en

    def in_(self, language: Language) -> str:
        """The sentence in `language`."""
        return self.zh if language == "zh" else self.en

    def format(self, **values: object) -> Text:
        """Both sentences with the same values filled in (`str.format`)."""
        return Text(self.en.format(**values), self.zh.format(**values))


def meant(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The names of `known` that someone who wrote `name` may have meant, likeliest first.

    First those that begin with it, then those spelled alike, then those that contain it.
    """
    listed = sorted(known)
    wanted = name.strip().lower()
    begins = [one for one in listed if wanted and one.lower().startswith(wanted)]
    within = [one for one in listed if len(wanted) > 1 and wanted in one.lower()]
    return list(dict.fromkeys([*begins, *get_close_matches(wanted, listed, most, 0.5), *within]))[:most]
