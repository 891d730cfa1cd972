"""The two languages Peakend speaks, and a sentence that exists in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

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
