"""Which responses an export holds, and their rows.

An anonymous survey gives whole days that are over, in blocks of at least ten answers: two exports never
differ
by one person. It has neither keys nor times finer than a day, and what would single somebody out is left
empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from peakend.language import Text
from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.errors import InvalidError
from peakend.server.acting.services import audit, service
from peakend.server.surveys import selectors
from peakend.server.surveys.exporting.columns import Column, columns_of
from peakend.server.surveys.models import Survey, SurveyVersion
from peakend.server.surveys.series import series_numbers

SMALLEST = 10
CHUNK = 2000
# Name, label, and where it stands in a row of the database.
ABOUT: tuple[tuple[str, Text, str], ...] = (
    ("response", Text("Response", "答卷"), "key"),
    ("customer", Text("Customer", "客户"), "customer__customer_id"),
    ("completed_at", Text("Completed at (UTC)", "完成时间（UTC）"), "completed_at"),
    ("wave", Text("Wave", "期次"), "wave__label"),
    ("site", Text("Site", "网点"), "site__code"),
    ("team", Text("Team", "班组"), "team__code"),
    ("touchpoint", Text("Touchpoint", "接触点"), "touchpoint__code"),
    ("employee", Text("Served by", "服务员工"), "employee_id"),
    ("language", Text("Language", "语言"), "language"),
    ("channel", Text("Channel", "渠道"), "channel"),
    ("version", Text("Version", "版本"), "version__number"),
    ("seconds", Text("Seconds taken", "用时（秒）"), "seconds"),
)
# What is left empty first where it would single somebody out comes last.
ABOUT_ANONYMOUS: tuple[tuple[str, Text, str], ...] = (
    ("day", Text("Day", "日期"), "day"),
    ("site", Text("Site", "网点"), "site__code"),
    ("language", Text("Language", "语言"), "language"),
    ("channel", Text("Channel", "渠道"), "channel"),
)


@dataclass(frozen=True, slots=True)
class Export:
    """An export made ready: its columns, and `rows()` that streams the cells, `about` first."""

    survey: Survey
    columns: list[Column]
    about: tuple[tuple[str, Text, str], ...]
    count: int
    responses: QuerySet[Any]
    series: dict[int, dict[str, int]]
    shown: dict[tuple[Any, ...], tuple[Any, ...]]
    last_day: date | None = None

    def names(self) -> list[str]:
        """The names of all columns; one of a question that is called like one about the response keeps
        away.
        """
        about = [name for name, _, _ in self.about]
        return [*about, *(f"{c.name}_q" if c.name.lower() in about else c.name for c in self.columns)]

    def rows(self) -> Iterator[list[Any]]:
        """The cells of one response after the other."""
        fields = [place for _, _, place in self.about]
        for row in self.responses.values("answers", "version_id", *fields).iterator(chunk_size=CHUNK):
            about = tuple(row[place] for place in fields)
            numbers = self.series.get(row["version_id"], {})
            answers = row["answers"] if isinstance(row["answers"], dict) else {}
            yield [
                *(self.shown[about] if self.survey.anonymous else about),
                *(
                    column.cell(answers) if numbers.get(column.question, -1) == column.series else None
                    for column in self.columns
                ),
            ]


@service("surveys.export")
def export_answers(
    *, actor: Actor, key: str, since: date | None = None, until: date | None = None, file: str = "csv"
) -> Export:
    """The completed answers within the actor's reach. `InvalidError` where an anonymous survey has too
    few, or a
    period is asked of it: its cuts are fixed.
    """
    survey = selectors.get_survey(actor, key)
    responses = selectors.answers_of(actor, survey)
    last_day, shown = None, {}
    if survey.anonymous:
        if since or until:
            raise _fixed()
        last_day = _last_day(responses)
        if last_day is None:
            raise _too_few()
        responses = responses.filter(completed_at__lt=_midnight(last_day + timedelta(days=1)))
        responses = responses.annotate(day=TruncDate("completed_at", tzinfo=UTC)).order_by("key")
        shown = _generalised(responses)
        about = ABOUT_ANONYMOUS
    else:
        if since:
            responses = responses.filter(completed_at__gte=_midnight(since))
        if until:
            responses = responses.filter(completed_at__lt=_midnight(until + timedelta(days=1)))
        responses, about = responses.order_by("pk"), ABOUT
    versions = list(
        SurveyVersion.objects.filter(
            pk__in=responses.order_by().values("version_id").distinct()
        ).select_related("survey")
    )
    if not versions and survey.current is not None:
        versions = [survey.current]
    export = Export(
        survey=survey,
        columns=columns_of(versions),
        about=about,
        count=responses.count(),
        responses=responses,
        series={version.pk: series_numbers(version) for version in versions},
        shown=shown,
        last_day=last_day,
    )
    audit(actor, "surveys.answers.exported", survey, count=export.count, file=file)
    return export


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _last_day(responses: QuerySet[Any]) -> date | None:
    """The last day up to which whole days fill blocks of ten; what comes after waits. None: no block is
    full.
    """
    today = clock.now().astimezone(UTC).date()
    days = (
        responses.filter(completed_at__lt=_midnight(today))
        .annotate(day=TruncDate("completed_at", tzinfo=UTC))
        .order_by("day")
        .values_list("day")
        .annotate(n=Count("pk"))
    )
    last, waiting = None, 0
    for day, n in days:
        waiting += n
        if waiting >= SMALLEST:
            last, waiting = day, 0
    return last


def _generalised(responses: QuerySet[Any]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """For every combination of what is known about a response, what may be shown of it.

    The last column is emptied where fewer than ten share the combination, then the one before it, and so on.
    """
    fields = [place for _, _, place in ABOUT_ANONYMOUS]
    counts = {
        tuple(row[:-1]): row[-1]
        for row in responses.order_by().values_list(*fields).annotate(n=Count("pk")).values_list(*fields, "n")
    }
    shown: dict[tuple[Any, ...], tuple[Any, ...]] = {one: one for one in counts}
    for place in reversed(range(len(fields))):
        sizes: Counter[tuple[Any, ...]] = Counter()
        for one, n in counts.items():
            sizes[shown[one]] += n
        for one, now in shown.items():
            if sizes[now] < SMALLEST:
                shown[one] = (*now[:place], None, *now[place + 1 :])
    return shown


def _too_few() -> InvalidError:
    return InvalidError(
        Text(
            "This survey is anonymous and has too few answers to export.",
            "此调查为匿名调查，答卷数量不足，暂不能导出。",
        ),
        Text(
            f"Answers are given out in blocks of at least {SMALLEST}, once their day is over (UTC).",
            f"答卷在当日（UTC）结束后，以至少 {SMALLEST} 份为一批导出。",
        ),
        fields=[{"field": "survey", "message": "fewer than ten answers"}],
    )


def _fixed() -> InvalidError:
    return InvalidError(
        Text("An anonymous survey is exported whole.", "匿名调查只能整体导出。"),
        Text(
            "Leave the dates empty: cuts of one's own could single somebody out.",
            "请勿指定日期：自定义时段可能暴露个人。",
        ),
        fields=[{"field": "since", "message": "not for anonymous surveys"}],
    )
