"""From a step of a questionnaire to what the template shows: texts in one language, values, errors."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template

from peakend.server.answering.checking import NOT_USED, PREFIX
from peakend.server.answering.words import WORDS, word
from peakend.server.surveys import logic
from peakend.server.surveys.questionnaire import direction

if TYPE_CHECKING:
    from peakend.server.answering.checking import Check, Error
    from peakend.server.answering.compiled import Compiled
    from peakend.server.surveys.questionnaire import Option, Question

# Names of languages in themselves; others stand as their tag.
NAMES = {
    "ar": "العربية", "bn": "বাংলা", "bo": "བོད་སྐད་", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
    "el": "Ελληνικά", "en": "English", "es": "Español", "fa": "فارسی", "fi": "Suomi", "fr": "Français",
    "he": "עברית", "hi": "हिन्दी", "hu": "Magyar", "id": "Bahasa Indonesia", "it": "Italiano", "ja": "日本語",
    "kk": "Қазақша", "km": "ខ្មែរ", "ko": "한국어", "lo": "ລາວ", "mn": "Монгол", "ms": "Bahasa Melayu",
    "my": "မြန်မာ", "nl": "Nederlands", "no": "Norsk", "pl": "Polski", "pt": "Português", "ro": "Română",
    "ru": "Русский", "sv": "Svenska", "th": "ไทย", "tr": "Türkçe", "ug": "ئۇيغۇرچە", "uk": "Українська",
    "ur": "اردو", "vi": "Tiếng Việt", "zh": "中文", "zh-hant": "繁體中文",
}  # fmt: skip
# Above so many radio buttons a question is drawn with select lists, which weigh a tenth.
MOST_RADIOS = 250
MOST_OPTIONS = 20
MARK = "@@token@@"  # where a kept page gets its token


class Say:
    """`{{ w.next }}` in templates: the word in the language of the page."""

    def __init__(self, compiled: Compiled | None, language: str) -> None:
        self._questionnaire = compiled.questionnaire if compiled else None
        self._language = language

    def __getitem__(self, name: str) -> str:
        if name not in WORDS:
            raise KeyError(name)
        return word(name, self._language, self._questionnaire)


@dataclass(slots=True)
class Shown:
    """What a page is drawn from. `values`: form fields as sent; `live`: pipes are left to the script."""

    compiled: Compiled
    language: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    embedded: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, Error] = field(default_factory=dict)
    seed: str = ""
    live: bool = False

    def text(self, words: Mapping[str, str]) -> str:
        """The text in the page's language (or the questionnaire's own), with what is piped into it."""
        questionnaire = self.compiled.questionnaire
        text = (
            words.get(self.language)
            or words.get(questionnaire.default_language)
            or next(iter(words.values()), "")
        )
        if self.live or "{{" not in text:
            return text
        return logic.piped(text, self.compiled.by_id, self.answers, self.embedded, self.language)

    def word(self, name: str, **values: object) -> str:
        """A word of the interface."""
        return word(name, self.language, self.compiled.questionnaire, **values)


def frame(shown: Shown) -> dict[str, Any]:
    """What every page of a survey needs: language, direction, title, words."""
    questionnaire = shown.compiled.questionnaire
    return {
        "language": language_tag(shown.language),
        "survey_language": shown.language,
        "direction": direction(shown.language),
        "title": shown.text(questionnaire.title),
        "w": Say(shown.compiled, shown.language),
        "languages": [
            {
                "tag": tag,
                "lang": language_tag(tag),
                "dir": direction(tag),
                "name": NAMES.get(tag.lower()) or NAMES.get(tag.partition("-")[0], tag),
            }
            for tag in questionnaire.languages
        ],
    }


def language_tag(language: str) -> str:
    """The tag for the `lang` attribute: Chinese without more is simplified."""
    return "zh-Hans" if language == "zh" else language


def render(template: str, context: dict[str, Any]) -> str:
    """Draw without a request: no session, no menu, no user on these pages."""
    return str(get_template(f"answering/{template}.html").render(context))


def errors_of(shown: Shown) -> list[dict[str, str]]:
    """The summary: what is wrong, with the address of the field it is about."""
    return [
        {
            "to": f"f-{error.name}",
            "question": shown.text(shown.compiled.by_id[name].text) if name in shown.compiled.by_id else name,
            "what": shown.word(f"error_{error.what}", n=error.n),
        }
        for name, error in shown.errors.items()
    ]


def question(shown: Shown, check: Check) -> dict[str, Any]:
    """One question as `answering/question.html` draws it."""
    asked = check.question
    error = shown.errors.get(asked.id)
    scored = bool(check.scores)
    drawn = {
        "id": asked.id,
        "type": asked.type,
        "kind": "scale" if scored else asked.type,
        "text": shown.text(asked.text),
        "help": shown.text(asked.help) if asked.help else _hint(shown, asked),
        "required": asked.required,
        "error": shown.word(f"error_{error.what}", n=error.n) if error else "",
        "rule": asked.show_if is not None and shown.live,
        "rule_json": asked.show_if.model_dump_json() if asked.show_if and shown.live else "",
    }
    described = [f"{part}-{asked.id}" for part in ("h", "e") if drawn["help" if part == "h" else "error"]]
    if scored:
        drawn |= _scale(shown, check)
    elif asked.type == "text":
        drawn |= {
            "field": check.fields[0],
            "value": _first(shown, check.fields[0]),
            "most": asked.max_length,
            "tall": asked.max_length > 100,
        }
    elif asked.type == "ranking":
        drawn["options"] = [
            {
                "field": f"{PREFIX}{asked.id}.{one.code}",
                "text": shown.text(one.text),
                "chosen": _first(shown, f"{PREFIX}{asked.id}.{one.code}"),
            }
            for one in _ordered(shown, asked)
        ]
        drawn["places"] = [str(n) for n in range(1, len(asked.options) + 1)]
    else:
        drawn |= _choices(shown, check)
    drawn["described"] = " ".join(described)
    return drawn


def to_fields(check: Check, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Stored answers as the form fields that would send them."""
    found: dict[str, list[str]] = {}
    if check.question.type == "ranking":
        chosen = answers.get(check.names[0], {}).get("choice") or []
        return {f"{PREFIX}{check.question.id}.{code}": [str(n)] for n, code in enumerate(chosen, 1)}
    for name, field_ in zip(check.names, check.fields, strict=True):
        answer = answers.get(name) or {}
        if answer.get("state") == "not_used":
            found[field_] = [NOT_USED]
        elif "score" in answer:
            found[field_] = [str(answer["score"])]
        elif "choice" in answer:
            found[field_] = list(answer["choice"])
        elif "text" in answer:
            found[field_] = [answer["text"]]
    return found


def _hint(shown: Shown, asked: Question) -> str:
    if asked.type == "multiple" and asked.most:
        return shown.word("most", n=asked.most)
    return shown.word("rank") if asked.type == "ranking" else ""


def _scale(shown: Shown, check: Check) -> dict[str, Any]:
    asked = check.question
    kind = asked.type if asked.type != "matrix" else "rating"
    low = shown.text(asked.low_label) if asked.low_label else shown.word(f"{kind}_low")
    high = shown.text(asked.high_label) if asked.high_label else shown.word(f"{kind}_high")
    legends = {
        "matrix": [shown.text(row.text) for row in asked.rows],
        "pair": [shown.word("expected"), shown.word("met")],
    }.get(asked.type, [""])
    lines = []
    for name, field_, legend in zip(check.names, check.fields, legends, strict=True):
        chosen = _first(shown, field_)
        lines.append(
            {
                "name": name,
                "field": field_,
                "legend": legend,
                "points": [(value, value == chosen) for value in check.scores],
                "unused": chosen == NOT_USED,
            }
        )
    return {
        "lines": lines,
        "many": len(lines) > 1 or asked.type in ("matrix", "pair"),
        "select": len(lines) * len(check.scores) > MOST_RADIOS,
        "low": low,
        "high": high,
        "lowest": next(iter(check.scores)),
        "highest": list(check.scores)[-1],
        "width": len(check.scores),
        "not_applicable": asked.not_applicable,
    }


def _choices(shown: Shown, check: Check) -> dict[str, Any]:
    asked = check.question
    field_ = check.fields[0]
    chosen = set(shown.values.get(field_, ()))
    if asked.type == "consent":
        options = [(code, shown.word(code), code in chosen) for code in ("yes", "no")]
    else:
        options = [(one.code, shown.text(one.text), one.code in chosen) for one in _ordered(shown, asked)]
    if asked.not_applicable and NOT_USED not in check.codes:
        options.append((NOT_USED, shown.word("not_used"), NOT_USED in chosen))
    return {
        "field": field_,
        "options": options,
        "select": asked.type == "single" and len(options) > MOST_OPTIONS,
        "several": asked.type == "multiple",
    }


def _ordered(shown: Shown, asked: Question) -> list[Option]:
    """The options, shuffled for each response where the question says so; "none of these" stays last."""
    if not asked.shuffle:
        return asked.options
    loose = [one for one in asked.options if not one.exclusive]
    random.Random(f"{shown.seed}{asked.id}").shuffle(loose)
    return loose + [one for one in asked.options if one.exclusive]


def _first(shown: Shown, field_: str) -> str:
    given = shown.values.get(field_)
    return given[0] if given else ""
