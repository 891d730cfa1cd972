"""What is new on somebody's page, once a day or once a week by e-mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.notices.models import Notification, Preference
from peakend.server.notices.outbox import send_mail
from peakend.server.people.models import User

CHOICES: dict[str, Text] = {
    "never": Text("Never", "不发送"),
    "daily": Text("Every day", "每天"),
    "weekly": Text("Every Monday", "每周一"),
}
_MOST = 40


def next_digest(preference: Preference, after: datetime) -> datetime | None:
    """When the next digest is due, after `after`; None for those who want none."""
    if preference.digest == "never":
        return None
    zone = ZoneInfo(preference.timezone)
    local = after.astimezone(zone)
    due = local.replace(hour=preference.hour, minute=0, second=0, microsecond=0)
    while due <= local or (preference.digest == "weekly" and due.weekday() != 0):
        due = (due + timedelta(days=1)).replace(hour=preference.hour)
    return due


def preference_of(user: User) -> Preference:
    """The user's preference; the default one is made on first use."""
    found, made = Preference.objects.get_or_create(user=user)
    if made:
        found.next_at = next_digest(found, clock.now())
        found.save(update_fields=["next_at"])
    return found


def prepare() -> int:
    """Give everybody who has none the default preference; how many."""
    rows = User.objects.filter(is_active=True, notice_preference=None)[:500]
    return len([preference_of(user) for user in rows])


def send_digests() -> int:
    """Queue the digests that are due; how many people were looked at."""
    looked_at = 0
    while True:
        due = Preference.objects.filter(next_at__lte=clock.now(), user__is_active=True)
        preference = due.select_related("user").order_by("next_at").first()
        if preference is None:
            return looked_at
        _send(preference)
        looked_at += 1


def _send(preference: Preference) -> None:
    now = clock.now()
    with transaction.atomic():
        following = next_digest(preference, now)
        # One worker moves it on; the mail is queued in the same transaction.
        if not Preference.objects.filter(pk=preference.pk, next_at=preference.next_at).update(
            next_at=following
        ):
            return
        rows = list(
            Notification.objects.filter(
                user=preference.user, read_at=None, pk__gt=preference.told_until
            ).order_by("-pk")[: _MOST + 1]
        )
        if not rows:
            return
        subject, text = _worded(preference.user, rows)
        send_mail(preference.user.email, subject, text, reference=f"digest:{preference.user.key}")
        Preference.objects.filter(pk=preference.pk).update(told_until=rows[0].pk)


def _worded(user: User, rows: list[Notification]) -> tuple[str, str]:
    chinese = user.language.startswith("zh")
    shown, more = rows[:_MOST], len(rows) > _MOST
    count = f"{_MOST}+" if more else str(len(shown))
    lines = [
        f"· {one.title_zh if chinese else one.title_en}\n  {settings.PUBLIC_URL}{one.url}" for one in shown
    ]
    all_of_them = f"{settings.PUBLIC_URL}/notifications/"
    if chinese:
        subject = f"Peakend：您有 {count} 条新通知"
        end = f"查看全部通知或调整邮件频率：{all_of_them}"
    else:
        subject = f"Peakend: {count} new notifications" if count != "1" else "Peakend: one new notification"
        end = f"See all of them, or change how often we write: {all_of_them}"
    return subject, "\n".join([*lines, "", end])
