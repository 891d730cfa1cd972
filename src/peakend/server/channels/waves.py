"""Waves: rounds of a survey that open, draw their sample and end by themselves (LSN-07, LSN-10)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.errors import ConflictError, InvalidError
from peakend.server.acting.services import audit, service
from peakend.server.channels import selectors
from peakend.server.channels.history import contact_rules
from peakend.server.channels.inviting import CHANNELS, Asked, new_invitation
from peakend.server.channels.models import Invitation, Panel, Wave
from peakend.server.channels.policies import MANAGE, SEND
from peakend.server.channels.sampling import Sampling, drawn
from peakend.server.channels.sending import record
from peakend.server.customers.models import Customer
from peakend.server.customers.policies import within_reach
from peakend.server.web.say import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from peakend.server.acting.actors import Actor
    from peakend.server.company.models import Site
    from peakend.server.surveys.models import Survey

BATCH = 1_000


MOST_A_DAY = 1_000_000


@service(MANAGE)
def plan_wave(
    *,
    actor: Actor,
    survey: Survey,
    label: str,
    starts_on: date,
    ends_on: date | None,
    sampling: Sampling,
    channel: str = "email",
    panel: Panel | None = None,
    site: Site | None = None,
    daily_most: int | None = None,
) -> Wave:
    """Plan a round of `survey`. It opens on its day; until then it can be taken away again."""
    selectors.managed_survey(actor, survey.key)
    wrong = []
    if not label.strip() or len(label) > 80 or "\x00" in label:
        wrong.append(("label", Text("A label has 1 to 80 characters.", "期次名称须为 1 至 80 个字符。")))
    if ends_on is not None and ends_on < starts_on:
        wrong.append(("ends_on", Text("The end lies before the start.", "结束日早于开始日。")))
    if channel not in CHANNELS:
        wrong.append(("channel", Text("There is no such channel.", "没有此渠道。")))
    if daily_most is not None and not 1 <= daily_most <= MOST_A_DAY:
        wrong.append(("daily_most", Text("From one to a million a day.", "每天一份至一百万份。")))
    refuse(wrong)
    try:
        with transaction.atomic():
            made = Wave.objects.create(
                survey=survey,
                label=label.strip(),
                starts_on=starts_on,
                ends_on=ends_on,
                sampling=sampling.model_dump(),
                channel=channel,
                panel=panel,
                site=site,
                daily_most=daily_most,
            )
    except IntegrityError:
        raise ConflictError(
            Text("This survey has a wave of that label.", "该调查已有同名期次。"),
            Text("Choose another label.", "请换一个名称。"),
        ) from None
    audit(actor, "channels.wave_planned", made, survey=survey.key, label=made.label)
    return made


@service(MANAGE)
def end_wave(*, actor: Actor, key: str) -> Wave:
    """End a wave now: nobody is asked any more; answers to what was sent still count."""
    wave = selectors.get_wave(actor, key)
    selectors.managed_survey(actor, wave.survey.key)
    Wave.objects.filter(pk=wave.pk).update(status="closed", ends_on=min(wave.ends_on or today(), today()))
    wave.refresh_from_db()
    audit(actor, "channels.wave_ended", wave)
    return wave


@service(MANAGE)
def make_panel(*, actor: Actor, name: str, customer_ids: Iterable[str]) -> Panel:
    """A list of customers to ask together; `InvalidError` names those that do not exist."""
    asked = {one for one in customer_ids if one and "\x00" not in one}
    if not name.strip() or len(name) > 200 or "\x00" in name:
        refuse([("name", Text("A name has 1 to 200 characters.", "名称须为 1 至 200 个字符。"))])
    found = within_reach(actor, Customer.objects.filter(customer_id__in=asked, erased_at=None))
    known = dict(found.values_list("customer_id", "pk"))
    missing = sorted(asked - known.keys())
    if missing or not asked:
        listed = ", ".join(missing[:10]) or "–"
        refuse([("customer_ids", Text(f"Nobody knows {listed}.", f"找不到 {listed}。"))])
    panel = Panel.objects.create(name=name.strip())
    panel.members.add(*known.values())
    audit(actor, "channels.panel_made", panel, members=len(known))
    return panel


def refuse(wrong: list[tuple[str, Text]]) -> None:
    """Raise `InvalidError` if any field is wrong."""
    if wrong:
        raise InvalidError(
            Text("This cannot be kept yet.", "暂时无法保存。"),
            Text("Mend the fields named.", "请修正所列各项。"),
            fields=[{"field": field, "message": told(text)} for field, text in wrong],
        )


def today() -> date:
    """The company's day."""
    return clock.now().astimezone(ZoneInfo(contact_rules().timezone)).date()


@service(SEND, audited=False)
def open_and_close(*, actor: Actor) -> int:
    """Open waves whose day has come and close those whose last day is over; how many."""
    day = today()
    moved = 0
    closing = Wave.objects.filter(status__in=("planned", "open"), ends_on__lt=day)
    opening = Wave.objects.filter(status="planned", starts_on__lte=day).exclude(ends_on__lt=day)
    for rows, status in ((closing, "closed"), (opening, "open")):
        for wave in rows.filter(survey__status="live") if status == "open" else rows:
            # Conditional: another worker may have moved it.
            if Wave.objects.filter(pk=wave.pk, status=wave.status).update(status=status):
                audit(actor, f"channels.wave_{status}", wave)
                moved += 1
    return moved


def to_queue() -> list[int]:
    """Open waves whose population has not been looked through (primary keys)."""
    rows = Wave.objects.filter(status="open", queued_at=None, survey__status="live")
    return list(rows.values_list("pk", flat=True))


@service(SEND, audited=False)
def queue_some(*, actor: Actor, wave: int) -> int:
    """Look at the next customers of an open wave, queue those drawn; how many were looked at."""
    held = Wave.objects.select_for_update().filter(pk=wave, status="open", queued_at=None).first()
    if held is None:
        return 0
    sampling = Sampling.model_validate(held.sampling or {"mode": "census"})
    people = list(population(held).filter(pk__gt=held.cursor).order_by("pk")[:BATCH])
    made = []
    for customer in people:
        stratum = stratum_of(customer, sampling)
        if drawn(sampling, held.key, customer.customer_id, stratum):
            asked = Asked(customer, embedded={"stratum": stratum} if stratum else {}, due_at=_due(held))
            made.append(new_invitation(held.survey, asked, held.channel, wave=held))
            held.queued += 1
    Invitation.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    held.seen += len(people)
    if people:
        held.cursor = people[-1].pk
    if len(people) < BATCH:
        held.queued_at = clock.now()
    held.save(update_fields=["seen", "queued", "cursor", "queued_at"])
    return len(people)


def population(wave: Wave) -> QuerySet[Customer]:
    """Whom the wave is about: its panel, else the customers of its site, else everybody."""
    rows = Customer.objects.filter(erased_at=None).select_related("site")
    if wave.panel_id is not None:
        rows = rows.filter(panels=wave.panel_id)
    if wave.site_id is not None:
        rows = rows.filter(site=wave.site_id)
    return rows


def stratum_of(customer: Customer, sampling: Sampling) -> str:
    """The customer's stratum; empty where the sample has none."""
    if sampling.mode != "stratified":
        return ""
    if sampling.by == "site":
        return customer.site.code if customer.site else ""
    return str(getattr(customer, sampling.by))


def _due(wave: Wave) -> datetime:
    """Now, or, where only so many a day may go out, the day this one's turn is."""
    if not wave.daily_most:
        return clock.now()
    days = wave.queued // wave.daily_most
    zone = ZoneInfo(contact_rules().timezone)
    return max(clock.now(), datetime.combine(wave.starts_on + timedelta(days=days), time(9), zone))


def spare_late(limit: int = 500) -> int:
    """Suppress what still waits of waves that ended; how many."""
    rows = Invitation.objects.filter(status="waiting", wave__status="closed")[:limit]
    spared = 0
    for one in rows:
        with transaction.atomic():
            if Invitation.objects.filter(pk=one.pk, status="waiting").update(
                status="suppressed", reason="wave_over"
            ):
                record(one, "suppressed", "wave_over", {})
                spared += 1
    return spared


def figures(rows: Iterable[Wave]) -> list[dict[str, Any]]:
    """Each wave with its funnel."""
    return [{"wave": wave, **selectors.funnel(Invitation.objects.filter(wave=wave))} for wave in rows]
