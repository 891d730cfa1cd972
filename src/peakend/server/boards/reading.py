"""Reading the counts: the folded cells and the few responses that wait, as one, by the same code and at
one moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db.models import Q, QuerySet, Sum

from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import within
from peakend.server.boards.folding import FIELDS, KEY, completed, counted, known
from peakend.server.boards.models import COLUMNS, FoldMark, ScoreCell
from peakend.server.boards.periods import Period, period_of

R = TypeVar("R")
# More than the worker folds in a moment: then the page says how many wait instead of counting them itself.
MOST_WAITING = 3000
WEEK_CUTS = ("site", "team", "touchpoint")
CUTS = ("site", "team", "touchpoint", "place", "channel", "language")
COLUMN_OF = {
    "site": "site_id",
    "team": "team_id",
    "touchpoint": "touchpoint_id",
    "place": "place_id",
    "channel": "channel",
    "language": "language",
}

Filters = Mapping[str, int | str]
Group = tuple[Any, ...]
Grouped = dict[Group, list[int]]


@dataclass(slots=True)
class Live:
    """Counts of some surveys within the actor's reach; `waiting`: how many responses are not in them yet."""

    actor: Actor
    surveys: frozenset[int]
    filters: Filters = field(default_factory=dict)
    waiting: int = 0
    _rows: list[dict[str, Any]] = field(default_factory=list)

    def load(self) -> None:
        """Read what is not folded yet. Call it once, before `grouped`."""
        waiting = chosen(
            within(self.actor, completed(False).filter(survey_id__in=self.surveys)), self.filters
        )
        # Answers to anonymous surveys wait until there are ten; they are never counted here.
        waiting = waiting.filter(survey__anonymous=False)
        self._rows = list(waiting.order_by("pk").values(*FIELDS)[: MOST_WAITING + 1])
        self.waiting = 0
        if len(self._rows) > MOST_WAITING:
            self._rows, self.waiting = [], waiting.count()

    def grouped(self, by: Sequence[str], first: Period, last: Period, question: str | None = None) -> Grouped:
        """Counts per score (`COLUMNS`) from `first` to `last` by the columns `by` of `ScoreCell`.

        `starts_on` is the period's own first day, for quarters and years too.
        """
        span = "week" if first.unit == "week" else "month"
        cells = ScoreCell.objects.filter(
            survey_id__in=self.surveys, span=span, starts_on__gte=first.start, starts_on__lt=last.end
        )
        if question is not None:
            cells = cells.filter(question=question)
        cells = chosen(within(self.actor, cells, team="team"), self.filters)
        found: Grouped = defaultdict(lambda: [0] * len(COLUMNS))
        rows = cells.order_by().values_list(*by).annotate(*(Sum(column) for column in COLUMNS))
        for row in rows:
            _add(found, _in_period(row[: len(by)], by, first), row[len(by) :])
        for corner, counts in self._tail(span, first.start, last.end, question):
            _add(found, _in_period(tuple(corner[name] for name in by), by, first), counts)
        return found

    def _tail(
        self, span: str, start: date, end: date, question: str | None
    ) -> list[tuple[dict[str, Any], list[int]]]:
        if not self._rows:
            return []
        counts = counted(self._rows, known(self._rows), (span,))
        listed = [(dict(zip(KEY, corner, strict=True)), columns) for corner, columns in counts.items()]
        return [
            (corner, columns)
            for corner, columns in listed
            if start <= corner["starts_on"] < end and question in (None, corner["question"])
        ]


def live(actor: Actor, surveys: Sequence[int], filters: Filters | None = None) -> Live:
    """Counts that are ready to be read; use it inside `steadily`."""
    found = Live(actor, frozenset(surveys), filters or {})
    found.load()
    return found


def steadily(read: Callable[[], R]) -> R:
    """The result of `read` as of one moment: it reads again when something was folded meanwhile.

    After some tries the last result stands; a response may then be missing from it until the next look.
    """
    for _ in range(5):
        before = _mark()
        found = read()
        if _mark() == before:
            break
    return found


def chosen(rows: QuerySet[Any], filters: Filters) -> QuerySet[Any]:
    """`rows` (cells or responses) of the corner that `filters` names: the primary key, or the word, of
    each cut.
    """
    wanted = Q()
    for cut, value in filters.items():
        column = COLUMN_OF[cut]
        if value == 0 and rows.model is not ScoreCell:
            wanted &= Q(**{f"{column}__isnull": True})
        else:
            wanted &= Q(**{column: value})
    return rows.filter(wanted)


def _mark() -> int:
    return FoldMark.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def _in_period(group: Group, by: Sequence[str], first: Period) -> Group:
    if "starts_on" not in by:
        return group
    place = list(by).index("starts_on")
    return (*group[:place], period_of(group[place], first.unit).start, *group[place + 1 :])


def _add(found: Grouped, group: Group, counts: Sequence[int]) -> None:
    into = found[group]
    for place, count in enumerate(counts):
        into[place] += int(count)  # PostgreSQL's sums are decimals
