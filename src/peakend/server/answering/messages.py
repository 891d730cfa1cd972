"""Pages without a question: thanks, closed, already answered, and what else there is to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from peakend.server.answering import compiled as compiling
from peakend.server.answering.drawing import Say, Shown, frame, language_tag, render
from peakend.server.answering.framing import allowed_parent, policy
from peakend.server.answering.words import WORDS, chosen, matched, word
from peakend.server.surveys.questionnaire import direction

if TYPE_CHECKING:
    from peakend.server.answering.compiled import Compiled
    from peakend.server.answering.occasions import NoOccasionError, Occasion
    from peakend.server.web.unavailable import UnavailableError


@dataclass(frozen=True, slots=True)
class Repeat:
    """What a button sends once more: the form's fields, none for a page that is only opened."""

    action: str
    fields: Sequence[tuple[str, str]]


def message(
    request: HttpRequest,
    name: str,
    *,
    status: int = 200,
    occasion: Occasion | None = None,
    language: str = "",
    anew: str = "",
    retry_after: int = 0,
    repeat: Repeat | None = None,
) -> HttpResponse:
    """The page that says the word `name`, in a language the survey speaks or else in English or Chinese.

    `repeat`: with a button that sends the same once more.
    """
    compiled = None
    if occasion is not None and occasion.survey.current_id is not None:
        compiled = compiling.version(occasion.survey.current_id)
    known = compiled.questionnaire.languages if compiled else ["en", "zh"]
    default = compiled.questionnaire.default_language if compiled else "en"
    asked = language or request.GET.get("lang", "")[:40] or (occasion.language if occasion else "")
    spoken = matched(asked, known) if asked else None
    spoken = spoken or chosen(request.META.get("HTTP_ACCEPT_LANGUAGE", ""), known, default)
    whole = compiled.questionnaire if compiled else None
    titled = f"{name}_title" in WORDS
    heading = word(f"{name}_title" if titled else name, spoken, whole)
    context = {
        "language": language_tag(spoken),
        "direction": direction(spoken),
        "title": heading,
        "heading": heading,
        "text": word(name, spoken, whole) if titled else "",
        "w": Say(compiled, spoken),
        "mode": occasion.kind if occasion else "",
        "parent": allowed_parent(occasion) if occasion else "",
        "anew": anew,
        "repeat": repeat,
    }
    response = _sent(render("message", context), occasion, status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def thanks(
    occasion: Occasion,
    compiled: Compiled,
    language: str,
    answers: Mapping[str, Any],
    embedded: Mapping[str, Any],
) -> HttpResponse:
    """The last page. It is the same for everybody unless the company pipes something into it."""
    name = ("thanks", language, occasion.kind, allowed_parent(occasion))
    drawn = compiled.drawn.get(name)
    if drawn is None:
        shown = Shown(compiled, language, answers, embedded)
        whole = compiled.questionnaire
        context = frame(shown) | {
            "heading": shown.text(whole.thanks) if whole.thanks else shown.word("thanks"),
            "mode": occasion.kind,
            "parent": allowed_parent(occasion),
        }
        drawn = render("message", context)
        if not any("{{" in text for words in (whole.thanks, whole.title) for text in words.values()):
            compiled.drawn[name] = drawn
    return _sent(drawn, occasion, 200)


def closed_by(request: HttpRequest, none: NoOccasionError) -> HttpResponse:
    """Why there is nothing to answer."""
    status = {"missing": 404, "closed": 410}.get(none.why, 200)
    return message(request, none.why, status=status, occasion=none.occasion)


def not_now(request: HttpRequest, error: UnavailableError, occasion: Occasion | None) -> HttpResponse:
    """Nothing can be stored or read just now. The page keeps what was sent, so that nobody types it twice."""
    wait = int(str(error.data.get("retry_after", 5)))
    asked = request.GET.get("lang", "")
    fields: list[tuple[str, str]] = []
    if request.method == "POST":
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        asked = request.POST.get("in", "") or asked
    return message(
        request,
        "unstored" if request.method == "POST" else "unopened",
        status=error.status,
        occasion=occasion,
        language=asked[:40],
        retry_after=wait,
        repeat=Repeat(request.get_full_path(), fields),
    )


def _sent(drawn: str, occasion: Occasion | None, status: int) -> HttpResponse:
    response = HttpResponse(drawn, status=status)
    response.headers["Content-Security-Policy"] = policy(allowed_parent(occasion) if occasion else "")
    response.headers["Content-Length"] = str(len(response.content))
    return response
