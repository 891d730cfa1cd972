"""A questionnaire as plain data for templates: read-only, in one language."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from peakend.server.surveys.models import Survey
from peakend.server.surveys.question_forms import shown_value
from peakend.server.surveys.questionnaire import Question, Questionnaire, ShowIf, Words, direction
from peakend.server.surveys.words import OPERATORS
from peakend.server.web.say import picked, told


def drawn(questionnaire: Questionnaire, language: str) -> dict[str, Any]:
    """Everything a read-only page shows of `questionnaire` in `language`; a missing text is marked as
    such.
    """
    return {
        "language": language,
        "direction": direction(language),
        "title": _in(questionnaire.title, language),
        "intro": _in(questionnaire.intro, language),
        "thanks": _in(questionnaire.thanks, language),
        "privacy": _in(questionnaire.privacy, language),
        "pages": [
            {
                "id": page.id,
                "title": _in(page.title, language),
                "rule": rule_words(page.show_if),
                "questions": [_question(one, language) for one in page.questions],
            }
            for page in questionnaire.pages
        ],
    }


def _in(words: Words, language: str) -> dict[str, Any]:
    own = words.get(language, "").strip()
    return {"text": own or picked(words, language), "borrowed": not own and any(words.values())}


def _question(question: Question, language: str) -> dict[str, Any]:
    scale = question.scale
    return {
        "id": question.id,
        "type": question.type,
        "required": question.required,
        "text": _in(question.text, language),
        "help": _in(question.help, language),
        "scores": list(range(scale[0], scale[1] + 1)) if scale else [],
        "low": _in(question.low_label, language),
        "high": _in(question.high_label, language),
        "not_applicable": question.not_applicable,
        "options": [{"code": o.code, "text": _in(o.text, language)} for o in question.options],
        "rows": [{"code": o.code, "text": _in(o.text, language)} for o in question.rows],
        "rule": rule_words(question.show_if),
    }


def rule_words(rule: ShowIf | None) -> str:
    """A rule in the reader's language: `q1 is at most 6, q2 is a`."""
    if rule is None:
        return ""
    said = [f"{one.question} {told(OPERATORS[one.op])} {shown_value(one)}".strip() for one in rule.conditions]
    glue = {"all": (" and ", " 且 "), "any": (" or ", " 或 ")}[rule.match]
    from peakend.server.web.say import spoken

    return glue[1 if spoken() == "zh" else 0].join(said)


def public_preview(survey: Survey, language: str) -> str:
    """Where the survey can be seen as customers see it; nothing while no area draws it."""
    try:
        return f"{reverse('answering:preview', args=[survey.key])}?language={language}"
    except NoReverseMatch:
        return ""
