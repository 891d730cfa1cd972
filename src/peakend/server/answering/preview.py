"""A survey as customers see it, for staff: the draft or the published version. It stores nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from pydantic import ValidationError

from peakend.language import Text
from peakend.server.acting.errors import InvalidError
from peakend.server.answering.checking import from_form
from peakend.server.answering.compiled import Step, compiled
from peakend.server.answering.drawing import Shown, language_tag, render, to_fields
from peakend.server.answering.framing import policy
from peakend.server.answering.pages import step_context
from peakend.server.answering.words import chosen, matched
from peakend.server.surveys.policies import READ
from peakend.server.surveys.questionnaire import Questionnaire, direction
from peakend.server.surveys.selectors import get_survey
from peakend.server.web.pages import actor_of, page

if TYPE_CHECKING:
    from peakend.server.surveys.models import Survey

_SALT = "peakend.answering.preview"


@page(READ)
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """`/s/preview/<survey key>/`: the draft, with `?version=current` what is live.

    What was chosen so far travels with the form, signed, as nothing is stored.
    """
    survey = get_survey(actor_of(request), key)
    whole = compiled(_questionnaire(survey, request.GET.get("version", "")))
    known = whole.questionnaire.languages
    form = request.POST
    asked = form.get("lang") or form.get("in") or request.GET.get("lang") or request.GET.get("language") or ""
    language = matched(asked[:40], known) or chosen(
        request.META.get("HTTP_ACCEPT_LANGUAGE", ""), known, whole.questionnaire.default_language
    )
    shown = Shown(whole, language, seed=survey.key)
    if not whole.steps:
        return _end(shown)
    if request.method != "POST":
        first = whole.next_step(-1, {}, {})
        return _step(request, shown, first, survey) if first else _end(shown)
    shown.answers = _state(form.get("state", ""))
    number = form.get("step", "0")
    step = whole.steps[int(number)] if number in map(str, range(len(whole.steps))) else whole.steps[0]
    return _sent(request, shown, step, survey)


def _sent(request: HttpRequest, shown: Shown, step: Step, survey: Survey) -> HttpResponse:
    form, whole = request.POST, shown.compiled
    sent = dict(form.lists())
    if form.get("lang"):
        shown.values = sent
        return _step(request, shown, step, survey)
    checked = from_form(whole.shown(step, shown.answers, {}), sent, lenient=form.get("go") == "back")
    if checked.errors and form.get("go") != "back":
        shown.values, shown.errors = sent, checked.errors
        return _step(request, shown, step, survey)
    shown.answers = whole.kept({**shown.answers, **checked.answers}, {})
    if form.get("go") == "back":
        after: Step | None = whole.step_before(step.number, shown.answers, {}) or step
    else:
        after = whole.next_step(step.number, shown.answers, {})
    if after is None:
        return _end(shown)
    shown.values = {
        name: value for one in after.checks for name, value in to_fields(one, shown.answers).items()
    }
    return _step(request, shown, after, survey)


def _questionnaire(survey: Survey, version: str) -> Questionnaire:
    stored = survey.current.questionnaire if version == "current" and survey.current else survey.draft
    try:
        return Questionnaire.model_validate(stored)
    except ValidationError as error:
        raise InvalidError(
            Text("The draft is not finished and cannot be shown yet.", "草稿尚未完成，暂时无法预览。"),
            Text("Finish it in the builder.", "请先在编辑器中完成草稿。"),
        ) from error


def _state(text: str) -> dict[str, Any]:
    try:
        found = signing.loads(text, salt=_SALT) if text else {}
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _step(request: HttpRequest, shown: Shown, step: Step, survey: Survey) -> HttpResponse:
    context = step_context(shown, step) | {
        "action": request.get_full_path(),
        "mode": "preview",
        "preview": True,
        "token": "",
        "state": signing.dumps(dict(shown.answers), salt=_SALT),
        "anonymous": survey.anonymous,
    }
    from django.template.loader import get_template

    return _headed(str(get_template("answering/step.html").render(context, request)))


def _end(shown: Shown) -> HttpResponse:
    whole = shown.compiled.questionnaire
    heading = shown.text(whole.thanks) if whole.thanks else shown.word("thanks")
    context = {
        "language": language_tag(shown.language),
        "direction": direction(shown.language),
        "title": shown.text(whole.title),
        "heading": heading,
        "text": shown.word("preview"),
        "mode": "preview",
    }
    return _headed(render("message", context))


def _headed(drawn: str) -> HttpResponse:
    response = HttpResponse(drawn)
    # The builder may show it beside the draft.
    response.headers["Content-Security-Policy"] = policy("'self'")
    return response
