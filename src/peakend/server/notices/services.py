"""Notifications: read, and how one is told of them. Mails: tried again, given up."""

from __future__ import annotations

import zoneinfo

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import ConflictError, InvalidError, NotAllowedError
from peakend.server.acting.services import audit, service
from peakend.server.notices import selectors
from peakend.server.notices.digests import CHOICES, next_digest, preference_of
from peakend.server.notices.models import Mail, Notification, Preference
from peakend.server.notices.policies import OUTBOX, OWN
from peakend.server.people.models import User
from peakend.server.web.say import told


# Reading is no change of anything but one's own page: it is not worth an entry each.
@service(OWN, audited=False)
def mark_read(*, actor: Actor, key: str) -> Notification:
    """Mark one of the actor's notifications as read; again changes nothing."""
    found = selectors.get_notification(actor, key)
    if found.read_at is None:
        found.read_at = clock.now()
        found.save(update_fields=["read_at"])
    return found


@service(OWN, audited=False)
def mark_all_read(*, actor: Actor) -> int:
    """Mark all of the actor's notifications as read; how many were not."""
    return int(selectors.notifications(actor, unread=True).update(read_at=clock.now()))


@service(OWN)
def choose_digest(*, actor: Actor, digest: str, hour: int, timezone: str) -> Preference:
    """How often the actor gets what is new by e-mail: never, daily, weekly; at `hour` in `timezone`."""
    wrong = {
        "digest": digest not in CHOICES,
        "hour": isinstance(hour, bool) or not 0 <= hour <= 23,
        "timezone": timezone not in zoneinfo.available_timezones(),
    }
    if any(wrong.values()):
        words = Text("This cannot be chosen.", "此项不可选。")
        raise InvalidError(
            words,
            Text("Choose one of the list.", "请从列表中选择。"),
            fields=[{"field": name, "message": told(words)} for name, bad in wrong.items() if bad],
        )
    if actor.user_id is None:
        raise NotAllowedError(OWN)
    found = preference_of(User.objects.get(pk=actor.user_id))
    found.digest, found.hour, found.timezone = digest, hour, timezone
    found.next_at = next_digest(found, clock.now())
    found.save()
    audit(actor, "notices.digest_chosen", None, digest=digest, hour=hour, timezone=timezone)
    return found


@service(OUTBOX)
def retry_mail(*, actor: Actor, key: str) -> Mail:
    """Try a mail again now that was given up or waits; `ConflictError` for one that left."""
    found = selectors.get_mail(actor, key)
    if found.sent_at is not None:
        raise ConflictError(
            Text("This e-mail was sent.", "该邮件已发送。"),
            Text("Write a new one instead.", "请另写一封。"),
        )
    # Not one that is being sent at this moment: its sender holds the lease.
    if found.due_at is None or found.failure:
        rows = Mail.objects.filter(pk=found.pk, due_at=found.due_at, sent_at=None)
        if rows.update(due_at=clock.now(), attempts=0, failure=""):
            found.refresh_from_db()
    audit(actor, "notices.mail_retried", found)
    return found
