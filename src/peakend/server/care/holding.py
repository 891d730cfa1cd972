"""What the area keeps of a customer: what was done to care for them."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.care.models import CareTask
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import Exported, Holder, hold


def _export(customer: Customer) -> Exported:
    rows = CareTask.objects.filter(customer=customer).select_related("rule")
    for task in rows.order_by("pk"):
        yield {
            "care": task.rule.name_en,
            "stage": task.rule.stage,
            "purpose": task.rule.purpose,
            "channel": task.rule.channel,
            "at": task.at,
            "status": task.status,
            "note": task.note,
            "settled_at": task.settled_at,
        }


hold(
    Holder(
        "care",
        Text("How they were cared for", "客户关怀记录"),
        (CareTask,),
        _export,
        lambda customer: CareTask.objects.filter(customer=customer).update(
            customer=None, note="", occasion="", invitation=None
        ),
    )
)
