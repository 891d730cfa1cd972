"""Forms of the steps of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms

from peakend.server.cases import catalogue, presets
from peakend.server.cases.contacts import OUTCOMES
from peakend.server.company.models import Site, Team, Touchpoint
from peakend.server.web.say import say_later, spoken, told

if TYPE_CHECKING:
    from peakend.language import Text
    from peakend.server.people.models import User

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD", "AED")


class Sentences(forms.CharField):
    """Several lines; a browser sends each of their ends as two characters, which nobody wrote."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401
        """The text with its lines ended as they are stored."""
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


def words(
    en: str, zh: str, *, required: bool = True, rows: int = 4, most: int = 20_000, help_: object = ""
) -> forms.CharField:
    """A field for sentences."""
    return Sentences(
        label=say_later(en, zh),
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_,
    )


def line(en: str, zh: str, *, required: bool = True, most: int = 300, help_: object = "") -> forms.CharField:
    """A field for one line."""
    return forms.CharField(label=say_later(en, zh), required=required, max_length=most, help_text=help_)


def listed(known: Mapping[str, Text], empty: bool = False) -> list[tuple[str, str]]:
    """A catalogue as choices in the page's language."""
    return ([("", "–")] if empty else []) + [(code, told(name)) for code, name in known.items()]


def choice(
    en: str,
    zh: str,
    known: Mapping[str, Text],
    *,
    radio: bool = False,
    **more: Any,  # noqa: ANN401
) -> forms.ChoiceField:
    """A field to choose one of a catalogue."""
    empty = more.pop("empty", False)
    return forms.ChoiceField(
        label=say_later(en, zh),
        choices=lambda: listed(known, empty),
        required=not empty,
        widget=forms.RadioSelect if radio else forms.Select,
        **more,
    )


class NoteForm(forms.Form):
    """Words alone."""

    note = words("Note", "说明")


class WaitForm(forms.Form):
    """What one waits for."""

    note = words("What do you wait for?", "在等待客户的什么？", rows=3)


class ReopenForm(forms.Form):
    """Why it begins again."""

    note = words("Why?", "原因", rows=3)


class ExtendForm(forms.Form):
    """What makes a case complex."""

    note = words("What makes this case complex?", "情况复杂的理由", rows=3)


class CaseNoteForm(forms.Form):
    """A note for colleagues."""

    text = words(
        *("Note for colleagues", "给同事的备注"),
        rows=3,
        help_=say_later("@name@example.com tells that colleague.", "输入 @同事邮箱 可提醒对方。"),
    )


class ContactForm(forms.Form):
    """How one tried to reach the customer, and what came of it."""

    channel = choice("How", "方式", presets.CHANNELS, radio=True, initial="phone")
    outcome = choice("What came of it", "结果", presets.OUTCOMES, radio=True)
    note = words("What was said", "沟通内容", required=False, rows=3)
    template = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A call is not “sent”: said under the field, before anything is written."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("outcome") and data["outcome"] not in OUTCOMES.get(data.get("channel", ""), ()):
            self.add_error(
                "outcome", say_later("That cannot come of this channel.", "该联系方式没有此结果。")
            )
        return data


class MailForm(forms.Form):
    """An e-mail to the customer."""

    subject = line("Subject", "主题")
    text = words("Text", "正文", rows=10)
    template = forms.CharField(required=False, widget=forms.HiddenInput)


class ResolveForm(forms.Form):
    """Cause and action."""

    cause = forms.ChoiceField(label=say_later("Why did it happen?", "为什么发生？"), widget=forms.RadioSelect)
    action = words(
        *("What was done?", "做了什么？"),
        help_=say_later("The customer may read this in your e-mail.", "邮件模板会引用此内容，客户可能看到。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = listed(catalogue.causes())


class AssignForm(forms.Form):
    """Who is to have it."""

    to = forms.ChoiceField(label=say_later("Give to", "转派给"), widget=forms.RadioSelect)
    note = words("Why", "原因", required=False, rows=2)

    def __init__(self, *args: Any, people: Iterable[User] = (), **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(one.key, _loaded(one)) for one in people]


def _loaded(user: User) -> str:
    load = getattr(user, "load", 0)
    return f"{user.name}（在办 {load} 张）" if spoken() == "zh" else f"{user.name} ({load} open)"


class CompensateForm(forms.Form):
    """What to give."""

    kind = choice("What", "方式", presets.COMPENSATIONS)
    amount = forms.DecimalField(
        label=say_later("Amount", "金额"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        initial=0,
        help_text=say_later("An apology has none.", "致歉无需填写金额。"),
    )
    currency = forms.ChoiceField(
        label=say_later("Currency", "币种"), choices=[(one, one) for one in CURRENCIES]
    )
    reason = line("What for", "理由", most=400)


class DecideForm(forms.Form):
    """Yes or no."""

    approve = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )
    note = forms.CharField(required=False, max_length=400)


class RescoreForm(forms.Form):
    """What the customer says of the recovery."""

    score = forms.TypedChoiceField(
        label=say_later(
            "How satisfied is the customer with how we put it right?", "客户对我们的补救是否满意？"
        ),
        coerce=int,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["score"].choices = fives()


def fives(empty: bool = False) -> list[tuple[str, str]]:
    """1 to 5, the ends in words."""
    zh = spoken() == "zh"
    ends = {1: "1（很差）", 5: "5（很好）"} if zh else {1: "1, very poor", 5: "5, very good"}
    return ([("", "–")] if empty else []) + [(str(one), ends.get(one, str(one))) for one in range(1, 6)]


class ReviewForm(forms.Form):
    """The rubric and the four attitudes."""

    def __init__(self, *args: Any, attitudes: bool = True, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        for name, label in {**presets.RUBRIC, **presets.ATTITUDES}.items():
            must = name in presets.RUBRIC or attitudes
            self.fields[name] = forms.TypedChoiceField(
                label=told(label), choices=fives(empty=True), coerce=int, empty_value=None, required=must
            )
        self.fields["note"] = words(
            "What to keep, what to change", "值得保持与需要改进之处", required=False, rows=3
        )


class OpenForm(forms.Form):
    """A case by hand."""

    title = line("What happened, in a line", "用一句话说明发生了什么")
    words = words("What the customer said", "客户的原话", required=False)
    customer_id = line("Customer number", "客户编号", required=False, most=120)
    kind = forms.ChoiceField(label=say_later("Kind", "类型"))
    severity = choice("Severity", "严重程度", presets.SEVERITIES, initial="normal")
    touchpoint = forms.ChoiceField(label=say_later("Touchpoint", "接触点"), required=False)
    place = forms.ChoiceField(label=say_later("Team or site", "团队或网点"), required=False)
    served_by = line("Employee number of who served", "接待员工工号", required=False, most=80)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        teams: Iterable[Team] = (),
        sites: Iterable[Site] = (),
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        zh = spoken() == "zh"
        kinds = {code: name for code, name in presets.KINDS.items() if code != "repeat"}
        self.fields["kind"].choices = listed(kinds)
        self.fields["touchpoint"].choices = [("", "–")] + [
            (one.code, (one.name_zh if zh else "") or one.name)
            for one in Touchpoint.objects.filter(active=True)
        ]
        self.fields["place"].choices = [
            ("", "–"),
            *((f"{one.site.code}/{one.code}", (one.name_zh if zh else "") or one.name) for one in teams),
            *((f"{one.code}/", (one.name_zh if zh else "") or one.name) for one in sites),
        ]


class LeaveForm(forms.Form):
    """Who leaves, and who takes over."""

    who = forms.ChoiceField(label=say_later("Who leaves?", "谁离岗？"))
    to = forms.ChoiceField(
        label=say_later("Who takes over?", "由谁接手？"),
        required=False,
        help_text=say_later("Leave it empty to share the cases by load.", "留空则按负荷自动分派。"),
    )

    def __init__(self, *args: Any, people: Iterable[User] = (), **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        choices = [(one.key, one.name) for one in people]
        self.fields["who"].choices = choices
        self.fields["to"].choices = [("", "–"), *choices]
