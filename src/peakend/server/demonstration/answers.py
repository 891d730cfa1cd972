"""The demonstration's surveys, and what its customers answered in the last weeks."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any

import yaml

from peakend.server.acting import clock
from peakend.server.acting.actors import respondent
from peakend.server.answering import compiled as compiling
from peakend.server.answering import storing
from peakend.server.answering.flags import flags
from peakend.server.answering.occasions import invited
from peakend.server.answering.tokens import Token
from peakend.server.channels.links import digest_of
from peakend.server.channels.models import Invitation
from peakend.server.channels.places import open_everywhere
from peakend.server.company.models import Site, Team, Touchpoint
from peakend.server.customers.models import Customer
from peakend.server.demonstration.company import FILLING
from peakend.server.people.models import User
from peakend.server.surveys.publishing import publish
from peakend.server.surveys.services import create_survey

if TYPE_CHECKING:
    from datetime import datetime

    from peakend.server.demonstration.source import Source, Trip
    from peakend.server.surveys.models import Survey

# Of ten who are asked so many answer.
_ANSWERING = 0.31


def collect(source: Source, now: datetime) -> int:
    """Publish the surveys, ask everybody who travelled, store what they answered; how many did."""
    with clock.at(now - timedelta(weeks=12)):
        visit = _published({"en": "After the trip", "zh": "旅程之后"}, "visit", questionnaire=_visit())
        _published({"en": "After a case", "zh": "工单回访"}, "recovery", from_template="recovery")
        counter = _published({"en": "At the counter", "zh": "柜台扫码"}, "counter", from_template="csat")
        open_everywhere(actor=FILLING, survey=counter, kind="qr")
    create_survey(
        actor=FILLING,
        name={"en": "Service quality", "zh": "服务质量"},
        programme="servqual",
        from_template="servqual",
    )
    chance = Random(11)
    known = _Known()
    for trip in source.trips:
        _answered(visit, trip, known, chance)
    _silent(visit, source, known, chance)
    return len(source.trips)


def _visit() -> dict[str, Any]:
    text = files("peakend.server.demonstration").joinpath("visit.yaml").read_text("utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def _published(name: dict[str, str], programme: str, **content: Any) -> Survey:  # noqa: ANN401 - of create_survey
    survey = create_survey(actor=FILLING, name=name, programme=programme, **content)
    publish(actor=FILLING, key=survey.key, revision=survey.draft_revision)
    survey.refresh_from_db()
    return survey


class _Known:
    """What an invitation points at, by the keys of the airline."""

    def __init__(self) -> None:
        self.customers = {one.customer_id: one for one in Customer.objects.all()}
        self.sites = {one.code: one for one in Site.objects.all()}
        self.touchpoints = {one.code: one for one in Touchpoint.objects.all()}
        people = User.objects.exclude(employee_id="").prefetch_related("teams")
        self.teams: dict[str, Team] = {one.employee_id: team for one in people for team in one.teams.all()}


def _invitation(survey: Survey, trip: Trip, known: _Known, secret: str, **fields: Any) -> Invitation:  # noqa: ANN401
    # Written as rows: the ledger of contacts would see nine weeks of invitations in one afternoon.
    return Invitation(
        survey=survey,
        customer=known.customers[trip.customer_id],
        channel="email",
        digest=digest_of(secret),
        language=trip.language,
        site=known.sites.get(trip.site),
        team=known.teams.get(trip.employee_id),
        touchpoint=known.touchpoints.get(trip.touchpoint),
        employee_id=trip.employee_id,
        **fields,
    )


def _answered(survey: Survey, trip: Trip, known: _Known, chance: Random) -> None:
    sent = trip.at - timedelta(hours=chance.uniform(0.5, 20))
    secret = hashlib.sha256(f"demo {trip.key}".encode()).hexdigest()
    with clock.at(sent):
        _invitation(survey, trip, known, secret, status="sent", due_at=sent, sent_at=sent).save()
    seconds = chance.randrange(45, 240)
    with clock.at(trip.at):
        whole = compiling.version(survey.current_id)
        answers = _answers(trip)
        asked = [one for step in whole.steps for one in whole.shown(step, answers, {})]
        storing.complete(
            actor=respondent("demonstration"),
            occasion=invited(secret),
            compiled=whole,
            sent=storing.Sent(
                Token(f"demo-{trip.key}", survey.current_id, trip.at - timedelta(seconds=seconds)),
                "zh" if trip.language.startswith("zh") else "en",
                answers,
                flags(asked, answers, seconds, robot=False),
                seconds,
            ),
        )


def _answers(trip: Trip) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: {"state": "not_used"} if score is None else {"state": "answered", "score": score}
        for name, score in trip.scores.items()
    }
    if found["satisfied"]["state"] == "not_used":
        found["satisfied"] = {"state": "no_answer"}
    if trip.why:
        found["why"] = {"state": "answered", "text": trip.why}
    return found


def _silent(survey: Survey, source: Source, known: _Known, chance: Random) -> None:
    """Those who were asked and did not answer: without them every rate of response would be whole."""
    asked = int(len(source.trips) * (1 - _ANSWERING) / _ANSWERING)
    rows = []
    for n in range(asked):
        trip = source.trips[chance.randrange(len(source.trips))]
        status = "opened" if chance.random() < 0.2 else "sent"
        rows.append(
            _invitation(survey, trip, known, f"silent {n}", status=status, due_at=trip.at, sent_at=trip.at)
        )
    Invitation.objects.bulk_create(rows, batch_size=500)
