"""Contacting who was drawn: by an invitation or a colleague's call, where the ledger allows it."""

from __future__ import annotations

from django.db.models import Q

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import SiteError
from peakend.server.acting.services import service
from peakend.server.cases.models import OPEN, Case
from peakend.server.channels.history import contact_rules
from peakend.server.channels.inviting import invite
from peakend.server.channels.ledger import Contact, History, Rules, Verdict, verdict
from peakend.server.channels.models import ContactRecord
from peakend.server.channels.waves import today
from peakend.server.customers.consents import allows
from peakend.server.customers.models import Customer
from peakend.server.initiatives import policies
from peakend.server.initiatives.models import Assignment, Campaign
from peakend.server.initiatives.targeting import PURPOSE

BATCH = 500


def to_contact() -> list[int]:
    """Who was drawn to get the offer and waits (primary keys)."""
    rows = Assignment.objects.filter(contact="waiting").filter(
        Q(contact_after=None) | Q(contact_after__lte=clock.now())
    )
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


@service(policies.RUN, audited=False)
def contact_one(*, actor: Actor, assignment: int) -> bool:
    """Contact one customer on the first channel that reaches them, or write down why not."""
    before = Assignment.objects.filter(pk=assignment).values_list("customer_id", flat=True).first()
    # The customer first, as everybody does who writes to them.
    customer = Customer.objects.select_for_update().filter(pk=before).select_related(None).first()
    row = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("campaign__survey", "campaign__site")
        .filter(pk=assignment, contact="waiting")
        .first()
    )
    if row is None:
        return False
    _contact(actor, row, customer)
    row.save(update_fields=["contact", "channel", "reason", "invitation", "contact_after"])
    return True


def _contact(actor: Actor, row: Assignment, customer: Customer | None) -> None:
    campaign = row.campaign
    row.contact = "suppressed"
    if customer is None or customer.erased_at is not None:
        row.reason = "erased"
    elif campaign.status != "running" or today() > campaign.ends_on:
        row.reason = "over"
    elif not (allowed := [one for one in campaign.channels if allows(customer, PURPOSE, one)]):
        row.reason = "refused"
    elif not (open_ := [one for one in allowed if _has_address(customer, one)]):
        row.channel, row.reason = allowed[0], "no_address"
    elif open_[0] == "phone":
        row.channel = "phone"
        _ask_colleague(row, customer)
    else:
        row.channel = open_[0]
        _invite(actor, row, customer)


def _has_address(customer: Customer, channel: str) -> bool:
    if channel == "email":
        return bool(customer.email)
    return bool(customer.phone) if channel in ("sms", "phone") else True


def _invite(actor: Actor, row: Assignment, customer: Customer) -> None:
    """The ledger decides when the invitation is due; its status says what became of it."""
    campaign = row.campaign
    offer = campaign.offer_zh if customer.language.startswith("zh") else campaign.offer_en
    try:
        row.invitation = invite(
            actor=actor,
            survey=campaign.survey,
            customer=customer,
            channel=row.channel,
            site=campaign.site,
            embedded={"offer": offer},
        )
    except SiteError:
        row.reason = "survey_closed"
    else:
        row.contact = "invited"


def _ask_colleague(row: Assignment, customer: Customer) -> None:
    """Put the customer on the list of calls and into the ledger: the call is made, so it counts from now."""
    now = clock.now()
    said = _may_call(customer)
    if said.outcome == "delay":
        row.contact, row.contact_after = "waiting", said.until
        return
    sent = said.outcome == "send"
    row.contact, row.reason = ("to_call", "") if sent else ("suppressed", said.reason)
    ContactRecord.objects.create(
        customer=customer,
        channel="phone",
        at=now,
        outcome="sent" if sent else "suppressed",
        reason=said.reason,
        details=said.details,
    )


def _may_call(customer: Customer) -> Verdict:
    whole, now = contact_rules(), clock.now()
    rules = Rules(
        most=whole.most,
        days=whole.days,
        after_answer_days=0,
        spare_complaints=whole.spare_complaints,
        repeat_days=0,
        quiet_from=whole.quiet_from,
        quiet_to=whole.quiet_to,
    )
    sent = ContactRecord.objects.filter(customer=customer, outcome="sent", at__gt=now - rules.horizon)
    history = History(
        contacts=tuple(Contact(at) for at in sent.values_list("at", flat=True)),
        open_case=Case.objects.filter(customer=customer, status__in=OPEN).exists(),
        timezone=customer.site.timezone if customer.site else whole.timezone,
    )
    return verdict(history, rules, now)


def end_late() -> int:
    """Campaigns whose last day of contacts is over, ended; how many."""
    over = Campaign.objects.filter(status="running", ends_on__lt=today())
    return over.update(status="ended")
