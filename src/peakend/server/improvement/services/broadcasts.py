"""Telling staff what was changed, and who has read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor, Role
from peakend.server.acting.services import audit, service
from peakend.server.improvement import policies
from peakend.server.improvement.models import Broadcast, Receipt
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import own_sites, team_of
from peakend.server.improvement.selectors.broadcasts import get_broadcast
from peakend.server.improvement.selectors.outer_loop import get_topic
from peakend.server.notices.outbox import announce, notify
from peakend.server.people.models import User

WORDS = ("title_en", "title_zh", "said_en", "said_zh", "did_en", "did_zh")


@service(policies.SEND_BROADCAST)
def send_broadcast(
    *,
    actor: Actor,
    title_en: str,
    title_zh: str,
    said_en: str,
    said_zh: str,
    did_en: str,
    did_zh: str,
    topic: str | None = None,
    sites: Sequence[str] = (),
    teams: Sequence[str] = (),
    roles: Sequence[str] = (),
    remind_after_days: int = 3,
    public: bool = False,
) -> Broadcast:
    """Send "you said, we did" to everybody active in the sites, teams and roles, in both languages."""
    words = dict(zip(WORDS, (title_en, title_zh, said_en, said_zh, did_en, did_zh), strict=True))
    for name, value in words.items():
        if not value.strip():
            raise invalid("Write it in both languages.", "请填写中英文两种语言。", field=name)
    for role in roles:
        need_one_of(role, [one.value for one in Role], "roles")
    if not 1 <= remind_after_days <= 90:
        raise invalid("Remind after 1 to 90 days.", "提醒间隔须为 1 至 90 天。", field="remind_after_days")
    found = get_topic(actor, topic) if topic else None
    if found is not None and found.status not in ("doing", "done", "checked"):
        raise conflict(
            "Nothing has been done about this topic yet.",
            "该议题尚未开始整改。",
            Text("Tell staff once the change is under way.", "请在整改开始后再通报。"),
        )
    of_sites = list(own_sites(actor).filter(code__in=sites))
    of_teams = [team for team in (team_of(actor, key) for key in teams) if team is not None]
    if len(of_sites) != len(set(sites)) or (not actor.reach.everything and not of_sites and not of_teams):
        raise invalid(
            "Choose sites or teams in your reach.", "请选择您管辖范围内的网点或团队。", field="sites"
        )
    now = clock.now()
    broadcast = Broadcast.objects.create(
        topic=found,
        roles=sorted(set(roles)),
        remind_after_days=remind_after_days,
        public=public,
        made_by_id=actor.user_id,
        made_at=now,
        sent_at=now,
        **{name: value.strip() for name, value in words.items()},
    )
    broadcast.sites.set(of_sites)
    broadcast.teams.set(of_teams)
    told = list(_audience(broadcast))
    due = now + timedelta(days=remind_after_days)
    Receipt.objects.bulk_create(Receipt(broadcast=broadcast, user=user, remind_at=due) for user in told)
    notify(told, Text(f"We did: {broadcast.title_en}", f"我们做到了：{broadcast.title_zh}"), _path(broadcast))
    announce("broadcast.sent", broadcast.key, {"told": len(told)})
    audit(actor, "improvement.broadcast_sent", broadcast, told=len(told), public=public)
    return broadcast


@service(policies.BROADCASTS)
def confirm_read(*, actor: Actor, broadcast: str) -> Receipt | None:
    """Say that one has read it; saying it again keeps the first time. None for who was not told."""
    found = get_broadcast(actor, broadcast)
    Receipt.objects.filter(broadcast=found, user_id=actor.user_id, read_at=None).update(
        read_at=clock.now(), remind_at=None
    )
    audit(actor, "improvement.broadcast_read", found)
    return Receipt.objects.filter(broadcast=found, user_id=actor.user_id).first()


@service(policies.SEND_BROADCAST)
def show_in_public(*, actor: Actor, broadcast: str, public: bool) -> Broadcast:
    """Show the broadcast on the public page, or take it off."""
    found = get_broadcast(actor, broadcast)
    found.public = public
    found.save(update_fields=["public"])
    audit(actor, "improvement.broadcast_public", found, public=public)
    return found


@service(policies.SEND_BROADCAST, audited=False)
def remind_unread(*, actor: Actor, most: int = 200) -> int:
    """Remind those who have not read in time, once each; how many."""
    due = list(
        Receipt.objects.select_related("broadcast", "user").filter(remind_at__lte=clock.now(), read_at=None)[
            :most
        ]
    )
    reminded = 0
    for receipt in due:
        # Two workers may hold the same list: the one whose update counts tells.
        if Receipt.objects.filter(pk=receipt.pk, remind_at__isnull=False).update(remind_at=None):
            one = receipt.broadcast
            title = Text(f"Not read yet: {one.title_en}", f"您尚未阅读：{one.title_zh}")
            notify([receipt.user] if receipt.user.is_active else [], title, _path(one))
            reminded += 1
    if reminded:
        audit(actor, "improvement.broadcast_reminded", None, reminded=reminded)
    return reminded


def _audience(broadcast: Broadcast) -> QuerySet[User]:
    rows = User.objects.filter(is_active=True)
    sites, teams = list(broadcast.sites.all()), list(broadcast.teams.all())
    if broadcast.roles:
        rows = rows.filter(role__in=broadcast.roles)
    if sites or teams:
        there = Q(sites__in=sites) | Q(teams__site__in=sites) | Q(teams__in=teams)
        # A supervisor of the site answers for its teams.
        there |= Q(sites__teams__in=teams)
        rows = rows.filter(pk__in=User.objects.filter(there).values("pk"))
    return rows


def _path(broadcast: Broadcast) -> str:
    return f"/broadcasts/{broadcast.key}/"
