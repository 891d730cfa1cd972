"""Informal notes, the desk of public comments, and the public page itself."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.acting.actors import respondent
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.acting.keys import new_key
from peakend.server.improvement import policies
from peakend.server.improvement.forms import CommentForm, CommentPageForm, NoteForm
from peakend.server.improvement.pages.pressing import asked, filled, pressed, told_into
from peakend.server.improvement.selectors import voices as found
from peakend.server.improvement.services import voices as services
from peakend.server.improvement.words import COMMENT_STATUSES, THEMES
from peakend.server.web.address import address_of
from peakend.server.web.pages import actor_of, page, public_page
from peakend.server.web.paging import cut
from peakend.server.web.say import say


@page(policies.NOTES)
@require_GET
def notes(request: HttpRequest) -> HttpResponse:
    """What was heard outside of surveys."""
    actor, theme = actor_of(request), request.GET.get("theme", "")
    rows = found.notes(actor)
    if theme:
        rows = rows.filter(theme=theme)
    if request.GET.get("uncoded"):
        rows = rows.filter(coded_at=None)
    listed, cursor = cut(rows, request.GET.get("cursor"))
    uncoded = found.notes(actor).filter(coded_at=None).count()
    return render(
        request,
        "improvement/notes.html",
        {"notes": listed, "cursor": cursor, "theme": theme, "themes": THEMES, "uncoded": uncoded},
    )


@page(policies.WRITE_NOTE)
def new_note(request: HttpRequest) -> HttpResponse:
    """Write down what a customer said."""
    actor = actor_of(request)

    def act(entered: dict[str, Any]) -> str:
        services.write_note(actor=actor, **_coded(entered))
        return reverse("improvement:notes")

    return asked(
        request,
        NoteForm(request.POST or None, actor=actor),
        act,
        title=say("Write down what you heard", "记录您听到的"),
        button=say("Keep it", "保存"),
        back=reverse("improvement:notes"),
    )


@page(policies.WRITE_NOTE)
def code_note(request: HttpRequest, key: str) -> HttpResponse:
    """Say what a note is about."""
    actor = actor_of(request)
    note = found.get_note(actor, key)
    known = note.theme in THEMES
    initial = {
        "theme": note.theme if known else "",
        "own_theme": "" if known else note.theme,
        "sentiment": "" if note.sentiment is None else str(note.sentiment),
        "touchpoint": note.touchpoint.code if note.touchpoint else "",
    }
    form = NoteForm(request.POST or None, actor=actor, initial=initial)
    for name in ("text", "source", "team", "customer_id"):
        del form.fields[name]

    def act(entered: dict[str, Any]) -> str:
        coded = _coded(entered)
        if coded["sentiment"] is None:
            coded["sentiment"] = 0
        services.code_note(actor=actor, note=key, **coded)
        return reverse("improvement:notes")

    return asked(
        request,
        form,
        act,
        title=say("What is this note about?", "这条反馈说的是什么？"),
        intro=note.text,
        button=say("Keep it", "保存"),
        back=reverse("improvement:notes"),
    )


@page(policies.COMMENTS)
@require_GET
def comments(request: HttpRequest) -> HttpResponse:
    """Comments with their status and age, those that wait first asked for."""
    actor, status = actor_of(request), request.GET.get("status", "")
    rows = found.comments(actor)
    waiting = rows.filter(status__in=found.OPEN_COMMENTS)
    oldest = waiting.order_by("created_at").first()
    listed, cursor = cut(
        rows.filter(status=status) if status in COMMENT_STATUSES else rows, request.GET.get("cursor")
    )
    return render(
        request,
        "improvement/comments.html",
        {
            "comments": listed,
            "cursor": cursor,
            "status": status,
            "statuses": COMMENT_STATUSES,
            "waiting": waiting.count(),
            "oldest": oldest,
        },
    )


@page(policies.COMMENTS)
@require_GET
def comment(request: HttpRequest, key: str) -> HttpResponse:
    """One comment, and what can be done about it."""
    return render(request, "improvement/comment.html", {"comment": found.get_comment(actor_of(request), key)})


@page(policies.ANSWER_COMMENT)
@require_POST
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Take it, answer it, show it, keep it off, or open a case."""
    actor, post, verb = actor_of(request), request.POST, request.POST.get("verb", "")
    reply, reason = post.get("reply", ""), post.get("reason", "")
    verbs = {
        "work": lambda: services.work_on_comment(actor=actor, comment=key),
        "answer": lambda: services.answer_comment(actor=actor, comment=key, reply=reply),
        "publish": lambda: services.answer_comment(actor=actor, comment=key, reply=reply, publish=True),
        "reject": lambda: services.reject_comment(actor=actor, comment=key, reason=reason),
        "case": lambda: services.open_case(actor=actor, comment=key),
    }
    if verb not in verbs:
        raise Http404
    return pressed(request, verbs[verb], reverse("improvement:comment", args=[key]))


@page(policies.COMMENTS)
def comment_pages(request: HttpRequest) -> HttpResponse:
    """The public pages with their addresses, and opening one."""
    actor = actor_of(request)
    form = CommentPageForm(request.POST or None, actor=actor)
    if request.method == "POST":
        entered = filled(request, form)
        return pressed(
            request,
            lambda: entered and services.open_page(actor=actor, **entered),
            reverse("improvement:comment_pages"),
        )
    return render(
        request, "improvement/comment_pages.html", {"pages": found.pages(actor).order_by("pk"), "form": form}
    )


@page(policies.COMMENT_PAGES)
@require_POST
def close_page(request: HttpRequest, key: str) -> HttpResponse:
    """Take no more comments."""
    actor = actor_of(request)
    return pressed(
        request,
        lambda: services.close_page(actor=actor, page=key),
        reverse("improvement:comment_pages"),
    )


@public_page
def public(request: HttpRequest, key: str) -> HttpResponse:
    """Where customers comment and read what was answered. What robots fill in is thanked for and dropped."""
    one = found.get_page(key)
    form = CommentForm(request.POST if request.method == "POST" else None, initial={"key": new_key()})
    status = 200
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        if entered.pop("website"):
            return redirect(f"{request.path}?thanks=1")
        try:
            services.comment(actor=respondent(), page=key, address=address_of(request), **entered)
            return redirect(f"{request.path}?thanks=1")
        except (InvalidError, ConflictError) as error:
            told_into(form, error)
    if form.is_bound:
        status = 422
    shown = {
        "page": one,
        "form": form,
        "comments": found.published(one)[:50],
        "thanks": "thanks" in request.GET,
    }
    return render(request, "improvement/public_comments.html", shown, status=status)


def _coded(entered: dict[str, Any]) -> dict[str, Any]:
    own = entered.pop("own_theme")
    entered["theme"] = own or entered["theme"]
    entered["sentiment"] = int(entered["sentiment"]) if entered["sentiment"] else None
    return entered
