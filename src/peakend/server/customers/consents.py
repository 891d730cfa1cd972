"""What a customer allows: the last word counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.server.customers.models import Consent

if TYPE_CHECKING:
    from peakend.server.customers.models import Customer

# What is owed to somebody one serves: it needs no consent, but a refusal ends it.
WITHOUT_CONSENT = frozenset({"survey", "service"})


def last_word(customer: Customer, purpose: str, channel: str) -> Consent | None:
    """The last the customer said about `purpose`, for `channel` or for every channel; None: nothing yet."""
    said = Consent.objects.filter(customer=customer, purpose=purpose, channel__in={"", channel})
    return said.order_by("-at", "-pk").first()


def allows(customer: Customer, purpose: str, channel: str) -> bool:
    """Whether the customer may be written to for `purpose` through `channel`.

    Surveys and service need that nobody refused; marketing, research and quoting need that it was given.
    """
    word = last_word(customer, purpose, channel)
    if word is None:
        return purpose in WITHOUT_CONSENT
    return word.status == "given"
