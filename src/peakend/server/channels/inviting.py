"""Asking somebody: an invitation waits until it is due, then the ledger decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.acting.keys import new_key
from peakend.server.acting.services import audit, service
from peakend.server.channels import selectors
from peakend.server.channels.links import digest_of, secret_of
from peakend.server.channels.models import Invitation
from peakend.server.channels.policies import INVITE
from peakend.server.channels.sending import decide, record
from peakend.server.customers.selectors import get_customer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from peakend.server.acting.actors import Actor
    from peakend.server.company.models import Site, Team, Touchpoint
    from peakend.server.customers.models import Customer, Interaction
    from peakend.server.surveys.models import Survey

CHANNELS = ("email", "link", "sms", "api")
_BY_HAND = "email"


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to invite and what comes with them. `due_at` None: now."""

    customer: Customer
    language: str = ""
    site: Site | None = None
    team: Team | None = None
    touchpoint: Touchpoint | None = None
    interaction: Interaction | None = None
    employee_id: str = ""
    embedded: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None


def new_invitation(survey: Survey, asked: Asked, channel: str, **more: Any) -> Invitation:  # noqa: ANN401
    """A waiting invitation, not yet stored."""
    key = new_key()
    return Invitation(
        key=key,
        digest=digest_of(secret_of(key)),
        survey=survey,
        customer=asked.customer,
        channel=channel,
        status="waiting",
        language=asked.language or asked.customer.language,
        site=asked.site or asked.customer.site,
        team=asked.team,
        touchpoint=asked.touchpoint,
        interaction=asked.interaction,
        employee_id=asked.employee_id,
        embedded=asked.embedded,
        due_at=asked.due_at or clock.now(),
        **more,
    )


@service(INVITE)
def invite(
    *,
    actor: Actor,
    survey: Survey,
    customer: Customer,
    channel: str = "email",
    purpose: str = "survey",
    language: str = "",
    site: Site | None = None,
    team: Team | None = None,
    touchpoint: Touchpoint | None = None,
    interaction: Interaction | None = None,
    employee_id: str = "",
    embedded: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> Invitation:
    """Ask one customer. An e-mail goes out by the worker when it is due; other channels are decided here.

    `purpose="recovery"` asks how a complaint was settled: the open case itself, repeat distance and a recent
    answer do not stand against it; the cap, a refusal and a missing address do. Read `status` and `reason`.
    """
    _may_ask(actor, survey, customer, channel)
    asked = Asked(
        customer, language, site, team, touchpoint, interaction, employee_id, dict(embedded or {}), due_at
    )
    made = new_invitation(survey, asked, channel, purpose=purpose)
    made.save(force_insert=True)
    if channel != _BY_HAND and made.due_at <= clock.now():
        decide(made)
    audit(actor, "channels.invited", made, survey=survey.key, channel=channel, status=made.status)
    return made


@service(INVITE)
def invite_many(*, actor: Actor, survey: Survey, channel: str, rows: Sequence[Asked]) -> list[Invitation]:
    """Ask many: they wait as rows, and the worker sends them. A customer twice in `rows` is asked once."""
    made: dict[int, Invitation] = {}
    for asked in rows:
        _may_ask(actor, survey, asked.customer, channel)
        made.setdefault(asked.customer.pk, new_invitation(survey, asked, channel))
    Invitation.objects.bulk_create(made.values(), batch_size=500)
    if channel != _BY_HAND:
        now = clock.now()
        # In one order, so that two calls for the same customers wait for each other and do not lock up.
        for one in sorted(made.values(), key=lambda one: one.customer_id):
            if one.due_at <= now:
                decide(one)
    audit(actor, "channels.invited_many", survey, channel=channel, invitations=len(made))
    return [made[asked.customer.pk] for asked in rows]


@service(INVITE)
def cancel(*, actor: Actor, key: str) -> Invitation:
    """Take back an invitation that has not gone out."""
    found = selectors.get_invitation(actor, key)
    taken = Invitation.objects.filter(pk=found.pk, status="waiting").update(
        status="suppressed", reason="cancelled"
    )
    if not taken:
        raise ConflictError(
            Text("This invitation is not waiting any more.", "此邀请已不在等待发送。"),
            Text("What was sent cannot be taken back.", "已发送的邀请无法撤回。"),
        )
    found.refresh_from_db()
    record(found, "suppressed", "cancelled", {})
    audit(actor, "channels.cancelled", found)
    return found


@service(INVITE)
def report_bounce(*, actor: Actor, key: str, permanent: bool) -> Invitation:
    """Mail to the customer came back. A permanent failure ends mail to this address, whatever the survey."""
    found = selectors.get_invitation(actor, key)
    if found.sent_at is None:
        raise ConflictError(
            Text("This invitation was never sent.", "此邀请从未发送。"),
            Text("Report bounces of sent invitations.", "只能上报已发送邀请的退信。"),
        )
    if permanent:
        # An answer says that the letter came through, whatever a mail server says later.
        Invitation.objects.filter(pk=found.pk, status__in=("sent", "bounced")).update(
            status="bounced", remind_at=None
        )
        found.refresh_from_db()
    audit(actor, "channels.bounced", found, permanent=permanent)
    return found


def _may_ask(actor: Actor, survey: Survey, customer: Customer, channel: str) -> None:
    if actor.kind != "system":
        selectors.get_survey(actor, survey.key)
        get_customer(actor, customer.customer_id)
    if channel not in CHANNELS:
        raise InvalidError(
            Text(f"There is no channel {channel}.", f"没有渠道“{channel}”。"),
            Text(f"Use one of {', '.join(CHANNELS)}.", f"请使用 {'、'.join(CHANNELS)} 之一。"),
        )
    if customer.erased_at is not None:
        raise ConflictError(
            Text("This customer was erased.", "该客户资料已删除。"),
            Text("Nobody can be asked.", "无法邀请。"),
        )
