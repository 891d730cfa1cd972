"""Adding completed responses to the counts, exactly once, and taking them out again.

A batch is one transaction: the counts and the mark on each response change together or not at all. One
process folds at a time (the lock on `FoldMark`); a killed one leaves nothing half done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, QuerySet

from peakend.server.acting import clock
from peakend.server.answering.models import Response
from peakend.server.boards.counting import Contribution, Item, contributions, items_of_versions
from peakend.server.boards.models import COLUMNS, DIMENSIONS, FoldMark, ScoreCell, WaitingAnswer
from peakend.server.boards.periods import local_day, period_of
from peakend.server.company.models import Site
from peakend.server.surveys.models import Survey

BATCH = 5000
STEP = 10
SPANS = ("week", "month")
FIELDS = (
    "pk",
    "survey_id",
    "version_id",
    "completed_at",
    "site_id",
    "team_id",
    "touchpoint_id",
    "place_id",
    "language",
    "channel",
    "tier",
    "answers",
    "flags",
)
# (survey, span, starts_on, question, option, version, site, team, touchpoint, place, language, channel,
# tier)
Corner = tuple[Any, ...]
Counts = dict[Corner, list[int]]
KEY = ("survey_id", "span", "starts_on", "question", "option", "version_id", *DIMENSIONS)


def completed(folded: bool) -> QuerySet[Response]:
    """Completed responses that are, or are not yet, in the counts."""
    return Response.objects.filter(folded=folded, state="completed")


def fold(size: int = BATCH) -> int:
    """Add the next `size` completed responses; how many were added. 0 also while another process is at it."""
    FoldMark.objects.get_or_create(pk=1)
    with transaction.atomic():
        mark = FoldMark.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if mark is None:
            return 0
        rows = list(
            completed(False)
            .order_by("pk")
            .select_for_update(skip_locked=True, of=("self",))
            .values(*FIELDS)[:size]
        )
        if not rows:
            return 0
        _add(rows)
        Response.objects.filter(pk__in=[row["pk"] for row in rows]).update(folded=True)
        _grown(mark)
        return len(rows)


def unfold(response: Response) -> None:
    """Take a response out of the counts, before its answers are changed, cut or deleted; inside that
    transaction.

    Afterwards it counts as not folded: the next sweep adds what is left of it if it is still completed.
    Answers to anonymous surveys that are counted stay counted: nobody's they are, and taking one out would
    show it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a response is taken out in the transaction that changes it")
    mark, _ = FoldMark.objects.select_for_update().get_or_create(pk=1)
    row = Response.objects.select_for_update().filter(pk=response.pk, folded=True).values(*FIELDS).first()
    if row is None:
        return
    if Survey.objects.filter(pk=row["survey_id"], anonymous=True).exists():
        WaitingAnswer.objects.filter(response_id=row["pk"]).delete()
        return
    counts = counted([row], _Known([row]))
    _upsert({corner: [-n for n in columns] for corner, columns in counts.items()})
    # Only where counts were taken away: searching all cells of the survey would take a second.
    starts = {(corner[1], corner[2]) for corner in counts}
    for span, start in sorted(starts):
        touched = ScoreCell.objects.filter(survey_id=row["survey_id"], span=span, starts_on=start)
        touched.filter(**dict.fromkeys(COLUMNS, 0)).delete()
    Response.objects.filter(pk=row["pk"]).update(folded=False)
    response.folded = False
    _grown(mark)


def rebuild(survey: Survey) -> int:
    """Forget the counts of `survey` and count its responses anew with the next sweeps; how many wait.

    For after a change of a site's time zone or a repair of the data by hand. An anonymous survey is
    refused: its counts come in steps that cannot be repeated.
    """
    if survey.anonymous:
        raise ValueError("the counts of an anonymous survey are not counted anew")
    with transaction.atomic():
        mark, _ = FoldMark.objects.select_for_update().get_or_create(pk=1)
        ScoreCell.objects.filter(survey=survey).delete()
        waiting = completed(True).filter(survey=survey).update(folded=False)
        _grown(mark)
    return int(waiting)


class _Known:
    """What counting needs beside the responses: their questionnaires, surveys and time zones."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = list(rows)
        self.items: Mapping[int, tuple[Item, ...]] = items_of_versions({row["version_id"] for row in rows})
        self.zones: dict[int | None, str] = dict(Site.objects.values_list("pk", "timezone"))
        asked = {row["survey_id"] for row in rows}
        self.anonymous = set(Survey.objects.filter(pk__in=asked, anonymous=True).values_list("pk", flat=True))

    def contributions(self, row: Mapping[str, Any]) -> Iterable[Contribution]:
        return contributions(row["answers"], row["flags"], self.items[row["version_id"]])

    def day(self, row: Mapping[str, Any]) -> date:
        return local_day(row["completed_at"] or clock.now(), self.zones.get(row["site_id"], "UTC"))


def known(rows: Iterable[Mapping[str, Any]]) -> _Known:
    """What `counted` needs to know of `rows`."""
    return _Known(rows)


def corner_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """`DIMENSIONS` of a response: 0 or "" for none."""
    return (
        row["site_id"] or 0,
        row["team_id"] or 0,
        row["touchpoint_id"] or 0,
        row["place_id"] or 0,
        row["language"],
        row["channel"],
        row["tier"],
    )


def counted(rows: Iterable[Mapping[str, Any]], about: _Known, spans: Iterable[str] = SPANS) -> Counts:
    """What `rows` (`FIELDS`) add to the counts."""
    found: Counts = defaultdict(lambda: [0] * len(COLUMNS))
    for row in rows:
        day = about.day(row)
        corner, survey, version = corner_of(row), row["survey_id"], row["version_id"]
        # Weeks know where and from whom, not by which channel or in which language: there would be as many
        # cells as answers.
        coarse = (*corner[:3], 0, "", "", corner[-1])
        starts = [
            (span, period_of(day, span).start, coarse if span == "week" else corner)  # type: ignore[arg-type]
            for span in spans
        ]
        for question, option, column in about.contributions(row):
            for span, start, where in starts:
                found[(survey, span, start, question, option, version, *where)][column] += 1
    return found


def _add(rows: list[dict[str, Any]]) -> None:
    about = _Known(rows)
    open_ = [row for row in rows if row["survey_id"] not in about.anonymous]
    _upsert(counted(open_, about))
    hidden = [row for row in rows if row["survey_id"] in about.anonymous]
    if hidden:
        _wait(hidden, about)


def _wait(rows: list[dict[str, Any]], about: _Known) -> None:
    """Put answers to anonymous surveys with those that wait, and count every question that has ten
    together.
    """
    # A state ("did not use") is not published: it would grow in steps of its own.
    WaitingAnswer.objects.bulk_create(
        [
            WaitingAnswer(
                response_id=row["pk"],
                survey_id=row["survey_id"],
                version_id=row["version_id"],
                question=question,
                option=option,
                place_in_scale=column,
            )
            for row in rows
            for question, option, column in about.contributions(row)
            if option == "" or not option.startswith("~")
        ],
        batch_size=2000,
    )
    waiting = (
        WaitingAnswer.objects.filter(survey_id__in={row["survey_id"] for row in rows})
        .values("survey_id", "version_id", "question")
        .annotate(people=Count("response_id", distinct=True))
        .filter(people__gte=STEP)
        .order_by("survey_id", "version_id", "question")
    )
    for group in list(waiting):
        _release(group["survey_id"], group["version_id"], group["question"])


def _release(survey: int, version: int, question: str) -> None:
    rows = WaitingAnswer.objects.filter(survey_id=survey, version_id=version, question=question)
    counts: Counts = defaultdict(lambda: [0] * len(COLUMNS))
    start = release_month(survey, clock.now())
    names = ("site_id", "team_id", "touchpoint_id", "place_id", "language", "channel")
    listed = list(rows.values("pk", "option", "place_in_scale", *(f"response__{name}" for name in names)))
    for row in listed:
        corner = corner_of({name: row[f"response__{name}"] for name in names} | {"tier": ""})
        counts[(survey, "month", start, question, row["option"], version, *corner)][
            row["place_in_scale"]
        ] += 1
    _upsert(counts)
    WaitingAnswer.objects.filter(pk__in=[row["pk"] for row in listed]).delete()


def release_month(survey: int, now: datetime) -> date:
    """The month whose figures may still grow: this one by UTC, never one before what was counted already."""
    last = ScoreCell.objects.filter(survey_id=survey, span="month").aggregate(last=Max("starts_on"))["last"]
    month = period_of(local_day(now, "UTC"), "month").start
    return max(last, month) if last else month


def _upsert(counts: Counts) -> None:
    """Add to the cells, making those that are not there; in one order, so that two writers never wait in a
    ring.
    """
    if not counts:
        return
    table, quote = ScoreCell._meta.db_table, connection.ops.quote_name
    names = ", ".join(quote(name) for name in (*KEY, *COLUMNS))
    key = ", ".join(quote(name) for name in KEY)
    marks = ", ".join(["%s"] * (len(KEY) + len(COLUMNS)))
    grown = ", ".join(f"{quote(c)} = {quote(table)}.{quote(c)} + excluded.{quote(c)}" for c in COLUMNS)
    statement = (
        # Names of our own columns; the values are bound.
        f"insert into {quote(table)} ({names}) values ({marks}) on conflict ({key}) do update set {grown}"  # noqa: S608
    )
    adapted = {
        start: connection.ops.adapt_datefield_value(start) for start in {corner[2] for corner in counts}
    }
    values = [
        (survey, span, adapted[start], *rest, *counts[survey, span, start, *rest])
        for survey, span, start, *rest in sorted(counts)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _grown(mark: FoldMark) -> None:
    mark.number += 1
    mark.save(update_fields=["number"])
