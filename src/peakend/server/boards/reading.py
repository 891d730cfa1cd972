"""Reading the counts: the folded cells and the few responses that wait, as one, by the same code and at
one moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import numpy as np
from django.db.models import F, Q, QuerySet, Sum, Value

from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import within
from peakend.server.answering.models import Response
from peakend.server.boards.folding import FIELDS, KEY, completed, counted, known
from peakend.server.boards.models import COLUMNS, FoldMark, ScoreCell
from peakend.server.boards.periods import Period, period_of

R = TypeVar("R")
# More than the worker folds in a moment: then the page says how many wait instead of counting them itself.
MOST_WAITING = 3000
WEEK_CUTS = ("tier", "site", "team", "touchpoint")
CUTS = ("tier", "site", "team", "touchpoint", "place", "channel", "language")
COLUMN_OF = {
    "tier": "tier",
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
        waiting = chosen(unfolded(self.actor, self.surveys), self.filters)
        self._rows = list(waiting.order_by("pk").values(*FIELDS)[: MOST_WAITING + 1])
        self.waiting = 0
        if len(self._rows) > MOST_WAITING:
            self._rows, self.waiting = [], waiting.count()

    def grouped(self, by: Sequence[str], first: Period, last: Period, question: str | None = None) -> Grouped:
        """Counts per score (`COLUMNS`) from `first` to `last` by the columns `by` of `ScoreCell`.

        `starts_on` is the period's own first day, for quarters and years too.
        """
        questions = None if question is None else {question}
        found: Grouped = defaultdict(lambda: [0] * len(COLUMNS))
        cells = self._cells(first, last, questions)
        for row in cells.values_list(*by).annotate(*(Sum(column) for column in COLUMNS)):
            _add(found, _in_period(row[: len(by)], by, first), row[len(by) :])
        for corner, counts in self._tail(first, last, questions):
            _add(found, _in_period(tuple(corner[name] for name in by), by, first), counts)
        return found

    def by_cut(
        self,
        common: Sequence[str],
        cuts: Sequence[str],
        first: Period,
        last: Period,
        questions: Collection[str],
    ) -> Grouped:
        """Counts of `questions` by the columns `common` and every cut alone: (cut, *common, value) each.

        The cells know their whole corner. There are tens of thousands; they are read once and added up in
        arrays.
        """
        by = (*common, *(COLUMN_OF[cut] for cut in cuts))
        rows = list(self._cells(first, last, questions).values_list(*by, *COLUMNS))
        tail = self._tail(first, last, questions)
        rows += [(*(corner[name] for name in by), *counts) for corner, counts in tail]
        given = [row[: len(common)] for row in rows]
        periods = {head: _in_period(head, common, first) for head in set(given)}
        heads = [periods[head] for head in given]
        counts = np.array([row[len(by) :] for row in rows], dtype=np.int64).reshape(-1, len(COLUMNS))
        found: Grouped = {}
        for place, cut in enumerate(cuts, len(common)):
            groups: dict[Group, int] = {}
            where = [
                groups.setdefault((cut, *head, row[place]), len(groups))
                for head, row in zip(heads, rows, strict=True)
            ]
            summed = np.zeros((len(groups), len(COLUMNS)), dtype=np.int64)
            np.add.at(summed, where, counts)
            found |= zip(groups, summed.tolist(), strict=True)
        return found

    def _cells(self, first: Period, last: Period, questions: Collection[str] | None) -> QuerySet[ScoreCell]:
        cells = ScoreCell.objects.filter(
            survey_id__in=self.surveys,
            span=_span(first),
            starts_on__gte=first.start,
            starts_on__lt=last.end,
        )
        if questions is not None:
            cells = cells.filter(question__in=questions)
        return chosen(within(self.actor, cells, team="team"), self.filters).order_by()

    def _tail(
        self, first: Period, last: Period, questions: Collection[str] | None
    ) -> list[tuple[dict[str, Any], list[int]]]:
        if not self._rows:
            return []
        counts = counted(self._rows, known(self._rows), (_span(first),))
        listed = [(dict(zip(KEY, corner, strict=True)), columns) for corner, columns in counts.items()]
        return [
            (corner, columns)
            for corner, columns in listed
            if first.start <= corner["starts_on"] < last.end
            and (questions is None or corner["question"] in questions)
        ]


def live(actor: Actor, surveys: Sequence[int], filters: Filters | None = None) -> Live:
    """Counts that are ready to be read; use it inside `steadily`."""
    found = Live(actor, frozenset(surveys), filters or {})
    found.load()
    return found


def tiers_of(actor: Actor, surveys: Sequence[int], first: Period, last: Period) -> set[str]:
    """The tiers of those who answered from `first` to `last`, whatever is filtered; "" for none stated."""
    starts, one = [], Period(first.start, _span(first))
    while one.start < last.end:
        starts.append(one.start)
        one = one.back(-1)
    # Every start by itself: so the key of the cells is searched, not read from end to end.
    cells = ScoreCell.objects.filter(survey_id__in=surveys, span=one.unit, starts_on__in=starts, question="")
    found = set(within(actor, cells, team="team").order_by().values_list("tier", flat=True).distinct())
    return found | set(unfolded(actor, surveys).order_by().values_list("tier", flat=True).distinct())


def unfolded(actor: Actor, surveys: Collection[int]) -> QuerySet[Response]:
    """Responses within reach that wait to be counted.

    Those of anonymous surveys are not among them: they wait until there are ten.
    """
    # The sum hides the survey from the planner: SQLite would read every response of it rather than the small
    # index of those that wait.
    rows = completed(False).alias(of_survey=F("survey_id") + Value(0)).filter(of_survey__in=surveys)
    return within(actor, rows.filter(survey__anonymous=False))


def _span(period: Period) -> Literal["week", "month"]:
    return "week" if period.unit == "week" else "month"


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
