"""What the area keeps of a customer: that they were asked, and when they were spared."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.channels.models import ContactRecord, Invitation, Panel
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import Holder, hold
from peakend.server.notices.models import Mail


def _erase_invitations(customer: Customer) -> int:
    rows = Invitation.objects.filter(customer=customer)
    Mail.objects.filter(reference__in=list(rows.values_list("key", flat=True))).delete()
    rows.filter(sent_at=None, status="waiting").update(status="declined")
    return rows.update(customer=None, embedded={}, employee_id="", remind_at=None)


hold(
    Holder(
        "invitations",
        Text("Surveys they were asked to answer", "收到的调查邀请"),
        (Invitation,),
        lambda customer: Invitation.objects.filter(customer=customer).values(
            "survey__name", "channel", "status", "sent_at", "embedded"
        ),
        _erase_invitations,
    )
)
hold(
    Holder(
        "contacts",
        Text("When they were written to, or spared", "联系与免打扰记录"),
        (ContactRecord,),
        lambda customer: ContactRecord.objects.filter(customer=customer).values(
            "channel", "kind", "at", "outcome", "reason"
        ),
        lambda customer: ContactRecord.objects.filter(customer=customer).update(customer=None, details={}),
    )
)
hold(
    Holder(
        "panels",
        Text("Lists they are asked with", "所在的固定样本组"),
        (Panel.members.through,),
        lambda customer: Panel.objects.filter(members=customer).values("name"),
        lambda customer: Panel.members.through.objects.filter(customer=customer).delete()[0],
    )
)
