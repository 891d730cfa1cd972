"""The builder: pages and questions are added, moved and worded. Plain forms; htmx only saves the reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from peakend.server.acting.errors import ConflictError, InvalidError, NotFoundError, SiteError
from peakend.server.company.models import Touchpoint
from peakend.server.surveys import drafts, selectors
from peakend.server.surveys.balance import emotional_dimensions
from peakend.server.surveys.drafts import Draft, DraftQuestion
from peakend.server.surveys.drawing import rule_words
from peakend.server.surveys.library import bank_item, item_bank
from peakend.server.surveys.models import Survey
from peakend.server.surveys.pages import frame
from peakend.server.surveys.question_forms import (
    SPARE,
    Sent,
    earlier,
    fit_values,
    put_question,
    read_question,
    read_rule,
    shown_value,
)
from peakend.server.surveys.questionnaire import Condition, QuestionType, ShowIf, Words, direction
from peakend.server.surveys.services import change_draft
from peakend.server.surveys.texts import LONGEST
from peakend.server.surveys.translations import language_name, ordered
from peakend.server.surveys.words import OPERATORS, PURPOSES, TONES, TYPES
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import picked, say, spoken, told

MOST_SHOWN = 3  # languages side by side; further ones are filled in the table of translations


def builder_context(request: HttpRequest, survey: Survey) -> dict[str, Any]:
    """What the tab of questions shows."""
    draft = selectors.draft_of(survey)
    context = frame(request, survey, "questions")
    wrong: dict[str, int] = {}
    for problem in context["ready"].problems:
        wrong[problem.question] = wrong.get(problem.question, 0) + 1
    return context | {
        "draft": draft,
        "pages": [
            {
                "id": one.id,
                "number": number,
                "title": picked(one.title),
                "rule": rule_words(one.show_if),
                "questions": [_line(question, wrong) for question in one.questions],
            }
            for number, one in enumerate(draft.pages, 1)
        ],
        "types": TYPES,
        "bank": _bank(),
    }


def _bank() -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, one in item_bank().items():
        groups.setdefault(told(one.field), []).append((name, picked(one.question.text)))
    return groups


def _line(question: DraftQuestion, wrong: dict[str, int]) -> dict[str, Any]:
    return {
        "id": question.id,
        "text": picked(question.text),
        "type": told(TYPES[question.type]),
        "required": question.required,
        "item": question.item,
        "rule": rule_words(question.show_if),
        "wrong": wrong.get(question.id, 0),
        "options": [picked(one.text) for one in (*question.rows, *question.options)],
    }


@page("surveys.edit")
@require_POST
def change(request: HttpRequest, key: str) -> HttpResponse:
    """One change of the structure: `do` names it, `page` or `question` what it is about."""
    post = request.POST
    do, _, about = post.get("do", "").partition(":")
    made = _CHANGES.get(do)
    if made is None:
        raise NotFoundError
    try:
        survey, outcome = change_draft(
            actor=actor_of(request),
            key=key,
            revision=_revision(request),
            change=lambda draft: made(draft, about, request),
            what=do,
        )
    except (ConflictError, InvalidError) as error:
        return _told(request, key, error)
    if isinstance(outcome, DraftQuestion):
        address = reverse("surveys:question", args=[key, outcome.id])
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    if request.htmx:
        return render(request, "surveys/_builder.html", builder_context(request, survey))
    return redirect(f"{reverse('surveys:survey', args=[key])}#{about or 'questions'}")


def _told(request: HttpRequest, key: str, error: SiteError) -> HttpResponse:
    sentences = [told(error.what), *([told(error.do)] if error.do else [])]
    messages.error(request, " ".join(sentences))
    address = reverse("surveys:survey", args=[key])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _revision(request: HttpRequest) -> int:
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1


def _added(draft: Draft, about: str, request: HttpRequest) -> DraftQuestion:
    kind = request.POST.get("type", "")
    if kind.startswith("bank."):
        return drafts.insert_question(draft, about, bank_item(kind.removeprefix("bank.")).question)
    if kind not in get_args(QuestionType):
        raise NotFoundError
    return drafts.add_question(draft, about, kind)


def _page_added(draft: Draft, about: str, request: HttpRequest) -> None:
    drafts.add_page(draft)


_Change = Callable[[Draft, str, HttpRequest], Any]
_CHANGES: dict[str, _Change] = {
    "add-page": _page_added,
    "add-question": _added,
    "remove-page": lambda draft, about, request: drafts.remove_page(draft, about),
    "page-up": lambda draft, about, request: drafts.move_page(draft, about, -1),
    "page-down": lambda draft, about, request: drafts.move_page(draft, about, 1),
    "remove": lambda draft, about, request: drafts.remove_question(draft, about),
    "up": lambda draft, about, request: drafts.move_question(draft, about, -1),
    "down": lambda draft, about, request: drafts.move_question(draft, about, 1),
    "copy": lambda draft, about, request: drafts.copy_question(draft, about),
}


@page("surveys.edit")
def question(request: HttpRequest, key: str, question_id: str) -> HttpResponse:
    """One question with everything about it."""
    survey = selectors.get_survey(actor_of(request), key)
    draft = selectors.draft_of(survey)
    _, found = drafts.question_of(draft, question_id)
    shown = shown_languages(draft)
    if request.method != "POST":
        return _form(request, survey, draft, Sent(found, found.id), question_id, survey.draft_revision)
    sent = read_question(request.POST, found, shown)
    do, _, about = request.POST.get("do", "save").partition(":")

    def changed(content: Draft) -> None:
        put_question(content, question_id, sent)
        if do in ("options-up", "options-down", "rows-up", "rows-down"):
            listed, _, way = do.partition("-")
            drafts.move_option(sent.question, listed, about, -1 if way == "up" else 1)

    try:
        change_draft(
            actor=actor_of(request), key=key, revision=_revision(request), change=changed, what=question_id
        )
    except (ConflictError, InvalidError) as error:
        # What they typed stays on the page; saved again, it replaces this question only.
        fresh = selectors.get_survey(actor_of(request), key)
        return _form(
            request, fresh, draft, sent, question_id, fresh.draft_revision, error=error, status=error.status
        )
    if do == "save":
        messages.success(request, say("The question is saved.", "题目已保存。"))
        return redirect(f"{reverse('surveys:survey', args=[key])}#{sent.new_id}")
    return redirect(f"{reverse('surveys:question', args=[key, sent.new_id])}#options")


def shown_languages(draft: Draft) -> list[str]:
    """The languages that forms show side by side: the default, the reader's own, then the next."""
    listed = ordered(draft)
    if len(listed) <= MOST_SHOWN:
        return listed
    own = [one for one in listed if one == spoken()]
    return list(dict.fromkeys([listed[0], *own, *listed]))[:2]


def _form(
    request: HttpRequest,
    survey: Survey,
    draft: Draft,
    sent: Sent,
    question_id: str,
    revision: int,
    *,
    error: SiteError | None = None,
    status: int = 200,
) -> HttpResponse:
    made, shown = sent.question, shown_languages(draft)
    before = earlier(draft, question_id)
    context = {
        "survey": survey,
        "revision": revision,
        "q": made,
        "question_id": question_id,
        "new_id": sent.new_id,
        "type_words": TYPES[made.type],
        "error": error,
        "wrong": [(name, told(what)) for name, what in sent.wrong.items()],
        "texts": [
            _inputs("text", say("Question", "题面"), made.text, shown, long=True, needed=True),
            _inputs("help", say("Help under it", "题下说明"), made.help, shown),
            _inputs("label", say("Short label for charts", "图表用短标签"), made.label, shown),
        ],
        "ends": [
            _inputs("low_label", say("Low end", "低端文字"), made.low_label, shown),
            _inputs("high_label", say("High end", "高端文字"), made.high_label, shown),
        ]
        if made.scale
        else [],
        "more_languages": len(draft.languages) > len(shown),
        "lists": [
            _list(name, getattr(made, name), shown)
            for name in ("options", "rows")
            if name == ("rows" if made.type == "matrix" else "options")
            and made.type in ("single", "multiple", "ranking", "matrix")
        ],
        "tones": TONES,
        "purposes": PURPOSES,
        "touchpoints": Touchpoint.objects.filter(active=True),
        "dimensions": [one.key for one in emotional_dimensions()]
        + ["tangibles", "reliability", "responsiveness", "assurance", "empathy"],
        "earlier": [(one.id, picked(one.text)) for one in before],
        **rule_context(made.show_if, draft, question_id),
    }
    return render(request, "surveys/question.html", context, status=status)


def rule_context(rule: ShowIf | None, draft: Draft, question_id: str) -> dict[str, Any]:
    """What the form of a rule needs: its lines, what it may ask about, the values there are."""
    conditions = list(rule.conditions) if rule else []
    before = earlier(draft, question_id)
    about: list[tuple[str, str]] = []
    for one in before:
        text = picked(one.text)[:60]
        if one.type == "matrix":
            about += [(f"{one.id}.{row.code}", f"{text} · {picked(row.text)[:40]}") for row in one.rows]
        else:
            about.append((one.id, text))
    known = {name for name, _ in about}
    about += [(c.question, c.question) for c in conditions if c.question not in known]
    return {
        "rule_match": rule.match if rule else "all",
        "rule_lines": [
            {"number": n, "question": c.question, "op": c.op, "value": shown_value(c)}
            for n, c in enumerate([*conditions, Condition(question="", op="eq")])
        ],
        "rule_about": about,
        "rule_embedded": "",
        "operators": OPERATORS,
        "values": [
            (option.code, f"{one.id}: {picked(option.text)[:50]}") for one in before for option in one.options
        ],
    }


def _inputs(
    name: str, label: str, words: Words, languages: list[str], *, long: bool = False, needed: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "long": long,
        "needed": needed,
        "inputs": [
            {
                "name": f"{name}.{tag}",
                "tag": tag,
                "direction": direction(tag),
                "language": language_name(tag),
                "value": words.get(tag, ""),
            }
            for tag in languages
        ],
    }


def _list(name: str, options: list[Any], languages: list[str]) -> dict[str, Any]:
    lines = [
        {
            "number": number,
            "code": one.code,
            "exclusive": one.exclusive,
            "first": number == 0,
            "last": number == len(options) - 1,
            **_inputs(f"{name}.{number}.text", "", one.text, languages),
        }
        for number, one in enumerate(options)
    ]
    lines += [
        {"number": number, "code": "", "spare": True, **_inputs(f"{name}.{number}.text", "", {}, languages)}
        for number in range(len(options), len(options) + SPARE)
    ]
    return {
        "name": name,
        "title": say("Rows", "矩阵行") if name == "rows" else say("Options", "选项"),
        "lines": lines,
        "count": len(lines),
    }


@page("surveys.edit")
def page_words(request: HttpRequest, key: str, page_id: str) -> HttpResponse:
    """A page's title and rule."""
    survey = selectors.get_survey(actor_of(request), key)
    draft = selectors.draft_of(survey)
    found = drafts.page_of(draft, page_id)
    shown = shown_languages(draft)
    error: SiteError | None = None
    if request.method == "POST":
        error = _page_saved(request, key, page_id, shown)
        if error is None:
            return redirect(f"{reverse('surveys:survey', args=[key])}#{page_id}")
        survey = selectors.get_survey(actor_of(request), key)
    first = found.questions[0].id if found.questions else ""
    if not first:
        # An empty page may ask about everything on the pages before it.
        place = draft.pages.index(found)
        del draft.pages[place:]
    context = {
        "survey": survey,
        "revision": survey.draft_revision,
        "page": found,
        "error": error,
        "texts": [_inputs("title", say("Title of the page", "页标题"), found.title, shown)],
        **rule_context(found.show_if, draft, first),
    }
    return render(request, "surveys/page_words.html", context, status=error.status if error else 200)


def _page_saved(request: HttpRequest, key: str, page_id: str, shown: list[str]) -> SiteError | None:
    def changed(draft: Draft) -> None:
        found = drafts.page_of(draft, page_id)
        for tag in shown:
            text = request.POST.get(f"title.{tag}", "").strip()[:LONGEST]
            found.title.pop(tag, None)
            if text:
                found.title[tag] = text
        found.show_if = read_rule(request.POST, {})
        fit_values(found.show_if, draft)

    try:
        change_draft(
            actor=actor_of(request), key=key, revision=_revision(request), change=changed, what=page_id
        )
    except (ConflictError, InvalidError) as error:
        return error
    return None


@page("surveys.edit")
def frame_words(request: HttpRequest, key: str) -> HttpResponse:
    """The words around the questions: title, introduction, privacy, thanks."""
    survey = selectors.get_survey(actor_of(request), key)
    draft = selectors.draft_of(survey)
    shown = shown_languages(draft)
    names = ("title", "intro", "privacy", "thanks")
    error: SiteError | None = None

    def changed(content: Draft) -> None:
        for name in names:
            words = getattr(content, name)
            for tag in shown:
                text = request.POST.get(f"{name}.{tag}", "").replace("\r\n", "\n").strip()[:LONGEST]
                words.pop(tag, None)
                if text:
                    words[tag] = text

    if request.method == "POST":
        try:
            change_draft(
                actor=actor_of(request), key=key, revision=_revision(request), change=changed, what="words"
            )
            messages.success(request, say("Saved.", "已保存。"))
            return redirect("surveys:survey", key)
        except (ConflictError, InvalidError) as caught:
            error = caught
            changed(draft)
            survey = selectors.get_survey(actor_of(request), key)
    labels = {
        "title": say("Title customers see", "客户看到的标题"),
        "intro": say("Introduction", "开场白"),
        "privacy": say("What happens with the answers", "隐私说明"),
        "thanks": say("Thanks at the end", "结束时的致谢"),
    }
    texts = [
        _inputs(name, labels[name], getattr(draft, name), shown, long=name != "title", needed=name == "title")
        for name in names
    ]
    return render(
        request,
        "surveys/frame_words.html",
        {"survey": survey, "revision": survey.draft_revision, "texts": texts, "error": error},
        status=error.status if error else 200,
    )
