"""Service visits on a phone, their plan and figures, checklists and gestures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.improvement import photos, policies, selectors
from peakend.server.improvement.figures import visit_figures
from peakend.server.improvement.forms import GestureForm, ReopenForm, VisitForm
from peakend.server.improvement.models import Visit
from peakend.server.improvement.pages.pressing import asked, at_place, filled, pressed
from peakend.server.improvement.selectors import visits as found
from peakend.server.improvement.services import photos as photo_services
from peakend.server.improvement.services import visits as services
from peakend.server.web.pages import actor_of, page
from peakend.server.web.paging import cut
from peakend.server.web.say import say

PERIOD = timedelta(days=90)


@page(policies.VISITS)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """What is to be done, then what was; with the figures of ninety days for those who plan."""
    actor, now = actor_of(request), clock.now()
    which = request.GET.get("show", "open")
    rows = found.visits(actor)
    open_ = Q(status__in=("planned", "arrived"))
    if which == "open":
        listed_, cursor = list(rows.filter(open_).order_by("window_from")[:200]), None
    else:
        listed_, cursor = cut(rows.exclude(open_), request.GET.get("cursor"))
    figures = visit_figures(rows.filter(window_to__gte=now - PERIOD))
    return render(
        request,
        "improvement/visits.html",
        {"visits": listed_, "cursor": cursor, "show": which, "figures": figures, "days": PERIOD.days},
    )


@page(policies.PLAN_VISIT)
def new(request: HttpRequest) -> HttpResponse:
    """Plan a visit."""
    actor = actor_of(request)

    def act(entered: dict[str, Any]) -> str:
        site = selectors.site_of(actor, entered["site"])
        zone = site.timezone if site else "UTC"
        for end in ("window_from", "window_to"):
            entered[end] = at_place(entered[end], zone)
        return _to(services.plan_visit(actor=actor, **entered).key)

    return asked(
        request,
        VisitForm(request.POST or None, actor=actor),
        act,
        title=say("Plan a visit", "安排上门服务"),
        intro=""
        if found.checklists().exists()
        else say("There is no checklist yet: add one first.", "尚无检查表，请先添加。"),
        button=say("Plan it", "安排"),
        back=reverse("improvement:visits"),
    )


@page(policies.VISITS)
@require_GET
def visit(request: HttpRequest, key: str) -> HttpResponse:
    """One visit: what to check, item by item."""
    return render(request, "improvement/visit.html", _shown(request, found.get_visit(actor_of(request), key)))


@page(policies.WORK_VISIT)
@require_POST
def work(request: HttpRequest, key: str) -> HttpResponse:
    """Arrive, finish, or hand over the gift."""
    actor, verb = actor_of(request), request.POST.get("verb", "")
    verbs = {"arrive": services.arrive, "finish": services.finish_visit, "give": services.give_gesture}
    if verb not in verbs:
        raise Http404
    return pressed(request, lambda: verbs[verb](actor=actor, visit=key), _to(key))


@page(policies.PLAN_VISIT)
@require_POST
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Call it off."""
    actor = actor_of(request)
    return pressed(request, lambda: services.cancel_visit(actor=actor, visit=key), _to(key))


@page(policies.WORK_VISIT)
@require_POST
def check(request: HttpRequest, key: str, item: str) -> HttpResponse:
    """Save one item by itself; with htmx only that item is drawn again."""
    actor, post = actor_of(request), request.POST
    return _item(
        request,
        key,
        item,
        lambda: services.check_item(
            actor=actor, visit=key, item=item, done=post.get("done") == "1", note=post.get("note", "")
        ),
    )


@page(policies.WORK_VISIT)
@require_POST
def add_photo(request: HttpRequest, key: str, item: str) -> HttpResponse:
    """Save a photograph by itself."""
    actor, sent = actor_of(request), request.FILES.get("photo")

    def act() -> object:
        # One byte more than allowed is enough to know that it is too much.
        content = sent.read(photos.MOST_BYTES + 1) if sent else b""
        return photo_services.add_photo(actor=actor, visit=key, item=item, sent=content)

    return _item(request, key, item, act)


@page(policies.VISITS)
@require_GET
def photo(request: HttpRequest, key: str) -> HttpResponse:
    """The photograph, to those who may see its visit."""
    one = found.get_photo(actor_of(request), key)
    try:
        file = photos.path_of(one.file).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'inline; filename="{one.key}.jpg"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@page(policies.WORK_VISIT)
@require_POST
def remove_photo(request: HttpRequest, key: str) -> HttpResponse:
    """Take a photograph away again."""
    actor = actor_of(request)
    one = found.get_photo(actor, key)
    return pressed(
        request,
        lambda: photo_services.remove_photo(actor=actor, photo=key),
        f"{_to(one.visit.key)}#item-{one.item.code}",
    )


@page(policies.PLAN_VISIT)
def reopen(request: HttpRequest, key: str) -> HttpResponse:
    """Plan the visit that mends this one."""
    actor = actor_of(request)
    one = found.get_visit(actor, key)

    def act(entered: dict[str, Any]) -> str:
        for end in ("window_from", "window_to"):
            entered[end] = at_place(entered[end], one.site.timezone)
        return _to(services.reopen_visit(actor=actor, visit=key, **entered).key)

    return asked(
        request,
        ReopenForm(request.POST or None),
        act,
        title=say("The work did not hold", "返工"),
        intro=say(
            "Plan the visit that mends it. In the days of the checklist it counts against first-time fix.",
            "请安排返工。在检查表规定的天数内返工，将计入一次修复率。",
        ),
        button=say("Plan the visit", "安排返工"),
        back=_to(key),
    )


@page(policies.GESTURES)
def gestures(request: HttpRequest) -> HttpResponse:
    """End gestures, what they cost and whether they work."""
    actor = actor_of(request)
    if request.method == "POST":
        form = GestureForm(request.POST, actor=actor)
        entered = filled(request, form)
        return pressed(
            request,
            lambda: entered and services.set_gesture(actor=actor, **entered),
            reverse("improvement:gestures"),
        )
    rules = [(rule, found.effect_of(rule)) for rule in found.rules()[:20]]
    return render(request, "improvement/gestures.html", {"rules": rules, "form": GestureForm(actor=actor)})


@page(policies.SET_GESTURE)
@require_POST
def end_gesture(request: HttpRequest, key: str) -> HttpResponse:
    """Draw no more visits for it."""
    actor = actor_of(request)
    return pressed(
        request, lambda: services.end_gesture(actor=actor, rule=key), reverse("improvement:gestures")
    )


def _item(request: HttpRequest, key: str, item: str, act: Any) -> HttpResponse:  # noqa: ANN401 - a callable
    if not request.htmx:
        return pressed(request, act, f"{_to(key)}#item-{item}")
    problem = None
    try:
        act()
    except (InvalidError, ConflictError) as error:
        problem = error
    shown = _shown(request, found.get_visit(actor_of(request), key))
    line = next((line for line in shown["lines"] if line.item.code == item), None)
    if line is None:
        raise Http404
    return render(request, "improvement/visit_item.html", {**shown, "line": line, "problem": problem})


def _shown(request: HttpRequest, one: Visit) -> dict[str, Any]:
    lines = found.lines(one)
    return {
        "visit": one,
        "lines": lines,
        "left": sum(line.item.required and line.state != "done" for line in lines),
        "aspects": found.aspect_scores(one).items() if one.status == "finished" else [],
        "gesture": getattr(one, "gesture", None),
        "again": one.reopened_by.first(),
    }


def _to(key: str) -> str:
    return reverse("improvement:visit", args=[key])
