"""Sentences in the reader's language. Every sentence stands in both languages where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.functional import lazy
from django.utils.translation import get_language

from peakend.language import Text

if TYPE_CHECKING:
    from peakend.language import Language


def spoken() -> Language:
    """The language of the page being made."""
    return "zh" if (get_language() or "en").startswith("zh") else "en"


def say(en: str, zh: str, **values: object) -> str:
    """The sentence in the language of the page; `{name}` takes `values`. Not marked safe for HTML."""
    sentence = zh if spoken() == "zh" else en
    return sentence.format(**values) if values else sentence


say_later = lazy(say, str)  # for labels of forms and fields, which outlive a request


def told(text: Text) -> str:
    """A `Text` in the language of the page."""
    return text.in_(spoken())


def picked(words: Mapping[str, str], language: str | None = None) -> str:
    """What a company wrote in several languages (`{"en": …, "zh": …}`), in the page's or the nearest."""
    wanted = language or spoken()
    for key in (wanted, wanted.split("-")[0], "en", "zh"):
        if words.get(key):
            return words[key]
    return next((word for word in words.values() if word), "")
