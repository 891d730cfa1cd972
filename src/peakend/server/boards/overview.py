"""The main figure of every survey one sees, and what moved among all of them: for the start page and the
list of boards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from peakend.server.acting import clock
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import require, within
from peakend.server.answering.models import Response
from peakend.server.boards.behind import Line, lines, related
from peakend.server.boards.dashboards import Part, PartRow, mixes_of, shifts_of
from peakend.server.boards.findings import Moved, moved
from peakend.server.boards.mixing import Shift
from peakend.server.boards.models import COLUMNS
from peakend.server.boards.options import named, today
from peakend.server.boards.periods import Period, period_of
from peakend.server.boards.policies import READ
from peakend.server.boards.protecting import published_totals
from peakend.server.boards.reading import Grouped, Live, live, steadily
from peakend.server.boards.scoring import Score, Tally, judged_with, scores, tally
from peakend.server.boards.subjects import Asked, Board, boards

ENOUGH = 30
MOST_BOARDS = 60
# Of a board, beside its main one: those of every tier are compared too.
MOST_ITEMS = 12
_CUTS = ("tier", "touchpoint", "team", "site")


@dataclass(frozen=True, slots=True)
class Summary:
    """A board by its main item; `score` is None where it has none or the actor may not see it."""

    board: Board
    asked: Asked | None
    score: Score | None

    @property
    def n(self) -> int:
        """Answers."""
        return self.score.n if self.score else 0


@dataclass(frozen=True, slots=True)
class Change:
    """What moved on a board."""

    board: Board
    asked: Asked
    moved: Moved


@dataclass(frozen=True, slots=True)
class Overview:
    """`summaries` with the most answers first; `changes` beyond chance, the worst first; `compared`: how
    many were.
    """

    period: Period
    summaries: tuple[Summary, ...]
    changes: tuple[Change, ...]
    compared: int
    responses: int


def overview(actor: Actor) -> Overview:
    """This month, or the last while this one has too few answers to say anything."""
    require(actor, READ)
    listed = boards(actor)[:MOST_BOARDS]
    month = period_of(today(), "month")
    open_ = [one for one in listed if not one.anonymous]
    surveys = [survey.pk for one in open_ for survey in one.surveys]

    def read() -> tuple[Period, Grouped, Grouped, Grouped, Live]:
        counts = live(actor, surveys)
        period = month
        whole = counts.grouped(
            ("starts_on", "survey_id", "question", "version_id", "option"), period.back(2), period
        )
        here, earlier = (_responses(whole, one) for one in (period, period.before))
        if here < ENOUGH and earlier > here:
            period = period.before
        by = ("starts_on", "survey_id", "question", "version_id", "option")
        keys = {one.scored[0].key for one in open_ if one.scored}
        parts = counts.by_cut(by, _CUTS, period.before, period, keys)
        others = any(len(one.scored) > 1 for one in open_)
        tiers = counts.grouped((*by, "tier"), period.before, period) if others else {}
        return period, whole, parts, tiers, counts

    period, whole, parts, tiers, _ = steadily(read)
    summaries, changes, compared = _judge(open_, period, whole, parts, tiers)
    summaries += [_anonymous(actor, one, month) for one in listed if one.anonymous]
    summaries.sort(key=lambda one: -one.n)
    return Overview(period, tuple(summaries), tuple(changes), compared, _responses(whole, period))


def _responses(rows: Grouped, period: Period) -> int:
    return sum(
        columns[0]
        for (start, _, question, _, option), columns in rows.items()
        if start == period.start and not question and not option
    )


# A board, its item, and the score of a part (cut and value; empty for the whole).
_Row = tuple[Board, Asked | None, str, int | str, Score | None]
# By the board's key and the cut, of its main item.
_Shifts = dict[tuple[str, str], Shift]


def _judge(
    listed: Sequence[Board], period: Period, whole: Grouped, parts: Grouped, tiers: Grouped
) -> tuple[list[Summary], list[Change], int]:
    """Scores of all boards and their parts, with verdicts of one family.

    The main item is cut every way; the others as a whole and by tier: what fell among the most valuable
    customers may be fine on average, and in everything but one item.
    """
    found: list[_Row] = []
    shifts: _Shifts = {}
    whole_of, tiers_of = _by_question(whole), _by_question(tiers)
    for board in listed:
        asked = next(iter(board.scored), None)
        if asked is None:
            found.append((board, None, "", 0, None))
            continue
        now, before = (_tally(asked, board, whole, when) for when in (period, period.before))
        here = _by_cut(asked, board, parts, period)
        there = _by_cut(asked, board, parts, period.before)
        keys = [key for key in here if sum(1 for other in here if other[0] == key[0]) > 1]
        listed_scores = scores(
            asked.item, [now, *(here[key] for key in keys)], [before, *(there.get(key, {}) for key in keys)]
        )
        found.append((board, asked, "", 0, listed_scores[0]))
        found += [(board, asked, *key, score) for key, score in zip(keys, listed_scores[1:], strict=True)]
        for other in board.scored[1 : MOST_ITEMS + 1]:
            key = other.key
            found += _by_tier(other, board, period, whole_of.get(key, {}), tiers_of.get(key, {}))
        cuts = list(dict.fromkeys(cut for cut, _ in keys))
        shifts |= {(board.key, cut): one for cut, one in shifts_of(asked, cuts, here, there).items()}
    judged, p_of_shifts = judged_with(
        [row[4] for row in found if row[4] is not None], [one.p for one in shifts.values()]
    )
    told = iter(judged)
    rows = [(*row[:4], next(told) if row[4] is not None else None) for row in found]
    summaries = [
        Summary(board, asked, score)
        for board, asked, cut, _, score in rows
        if not cut and asked == next(iter(board.scored), None)
    ]
    compared = sum(1 for row in rows if row[4] is not None and row[4].raw_p is not None)
    changes = _changes(rows, shifts, dict(zip(shifts, p_of_shifts, strict=True)))
    return summaries, changes, compared + len(shifts)


def _changes(
    rows: Sequence[_Row], shifts: _Shifts, adjusted: Mapping[tuple[str, str], float]
) -> list[Change]:
    names = {cut: named(cut, {row[3] for row in rows if row[2] == cut}) for cut in _CUTS}
    by_item: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        if row[1] is not None:
            by_item.setdefault((row[0].key, row[1].key), []).append(row)
    found: list[Change] = []
    for (key, _), mine in by_item.items():
        board, asked, _, _, whole = mine[0]
        if asked is None or whole is None:
            continue
        main = asked == board.scored[0]
        here = {cut: one for (of, cut), one in shifts.items() if of == key and main}
        mixes = mixes_of({cut: adjusted[key, cut] for cut in here}, here)
        parts = [
            Part(cut, tuple(PartRow(names[cut][v], score) for _, _, of, v, score in mine
                            if of == cut and score is not None and v in names[cut]), mixes.get(cut))
            for cut in _CUTS
        ]  # fmt: skip
        given = [part for part in parts if part.rows]
        found += [Change(board, asked, one) for one in moved(whole, given, "" if main else asked.label)]
    return sorted(found, key=lambda one: one.moved.order)


def _by_question(rows: Grouped) -> dict[str, Grouped]:
    """`rows` by their question, so that not every item reads the rows of all."""
    found: dict[str, Grouped] = {}
    for head, columns in rows.items():
        found.setdefault(head[2], {})[head] = columns
    return found


def _by_tier(asked: Asked, board: Board, period: Period, whole: Grouped, tiers: Grouped) -> list[_Row]:
    """An item beside the main one: the whole, and every tier where there are several."""
    now, before = (_tally(asked, board, whole, when) for when in (period, period.before))
    if not now:
        return []
    cut = {("tier", *head): columns for head, columns in tiers.items()}
    here, there = (_by_cut(asked, board, cut, when) for when in (period, period.before))
    keys = list(here) if len(here) > 1 else []
    listed = scores(
        asked.item, [now, *(here[key] for key in keys)], [before, *(there.get(key, {}) for key in keys)]
    )
    parts = [(board, asked, *key, score) for key, score in zip(keys, listed[1:], strict=True)]
    return [(board, asked, "", 0, listed[0]), *parts]


def _tally(asked: Asked, board: Board, rows: Grouped, period: Period) -> Tally:
    mine = {survey.pk for survey in board.surveys}
    counts: dict[tuple[str, ...], list[int]] = {}
    for (start, survey, question, version, option), columns in rows.items():
        if start == period.start and survey in mine and question == asked.key and version in asked.versions:
            _join(counts, option, columns)
    return tally(asked.item, counts)


def _by_cut(asked: Asked, board: Board, rows: Grouped, period: Period) -> dict[tuple[str, int | str], Tally]:
    mine = {survey.pk for survey in board.surveys}
    counts: dict[tuple[str, int | str], dict[tuple[str, ...], list[int]]] = {}
    for (cut, start, survey, question, version, option, value), columns in rows.items():
        if (
            start != period.start
            or survey not in mine
            or question != asked.key
            or version not in asked.versions
        ):
            continue
        _join(counts.setdefault((cut, value), {}), option, columns)
    return {key: found for key, one in counts.items() if (found := tally(asked.item, one))}


def _join(counts: dict[tuple[str, ...], list[int]], option: str, columns: Sequence[int]) -> None:
    into = counts.setdefault((option,), [0] * len(COLUMNS))
    for place, count in enumerate(columns):
        into[place] += count


def _anonymous(actor: Actor, board: Board, month: Period) -> Summary:
    asked = next(iter(board.scored), None)
    if asked is None:
        return Summary(board, None, None)
    survey = board.surveys[0].pk
    totals = published_totals(actor, survey, [asked], month.back(2), month)
    latest = max((when for _, when in totals), default=month)
    now, before = (totals.get((asked.key, when), {}) for when in (latest, latest.before))
    return Summary(board, asked, scores(asked.item, [now], [before])[0] if now else None)


def latest_words(actor: Actor, listed: Sequence[Board], most: int = 5) -> list[Line]:
    """The latest words of customers within reach, of the last 60 days."""
    since = clock.now() - timedelta(days=60)
    found: list[Line] = []
    for board in [one for one in listed if not one.anonymous and one.texts][:6]:
        rows = within(
            actor, Response.objects.filter(survey__in=[s.pk for s in board.surveys], state="completed")
        )
        rows = related(rows.filter(completed_at__gte=since)).order_by("-completed_at")[: most * 8]
        found += [
            line for line in lines(actor, board, rows, None) if line.words and "robot" not in line.flags
        ]
    return sorted(found, key=lambda line: line.at, reverse=True)[:most]
