"""Reading places, invitations and the ledger: only what the actor reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from peakend.language import Text
from peakend.server.acting.errors import NotAllowedError, NotFoundError
from peakend.server.acting.policies import require, within
from peakend.server.channels.models import (
    ContactRecord,
    Invitation,
    Panel,
    Place,
    Quota,
    Trigger,
    Wave,
)
from peakend.server.channels.policies import MANAGE, READ, READ_PLACES
from peakend.server.company.models import Team
from peakend.server.customers.models import Customer
from peakend.server.customers.policies import within_reach
from peakend.server.surveys.models import Survey
from peakend.server.surveys.selectors import may_edit

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from peakend.server.acting.actors import Actor

STATUSES = ("waiting", "suppressed", "sent", "opened", "started", "completed", "declined", "bounced")
# What each status has come through: a completed invitation was sent, opened and started too.
REACHED = {
    "sent": ("sent", "opened", "started", "completed", "declined", "bounced"),
    "opened": ("opened", "started", "completed"),
    "started": ("started", "completed"),
    "completed": ("completed",),
}


def surveys(actor: Actor) -> QuerySet[Survey]:
    """Surveys one may put in front of customers: the whole company's, and those of the actor's own sites."""
    rows = Survey.objects.exclude(status="draft")
    if actor.reach.everything:
        return rows
    return rows.filter(Q(site=None) | Q(site_id__in=_sites(actor)))


def get_survey(actor: Actor, key: str) -> Survey:
    """The published survey; `NotFoundError` outside the actor's reach."""
    return _one(surveys(actor), key, Text("survey", "调查"))


def managed_survey(actor: Actor, key: str) -> Survey:
    """The survey, for somebody whose reach covers it: one of the whole company concerns other sites too."""
    found = get_survey(actor, key)
    if not may_edit(actor, found):
        raise NotAllowedError(MANAGE)
    return found


def places(actor: Actor) -> QuerySet[Place]:
    """The places of the actor's sites and teams."""
    require(actor, READ_PLACES)
    rows = Place.objects.select_related("survey", "site", "team", "touchpoint")
    if actor.reach.everything:
        return rows
    return rows.filter(
        Q(site_id__in=actor.reach.sites)
        | Q(team_id__in=actor.reach.teams)
        | Q(team=None, site_id__in=_sites(actor))
    )


def get_place(actor: Actor, key: str) -> Place:
    """The place; `NotFoundError` outside the actor's reach."""
    return _one(places(actor), key, Text("place", "投放点"))


def invitations(actor: Actor, **only: str) -> QuerySet[Invitation]:
    """Invitations of the actor's sites; `only` may name survey, wave, status, channel (keys and codes)."""
    require(actor, READ)
    rows = within(actor, Invitation.objects.select_related("survey", "wave", "customer", "site", "trigger"))
    lookups = {
        "survey": "survey__key",
        "wave": "wave__key",
        "status": "status",
        "channel": "channel",
        "customer_id": "customer__customer_id",
    }
    return rows.filter(**{lookups[name]: _plain(value) for name, value in only.items() if value})


def get_invitation(actor: Actor, key: str) -> Invitation:
    """The invitation; `NotFoundError` outside the actor's reach."""
    return _one(invitations(actor), key, Text("invitation", "邀请"))


def funnel(rows: QuerySet[Invitation]) -> dict[str, int]:
    """How many of `rows` have each status, and how many came at least so far: `reached_sent`, …"""
    counts = {one["status"]: one["n"] for one in rows.order_by().values("status").annotate(n=Count("pk"))}
    found = {status: counts.get(status, 0) for status in STATUSES}
    return found | {
        f"reached_{stage}": sum(found[status] for status in passed) for stage, passed in REACHED.items()
    }


def contacts(actor: Actor, **only: str) -> QuerySet[ContactRecord]:
    """The ledger's lines within reach; `only`: outcome, reason, survey, customer_id, channel."""
    require(actor, READ)
    rows = ContactRecord.objects.select_related("customer", "survey")
    if not actor.reach.everything:
        rows = rows.filter(customer__in=within_reach(actor, Customer.objects.all()))
    lookups = {
        "outcome": "outcome",
        "reason": "reason",
        "survey": "survey__key",
        "customer_id": "customer__customer_id",
        "channel": "channel",
    }
    return rows.filter(**{lookups[name]: _plain(value) for name, value in only.items() if value})


def reasons(rows: QuerySet[ContactRecord], since: datetime) -> list[tuple[str, int]]:
    """Why customers were spared since `since`, and how often; the most frequent first."""
    spared = rows.filter(outcome="suppressed", at__gte=since).order_by()
    found = spared.values("reason").annotate(n=Count("pk"))
    return sorted(((one["reason"], one["n"]) for one in found), key=lambda one: (-one[1], one[0]))


def waves(actor: Actor) -> QuerySet[Wave]:
    """Waves of surveys in reach, the newest first."""
    require(actor, READ)
    return Wave.objects.filter(survey__in=surveys(actor)).select_related("survey", "panel", "site")


def get_wave(actor: Actor, key: str) -> Wave:
    """The wave; `NotFoundError` outside the actor's reach."""
    return _one(waves(actor), key, Text("wave", "期次"))


def triggers(actor: Actor) -> QuerySet[Trigger]:
    """Triggers of surveys in reach."""
    require(actor, READ)
    return Trigger.objects.filter(survey__in=surveys(actor)).select_related("survey", "touchpoint", "site")


def get_trigger(actor: Actor, key: str) -> Trigger:
    """The trigger; `NotFoundError` outside the actor's reach."""
    return _one(triggers(actor), key, Text("trigger", "触发"))


def quotas(actor: Actor) -> QuerySet[Quota]:
    """Quotas of surveys in reach."""
    require(actor, READ)
    return Quota.objects.filter(survey__in=surveys(actor)).select_related("survey", "wave")


def get_quota(actor: Actor, key: str) -> Quota:
    """The quota; `NotFoundError` outside the actor's reach."""
    return _one(quotas(actor), key, Text("quota", "配额"))


def panels(actor: Actor) -> QuerySet[Panel]:
    """Every panel; its members are only shown as a number."""
    require(actor, READ)
    return Panel.objects.annotate(size=Count("members"))


def get_panel(actor: Actor, key: str) -> Panel:
    """The panel."""
    return _one(panels(actor), key, Text("panel", "固定样本组"))


def _sites(actor: Actor) -> set[int]:
    """The actor's sites, and those of the actor's teams."""
    return set(actor.reach.sites) | set(
        Team.objects.filter(pk__in=actor.reach.teams).values_list("site_id", flat=True)
    )


def _one(rows: QuerySet[Any], key: str, kind: Text) -> Any:  # noqa: ANN401 - a row of `rows`
    found = rows.filter(key=_plain(key)).first()
    if found is None:
        raise NotFoundError(kind)
    return found


def _plain(value: str) -> str:
    # PostgreSQL takes no NUL, not even to compare with.
    return value.replace("\x00", "\ufffd")
