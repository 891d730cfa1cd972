"""What the demonstration wrote to customers: the ledger of contacts, and the scores of recoveries."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from peakend.server.channels.links import digest_of
from peakend.server.channels.models import ContactRecord, Invitation
from peakend.server.demonstration.answers import invited_by, store
from peakend.server.surveys.models import Survey

if TYPE_CHECKING:
    from datetime import datetime

# Why somebody was spared, how often that is, and the numbers for its words.
_SPARED: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("answered", 5, {"days": 14}),
    ("repeat", 4, {"days": 90}),
    ("cap", 3, {"n": 3, "days": 30}),
    ("complaint", 2, {}),
    ("refused", 2, {}),
    ("bounced", 1, {}),
)
_SPARED_IN_ALL = 140
_ANSWERING = 0.45


def settle(now: datetime) -> int:
    """Send what waits since its day, let some answer how their case was put right; how many did."""
    chance = Random(5)
    survey = Survey.objects.get(programme="recovery")
    scored = _recoveries(survey, now, chance)
    _ledger(now, chance)
    return scored


def _recoveries(survey: Survey, now: datetime, chance: Random) -> int:
    """Invitations after a case, which the sweeps would have sent within the hour."""
    waiting = list(Invitation.objects.filter(survey=survey, status="waiting").select_related("customer"))
    for one in waiting:
        one.status, one.sent_at = "sent", one.due_at
        one.digest = digest_of(_secret(one))
    Invitation.objects.bulk_update(waiting, ["status", "sent_at", "digest"], batch_size=200)
    scored = 0
    for one in waiting:
        at = one.due_at + timedelta(hours=chance.uniform(1, 30))
        if at >= now or chance.random() > _ANSWERING:
            continue
        # In turn, not by chance: a change between two months would be one of the dice.
        score = (5, 4, 5, 4, 3)[scored % 5]
        answers = {"recovery": {"state": "answered", "score": score}}
        language = "zh" if one.language.startswith("zh") else "en"
        store(survey, invited_by(_secret(one), at), f"recovery-{one.pk}", at, language, answers, chance)
        scored += 1
    return scored


def _secret(invitation: Invitation) -> str:
    return hashlib.sha256(f"demo recovery {invitation.pk}".encode()).hexdigest()


def _ledger(now: datetime, chance: Random) -> None:
    """A line for everything that was sent, and for those who were spared."""
    ContactRecord.objects.all().delete()
    sent = list(Invitation.objects.exclude(sent_at=None).order_by("sent_at"))
    lines = [_line(one, one.sent_at or now, "sent") for one in sent]
    asked = [one for one in sent if one.purpose == "survey"]
    for _ in range(_SPARED_IN_ALL):
        reason, _often, details = chance.choices(_SPARED, [often for _, often, _ in _SPARED])[0]
        one = asked[chance.randrange(len(asked))]
        at = now - timedelta(days=chance.uniform(0.1, 45))
        lines.append(_line(one, at, "suppressed", reason, details))
    # The list shows the newest first by its number.
    ContactRecord.objects.bulk_create(sorted(lines, key=lambda line: line.at), batch_size=500)


def _line(
    one: Invitation, at: datetime, outcome: str, reason: str = "", details: dict[str, Any] | None = None
) -> ContactRecord:
    return ContactRecord(
        customer_id=one.customer_id,
        channel=one.channel,
        survey_id=one.survey_id,
        invitation=one if outcome == "sent" else None,
        kind="recovery" if one.purpose == "recovery" else "survey",
        at=at,
        outcome=outcome,
        reason=reason,
        details=details or {},
    )
