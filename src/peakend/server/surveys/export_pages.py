"""Taking out: the answers as a file, the questionnaire as a file."""

from __future__ import annotations

from datetime import date

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import InvalidError, SiteError
from peakend.server.surveys import selectors
from peakend.server.surveys.exporting.answers import export_answers
from peakend.server.surveys.exporting.files import FORMATS, csv_file, sav_file, xlsx_file
from peakend.server.surveys.importing.bringing import own_file
from peakend.server.surveys.pages import frame
from peakend.server.surveys.translations import language_name
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import spoken


@page("surveys.export")
def export_page(request: HttpRequest, key: str) -> HttpResponse:
    """Choose a format, a language and a period."""
    survey = selectors.get_survey(actor_of(request), key)
    draft = selectors.draft_of(survey)
    error: SiteError | None = None
    if "file" in request.GET:
        try:
            return answers_response(
                actor_of(request),
                key,
                request.GET.get("file", ""),
                request.GET.get("language", ""),
                _day(request.GET.get("since", "")),
                _day(request.GET.get("until", "")),
            )
        except InvalidError as caught:
            error = caught
    context = frame(request, survey, "export") | {
        "languages": [(tag, language_name(tag)) for tag in draft.languages],
        "spoken": spoken() if spoken() in draft.languages else draft.default_language,
        "error": error,
    }
    return render(request, "surveys/export.html", context, status=error.status if error else 200)


def answers_response(
    actor: Actor, key: str, file: str, language: str, since: date | None, until: date | None
) -> HttpResponse:
    """The answers as a file: CSV flows while it is read, the others are written first."""
    if file not in FORMATS:
        raise InvalidError(
            Text(f"There is no format {file[:20]}.", f"没有 {file[:20]} 格式。"),
            Text(f"Choose one of {', '.join(FORMATS)}.", f"请选择 {'、'.join(FORMATS)} 之一。"),
        )
    export = export_answers(actor=actor, key=key, since=since, until=until, file=file)
    draft_languages = export.survey.draft.get("languages", [])
    chosen = language if language in draft_languages else spoken()
    if file == "csv":
        response: HttpResponse = StreamingHttpResponse(csv_file(export), content_type=FORMATS[file])
    else:
        made = xlsx_file(export, chosen) if file == "xlsx" else sav_file(export, chosen)
        response = FileResponse(made, content_type=FORMATS[file])
    response["Content-Disposition"] = f'attachment; filename="answers-{key[:8]}.{file}"'
    return response


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(
            Text(f"{text[:20]} is not a day.", f"“{text[:20]}”不是日期。"),
            Text("Write it like 2024-05-31.", "请写成 2024-05-31 的形式。"),
            fields=[{"field": "since", "message": "not a day"}],
        ) from error


@page("surveys.read")
def questionnaire_file(request: HttpRequest, key: str) -> HttpResponse:
    """The draft as our own file, which imports exactly."""
    survey = selectors.get_survey(actor_of(request), key)
    response = JsonResponse(
        own_file(selectors.draft_of(survey)), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = f'attachment; filename="questionnaire-{key[:8]}.json"'
    return response
