"""What the area keeps of a customer: their cases with everything written in them."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.cases.models import Case, CaseContact, CaseEvent, CaseReview, Compensation
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import Exported, Holder, hold
from peakend.server.notices.models import Mail


def _export(customer: Customer) -> Exported:
    for case in Case.objects.filter(customer=customer).order_by("id"):
        yield {
            "number": case.number,
            "title": case.title,
            "words": case.words,
            "status": case.status,
            "opened_at": case.opened_at,
            "closed_at": case.closed_at,
            "action": case.action,
            "timeline": [
                f"{one.at:%Y-%m-%d %H:%M} {one.kind} {one.note}".strip() for one in case.events.all()
            ],
            "contacts": [
                f"{one.at:%Y-%m-%d %H:%M} {one.channel} {one.outcome} {one.note}".strip()
                for one in case.contacts.all()
            ],
        }


def _erase(customer: Customer) -> int:
    """The course of the case stays, every word written about the person goes."""
    cases = Case.objects.filter(customer=customer)
    keys = list(cases.values_list("pk", flat=True))
    mails = CaseContact.objects.filter(case__in=keys).exclude(mail_key="").values_list("mail_key", flat=True)
    Mail.objects.filter(key__in=list(mails)).delete()
    CaseContact.objects.filter(case__in=keys).update(note="")
    CaseEvent.objects.filter(case__in=keys).update(note="", data={})
    CaseReview.objects.filter(case__in=keys).update(note="")
    return cases.update(customer=None, title="", words="", action="", details={})


hold(
    Holder("cases", Text("Their cases", "工单"), (Case, CaseContact, CaseEvent, CaseReview), _export, _erase)
)
hold(
    Holder(
        "compensations",
        Text("What they were given", "补偿"),
        (Compensation,),
        lambda customer: Compensation.objects.filter(customer=customer).values(
            "kind", "amount", "currency", "reason", "at", "status"
        ),
        lambda customer: Compensation.objects.filter(customer=customer).update(customer=None, reason=""),
    )
)
