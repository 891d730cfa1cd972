"""What the counts keep of a customer: nothing under their name, but their tier."""

from __future__ import annotations

from peakend.language import Text
from peakend.server.answering.models import Response
from peakend.server.boards.folding import unfold
from peakend.server.customers.models import Customer
from peakend.server.customers.personal import Holder, hold


def _erase(customer: Customer) -> int:
    """Take the answers out of the counts before words and tier go; the next sweep adds what is left."""
    rows = Response.objects.filter(customer=customer, folded=True)
    for response in rows:
        unfold(response)
    return len(rows)


hold(
    Holder(
        "counts",
        Text("Figures their answers are in", "作答计入的统计"),
        (),
        lambda _: (),
        _erase,
    )
)
