"""The text of a drafted mapping: YAML with a comment that says why, and how sure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from peakend.language import Language, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Sureness = Literal["sure", "likely", "guess"]
_SURENESS = {
    "sure": Text("sure", "确定"),
    "likely": Text("likely", "较有把握"),
    "guess": Text("guess", "猜测"),
}
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*( [A-Za-z0-9_.\-]+)*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


@dataclass(slots=True)
class Draft:
    """Lines of YAML written one after the other, in one language."""

    language: Language
    lines: list[str] = field(default_factory=list)

    def put(self, depth: int, text: str, why: Text | None = None, sure: Sureness | None = None) -> None:
        """One line, indented twice `depth`, with its comment."""
        comment = ""
        if why is not None:
            colon = "：" if self.language == "zh" else ": "
            level = f"{_SURENESS[sure].in_(self.language)}{colon}" if sure is not None else ""
            # A comment ends with its line: nothing from a file may begin a new one.
            comment = "  # " + " ".join((level + why.in_(self.language)).split())
        self.lines.append("  " * depth + text + comment)

    def note(self, depth: int, words: Text) -> None:
        """A line that is only a comment."""
        self.lines.append("  " * depth + "# " + " ".join(words.in_(self.language).split()))

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def scalar(text: str) -> str:
    """`text` as a YAML scalar, quoted where it needs to be."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def flow(pairs: Mapping[str, str]) -> str:
    """A mapping on one line; the values are YAML already."""
    return "{" + ", ".join(f"{scalar(key)}: {value}" for key, value in pairs.items()) + "}"


def listed(texts: Iterable[str]) -> str:
    """A list on one line."""
    return "[" + ", ".join(scalar(text) for text in texts) + "]"


def column_rule(name: str, **more: str) -> str:
    """A rule that takes the column `name`, in short form where nothing else is said."""
    if not more and "{" not in name:
        return scalar(name)
    return flow({"column": scalar(name), **more})
