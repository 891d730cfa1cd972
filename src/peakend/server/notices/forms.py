"""Forms of webhooks and of digests."""

from __future__ import annotations

import zoneinfo

from django import forms

from peakend.server.notices.digests import CHOICES
from peakend.server.notices.events import events
from peakend.server.web.say import say, say_later, told


def _event_choices() -> list[tuple[str, str]]:
    named = {name: title for name, title in events().items() if name != "webhook.test"}
    areas = {f"{name.partition('.')[0]}.*": None for name in named}
    return [
        ("*", say("Everything", "全部事件")),
        *(
            (name, say("{title} ({name})", "{title}（{name}）", title=told(title), name=name))
            for name, title in named.items()
        ),
        *((area, say("All of {area}", "{area} 全部", area=area)) for area in areas),
    ]


class WebhookForm(forms.Form):
    """Where events go, and which."""

    name = forms.CharField(label=say_later("Name", "名称"), max_length=200)
    url = forms.CharField(
        label=say_later("Address", "地址"),
        max_length=500,
        help_text=say_later(
            "https://… on the public internet. Redirects are not followed.",
            "公网上的 https:// 地址；不跟随重定向。",
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=say_later("Events", "事件"), choices=_event_choices, widget=forms.CheckboxSelectMultiple
    )


class ChangeWebhookForm(WebhookForm):
    """The same for one there is."""

    active = forms.BooleanField(label=say_later("In use", "启用"), required=False)


class DigestForm(forms.Form):
    """How often, and when."""

    digest = forms.ChoiceField(
        label=say_later("Send me what is new", "发送摘要"),
        choices=lambda: [(name, told(title)) for name, title in CHOICES.items()],
    )
    hour = forms.TypedChoiceField(
        label=say_later("At", "时间"),
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
        coerce=int,
    )
    timezone = forms.ChoiceField(
        label=say_later("Time zone", "时区"),
        choices=lambda: [(zone, zone) for zone in sorted(zoneinfo.available_timezones()) if "/" in zone],
    )
