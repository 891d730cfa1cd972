"""Forms of rules, deadlines, calendars, causes, templates and caps."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, get_args

from django import forms

from peakend.server.acting.actors import Role, role_name
from peakend.server.cases import presets
from peakend.server.cases.calendars import Calendar
from peakend.server.cases.catalogue import Sla, Template, clock_time, week_of
from peakend.server.cases.compensation import Cap
from peakend.server.cases.forms import choice, line, words
from peakend.server.cases.rules import Operator, Rule
from peakend.server.web.say import say_later, spoken, told

CONDITIONS = 4
UNITS = {
    "minutes": ("minutes of business time", "分钟（工作时间）"),
    "workdays": ("working days", "个工作日"),
    "days": ("days", "个自然日"),
}
DAYS = (
    ("Monday", "周一"),
    ("Tuesday", "周二"),
    ("Wednesday", "周三"),
    ("Thursday", "周四"),
    ("Friday", "周五"),
    ("Saturday", "周六"),
    ("Sunday", "周日"),
)


def _units() -> list[tuple[str, str]]:
    return [(code, zh if spoken() == "zh" else en) for code, (en, zh) in UNITS.items()]


def _amount(en: str, zh: str) -> forms.IntegerField:
    return forms.IntegerField(label=say_later(en, zh), required=False, min_value=1, max_value=1_000_000)


class _Named(forms.Form):
    """What every entry has."""

    code = forms.SlugField(
        label=say_later("Code", "编码"),
        max_length=80,
        help_text=say_later("It stays for ever.", "创建后不可修改。"),
    )
    name_en = line("Name in English", "英文名称", required=False, most=200)
    name_zh = line("Name in Chinese", "中文名称", required=False, most=200)
    position = forms.IntegerField(
        label=say_later("Place in the list", "排序"), min_value=0, max_value=100_000, initial=100
    )
    active = forms.BooleanField(label=say_later("In use", "启用"), required=False, initial=True)

    def name(self) -> dict[str, str]:
        """The name in both languages."""
        return {"en": self.cleaned_data["name_en"], "zh": self.cleaned_data["name_zh"]}

    def common(self) -> dict[str, Any]:
        """What every service takes."""
        data = self.cleaned_data
        return {
            "code": data["code"],
            "name": self.name(),
            "position": data["position"],
            "active": data["active"],
        }


class CauseForm(_Named):
    """A cause."""

    def data_of(self) -> dict[str, Any]:
        """What `save_cause` takes."""
        return self.common()


class RuleForm(_Named):
    """A rule with up to four conditions; more by the API."""

    severity = choice("Severity of the case", "工单严重程度", presets.SEVERITIES, initial="normal")
    kind = choice("Kind of case", "工单类型", {k: v for k, v in presets.KINDS.items() if k != "repeat"})
    match = forms.ChoiceField(
        label=say_later("Opens a case when", "满足以下条件时建立工单"),
        choices=[
            ("all", say_later("all conditions hold", "全部满足")),
            ("any", say_later("one of them holds", "任一满足")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        zh = spoken() == "zh"
        for n in range(1, CONDITIONS + 1):
            first = n == 1
            about = f"条件 {n}：题目" if zh else f"Condition {n}: question"
            self.fields[f"question_{n}"] = forms.CharField(
                label=about, max_length=80, required=first, help_text=_about() if first else ""
            )
            self.fields[f"op_{n}"] = forms.ChoiceField(
                label=f"条件 {n}：关系" if zh else f"Condition {n}: is",
                choices=[("", "–"), *((one, OPERATORS[one][zh]) for one in get_args(Operator))],
                required=first,
            )
            self.fields[f"value_{n}"] = forms.CharField(
                label=f"条件 {n}：值（多个用逗号分隔）"
                if zh
                else f"Condition {n}: value (commas between several)",
                max_length=300,
                required=False,
            )

    def data_of(self) -> dict[str, Any]:
        """What `save_rule` takes. A condition keeps the scale that the stored one was meant on."""
        data = self.cleaned_data
        kept = {one["question"]: one.get("of") for one in self.initial.get("stored", [])}
        found = []
        for n in range(1, CONDITIONS + 1):
            question, op = data[f"question_{n}"].strip(), data[f"op_{n}"]
            if question and op:
                condition = {"question": question, "op": op, "value": _value(data[f"value_{n}"])}
                if kept.get(question):
                    condition["of"] = kept[question]
                found.append(condition)
        return {
            **self.common(),
            "severity": data["severity"],
            "kind": data["kind"],
            "conditions": {"match": data["match"], "conditions": found},
        }


OPERATORS: dict[str, tuple[str, str]] = {
    "eq": ("equal to", "等于"),
    "ne": ("not equal to", "不等于"),
    "in": ("one of", "属于"),
    "lt": ("less than", "小于"),
    "le": ("at most", "不大于"),
    "gt": ("more than", "大于"),
    "ge": ("at least", "不小于"),
    "contains": ("containing", "包含"),
    "answered": ("answered", "已作答"),
    "not_answered": ("not answered", "未作答"),
}


def _about() -> Any:  # noqa: ANN401
    return say_later(
        "A question's id, type:nps, item:recommend, or @tier, @site, @touchpoint, @place, @channel, @words.",
        "题目编码、type:nps、item:recommend，或 @tier、@site、@touchpoint、@place、@channel、@words。",
    )


def _value(text: str) -> Any:  # noqa: ANN401
    parts = [part.strip() for part in re.split(r"[,，、]", text) if part.strip()]
    typed = [float(part) if re.fullmatch(r"-?\d+(\.\d+)?", part) else part for part in parts]
    return typed[0] if len(typed) == 1 else (typed or None)


class SlaForm(_Named):
    """Deadlines."""

    severity = choice("For severity", "适用严重程度", presets.SEVERITIES, empty=True)
    kind = choice("For kind", "适用类型", presets.KINDS, empty=True)
    tier = line("For customers of tier", "适用客户等级", required=False, most=60)
    contact_amount = _amount("First contact within", "首次联系时限")
    contact_unit = forms.ChoiceField(label=say_later("counted in", "单位"), choices=_units)
    resolve_amount = _amount("Solution within", "解决时限")
    resolve_unit = forms.ChoiceField(label=say_later("counted in", "单位"), choices=_units)
    extended_amount = _amount("Complex cases within", "复杂情况时限")
    regulation = line(
        *("Regulation that sets it", "所依据的规定"),
        required=False,
        help_=say_later(
            "With one, waiting for the customer does not stop the clock.", "填写后，等待客户期间不暂停计时。"
        ),
    )

    def data_of(self) -> dict[str, Any]:
        """What `save_sla` takes."""
        names = (
            "severity",
            "kind",
            "tier",
            "contact_amount",
            "contact_unit",
            "resolve_amount",
            "resolve_unit",
        )
        return {
            **self.common(),
            **{name: self.cleaned_data[name] for name in (*names, "extended_amount", "regulation")},
        }


class CalendarForm(_Named):
    """Hours, holidays, exceptions."""

    holidays = forms.ChoiceField(
        label=say_later("Public holidays", "法定节假日"),
        required=False,
        choices=[
            ("", say_later("none", "不休")),
            ("CN", say_later("China, with make-up working days", "中国（含调休）")),
            ("US", say_later("United States, federal", "美国联邦")),
        ],
    )
    closed = words(
        "Closed on",
        "另行休息日",
        required=False,
        rows=2,
        help_=say_later("2026-10-01, one a line", "每行一个日期，如 2026-10-01"),
    )
    opened = words(
        "Open on",
        "另行工作日",
        required=False,
        rows=2,
        help_=say_later("2026-10-10 09:00-12:00", "如 2026-10-10 09:00-12:00"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        for n, (en, zh) in enumerate(DAYS):
            self.fields[f"day_{n}"] = forms.CharField(
                label=zh if spoken() == "zh" else en,
                required=False,
                max_length=100,
                help_text=say_later("09:00-12:00, 13:30-18:00", "09:00-12:00，13:30-18:00") if n == 0 else "",
            )

    def data_of(self) -> dict[str, Any]:
        """What `save_calendar` takes."""
        data, common = self.cleaned_data, self.common()
        common.pop("position")
        opened = {}
        for row in data["opened"].splitlines():
            day, _, spans = row.strip().partition(" ")
            if day:
                opened[day] = _spans(spans)
        return {
            **common,
            "holidays": data["holidays"],
            "week": [_spans(data[f"day_{n}"]) for n in range(7)],
            "closed": data["closed"].split(),
            "opened": opened,
        }


def _spans(text: str) -> list[list[str]]:
    return [
        [half.strip() for half in re.split(r"[-–—~]", part, maxsplit=1)]
        for part in re.split(r"[,，;；]", text)
        if part.strip()
    ]


class TemplateForm(_Named):
    """A template in both languages."""

    channel = choice("Channel", "渠道", presets.CHANNELS)
    subject_en = line("Subject in English", "英文主题", required=False)
    body_en = words("Text in English", "英文正文", required=False, rows=6)
    subject_zh = line("Subject in Chinese", "中文主题", required=False)
    body_zh = words(
        *("Text in Chinese", "中文正文"),
        required=False,
        rows=6,
        help_=say_later(
            "Filled in: {{name}} {{number}} {{touchpoint}} {{site}} {{owner}} {{due}} {{action}}",
            "可填充：{{name}} {{number}} {{touchpoint}} {{site}} {{owner}} {{due}} {{action}}",
        ),
    )

    def data_of(self) -> dict[str, Any]:
        """What `save_template` takes."""
        data = self.cleaned_data
        return {
            **self.common(),
            "channel": data["channel"],
            "subject": {"en": data["subject_en"], "zh": data["subject_zh"]},
            "body": {"en": data["body_en"], "zh": data["body_zh"]},
        }


class CapForm(forms.Form):
    """Caps of a role in one currency."""

    role = forms.ChoiceField(label=say_later("Role", "角色"))
    currency = line("Currency", "币种", most=3)
    per_case = forms.DecimalField(label=say_later("For one case", "单张工单"), min_value=0, decimal_places=2)
    per_customer_year = forms.DecimalField(
        label=say_later("For one customer in a year", "同一客户每年"), min_value=0, decimal_places=2
    )
    per_employee_month = forms.DecimalField(
        label=say_later("By one employee in a month", "每名员工每月"), min_value=0, decimal_places=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (one.value, told(role_name(one))) for one in Role if one is not Role.ANALYST
        ]

    def data_of(self) -> dict[str, Any]:
        """What `save_cap` takes."""
        return {**self.cleaned_data, "currency": self.cleaned_data["currency"].upper()}


def _named(one: Rule | Sla | Template | Calendar) -> dict[str, Any]:
    return {
        "code": one.code,
        "name_en": one.name.en,
        "name_zh": one.name.zh,
        "position": getattr(one, "position", 100),
        "active": getattr(one, "active", True),
    }


def rule_initial(one: Rule) -> dict[str, Any]:
    """The form's beginning for a rule."""
    found = {**_named(one), "severity": one.severity, "kind": one.kind, "match": one.conditions.match}
    found["stored"] = [condition.model_dump() for condition in one.conditions.conditions]
    for n, condition in enumerate(one.conditions.conditions[:CONDITIONS], 1):
        value = condition.value
        shown = ", ".join(str(part) for part in value) if isinstance(value, list) else value
        found |= {f"question_{n}": condition.question, f"op_{n}": condition.op, f"value_{n}": shown}
    return found


def sla_initial(one: Sla) -> dict[str, Any]:
    """The form's beginning for a policy."""
    names = [name for name in Sla.__dataclass_fields__ if name not in ("name", "built_in")]
    return {**_named(one), **{name: getattr(one, name) for name in names}}


def calendar_initial(one: Calendar) -> dict[str, Any]:
    """The form's beginning for a calendar."""
    days = {f"day_{n}": ", ".join("-".join(span) for span in spans) for n, spans in enumerate(week_of(one))}
    opened = [
        f"{day} " + ", ".join(f"{clock_time(a)}-{clock_time(b)}" for a, b in spans)
        for day, spans in sorted(one.opened.items())
    ]
    return {
        **_named(one),
        **days,
        "holidays": one.holidays,
        "closed": "\n".join(str(day) for day in sorted(one.closed)),
        "opened": "\n".join(opened),
    }


def template_initial(one: Template) -> dict[str, Any]:
    """The form's beginning for a template."""
    return {
        **_named(one),
        "channel": one.channel,
        **{f"subject_{key}": one.subject.get(key, "") for key in ("en", "zh")},
        **{f"body_{key}": one.body.get(key, "") for key in ("en", "zh")},
    }


def cap_initial(role: str, currency: str, cap: Cap | None) -> dict[str, Any]:
    """The form's beginning for a cap."""
    zero = Decimal(0)
    return {
        "role": role,
        "currency": currency,
        "per_case": cap.per_case if cap else zero,
        "per_customer_year": cap.per_customer_year if cap else zero,
        "per_employee_month": cap.per_employee_month if cap else zero,
    }
