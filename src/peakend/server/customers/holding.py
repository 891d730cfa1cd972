"""What the area keeps of a customer, how it is handed out, and how it is erased."""

from __future__ import annotations

from django.db.models import QuerySet

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.customers.models import Consent, Customer, Import, Interaction
from peakend.server.customers.personal import Exported, Holder, hold
from peakend.server.notices.models import Mail


def erased_id(customer: Customer) -> str:
    """What stands in place of an erased customer's id."""
    return f"erased-{customer.pk}"


def _person(customer: Customer) -> Exported:
    yield {
        "customer_id": customer.customer_id,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "language": customer.language,
        "tier": customer.tier,
        "attributes": customer.attributes,
        "since": customer.created_at,
    }


def _erase_person(customer: Customer) -> int:
    rows = Customer.objects.filter(pk=customer.pk)
    # An uploaded file that was not taken in yet may name the customer.
    Import.objects.exclude(rows=[]).update(rows=[])
    return rows.update(
        customer_id=erased_id(customer),
        name="",
        email="",
        phone="",
        language="",
        tier="",
        attributes={},
        erased_at=clock.now(),
        changed_at=clock.now(),
    )


def _consents(customer: Customer) -> Exported:
    return Consent.objects.filter(customer=customer).values("purpose", "channel", "status", "source", "at")


def _mails(customer: Customer) -> QuerySet:
    return Mail.objects.filter(to__iexact=customer.email) if customer.email else Mail.objects.none()


def _interactions(customer: Customer) -> QuerySet:
    return Interaction.objects.filter(customer=customer)


hold(
    Holder(
        "customers",
        Text("Who the customer is", "客户身份"),
        (Customer, Import),
        _person,
        _erase_person,
    )
)
hold(
    Holder(
        "mails",
        Text("E-mails written to them", "发给客户的邮件"),
        (Mail,),
        lambda customer: _mails(customer).values("subject", "text", "sent_at"),
        lambda customer: _mails(customer).delete()[0],
    )
)
hold(
    Holder(
        "consents",
        Text("What they allowed", "客户的同意"),
        (Consent,),
        _consents,
        lambda customer: Consent.objects.filter(customer=customer).delete()[0],
    )
)
hold(
    Holder(
        "interactions",
        Text("What happened", "互动记录"),
        (Interaction,),
        lambda customer: _interactions(customer).values(
            "event_id", "at", "kind", "channel", "outcome", "attributes"
        ),
        lambda customer: _interactions(customer).update(customer=None, attributes={}),
    )
)
