"""How long what is kept, and the removal of what is older."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.models import RepeatableRequest
from peakend.server.answering.models import Response
from peakend.server.notices.models import Event, Mail, Notification
from peakend.server.privacy.models import RetentionRule
from peakend.server.sync.words import cut_before

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """Something kept for a while: `days` by default, at least `least`; `remove(before)` counts what went."""

    title: Text
    days: int
    least: int
    remove: Callable[[datetime], int]


def _words(before: datetime) -> int:
    """Customers' words go, their scores stay; the worker does the same in the warehouse, where they may be
    by now."""
    cut_before(before)
    old = Response.objects.filter(completed_at__lt=before, answers__icontains='"text"').order_by("pk")
    done = 0
    # Not the first rows of that: where "text" is the code of a choice they would be found for ever.
    for response in old.only("answers").iterator(chunk_size=_BATCH):
        worded = [answer for answer in response.answers.values() if answer.pop("text", None) is not None]
        if worded:
            response.save(update_fields=["answers"])
            done += 1
        if done == _BATCH:
            break
    return done


def _unfinished(before: datetime) -> int:
    return _first(Response.objects.filter(completed_at=None, started_at__lt=before))


def _first(rows: object) -> int:
    keys = list(rows.values_list("pk", flat=True)[:_BATCH])  # type: ignore[attr-defined]
    return int(rows.model._default_manager.filter(pk__in=keys).delete()[0]) if keys else 0  # type: ignore[attr-defined]


def _files(before: datetime) -> int:
    folder = settings.MEDIA_ROOT / "exports"
    old = [file for file in folder.glob("*.zip") if file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


KINDS: dict[str, Kind] = {
    "words": Kind(Text("Customers' words in answers", "应答中的文字"), 1095, 30, _words),
    "unfinished": Kind(Text("Questionnaires never finished", "未完成的问卷"), 30, 1, _unfinished),
    "mails": Kind(
        Text("E-mails that were sent", "已发送的邮件"),
        180,
        7,
        lambda before: _first(Mail.objects.filter(due_at=None, sent_at__lt=before)),
    ),
    "notifications": Kind(
        Text("Notifications", "站内通知"),
        180,
        7,
        lambda before: _first(Notification.objects.filter(at__lt=before)),
    ),
    "events": Kind(
        Text("Events told to other systems", "已通知其他系统的事件"),
        90,
        7,
        lambda before: _first(Event.objects.filter(spread=True, at__lt=before)),
    ),
    "repeats": Kind(
        Text("Keys of repeated calls", "幂等键"),
        7,
        1,
        lambda before: _first(RepeatableRequest.objects.filter(at__lt=before)),
    ),
    "exports": Kind(Text("Files handed out to customers", "导出给客户的文件"), 7, 1, _files),
    "sessions": Kind(
        Text("Ended sessions", "已结束的会话"),
        1,
        1,
        lambda before: _first(Session.objects.filter(expire_date__lt=before)),
    ),
}


def days_kept(kind: str) -> int:
    """For how many days data of `kind` is kept."""
    rule = RetentionRule.objects.filter(kind=kind).values_list("days", flat=True).first()
    return KINDS[kind].days if rule is None else rule


def remove_old() -> dict[str, int]:
    """Remove a batch of everything older than it may be; how many of each kind."""
    now = clock.now()
    return {name: kind.remove(now - timedelta(days=days_kept(name))) for name, kind in KINDS.items()}
