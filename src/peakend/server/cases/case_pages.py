"""One case: its page, and one small page for every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import NotFoundError, SiteError
from peakend.server.acting.policies import may
from peakend.server.cases import (
    catalogue,
    compensation,
    contacts,
    lifecycle,
    presets,
    recovery,
    reviews,
    selectors,
)
from peakend.server.cases import forms as shapes
from peakend.server.cases.deadlines import clock_of
from peakend.server.cases.models import OPEN, Case, CaseReview
from peakend.server.cases.policies import APPROVE, ASSIGN, EXTEND, READ, REVIEW, WORK
from peakend.server.cases.shown import show, wall
from peakend.server.cases.timeline import sentence
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say, spoken, told

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor

    View = Callable[..., HttpResponse]


@page(READ)
def case(request: HttpRequest, key: str) -> HttpResponse:
    """The case: the customer's words, the deadline, the next step, what happened."""
    actor = actor_of(request)
    found = selectors.get_case(actor, key)
    return render(request, "cases/case.html", _context(actor, found) | {"note": shapes.CaseNoteForm()})


def _context(actor: Actor, found: Case) -> dict[str, Any]:
    shown = show(actor, found)
    causes = catalogue.causes(every=True)
    place = clock_of(found)
    lines = [
        {
            "at": wall(one.at, place.zone),
            "text": sentence(one, causes),
            "who": one.who,
            "note": one.note,
            "kind": one.kind,
        }
        for one in found.events.all()
    ]
    law = next((one for one in catalogue.slas(every=True) if one.code == found.regulation), None)
    extendable = law is not None and law.extended_amount and not found.details.get("extended")
    return {
        "shown": shown,
        "case": found,
        "lines": lines[::-1],
        "cause": causes.get(found.cause),
        "kind": presets.KINDS.get(found.kind),
        "severity": presets.SEVERITIES.get(found.severity),
        "status": presets.STATUSES[found.status],
        "compensations": [
            (one, presets.COMPENSATIONS.get(one.kind), _decidable(actor, one))
            for one in found.compensations.select_related("by", "decided_by")
        ],
        "review": _reviewed(found),
        "law": law,
        "others": _others(actor, found, bool(extendable)),
        "contact_shown": may(actor, "cases.work"),
        "rule": found.details.get("rule"),
        "opened": wall(found.opened_at, place.zone),
        "anonymous": found.details.get("anonymous"),
        "parent": found.parent if found.parent and _sees(actor, found.parent) else None,
        "reports": selectors.cases(actor).filter(parent=found) if found.kind == "repeat" else (),
    }


def _sees(actor: Actor, other: Case) -> bool:
    return selectors.cases(actor).filter(pk=other.pk).exists()


def _decidable(actor: Actor, one: Any) -> bool:  # noqa: ANN401
    return one.status == "asked" and may(actor, APPROVE) and one.by_id != actor.user_id


def _reviewed(found: Case) -> list[tuple[Text, int]]:
    made = CaseReview.objects.filter(case=found).first()
    if made is None:
        return []
    labels = {**presets.RUBRIC, **presets.ATTITUDES}
    scored = [(label, getattr(made, name)) for name, label in labels.items()]
    return [(label, score) for label, score in scored if score is not None]


def _others(actor: Actor, found: Case, extendable: bool) -> list[tuple[str, str]]:
    """Steps beside the next one: route and words."""
    steps: list[tuple[str, str, str, bool]] = [
        (
            WORK,
            "contact",
            say("Log a contact", "登记联系"),
            found.status != "closed" and bool(found.customer_id),
        ),
        (WORK, "mail", say("Write an e-mail", "写邮件"), found.status != "closed" and _has_mail(found)),
        (WORK, "resolve", say("Say what was done", "填写处理措施"), found.status in OPEN),
        (WORK, "wait", say("Wait for the customer", "等待客户"), found.status in ("open", "working")),
        (WORK, "compensate", say("Give something", "补偿客户"), found.status != "closed"),
        (ASSIGN, "assign", say("Give to somebody else", "转派"), found.status != "closed"),
        (EXTEND, "extend", say("Extend the deadline", "延长时限"), extendable and found.status in OPEN),
        (
            WORK,
            "rescore",
            say("Note how the customer scores it", "记录补救评分"),
            found.status in ("resolved", "closed"),
        ),
        (REVIEW, "review", say("Score the handling", "评定处理质量"), found.owner_id != actor.user_id),
        (WORK, "reopen", say("Open again", "重新打开"), found.status in ("resolved", "closed")),
    ]
    return [(name, words) for action, name, words, fits in steps if fits and may(actor, action)]


def _has_mail(found: Case) -> bool:
    return bool(found.customer and found.customer.email)


@dataclass(frozen=True)
class Step:
    """A step of a case as a page: its form, what it says, and the service it calls."""

    action: str
    form: type[forms.Form]
    heading: Text
    button: Text
    run: Callable[..., object]
    done: Text
    options: Callable[[Actor, Case], dict[str, Any]] = field(default=lambda actor, case: {})
    whole: bool = False  # the service takes the form's data as `scores`


STEPS: dict[str, Step] = {
    "wait": Step(
        WORK,
        shapes.WaitForm,
        Text("Wait for the customer", "等待客户"),
        Text("Stop the clock", "暂停计时"),
        lifecycle.wait,
        Text("The clock stands still.", "已暂停计时。"),
    ),
    "resolve": Step(
        WORK,
        shapes.ResolveForm,
        Text("What happened and what was done", "原因与处理措施"),
        Text("Resolve", "标记为已解决"),
        lifecycle.resolve,
        Text("Resolved. Now tell the customer.", "已解决，请将结果告知客户。"),
    ),
    "assign": Step(
        ASSIGN,
        shapes.AssignForm,
        Text("Give the case to somebody else", "转派工单"),
        Text("Give", "转派"),
        lifecycle.assign,
        Text("Given; both were told.", "已转派，并已通知双方。"),
        lambda actor, case: {
            "people": [one for one in selectors.colleagues(actor, case) if one.pk != case.owner_id]
        },
    ),
    "compensate": Step(
        WORK,
        shapes.CompensateForm,
        Text("Give the customer something", "补偿客户"),
        Text("Give", "提交"),
        compensation.compensate,
        Text("Written down.", "已登记。"),
    ),
    "rescore": Step(
        WORK,
        shapes.RescoreForm,
        Text("How the customer scores the recovery", "客户对补救的评价"),
        Text("Save", "保存"),
        recovery.rescore,
        Text("Saved.", "已保存。"),
    ),
    "review": Step(
        REVIEW,
        shapes.ReviewForm,
        Text("How was this handled?", "处理质量评定"),
        Text("Save scores", "保存评分"),
        reviews.review,
        Text("Saved with the case.", "已存入工单。"),
        lambda actor, case: {"attitudes": case.kind in presets.AFTER_SALES},
        True,
    ),
    "extend": Step(
        EXTEND,
        shapes.ExtendForm,
        Text("Extend the legal deadline", "延长法定时限"),
        Text("Extend", "延长"),
        lifecycle.extend,
        Text("Extended.", "已延长。"),
    ),
    "reopen": Step(
        WORK,
        shapes.ReopenForm,
        Text("Open the case again", "重新打开工单"),
        Text("Open again", "重新打开"),
        lifecycle.reopen,
        Text("Open again.", "已重新打开。"),
    ),
}


def step_page(name: str) -> View:
    """The page of the step `name`: one form, one task."""
    step = STEPS[name]

    @page(step.action)
    def shown(request: HttpRequest, key: str) -> HttpResponse:
        actor = actor_of(request)
        found = selectors.get_case(actor, key)
        form = step.form(request.POST or None, **step.options(actor, found))
        if request.method == "POST" and form.is_valid():
            data = dict(form.cleaned_data)
            given = {"note": data.pop("note", ""), "scores": data} if step.whole else data
            try:
                step.run(actor=actor, key=key, **given)
                messages.success(request, told(step.done))
                return redirect("cases:case", key)
            except SiteError as error:
                refused(form, error)
        return render(
            request,
            "cases/step.html",
            {"shown": show(actor, found), "case": found, "form": form, "step": step},
        )

    return shown


def click(action: str, run: Callable[..., object], done: Text) -> View:
    """A step that is done by one button."""

    @page(action)
    @require_POST
    def clicked(request: HttpRequest, key: str) -> HttpResponse:
        actor = actor_of(request)
        try:
            run(actor=actor, key=key)
            messages.success(request, told(done))
        except NotFoundError:
            raise
        except SiteError as error:
            # The page of the case shows what happened meanwhile; an error page would hide it.
            messages.error(request, told(error.what) + (" " + told(error.do) if error.do else ""))
        return redirect("cases:case", key)

    return clicked


take = click(WORK, lifecycle.take, Text("It is yours. Call the customer.", "已领取，请联系客户。"))
go_on = click(WORK, lifecycle.go_on, Text("The clock runs again.", "已恢复计时。"))
close = click(WORK, lifecycle.close, Text("Closed. Well done.", "已办结，辛苦了。"))


@page(WORK)
def contact(request: HttpRequest, key: str) -> HttpResponse:
    """Reach the customer: number, words to say, and what came of it."""
    actor = actor_of(request)
    found = selectors.get_case(actor, key)
    if found.customer is None:
        raise NotFoundError(Text("customer", "客户"))
    listed = [one for one in catalogue.templates() if one.channel in ("phone", "sms", "letter", "in_person")]
    chosen = next((one for one in listed if one.code == request.GET.get("template")), None)
    if chosen is None and found.status != "resolved":
        chosen = next((one for one in listed if one.channel == "phone"), None)
    initial = {"template": chosen.code if chosen else "", "channel": chosen.channel if chosen else "phone"}
    form = shapes.ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.log_contact(actor=actor, key=key, **form.cleaned_data)
            messages.success(request, say("Written down.", "已登记。"))
            return redirect("cases:case", key)
        except SiteError as error:
            refused(form, error)
    return render(
        request,
        "cases/contact.html",
        {
            "shown": show(actor, found),
            "case": found,
            "form": form,
            "templates": listed,
            "chosen": chosen,
            "script": contacts.drafted(found, chosen, spoken())[1] if chosen else "",
            "can_mail": _has_mail(found),
        },
    )


@page(WORK)
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """Write to the customer, from a template or freely."""
    actor = actor_of(request)
    found = selectors.get_case(actor, key)
    if found.customer is None:
        raise NotFoundError(Text("customer", "客户"))
    listed = [one for one in catalogue.templates() if one.channel == "email"]
    wanted = request.GET.get("template") or ("solved-mail" if found.status == "resolved" else "first-mail")
    chosen = next((one for one in listed if one.code == wanted), None)
    subject, text = contacts.drafted(found, chosen) if chosen else ("", "")
    initial = {"subject": subject, "text": text, "template": chosen.code if chosen else ""}
    form = shapes.MailForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.write_mail(actor=actor, key=key, **form.cleaned_data)
            messages.success(request, say("The e-mail is on its way.", "邮件已进入发送队列。"))
            return redirect("cases:case", key)
        except SiteError as error:
            refused(form, error)
    return render(
        request,
        "cases/mail.html",
        {"shown": show(actor, found), "case": found, "form": form, "templates": listed, "chosen": chosen},
    )


@page(WORK)
@require_POST
def note(request: HttpRequest, key: str) -> HttpResponse:
    """Leave a note for colleagues."""
    actor = actor_of(request)
    found = selectors.get_case(actor, key)
    form = shapes.CaseNoteForm(request.POST)
    if form.is_valid():
        try:
            lifecycle.note(actor=actor, key=key, **form.cleaned_data)
            return redirect("cases:case", key)
        except SiteError as error:
            refused(form, error)
    return render(request, "cases/case.html", _context(actor, found) | {"note": form}, status=422)


@page(APPROVE)
@require_POST
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """Say yes or no to compensation that waits."""
    form = shapes.DecideForm(request.POST)
    if not form.is_valid():
        raise NotFoundError
    try:
        made = compensation.decide(actor=actor_of(request), key=key, **form.cleaned_data)
    except NotFoundError:
        raise
    except SiteError as error:
        messages.error(request, told(error.what) + (" " + told(error.do) if error.do else ""))
        return redirect("cases:team")
    messages.success(request, say("Decided at {at}.", "已审批（{at}）。", at=f"{clock.now():%H:%M} UTC"))
    return redirect("cases:case", made.case.key)
