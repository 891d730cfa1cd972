"""Forms of the area: they ask, the services decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms

from peakend.server.channels import selectors
from peakend.server.channels.places import KINDS, reachable_sites
from peakend.server.company.models import Site, Team, Touchpoint
from peakend.server.customers.files import MOST_BYTES
from peakend.server.web.forms import DayInput
from peakend.server.web.say import picked, say, say_later, spoken

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.surveys.models import Survey

CHANNELS = [
    ("email", say_later("E-mail", "电子邮件")),
    ("sms", say_later("Text message, by your own sender", "短信（由贵公司发送）")),
    ("api", say_later("Your own app, by the API", "贵公司应用（通过 API）")),
    ("link", say_later("Personal link to hand over", "个人链接（自行转交）")),
]


def named(one: Site | Team | Touchpoint) -> str:
    """The name in the page's language."""
    return str((one.name_zh if spoken() == "zh" else "") or one.name)


class Named(forms.ModelChoiceField):
    """A choice of sites, teams or touchpoints by their names."""

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401 - Django's own signature
        """The name, with the site before a team's."""
        return f"{named(obj.site)} · {named(obj)}" if isinstance(obj, Team) else named(obj)


class SurveyChoice(forms.ModelChoiceField):
    """A choice of surveys by their names."""

    def label_from_instance(self, obj: Survey) -> str:
        """The survey's name."""
        return picked(obj.name) or obj.key


class ActorForm(forms.Form):
    """A form whose choices are those of whoever fills it in."""

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.actor = actor
        sites = Site.objects.filter(pk__in=[one.pk for one in reachable_sites(actor)])
        for name, rows in (
            ("survey", selectors.surveys(actor).filter(status="live")),
            ("site", sites),
            ("team", Team.objects.filter(site__in=sites, active=True).select_related("site")),
            ("touchpoint", Touchpoint.objects.filter(active=True)),
        ):
            if name in self.fields:
                self.fields[name].queryset = rows
                if self.fields[name].required:
                    self.fields[name].empty_label = say("Choose …", "请选择……")


class PlaceForm(ActorForm):
    """A place. Survey and kind are chosen once."""

    survey = SurveyChoice(None, label=say_later("Survey", "调查"))
    kind = forms.ChoiceField(
        label=say_later("Kind", "类型"),
        choices=[(code, say_later(text.en, text.zh)) for code, text in KINDS.items()],
    )
    name = forms.CharField(
        label=say_later("Name", "名称"),
        max_length=200,
        help_text=say_later("Where exactly: “Counter 3, exit”.", "写清具体位置，例如“3 号柜台出口”。"),
    )
    site = Named(None, label=say_later("Site", "网点"), required=False)
    team = Named(None, label=say_later("Team", "班组"), required=False)
    touchpoint = Named(None, label=say_later("Touchpoint", "接触点"), required=False)
    silent_after_days = forms.IntegerField(
        label=say_later("Tell us after so many days without an answer", "连续多少天无应答时提醒"),
        min_value=1,
        max_value=365,
        initial=7,
    )
    allowed_origin = forms.CharField(
        label=say_later("Web site that shows it", "嵌入的网站"),
        required=False,
        max_length=200,
        help_text=say_later(
            "Only for a part of a web page: https://www.example.com",
            "仅网页嵌入需要填写，例如 https://www.example.com",
        ),
    )

    def __init__(self, actor: Actor, *args: Any, fixed: bool = False, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(actor, *args, **kwargs)
        if fixed:
            del self.fields["survey"], self.fields["kind"]
        if not actor.reach.everything:
            self.fields["site"].required = True


class EverywhereForm(ActorForm):
    """A place at every site."""

    survey = SurveyChoice(None, label=say_later("Survey", "调查"))
    kind = forms.ChoiceField(
        label=say_later("Kind", "类型"),
        choices=[(code, say_later(text.en, text.zh)) for code, text in KINDS.items() if code != "embed"],
    )
    touchpoint = Named(None, label=say_later("Touchpoint", "接触点"), required=False)


class InviteForm(ActorForm):
    """Customers to ask: by number, or in a file."""

    survey = SurveyChoice(None, label=say_later("Survey", "调查"))
    channel = forms.ChoiceField(label=say_later("Channel", "渠道"), choices=CHANNELS)
    customers = forms.CharField(
        label=say_later("Customer numbers, one a line", "客户编号，每行一个"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea,
    )
    file = forms.FileField(
        label=say_later("or a CSV file", "或 CSV 文件"),
        required=False,
        help_text=say_later(
            "Column customer_id; name, email, phone, language and site add or change the customer; "
            "attributes.something can be named in letters as @something.",
            "须有 customer_id 列；name、email、phone、language、site 列会新增或更新客户；"
            "attributes.xxx 列可在信件中以 @xxx 引用。",
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of both must be there, and the file not too large."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is not None and file.size > MOST_BYTES:
            self.add_error("file", say("The file is larger than 5 MB.", "文件超过 5 MB。"))
        if file is None and not cleaned.get("customers", "").strip():
            self.add_error("customers", say("Name somebody, or send a file.", "请填写客户编号或上传文件。"))
        return cleaned


class WaveForm(ActorForm):
    """A round of a survey."""

    survey = SurveyChoice(None, label=say_later("Survey", "调查"))
    label = forms.CharField(
        label=say_later("Label", "期次名称"), max_length=80, help_text=say_later("2026-Q3", "例如 2026-Q3")
    )
    starts_on = forms.DateField(label=say_later("First day", "开始日"), widget=DayInput())
    ends_on = forms.DateField(
        label=say_later("Last day", "结束日"),
        required=False,
        widget=DayInput(),
    )
    mode = forms.ChoiceField(
        label=say_later("Who is asked", "抽样方式"),
        choices=[
            ("census", say_later("Everybody", "全部客户")),
            ("random", say_later("A random share", "随机抽取一定比例")),
            ("stratified", say_later("A share of each tier, site or language", "按等级、网点或语言分层抽取")),
        ],
    )
    share = forms.IntegerField(
        label=say_later("Share, per cent", "比例（%）"), min_value=0, max_value=100, initial=100
    )
    by = forms.ChoiceField(
        label=say_later("Strata", "分层依据"),
        required=False,
        choices=[
            ("", say_later("none", "不分层")),
            ("tier", say_later("Tier", "等级")),
            ("site", say_later("Site", "网点")),
            ("language", say_later("Language", "语言")),
        ],
    )
    shares = forms.CharField(
        label=say_later("Shares of strata", "各层比例"),
        required=False,
        max_length=4000,
        help_text=say_later(
            "gold=100, silver=20; strata not listed take the share above.",
            "例如 gold=100, silver=20；未列出的层采用上面的比例。",
        ),
    )
    panel = forms.ModelChoiceField(None, label=say_later("Panel", "固定样本组"), required=False)
    site = Named(None, label=say_later("Site", "网点"), required=False)
    channel = forms.ChoiceField(label=say_later("Channel", "渠道"), choices=CHANNELS)
    daily_most = forms.IntegerField(
        label=say_later("At most so many a day", "每天最多发送"), required=False, min_value=1
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(actor, *args, **kwargs)
        self.fields["panel"].queryset = selectors.panels(actor)

    def clean_shares(self) -> dict[str, float]:
        """`gold=100, silver=20` as shares from 0 to 1."""
        found: dict[str, float] = {}
        for part in filter(str.strip, self.cleaned_data["shares"].replace("，", ",").split(",")):
            name, _, percent = part.partition("=")
            try:
                found[name.strip()] = float(percent) / 100
            except ValueError:
                raise forms.ValidationError(
                    say("Write gold=100, silver=20.", "请写成 gold=100, silver=20。")
                ) from None
        if any(not 0 <= share <= 1 for share in found.values()):
            raise forms.ValidationError(say("Between 0 and 100 per cent.", "须在 0 至 100 之间。"))
        return found

    def clean(self) -> dict[str, Any]:
        """Strata need their shares."""
        cleaned = super().clean() or {}
        if cleaned.get("mode") == "stratified" and not (cleaned.get("by") and cleaned.get("shares")):
            self.add_error(
                "shares", say("Choose strata and name their shares.", "请选择分层依据并填写各层比例。")
            )
        return cleaned


class TriggerForm(ActorForm):
    """A question about an event while it is fresh."""

    survey = SurveyChoice(None, label=say_later("Survey", "调查"))
    name = forms.CharField(label=say_later("Name", "名称"), max_length=200)
    touchpoint = Named(None, label=say_later("Touchpoint (any)", "接触点（不限）"), required=False)
    site = Named(None, label=say_later("Site (any)", "网点（不限）"), required=False)
    kinds = forms.CharField(
        label=say_later("Kinds of events (any)", "事件类型（不限）"),
        required=False,
        max_length=2000,
        help_text=say_later("Separated by commas: visit, repair", "以逗号分隔，例如 visit, repair"),
    )
    outcomes = forms.CharField(
        label=say_later("Outcomes (any)", "事件结果（不限）"), required=False, max_length=2000
    )
    delay_minutes = forms.IntegerField(
        label=say_later("Minutes after the event", "事件发生后多少分钟"),
        min_value=0,
        max_value=10_080,
        initial=30,
    )
    max_age_hours = forms.IntegerField(
        label=say_later("Not if it is longer ago than (hours)", "超过多少小时则不再询问"),
        min_value=1,
        max_value=720,
        initial=24,
    )
    share = forms.IntegerField(
        label=say_later("Share of events, per cent", "抽取事件比例（%）"),
        min_value=1,
        max_value=100,
        initial=100,
    )
    channel = forms.ChoiceField(label=say_later("Channel", "渠道"), choices=CHANNELS)
    active = forms.BooleanField(label=say_later("Switched on", "启用"), required=False, initial=True)


class QuotaForm(ActorForm):
    """At most so many answers of a kind."""

    survey = SurveyChoice(None, label=say_later("Survey", "调查"))
    name = forms.CharField(label=say_later("Name", "名称"), max_length=200)
    target = forms.IntegerField(label=say_later("At most so many answers", "最多答卷数"), min_value=1)
    question = forms.CharField(
        label=say_later("Only answers where …", "仅统计满足条件的答卷"),
        required=False,
        max_length=80,
        help_text=say_later(
            "A question's id, or @site, @place, @language, @channel, @stratum. Empty: every answer.",
            "题目编号，或 @site、@place、@language、@channel、@stratum；留空则统计全部答卷。",
        ),
    )
    op = forms.ChoiceField(
        label=say_later("Comparison", "比较方式"),
        choices=[
            ("eq", say_later("is", "等于")),
            ("ne", say_later("is not", "不等于")),
            ("contains", say_later("contains", "包含")),
            ("ge", say_later("is at least", "不小于")),
            ("le", say_later("is at most", "不大于")),
        ],
    )
    value = forms.CharField(label=say_later("Value", "值"), required=False, max_length=200)
    on_full = forms.ChoiceField(
        label=say_later("When it is full", "额满后"),
        choices=[
            ("screen", say_later("Thank whoever comes after", "感谢后来者，不再计入")),
            ("close", say_later("Close the survey", "关闭调查")),
        ],
    )
    active = forms.BooleanField(label=say_later("Switched on", "启用"), required=False, initial=True)


class RulesForm(forms.Form):
    """How often a customer is contacted at most."""

    most = forms.IntegerField(
        label=say_later("At most so many contacts …", "最多联系次数"), min_value=0, max_value=100
    )
    days = forms.IntegerField(
        label=say_later("… in so many days", "……在多少天内"), min_value=1, max_value=365
    )
    after_answer_days = forms.IntegerField(
        label=say_later("Quiet days after an answer", "作答后的免打扰天数"), min_value=0, max_value=365
    )
    repeat_days = forms.IntegerField(
        label=say_later("Days between two invitations to one survey", "同一调查两次邀请的间隔天数"),
        min_value=0,
        max_value=730,
    )
    quiet_from = forms.TimeField(
        label=say_later("Quiet hours begin", "免打扰开始"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_to = forms.TimeField(
        label=say_later("Quiet hours end", "免打扰结束"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    remind_after_days = forms.IntegerField(
        label=say_later("Remind once after so many days (0: never)", "多少天后提醒一次（0 为不提醒）"),
        min_value=0,
        max_value=60,
    )
    expire_after_days = forms.IntegerField(
        label=say_later("Personal links end after so many days", "个人链接有效天数"),
        min_value=1,
        max_value=365,
    )
    timezone = forms.ChoiceField(
        label=say_later("Time zone of customers without a site", "无网点客户所在时区"),
        choices=[(name, name) for name in sorted(available_timezones())],
    )
    spare_complaints = forms.BooleanField(
        label=say_later("Spare customers with an open complaint", "有未结投诉的客户不打扰"), required=False
    )


class LetterForm(forms.Form):
    """What an invitation or a reminder says."""

    subject = forms.CharField(label=say_later("Subject", "主题"), max_length=200)
    text = forms.CharField(
        label=say_later("Text", "正文"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 14})
    )
    html = forms.CharField(
        label=say_later("HTML (empty: made from the text)", "HTML（留空则由正文生成）"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
