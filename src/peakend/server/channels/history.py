"""What the ledger's rule has to know of a customer, read under the customer's lock."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.db.models import Q

from peakend.server.channels.ledger import Contact, History, Kind, Rules
from peakend.server.channels.models import ContactRecord, ContactRules, Invitation, SurveyRules
from peakend.server.customers.consents import allows

if TYPE_CHECKING:
    from datetime import datetime

    from peakend.server.customers.models import Customer
    from peakend.server.surveys.models import Survey

OPEN = ("open", "working", "waiting")


def contact_rules() -> ContactRules:
    """The company's rules, or those it starts with."""
    return ContactRules.objects.first() or ContactRules()


def rules_for(survey: Survey) -> Rules:
    """The rules that hold for an invitation to `survey`."""
    whole = contact_rules()
    own = SurveyRules.objects.filter(survey=survey).first()
    return Rules(
        most=whole.most,
        days=whole.days,
        after_answer_days=whole.after_answer_days,
        spare_complaints=whole.spare_complaints,
        repeat_days=_own(own, "repeat_days", whole.repeat_days),
        quiet_from=whole.quiet_from,
        quiet_to=whole.quiet_to,
    )


def remind_and_expire(survey: Survey) -> tuple[int, int]:
    """After how many days an invitation to `survey` is repeated (0: never), and after how many it ends."""
    whole, own = contact_rules(), SurveyRules.objects.filter(survey=survey).first()
    return (
        _own(own, "remind_after_days", whole.remind_after_days),
        _own(own, "expire_after_days", whole.expire_after_days),
    )


def _own(own: SurveyRules | None, name: str, otherwise: int) -> int:
    value = getattr(own, name, None)
    return otherwise if value is None else int(value)


def address_of(customer: Customer, channel: str) -> str:
    """Where `channel` reaches the customer, or empty. Links and the API need no address of ours."""
    if channel == "email":
        return str(customer.email)
    if channel == "sms":
        return str(customer.phone)
    return str(customer.customer_id)


def address_digest(address: str) -> str:
    """What is kept of an address, to know it again when mail to it comes back."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest() if address else ""


def history_of(
    invitation: Invitation, customer: Customer, kind: Kind, rules: Rules, now: datetime
) -> History:
    """Everything `ledger.verdict` asks about `customer`; call it while their row is locked."""
    sent = ContactRecord.objects.filter(customer=customer, outcome="sent", at__gt=now - rules.horizon)
    address = address_of(customer, invitation.channel)
    site = invitation.site or customer.site
    return History(
        survey=invitation.survey.key,
        kind=kind,
        contacts=tuple(
            Contact(at, survey or "", cast("Kind", what))
            for at, survey, what in sent.values_list("at", "survey__key", "kind")
        ),
        last_answer=_last_answer(customer),
        open_case=_model("cases", "Case").objects.filter(customer=customer, status__in=OPEN).exists(),
        refused=not allows(customer, "survey", invitation.channel),
        has_address=bool(address),
        bounced=Invitation.objects.filter(
            customer=customer, status="bounced", address=address_digest(address)
        ).exists(),
        asked_about_event=_asked_about_event(invitation),
        timezone=site.timezone if site else contact_rules().timezone,
    )


def _last_answer(customer: Customer) -> datetime | None:
    done = _model("answering", "Response").objects.filter(customer=customer, state="completed")
    found: datetime | None = done.order_by("-completed_at").values_list("completed_at", flat=True).first()
    return found


def _asked_about_event(invitation: Invitation) -> bool:
    if invitation.interaction_id is None:
        return False
    others = Invitation.objects.filter(interaction=invitation.interaction_id, survey=invitation.survey_id)
    return others.filter(~Q(pk=invitation.pk), sent_at__isnull=False).exists()


def _model(area: str, name: str) -> Any:  # noqa: ANN401 - a model of an area to the right, known by its name
    return apps.get_model(area, name)
