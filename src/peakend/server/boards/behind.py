"""The answers behind a number: found by what the number counts, within the actor's reach. None for
anonymous surveys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, FloatField, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import SiteError
from peakend.server.acting.policies import may, require, within
from peakend.server.answering.models import Response
from peakend.server.boards.folding import STEP
from peakend.server.boards.options import Options, in_words
from peakend.server.boards.periods import Period, moment_of, zone
from peakend.server.boards.policies import CUSTOMER, READ
from peakend.server.boards.protecting import is_growing
from peakend.server.boards.reading import chosen
from peakend.server.boards.subjects import Asked, Board
from peakend.server.company.models import Site
from peakend.server.customers.models import Customer
from peakend.server.customers.policies import within_reach
from peakend.server.web.say import picked

MOST_TEXTS = 8


class NoListError(SiteError):
    """Nobody may see who is behind a number of an anonymous survey."""

    code = "boards.no_list"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            Text(
                "This survey is anonymous: there is no list of answers.", "此调查为匿名调查，不提供答卷列表。"
            ),
            Text("Read the figures and the words of finished months.", "请查看数据与已结束月份的客户原话。"),
        )


def answered(
    actor: Actor,
    board: Board,
    options: Options,
    *,
    score: float | None = None,
    option: str = "",
) -> QuerySet[Response]:
    """The responses that a number of `board` counts: all that answered the item; `score`, `option` narrow
    it.
    """
    require(actor, READ)
    if board.anonymous:
        raise NoListError
    rows = _counted(actor, board, options)
    if options.item is None:
        return rows
    return _having(rows, options.item, score, option)


def in_period(period: Period) -> Q:
    """Completed within `period` by the calendar of the site it is about."""
    wanted = Q()
    zones: dict[str, list[int]] = {}
    for pk, timezone in Site.objects.values_list("pk", "timezone"):
        zones.setdefault(timezone, []).append(pk)
    if len(zones) == 1:
        # As most companies: two ranges instead of a list of sites.
        timezone, _ = zones.popitem()
        return Q(_between(period, timezone), site__isnull=False) | Q(_between(period, "UTC"), site=None)
    for timezone, sites in zones.items():
        wanted |= Q(_between(period, timezone), site_id__in=sites)
    return wanted | Q(_between(period, "UTC"), site=None)


def _between(period: Period, timezone: str) -> Q:
    return Q(
        completed_at__gte=moment_of(period.start, timezone), completed_at__lt=moment_of(period.end, timezone)
    )


def _around(period: Period) -> Q:
    """A range that holds the period in every zone: what the index is searched by."""
    return Q(
        completed_at__gte=moment_of(period.start, "Pacific/Kiritimati"),
        completed_at__lt=moment_of(period.end, "Etc/GMT+12"),
    )


def _counted(actor: Actor, board: Board, options: Options) -> QuerySet[Response]:
    rows = Response.objects.filter(
        _around(options.period),
        in_period(options.period),
        state="completed",
        survey__in=[survey.pk for survey in board.surveys],
    )
    return _no_robots(chosen(within(actor, rows), options.keys))


def _no_robots(rows: QuerySet[Response]) -> QuerySet[Response]:
    return rows.alias(flags_text=Cast("flags", TextField())).exclude(flags_text__contains='"robot"')


def _text(answer: str, part: str) -> Cast:
    """A part of an answer as text: left as JSON, what it is compared with would have to be JSON too."""
    return Cast(KeyTextTransform(part, KeyTransform(answer, "answers")), TextField())


def _having(rows: QuerySet[Response], asked: Asked, score: float | None, option: str) -> QuerySet[Response]:
    item = asked.item
    part = KeyTransform(item.answer, "answers")
    rows = rows.filter(version_id__in=asked.versions).alias(given_state=_text(item.answer, "state"))
    rows = rows.filter(given_state="answered")
    if item.metric:
        rows = rows.alias(given_score=Cast(KeyTextTransform("score", part), FloatField()))
        rows = rows.filter(given_score__gte=item.scale[0], given_score__lte=item.scale[1])
        return rows if score is None else rows.filter(given_score=score)
    if item.question.type == "text":
        return (
            rows.alias(given_text=_text(item.answer, "text"))
            .exclude(given_text="")
            .filter(given_text__isnull=False)
        )
    rows = rows.alias(given_choice=Cast(KeyTransform("choice", part), TextField())).filter(
        given_choice__isnull=False
    )
    rows = rows.exclude(given_choice="[]")
    if not option:
        return rows
    quoted = f'"{option}"'
    if item.question.type == "ranking":
        return rows.filter(given_choice__startswith=f"[{quoted}")
    return rows.filter(Q(given_choice__contains=quoted) | Q(given_choice=option))


def with_words(actor: Actor, board: Board, options: Options, search: str = "") -> QuerySet[Response]:
    """The responses of the period in which the customer wrote something that holds `search`, the latest
    first.
    """
    require(actor, READ)
    if board.anonymous:
        raise NoListError
    rows = _counted(actor, board, options)
    wanted = Q()
    for place, one in enumerate(board.texts[:MOST_TEXTS]):
        rows = rows.alias(**{f"given_text{place}": _text(one.item.answer, "text")})
        if search:
            wanted |= Q(**{f"given_text{place}__icontains": search})
        else:
            wanted |= Q(**{f"given_text{place}__gt": ""})
    if not wanted:
        return rows.none()
    return rows.filter(wanted).order_by(F("completed_at").desc(), F("pk").desc())


@dataclass(frozen=True, slots=True)
class Line:
    """One response as lists show it. `customer_id` is empty where the actor may not see who it was."""

    key: str
    at: datetime
    score: float | None
    words: tuple[str, ...]
    chosen: tuple[str, ...]
    site: str
    team: str
    touchpoint: str
    channel: str
    language: str
    tier: str
    customer_id: str
    customer: str
    flags: tuple[str, ...]

    @property
    def where(self) -> str:
        """Touchpoint, team or site, as far as they are stated."""
        return " · ".join(part for part in (self.touchpoint, self.team or self.site) if part)


def lines(actor: Actor, board: Board, rows: Iterable[Response], asked: Asked | None) -> list[Line]:
    """`rows` (loaded) as lists show them; `asked` is the item whose score or choice stands first."""
    listed = list(rows)
    seen: Mapping[int, Customer] = {}
    if may(actor, CUSTOMER):
        wanted = {row.customer_id for row in listed if row.customer_id}
        seen = {
            one.pk: one for one in within_reach(actor, Customer.objects.filter(pk__in=wanted, erased_at=None))
        }
    first = asked if asked and asked.item.metric else next(iter(board.scored), None)
    return [_line(row, board, first, asked, seen.get(row.customer_id or 0)) for row in listed]


def related(rows: QuerySet[Response]) -> QuerySet[Response]:
    """`rows` with what a line needs."""
    return rows.select_related("site", "team", "touchpoint")


def _line(
    row: Response, board: Board, first: Asked | None, asked: Asked | None, customer: Customer | None
) -> Line:
    answers: Mapping[str, Any] = row.answers
    score = (answers.get(first.item.answer) or {}).get("score") if first else None
    texts = [(answers.get(one.item.answer) or {}).get("text", "") for one in board.texts]
    codes: list[str] = []
    if asked and not asked.item.metric:
        given = (answers.get(asked.item.answer) or {}).get("choice") or []
        codes = [given] if isinstance(given, str) else list(given)
    names = {one.code: picked(one.text) for one in asked.item.question.options} if asked else {}
    moment = row.completed_at or clock.now()
    return Line(
        key=row.key,
        at=moment.astimezone(zone(row.site.timezone if row.site else "UTC")),
        score=score,
        words=tuple(str(text) for text in texts if text),
        chosen=tuple(names.get(code, code) for code in codes),
        site=in_words(row.site) if row.site else "",
        team=in_words(row.team) if row.team else "",
        touchpoint=in_words(row.touchpoint) if row.touchpoint else "",
        channel=row.channel,
        language=row.language,
        tier=row.tier,
        customer_id=customer.customer_id if customer else "",
        customer=(customer.name or customer.customer_id) if customer else "",
        flags=tuple(row.flags),
    )


def anonymous_words(actor: Actor, board: Board, period: Period, search: str = "") -> list[str]:
    """What people wrote to an anonymous survey in a month that is over: words alone, in no order of time.

    None where fewer than ten wrote something, and none for whoever sees a part of the company.
    """
    require(actor, READ)
    survey = board.surveys[0]
    if not actor.reach.everything or period.unit != "month" or is_growing(survey.pk, period):
        return []
    rows = Response.objects.filter(_between(period, "UTC"), survey=survey, state="completed")
    words = [
        str(text)
        for answers in rows.values_list("answers", flat=True)
        for one in board.texts
        if (text := (answers.get(one.item.answer) or {}).get("text"))
    ]
    if len(words) < STEP:
        return []
    words = [one for one in words if search.casefold() in one.casefold()]
    return sorted(words, key=lambda one: hashlib.sha256(one.encode()).digest())[:50]
