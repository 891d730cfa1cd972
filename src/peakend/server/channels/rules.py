"""Setting how often customers may be contacted, and what invitations say."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction

from peakend.language import Text
from peakend.server.acting.errors import ConflictError, NotAllowedError
from peakend.server.acting.services import audit, service
from peakend.server.channels import selectors, wording
from peakend.server.channels.models import ContactRules, SurveyRules, Wording
from peakend.server.channels.policies import MANAGE
from peakend.server.channels.waves import refuse

if TYPE_CHECKING:
    from datetime import time

    from peakend.server.acting.actors import Actor
    from peakend.server.surveys.models import Survey

LIMITS = {
    "most": (0, 100),
    "days": (1, 365),
    "after_answer_days": (0, 365),
    "repeat_days": (0, 730),
    "remind_after_days": (0, 60),
    "expire_after_days": (1, 365),
}


@service(MANAGE)
def set_rules(
    *,
    actor: Actor,
    most: int,
    days: int,
    after_answer_days: int,
    spare_complaints: bool,
    repeat_days: int,
    quiet_from: time,
    quiet_to: time,
    timezone: str,
    remind_after_days: int,
    expire_after_days: int,
) -> ContactRules:
    """How often the company writes to a customer at most, over everything; holds from the next contact on."""
    if not actor.reach.everything:
        raise NotAllowedError(MANAGE)
    values: dict[str, int] = {
        "most": most,
        "days": days,
        "after_answer_days": after_answer_days,
        "repeat_days": repeat_days,
        "remind_after_days": remind_after_days,
        "expire_after_days": expire_after_days,
    }
    wrong = _outside(values)
    if timezone not in available_timezones():
        wrong.append(("timezone", Text("Nobody knows this time zone.", "无法识别该时区。")))
    refuse(wrong)
    rules, _ = ContactRules.objects.update_or_create(
        pk=1,
        defaults={
            **values,
            "spare_complaints": spare_complaints,
            "quiet_from": quiet_from,
            "quiet_to": quiet_to,
            "timezone": timezone,
        },
    )
    audit(actor, "channels.rules_set", rules, **values, spare_complaints=spare_complaints)
    return rules


@service(MANAGE)
def set_survey_rules(
    *,
    actor: Actor,
    survey: Survey,
    repeat_days: int | None = None,
    remind_after_days: int | None = None,
    expire_after_days: int | None = None,
) -> SurveyRules:
    """Where one survey differs from the company's rules; None: it does not."""
    selectors.managed_survey(actor, survey.key)
    values = {
        "repeat_days": repeat_days,
        "remind_after_days": remind_after_days,
        "expire_after_days": expire_after_days,
    }
    refuse(_outside({name: value for name, value in values.items() if value is not None}))
    rules, _ = SurveyRules.objects.update_or_create(survey=survey, defaults=values)
    audit(actor, "channels.survey_rules_set", survey, **values)
    return rules


@service(MANAGE)
def set_wording(
    *, actor: Actor, survey: Survey | None, kind: str, language: str, words: wording.Words
) -> Wording:
    """What invitations or reminders say in one language; without a survey, the company's default."""
    if survey is not None:
        selectors.managed_survey(actor, survey.key)
    elif not actor.reach.everything:
        raise NotAllowedError(MANAGE)
    wrong = []
    if kind not in wording.KINDS:
        wrong.append(("kind", Text("There is no such letter.", "没有此类信件。")))
    if not wording.LANGUAGE.fullmatch(language):
        wrong.append(("language", Text("A language is a tag such as en or zh.", "语言须为 en、zh 等代码。")))
    if len(words.subject) > 200 or len(words.text) > 20_000 or len(words.html) > 100_000:
        wrong.append(("text", Text("The letter is too long.", "信件过长。")))
    refuse(wrong)
    wording.check(words)
    kept = {"subject": words.subject.strip(), "text": words.text, "html": words.html}
    try:
        with transaction.atomic():
            row, _ = Wording.objects.update_or_create(
                survey=survey, kind=kind, language=language, defaults=kept
            )
    except IntegrityError:
        raise ConflictError(
            Text("Somebody else saved this letter at the same moment.", "他人刚刚保存了这封信。"),
            Text("Look at theirs, then save again.", "请查看后重新保存。"),
        ) from None
    audit(
        actor, "channels.wording_set", row, kind=kind, language=language, survey=survey.key if survey else ""
    )
    return row


def _outside(values: dict[str, int]) -> list[tuple[str, Text]]:
    return [
        (name, Text(f"Between {low} and {high}.", f"须在 {low} 至 {high} 之间。"))
        for name, value in values.items()
        for low, high in [LIMITS[name]]
        if not low <= value <= high
    ]
