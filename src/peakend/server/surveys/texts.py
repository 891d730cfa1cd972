"""Every text of a questionnaire with its place: what translators fill and publishing demands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from peakend.language import Text
from peakend.server.surveys.questionnaire import Question, Questionnaire, Words

LONGEST = 4000
PIPE = re.compile(r"\{\{\s*(@?[A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")
_KINDS = {
    "title": Text("Title", "标题"),
    "intro": Text("Introduction", "开场白"),
    "thanks": Text("Thanks", "致谢语"),
    "privacy": Text("Privacy notice", "隐私说明"),
    "interface": Text("Button or message", "按钮或提示"),
    "text": Text("Question", "题面"),
    "help": Text("Help", "说明"),
    "label": Text("Short label", "短标签"),
    "low_label": Text("Low end", "低端文字"),
    "high_label": Text("High end", "高端文字"),
    "option": Text("Option", "选项"),
    "row": Text("Row", "矩阵行"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One text: `path` names it ("question.q1.option.a"), `words` is the live mapping from language to text.

    `needed`: it must stand in every language; others must as soon as they stand in one.
    """

    path: str
    kind: str
    words: Words
    needed: bool = False
    question: str = ""

    @property
    def title(self) -> Text:
        """What kind of text it is."""
        return _KINDS[self.kind]

    def missing(self, languages: list[str]) -> list[str]:
        """The languages in which it must stand and does not."""
        if not self.needed and not any(self.words.get(one, "").strip() for one in languages):
            return []
        return [one for one in languages if not self.words.get(one, "").strip()]


def places(questionnaire: Questionnaire) -> Iterator[Place]:
    """Every text in the order in which it is read."""
    for kind in ("title", "intro", "thanks", "privacy"):
        yield Place(kind, kind, getattr(questionnaire, kind), kind == "title")
    for page in questionnaire.pages:
        yield Place(f"page.{page.id}.title", "title", page.title)
        for question in page.questions:
            yield from of_question(question)
    for name, words in questionnaire.interface.items():
        yield Place(f"interface.{name}", "interface", words)


def of_question(question: Question) -> Iterator[Place]:
    """The texts of one question."""
    stem = f"question.{question.id}"
    for kind in ("text", "help", "label", "low_label", "high_label"):
        yield Place(f"{stem}.{kind}", kind, getattr(question, kind), kind == "text", question.id)
    for option in question.options:
        yield Place(f"{stem}.option.{option.code}", "option", option.text, True, question.id)
    for row in question.rows:
        yield Place(f"{stem}.row.{row.code}", "row", row.text, True, question.id)


def gaps(questionnaire: Questionnaire) -> dict[str, list[Place]]:
    """What is missing, by language."""
    found: dict[str, list[Place]] = {one: [] for one in questionnaire.languages}
    for place in places(questionnaire):
        for language in place.missing(questionnaire.languages):
            found[language].append(place)
    return found


def storable(text: str) -> str:
    """The text without what no database takes: NUL and halves of letters."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def write(place: Place, language: str, text: str) -> None:
    """Put `text` at the place; an empty one takes it away."""
    cleaned = storable(text).replace("\r\n", "\n").strip()[:LONGEST]
    if cleaned:
        place.words[language] = cleaned
    else:
        place.words.pop(language, None)
