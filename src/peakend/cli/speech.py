"""Which language the command line speaks, and how it says things."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from peakend.errors import PeakendError
from peakend.language import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from rich.console import Console

# Help is written once, in both languages, and picked when the language is known.
_BETWEEN = "\x1f"
_current: Language = "en"


class UnknownLanguageError(PeakendError):
    """`--lang` names a language that Peakend does not speak."""

    code = "cli.unknown_language"


def language() -> Language:
    """The language of this invocation."""
    return _current


def speak(chosen: Language) -> None:
    """From now on speak `chosen`."""
    global _current
    _current = chosen


def say(en: str, zh: str) -> str:
    """The sentence in the language of this invocation."""
    return zh if _current == "zh" else en


def both(en: str, zh: str) -> str:
    """A help text in both languages; `picked` takes one."""
    return f"{en}{_BETWEEN}{zh}"


def picked(text: str) -> str:
    """The half of a help text that is in the language of this invocation; any other text as it is."""
    en, found, zh = text.partition(_BETWEEN)
    return zh if found and _current == "zh" else en


def tell(text: Text | str) -> None:
    """Print a sentence on standard output."""
    console().print(text if isinstance(text, str) else text.in_(_current), markup=False, highlight=False)


def console(*, stderr: bool = False) -> Console:
    """Where to print; wide enough for a table when it is no terminal."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    made = Console(stderr=stderr, highlight=False)
    if not stream.isatty() and "COLUMNS" not in os.environ:
        made.width = 160
    return made


def split_language(
    arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> tuple[Language, list[str]]:
    """The language, and the arguments without `--lang`, which may stand anywhere before `--`.

    Without the option PEAKEND_LANG counts, then the locale. Raises `UnknownLanguageError`.
    """
    rest: list[str] = []
    chosen = environment.get("PEAKEND_LANG") or None
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--lang":
            chosen = next(words, "")
        elif word.startswith("--lang="):
            chosen = word.removeprefix("--lang=")
        else:
            rest.append(word)
    return (_of_locale(environment) if chosen is None else _known(chosen)), rest


def _known(name: str) -> Language:
    short = name.lower().replace("_", "-").partition("-")[0]
    for known in LANGUAGES:
        if short == known:
            return known
    raise UnknownLanguageError(
        Text(f"Peakend does not speak {name!r}.", f"Peakend 不支持语言 {name!r}。"),
        Text("Use --lang en or --lang zh.", "请使用 --lang en 或 --lang zh。"),
        name=name,
    )


def _of_locale(environment: Mapping[str, str]) -> Language:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
