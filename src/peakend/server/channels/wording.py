"""What invitations say: templates of the company in any language, or those that Peakend brings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.server.acting.errors import InvalidError, NotFoundError
from peakend.server.channels.letter_html import unsafe
from peakend.server.channels.models import Wording
from peakend.server.web.say import picked, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.server.channels.models import Invitation
    from peakend.server.surveys.models import Survey

KINDS = ("invitation", "reminder")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_PIPE = re.compile(r"\{\{\s*(@?[A-Za-z][A-Za-z0-9_]{0,59})\s*\}\}")
# What the texts may name; `@name` is a value that came with the invitation.
NAMES: dict[str, Text] = {
    "name": Text("Name of the customer", "客户姓名"),
    "title": Text("Title of the survey", "调查标题"),
    "site": Text("Name of the site", "网点名称"),
    "link": Text("The personal link (needed)", "个人链接（必填）"),
    "decline": Text("The link to say no (needed)", "谢绝链接（必填）"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A template: subject, text and, where it is not made from the text, HTML."""

    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out."""

    subject: str
    text: str
    html: str


DEFAULTS: dict[tuple[str, str], Words] = {
    ("invitation", "en"): Words(
        "{{title}}: may we ask you something?",
        "Hello {{name}},\n\nhow was it? A few questions, about two minutes, and somebody reads every answer."
        "\n\n"
        "{{link}}\n\nThe link is yours alone; please do not pass it on.\n\n"
        "If you would rather not be asked: {{decline}}",
    ),
    ("invitation", "zh"): Words(
        "{{title}}：想听听您的感受",
        "{{name}}，您好：\n\n这次体验如何？只有几个问题，约两分钟，每一份回答都会有人认真阅读。\n\n{{link}}\n\n"
        "此链接仅供您本人使用，请勿转发。\n\n如不希望收到此类邀请，请点此告知：{{decline}}",
    ),
    ("reminder", "en"): Words(
        "{{title}}: we would still like to hear from you",
        "Hello {{name}},\n\nwe asked you a few days ago and would still like to know. "
        "We shall not write about this again.\n\n{{link}}\n\nIf you would rather not be asked: {{decline}}",
    ),
    ("reminder", "zh"): Words(
        "{{title}}：仍期待您的回答",
        "{{name}}，您好：\n\n几天前我们曾向您请教，至今仍期待听到您的看法。此后不会再就此事打扰您。\n\n{{link}}\n\n"
        "如不希望收到此类邀请，请点此告知：{{decline}}",
    ),
}


def words_for(survey: Survey | None, kind: str, language: str) -> Words:
    """The template for `language`: the survey's, else the company's, else Peakend's; English if none fits."""
    base = language.split("-")[0]
    rows = Wording.objects.filter(kind=kind, language__in={language, base})
    own = {(row.survey_id, row.language): row for row in rows}
    for owner in (survey.pk if survey else None, None):
        for tag in (language, base):
            if found := own.get((owner, tag)):
                return Words(found.subject, found.text, found.html)
    return DEFAULTS[kind, "zh" if base == "zh" else "en"]


def language_of(invitation: Invitation) -> str:
    """In which language to write: the invitation's, the customer's, else the survey's own."""
    customer = invitation.customer
    draft = invitation.survey.draft or {}
    return (
        invitation.language or (customer.language if customer else "") or draft.get("default_language", "en")
    )


def known_kind(kind: str) -> str:
    """`kind` if there is such a letter; `NotFoundError` otherwise."""
    if kind not in KINDS:
        raise NotFoundError(Text("letter", "信件"))
    return kind


def letter(words: Words, values: Mapping[str, Any]) -> Letter:
    """The template with `values` in it; in HTML they are escaped, in the subject they stay on one line."""
    html = words.html or _as_html(words.text)
    return Letter(
        " ".join(_filled(words.subject, values).split())[:300],
        _filled(words.text, values),
        _filled(html, {name: escape(str(value)) for name, value in values.items()}),
    )


def values_of(invitation: Invitation, link: str, decline: str) -> dict[str, Any]:
    """What the texts of `invitation` may name."""
    language = language_of(invitation)
    site = invitation.site
    chinese = language.startswith("zh")
    own = {f"@{name}": value for name, value in (invitation.embedded or {}).items()}
    return own | {
        "name": (invitation.customer.name if invitation.customer else "") or ("顾客" if chinese else "there"),
        "title": picked(invitation.survey.name or {}, language),
        "site": ((site.name_zh if chinese else "") or site.name) if site else "",
        "link": link,
        "decline": decline,
    }


def check(words: Words) -> None:
    """Raise `InvalidError` unless the template leads to the survey and offers a way out."""
    wrong: list[dict[str, str]] = []

    def say(field: str, text: Text) -> None:
        wrong.append({"field": field, "message": told(text)})

    for field, value in (("text", words.text), ("html", words.html)):
        for needed in ("link", "decline"):
            if (field == "text" or value) and needed not in _PIPE.findall(value):
                say(field, Text(f"{{{{{needed}}}}} must stand in it.", f"须包含 {{{{{needed}}}}}。"))
    for field, value in (("subject", words.subject), ("text", words.text), ("html", words.html)):
        unknown = {name for name in _PIPE.findall(value) if not name.startswith("@")} - set(NAMES)
        if unknown:
            listed = ", ".join(sorted(unknown))
            say(field, Text(f"Nobody knows {listed}.", f"无法识别 {listed}。"))
        if "\x00" in value:
            say(field, Text("It holds control characters.", "含有控制字符。"))
    if not words.subject.strip():
        say("subject", Text("Write a subject.", "请填写主题。"))
    if strange := unsafe(words.html):
        listed = ", ".join(strange[:5])
        say(
            "html",
            Text(
                f"This does not belong into a mail: {listed}. Links begin with https://, pictures too.",
                f"邮件中不得含有：{listed}。链接与图片地址须以 https:// 开头。",
            ),
        )
    if wrong:
        raise InvalidError(
            Text("This text cannot be sent yet.", "此文本暂不能发送。"),
            Text("Mend what is named.", "请修正所列各项。"),
            fields=wrong,
        )


def _filled(text: str, values: Mapping[str, Any]) -> str:
    return _PIPE.sub(lambda found: str(values.get(found.group(1), "")), text)


def _as_html(text: str) -> str:
    """Paragraphs, and the link as a button; the text escaped, its `{{…}}` left for filling."""
    button = (
        '<a href="{{link}}" style="display:inline-block;padding:12px 20px;border-radius:6px;'
        'background:#2b4a7f;color:#ffffff;text-decoration:none">{{title}}</a>'
    )
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if re.fullmatch(r"\{\{\s*link\s*\}\}", paragraph.strip()):
            parts.append(f"<p>{button}</p>")
            continue
        body = escape(paragraph, quote=False).replace("\n", "<br>")
        body = re.sub(r"\{\{\s*(link|decline)\s*\}\}", r'<a href="{{\1}}">{{\1}}</a>', body)
        parts.append(f"<p>{body}</p>")
    return (
        '<div style="max-width:36rem;margin:0 auto;padding:16px;color:#1b2430;'
        'font:16px/1.55 -apple-system,BlinkMacSystemFont,Segoe UI,PingFang SC,Microsoft YaHei,sans-serif">'
        + "".join(parts)
        + "</div>"
    )
