"""The pages customers answer on: plain HTML, no script, no session, a cookie only where pages follow pages.

They run outside the middleware of the staff's pages (`web.middleware.answered`). What they store is asked
for by `storing`, which is a service; who acts is the respondent.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from peakend.server.acting import clock
from peakend.server.acting.actors import respondent
from peakend.server.answering import compiled as compiling
from peakend.server.answering import limits, storing, tokens
from peakend.server.answering.checking import Checked, from_form, unknown_fields
from peakend.server.answering.drawing import MARK, Shown, errors_of, frame, question, render, to_fields
from peakend.server.answering.flags import flags
from peakend.server.answering.framing import allowed_parent, policy
from peakend.server.answering.messages import closed_by, message, not_now, thanks
from peakend.server.answering.occasions import NoOccasionError, Occasion, invited, open_place
from peakend.server.answering.words import chosen, matched
from peakend.server.web.address import address_of
from peakend.server.web.pages import public_page
from peakend.server.web.unavailable import noted

if TYPE_CHECKING:
    from peakend.server.answering.checking import Check
    from peakend.server.answering.compiled import Compiled, Step
    from peakend.server.answering.models import Response

COOKIE = "peakend_answer"
LARGEST = 300_000  # bytes of a form; the longest texts of a page of questions stay far below
_DAY = 86_400
WHO = respondent()


@dataclass(slots=True)
class Visit:
    """One request of somebody who answers."""

    request: HttpRequest
    occasion: Occasion
    compiled: Compiled
    token: tokens.Token
    language: str
    kept: Response | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def embedded(self) -> Mapping[str, Any]:
        return self.occasion.embedded

    @property
    def by_address(self) -> bool:
        """Whether the address alone finds what was kept, so that a page can be come back to."""
        return self.occasion.linked or COOKIE in self.request.COOKIES

    @property
    def may_remember(self) -> bool:
        """Whether a cookie may be set: not on a device many use, not in a foreign page's frame."""
        return (
            not self.occasion.linked
            and self.occasion.kind not in ("kiosk", "embed")
            and len(self.compiled.steps) > 1
        )


def patient(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A database that is held, away or full: the customer is told and can send the same again."""

    @functools.wraps(view)
    def shown(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Exception as error:
            found = noted(request, error)
            if found is None:
                raise
            return not_now(request, found, getattr(request, "occasion", None))

    return shown


# A signed word in the form, bound to the place or invitation, takes the place of the cookie against forged
# forms (see tokens): strangers have no session that a foreign page could use, and embedded forms get no
# cookies.
@csrf_exempt
@public_page
@patient
def place(request: HttpRequest, key: str) -> HttpResponse:
    """`/s/p/<key>/`: whoever scans, clicks or opens it answers."""
    try:
        return _answer(request, open_place(key))
    except NoOccasionError as none:
        return closed_by(request, none)


@csrf_exempt  # as above
@public_page
@patient
def personal(request: HttpRequest, secret: str) -> HttpResponse:
    """`/s/i/<secret>/`: one person answers, once."""
    try:
        occasion = invited(secret)
    except NoOccasionError as none:
        # The same form once more, after a weak connection, is told the same as the first time.
        if none.why == "already" and none.occasion is not None and request.method == "POST":
            return _repeated(request, none.occasion) or closed_by(request, none)
        return closed_by(request, none)
    return _answer(request, occasion, decline=reverse("channels:decline", args=[secret]))


def _answer(request: HttpRequest, occasion: Occasion, decline: str = "") -> HttpResponse:
    request.occasion = occasion  # for `patient`: who may frame its page and how it speaks
    if request.method == "POST":
        return _posted(request, occasion, decline)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    return _opened(request, occasion, decline)


# Reading
# ------------------------------------------------------------------------------------------------------


def _opened(request: HttpRequest, occasion: Occasion, decline: str) -> HttpResponse:
    kept, token = _begun(request, occasion)
    if kept is not None and kept.state in storing.DONE:
        kept = None  # of a place: the cookie outlived the answer
    version = kept.version_id if kept is not None else occasion.survey.current_id
    whole = compiling.version(version)
    begun = token if kept is not None and token is not None else tokens.fresh(version)
    visit = Visit(request, occasion, whole, begun, _language(request, occasion, whole, kept), kept)
    visit.answers = kept.answers if kept is not None else {}
    if request.method == "GET":
        if occasion.place is not None and kept is None:
            limits.viewed(occasion.place.pk)
        if occasion.invitation is not None and occasion.invitation.status in ("waiting", "sent", "bounced"):
            storing.seen(actor=WHO, occasion=occasion)
    step = _asked_step(visit)
    came_back = kept is not None and "step" not in request.GET
    response = _page(visit, step, _values(step.checks, visit.answers), decline=decline, resumed=came_back)
    if visit.may_remember and kept is None:
        _remember(visit, response)
    return response


def _begun(request: HttpRequest, occasion: Occasion) -> tuple[Response | None, tokens.Token | None]:
    """What was kept of this person's answer before, and its token."""
    if "new" in request.GET and not occasion.linked:
        return None, None
    if occasion.linked:
        if occasion.invitation is not None and occasion.invitation.status != "started":
            return None, None
        found = storing.find(occasion, tokens.Token("", 0, clock.now()))
        return found, tokens.Token(found.key, found.version_id, found.started_at) if found else None
    sent = request.COOKIES.get(COOKIE)
    if not sent or occasion.kind in ("kiosk", "embed"):
        return None, None
    try:
        token = tokens.opened(sent, occasion.where)
    except tokens.WrongTokenError:
        return None, None
    return storing.find(occasion, token), token


def _asked_step(visit: Visit) -> Step:
    """The step asked for, if the answers so far lead there; else the one to go on with, else the first."""
    steps = visit.compiled.steps
    reached = min(visit.kept.page, len(steps) - 1) if visit.kept is not None else 0
    asked = visit.request.GET.get("step", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else reached
    for one in (min(number, reached), reached):
        if visit.compiled.shown(steps[one], visit.answers, visit.embedded):
            return steps[one]
    return visit.compiled.next_step(-1, visit.answers, visit.embedded) or steps[0]


def _language(
    request: HttpRequest, occasion: Occasion, compiled: Compiled, kept: Response | None = None
) -> str:
    known = compiled.questionnaire.languages
    asked = request.GET.get("lang") or request.GET.get("language") or ""
    for tag in (asked, kept.language if kept else "", occasion.language):
        found = matched(tag[:40], known) if tag else None
        if found:
            return found
    return chosen(
        request.META.get("HTTP_ACCEPT_LANGUAGE", ""), known, compiled.questionnaire.default_language
    )


# Sending
# ------------------------------------------------------------------------------------------------------


def _posted(request: HttpRequest, occasion: Occasion, decline: str) -> HttpResponse:
    if _too_large(request):
        return message(request, "unread", status=413, occasion=occasion)
    form = request.POST
    try:
        token = tokens.opened(form.get("t", ""), occasion.where)
    except tokens.WrongTokenError:
        return message(request, "expired", status=400, occasion=occasion, anew=request.path)
    compiled = compiling.version(token.version)
    number = form.get("step", "0")
    if not (number.isascii() and number.isdigit() and len(number) < 4 and int(number) < len(compiled.steps)):
        return message(request, "unread", status=400, occasion=occasion)
    step = compiled.steps[int(number)]
    sent = dict(form.lists())
    if request.FILES or unknown_fields(sent, step.checks):
        return message(request, "unread", status=400, occasion=occasion)
    language = matched(form.get("in", "")[:40], compiled.questionnaire.languages)
    visit = Visit(request, occasion, compiled, token, language or _language(request, occasion, compiled))
    # One page alone needs nothing that was kept: what is sent is all.
    if len(compiled.steps) > 1:
        visit.kept = storing.find(occasion, token)
        visit.answers = visit.kept.answers if visit.kept is not None else {}
    if visit.kept is not None and visit.kept.state in storing.DONE:
        return _after(visit, step, sent)
    if form.get("lang"):
        visit.language = matched(form["lang"][:40], compiled.questionnaire.languages) or visit.language
        return _page(visit, step, sent, decline=decline)
    if form.get("go") == "back":
        return _back(visit, step, sent, decline)
    return _forward(visit, step, sent, decline)


def _forward(visit: Visit, step: Step, sent: Mapping[str, Sequence[str]], decline: str) -> HttpResponse:
    checked = _checked(visit, step, sent)
    if checked.errors:
        return _page(visit, step, sent, errors=checked, decline=decline, status=422)
    answers = {**visit.answers, **checked.answers}
    if len(visit.compiled.steps) > 1:
        answers = visit.compiled.kept(answers, visit.embedded)
    after = visit.compiled.next_step(step.number, answers, visit.embedded)
    if after is None:
        after = _left_open(visit, answers)
    if after is None:
        return _finish(visit, step, sent, answers)
    visit.kept = storing.keep(
        actor=WHO,
        occasion=visit.occasion,
        compiled=visit.compiled,
        token=visit.token,
        language=visit.language,
        answers=checked.answers,
        page=after.number,
    )
    return _go(visit, after, decline)


def _back(visit: Visit, step: Step, sent: Mapping[str, Sequence[str]], decline: str) -> HttpResponse:
    """One step back. What stands on the page is kept where it is valid; nothing is demanded."""
    before = visit.compiled.step_before(step.number, visit.answers, visit.embedded)
    if before is None:
        return _page(visit, step, sent, decline=decline)
    checked = from_form(visit.compiled.shown(step, visit.answers, visit.embedded), sent, lenient=True)
    given = {name: one for name, one in checked.answers.items() if one["state"] != "no_answer"}
    visit.kept = storing.keep(
        actor=WHO,
        occasion=visit.occasion,
        compiled=visit.compiled,
        token=visit.token,
        language=visit.language,
        answers=given,
        page=step.number,
    )
    return _go(visit, before, decline)


def _go(visit: Visit, step: Step, decline: str) -> HttpResponse:
    """Show `step`: at its own address, so that the back button works; without a cookie right here."""
    assert visit.kept is not None
    visit.answers = visit.kept.answers
    if not visit.by_address:
        return _page(visit, step, _values(step.checks, visit.answers), decline=decline)
    response = HttpResponseRedirect(f"{visit.request.path}?step={step.number}")
    response.status_code = 303
    if visit.may_remember:
        _remember(visit, response)
    return response


def _finish(
    visit: Visit, step: Step, sent: Mapping[str, Sequence[str]], answers: Mapping[str, Any]
) -> HttpResponse:
    place_ = visit.occasion.place
    count = limits.rate(place_.key, address_of(visit.request)) if place_ is not None else 0
    if count > limits.ABSURD:
        return message(visit.request, "busy", status=429, occasion=visit.occasion, retry_after=60)
    seconds = max(0.0, (clock.now() - visit.token.began).total_seconds())
    asked = [
        one for each in visit.compiled.steps for one in visit.compiled.shown(each, answers, visit.embedded)
    ]
    robot = bool(visit.request.POST.get("website")) or count > limits.SUSPECT
    whole = storing.Sent(
        visit.token,
        visit.language,
        answers,
        flags(asked, answers, seconds, robot=robot),
        int(seconds),
    )
    first = visit.kept is None
    outcome, visit.kept = storing.complete(
        actor=WHO,
        occasion=visit.occasion,
        compiled=visit.compiled,
        sent=whole,
        first=first,
    )
    limits.flush_if_due()
    return _told(visit, outcome)


def _told(visit: Visit, outcome: storing.Outcome) -> HttpResponse:
    if outcome == "conflict":
        response = message(
            visit.request, "kept", status=409, occasion=visit.occasion, language=visit.language
        )
    elif outcome == "taken":
        response = message(visit.request, "already", occasion=visit.occasion, language=visit.language)
    elif visit.kept is not None and visit.kept.state == "screened":
        response = message(visit.request, "screened", occasion=visit.occasion, language=visit.language)
    else:
        response = thanks(visit.occasion, visit.compiled, visit.language, visit.answers, visit.embedded)
    if COOKIE in visit.request.COOKIES:
        response.delete_cookie(COOKIE, path=visit.request.path)
    return response


def _after(visit: Visit, step: Step, sent: Mapping[str, Sequence[str]]) -> HttpResponse:
    """A page of a response that is completed: the same again is thanked for, anything else is told no."""
    checked = _checked(visit, step, sent)
    answers = visit.compiled.kept({**visit.answers, **checked.answers}, visit.embedded)
    same = not checked.errors and answers == dict(visit.answers)
    return _told(visit, "again" if same else "conflict")


def _repeated(request: HttpRequest, occasion: Occasion) -> HttpResponse | None:
    """A form of a personal link that is answered: None where it cannot be read."""
    if _too_large(request):
        return None
    try:
        token = tokens.opened(request.POST.get("t", ""), occasion.where)
    except tokens.WrongTokenError:
        return None
    compiled = compiling.version(token.version)
    kept = storing.find(occasion, token)
    number = request.POST.get("step", "0")
    if kept is None or kept.key != token.key or not (number.isascii() and number.isdigit()):
        return None
    if len(number) > 3 or int(number) >= len(compiled.steps):
        return None
    visit = Visit(
        request, occasion, compiled, token, _language(request, occasion, compiled, kept), kept, kept.answers
    )
    return _after(visit, compiled.steps[int(number)], dict(request.POST.lists()))


def _checked(visit: Visit, step: Step, sent: Mapping[str, Sequence[str]]) -> Checked:
    return from_form(visit.compiled.shown(step, visit.answers, visit.embedded), sent)


def _left_open(visit: Visit, answers: Mapping[str, Any]) -> Step | None:
    """The first step with a required question that was jumped over; a form sent by hand may try."""
    for step in visit.compiled.steps:
        for check in visit.compiled.shown(step, answers, visit.embedded):
            if check.question.required and any(
                answers.get(name, {"state": "no_answer"})["state"] == "no_answer" for name in check.names
            ):
                return step
    return None


# Drawing
# ------------------------------------------------------------------------------------------------------


def _page(
    visit: Visit,
    step: Step,
    values: Mapping[str, Sequence[str]],
    *,
    errors: Checked | None = None,
    decline: str = "",
    resumed: bool = False,
    status: int = 200,
) -> HttpResponse:
    plain = step.fixed and not values and errors is None and not decline and not visit.embedded
    parent, anonymous = allowed_parent(visit.occasion), visit.occasion.survey.anonymous
    name = (str(step.number), visit.language, visit.request.path, parent, str(anonymous))
    sealed = tokens.sealed(visit.token, visit.occasion.where)
    drawn = visit.compiled.drawn.get(name) if plain else None
    if drawn is None:
        shown = Shown(
            visit.compiled,
            visit.language,
            visit.answers,
            visit.embedded,
            values,
            errors.errors if errors else {},
            visit.token.key,
        )
        context = step_context(shown, step) | {
            "action": visit.request.path,
            "mode": visit.occasion.kind,
            "parent": parent,
            "token": MARK,
            "anonymous": anonymous,
            "decline": decline,
            "resumed": resumed,
            "anew": "" if visit.occasion.linked else "?new=1",
        }
        drawn = render("step", context)
        if plain and not resumed:
            if len(visit.compiled.drawn) > 500:
                visit.compiled.drawn.clear()
            visit.compiled.drawn[name] = drawn
    # Only the field: what somebody wrote may hold the mark too.
    response = HttpResponse(
        drawn.replace(f'name="t" value="{MARK}"', f'name="t" value="{sealed}"'), status=status
    )
    return framed(response, visit.occasion)


def step_context(shown: Shown, step: Step) -> dict[str, Any]:
    """What `answering/step.html` needs to know about a step; the caller adds where it is sent."""
    compiled, whole = shown.compiled, shown.compiled.questionnaire
    checks = compiled.shown(step, shown.answers, shown.embedded)
    of = len(compiled.steps)
    return frame(shown) | {
        "n": step.number + 1,
        "of": of,
        "step": step.number,
        "progress": shown.word("page", n=step.number + 1, of=of),
        "intro": shown.text(whole.intro) if step.number == 0 and whole.intro else "",
        "heading": shown.text(step.title) if step.title else "",
        "questions": [question(shown, one) for one in checks],
        "errors": errors_of(shown),
        "last": compiled.ends_with(step, shown.answers, shown.embedded),
        "privacy": shown.text(whole.privacy) if whole.privacy else "",
    }


def _values(checks: Sequence[Check], answers: Mapping[str, Any]) -> dict[str, list[str]]:
    return (
        {name: value for one in checks for name, value in to_fields(one, answers).items()} if answers else {}
    )


def framed(response: HttpResponse, occasion: Occasion) -> HttpResponse:
    """With the headers of a public page: who may frame it, and its length."""
    response.headers["Content-Security-Policy"] = policy(allowed_parent(occasion))
    response.headers["Content-Length"] = str(len(response.content))
    return response


def _remember(visit: Visit, response: HttpResponse) -> None:
    response.set_cookie(
        COOKIE,
        tokens.sealed(visit.token, visit.occasion.where),
        max_age=_DAY,
        path=visit.request.path,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _too_large(request: HttpRequest) -> bool:
    sent = request.META.get("CONTENT_LENGTH") or "0"
    return not sent.isdigit() or int(sent) > LARGEST
