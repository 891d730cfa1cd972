"""Publishing, closing and reopening: what customers see from now on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import ConflictError
from peakend.server.acting.services import audit, service
from peakend.server.notices.outbox import announce
from peakend.server.surveys import selectors
from peakend.server.surveys.balance import Balance, audited
from peakend.server.surveys.checks import Problem, problems, publishable
from peakend.server.surveys.models import Survey, SurveyVersion
from peakend.server.surveys.policies import PUBLISH
from peakend.server.surveys.series import Change, changes, write_series
from peakend.server.surveys.texts import storable


@dataclass(frozen=True, slots=True)
class Readiness:
    """What publishing the draft would mean: what keeps it from it, what it would break, what the audit
    says.
    """

    problems: list[Problem]
    changes: list[Change]
    balance: Balance
    unchanged: bool

    @property
    def ready(self) -> bool:
        """Whether nothing but a confirmation is missing."""
        return not self.problems and not self.unchanged


def readiness(survey: Survey) -> Readiness:
    """See `Readiness`."""
    draft = selectors.draft_of(survey)
    return Readiness(
        problems(draft),
        changes(survey, draft),
        audited(draft),
        survey.current is not None and survey.current.questionnaire == survey.draft,
    )


def canonical(questionnaire: dict[str, Any]) -> bytes:
    """The one way to write a questionnaire as bytes: sorted keys, no spaces, UTF-8."""
    return json.dumps(questionnaire, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(questionnaire: dict[str, Any]) -> str:
    """SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(questionnaire)).hexdigest()


@service("surveys.publish")
def publish(
    *, actor: Actor, key: str, revision: int, confirmed: Collection[str] = (), reason: str = ""
) -> SurveyVersion:
    """Make the draft the next version and open it to customers.

    `confirmed`: the core items whose series may break, with the `reason`. `InvalidError` names what is
    missing,
    `ConflictError` somebody's later change, breaks not confirmed, or that nothing changed.
    """
    _hold_programme(selectors.get_survey(actor, key))
    survey = selectors.editable(actor, key, action=PUBLISH)
    if survey.draft_revision != revision:
        raise ConflictError(
            Text("The draft was changed after you looked at it.", "您查看之后，草稿又有改动。"),
            Text("Look at it once more, then publish.", "请再次查看后发布。"),
            revision=survey.draft_revision,
        )
    content = publishable(selectors.draft_of(survey)).model_dump(mode="json")
    before = survey.current
    if before is not None and before.questionnaire == content:
        raise ConflictError(
            Text("Nothing changed since the last version.", "与上一版本相比没有改动。"),
            Text("Edit the draft first.", "请先编辑草稿。"),
        )
    broken = _confirmed(survey, content, confirmed, reason)
    last = survey.versions.order_by("-number").first()
    version = SurveyVersion.objects.create(
        survey=survey,
        number=last.number + 1 if last else 1,
        questionnaire=content,
        digest=digest_of(content),
        published_at=clock.now(),
        published_by_id=actor.user_id,
    )
    write_series(survey, version, broken, storable(reason).strip()[:400])
    survey.current, survey.status = version, "live"
    survey.save(update_fields=["current", "status"])
    audit(
        actor,
        "surveys.published",
        survey,
        version=version.number,
        digest=version.digest,
        breaks=[one.item for one in broken],
    )
    announce("survey.published", survey.key, {"version": version.number, "breaks": [c.item for c in broken]})
    return version


@service("surveys.publish")
def close(*, actor: Actor, key: str) -> Survey:
    """Nobody can answer any more."""
    survey = selectors.editable(actor, key, action=PUBLISH)
    _must(survey, "live")
    return _turned(actor, survey, "closed")


@service("surveys.publish")
def reopen(*, actor: Actor, key: str) -> Survey:
    """Open a closed survey again with its last version."""
    survey = selectors.editable(actor, key, action=PUBLISH)
    _must(survey, "closed")
    return _turned(actor, survey, "live")


def _turned(actor: Actor, survey: Survey, status: str) -> Survey:
    survey.status = status
    survey.save(update_fields=["status"])
    audit(actor, f"surveys.{'closed' if status == 'closed' else 'reopened'}", survey)
    announce(f"survey.{'closed' if status == 'closed' else 'reopened'}", survey.key, {})
    return survey


def _must(survey: Survey, status: str) -> None:
    if survey.status != status:
        raise ConflictError(
            Text(f"This survey is {survey.status}, not {status}.", "此调查当前的状态不允许这样操作。"),
            Text("Look at its page.", "请查看调查页面。"),
        )


def _hold_programme(survey: Survey) -> None:
    # Two surveys of one programme published at once must see each other's wording. Locked in one order,
    # before
    # the survey's own row is, so that neither waits for the other for ever.
    if survey.programme:
        rows = Survey.objects.select_for_update().filter(programme=survey.programme).order_by("pk")
        list(rows.values_list("pk", flat=True))


def _confirmed(
    survey: Survey, content: dict[str, Any], confirmed: Collection[str], reason: str
) -> list[Change]:
    from peakend.server.surveys.questionnaire import Questionnaire

    found = changes(survey, Questionnaire.model_validate(content))
    open_ = [change for change in found if change.item not in confirmed]
    if open_ or (found and not reason.strip()):
        listed = [change.item for change in open_ or found]
        raise ConflictError(
            Text(
                f"The wording of core items changed: {', '.join(listed)}. Their series would break.",
                f"核心题的措辞有改动：{'、'.join(listed)}。发布后其序列将断开。",
            ),
            Text(
                "Confirm each of them with a reason, or take the change back.",
                "请逐题确认并写明原因，或撤回改动。",
            ),
            items=listed,
            fields=[
                {"field": item, "message": "confirm the break of this series with a reason"}
                for item in listed
            ],
        )
    return found
