"""Pages of languages: what is missing, side by side, out and back as a table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.server.acting.errors import ConflictError, InvalidError, NotFoundError, SiteError
from peakend.server.surveys import selectors, translations
from peakend.server.surveys.drafts import Draft
from peakend.server.surveys.models import Survey
from peakend.server.surveys.pages import frame
from peakend.server.surveys.questionnaire import direction
from peakend.server.surveys.services import change_draft
from peakend.server.surveys.tables import xlsx
from peakend.server.surveys.texts import gaps, places, write
from peakend.server.surveys.uploads import received
from peakend.server.web.downloads import csv_lines
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say, told

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("surveys.read")
def languages(request: HttpRequest, key: str) -> HttpResponse:
    """Every language with what it lacks."""
    survey = selectors.get_survey(actor_of(request), key)
    return render(request, "surveys/languages.html", _context(request, survey))


def _context(request: HttpRequest, survey: Survey) -> dict[str, Any]:
    draft = selectors.draft_of(survey)
    missing, all_ = gaps(draft), len(translations.table(draft))
    listed = [
        {
            "tag": tag,
            "name": translations.language_name(tag),
            "direction": direction(tag),
            "missing": len(missing[tag]),
            "all": all_,
            "default": tag == draft.default_language,
        }
        for tag in translations.ordered(draft)
    ]
    offered = [(tag, name) for tag, name in translations.NAMES.items() if tag not in draft.languages]
    return frame(request, survey, "languages") | {"languages": listed, "offered": offered}


@page("surveys.edit")
@require_POST
def change_languages(request: HttpRequest, key: str) -> HttpResponse:
    """Add a language, take one out, make one the default, or bring a table in."""
    do, _, tag = request.POST.get("do", "").partition(":")
    actor, sent = actor_of(request), request.POST.get("revision", "")
    revision = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1
    try:
        if do == "bring":
            content = received(request.FILES.get("file"))
            _, brought = translations.bring_in(actor=actor, key=key, revision=revision, content=content)
            _tell(request, brought)
        else:
            made = {
                "add": lambda d: translations.add_language(d, request.POST.get("language", "").strip()),
                "remove": lambda d: translations.remove_language(d, tag),
                "default": lambda d: _default(d, tag),
            }.get(do)
            if made is None:
                raise NotFoundError
            change_draft(actor=actor, key=key, revision=revision, change=made, what=f"language {do}")
    except (ConflictError, InvalidError) as error:
        messages.error(request, " ".join([told(error.what), *([told(error.do)] if error.do else [])]))
        return redirect("surveys:languages", key)
    if do == "add":
        return redirect("surveys:translate", key, request.POST.get("language", "").strip())
    return redirect("surveys:languages", key)


def _default(draft: Draft, tag: str) -> None:
    if tag not in draft.languages:
        raise NotFoundError
    draft.default_language = tag


def _tell(request: HttpRequest, brought: translations.Brought) -> None:
    messages.success(request, say("{n} texts were written.", "已写入 {n} 处文字。", n=brought.written))
    if brought.unknown:
        listed = ", ".join(brought.unknown[:5])
        messages.warning(
            request,
            say("Lines that fit nowhere: {listed}.", "以下行无处可放：{listed}。", listed=listed),
        )
    if brought.ignored_languages:
        listed = ", ".join(brought.ignored_languages)
        messages.warning(
            request,
            say(
                "Columns of languages the survey does not have: {listed}.",
                "以下列的语言不在本调查中：{listed}。",
                listed=listed,
            ),
        )


@page("surveys.edit")
def translate(request: HttpRequest, key: str, tag: str) -> HttpResponse:
    """One language beside the default one, what is missing first."""
    survey = selectors.get_survey(actor_of(request), key)
    draft = selectors.draft_of(survey)
    if tag not in draft.languages:
        raise NotFoundError
    error: SiteError | None = None
    if request.method == "POST":
        error = _translated(request, key, tag)
        if error is None:
            messages.success(request, say("The translation is saved.", "翻译已保存。"))
            return redirect("surveys:languages", key)
        survey = selectors.get_survey(actor_of(request), key)
    source = draft.default_language
    if source == tag:
        source = next((one for one in draft.languages if one != tag), tag)
    lines = [
        {
            "path": place.path,
            "title": told(place.title),
            "source": place.words.get(source, ""),
            "value": request.POST.get(f"text.{place.path}", place.words.get(tag, "")),
            "missing": tag in place.missing(draft.languages),
            "question": place.question,
        }
        for place in translations.table(draft)
    ]
    context = {
        "survey": survey,
        "revision": survey.draft_revision,
        "lines": lines,
        "missing": sum(line["missing"] for line in lines),
        "tag": tag,
        "name": translations.language_name(tag),
        "direction": direction(tag),
        "source": source,
        "source_name": translations.language_name(source),
        "source_direction": direction(source),
        "error": error,
    }
    return render(request, "surveys/translate.html", context, status=error.status if error else 200)


def _translated(request: HttpRequest, key: str, tag: str) -> SiteError | None:
    def changed(draft: Draft) -> None:
        for place in places(draft):
            if f"text.{place.path}" in request.POST:
                write(place, tag, request.POST[f"text.{place.path}"])

    sent = request.POST.get("revision", "")
    revision = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1
    try:
        change_draft(
            actor=actor_of(request), key=key, revision=revision, change=changed, what=f"language {tag}"
        )
    except (ConflictError, InvalidError) as error:
        return error
    return None


@page("surveys.read")
def translation_file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The table for translators."""
    return translations_response(translations.of_survey(actor_of(request), key), key, form)


def translations_response(draft: Any, key: str, form: str) -> HttpResponse:  # noqa: ANN401 - a Questionnaire
    """The table as a file; `NotFoundError` for a format there is none of."""
    rows = translations.sheet(draft)
    if form == "xlsx":
        response = HttpResponse(xlsx(rows, "Translations"), content_type=XLSX)
    elif form == "csv":
        response = HttpResponse("".join(csv_lines(rows)), content_type="text/csv; charset=utf-8")
    else:
        raise NotFoundError
    response["Content-Disposition"] = f'attachment; filename="translations-{key[:8]}.{form}"'
    return response
