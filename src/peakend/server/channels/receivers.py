"""What the area does when something happens elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from peakend.server.channels.quotas import FullError, count_in
from peakend.server.channels.signals import QuotaFullError, response_completing
from peakend.server.channels.triggers import fire
from peakend.server.customers.signals import interaction_received

if TYPE_CHECKING:
    from peakend.server.customers.models import Interaction


@receiver(interaction_received, dispatch_uid="channels.triggers")
def ask_in_the_moment(interaction: Interaction, **_: object) -> None:
    """Queue what the event triggers."""
    fire(interaction)


@receiver(response_completing, dispatch_uid="channels.quotas")
def count_towards_quotas(response: Any, **_: object) -> None:  # noqa: ANN401 - a row of `answering`
    """Take a place in every quota the response falls under, or screen it."""
    try:
        count_in(response)
    except FullError as full:
        raise QuotaFullError(full.quota.name) from full
