"""Forms of the pages. Services check again; forms only read what was entered."""

from __future__ import annotations

from typing import Any

from django import forms

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.company.models import Touchpoint
from peakend.server.improvement.selectors import people, sites
from peakend.server.improvement.templatetags.improvement import named
from peakend.server.promises import words
from peakend.server.promises.models import PromiseVersion
from peakend.server.promises.selectors import today
from peakend.server.web.forms import DayInput, chosen_from, day, line, sentences
from peakend.server.web.say import say, say_later

HEAD = ("name_en", "name_zh", "owner", "touchpoint", "kept_at_least")
MOST_NUMBER = 999_999_999


def _count(en: str, zh: str) -> forms.IntegerField:
    return forms.IntegerField(label=say_later(en, zh), required=False, min_value=0, max_value=MOST_NUMBER)


def _money(en: str, zh: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=say_later(en, zh), required=False, min_value=0, max_digits=14, decimal_places=2
    )


def _number(en: str, zh: str, most: float) -> forms.FloatField:
    field = forms.FloatField(label=say_later(en, zh), required=False, min_value=0, max_value=most)
    field.widget.attrs["step"] = "any"
    return field


class HeadForm(forms.Form):
    """Name, owner, touchpoint and threshold."""

    name_en = line("Name (English)", "名称（英文）")
    name_zh = line("Name (Chinese)", "名称（中文）")
    owner = forms.ChoiceField(label=say_later("Owner", "责任人"), required=False)
    touchpoint = forms.ChoiceField(label=say_later("Touchpoint", "接触点"), required=False)
    kept_at_least = forms.FloatField(
        label=say_later("Kept at least (share from 0 to 1)", "兑现率不低于（0 至 1）"),
        min_value=0.01,
        max_value=1,
        initial=0.9,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        none = ("", say("None", "无"))
        self.fields["owner"].choices = [none, *((one.key, one.name) for one in people(actor))]
        places = Touchpoint.objects.filter(active=True)
        self.fields["touchpoint"].choices = [none, *((one.code, named(one)) for one in places)]


class CodeForm(HeadForm):
    """The head of a new promise."""

    code = forms.SlugField(label=say_later("Code", "编码"), max_length=60)
    field_order = ("code", *HEAD)


class ClaimForm(forms.Form):
    """What is advertised, where, and to whom."""

    heading = Text("Claim", "宣传")
    claim_en = sentences("Claim as advertised (English)", "宣传内容（英文）")
    claim_zh = sentences("Claim as advertised (Chinese)", "宣传内容（中文）")
    channels = line("Advertised in (with commas)", "宣传渠道（逗号分隔）", 400, required=False)
    eligible = line("Who is eligible", "适用客户", 300, required=False)
    tiers = line(
        "Tiers that are eligible (with commas; none: all)",
        "适用等级（逗号分隔，不填即全部）",
        400,
        required=False,
    )
    starts_on = day("From", "起始日", required=False)
    ends_on = day("Until", "结束日", required=False)

    def clean_channels(self) -> list[str]:
        """Words between commas of either language."""
        return _split(self.cleaned_data["channels"])

    def clean_tiers(self) -> list[str]:
        """The same."""
        return _split(self.cleaned_data["tiers"])


class CostForm(forms.Form):
    """What it costs and what there is."""

    heading = Text("Cost and means", "成本与资源")
    eligible_customers = _count("Eligible customers", "符合资格的客户数")
    unit_cost = _money("Cost of one use (CNY)", "单次成本（元）")
    budget_year = _money("Budget a year (CNY)", "年度预算（元）")
    capacity_month = _count("Uses a month that can be served", "每月可服务次数")


class UsageForm(forms.Form):
    """What is expected of eligible customers."""

    heading = Text("Expected usage", "预期使用量")
    columns = "threes"
    share_low = _number("Share who use it, low (0 to 1)", "使用比例，最低（0 至 1）", 1)
    share_likely = _number("Share who use it, likely", "使用比例，可能", 1)
    share_high = _number("Share who use it, high", "使用比例，最高", 1)
    uses_low = _number("Uses a year each, low", "人均年使用次数，最低", 10_000)
    uses_likely = _number("Uses a year each, likely", "人均年使用次数，可能", 10_000)
    uses_high = _number("Uses a year each, high", "人均年使用次数，最高", 10_000)
    observed = forms.BooleanField(
        label=say_later(
            "Take usage from the touchpoint's interactions instead", "改用接触点的互动记录估计使用量"
        ),
        required=False,
    )


class ChangeForm(forms.Form):
    """From when the next version counts, and why."""

    heading = Text("Change", "变更")
    in_force_from = forms.DateField(label=say_later("In force from", "生效日"), widget=DayInput())
    change_note = line("What changes, and why", "变更内容与原因", 400, required=False)
    reason = forms.CharField(
        label=say_later("Reason, where the check says no", "未通过检查时的理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


class ItemForm(forms.Form):
    """One item; a line without a name is left out."""

    name_en = line("Item (English)", "条目（英文）")
    name_zh = line("Item (Chinese)", "条目（中文）")
    kind = forms.ChoiceField(label=say_later("Kind", "类型"), choices=chosen_from(words.KINDS))
    better = forms.ChoiceField(label=say_later("Direction", "方向"), choices=chosen_from(words.BETTER))
    claimed = line(
        "Advertised: number, “unlimited”, yes, no, or text",
        "宣传：数值、不限、是、否或文字",
        300,
        required=False,
    )
    terms = line("The terms say", "条款", 300, required=False)
    unit_en = line("Unit (English)", "单位（英文）", 60, required=False)
    unit_zh = line("Unit (Chinese)", "单位（中文）", 60, required=False)
    material = forms.BooleanField(
        label=say_later("It matters to the decision of a customer", "影响客户的决定"),
        required=False,
        initial=True,
    )
    same_meaning = forms.BooleanField(
        label=say_later("Both texts mean the same", "两段文字含义相同"), required=False
    )
    caps_uses = forms.BooleanField(
        label=say_later("It is how often a year one may use it", "表示每人每年可使用次数"), required=False
    )
    remove = forms.BooleanField(label=say_later("Leave this item out", "删除此条目"), required=False)

    def has_changed(self) -> bool:
        """The boxes alone make no item."""
        return any(name not in ("kind", "better", "material") for name in self.changed_data)


Items = forms.formset_factory(ItemForm, extra=4, max_num=20, absolute_max=20)


class UseForm(forms.Form):
    """Once somebody asked for it."""

    kept = forms.ChoiceField(
        label=say_later("Did the customer get it?", "客户是否得到？"),
        choices=lambda: [("yes", say("Yes, kept", "是，已兑现")), ("no", say("No, denied", "否，被拒绝"))],
    )
    reason = forms.ChoiceField(
        label=say_later("If denied: why?", "如被拒绝，原因"),
        choices=chosen_from(words.DENIALS, empty=True),
        required=False,
    )
    day = forms.DateField(
        label=say_later("Day", "日期"),
        widget=DayInput(),
        initial=today,
    )
    site = forms.ChoiceField(label=say_later("Site", "网点"))
    case = line("Number of the case", "工单编号", 40, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [(one.code, named(one)) for one in sites(actor)]


def of_version(version: PromiseVersion) -> dict[str, Any]:
    """A version as forms begin with it."""
    names = [*ClaimForm.base_fields, *CostForm.base_fields, *UsageForm.base_fields]
    found = {name: getattr(version, name) for name in names}
    return found | {name: ", ".join(found[name]) for name in ("channels", "tiers")}


def of_items(version: PromiseVersion) -> list[dict[str, Any]]:
    """Its items as the lines begin with them."""
    names = [name for name in ItemForm.base_fields if name != "remove"]
    return [{name: getattr(item, name) for name in names} for item in version.items.all()]


def _split(words_: str) -> list[str]:
    for comma in ("，", "、", ";", "；"):
        words_ = words_.replace(comma, ",")
    return [one.strip() for one in words_.split(",") if one.strip()]
