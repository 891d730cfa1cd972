"""Forms of signing in, of one's own account and of people."""

from __future__ import annotations

from typing import Any

from django import forms

from peakend.server.acting.actors import Actor, Role, role_name
from peakend.server.company import selectors as company
from peakend.server.company.models import Site, Team
from peakend.server.people.passwords import LONGEST
from peakend.server.web.say import picked, say_later, told

_LANGUAGES = [("en", "English"), ("zh", "简体中文")]


def _email(en: str = "E-mail", zh: str = "邮箱", complete: str = "username") -> forms.EmailField:
    widget = forms.EmailInput(
        attrs={"autocomplete": complete, "autocapitalize": "none", "spellcheck": "false"}
    )
    return forms.EmailField(label=say_later(en, zh), max_length=254, widget=widget)


def _new_password(en: str = "Password", zh: str = "密码") -> forms.CharField:
    return forms.CharField(
        label=say_later(en, zh),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=say_later(
            "At least 12 characters. A sentence is easy to keep and hard to guess.",
            "至少 12 个字符。用一句话当密码，好记也难猜。",
        ),
    )


def _name(en: str = "Name", zh: str = "姓名") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "name"})
    return forms.CharField(label=say_later(en, zh), max_length=200, widget=widget)


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(label=say_later("Language", "语言"), choices=_LANGUAGES)


class FirstRunForm(forms.Form):
    """The first administrator."""

    code = forms.CharField(
        label=say_later("Setup code", "安装码"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "code"}
        ),
        help_text=say_later(
            "The terminal where the site was started shows it; so does the file setup_code in its folder.",
            "启动网站的终端会显示安装码，网站目录下的 setup_code 文件中也有。",
        ),
    )
    company = forms.CharField(label=say_later("Company", "公司名称"), max_length=200, required=False)
    name = _name("Your name", "您的姓名")
    email = _email("Your e-mail", "您的邮箱")
    password = _new_password()


class ForgottenForm(forms.Form):
    """Whose password was forgotten."""

    email = _email()


class ChooseForm(forms.Form):
    """A new password."""

    password = _new_password("New password", "新密码")


class ChangePasswordForm(ChooseForm):
    """A new password against the present one."""

    present = forms.CharField(
        label=say_later("Present password", "当前密码"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("present", "password")


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=say_later("Code", "验证码"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "code",
            }
        ),
    )


class ProfileForm(forms.Form):
    """What people say about themselves."""

    name = _name()
    language = _language()


class TokenForm(forms.Form):
    """A new token: what for, what it may do, until when."""

    name = forms.CharField(
        label=say_later("What is it for?", "用途"),
        max_length=200,
        help_text=say_later("For example: nightly export to the data team", "例如：每晚导出给数据团队"),
    )
    scopes = forms.MultipleChoiceField(
        label=say_later("What may it do?", "允许的操作"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=say_later("How long?", "有效期"),
        coerce=int,
        initial="90",
        choices=[
            ("30", say_later("30 days", "30 天")),
            ("90", say_later("90 days", "90 天")),
            ("365", say_later("One year", "一年")),
            ("730", say_later("Two years", "两年")),
        ],
    )

    def __init__(self, choices: list[tuple[str, list[tuple[str, str]]]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = choices


class PersonForm(forms.Form):
    """Who somebody is, as what they work and for which part of the company."""

    name = _name()
    email = _email(complete="off")
    role = forms.ChoiceField(label=say_later("Role", "角色"))
    sites = forms.MultipleChoiceField(
        label=say_later("Sites", "网点"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=say_later(
            "Front line and supervisors see only what is ticked. Managers, analysts and administrators see "
            "everything unless something is ticked.",
            "一线员工与主管只能看到所选范围；经理、分析师与管理员未选择时可查看全公司。",
        ),
    )
    teams = forms.MultipleChoiceField(
        label=say_later("Teams", "班组"), required=False, widget=forms.CheckboxSelectMultiple
    )
    employee_id = forms.CharField(
        label=say_later("Employee number", "员工编号"),
        max_length=80,
        required=False,
        help_text=say_later(
            "As in the warehouse; cases find who served by it.", "与数据仓库一致，用于找到服务人员。"
        ),
    )
    language = _language()

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        chosen = kwargs.get("initial") or {}
        self.fields["role"].choices = [(role.value, told(role_name(role))) for role in Role]
        sites = company.sites(actor)
        self.fields["sites"].choices = [
            (one.code, _called(one)) for one in sites if one.active or one.code in chosen.get("sites", ())
        ]
        self.fields["teams"].choices = [
            (f"{one.site.code}/{one.code}", _called(one.site) + " · " + _called(one))
            for one in company.teams(actor)
            if one.active or f"{one.site.code}/{one.code}" in chosen.get("teams", ())
        ]


def _called(part: Site | Team) -> str:
    return picked({"en": part.name, "zh": part.name_zh})
