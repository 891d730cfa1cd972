"""Forms of deadlines, calendars, causes, templates and caps; those of rules are in `rule_forms`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms

from peakend.server.acting.actors import Role, role_name
from peakend.server.cases import presets
from peakend.server.cases.calendars import Calendar
from peakend.server.cases.catalogue import Sla, Template, clock_time, week_of
from peakend.server.cases.compensation import Cap
from peakend.server.cases.forms import choice, line, words
from peakend.server.cases.rules import Rule
from peakend.server.web.say import say_later, spoken, told

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


class Named(forms.Form):
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


class CauseForm(Named):
    """A cause."""

    def data_of(self) -> dict[str, Any]:
        """What `save_cause` takes."""
        return self.common()


class SlaForm(Named):
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


class CalendarForm(Named):
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
        most=200_000,
        help_=say_later("2026-10-01, one a line", "每行一个日期，如 2026-10-01"),
    )
    opened = words(
        "Open on",
        "另行工作日",
        required=False,
        rows=2,
        most=200_000,
        help_=say_later("2026-10-10 09:00-12:00", "如 2026-10-10 09:00-12:00"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        # Calendars have no order: a site names its own.
        del self.fields["position"]
        for n, (en, zh) in enumerate(DAYS):
            self.fields[f"day_{n}"] = forms.CharField(
                label=zh if spoken() == "zh" else en,
                required=False,
                max_length=20_000,
                help_text=say_later("09:00-12:00, 13:30-18:00", "09:00-12:00，13:30-18:00") if n == 0 else "",
            )

    def data_of(self) -> dict[str, Any]:
        """What `save_calendar` takes."""
        data = self.cleaned_data
        opened = {}
        for row in data["opened"].splitlines():
            day, _, spans = row.strip().partition(" ")
            if day:
                opened[day] = _spans(spans)
        return {
            "code": data["code"],
            "name": self.name(),
            "active": data["active"],
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


class TemplateForm(Named):
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        # Other languages come by the API; they are shown and kept.
        self.languages = ["en", "zh", *self.initial.get("languages", ())]
        for key in self.languages[2:]:
            self.fields[f"subject_{key}"] = line(f"Subject ({key})", f"主题（{key}）", required=False)
            self.fields[f"body_{key}"] = words(f"Text ({key})", f"正文（{key}）", required=False, rows=6)

    def data_of(self) -> dict[str, Any]:
        """What `save_template` takes."""
        data = self.cleaned_data
        return {
            **self.common(),
            "channel": data["channel"],
            "subject": {key: data[f"subject_{key}"] for key in self.languages},
            "body": {key: data[f"body_{key}"] for key in self.languages},
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
        # Another role or currency is another cap.
        for name in ("role", "currency"):
            self.fields[name].disabled = name in self.initial

    def data_of(self) -> dict[str, Any]:
        """What `save_cap` takes."""
        return {**self.cleaned_data, "currency": self.cleaned_data["currency"].upper()}


def named(one: Rule | Sla | Template | Calendar) -> dict[str, Any]:
    """The form's beginning for what every entry has."""
    return {
        "code": one.code,
        "name_en": one.name.en,
        "name_zh": one.name.zh,
        "position": getattr(one, "position", 100),
        "active": getattr(one, "active", True),
    }


def sla_initial(one: Sla) -> dict[str, Any]:
    """The form's beginning for a policy."""
    names = [name for name in Sla.__dataclass_fields__ if name not in ("name", "built_in")]
    return {**named(one), **{name: getattr(one, name) for name in names}}


def calendar_initial(one: Calendar) -> dict[str, Any]:
    """The form's beginning for a calendar."""
    days = {f"day_{n}": ", ".join("-".join(span) for span in spans) for n, spans in enumerate(week_of(one))}
    opened = [
        f"{day} " + ", ".join(f"{clock_time(a)}-{clock_time(b)}" for a, b in spans)
        for day, spans in sorted(one.opened.items())
    ]
    return {
        **named(one),
        **days,
        "holidays": one.holidays,
        "closed": "\n".join(str(day) for day in sorted(one.closed)),
        "opened": "\n".join(opened),
    }


def template_initial(one: Template) -> dict[str, Any]:
    """The form's beginning for a template."""
    others = sorted({*one.subject, *one.body} - {"en", "zh"})
    return {
        **named(one),
        "channel": one.channel,
        "languages": others,
        **{f"subject_{key}": one.subject.get(key, "") for key in ("en", "zh", *others)},
        **{f"body_{key}": one.body.get(key, "") for key in ("en", "zh", *others)},
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
