"""The demonstration's surveys, and what its customers answered in the last weeks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
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
from peakend.server.answering.occasions import invited, open_place
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

    from peakend.server.answering.occasions import Occasion
    from peakend.server.demonstration.source import Source, Trip
    from peakend.server.surveys.models import Survey

# Of ten who are asked so many answer.
_ANSWERING = 0.31
_AT_A_COUNTER = 18


def collect(source: Source, trips: list[Trip], now: datetime) -> int:
    """Publish the surveys, ask everybody who travelled, store what they answered; how many answers."""
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
    _asked(visit, trips, known, chance)
    for trip in trips:
        _answered(visit, trip, chance)
    _silent(visit, source, trips, known, chance)
    return len(trips) + _at_counters(counter, now, chance)


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


def _asked(survey: Survey, trips: list[Trip], known: _Known, chance: Random) -> None:
    rows = []
    for trip in trips:
        sent = trip.at - timedelta(hours=chance.uniform(0.5, 20))
        rows.append(_invitation(survey, trip, known, _secret(trip), status="sent", due_at=sent, sent_at=sent))
    Invitation.objects.bulk_create(rows, batch_size=500)


def _secret(trip: Trip) -> str:
    return hashlib.sha256(f"demo {trip.key}".encode()).hexdigest()


def _answered(survey: Survey, trip: Trip, chance: Random) -> None:
    answers = _answers(trip)
    language = "zh" if trip.language.startswith("zh") else "en"
    store(survey, invited_by(_secret(trip), trip.at), trip.key, trip.at, language, answers, chance)


def invited_by(secret: str, at: datetime) -> Occasion:
    """The occasion of a personal link as it was at that moment."""
    with clock.at(at):
        return invited(secret)


def store(
    survey: Survey,
    occasion: Occasion,
    key: str,
    at: datetime,
    language: str,
    answers: dict[str, Any],
    chance: Random,
) -> None:
    """Complete an answer as if it had been sent at `at`."""
    seconds = chance.randrange(45, 240)
    with clock.at(at):
        whole = compiling.version(survey.current_id)
        asked = [one for step in whole.steps for one in whole.shown(step, answers, {})]
        storing.complete(
            actor=respondent("demonstration"),
            occasion=occasion,
            compiled=whole,
            sent=storing.Sent(
                Token(f"demo-{key}", survey.current_id, at - timedelta(seconds=seconds)),
                language,
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


def _silent(survey: Survey, source: Source, trips: list[Trip], known: _Known, chance: Random) -> None:
    """Those who were asked and did not answer: without them every rate of response would be whole.

    Mostly others than those who answered; nobody is asked line after line.
    """
    answered = {trip.customer_id for trip in trips}
    quiet = [row["customer_id"] for row in source.customers if row["customer_id"] not in answered]
    chance.shuffle(quiet)
    rows = []
    for n in range(int(len(trips) * (1 - _ANSWERING) / _ANSWERING)):
        trip = trips[chance.randrange(len(trips))]
        if n < len(quiet):
            trip = replace(trip, customer_id=quiet[n])
        status = "opened" if chance.random() < 0.2 else "declined" if chance.random() < 0.015 else "sent"
        if status == "sent" and chance.random() < 0.012:
            status = "bounced"
        rows.append(
            _invitation(survey, trip, known, f"silent {n}", status=status, due_at=trip.at, sent_at=trip.at)
        )
    Invitation.objects.bulk_create(rows, batch_size=500)


def _at_counters(survey: Survey, now: datetime, chance: Random) -> int:
    """Answers to the posters; the last place has fallen silent, so that one sees what that looks like."""
    places = list(survey.places.order_by("pk"))
    made = 0
    for place in places:
        quiet = 12.0 if place == places[-1] else 0.2
        occasion = open_place(place.key)
        for n in range(_AT_A_COUNTER):
            at = now - timedelta(days=quiet + 40 * (n + chance.random()) / _AT_A_COUNTER)
            score = (5, 4, 5, 4, 3)[n % 5]
            answers: dict[str, Any] = {
                "satisfied": {"state": "answered", "score": score},
                "settled": {"state": "answered", "choice": ["all" if score > 3 else "part"]},
            }
            store(
                survey, occasion, f"{place.key}-{n}", at, chance.choice(("zh", "zh", "en")), answers, chance
            )
        made += _AT_A_COUNTER
        place.views = int(_AT_A_COUNTER * chance.uniform(2.5, 5))
        place.opened_at = now - timedelta(weeks=11)
        place.save(update_fields=["views", "opened_at"])
    return made
