"""Surveys by program: everything the pages can do."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from peakend.server.surveys import publishing, selectors, services, translations
from peakend.server.surveys.api.shapes import (
    MOST_REVISION,
    BreakList,
    BroughtOut,
    CheckOut,
    DraftIn,
    DraftOut,
    ImportOut,
    PublishIn,
    SettingsIn,
    SurveyIn,
    SurveyList,
    SurveyOut,
    TemplateOut,
    VersionList,
    WholeVersionOut,
)
from peakend.server.surveys.balance import audited
from peakend.server.surveys.export_pages import answers_response
from peakend.server.surveys.importing.bringing import bring_survey, own_file
from peakend.server.surveys.language_pages import translations_response
from peakend.server.surveys.library import BankItem, Template, item_bank, template, templates
from peakend.server.surveys.models import SeriesBreak, Survey, SurveyVersion
from peakend.server.surveys.questionnaire import Questionnaire
from peakend.server.surveys.texts import storable
from peakend.server.surveys.uploads import received
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.problems import gives

router = Router()


def _shown(survey: Survey) -> dict[str, Any]:
    last = getattr(survey, "last_answer_at", None)
    return {
        "key": survey.key,
        "name": survey.name,
        "programme": survey.programme,
        "kind": survey.kind,
        "anonymous": survey.anonymous,
        "status": survey.status,
        "site": survey.site.code if survey.site else None,
        "revision": survey.draft_revision,
        "version": survey.current.number if survey.current else None,
        "answers": getattr(survey, "answers", None) or 0,
        "last_answer_on": last.date() if last else None,
    }


def _one(request: HttpRequest, key: str) -> dict[str, Any]:
    actor = actor_of(request)
    survey = selectors.get_survey(actor, key)
    return _shown(selectors.with_answers(actor, selectors.surveys(actor)).get(pk=survey.pk))


def _version(version: SurveyVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "digest": version.digest,
        "published_at": version.published_at,
        "published_by": version.published_by.name if version.published_by else None,
    }


def _break(row: SeriesBreak) -> dict[str, Any]:
    return {
        "item": row.item,
        "programme": row.programme,
        "survey": row.version.survey.key,
        "version": row.version.number,
        "at": row.at,
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
    }


@router.get("/surveys", response=gives(SurveyList))
@acts("surveys.read")
def list_surveys(
    request: HttpRequest, status: str = "", cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """Surveys, the newest first."""
    actor = actor_of(request)
    rows = selectors.with_answers(actor, selectors.surveys(actor))
    if status:
        rows = rows.filter(status=storable(status))
    found, following = cut(rows, cursor, limit)
    return {"items": [_shown(one) for one in found], "next": following}


@router.post("/surveys", response=gives(SurveyOut, 201))
@acts("surveys.edit")
def create_survey(request: HttpRequest, sent: SurveyIn) -> Status[dict[str, Any]]:
    """Create a survey in draft."""
    survey = services.create_survey(
        actor=actor_of(request),
        name=sent.name,
        questionnaire=sent.questionnaire,
        from_template=sent.template,
        programme=sent.programme,
        kind=sent.kind,
        anonymous=sent.anonymous,
        site_code=sent.site,
    )
    return Status(201, _one(request, survey.key))


@router.get("/surveys/{key}", response=gives(SurveyOut))
@acts("surveys.read")
def get_survey(request: HttpRequest, key: str) -> dict[str, Any]:
    """One survey."""
    return _one(request, key)


@router.patch("/surveys/{key}", response=gives(SurveyOut))
@acts("surveys.edit")
def change_settings(request: HttpRequest, key: str, sent: SettingsIn) -> dict[str, Any]:
    """Change name, programme, kind, anonymity or site."""
    services.change_settings(
        actor=actor_of(request),
        key=key,
        name=sent.name,
        programme=sent.programme,
        kind=sent.kind,
        anonymous=sent.anonymous,
        site_code=sent.site,
    )
    return _one(request, key)


@router.delete("/surveys/{key}", response=gives(None, 204))
@acts("surveys.edit")
def discard_survey(request: HttpRequest, key: str) -> Status[None]:
    """Delete a draft that was never published."""
    services.discard(actor=actor_of(request), key=key)
    return Status(204, None)


@router.get("/surveys/{key}/draft", response=gives(DraftOut))
@acts("surveys.read")
def get_draft(request: HttpRequest, key: str) -> dict[str, Any]:
    """The draft with its revision."""
    survey = selectors.get_survey(actor_of(request), key)
    return {"revision": survey.draft_revision, "questionnaire": survey.draft}


@router.put("/surveys/{key}/draft", response=gives(DraftOut))
@acts("surveys.edit")
def save_draft(request: HttpRequest, key: str, sent: DraftIn) -> dict[str, Any]:
    """Save the draft; 409 where somebody saved since `revision`."""
    survey = services.save_draft(
        actor=actor_of(request), key=key, revision=sent.revision, questionnaire=sent.questionnaire
    )
    return {"revision": survey.draft_revision, "questionnaire": survey.draft}


@router.get("/surveys/{key}/check", response=gives(CheckOut))
@acts("surveys.read")
def check_draft(request: HttpRequest, key: str) -> dict[str, Any]:
    """What publishing the draft would mean."""
    survey = selectors.get_survey(actor_of(request), key)
    ready = publishing.readiness(survey)
    balance = audited(selectors.draft_of(survey))
    return {
        "ready": ready.ready,
        "problems": [
            {"question": p.question, "language": p.language, "en": p.what.en, "zh": p.what.zh}
            for p in ready.problems
        ],
        "breaks": [change.item for change in ready.changes],
        "emotional_share": balance.share,
        "items": sum(bool(item.nature) for item in balance.items),
        "uncovered": [one.key for one in balance.uncovered],
        "warnings": [{"question": q, "en": what.en, "zh": what.zh} for q, what in balance.warnings],
    }


@router.post("/surveys/{key}/publish", response=gives(WholeVersionOut, 201))
@acts("surveys.publish")
def publish(request: HttpRequest, key: str, sent: PublishIn) -> Status[dict[str, Any]]:
    """Publish the draft as the next version; 409 where core items changed without being confirmed."""
    version = publishing.publish(
        actor=actor_of(request),
        key=key,
        revision=sent.revision,
        confirmed=sent.confirmed,
        reason=sent.reason,
    )
    return Status(201, _version(version) | {"questionnaire": version.questionnaire})


@router.post("/surveys/{key}/close", response=gives(SurveyOut))
@acts("surveys.publish")
def close(request: HttpRequest, key: str) -> dict[str, Any]:
    """Close a live survey."""
    publishing.close(actor=actor_of(request), key=key)
    return _one(request, key)


@router.post("/surveys/{key}/reopen", response=gives(SurveyOut))
@acts("surveys.publish")
def reopen(request: HttpRequest, key: str) -> dict[str, Any]:
    """Open a closed survey again."""
    publishing.reopen(actor=actor_of(request), key=key)
    return _one(request, key)


@router.post("/surveys/{key}/duplicate", response=gives(SurveyOut, 201))
@acts("surveys.edit")
def duplicate(request: HttpRequest, key: str) -> Status[dict[str, Any]]:
    """A copy in draft."""
    survey = services.duplicate(actor=actor_of(request), key=key)
    return Status(201, _one(request, survey.key))


@router.get("/surveys/{key}/versions", response=gives(VersionList))
@acts("surveys.read")
def list_versions(
    request: HttpRequest, key: str, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """Versions, the newest first."""
    survey = selectors.get_survey(actor_of(request), key)
    found, following = cut(selectors.versions(survey), cursor, limit)
    return {"items": [_version(one) for one in found], "next": following}


@router.get("/surveys/{key}/versions/{number}", response=gives(WholeVersionOut))
@acts("surveys.read")
def get_version(request: HttpRequest, key: str, number: int) -> dict[str, Any]:
    """One version, word for word."""
    survey = selectors.get_survey(actor_of(request), key)
    version = selectors.get_version(survey, number)
    return _version(version) | {"questionnaire": version.questionnaire}


@router.get("/surveys/{key}/breaks", response=gives(BreakList))
@acts("surveys.read")
def list_breaks(request: HttpRequest, key: str, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """Breaks of series in the survey's programme."""
    survey = selectors.get_survey(actor_of(request), key)
    found, following = cut(selectors.breaks(survey), cursor, limit)
    return {"items": [_break(one) for one in found], "next": following}


@router.get("/surveys/{key}/questionnaire", response=gives(dict[str, Any]))
@acts("surveys.read")
def get_questionnaire_file(request: HttpRequest, key: str) -> dict[str, Any]:
    """The draft as a file that `POST /survey-imports` takes exactly."""
    return own_file(selectors.draft_of(selectors.get_survey(actor_of(request), key)))


@router.get("/surveys/{key}/translations", response=gives(None))
@acts("surveys.read")
def get_translations(request: HttpRequest, key: str, file: str = "csv") -> HttpResponse:
    """The table for translators, `csv` or `xlsx`."""
    return translations_response(translations.of_survey(actor_of(request), key), key, file)


@router.post("/surveys/{key}/translations", response=gives(BroughtOut))
@acts("surveys.edit")
def bring_translations(
    request: HttpRequest,
    key: str,
    file: File[UploadedFile],
    revision: int = Query(..., ge=0, le=MOST_REVISION),
) -> dict[str, Any]:
    """Write the texts of a CSV or XLSX table into the draft."""
    survey, brought = translations.bring_in(
        actor=actor_of(request), key=key, revision=revision, content=received(file)
    )
    return {
        "written": brought.written,
        "unknown": list(brought.unknown),
        "ignored_languages": list(brought.ignored_languages),
        "revision": survey.draft_revision,
    }


@router.get("/surveys/{key}/answers", response=gives(None))
@acts("surveys.export")
def export_answers(
    request: HttpRequest,
    key: str,
    file: str = "csv",
    language: str = "",
    since: date | None = None,
    until: date | None = None,
) -> HttpResponse:
    """The answers as `csv`, `xlsx` or `sav` (SPSS); labels in `language`."""
    return answers_response(actor_of(request), key, file, language, since, until)


@router.post("/survey-imports", response=gives(ImportOut, 201))
@acts("surveys.edit")
def import_survey(request: HttpRequest, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """A survey of a Qualtrics QSF, LimeSurvey LSS or Peakend JSON file, with every loss."""
    survey, found = bring_survey(actor=actor_of(request), content=received(file))
    losses = [{"where": one.where, "en": one.what.en, "zh": one.what.zh} for one in found.losses]
    return Status(201, {"survey": _one(request, survey.key), "source": found.source, "losses": losses})


@router.get("/survey-schema", response=gives(dict[str, Any]))
@acts("surveys.read")
def get_schema(request: HttpRequest) -> dict[str, Any]:
    """The JSON schema of a questionnaire."""
    return Questionnaire.model_json_schema()


@router.get("/survey-templates", response=gives(list[TemplateOut]))
@acts("surveys.read")
def list_templates(request: HttpRequest) -> list[dict[str, Any]]:
    """The templates, without their questions."""
    return [_template(one) for one in templates().values()]


@router.get("/survey-templates/{name}", response=gives(TemplateOut))
@acts("surveys.read")
def get_template(request: HttpRequest, name: str) -> dict[str, Any]:
    """One template with its questionnaire."""
    found = template(name)
    return _template(found) | {"questionnaire": found.questionnaire.model_dump(mode="json")}


@router.get("/survey-items", response=gives(list[dict[str, Any]]))
@acts("surveys.read")
def list_items(request: HttpRequest, tone: str = "") -> list[dict[str, Any]]:
    """The item bank; `tone` is functional or emotional."""
    return [_item(one) for one in item_bank().values() if not tone or one.question.tone == tone]


def _template(one: Template) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": {"en": one.title.en, "zh": one.title.zh},
        "about": {"en": one.about.en, "zh": one.about.zh},
        "kind": one.kind,
        "programme": one.programme,
        "anonymous": one.anonymous,
    }


def _item(one: BankItem) -> dict[str, Any]:
    return {
        "name": one.name,
        "tone": one.question.tone,
        "field": {"en": one.field.en, "zh": one.field.zh},
        "question": one.question.model_dump(mode="json"),
    }
