"""From where a voice is read: put it behind a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from peakend.server.improvement import policies
from peakend.server.improvement.forms import LinkForm
from peakend.server.improvement.pages.pressing import asked
from peakend.server.improvement.selectors import outer_loop as found
from peakend.server.improvement.selectors.voices import get_comment, get_note
from peakend.server.improvement.services import outer_loop as services
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say

if TYPE_CHECKING:
    from peakend.server.answering.models import Response


@page(policies.RAISE_TOPIC)
def link_comment(request: HttpRequest, key: str) -> HttpResponse:
    """Put a public comment behind a topic."""
    comment = get_comment(actor_of(request), key)
    return _linked(request, "comment", comment, comment.text, reverse("improvement:comment", args=[key]))


@page(policies.RAISE_TOPIC)
def link_note(request: HttpRequest, key: str) -> HttpResponse:
    """Put an informal note behind a topic."""
    note = get_note(actor_of(request), key)
    return _linked(request, "note", note, note.text, reverse("improvement:notes"))


@page(policies.RAISE_TOPIC)
def link_case(request: HttpRequest, key: str) -> HttpResponse:
    """Put a case behind a topic."""
    case = found.get_case(actor_of(request), key)
    words = case.words or (_said(case.response) if case.response else "") or case.title
    return _linked(request, "case", case, words, reverse("cases:case", args=[key]))


@page(policies.RAISE_TOPIC)
def link_response(request: HttpRequest, key: str) -> HttpResponse:
    """Put an answer behind a topic; nobody is to be found behind an anonymous one."""
    response = found.get_response(actor_of(request), key)
    words = _said(response) or say("The customer left no words.", "客户未留下文字。")
    return _linked(request, "response", response, words, reverse("improvement:topics"))


def _said(response: Response) -> str:
    return "\n".join(str(one["text"]) for one in response.answers.values() if one.get("text"))


def _linked(request: HttpRequest, kind: str, voice: Any, words: str, back: str) -> HttpResponse:  # noqa: ANN401
    actor = actor_of(request)
    given: dict[str, Any] = {
        "case": {"cases": [voice.key]},
        "comment": {"comments_": [voice.key]},
        "note": {"notes_": [voice.key]},
        "response": {"responses": [voice.key]},
    }[kind]

    def act(entered: dict[str, Any]) -> str:
        new = services.add_evidence(actor=actor, topic=entered["topic"], **given)
        said = say("Linked.", "已关联。") if new else say("It was linked before.", "此前已关联该议题。")
        messages.success(request, said)
        return reverse("improvement:topic", args=[entered["topic"]])

    return asked(
        request,
        LinkForm(request.POST if request.method == "POST" else None, actor=actor),
        act,
        title=say("Link to a topic", "关联到议题"),
        intro=words,
        button=say("Link it", "关联"),
        back=back,
        linked=found.topics_of(actor, **{kind: voice}),
        template="improvement/link.html",
    )
