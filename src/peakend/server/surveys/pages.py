"""Pages of surveys: the list, a new one, one survey with its tabs, publishing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.views.decorators.http import require_POST

from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.acting.policies import may
from peakend.server.company.models import Site
from peakend.server.surveys import publishing, selectors, services
from peakend.server.surveys.balance import audited
from peakend.server.surveys.drawing import drawn, public_preview
from peakend.server.surveys.importing.bringing import bring_survey
from peakend.server.surveys.library import templates
from peakend.server.surveys.models import Survey
from peakend.server.surveys.policies import EDIT
from peakend.server.surveys.publishing import Readiness
from peakend.server.surveys.series import questionnaire_of
from peakend.server.surveys.translations import language_name
from peakend.server.surveys.uploads import received
from peakend.server.surveys.words import KINDS, STATUS
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say, spoken, told


@page("surveys.read")
def survey_list(request: HttpRequest) -> HttpResponse:
    """Every survey with its state, answers and the last of them."""
    actor = actor_of(request)
    status = request.GET.get("status", "")
    rows = selectors.with_answers(actor, selectors.surveys(actor))
    counts = {name: selectors.surveys(actor).filter(status=name).count() for name in STATUS}
    if status in STATUS:
        rows = rows.filter(status=status)
    found, following = cut(rows, request.GET.get("cursor"), 50)
    return render(
        request,
        "surveys/list.html",
        {
            "surveys": found,
            "next": following,
            "status": status,
            "counts": counts,
            "total": sum(counts.values()),
            "statuses": STATUS,
            "kinds": KINDS,
        },
    )


@page("surveys.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Choose a template, or begin with an empty page."""
    if request.method == "POST":
        chosen = request.POST.get("template", "")
        name = request.POST.get("name", "").strip()
        try:
            survey = services.create_survey(
                actor=actor_of(request),
                name={spoken(): name} if name else {},
                questionnaire=None if chosen or not name else _empty(request, name),
                from_template=chosen,
            )
        except InvalidError as error:
            return render(
                request,
                "surveys/new.html",
                {"templates": templates(), "error": error, "kinds": KINDS},
                status=422,
            )
        return redirect("surveys:survey", survey.key)
    return render(request, "surveys/new.html", {"templates": templates(), "kinds": KINDS})


def _empty(request: HttpRequest, name: str) -> dict[str, Any]:
    from peakend.server.surveys.drafts import blank, dumped

    first = spoken()
    languages = [first, *(["zh", "en"] if request.POST.get("both") == "on" else [])]
    return dumped(blank(list(dict.fromkeys(languages)), {first: name}))


@page("surveys.edit")
def bring(request: HttpRequest) -> HttpResponse:
    """Import a questionnaire of another system, then the report of what was lost."""
    if request.method != "POST":
        return render(request, "surveys/bring.html")
    try:
        survey, found = bring_survey(actor=actor_of(request), content=received(request.FILES.get("file")))
    except InvalidError as error:
        return render(request, "surveys/bring.html", {"error": error}, status=422)
    return render(request, "surveys/brought.html", {"survey": survey, "found": found})


@page("surveys.read")
def survey_page(request: HttpRequest, key: str) -> HttpResponse:
    """The survey: what to do next, and its questions."""
    from peakend.server.surveys.builder import builder_context

    survey = selectors.get_survey(actor_of(request), key)
    return render(request, "surveys/survey.html", builder_context(request, survey))


def frame(request: HttpRequest, survey: Survey, tab: str) -> dict[str, Any]:
    """What every tab of a survey's page needs: the finding, what to do next, whether the reader may edit."""
    actor = actor_of(request)
    ready = publishing.readiness(survey)
    counted = selectors.with_answers(actor, Survey.objects.filter(pk=survey.pk)).values_list(
        "answers", "last_answer_at"
    )[0]
    answers = counted[0] or 0
    editable = may(actor, EDIT) and selectors.may_edit(actor, survey)
    return {
        "survey": survey,
        "tab": tab,
        "ready": ready,
        "answers": answers,
        "last_answer_at": counted[1],
        "finding": finding(survey, ready, answers),
        "can_edit": editable,
        "status_words": told(STATUS[survey.status]),
        "kind_words": told(KINDS.get(survey.kind, KINDS["transactional"])),
        "preview_url": reverse("surveys:preview", args=[survey.key]),
    }


def finding(survey: Survey, ready: Readiness, answers: int) -> str:
    """The survey's state in a sentence."""
    n = number_format(answers, force_grouping=True)
    if survey.status == "closed":
        return say("Closed with {n} answers", "已关闭，共收到 {n} 份答卷", n=n)
    left = len(ready.problems)
    if survey.current_id is None:
        if not any(True for page in survey.draft.get("pages", []) for _ in page.get("questions", [])):
            return say("Add the first question", "请添加第一道题")
        if left:
            return (
                say("{n} things to settle before it can go out", "发布前还有 {n} 处待处理", n=left)
                if left > 1
                else say("One thing to settle before it can go out", "发布前还有 1 处待处理")
            )
        return say("Ready to publish", "可以发布了")
    if not ready.unchanged:
        return say("Live, with changes that are not published", "进行中，另有尚未发布的改动")
    if not answers:
        return say("Live, and waiting for the first answer", "进行中，等待第一份答卷")
    return say("Live, with {n} answers so far", "进行中，已收到 {n} 份答卷", n=n)


@page("surveys.read")
def versions(request: HttpRequest, key: str) -> HttpResponse:
    """What was published when, and where series broke."""
    survey = selectors.get_survey(actor_of(request), key)
    listed = list(selectors.versions(survey))
    return render(
        request,
        "surveys/versions.html",
        frame(request, survey, "versions")
        | {"versions": listed, "breaks": [_told_break(one) for one in selectors.breaks(survey)]},
    )


def _told_break(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a SeriesBreak
    before: dict[str, str] = {}
    after = next((one for one in questionnaire_of(row.version).questions() if one.item == row.item), None)
    earlier = row.version.survey.versions.filter(number__lt=row.version.number).order_by("-number").first()
    if earlier is not None:
        asked = next((one for one in questionnaire_of(earlier).questions() if one.item == row.item), None)
        before = asked.text if asked else {}
    return {"row": row, "before": before, "after": after.text if after else {}}


@page("surveys.read")
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version, word for word."""
    survey = selectors.get_survey(actor_of(request), key)
    found = selectors.get_version(survey, number)
    questionnaire = questionnaire_of(found)
    language = _language(request, questionnaire.languages, questionnaire.default_language)
    return render(
        request,
        "surveys/version.html",
        {
            "survey": survey,
            "version": found,
            "drawn": drawn(questionnaire, language),
            "languages": [(tag, language_name(tag)) for tag in questionnaire.languages],
        },
    )


@page("surveys.read")
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """The draft as it reads in one language."""
    survey = selectors.get_survey(actor_of(request), key)
    draft = selectors.draft_of(survey)
    language = _language(request, draft.languages, draft.default_language)
    return render(
        request,
        "surveys/preview.html",
        {
            "survey": survey,
            "drawn": drawn(draft, language),
            "languages": [(tag, language_name(tag)) for tag in draft.languages],
            "public": public_preview(survey, language) if survey.current_id else "",
        },
    )


def _language(request: HttpRequest, languages: list[str], default: str) -> str:
    asked = request.GET.get("language", "")
    if asked in languages:
        return asked
    return spoken() if spoken() in languages else default


@page("surveys.edit")
def settings(request: HttpRequest, key: str) -> HttpResponse:
    """Name, programme, kind, anonymity, site."""
    actor = actor_of(request)
    survey = selectors.get_survey(actor, key)
    error: ConflictError | InvalidError | None = None
    if request.method == "POST":
        fixed = survey.current_id is not None
        name = {one: request.POST.get(f"name.{one}", "") for one in _name_languages(survey)}
        try:
            services.change_settings(
                actor=actor,
                key=key,
                name=survey.name | name,
                kind=request.POST.get("kind", ""),
                site_code=request.POST.get("site", ""),
                programme=None if fixed else request.POST.get("programme", ""),
                anonymous=None if fixed else request.POST.get("anonymous") == "on",
            )
            messages.success(request, say("Saved.", "已保存。"))
            return redirect("surveys:settings", key)
        except (ConflictError, InvalidError) as caught:
            error = caught
    sites = Site.objects.filter(active=True)
    if not actor.reach.everything:
        sites = sites.filter(pk__in=actor.reach.sites)
    context = frame(request, survey, "settings") | {
        "error": error,
        "names": [(one, survey.name.get(one, ""), language_name(one)) for one in _name_languages(survey)],
        "kinds": KINDS,
        "sites": sites,
        "whole": actor.reach.everything,
        "programmes": sorted(
            set(selectors.surveys(actor).exclude(programme="").values_list("programme", flat=True))
        ),
    }
    return render(request, "surveys/settings.html", context, status=422 if error else 200)


def _name_languages(survey: Survey) -> list[str]:
    return list(dict.fromkeys(["en", "zh", *survey.name]))


@page("surveys.publish")
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """What publishing would mean, then the deed."""
    actor = actor_of(request)
    survey = selectors.get_survey(actor, key)
    error: ConflictError | InvalidError | None = None
    if request.method == "POST":
        sent = request.POST.get("revision", "")
        try:
            made = publishing.publish(
                actor=actor,
                key=key,
                revision=int(sent) if sent.isdigit() and len(sent) < 10 else -1,
                confirmed=request.POST.getlist("confirmed"),
                reason=request.POST.get("reason", "")[:400],
            )
            messages.success(
                request,
                say("Version {n} is live.", "第 {n} 版已发布。", n=made.number),
            )
            return redirect("surveys:survey", key)
        except (ConflictError, InvalidError) as caught:
            error = caught
            survey = selectors.get_survey(actor, key)
    balance = audited(selectors.draft_of(survey))
    context = frame(request, survey, "publish") | {
        "error": error,
        "balance": balance,
        "share": None if balance.share is None else round(100 * balance.share),
        "parts": sum(bool(item.nature) for item in balance.items),
        "reason": request.POST.get("reason", ""),
        "next_number": survey.versions.count() + 1,
    }
    return render(request, "surveys/publish.html", context, status=error.status if error else 200)


@page("surveys.publish")
@require_POST
def turn(request: HttpRequest, key: str) -> HttpResponse:
    """Close the survey, or open it again."""
    act = publishing.reopen if request.POST.get("do") == "reopen" else publishing.close
    act(actor=actor_of(request), key=key)
    return redirect("surveys:survey", key)


@page("surveys.edit")
@require_POST
def duplicate(request: HttpRequest, key: str) -> HttpResponse:
    """A copy in draft."""
    survey = services.duplicate(actor=actor_of(request), key=key)
    messages.success(request, say("This is the copy.", "这是副本。"))
    return redirect("surveys:survey", survey.key)


@page("surveys.edit")
@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Delete a draft that was never published."""
    services.discard(actor=actor_of(request), key=key)
    messages.success(request, say("The draft is deleted.", "草稿已删除。"))
    return redirect("surveys:list")
