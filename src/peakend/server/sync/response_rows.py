"""Completed responses as rows of responses, answers, interactions and segment members.

Robots are left out, as they are from the live figures; partial answers wait until they are complete. An
anonymous
response names nobody and no invitation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from peakend.server.answering.models import Response
from peakend.server.sync.company_rows import Asked, Row, asked_by, attributes, survey_id
from peakend.server.sync.writing import Batch

CUTS = ("site", "team", "tier", "language", "channel", "place")
RELATED = (
    "survey",
    "version",
    "wave",
    "place",
    "invitation",
    "customer",
    "interaction",
    "site",
    "team__site",
    "touchpoint",
)
# Long and not needed: they would be read and parsed once a response.
UNREAD = (
    "survey__draft",
    "survey__name",
    "version__questionnaire",
    "customer__attributes",
    "invitation__embedded",
    "interaction__attributes",
    "wave__sampling",
)


def batches(rows: Sequence[Response]) -> list[Batch]:
    """What the responses bring, in the order in which it must be written."""
    people = [one for one in rows if "robot" not in (one.flags or ())]
    # What an answer is about is an event; one that no source told is the meeting at the touchpoint itself.
    met = [one for one in people if one.interaction is None and one.touchpoint is not None]
    return [
        Batch("interactions", [_meeting(one) for one in met]),
        Batch("responses", [_response(one) for one in people]),
        Batch("answers", [answer for one in people for answer in _answers(one)]),
        Batch("segment_members", [member for one in people for member in _members(one)]),
    ]


def _named(one: Response) -> bool:
    return not one.survey.anonymous


def _customer(one: Response) -> str | None:
    if not _named(one) or one.customer is None or one.customer.erased_at is not None:
        return None
    return str(one.customer.customer_id)


def _meeting(one: Response) -> Row:
    return {
        "event_id": f"response:{one.key}",
        "customer_id": _customer(one),
        "at": one.completed_at,
        "touchpoint_id": one.touchpoint.code,
        "kind": "answer",
        "channel": one.channel,
        "site_id": one.site.code if one.site else None,
        "employee_id": one.employee_id if _named(one) else None,
    }


def _event(one: Response) -> str | None:
    if one.interaction is not None:
        # The event of an anonymous answer would name its customer.
        return str(one.interaction.event_id) if _named(one) else None
    return f"response:{one.key}" if one.touchpoint is not None else None


def _response(one: Response) -> Row:
    named = _named(one)
    return {
        "response_id": one.key,
        "survey_id": survey_id(one.survey.key, one.wave.label if one.wave else None),
        "customer_id": _customer(one),
        "invitation_id": one.invitation.key if named and one.invitation else None,
        "event_id": _event(one),
        "answered_at": one.completed_at,
        "language": one.language,
        "channel": one.channel,
        "attributes": attributes(
            flags=sorted(one.flags or ()),
            version=one.version.number,
            touchpoint=one.touchpoint.code if one.touchpoint else None,
            seconds=one.seconds if named else None,
            employee_id=one.employee_id if named else None,
        ),
    }


def _answers(one: Response) -> Iterator[Row]:
    for asked in asked_by(one.version_id, one.survey.key):
        given = one.answers.get(asked.answer)
        if given:
            yield {"response_id": one.key, "question_id": asked.question_id, **_answer(asked, given)}


def _answer(asked: Asked, given: dict[str, Any]) -> Row:
    state = given.get("state", "no_answer")
    row: Row = {"state": state, "score": None, "choice": None, "text": None}
    if state != "answered":
        return row
    score = given.get("score")
    if (
        asked.metric not in ("choice", "text")
        and isinstance(score, int | float)
        and not isinstance(score, bool)
    ):
        row["score"] = float(score)
    row["choice"] = _choice(asked, given.get("choice"))
    text = given.get("text")
    row["text"] = str(text) if text and not asked.option else None
    return row


def _choice(asked: Asked, choice: object) -> str | None:
    codes = (
        [choice] if isinstance(choice, str) else [str(c) for c in choice] if isinstance(choice, list) else []
    )
    if asked.question.type == "ranking":
        return str(codes.index(asked.option) + 1) if asked.option in codes else None
    if asked.option:
        return asked.option if asked.option in codes else None
    return codes[0] if codes else None


def _members(one: Response) -> Iterator[Row]:
    segments = {
        "site": one.site.code if one.site else None,
        "team": f"{one.team.site.code}/{one.team.code}" if one.team else None,
        "tier": one.tier if _customer(one) else None,
        "language": one.language,
        "channel": one.channel,
        "place": one.place.name if one.place else None,
    }
    for cut in CUTS:
        segment = segments[cut]
        if segment:
            yield {"segmentation": cut, "segment": segment, "subject": "response", "subject_id": one.key}
