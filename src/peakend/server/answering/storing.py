"""Keeping answers: pages as they come, and the one moment in which a response is completed.

Completing is one conditional write in one transaction with everything that follows from it: quotas before,
cases and whatever else listens after. A receiver that raises undoes it all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import IntegrityError, transaction

from peakend.server.acting import clock
from peakend.server.acting.services import audit, service
from peakend.server.answering.models import Response
from peakend.server.answering.occasions import ANSWERED, hour, response_of
from peakend.server.answering.policies import SUBMIT
from peakend.server.answering.signals import response_completed
from peakend.server.channels.models import Invitation
from peakend.server.channels.signals import QuotaFullError, response_completing
from peakend.server.customers.models import Consent

if TYPE_CHECKING:
    from datetime import datetime

    from peakend.server.acting.actors import Actor
    from peakend.server.answering.compiled import Compiled
    from peakend.server.answering.occasions import Occasion
    from peakend.server.answering.tokens import Token

# completed; screened (a quota was full); again (the same once more); conflict (another content, the first was
# kept); taken (the personal link was used with another form).
Outcome = Literal["completed", "screened", "again", "conflict", "taken"]
DONE = ("completed", "screened")


@dataclass(frozen=True, slots=True)
class Sent:
    """A whole response as it was sent: `answers` checked and without those to hidden questions."""

    token: Token
    language: str
    answers: Mapping[str, Any]
    flags: list[str]
    seconds: int | None
    completed_at: datetime | None = None  # None: now


class _TakenError(Exception):
    """The invitation was answered meanwhile."""


def digest_of_answers(answers: Mapping[str, Any]) -> str:
    """SHA-256 of what was answered: the same key with another digest is a conflict."""
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()


def find(occasion: Occasion, token: Token) -> Response | None:
    """The response begun before: by the invitation where the two belong together, else by the form's key."""
    rows = Response.objects.filter(survey=occasion.survey)
    if occasion.linked:
        return rows.filter(invitation=occasion.invitation).first()
    return rows.filter(key=token.key, place=occasion.place).first()


def complete(
    *, actor: Actor, occasion: Occasion, compiled: Compiled, sent: Sent, first: bool = False
) -> tuple[Outcome, Response | None]:
    """Complete the response, once however often and at whatever moment it is sent; and what became of it.

    `first`: it was sent from the first page, so that most likely nothing of it is stored yet and one insert
    does.
    """
    digest = digest_of_answers(sent.answers)
    for fresh in (True, False) if first and not occasion.linked else (False,):
        try:
            return _complete(
                actor=actor, occasion=occasion, compiled=compiled, sent=sent, digest=digest, fresh=fresh
            )
        except QuotaFullError:
            return _screen(actor=actor, occasion=occasion, sent=sent, digest=digest)
        except _TakenError:
            before = find(occasion, sent.token)
            return _before(before, digest), before
        except IntegrityError:
            before = find(occasion, sent.token)
            if before is None or (not fresh and before.state not in DONE):
                raise
            if before.state in DONE:
                return _before(before, digest), before
    raise AssertionError("unreachable: the second try returns or raises")


def _before(found: Response | None, digest: str) -> Outcome:
    if found is None or found.state not in DONE:
        return "taken"
    return "again" if found.digest == digest else "conflict"


@service(SUBMIT, audited=False)
def _complete(
    *, actor: Actor, occasion: Occasion, compiled: Compiled, sent: Sent, digest: str, fresh: bool
) -> tuple[Outcome, Response | None]:
    response = None if fresh else _locked(occasion, sent.token)
    if response is not None and response.state in DONE:
        return _before(response, digest), response
    stored = response is not None
    if response is None:
        response = response_of(occasion, sent.token, sent.language, completed_at=sent.completed_at)
    else:
        response.survey = occasion.survey
    _fill(response, occasion, sent, digest)
    _answered(occasion)
    response_completing.send(sender=Response, response=response, questionnaire=compiled.questionnaire)
    response.tier = _tier(response, occasion)
    response.state = "completed"
    if stored:
        # Conditional though the row is locked: SQLite has no such lock, and the worker may have erased it.
        fields = {name: getattr(response, name) for name in _FILLED}
        if not Response.objects.filter(pk=response.pk).exclude(state__in=DONE).update(**fields):
            raise _TakenError
    else:
        response.save(force_insert=True)
    _consents(response, compiled)
    if actor.kind == "token" or actor.kind == "person":
        audit(actor, "answering.submitted", response, survey=occasion.survey.key)
    response_completed.send(sender=Response, response=response, questionnaire=compiled.questionnaire)
    return "completed", response


_FILLED = ("answers", "flags", "digest", "language", "tier", "state", "completed_at", "seconds")


def _fill(response: Response, occasion: Occasion, sent: Sent, digest: str) -> None:
    at = sent.completed_at or clock.now()
    response.answers = dict(sent.answers)
    response.flags = sent.flags
    response.digest = digest
    response.language = sent.language
    response.completed_at = hour(at) if occasion.survey.anonymous else at
    response.seconds = sent.seconds


def _tier(response: Response, occasion: Occasion) -> str:
    """The customer's tier as it is now: later ones do not change what was said in this one."""
    if occasion.survey.anonymous or response.customer_id is None:
        return ""
    # Loaded once for the rules of cases too, which ask for the customer in the same transaction.
    return response.customer.tier if response.customer else ""


def _answered(occasion: Occasion) -> None:
    """Mark the invitation, if it still can be; without a time that could be laid beside the response."""
    if occasion.invitation is None:
        return
    mine = Invitation.objects.filter(pk=occasion.invitation.pk).exclude(status__in=ANSWERED)
    if not mine.update(status="completed", remind_at=None):
        raise _TakenError


@service(SUBMIT, audited=False)
def _screen(*, actor: Actor, occasion: Occasion, sent: Sent, digest: str) -> tuple[Outcome, Response | None]:
    """Keep an answer that was one too many, apart from those that count."""
    response = _locked(occasion, sent.token)
    if response is not None and response.state in DONE:
        return _before(response, digest), response
    stored = response is not None
    response = response or response_of(occasion, sent.token, sent.language)
    _fill(response, occasion, sent, digest)
    response.state, response.completed_at = "screened", None
    try:
        _answered(occasion)
    except _TakenError:
        return "taken", None
    try:
        with transaction.atomic():
            response.save(force_insert=not stored)
    except IntegrityError:
        response = find(occasion, sent.token)
        return _before(response, digest), response
    return "screened", response


@service(SUBMIT, audited=False)
def keep(
    *,
    actor: Actor,
    occasion: Occasion,
    compiled: Compiled,
    token: Token,
    language: str,
    answers: Mapping[str, Any],
    page: int,
    replace: bool = False,
) -> Response:
    """Keep the answers of a page; the response as it is now stored. One that is completed stays as it was.

    `answers` are added to those kept before (with `replace`: take their place); `page` is the step to go on
    with.
    """
    response = _locked(occasion, token)
    if response is None:
        response = response_of(occasion, token, language)
        response.answers, response.page = compiled.kept(answers, occasion.embedded), page
        try:
            with transaction.atomic():
                response.save(force_insert=True)
        except IntegrityError:
            # The same page, sent twice at the same moment.
            other = find(occasion, token)
            if other is None:
                raise
            return other
        if occasion.invitation is not None:
            Invitation.objects.filter(
                pk=occasion.invitation.pk, status__in=("waiting", "sent", "opened", "bounced")
            ).update(status="started")
        return response
    if response.state in DONE:
        return response
    merged = answers if replace else {**response.answers, **answers}
    response.answers, response.page = compiled.kept(merged, occasion.embedded), page
    response.language = language
    response.save(update_fields=["answers", "page", "language"])
    return response


@service(SUBMIT, audited=False)
def seen(*, actor: Actor, occasion: Occasion) -> None:
    """The personal link was opened: said once, without a time."""
    if occasion.invitation is not None and occasion.invitation.status in ("waiting", "sent", "bounced"):
        rows = Invitation.objects.filter(pk=occasion.invitation.pk, status__in=("waiting", "sent", "bounced"))
        rows.update(status="opened")


def _locked(occasion: Occasion, token: Token) -> Response | None:
    rows = Response.objects.select_for_update(of=("self",)).filter(survey=occasion.survey)
    if occasion.linked:
        return rows.select_related("customer").filter(invitation=occasion.invitation).first()
    return rows.filter(key=token.key, place=occasion.place).first()


def _consents(response: Response, compiled: Compiled) -> None:
    """What the customer allowed or refused in the answer is the last word for that purpose."""
    if response.customer_id is None:
        return
    for question in compiled.by_id.values():
        said = response.answers.get(question.id) if question.type == "consent" else None
        if said and said.get("choice"):
            Consent.objects.create(
                customer_id=response.customer_id,
                purpose=question.purpose[:60],
                status="given" if said["choice"] == ["yes"] else "refused",
                source=f"response {response.key}",
                at=response.completed_at,
            )
