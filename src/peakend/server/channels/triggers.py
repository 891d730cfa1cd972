"""In-moment questions: an event at a touchpoint asks its customer about it minutes later (LSN-06, LSN-15)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.services import audit, service
from peakend.server.channels import selectors
from peakend.server.channels.inviting import CHANNELS, Asked, new_invitation
from peakend.server.channels.models import ContactRecord, Invitation, Trigger
from peakend.server.channels.policies import MANAGE
from peakend.server.channels.sampling import draw
from peakend.server.channels.waves import refuse

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.company.models import Site, Touchpoint
    from peakend.server.customers.models import Interaction
    from peakend.server.surveys.models import Survey


@service(MANAGE)
def save_trigger(
    *,
    actor: Actor,
    survey: Survey,
    name: str,
    key: str | None = None,
    touchpoint: Touchpoint | None = None,
    site: Site | None = None,
    kinds: list[str] | None = None,
    outcomes: list[str] | None = None,
    delay_minutes: int = 30,
    max_age_hours: int = 24,
    channel: str = "email",
    share: float = 1.0,
    active: bool = True,
) -> Trigger:
    """Make a trigger, or change the one called `key`. It hears only what is told from now on."""
    selectors.managed_survey(actor, survey.key)
    wrong = []
    if not name.strip() or len(name) > 200 or "\x00" in name:
        wrong.append(("name", Text("A name has 1 to 200 characters.", "名称须为 1 至 200 个字符。")))
    if not 0 < share <= 1:
        wrong.append(("share", Text("A share lies above 0 and up to 1.", "比例须大于 0 且不超过 1。")))
    if not 0 <= delay_minutes <= 10_080:
        wrong.append(("delay_minutes", Text("At most a week.", "最长一周。")))
    if not 1 <= max_age_hours <= 720:
        wrong.append(("max_age_hours", Text("Between an hour and 30 days.", "须在 1 小时至 30 天之间。")))
    if channel not in CHANNELS:
        wrong.append(("channel", Text("There is no such channel.", "没有此渠道。")))
    refuse(wrong)
    trigger = selectors.get_trigger(actor, key) if key else Trigger()
    for field, value in {
        "survey": survey,
        "name": name.strip(),
        "touchpoint": touchpoint,
        "site": site,
        "kinds": _codes(kinds),
        "outcomes": _codes(outcomes),
        "delay_minutes": delay_minutes,
        "max_age_hours": max_age_hours,
        "channel": channel,
        "share": share,
        "active": active,
    }.items():
        setattr(trigger, field, value)
    trigger.save()
    audit(actor, "channels.trigger_saved", trigger, survey=survey.key, active=active)
    return trigger


def fire(interaction: Interaction) -> list[Invitation]:
    """Queue what `interaction` triggers; runs in the transaction that stores it.

    The ledger is asked when the invitation is due: what happens in between counts.
    """
    if interaction.customer_id is None:
        return []
    heard = Trigger.objects.filter(
        Q(touchpoint=None) | Q(touchpoint=interaction.touchpoint_id),
        Q(site=None) | Q(site=interaction.site_id),
        active=True,
        survey__status="live",
    ).select_related("survey")
    return [made for trigger in heard if (made := _fired(trigger, interaction)) is not None]


def _fired(trigger: Trigger, interaction: Interaction) -> Invitation | None:
    if trigger.kinds and interaction.kind not in trigger.kinds:
        return None
    if trigger.outcomes and interaction.outcome not in trigger.outcomes:
        return None
    if draw(0, trigger.key, interaction.event_id) >= trigger.share:
        return None
    if clock.now() - interaction.at > timedelta(hours=trigger.max_age_hours):
        _spared(trigger, interaction)
        return None
    asked = Asked(
        customer=interaction.customer,
        site=interaction.site,
        team=interaction.team,
        touchpoint=interaction.touchpoint,
        interaction=interaction,
        employee_id=interaction.employee_id,
        embedded=_embedded(interaction),
        due_at=interaction.at + timedelta(minutes=trigger.delay_minutes),
    )
    made = new_invitation(trigger.survey, asked, trigger.channel, trigger=trigger)
    made.save(force_insert=True)
    return made


def _embedded(interaction: Interaction) -> dict[str, Any]:
    """What texts and rules of the survey may use of the event."""
    return {
        **interaction.attributes,
        "event_kind": interaction.kind,
        "event_outcome": interaction.outcome,
        "event_at": interaction.at.isoformat(),
    }


def _spared(trigger: Trigger, interaction: Interaction) -> None:
    ContactRecord.objects.create(
        customer=interaction.customer,
        channel=trigger.channel,
        survey=trigger.survey,
        at=clock.now(),
        outcome="suppressed",
        reason="too_old",
        details={"hours": trigger.max_age_hours},
    )


def _codes(listed: list[str] | None) -> list[str]:
    return sorted({one.strip()[:80] for one in listed or [] if one.strip() and "\x00" not in one})[:100]
