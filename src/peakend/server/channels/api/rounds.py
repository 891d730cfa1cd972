"""Waves, panels, triggers and quotas in the API."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from peakend.server.channels import quotas, selectors, triggers, waves
from peakend.server.channels.api.found import site_called, touchpoint_called
from peakend.server.channels.models import Invitation
from peakend.server.channels.policies import MANAGE, READ
from peakend.server.channels.sampling import Sampling
from peakend.server.surveys.questionnaire import ShowIf
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.channels.models import Panel, Quota, Trigger, Wave

router = Router()
Channel = Literal["email", "link", "sms", "api"]


class WaveIn(Schema):
    """A round of a survey."""

    survey: str
    label: str
    starts_on: date
    ends_on: date | None = None
    sampling: Sampling = Field(default_factory=Sampling)
    channel: Channel = "email"
    panel: str | None = None
    site: str | None = None
    daily_most: int | None = Field(None, ge=1, le=1_000_000)


class WaveOut(Schema):
    """A wave with how far it came; `counts` as of /invitations/funnel."""

    key: str
    survey: str
    label: str
    starts_on: date
    ends_on: date | None
    status: str
    channel: str
    sampling: dict[str, Any]
    panel: str | None
    site: str | None
    daily_most: int | None
    seen: int
    queued: int
    counts: dict[str, int]


class WavePage(Schema):
    """One page of waves."""

    items: list[WaveOut]
    next: str | None


class PanelIn(Schema):
    """Customers who are asked together."""

    name: str
    customer_ids: list[str] = Field(min_length=1, max_length=10_000)


class PanelOut(Schema):
    """A panel."""

    key: str
    name: str
    size: int


class PanelPage(Schema):
    """One page of panels."""

    items: list[PanelOut]
    next: str | None


class TriggerBody(Schema):
    """Asks about an event while it is fresh. Without kinds, outcomes, touchpoint or site: any."""

    survey: str
    name: str
    touchpoint: str | None = None
    site: str | None = None
    kinds: list[str] = Field(default_factory=list, max_length=100)
    outcomes: list[str] = Field(default_factory=list, max_length=100)
    delay_minutes: int = 30
    max_age_hours: int = 24
    channel: Channel = "email"
    share: float = 1.0
    active: bool = True


class TriggerOut(TriggerBody):
    """A trigger."""

    key: str


class TriggerPage(Schema):
    """One page of triggers."""

    items: list[TriggerOut]
    next: str | None


class QuotaBody(Schema):
    """At most `target` completed answers that meet `rule` (none: all)."""

    survey: str
    name: str
    target: int
    rule: ShowIf | None = None
    wave: str | None = None
    on_full: Literal["screen", "close"] = "screen"
    active: bool = True


class QuotaOut(QuotaBody):
    """A quota and how full it is."""

    key: str
    count: int


class QuotaPage(Schema):
    """One page of quotas."""

    items: list[QuotaOut]
    next: str | None


@router.get("/waves", response=WavePage)
@acts(READ)
def list_waves(request: HttpRequest, cursor: str | None = None, limit: int = 50) -> dict[str, object]:
    """Waves, the newest first."""
    found, following = cut(selectors.waves(actor_of(request)), cursor, limit)
    return {"items": [_wave(one) for one in found], "next": following}


@router.post("/waves", response={201: WaveOut})
@acts(MANAGE)
def plan_wave(request: HttpRequest, body: WaveIn) -> Status:
    """Plan a wave; it opens, draws its sample and ends by itself."""
    actor = actor_of(request)
    made = waves.plan_wave(
        actor=actor,
        survey=selectors.get_survey(actor, body.survey),
        site=site_called(actor, body.site),
        panel=selectors.get_panel(actor, body.panel) if body.panel else None,
        **body.dict(exclude={"survey", "site", "panel", "sampling"}),
        sampling=body.sampling,
    )
    return Status(201, _wave(made))


@router.get("/waves/{key}", response=WaveOut)
@acts(READ)
def get_wave(request: HttpRequest, key: str) -> dict[str, object]:
    """One wave."""
    return _wave(selectors.get_wave(actor_of(request), key))


@router.post("/waves/{key}/end", response=WaveOut)
@acts(MANAGE)
def end_wave(request: HttpRequest, key: str) -> dict[str, object]:
    """End a wave now."""
    return _wave(waves.end_wave(actor=actor_of(request), key=key))


@router.get("/panels", response=PanelPage)
@acts(READ)
def list_panels(request: HttpRequest, cursor: str | None = None, limit: int = 50) -> dict[str, object]:
    """Panels, the newest first."""
    found, following = cut(selectors.panels(actor_of(request)), cursor, limit)
    return {"items": [_panel(one) for one in found], "next": following}


@router.post("/panels", response={201: PanelOut})
@acts(MANAGE)
def make_panel(request: HttpRequest, body: PanelIn) -> Status:
    """Make a list of customers."""
    actor = actor_of(request)
    made = waves.make_panel(actor=actor, name=body.name, customer_ids=body.customer_ids)
    return Status(201, _panel(selectors.get_panel(actor, made.key)))


@router.get("/triggers", response=TriggerPage)
@acts(READ)
def list_triggers(request: HttpRequest, cursor: str | None = None, limit: int = 50) -> dict[str, object]:
    """Triggers, the newest first."""
    found, following = cut(selectors.triggers(actor_of(request)), cursor, limit)
    return {"items": [_trigger(one) for one in found], "next": following}


@router.post("/triggers", response={201: TriggerOut})
@acts(MANAGE)
def make_trigger(request: HttpRequest, body: TriggerBody) -> Status:
    """Make a trigger."""
    return Status(201, _trigger(_saved_trigger(actor_of(request), body)))


@router.put("/triggers/{key}", response=TriggerOut)
@acts(MANAGE)
def change_trigger(request: HttpRequest, key: str, body: TriggerBody) -> dict[str, object]:
    """Change a trigger."""
    return _trigger(_saved_trigger(actor_of(request), body, key))


@router.get("/quotas", response=QuotaPage)
@acts(READ)
def list_quotas(request: HttpRequest, cursor: str | None = None, limit: int = 50) -> dict[str, object]:
    """Quotas, the newest first."""
    found, following = cut(selectors.quotas(actor_of(request)), cursor, limit)
    return {"items": [_quota(one) for one in found], "next": following}


@router.post("/quotas", response={201: QuotaOut})
@acts(MANAGE)
def make_quota(request: HttpRequest, body: QuotaBody) -> Status:
    """Make a quota; answers count from now on."""
    return Status(201, _quota(_saved_quota(actor_of(request), body)))


@router.put("/quotas/{key}", response=QuotaOut)
@acts(MANAGE)
def change_quota(request: HttpRequest, key: str, body: QuotaBody) -> dict[str, object]:
    """Change a quota; its count stays."""
    found = _saved_quota(actor_of(request), body, key)
    found.refresh_from_db()
    return _quota(found)


def _saved_trigger(actor: Actor, body: TriggerBody, key: str | None = None) -> Trigger:
    return triggers.save_trigger(
        actor=actor,
        key=key,
        survey=selectors.get_survey(actor, body.survey),
        touchpoint=touchpoint_called(body.touchpoint),
        site=site_called(actor, body.site),
        **body.dict(exclude={"survey", "touchpoint", "site"}),
    )


def _saved_quota(actor: Actor, body: QuotaBody, key: str | None = None) -> Quota:
    return quotas.save_quota(
        actor=actor,
        key=key,
        survey=selectors.get_survey(actor, body.survey),
        wave=selectors.get_wave(actor, body.wave) if body.wave else None,
        rule=body.rule,
        **body.dict(exclude={"survey", "wave", "rule"}),
    )


def _wave(one: Wave) -> dict[str, object]:
    plain = ("key", "label", "starts_on", "ends_on", "status", "channel", "sampling", "daily_most")
    return {
        **{name: getattr(one, name) for name in (*plain, "seen", "queued")},
        "survey": one.survey.key,
        "panel": one.panel.key if one.panel else None,
        "site": one.site.code if one.site else None,
        "counts": selectors.funnel(Invitation.objects.filter(wave=one)),
    }


def _panel(one: Panel) -> dict[str, object]:
    return {"key": one.key, "name": one.name, "size": one.size}


def _trigger(one: Trigger) -> dict[str, object]:
    plain = (
        "key",
        "name",
        "kinds",
        "outcomes",
        "delay_minutes",
        "max_age_hours",
        "channel",
        "share",
        "active",
    )
    return {
        **{name: getattr(one, name) for name in plain},
        "survey": one.survey.key,
        "touchpoint": one.touchpoint.code if one.touchpoint else None,
        "site": one.site.code if one.site else None,
    }


def _quota(one: Quota) -> dict[str, object]:
    return {
        **{name: getattr(one, name) for name in ("key", "name", "target", "count", "on_full", "active")},
        "survey": one.survey.key,
        "wave": one.wave.key if one.wave else None,
        "rule": one.rule or None,
    }
