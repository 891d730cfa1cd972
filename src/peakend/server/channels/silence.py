"""Places that fell silent: counted by the worker, told once, forgotten with the next answer."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Role
from peakend.server.channels.figures import is_silent, recent_answers
from peakend.server.channels.models import Place, PlaceDay
from peakend.server.notices.outbox import announce, notify
from peakend.server.people.models import User

if TYPE_CHECKING:
    from datetime import date, datetime

BATCH = 200


def listen(places: list[Place]) -> int:
    """Bring `places` up to date: days that are over, the last answer, silence. How many changed."""
    days, last = recent_answers(places)
    return sum(_settle(one, days.get(one.pk, {}), last.get(one.pk)) for one in places)


def _settle(place: Place, days: dict[date, int], last: datetime | None) -> bool:
    now = clock.now()
    # Yesterday stays open: an answer whose transaction ends late may still come.
    until = now.astimezone(UTC).date() - timedelta(days=1)
    over = {day: n for day, n in days.items() if day < until}
    heard = max(filter(None, (place.last_answer_at, last)), default=None)
    changes: dict[str, object] = {}
    if place.tallied_until is None or over or place.tallied_until < until - timedelta(days=7):
        changes["tallied_until"] = until
    if heard != place.last_answer_at:
        changes["last_answer_at"] = heard
    silent = is_silent(place, heard, now)
    told = place.silent_told_at is not None
    if silent is not told:
        changes["silent_told_at"] = now if silent else None
    if not changes:
        return False
    with transaction.atomic():
        # Whoever settles the place first wins; the other finds it settled and tells nobody twice.
        mine = Place.objects.filter(
            pk=place.pk, tallied_until=place.tallied_until, silent_told_at=place.silent_told_at
        ).update(**changes)
        if not mine:
            return False
        if "tallied_until" in changes:
            PlaceDay.objects.bulk_create(
                [PlaceDay(place=place, day=day, answers=n) for day, n in over.items()],
                update_conflicts=True,
                unique_fields=["place", "day"],
                update_fields=["answers"],
            )
        if silent and not told:
            _tell(place)
    return True


def _tell(place: Place) -> None:
    days, where = place.silent_after_days, place.site
    name_zh = (where.name_zh if where else "") or place.name
    notify(
        _listeners(place),
        Text(f"No answer for {days} days at {place.name}", f"{name_zh}·{place.name}：{days} 天没有应答"),
        reverse("channels:place", args=[place.key]),
    )
    announce("place.silent", place.key, {"days": days, "site": where.code if where else None})


def _listeners(place: Place) -> list[User]:
    """Supervisors of the place's site, and CX managers whose reach has it."""
    active = User.objects.filter(is_active=True)
    found = active.filter(role=Role.CX_MANAGER).filter(Q(sites=None, teams=None) | Q(sites=place.site_id))
    listed = set(found)
    if place.site_id is not None:
        supervisors = active.filter(role=Role.SUPERVISOR)
        listed |= set(supervisors.filter(Q(sites=place.site_id) | Q(teams__site=place.site_id)))
    return sorted(listed, key=lambda one: one.pk)
