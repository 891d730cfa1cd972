"""Pages of what cases run by: rules, deadlines, calendars, causes, templates, caps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Role, role_name
from peakend.server.acting.errors import NotFoundError, SiteError
from peakend.server.cases import catalogue, editing, presets, rule_forms, rules
from peakend.server.cases import settings_forms as shapes
from peakend.server.cases.calendars import BUILT_IN, china_known_until
from peakend.server.cases.catalogue import Sla
from peakend.server.cases.compensation import caps
from peakend.server.cases.models import BusinessCalendar, CaseRule, Cause, ContactTemplate, Setting, SlaPolicy
from peakend.server.cases.policies import SETTINGS
from peakend.server.web.forms import refused
from peakend.server.web.pages import actor_of, page
from peakend.server.web.say import say, spoken, told


@dataclass(frozen=True)
class Line:
    """One entry of a list: its code, name and what it says; `active` None where it has no switch."""

    code: str
    name: Text
    says: str
    active: bool | None = None
    built_in: bool = False


@dataclass(frozen=True)
class Kind:
    """One catalogue: its words, its lines, its form and its service."""

    title: Text
    about: Text
    lines: Callable[[], list[Line]]
    form: type[forms.Form]
    initial: Callable[[str], dict[str, Any] | None]
    save: Callable[..., object]


def _rules() -> list[Line]:
    return [
        Line(one.code, one.name, _conditions(one), one.active, one.built_in)
        for one in rules.rules(every=True)
    ]


# What a condition may ask about, besides a question by its id.
_SUBJECTS = {
    "type:nps": Text("NPS", "NPS"),
    "type:csat": Text("CSAT", "CSAT"),
    "type:ces": Text("CES", "CES"),
    "@tier": Text("the customer's tier", "客户等级"),
    "@site": Text("the site", "网点"),
    "@touchpoint": Text("the touchpoint", "接触点"),
    "@place": Text("the place", "投放点"),
    "@channel": Text("the channel", "渠道"),
    "@words": Text("the customer's words", "客户原话"),
}


def _subject(question: str) -> str:
    return told(_SUBJECTS[question]) if question in _SUBJECTS else question


def _conditions(one: rules.Rule) -> str:
    zh = spoken() == "zh"
    parts = []
    for condition in one.conditions.conditions:
        value = condition.value
        shown = ("、" if zh else ", ").join(map(str, value)) if isinstance(value, list) else value
        operator = rule_forms.OPERATORS[condition.op][zh]
        parts.append(
            f"{_subject(condition.question)} {operator} {shown if shown is not None else ''}".strip()
        )
    if one.conditions.match == "all":
        joined = ("，且 " if zh else " and ").join(parts)
    else:
        joined = ("，或 " if zh else " or ").join(parts)
    return (
        joined
        + say(": ", "：")
        + f"{told(presets.SEVERITIES.get(one.severity, Text(one.severity, one.severity)))}"
    )


def _slas() -> list[Line]:
    return [
        Line(one.code, one.name, _deadlines(one), one.active, one.built_in)
        for one in catalogue.slas(every=True)
    ]


def _deadlines(one: Sla) -> str:
    parts = []
    if one.contact_amount:
        parts.append(
            say("first contact {t}", "首次联系 {t}", t=_length(one.contact_amount, one.contact_unit))
        )
    if one.resolve_amount:
        parts.append(say("solution {t}", "解决 {t}", t=_length(one.resolve_amount, one.resolve_unit)))
    if one.extended_amount:
        parts.append(
            say("complex cases {t}", "复杂情况 {t}", t=_length(one.extended_amount, one.resolve_unit))
        )
    if one.regulation:
        parts.append(one.regulation)
    return ("；" if spoken() == "zh" else "; ").join(parts)


def _length(amount: int, unit: str) -> str:
    if unit == "minutes" and amount % 60 == 0:
        return say("{n} h of business time", "{n} 小时（工作时间）", n=amount // 60)
    en, zh = shapes.UNITS[unit]
    return say("{n} {unit}", "{n} {unit_zh}", n=amount, unit=en, unit_zh=zh)


def _calendars() -> list[Line]:
    used = catalogue.calendars()
    listed = [
        Line(one.code, one.name, _hours(one.week), None, one is BUILT_IN.get(one.code))
        for one in used.values()
    ]
    resting = [catalogue.calendar_of(row) for row in BusinessCalendar.objects.filter(active=False)]
    return listed + [
        Line(one.code, one.name, _hours(one.week), active=False) for one in resting if one.code not in used
    ]


def _hours(week: Any) -> str:  # noqa: ANN401
    found = next((spans for spans in week if spans), ())
    return say(", ", "，").join(f"{catalogue.clock_time(a)}–{catalogue.clock_time(b)}" for a, b in found)


def _causes() -> list[Line]:
    rows = {row.code: row for row in Cause.objects.all()}
    return [
        Line(code, name, code, rows[code].active if code in rows else True, code not in rows)
        for code, name in catalogue.causes(every=True).items()
    ]


def _templates() -> list[Line]:
    return [
        Line(one.code, one.name, told(presets.CHANNELS[one.channel]), one.active, one.built_in)
        for one in catalogue.templates(every=True)
    ]


def _caps() -> list[Line]:
    return [
        Line(
            f"{role}-{currency}",
            Text(f"{role_name(Role(role)).en}, {currency}", f"{role_name(Role(role)).zh}，{currency}"),
            say(
                "a case {a}; a customer in a year {b}; an employee in a month {c}",
                "单张工单 {a}；同一客户每年 {b}；每名员工每月 {c}",
                a=cap.per_case,
                b=cap.per_customer_year,
                c=cap.per_employee_month,
            ),
        )
        for (role, currency), cap in sorted(caps().items(), key=lambda one: (one[0][1], one[0][0]))
    ]


def _own_name(model: type[Setting], code: str) -> dict[str, str]:
    """The name as it was given, also where it was given in one language only."""
    row = model.objects.filter(code=code).first()
    return {f"name_{key}": row.name.get(key, "") for key in ("en", "zh")} if row else {}


def _rule(code: str) -> dict[str, Any] | None:
    found = next((one for one in rules.rules(every=True) if one.code == code), None)
    return rule_forms.rule_initial(found) | _own_name(CaseRule, code) if found else None


def _sla(code: str) -> dict[str, Any] | None:
    found = next((one for one in catalogue.slas(every=True) if one.code == code), None)
    return shapes.sla_initial(found) | _own_name(SlaPolicy, code) if found else None


def _calendar(code: str) -> dict[str, Any] | None:
    row = BusinessCalendar.objects.filter(code=code).first()
    if row is None:
        return shapes.calendar_initial(BUILT_IN[code]) if code in BUILT_IN else None
    begins = shapes.calendar_initial(catalogue.calendar_of(row))
    return begins | _own_name(BusinessCalendar, code) | {"active": row.active}


def _cause(code: str) -> dict[str, Any] | None:
    listed = catalogue.causes(every=True)
    row = Cause.objects.filter(code=code).first()
    if code not in listed:
        return None
    return {
        "code": code,
        "name_en": listed[code].en,
        "name_zh": listed[code].zh,
        "position": row.position if row else list(listed).index(code),
        "active": row.active if row else True,
    } | _own_name(Cause, code)


def _template(code: str) -> dict[str, Any] | None:
    found = next((one for one in catalogue.templates(every=True) if one.code == code), None)
    return shapes.template_initial(found) | _own_name(ContactTemplate, code) if found else None


def _cap(code: str) -> dict[str, Any] | None:
    role, _, currency = code.rpartition("-")
    found = caps().get((role, currency))
    return shapes.cap_initial(role, currency, found) if found else None


KINDS: dict[str, Kind] = {
    "rules": Kind(
        Text("Rules that open cases", "建单规则"),
        Text("The first rule that an answer meets opens its case.", "答卷满足的第一条规则决定是否建单。"),
        _rules,
        rule_forms.RuleForm,
        _rule,
        editing.save_rule,
    ),
    "sla": Kind(
        Text("Deadlines", "处理时限"),
        Text(
            "The first policy that fits sets the deadlines; a regulation in use may only shorten them.",
            "适用的第一条策略决定时限；启用的法规时限只会使其更早到期。",
        ),
        _slas,
        shapes.SlaForm,
        _sla,
        editing.save_sla,
    ),
    "calendars": Kind(
        Text("Business calendars", "工作日历"),
        Text("Deadlines count the hours of the calendar of the site.", "时限按网点所用日历的工作时间计算。"),
        _calendars,
        shapes.CalendarForm,
        _calendar,
        editing.save_calendar,
    ),
    "causes": Kind(
        Text("Causes", "原因目录"),
        Text("No case closes without one of these.", "每张工单办结前须选择其中一项。"),
        _causes,
        shapes.CauseForm,
        _cause,
        editing.save_cause,
    ),
    "templates": Kind(
        Text("Templates", "沟通模板"),
        Text("Words to say or to write to customers.", "与客户沟通时使用的话术与文本。"),
        _templates,
        shapes.TemplateForm,
        _template,
        editing.save_template,
    ),
    "caps": Kind(
        Text("Compensation without asking", "免审批补偿限额"),
        Text("Over a cap somebody else must say yes.", "超过限额须由他人审批。"),
        _caps,
        shapes.CapForm,
        _cap,
        editing.save_cap,
    ),
}


def _kind(what: str) -> Kind:
    if what not in KINDS:
        raise NotFoundError
    return KINDS[what]


@page(SETTINGS)
def overview(request: HttpRequest) -> HttpResponse:
    """Begin with the rules."""
    return redirect("cases:settings_list", "rules")


@page(SETTINGS)
def listed(request: HttpRequest, what: str) -> HttpResponse:
    """One catalogue."""
    kind, until = _kind(what), china_known_until()
    return render(
        request,
        "cases/settings.html",
        {
            "what": what,
            "kind": kind,
            "kinds": [(code, one.title) for code, one in KINDS.items()],
            "lines": kind.lines(),
            "unknown_year": until + 1 if what == "calendars" and clock.now().year >= until else None,
        },
    )


@page(SETTINGS)
def edit(request: HttpRequest, what: str, code: str = "") -> HttpResponse:
    """Change an entry, or add one."""
    kind = _kind(what)
    initial = kind.initial(code) if code else {}
    if initial is None:
        raise NotFoundError
    form = kind.form(request.POST or None, initial=initial)
    if code and "code" in form.fields:
        form.fields["code"].disabled = True
    if "more" in request.POST and isinstance(form, rule_forms.RuleForm):
        form = form.with_more()
        if code:
            form.fields["code"].disabled = True
    elif request.method == "POST" and form.is_valid():
        try:
            kind.save(actor=actor_of(request), **form.data_of())
            messages.success(request, say("Saved.", "已保存。"))
            return redirect("cases:settings_list", what)
        except SiteError as error:
            refused(form, error)
    return render(
        request, "cases/settings_form.html", {"what": what, "kind": kind, "form": form, "code": code}
    )


@page(SETTINGS)
@require_POST
def turn(request: HttpRequest, what: str, code: str) -> HttpResponse:
    """Switch an entry on or off."""
    active = request.POST.get("active") == "1"
    editing.turn(actor=actor_of(request), what=what, code=code, active=active)
    messages.success(request, say("Switched on.", "已启用。") if active else say("Switched off.", "已停用。"))
    return redirect("cases:settings_list", what)
