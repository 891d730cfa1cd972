"""The ledger, its rules and the letters in the API."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.http import HttpRequest
from ninja import Router, Schema

from peakend.server.acting import clock
from peakend.server.channels import rules, selectors, wording
from peakend.server.channels.history import contact_rules
from peakend.server.channels.ledger import reason_words
from peakend.server.channels.models import ContactRecord, ContactRules, SurveyRules
from peakend.server.channels.policies import MANAGE, READ
from peakend.server.surveys.models import Survey
from peakend.server.web.api import acts
from peakend.server.web.pages import actor_of
from peakend.server.web.paging import cut
from peakend.server.web.say import told

router = Router()


class ContactOut(Schema):
    """One line of the ledger."""

    key: str
    customer_id: str | None
    channel: str
    survey: str | None
    kind: str
    at: datetime
    outcome: str
    reason: str
    words: str | None


class ContactPage(Schema):
    """One page of the ledger."""

    items: list[ContactOut]
    next: str | None


class ReasonCount(Schema):
    """How often customers were spared for one reason."""

    reason: str
    words: str
    n: int


class Reasons(Schema):
    """Why customers were spared in the last days."""

    days: int
    sent: int
    suppressed: list[ReasonCount]


class RulesBody(Schema):
    """How often the company writes to a customer at most."""

    most: int
    days: int
    after_answer_days: int
    spare_complaints: bool
    repeat_days: int
    quiet_from: time
    quiet_to: time
    timezone: str
    remind_after_days: int
    expire_after_days: int


class SurveyRulesBody(Schema):
    """Where one survey differs; null: it does not."""

    repeat_days: int | None = None
    remind_after_days: int | None = None
    expire_after_days: int | None = None


class WordsBody(Schema):
    """A letter. `{{link}}` and `{{decline}}` must stand in it; an empty HTML is made from the text."""

    subject: str
    text: str
    html: str = ""


@router.get("/contacts", response=ContactPage)
@acts(READ)
def list_contacts(
    request: HttpRequest,
    outcome: str = "",
    reason: str = "",
    survey: str = "",
    customer_id: str = "",
    channel: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, object]:
    """Who was written to, who was spared and why, the newest first."""
    only = {
        "outcome": outcome,
        "reason": reason,
        "survey": survey,
        "customer_id": customer_id,
        "channel": channel,
    }
    found, following = cut(selectors.contacts(actor_of(request), **only), cursor, limit)
    return {"items": [_out(one) for one in found], "next": following}


@router.get("/contacts/reasons", response=Reasons)
@acts(READ)
def count_reasons(request: HttpRequest, days: int = 30, survey: str = "") -> dict[str, object]:
    """Why customers were spared in the last `days` days (1 to 365), and how often."""
    days = max(1, min(days, 365))
    since = clock.now() - timedelta(days=days)
    rows = selectors.contacts(actor_of(request), survey=survey)
    return {
        "days": days,
        "sent": rows.filter(outcome="sent", at__gte=since).count(),
        "suppressed": [
            {"reason": reason, "words": told(reason_words(reason, {})), "n": n}
            for reason, n in selectors.reasons(rows, since)
        ],
    }


@router.get("/contact-rules", response=RulesBody)
@acts(READ)
def get_rules(request: HttpRequest) -> ContactRules:
    """The company's rules."""
    return contact_rules()


@router.put("/contact-rules", response=RulesBody)
@acts(MANAGE)
def set_rules(request: HttpRequest, body: RulesBody) -> ContactRules:
    """Set the company's rules; they hold from the next contact on."""
    return rules.set_rules(actor=actor_of(request), **body.dict())


@router.put("/surveys/{key}/contact-rules", response=SurveyRulesBody)
@acts(MANAGE)
def set_survey_rules(request: HttpRequest, key: str, body: SurveyRulesBody) -> SurveyRules:
    """Set where one survey differs."""
    actor = actor_of(request)
    return rules.set_survey_rules(actor=actor, survey=selectors.get_survey(actor, key), **body.dict())


@router.get("/letters/{kind}/{language}", response=WordsBody)
@acts(READ)
def get_letter(request: HttpRequest, kind: str, language: str, survey: str | None = None) -> wording.Words:
    """What an invitation or a reminder says: the survey's own words, the company's or Peakend's."""
    return wording.words_for(_survey(request, survey), wording.known_kind(kind), language.replace("\x00", ""))


@router.put("/letters/{kind}/{language}", response=WordsBody)
@acts(MANAGE)
def set_letter(
    request: HttpRequest, kind: str, language: str, body: WordsBody, survey: str | None = None
) -> object:
    """Write a letter; without a survey it is the company's default."""
    return rules.set_wording(
        actor=actor_of(request),
        survey=_survey(request, survey),
        kind=kind,
        language=language,
        words=wording.Words(body.subject, body.text, body.html),
    )


def _survey(request: HttpRequest, key: str | None) -> Survey | None:
    return selectors.get_survey(actor_of(request), key) if key else None


def _out(one: ContactRecord) -> dict[str, object]:
    return {
        **{name: getattr(one, name) for name in ("key", "channel", "kind", "at", "outcome", "reason")},
        "customer_id": one.customer.customer_id if one.customer else None,
        "survey": one.survey.key if one.survey else None,
        "words": told(reason_words(one.reason, one.details)) if one.reason else None,
    }
