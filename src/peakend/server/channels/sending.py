"""Sending what is due: one short transaction each, under the customer's lock, with a line in the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q

from peakend.server.acting import clock
from peakend.server.acting.services import service
from peakend.server.channels.history import (
    address_digest,
    address_of,
    history_of,
    remind_and_expire,
    rules_for,
)
from peakend.server.channels.ledger import Kind, verdict
from peakend.server.channels.links import decline_link, digest_of, personal_link, secret_of
from peakend.server.channels.models import ContactRecord, Invitation
from peakend.server.channels.policies import SEND
from peakend.server.channels.wording import language_of, letter, values_of, words_for
from peakend.server.customers.models import Customer
from peakend.server.notices.outbox import announce, send_mail

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from peakend.server.acting.actors import Actor

BATCH = 500
_UNANSWERED = ("sent", "opened", "started")


def due() -> list[int]:
    """Invitations whose time has come, the oldest first (primary keys)."""
    rows = Invitation.objects.filter(status="waiting", due_at__lte=clock.now())
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:BATCH])


def to_remind() -> list[int]:
    """Invitations whose reminder is due (primary keys)."""
    rows = Invitation.objects.filter(remind_at__lte=clock.now())
    return list(rows.order_by("remind_at").values_list("pk", flat=True)[:BATCH])


@service(SEND, audited=False)
def send_one(*, actor: Actor, invitation: int) -> bool:
    """Send, delay or suppress one waiting invitation; False where another worker has it or had it."""
    found = _held(Invitation.objects.filter(pk=invitation, status="waiting", due_at__lte=clock.now()))
    if found is None:
        return False
    decide(found)
    return True


@service(SEND, audited=False)
def remind_one(*, actor: Actor, invitation: int) -> bool:
    """Remind one customer who has not answered, once; False where there is nothing to do any more."""
    now = clock.now()
    found = _held(Invitation.objects.filter(pk=invitation, remind_at__lte=now))
    if found is None:
        return False
    over = found.expires_at is not None and found.expires_at <= now
    if found.status not in _UNANSWERED or found.reminders or over or _answered(found):
        _keep(found, remind_at=None)
        return True
    customer = _locked_customer(found)
    if customer is None or found.survey.status != "live":
        _keep(found, remind_at=None)
        return True
    rules = rules_for(found.survey)
    said = verdict(history_of(found, customer, "reminder", rules, now), rules, now)
    if said.outcome == "delay":
        _keep(found, remind_at=said.until)
        return True
    record(found, "sent" if said.outcome == "send" else "suppressed", said.reason, said.details, "reminder")
    if said.outcome == "send":
        _mail(found, customer, "reminder")
        _keep(found, remind_at=None, reminders=1)
    else:
        _keep(found, remind_at=None)
    return True


def decide(invitation: Invitation) -> None:
    """Let the ledger decide on a stored, waiting invitation, inside the transaction that holds it."""
    now = clock.now()
    customer = _locked_customer(invitation)
    reason, details = _hopeless(invitation, customer)
    if customer is None or reason:
        _suppress(invitation, reason, details)
        return
    rules = rules_for(invitation.survey)
    kind: Kind = "recovery" if invitation.purpose == "recovery" else "survey"
    said = verdict(history_of(invitation, customer, kind, rules, now), rules, now)
    if said.outcome == "suppress":
        _suppress(invitation, said.reason, said.details)
    elif said.outcome == "delay":
        record(invitation, "delayed", said.reason, {}, kind)
        _keep(invitation, due_at=said.until)
    else:
        record(invitation, "sent", "", {}, kind)
        _send(invitation, customer)


def record(
    invitation: Invitation, outcome: str, reason: str, details: dict[str, Any], kind: str | None = None
) -> ContactRecord:
    """A line in the ledger."""
    return ContactRecord.objects.create(
        customer_id=invitation.customer_id,
        channel=invitation.channel,
        survey_id=invitation.survey_id,
        invitation=invitation,
        kind=kind or ("recovery" if invitation.purpose == "recovery" else "survey"),
        at=clock.now(),
        outcome=outcome,
        reason=reason,
        details=details,
    )


def _hopeless(invitation: Invitation, customer: Customer | None) -> tuple[str, dict[str, Any]]:
    """Why nobody can be asked any more, whatever the customer's history; empty where they can."""
    now = clock.now()
    trigger, event = invitation.trigger, invitation.interaction
    if customer is None or customer.erased_at is not None:
        return "erased", {}
    if invitation.survey.status != "live":
        return "survey_closed", {}
    if invitation.wave is not None and invitation.wave.status == "closed":
        return "wave_over", {}
    if trigger is not None and event is not None:
        latest = event.at + timedelta(minutes=trigger.delay_minutes, hours=trigger.max_age_hours)
        if now > latest:
            return "too_old", {"hours": trigger.max_age_hours}
    return "", {}


def _send(invitation: Invitation, customer: Customer) -> None:
    now = clock.now()
    remind, expire = remind_and_expire(invitation.survey)
    by_mail = invitation.channel == "email"
    _keep(
        invitation,
        status="sent",
        sent_at=now,
        reason="",
        address=address_digest(address_of(customer, invitation.channel)),
        expires_at=now + timedelta(days=expire),
        remind_at=now + timedelta(days=remind) if by_mail and 0 < remind < expire else None,
    )
    if by_mail:
        _mail(invitation, customer, "invitation")
    else:
        # The company's own sender asks for the link; the announcement carries no secret.
        announce(
            "invitation.ready",
            invitation.key,
            {
                "survey": invitation.survey.key,
                "channel": invitation.channel,
                "customer_id": customer.customer_id,
            },
        )


def _mail(invitation: Invitation, customer: Customer, kind: str) -> None:
    digest = digest_of(secret_of(invitation.key))
    if digest != invitation.digest:  # the site's key was changed since: the new mail brings a new link
        _keep(invitation, digest=digest)
    decline = decline_link(invitation)
    words = words_for(invitation.survey, kind, language_of(invitation))
    made = letter(words, values_of(invitation, personal_link(invitation), decline))
    send_mail(
        customer.email,
        made.subject,
        made.text,
        html=made.html,
        reference=invitation.key,
        headers={
            "List-Unsubscribe": f"<{decline}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _suppress(invitation: Invitation, reason: str, details: dict[str, Any]) -> None:
    record(invitation, "suppressed", reason, details)
    _keep(invitation, status="suppressed", reason=reason)


def _keep(invitation: Invitation, **values: Any) -> None:  # noqa: ANN401 - columns of the invitation
    for name, value in values.items():
        setattr(invitation, name, value)
    invitation.save(update_fields=list(values))


def _held(rows: QuerySet[Invitation]) -> Invitation | None:
    related = ("survey", "wave", "trigger", "interaction", "customer", "site")
    rows = rows.select_related(*related)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.first()


def _locked_customer(invitation: Invitation) -> Customer | None:
    """The customer, locked until the transaction ends: who writes to them next sees what was sent now."""
    if invitation.customer_id is None:
        return None
    return Customer.objects.select_for_update().filter(pk=invitation.customer_id).first()


def _answered(invitation: Invitation) -> bool:
    done = Invitation.objects.filter(Q(response__state="completed") | Q(response__state="screened"))
    return done.filter(pk=invitation.pk).exists()
