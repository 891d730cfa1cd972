"""Opening a huddle, its minutes, and what goes on from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.services import audit, service
from peakend.server.improvement import policies
from peakend.server.improvement.models import Huddle, HuddlePoint, Topic
from peakend.server.improvement.refusals import conflict, invalid, need_one_of
from peakend.server.improvement.selectors import one, people, person_of, team_of
from peakend.server.improvement.selectors.huddles import get_huddle, huddles
from peakend.server.improvement.services.outer_loop import new_topic
from peakend.server.improvement.words import ITEMS, POINT_KINDS

FIRST_PERIOD = timedelta(days=7)


@service(policies.LEAD_HUDDLE)
def open_huddle(*, actor: Actor, team: str, since: datetime | None = None) -> Huddle:
    """Open the huddle of `team` ("site/team"); its period runs from the last one (or `since`) to now.

    A huddle that is open already is given back.
    """
    found = team_of(actor, team)
    if found is None:
        raise invalid("A huddle needs a team.", "例会必须指定团队。", field="team")
    now = clock.now()
    last = Huddle.objects.filter(team=found).order_by("-id").first()
    if last is not None and last.status == "open":
        audit(actor, "improvement.huddle_reopened", last)
        return last
    begins = last.period_to if last else since or now - FIRST_PERIOD
    if begins >= now:
        raise invalid("The period must begin in the past.", "起始时间必须早于现在。", field="since")
    try:
        with transaction.atomic():
            huddle = Huddle.objects.create(
                team=found, led_by_id=actor.user_id, period_from=begins, period_to=now, opened_at=now
            )
    except IntegrityError:  # somebody else opened it in this moment
        huddle = Huddle.objects.get(team=found, status="open")
    audit(actor, "improvement.huddle_opened", huddle, team=team)
    return huddle


@service(policies.LEAD_HUDDLE)
def take_attendance(*, actor: Actor, huddle: str, present: Sequence[str]) -> Huddle:
    """Who is there: keys of people in reach; replaces what was noted before."""
    found = _open(actor, huddle)
    listed = list(people(actor).filter(key__in=present))
    if len(listed) != len(set(present)):
        raise invalid("Somebody on the list is not in your reach.", "名单中有不在您管辖范围内的人员。")
    found.attended.set(listed)
    audit(actor, "improvement.huddle_attended", found, people=len(listed))
    return found


@service(policies.LEAD_HUDDLE)
def note_point(
    *,
    actor: Actor,
    huddle: str,
    text: str,
    item: str = "share",
    kind: str = "agreed",
    owner: str | None = None,
    due_on: date | None = None,
) -> HuddlePoint:
    """Write a line of the minutes: agreed (with owner and day), noted, or unsolved."""
    need_one_of(item, ITEMS, "item")
    need_one_of(kind, POINT_KINDS, "kind")
    if not text.strip():
        raise invalid("Write what was said.", "请写下内容。", field="text")
    found = _open(actor, huddle)
    person = person_of(actor, owner)
    if kind == "agreed" and person is None:
        raise invalid("What is agreed needs somebody who does it.", "约定事项必须指定负责人。", field="owner")
    point = HuddlePoint.objects.create(
        huddle=found,
        item=item,
        kind=kind,
        text=text.strip()[:1000],
        owner=person,
        due_on=due_on,
        state="done" if kind == "noted" else "open",
        made_at=clock.now(),
    )
    audit(actor, "improvement.point_noted", found, point=point.key, kind=kind)
    return point


@service(policies.LEAD_HUDDLE)
def settle_point(*, actor: Actor, point: str, state: str) -> HuddlePoint:
    """Say that what was agreed is done or dropped, or open after all."""
    need_one_of(state, ("open", "done", "dropped"), "state")
    found = _point(actor, point)
    if found.state == "raised":
        raise conflict("It is a topic now; go on there.", "该事项已转为议题，请在议题中继续处理。")
    found.state, found.settled_at = state, None if state == "open" else clock.now()
    found.save(update_fields=["state", "settled_at"])
    audit(actor, "improvement.point_settled", found.huddle, point=found.key, state=state)
    return found


@service(policies.RAISE_TOPIC)
def raise_point(*, actor: Actor, point: str) -> Topic:
    """Make an unsolved point a topic of the outer loop; a second press gives the same topic."""
    found = _point(actor, point)
    if found.topic is not None:
        audit(actor, "improvement.point_raised_again", found.topic)
        return found.topic
    team = found.huddle.team
    topic = new_topic(
        actor,
        title=found.text[:300],
        description=found.text if len(found.text) > 300 else "",
        site=team.site,
        team=team,
    )
    found.topic, found.state, found.settled_at = topic, "raised", clock.now()
    found.save(update_fields=["topic", "state", "settled_at"])
    audit(actor, "improvement.point_raised", topic, point=found.key)
    return topic


@service(policies.LEAD_HUDDLE)
def close_huddle(*, actor: Actor, huddle: str) -> Huddle:
    """End the meeting; the minutes stand. Closing it again changes nothing."""
    found = get_huddle(actor, huddle)
    if found.status == "open":
        found.status, found.closed_at = "closed", clock.now()
        found.save(update_fields=["status", "closed_at"])
    audit(actor, "improvement.huddle_closed", found)
    return found


def _open(actor: Actor, key: str) -> Huddle:
    found = one(huddles(actor).select_for_update(of=("self",)), Text("Huddle", "例会"), key=key)
    if found.status != "open":
        raise conflict("This huddle is closed; its minutes stand.", "例会已结束，记录不可再改。")
    return found


def _point(actor: Actor, key: str) -> HuddlePoint:
    rows = HuddlePoint.objects.select_related("huddle__team__site", "topic").filter(
        huddle__in=huddles(actor).values("pk")
    )
    return one(rows.select_for_update(of=("self",)), Text("Point", "事项"), key=key)
