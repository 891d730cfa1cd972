"""Quotas: counted in the transaction of the answer, so that of 200 at once not one too many gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F, Q

from peakend.language import Text
from peakend.server.acting.actors import system
from peakend.server.acting.services import audit, service
from peakend.server.channels import selectors
from peakend.server.channels.models import Invitation, Quota, Wave
from peakend.server.channels.policies import MANAGE
from peakend.server.channels.waves import refuse
from peakend.server.surveys import logic
from peakend.server.surveys.models import Survey
from peakend.server.surveys.questionnaire import ShowIf

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.company.models import Site


class FullError(Exception):
    """The answer is one too many for `quota`."""

    def __init__(self, quota: Quota) -> None:
        super().__init__(quota.name)
        self.quota = quota


@service(MANAGE)
def save_quota(
    *,
    actor: Actor,
    survey: Survey,
    name: str,
    target: int,
    rule: ShowIf | None = None,
    wave: Wave | None = None,
    on_full: str = "screen",
    active: bool = True,
    key: str | None = None,
) -> Quota:
    """Make a quota, or change the one called `key`. Answers given before it was made do not count."""
    selectors.managed_survey(actor, survey.key)
    wrong = []
    if not name.strip() or len(name) > 200 or "\x00" in name:
        wrong.append(("name", Text("A name has 1 to 200 characters.", "名称须为 1 至 200 个字符。")))
    if not 1 <= target <= 10_000_000:
        wrong.append(("target", Text("At least one.", "至少为 1。")))
    if on_full not in ("screen", "close"):
        wrong.append(("on_full", Text("Choose what happens when it is full.", "请选择额满后的处理方式。")))
    if wave is not None and wave.survey_id != survey.pk:
        wrong.append(("wave", Text("The wave is another survey's.", "该期次属于另一项调查。")))
    refuse(wrong)
    quota = selectors.get_quota(actor, key) if key else Quota()
    kept = {
        "survey": survey,
        "wave": wave,
        "name": name.strip(),
        "target": target,
        "rule": rule.model_dump(mode="json") if rule else {},
        "on_full": on_full,
        "active": active,
    }
    for field, value in kept.items():
        setattr(quota, field, value)
    # Never the count: answers move it meanwhile.
    quota.save(update_fields=list(kept) if quota.pk else None)
    audit(actor, "channels.quota_saved", quota, survey=survey.key, target=target, active=active)
    return quota


def count_in(response: Any) -> None:  # noqa: ANN401 - a Response: answering stands to the right
    """Count a response being completed into every quota it falls under; `FullError` where one is full.

    Nothing is counted then. Conditional updates do it: whoever comes second at the last place finds none.
    """
    if not _has_quotas(response.survey_id):
        return
    quotas = Quota.objects.filter(
        Q(wave=None) | Q(wave=response.wave_id), survey=response.survey_id, active=True
    )
    counted = [quota for quota in quotas.order_by("pk") if quota.rule == {} or falls_under(quota, response)]
    with transaction.atomic():
        for quota in counted:
            free = Quota.objects.filter(pk=quota.pk, active=True, count__lt=F("target"))
            if (
                not free.update(count=F("count") + 1)
                and Quota.objects.filter(pk=quota.pk, active=True).exists()
            ):
                raise FullError(quota)
        for quota in counted:
            if quota.on_full == "close":
                _close_if_full(quota)


def _has_quotas(survey: int) -> bool:
    """Asked at every answer, so without Django writing the query anew: most surveys have none."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from channels_quota where survey_id = %s and active limit 1", [survey])
        return cursor.fetchone() is not None


def falls_under(quota: Quota, response: Any) -> bool:  # noqa: ANN401 - a Response
    """Whether the response meets the quota's rule."""
    return logic.holds(ShowIf.model_validate(quota.rule), response.answers or {}, known_values(response))


def known_values(response: Any) -> dict[str, Any]:  # noqa: ANN401 - a Response
    """What rules may ask about beside answers: the invitation's values, @site, @place, @language …"""
    embedded: dict[str, Any] | None = None
    if response.invitation_id is not None:
        invitations = Invitation.objects.filter(pk=response.invitation_id)
        embedded = invitations.values_list("embedded", flat=True).first()
    site: Site | None = response.site
    return (embedded or {}) | {
        "site": site.code if site else "",
        "place": response.place.key if response.place_id else "",
        "language": response.language,
        "channel": response.channel,
    }


def is_full(survey: Survey) -> bool:
    """Whether a quota over everybody is full, so that nobody need begin."""
    over_all = Quota.objects.filter(survey=survey, active=True, wave=None, rule={})
    return over_all.filter(count__gte=F("target")).exists()


def _close_if_full(quota: Quota) -> None:
    if Quota.objects.filter(pk=quota.pk, count__gte=F("target")).exists():
        closed = Survey.objects.filter(pk=quota.survey_id, status="live").update(status="closed")
        if closed:
            audit(system("quota full"), "channels.survey_closed", quota, survey=quota.survey.key)
