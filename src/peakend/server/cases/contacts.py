"""Talking to the customer: every try is written down; e-mails go out through the outbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.html import escape

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.services import audit, service
from peakend.server.cases import catalogue, presets
from peakend.server.cases.catalogue import Template
from peakend.server.cases.lifecycle import NOTE_LENGTH, continue_, settled
from peakend.server.cases.models import Case, CaseContact
from peakend.server.cases.refusals import wrong
from peakend.server.cases.selectors import locked
from peakend.server.cases.timeline import happened
from peakend.server.notices.outbox import send_mail
from peakend.server.people.models import User
from peakend.server.web.say import picked, spoken

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor

_HOLE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
# Which outcomes a channel has: a letter is sent, a call is answered or not.
SPOKEN = ("reached", "not_reached", "left_message", "wrong_number", "refused")
OUTCOMES: dict[str, tuple[str, ...]] = {
    "phone": SPOKEN,
    "in_person": ("reached", "refused"),
    "email": ("sent", "reached", "wrong_number", "refused"),
    "sms": ("sent", "reached", "wrong_number", "refused"),
    "letter": ("sent", "reached", "wrong_number"),
}
# An e-mail or a letter that left is a contact made: it carries what the company has to say.
MADE = frozenset({"reached", "refused", "sent"})


def holes(text: str) -> set[str]:
    """The names of what is filled into `text`."""
    return set(_HOLE.findall(text))


def filled(text: str, values: dict[str, str]) -> str:
    """`text` with its `{{name}}`s filled, once: what a value holds is never filled again."""
    return _HOLE.sub(lambda found: values.get(found[1], ""), text)


def values_of(case: Case, language: str) -> dict[str, str]:
    """What templates may say of a case, in `language`."""
    zh = language.startswith("zh")
    touchpoint, site = case.touchpoint, case.site
    name = case.customer.name if case.customer else ""
    due = case.due_at
    return {
        "name": name or ("客户" if zh else "customer"),
        "number": str(case.number),
        "touchpoint": ((touchpoint.name_zh if zh else "") or touchpoint.name)
        if touchpoint
        else ("您的体验" if zh else "your experience"),
        "site": ((site.name_zh if zh else "") or site.name) if site else "",
        "owner": case.owner.name if case.owner else "",
        "due": (f"{due:%Y年%m月%d日}" if zh else f"{due:%d %B %Y}") if due else "",
        "action": case.action,
    }


def drafted(case: Case, template: Template, language: str = "") -> tuple[str, str]:
    """Subject and body of `template` for `case`, in the customer's language where the template has it."""
    wanted = language or (case.customer.language if case.customer else "") or spoken()
    values = values_of(case, wanted)
    return (
        " ".join(filled(picked(template.subject, wanted), values).split())[:300],
        filled(picked(template.body, wanted), values),
    )


def as_html(text: str) -> str:
    """Plain words as a small HTML page; everything escaped."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]
    return "\n".join(f"<p>{escape(part.strip())}</p>".replace("\n", "<br>\n") for part in paragraphs)


@service("cases.work")
def log_contact(
    *,
    actor: Actor,
    key: str,
    channel: str,
    outcome: str,
    note: str = "",
    template: str = "",
) -> CaseContact:
    """Write down one try to reach the customer, with its outcome.

    The first one made meets the first deadline.
    """
    case = locked(actor, key)
    _check(case, channel, outcome)
    made = _logged(case, actor, channel, outcome, note.strip()[:NOTE_LENGTH], template)
    audit(actor, "cases.contact", case, channel=channel, outcome=outcome)
    return made


@service("cases.work")
def write_mail(*, actor: Actor, key: str, subject: str, text: str, template: str = "") -> CaseContact:
    """Send the customer an e-mail through the outbox and write it down as a contact."""
    case = locked(actor, key)
    _check(case, "email", "sent")
    subject = " ".join(subject.split())[:300]
    if not subject:
        raise wrong("subject", Text("An e-mail needs a subject.", "请填写邮件主题。"))
    if not text.strip():
        raise wrong("text", Text("An e-mail needs words.", "请填写邮件正文。"))
    if case.customer is None or not case.customer.email:
        raise wrong(
            "channel",
            Text("We have no e-mail address of this customer.", "没有该客户的电子邮箱。"),
            Text("Call instead.", "请改用电话联系。"),
        )
    text = text.strip()[:20_000]
    mail = send_mail(case.customer.email, subject, text, html=as_html(text), reference=case.key)
    made = _logged(case, actor, "email", "sent", text[:NOTE_LENGTH], template, mail.key)
    audit(actor, "cases.contact", case, channel="email", outcome="sent", mail=mail.key)
    return made


def _check(case: Case, channel: str, outcome: str) -> None:
    if case.status == "closed":
        raise wrong(
            "key",
            Text("This case is closed.", "此工单已办结。"),
            Text("Reopen it first.", "请先重新打开。"),
        )
    if case.customer_id is None:
        raise wrong("key", Text("Nobody knows who this customer is.", "此工单没有客户信息，无法联系。"))
    if channel not in OUTCOMES:
        raise wrong("channel", Text("Choose how you tried to reach them.", "请选择联系方式。"))
    if outcome not in OUTCOMES[channel]:
        raise wrong("outcome", Text("That cannot come of this channel.", "该联系方式没有此结果。"))


def _logged(
    case: Case, actor: Actor, channel: str, outcome: str, note: str, template: str, mail_key: str = ""
) -> CaseContact:
    now = clock.now()
    made = CaseContact.objects.create(
        case=case,
        at=now,
        by_id=actor.user_id,
        channel=channel,
        outcome=outcome,
        recontact=case.status == "resolved",
        template=template if template in {one.code for one in catalogue.templates(every=True)} else "",
        note=note,
        mail_key=mail_key,
    )
    happened(case, "contacted", actor, note, channel=channel, outcome=outcome)
    if case.status == "waiting" and outcome == "reached":
        continue_(case, actor)
    if case.status == "open":
        case.status = "working"
        case.owner = case.owner or User.objects.filter(pk=actor.user_id).first()
    if case.contacted_at is None and outcome in MADE:
        case.contacted_at = now
        if case.contact_due_at is not None and now > case.contact_due_at:
            case.details = {**case.details, "late_contact": True}
    settled(case)
    return made


def chosen(code: str) -> Template | None:
    """The template `code` in force."""
    return next((one for one in catalogue.templates() if one.code == code), None)


def unknown_holes(words: dict[str, str]) -> set[str]:
    """Names in a template's words that nothing fills."""
    return {hole for text in words.values() for hole in holes(text)} - presets.PLACEHOLDERS
