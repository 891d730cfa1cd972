"""Broadcasts somebody was told or sent, and who has read them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from peakend.language import Text
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import may
from peakend.server.improvement.figures import Figure, share
from peakend.server.improvement.models import Broadcast, Receipt
from peakend.server.improvement.policies import SEND_BROADCAST
from peakend.server.improvement.selectors import one


def broadcasts(actor: Actor) -> QuerySet[Broadcast]:
    """What the actor was told; for those who send, also what they or their sites' managers wrote."""
    rows = Broadcast.objects.select_related("topic", "made_by").annotate(
        told=Count("receipts"), read=Count("receipts", filter=Q(receipts__read_at__isnull=False))
    )
    if actor.reach.everything and may(actor, SEND_BROADCAST):
        return rows
    mine = Q(pk__in=Receipt.objects.filter(user_id=actor.user_id).values("broadcast_id"))
    if may(actor, SEND_BROADCAST):
        mine |= Q(made_by_id=actor.user_id)
    return rows.filter(mine & (Q(sent_at__isnull=False) | Q(made_by_id=actor.user_id)))


def get_broadcast(actor: Actor, key: str) -> Broadcast:
    """The broadcast; `NotFoundError` where the actor neither got nor sent it."""
    return one(broadcasts(actor), Text("Broadcast", "通报"), key=key)


def receipt_of(actor: Actor, broadcast: Broadcast) -> Receipt | None:
    """The actor's own receipt; None where they were not told."""
    return broadcast.receipts.filter(user_id=actor.user_id).first()


def read_rate(broadcast: Broadcast) -> Figure:
    """Share of those told who have read it."""
    rows = broadcast.receipts
    return share("csat", rows.filter(read_at__isnull=False).count(), rows.count())


def public_broadcasts() -> QuerySet[Broadcast]:
    """What the company chose to show its customers."""
    return Broadcast.objects.filter(public=True, sent_at__isnull=False)
