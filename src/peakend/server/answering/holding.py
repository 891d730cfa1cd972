"""What the area keeps of a customer: what they answered under their name."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.answering.models import Response
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import Holder, hold


def _erase(customer: Customer) -> int:
    """Scores stay, words and tier go: what is left tells about nobody, also in a tier of one."""
    done = 0
    for response in Response.objects.filter(customer=customer):
        for answer in response.answers.values():
            answer.pop("text", None)
        response.customer = response.invitation = response.interaction = None
        response.tier = ""
        response.save(update_fields=["answers", "tier", "customer", "invitation", "interaction"])
        done += 1
    return done


hold(
    Holder(
        "responses",
        Text("What they answered", "作答内容"),
        (Response,),
        lambda customer: Response.objects.filter(customer=customer).values(
            "survey__name", "started_at", "completed_at", "language", "channel", "tier", "answers"
        ),
        _erase,
    )
)
