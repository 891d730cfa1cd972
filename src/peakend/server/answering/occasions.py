"""Where and about what somebody answers: at a place, after an invitation, through a program."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Q

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.channels.links import digest_of
from peakend.server.channels.models import Invitation, Place, Wave
from peakend.server.surveys.models import Survey

if TYPE_CHECKING:
    from datetime import date, datetime

    from peakend.server.answering.tokens import Token
    from peakend.server.customers.models import Customer

_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
ANSWERED = ("completed", "declined")
_WAVES_SECONDS = 30.0


class NoOccasionError(Exception):
    """There is nothing to answer; `why` is a word of `words.WORDS`: missing, closed, already, declined."""

    def __init__(self, why: str, occasion: Occasion | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.occasion = occasion


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an answer is about. `where` binds forms to it; `kind` is place's kind, "personal" or "api"."""

    survey: Survey
    kind: str
    where: str
    channel: str
    place: Place | None = None
    invitation: Invitation | None = None
    customer: Customer | None = None
    site_id: int | None = None
    team_id: int | None = None
    touchpoint_id: int | None = None
    language: str = ""
    embedded: Mapping[str, Any] = field(default_factory=dict)

    @property
    def linked(self) -> bool:
        """Whether the response belongs to the invitation, which an anonymous one never does."""
        return self.invitation is not None and not self.survey.anonymous


def open_place(key: str) -> Occasion:
    """The occasion at the place `key`; `NoOccasionError` where there is none or it is closed."""
    occasion = at_place(key)
    if occasion is None:
        raise NoOccasionError("missing")
    if occasion.place is None or not occasion.place.active or not _live(occasion.survey):
        raise NoOccasionError("closed", occasion)
    return occasion


def at_place(key: str) -> Occasion | None:
    """The place, open or not."""
    # Not everything an address can hold can be asked of a database.
    place = _place(key) if _KEY.fullmatch(key) else None
    if place is None:
        return None
    return Occasion(
        survey=place.survey,
        kind=place.kind,
        where="p" + place.key,
        channel=place.kind,
        place=place,
        site_id=place.site_id,
        team_id=place.team_id,
        touchpoint_id=place.touchpoint_id,
    )


# What answering needs of a place and its survey; the draft of a survey may weigh a megabyte.
_OF_PLACE = (
    *("id", "key", "survey_id", "kind", "site_id", "team_id", "touchpoint_id", "active", "allowed_origin"),
)
_OF_SURVEY = ("id", "key", "programme", "kind", "anonymous", "status", "current_id")


def _place(key: str) -> Place | None:
    """The place with its survey. Django takes longer to write this query than to ask it: it is kept."""
    alias = DEFAULT_DB_ALIAS
    with connections[alias].cursor() as cursor:
        cursor.execute(_statement(), [key])
        row = cursor.fetchone()
    if row is None:
        return None
    place = Place.from_db(alias, _OF_PLACE, [*row[:7], bool(row[7]), row[8]])
    of_survey = list(row[9:])
    of_survey[4] = bool(of_survey[4])
    place.survey = Survey.from_db(alias, _OF_SURVEY, of_survey)
    return place


@cache
def _statement() -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    named = [(Place, "p", _OF_PLACE), (Survey, "s", _OF_SURVEY)]
    columns = ", ".join(f"{letter}.{quote(name)}" for _, letter, names in named for name in names)
    place, survey = quote(Place._meta.db_table), quote(Survey._meta.db_table)
    tables = f"{place} p join {survey} s on s.id = p.survey_id"
    # Only names of our own tables and columns; the key is a parameter.
    return f"select {columns} from {tables} where p.{quote('key')} = %s"  # noqa: S608


def invited(secret: str) -> Occasion:
    """The occasion behind a personal link; `NoOccasionError` where it is wrong, used or too old."""
    rows = Invitation.objects.select_related("survey").defer("survey__draft")
    found = rows.filter(digest=digest_of(secret)).first() if len(secret) <= 200 else None
    if found is None:
        raise NoOccasionError("missing")
    occasion = Occasion(
        survey=found.survey,
        kind="personal",
        # The digest, cut: what a form carries must not be a way from a response to an invitation.
        where="i" + found.digest[:32],
        channel=found.channel,
        invitation=found,
        site_id=found.site_id,
        team_id=found.team_id,
        touchpoint_id=found.touchpoint_id,
        language=found.language,
        embedded=found.embedded or {},
    )
    if found.status in ANSWERED:
        raise NoOccasionError("already" if found.status == "completed" else "declined", occasion)
    over = found.expires_at is not None and found.expires_at <= clock.now()
    if found.status == "suppressed" or over or not _live(found.survey):
        raise NoOccasionError("closed", occasion)
    return occasion


def response_of(
    occasion: Occasion, token: Token, language: str, *, completed_at: datetime | None = None
) -> Response:
    """A new response, not yet stored.

    Of an anonymous survey it has nothing that leads to somebody: no customer, invitation or interaction,
    not who served (whose list of that hour may have one name on it), and times cut to the hour.
    """
    survey = occasion.survey
    given = occasion.invitation
    now = completed_at or clock.now()
    response = Response(
        key=token.key,
        version_id=token.version,
        wave_id=given.wave_id if given is not None else wave_of(survey.pk, now.date()),
        site_id=occasion.site_id,
        team_id=occasion.team_id,
        touchpoint_id=occasion.touchpoint_id,
        language=language,
        channel=occasion.channel,
        state="partial",
        started_at=hour(token.began) if survey.anonymous else token.began,
    )
    response.survey = survey
    if occasion.place is not None:
        response.place = occasion.place
    if not survey.anonymous:
        if given is not None:
            response.invitation = given
            response.customer_id = given.customer_id
            response.interaction_id = given.interaction_id
            response.employee_id = given.employee_id
        elif occasion.customer is not None:
            response.customer = occasion.customer
    return response


def hour(at: datetime) -> datetime:
    """`at` cut to the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


_waves: dict[tuple[int, date], tuple[float, int | None]] = {}


def wave_of(survey: int, day: date) -> int | None:
    """Primary key of the wave that the survey is in on `day`; looked up at most twice a minute a process."""
    kept = _waves.get((survey, day))
    now = time.monotonic()
    if kept is not None and now - kept[0] < _WAVES_SECONDS:
        return kept[1]
    rows = Wave.objects.filter(survey=survey, starts_on__lte=day)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=day)).order_by("-starts_on", "-pk")
    found: int | None = rows.values_list("pk", flat=True).first()
    if len(_waves) > 1000:
        _waves.clear()
    _waves[survey, day] = (now, found)
    return found


def forget() -> None:
    """For tests, which use a primary key again."""
    _waves.clear()


def clamped(at: datetime, now: datetime) -> datetime:
    """A time told by a kiosk, at most a day back and never ahead."""
    return min(max(at, now - timedelta(days=1)), now)


def _live(survey: Survey) -> bool:
    return survey.status == "live" and survey.current_id is not None
