"""Invitations in the API: a company's own sender gets the personal links here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from peakend.language import Text
from peakend.server.acting.errors import ConflictError, NotFoundError
from peakend.server.channels import inviting, selectors
from peakend.server.channels.api.found import site_called, team_called, touchpoint_called
from peakend.server.channels.ledger import reason_words
from peakend.server.channels.links import personal_link
from peakend.server.channels.policies import INVITE, READ
from peakend.server.customers.models import Interaction
from peakend.server.customers.rows import RefusedRow, check_attributes
from peakend.server.customers.selectors import get_customer
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.say import told

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.channels.models import Invitation
    from peakend.server.surveys.models import Survey

router = Router()


class Invited(Schema):
    """Somebody to ask. `embedded` values can be piped into texts and asked about by rules as `@name`."""

    customer_id: str
    language: str = Field("", max_length=20, pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")
    event_id: str = Field("", description="The interaction it is about")
    site: str | None = None
    team: str | None = None
    touchpoint: str | None = None
    employee_id: str = Field("", max_length=80)
    embedded: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    due_at: datetime | None = None


class InvitationRows(Schema):
    """Customers to ask about one survey through one channel."""

    survey: str
    channel: Literal["email", "link", "sms", "api"] = "email"
    rows: list[Invited] = Field(min_length=1, max_length=1000)


class InvitationResult(Schema):
    """What became of one row. `link` is secret; only channels that the caller sends through have it."""

    row: int
    customer_id: str
    status: str
    reason: str | None = None
    key: str | None = None
    link: str | None = None


class InvitationResults(Schema):
    """What became of every row, in its order."""

    results: list[InvitationResult]


class InvitationOut(Schema):
    """One person asked once."""

    key: str
    survey: str
    wave: str | None
    customer_id: str | None
    channel: str
    status: str
    reason: str | None
    language: str
    site: str | None
    due_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    reminders: int


class InvitationPage(Schema):
    """One page of invitations."""

    items: list[InvitationOut]
    next: str | None


class Link(Schema):
    """The personal link: whoever has it answers as that customer."""

    link: str


class Bounce(Schema):
    """Mail that came back; a permanent failure ends further mail to the address."""

    permanent: bool = True


class Funnel(Schema):
    """How many invitations have each status, and how many came at least so far."""

    counts: dict[str, int]


@router.get("/invitations", response=InvitationPage)
@acts(READ)
def list_invitations(
    request: HttpRequest,
    survey: str = "",
    wave: str = "",
    status: str = "",
    channel: str = "",
    customer_id: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, object]:
    """Invitations within reach, the newest first."""
    only = {"survey": survey, "wave": wave, "status": status, "channel": channel, "customer_id": customer_id}
    found, following = cut(selectors.invitations(actor_of(request), **only), cursor, limit)
    return {"items": [_out(one) for one in found], "next": following}


@router.get("/invitations/funnel", response=Funnel)
@acts(READ)
def get_funnel(request: HttpRequest, survey: str = "", wave: str = "") -> dict[str, object]:
    """From sent to completed."""
    rows = selectors.invitations(actor_of(request), survey=survey, wave=wave)
    return {"counts": selectors.funnel(rows)}


@router.post("/invitations", response=InvitationResults)
@acts(INVITE)
def invite(request: HttpRequest, body: InvitationRows) -> dict[str, object]:
    """Ask customers. The worker sends e-mails; other channels are decided at once and return their link."""
    actor = actor_of(request)
    survey = selectors.get_survey(actor, body.survey)
    asked: dict[int, inviting.Asked] = {}
    refused: dict[int, Text] = {}
    for number, row in enumerate(body.rows, 1):
        try:
            asked[number] = _asked(actor, row)
        except RefusedRow as error:
            refused[number] = error.reason
    made = _made(actor, survey, body.channel, asked)
    return {
        "results": [
            _result(number, row, made.get(number), refused.get(number))
            for number, row in enumerate(body.rows, 1)
        ]
    }


@router.get("/invitations/{key}", response=InvitationOut)
@acts(READ)
def get_invitation(request: HttpRequest, key: str) -> dict[str, object]:
    """One invitation."""
    return _out(selectors.get_invitation(actor_of(request), key))


@router.get("/invitations/{key}/link", response={200: Link, 409: None})
@acts(INVITE)
def get_link(request: HttpRequest, key: str) -> dict[str, object]:
    """The personal link of an invitation that the ledger let through, for the caller's own sender."""
    found = selectors.get_invitation(actor_of(request), key)
    if found.channel == "email" or found.sent_at is None:
        raise ConflictError(
            Text("This link is not to be handed out.", "此链接不可提供。"),
            Text(
                "Links of e-mails stand in the mail only; others once the invitation is sent.",
                "邮件邀请的链接只在邮件中；其他渠道须在邀请放行之后。",
            ),
        )
    return {"link": personal_link(found)}


@router.post("/invitations/{key}/bounce", response=InvitationOut)
@acts(INVITE)
def report_bounce(request: HttpRequest, key: str, body: Bounce) -> dict[str, object]:
    """Mail to the customer came back."""
    return _out(inviting.report_bounce(actor=actor_of(request), key=key, permanent=body.permanent))


@router.delete("/invitations/{key}", response={200: InvitationOut})
@acts(INVITE)
def cancel(request: HttpRequest, key: str) -> Status:
    """Take back an invitation that has not gone out."""
    return Status(200, _out(inviting.cancel(actor=actor_of(request), key=key)))


def _made(
    actor: Actor, survey: Survey, channel: str, asked: dict[int, inviting.Asked]
) -> dict[int, Invitation]:
    if not asked:
        return {}
    made = inviting.invite_many(actor=actor, survey=survey, channel=channel, rows=list(asked.values()))
    return dict(zip(asked, made, strict=True))


def _asked(actor: Actor, row: Invited) -> inviting.Asked:
    check_attributes(row.embedded)
    try:
        customer = get_customer(actor, row.customer_id)
    except NotFoundError:
        customer = None
    if customer is None or customer.erased_at is not None:
        raise RefusedRow(Text("There is no such customer in your reach.", "您的范围内没有该客户。"))
    event = None
    if row.event_id:
        event = Interaction.objects.filter(
            event_id=row.event_id.replace("\x00", ""), customer=customer
        ).first()
        if event is None:
            raise RefusedRow(Text("The customer has no such event.", "该客户没有此互动。"))
    if row.due_at is not None and row.due_at.tzinfo is None:
        raise RefusedRow(Text("The time has no zone.", "时间缺少时区。"))
    if "\x00" in row.employee_id:
        raise RefusedRow(Text("employee_id holds control characters.", "员工编号含有控制字符。"))
    site = site_called(actor, row.site)
    return inviting.Asked(
        customer=customer,
        language=row.language,
        site=site,
        team=team_called(site, row.team),
        touchpoint=touchpoint_called(row.touchpoint),
        interaction=event,
        employee_id=row.employee_id,
        embedded=dict(row.embedded),
        due_at=row.due_at,
    )


def _result(number: int, row: Invited, made: Invitation | None, refused: Text | None) -> dict[str, Any]:
    found: dict[str, Any] = {"row": number, "customer_id": row.customer_id}
    if made is None:
        return found | {"status": "refused", "reason": told(refused) if refused else None}
    shared = made.channel != "email" and made.sent_at is not None
    return found | {
        "status": made.status,
        "reason": _words(made),
        "key": made.key,
        "link": personal_link(made) if shared else None,
    }


def _words(one: Invitation) -> str | None:
    return told(reason_words(one.reason, {})) if one.reason else None


def _out(one: Invitation) -> dict[str, object]:
    return {
        **{
            name: getattr(one, name)
            for name in (
                *("key", "channel", "status", "language", "due_at"),
                *("sent_at", "expires_at", "reminders"),
            )
        },
        "survey": one.survey.key,
        "wave": one.wave.label if one.wave else None,
        "customer_id": one.customer.customer_id if one.customer else None,
        "site": one.site.code if one.site else None,
        "reason": _words(one),
    }
