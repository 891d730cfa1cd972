"""The texts side by side in every language: what is missing, out to translators and back."""

from __future__ import annotations

from dataclasses import dataclass

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import InvalidError
from peakend.server.surveys import selectors
from peakend.server.surveys.drafts import Draft
from peakend.server.surveys.models import Survey
from peakend.server.surveys.questionnaire import Questionnaire
from peakend.server.surveys.services import change_draft
from peakend.server.surveys.tables import read_table
from peakend.server.surveys.texts import Place, places, write

HEAD = "place"
NAMES = {
    "en": "English",
    "zh": "简体中文",
    "zh-Hant": "繁體中文",
    "ar": "العربية",
    "fa": "فارسی",
    "he": "עברית",
    "ur": "اردو",
    "ug": "ئۇيغۇرچە",
    "bo": "བོད་ཡིག",
    "mn": "Монгол",
    "ja": "日本語",
    "ko": "한국어",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "pt": "Português",
    "it": "Italiano",
    "nl": "Nederlands",
    "ru": "Русский",
    "th": "ไทย",
    "vi": "Tiếng Việt",
    "id": "Bahasa Indonesia",
    "ms": "Bahasa Melayu",
    "hi": "हिन्दी",
    "tr": "Türkçe",
    "pl": "Polski",
}


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import of translations did: texts written, and lines that fitted nowhere."""

    written: int
    unknown: tuple[str, ...]
    ignored_languages: tuple[str, ...]


def language_name(tag: str) -> str:
    """The language in its own words, or its tag."""
    return NAMES.get(tag, NAMES.get(tag.split("-")[0], tag) if "-" not in tag else tag)


def table(questionnaire: Questionnaire, *, only_used: bool = True) -> list[Place]:
    """The places a translator sees: those that are needed or have words in some language."""
    return [
        place
        for place in places(questionnaire)
        if not only_used or place.needed or any(text.strip() for text in place.words.values())
    ]


def sheet(questionnaire: Questionnaire) -> list[list[str]]:
    """The table to send out: one row a place, one column a language, the default first."""
    languages = ordered(questionnaire)
    return [
        [HEAD, *languages],
        *([place.path, *(place.words.get(one, "") for one in languages)] for place in table(questionnaire)),
    ]


def ordered(questionnaire: Questionnaire) -> list[str]:
    """The languages, the default first."""
    first = questionnaire.default_language
    return [first, *(one for one in questionnaire.languages if one != first)]


def bring_in(*, actor: Actor, key: str, revision: int, content: bytes) -> tuple[Survey, Brought]:
    """Write the texts of a CSV or XLSX table (as `sheet` gives it) into the draft; empty cells change
    nothing.

    `InvalidError` for a table without the column `place` or without a language of the survey.
    """
    rows = read_table(content)
    survey, brought = change_draft(
        actor=actor,
        key=key,
        revision=revision,
        change=lambda draft: _filled(draft, rows),
        what="translations",
    )
    return survey, brought


def _filled(draft: Draft, rows: list[list[str]]) -> Brought:
    head = [cell.strip() for cell in rows[0]] if rows else []
    if HEAD not in head or not set(head) & set(draft.languages):
        raise InvalidError(
            Text("The first row must name the columns: place, en, zh …", "首行须为列名：place、en、zh 等。"),
            Text("Export the translations, fill that table, send it back.", "请先导出翻译表，填写后再上传。"),
            fields=[{"field": "file", "message": "no column place, or no language of the survey"}],
        )
    known = {place.path: place for place in places(draft)}
    columns = [(number, name) for number, name in enumerate(head) if name in draft.languages]
    written, unknown = 0, []
    for row in rows[1:]:
        path = row[head.index(HEAD)].strip() if len(row) > head.index(HEAD) else ""
        if not path:
            continue
        if path not in known:
            unknown.append(path[:120])
            continue
        for number, language in columns:
            text = row[number].strip() if number < len(row) else ""
            if text and text != known[path].words.get(language):
                write(known[path], language, text)
                written += 1
    ignored = tuple(name for name in head if name and name != HEAD and name not in draft.languages)
    return Brought(written, tuple(unknown[:50]), ignored)


def add_language(draft: Draft, tag: str) -> None:
    """One language more; `InvalidError` for what is no language tag (by the draft's own check) or is
    there.
    """
    if tag in draft.languages:
        raise InvalidError(
            Text("This language is there already.", "该语言已存在。"),
            Text("Fill its texts.", "请填写其文字。"),
            fields=[{"field": "language", "message": "is there"}],
        )
    import re

    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        raise InvalidError(
            Text(f"{tag[:20] or '(empty)'} is not a language tag.", f"“{tag[:20] or '空'}”不是语言代码。"),
            Text("Write it like ar, fr or zh-Hant.", "请写成 ar、fr 或 zh-Hant 的形式。"),
            fields=[{"field": "language", "message": "not a language tag"}],
        )
    draft.languages.append(tag)


def remove_language(draft: Draft, tag: str) -> None:
    """Take a language out with its texts; the default stays."""
    if tag == draft.default_language or tag not in draft.languages:
        raise InvalidError(
            Text("The default language stays.", "默认语言不能移除。"),
            Text("Make another one the default first.", "请先更换默认语言。"),
        )
    draft.languages.remove(tag)
    for place in places(draft):
        place.words.pop(tag, None)


def of_survey(actor: Actor, key: str) -> Questionnaire:
    """The survey's draft, for a table of its texts."""
    return selectors.draft_of(selectors.get_survey(actor, key))
