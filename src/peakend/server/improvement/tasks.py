"""What the worker does again and again for the area."""

from __future__ import annotations

from datetime import timedelta

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.sweeps import sweep
from peakend.server.improvement.models import Topic
from peakend.server.improvement.services.broadcasts import remind_unread
from peakend.server.improvement.services.photos import forget_orphans
from peakend.server.improvement.services.voices import remind_of_comments
from peakend.server.notices.outbox import notify


@sweep("improvement.remind", every=300)
def remind(actor: Actor) -> int:
    """Broadcasts nobody read and comments nobody took up."""
    return remind_unread(actor=actor) + remind_of_comments(actor=actor)


@sweep("improvement.review", every=3600)
def review(actor: Actor) -> int:
    """Owners of topics whose review is due, told once."""
    today, told = (clock.now() + timedelta(hours=8)).date(), 0
    for topic in Topic.objects.filter(
        status="done", review_on__lte=today, review_told_at=None, owner__isnull=False
    ).select_related("owner")[:200]:
        from django.db import transaction

        with transaction.atomic():
            if Topic.objects.filter(pk=topic.pk, review_told_at=None).update(review_told_at=clock.now()):
                title = topic.title[:200]
                notify(
                    [topic.owner],
                    Text(f"Check whether it worked: {title}", f"请验证整改成效：{title}"),
                    f"/topics/{topic.key}/",
                )
                told += 1
    return told


@sweep("improvement.photos", every=86_400)
def photos(actor: Actor) -> int:
    """Files of photographs that no visit has any more."""
    return forget_orphans(actor=actor)
