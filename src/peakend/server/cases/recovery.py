"""Asking afterwards how the company put it right: by a one-question survey, or noted by staff (ACT-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.acting.actors import system
from peakend.server.acting.services import audit, service
from peakend.server.cases.models import Case
from peakend.server.cases.refusals import NotNowError, wrong
from peakend.server.cases.selectors import locked
from peakend.server.cases.timeline import happened
from peakend.server.channels.inviting import invite
from peakend.server.surveys.models import Survey

if TYPE_CHECKING:
    from peakend.server.acting.actors import Actor
    from peakend.server.answering.models import Response
    from peakend.server.surveys.questionnaire import Questionnaire

PROGRAMME = "recovery"
SCALE = (1, 5)
LOW = 0.25  # of the scale: 2 of 5 or worse is no recovery
ASKING = system("recovery survey")


def survey_to_ask() -> Survey | None:
    """The live survey of the programme "recovery", the newest; None where there is none."""
    return Survey.objects.filter(programme=PROGRAMME, status="live", current__isnull=False).first()


def ask_back(case: Case, actor: Actor) -> bool:
    """Invite the customer to say how the company put it right; whether an invitation was made.

    None is made without a live recovery survey, without a customer one can write to, or where the ledger of
    contacts says no: then staff may note the score.
    """
    survey = survey_to_ask()
    if survey is None or case.customer is None or not case.customer.email or case.customer.erased_at:
        return False
    if not _invited(survey, case):
        return False
    happened(case, "asked_back", ASKING)
    return True


def _invited(survey: Survey, case: Case) -> bool:
    """Through the area `channels`, which keeps the ledger; the case's key comes back with the answer."""
    made = invite(
        actor=ASKING,
        survey=survey,
        customer=case.customer,
        purpose="recovery",
        site=case.site,
        team=case.team,
        touchpoint=case.touchpoint,
        embedded={"case": case.key},
    )
    return made.status in ("waiting", "sent")


def record_answer(response: Response, questionnaire: Questionnaire) -> Case | None:
    """Take the answer to a recovery survey into the case it is about; a bad one opens that case again."""
    invitation = response.invitation
    key = str(invitation.embedded.get("case", "")) if invitation is not None else ""
    case = Case.objects.select_for_update(of=("self",)).filter(key=key).first() if key else None
    if case is None:
        return None
    asked = next((one for one in questionnaire.questions() if one.scale is not None), None)
    answer = response.answers.get(asked.id, {}) if asked else {}
    if asked is None or asked.scale is None or answer.get("score") is None:
        return None
    _scored(case, float(answer["score"]), asked.scale, ASKING)
    return case


@service("cases.work")
def rescore(*, actor: Actor, key: str, score: int) -> Case:
    """Note what the customer says of the recovery, 1 to 5; a bad one opens the case again."""
    case = locked(actor, key)
    if case.status not in ("resolved", "closed"):
        raise NotNowError(case, Text("scored", "记录补救评分"))
    if not SCALE[0] <= score <= SCALE[1]:
        raise wrong("score", Text("A score from 1 to 5.", "请填写 1 至 5 分。"))
    _scored(case, float(score), SCALE, actor)
    return case


def _scored(case: Case, score: float, scale: tuple[int, int], actor: Actor) -> None:
    from peakend.server.cases.lifecycle import reopened

    case.recovery_score = score
    case.details = {**case.details, "recovery_scale": list(scale)}
    case.save()
    happened(case, "rescored", actor, score=f"{score:g}/{scale[1]}")
    audit(actor, "cases.rescore", case, score=score)
    low = (score - scale[0]) / (scale[1] - scale[0]) <= LOW
    if low and case.status in ("resolved", "closed"):
        reopened(case, actor, "")
