"""Forms of the pages. Services check again; forms only read what was entered."""

from __future__ import annotations

from typing import Any

from django import forms

from peakend.server.acting.actors import Actor
from peakend.server.channels.selectors import surveys
from peakend.server.company.models import Touchpoint
from peakend.server.improvement.selectors import own_sites
from peakend.server.improvement.templatetags.improvement import named
from peakend.server.initiatives import words
from peakend.server.web.forms import chosen_from, day, line
from peakend.server.web.say import picked, say, say_later


def _percent(en: str, zh: str, low: float, high: float, first: float) -> forms.FloatField:
    return forms.FloatField(label=say_later(en, zh), min_value=low, max_value=high, initial=first)


def _money(en: str, zh: str, **more: Any) -> forms.DecimalField:  # noqa: ANN401 - the field's own
    return forms.DecimalField(label=say_later(en, zh), min_value=0, max_digits=11, decimal_places=2, **more)


def _count(en: str, zh: str, first: int) -> forms.IntegerField:
    return forms.IntegerField(label=say_later(en, zh), min_value=1, max_value=1825, initial=first)


def _currency() -> forms.RegexField:
    return forms.RegexField(r"^[A-Z]{3}$", label=say_later("Currency", "币种"), initial="CNY")


def listed_words(text: str) -> list[str]:
    """`gold, silver` as a list; Chinese commas too."""
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return list(dict.fromkeys(part.strip()[:60] for part in parts if part.strip()))[:50]


class PlacedForm(forms.Form):
    """A form whose lists of sites, touchpoints and surveys are those the actor may choose."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        none = [("", say("None", "无"))]
        sites = [(site.code, named(site)) for site in own_sites(actor)]
        touchpoints = [(one.code, named(one)) for one in Touchpoint.objects.filter(active=True)]
        if "site" in self.fields:
            self.fields["site"].choices = [("", say("Whole company", "全公司")), *sites]
        if "control_sites" in self.fields:
            self.fields["control_sites"].choices = sites
        if "touchpoint" in self.fields:
            self.fields["touchpoint"].choices = [("", say("All touchpoints", "全部接触点")), *touchpoints]
        if "survey" in self.fields:
            live = surveys(actor).filter(status="live")
            self.fields["survey"].choices = [*none, *((one.key, picked(one.name)) for one in live)]


class CampaignForm(PlacedForm):
    """A win-back campaign; shares are entered in per cent."""

    name_en = line("Name in English", "英文名称")
    name_zh = line("Name in Chinese", "中文名称")
    offer_en = line("Offer in English", "英文方案", 1000)
    offer_zh = line("Offer in Chinese", "中文方案", 1000)
    site = forms.ChoiceField(label=say_later("Customers of", "客户所属网点"), required=False)
    tiers = line(
        "Tiers, with commas; empty: every tier", "客户等级，以逗号分隔；留空为全部", 1000, required=False
    )
    away_days = _count("Days without any contact from them", "未互动天数", 180)
    channels = forms.MultipleChoiceField(
        label=say_later("Channels, the first that reaches a customer", "联系渠道（依次选用）"),
        choices=chosen_from(words.CHANNELS),
        widget=forms.CheckboxSelectMultiple,
    )
    survey = forms.ChoiceField(
        label=say_later("Survey whose invitation brings the offer", "随哪份调查的邀请发出"),
        help_text=say_later(
            "Its letter names the offer as {{@offer}}. Not needed for calls.",
            "其信件以 {{@offer}} 写出方案；仅致电时无需选择。",
        ),
        required=False,
    )
    holdout = _percent("Held out, per cent", "对照比例（%）", 5, 90, 30)
    starts_on = day("First day", "开始日")
    ends_on = day("Last day of contacts", "联系截止日")
    window_days = _count("Days to come back in, from the draw", "回访观察天数（自抽取起）", 90)
    return_kinds = line(
        "Kinds of interaction that count as coming back, with commas; empty: any",
        "算作回访的互动类型，以逗号分隔；留空为任意",
        1000,
        required=False,
    )
    smallest = _percent(
        "Smallest uplift worth it, points of per cent", "最小值得投入的提升（百分点）", 0.1, 90, 2
    )
    expected = _percent("Share expected to come back anyway, per cent", "预计自行回访的比例（%）", 0, 90, 5)
    contact_cost = _money("Cost of a contact", "每次联系成本", initial=0)
    offer_cost = _money("Cost of an accepted offer", "每份被接受方案的成本", initial=0)
    worth = _money("Worth of a customer who is back", "挽回一位客户的价值", required=False)
    currency = _currency()

    def entered(self) -> dict[str, Any]:
        """As the service takes it: shares from 0 to 1, words as lists."""
        taken = dict(self.cleaned_data)
        taken["holdout_share"] = taken.pop("holdout") / 100
        for name in ("smallest", "expected"):
            taken[name] /= 100
        for name in ("tiers", "return_kinds"):
            taken[name] = listed_words(taken[name])
        return taken


class AcceptForm(forms.Form):
    """Who took the offer."""

    customer_id = line("Customer number", "客户编号", 120)


class CallForm(forms.Form):
    """What came of a call."""

    outcome = forms.ChoiceField(label=say_later("Outcome", "结果"), choices=chosen_from(words.CALLS))


class InitiativeForm(PlacedForm):
    """An initiative."""

    name_en = line("Name in English", "英文名称")
    name_zh = line("Name in Chinese", "中文名称")
    kind = forms.ChoiceField(label=say_later("Kind", "类别"), choices=chosen_from(words.KINDS))
    metric = forms.ChoiceField(
        label=say_later("It is to lift", "要提升的指标"), choices=chosen_from(words.METRICS)
    )
    smallest = forms.FloatField(
        label=say_later("Smallest change worth it", "最小值得投入的变化"),
        help_text=say_later(
            "In the metric's unit: points of NPS, a share from 0 to 1, points of the scale.",
            "以指标单位计：净推荐值为分，满意率为 0 至 1 的比例，其余为量表分。",
        ),
        min_value=0.001,
        max_value=200,
    )
    touchpoint = forms.ChoiceField(label=say_later("Touchpoint", "接触点"), required=False)
    site = forms.ChoiceField(label=say_later("Site", "网点"), required=False)
    control_sites = forms.MultipleChoiceField(
        label=say_later("Sites to compare with, where nothing was changed", "未做改变的对照网点"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    before_from = day("Before: first day", "之前：首日")
    before_to = day("Before: last day", "之前：末日")
    after_from = day("After: first day", "之后：首日")
    after_to = day("After: last day", "之后：末日")


class SpendForm(forms.Form):
    """Money spent."""

    day = day("Day", "日期")
    amount = forms.DecimalField(
        label=say_later("Amount", "金额"), min_value=0.01, max_digits=11, decimal_places=2
    )
    currency = _currency()
    note = line("For what", "用途", 400, required=False)


class CurveForm(PlacedForm):
    """Which curve."""

    metric = forms.ChoiceField(label=say_later("Metric", "指标"), choices=chosen_from(words.METRICS))
    touchpoint = forms.ChoiceField(label=say_later("Touchpoint", "接触点"), required=False)
