"""Forms of sites, teams and touchpoints."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms

from peakend.server.company.calendars import calendar_names
from peakend.server.web.say import say_later, told


def _text(en: str, zh: str, most: int = 200, required: bool = False, help_: object = "") -> forms.CharField:
    return forms.CharField(label=say_later(en, zh), max_length=most, required=required, help_text=help_)


def _code() -> forms.CharField:
    return _text(
        *("Code", "编码", 60, True),
        help_=say_later(
            "As other systems know it. It stays for ever.", "与其他系统一致的编码，创建后不可修改。"
        ),
    )


def _active() -> forms.BooleanField:
    return forms.BooleanField(label=say_later("In use", "启用"), required=False, initial=True)


class SiteForm(forms.Form):
    """A site's own facts."""

    name = _text("Name", "名称", required=True)
    name_zh = _text("Name in Chinese", "中文名称")
    kind = _text(
        *("Kind", "类型", 60), help_=say_later("Terminal, branch, estate, shop", "如航站楼、支行、小区、门店")
    )
    region = _text("Region", "区域", 120)
    timezone = forms.ChoiceField(
        label=say_later("Time zone", "时区"),
        choices=lambda: [(zone, zone) for zone in sorted(zoneinfo.available_timezones()) if "/" in zone],
        initial="Asia/Shanghai",
    )
    calendar = forms.ChoiceField(
        label=say_later("Business calendar", "工作日历"),
        choices=lambda: [(code, told(name)) for code, name in calendar_names().items()],
        initial="china-office",
        help_text=say_later("Deadlines count its working hours.", "处理时限按该日历的工作时间计算。"),
    )
    active = _active()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        kept = self.initial.get("calendar")
        field = self.fields["calendar"]
        if kept and kept not in dict(field.choices):
            # Set by a program, perhaps before the calendar is: saving the form must not lose it.
            field.choices = [*field.choices, (kept, kept)]


class NewSiteForm(SiteForm):
    """The same with the code, for a new one."""

    code = _code()
    field_order = ("code",)


class TeamForm(forms.Form):
    """A team's own facts."""

    name = _text("Name", "名称", required=True)
    name_zh = _text("Name in Chinese", "中文名称")
    active = _active()


class NewTeamForm(TeamForm):
    """The same with the code, for a new one."""

    code = _code()
    field_order = ("code",)


class TouchpointForm(forms.Form):
    """A touchpoint's own facts."""

    name = _text("Name", "名称", required=True)
    name_zh = _text("Name in Chinese", "中文名称")
    stage = forms.ChoiceField(
        label=say_later("Stage", "阶段"),
        required=False,
        choices=[
            ("", say_later("Not said", "未指定")),
            ("pre", say_later("Before buying", "购买前")),
            ("purchase", say_later("Buying", "购买")),
            ("use", say_later("Use", "使用")),
            ("service", say_later("Service", "服务")),
        ],
    )
    position = forms.IntegerField(
        label=say_later("Order in the journey", "旅程顺序"), min_value=0, max_value=100_000, required=False
    )
    channel = _text("Channel", "渠道", 60)
    owner = _text("Who answers for it", "责任人")
    active = _active()


class NewTouchpointForm(TouchpointForm):
    """The same with the code, for a new one."""

    code = _code()
    field_order = ("code",)


class CompanyForm(forms.Form):
    """The company's name."""

    name = _text("Company", "公司名称")
