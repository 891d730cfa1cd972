"""One board put together: key figures, the chosen item over time and by part, its distribution, choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from peakend.feedback.intervals import wilson
from peakend.server.acting.actors import Actor
from peakend.server.acting.policies import require
from peakend.server.boards.counting import ROBOT
from peakend.server.boards.folding import STEP
from peakend.server.boards.mixing import Shift, shift
from peakend.server.boards.models import COLUMNS
from peakend.server.boards.options import CUT_NAMES, Named, Options, named
from peakend.server.boards.periods import SHOWN, Period
from peakend.server.boards.policies import READ
from peakend.server.boards.protecting import CUTS as FIXED_CUTS
from peakend.server.boards.protecting import NOTHING, published, published_totals
from peakend.server.boards.reading import CUTS, WEEK_CUTS, Grouped, live, steadily
from peakend.server.boards.scoring import MINIMUM, Score, Tally, judged, judged_with, scores, tally
from peakend.server.boards.subjects import Asked, Board
from peakend.server.web.say import picked

KEY_FIGURES = 6
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Mix:
    """A change of the whole that comes from who answered: most from `value`, whose share of the answers
    changed.
    """

    cut: str
    value: Named
    share_before: float
    share: float
    p: float


@dataclass(frozen=True, slots=True)
class PartRow:
    """One value of a cut with its score."""

    value: Named
    score: Score


@dataclass(frozen=True, slots=True)
class Part:
    """The chosen item by one cut, the lowest first.

    `mix`: what the shares of its values did to the whole, where that is beyond chance.
    """

    cut: str
    rows: tuple[PartRow, ...]
    mix: Mix | None = None

    @property
    def title(self) -> str:
        """The name of the cut."""
        from peakend.server.web.say import told

        return told(CUT_NAMES[self.cut])

    @property
    def shown(self) -> tuple[PartRow, ...]:
        """Rows with a value."""
        return tuple(row for row in self.rows if not row.score.hidden)


@dataclass(frozen=True, slots=True)
class OptionRow:
    """How many chose an option: a share (0 to 1) of those who answered, with Wilson's interval."""

    code: str
    label: str
    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ChoiceTable:
    """A question with options; empty rows where fewer than ten answered."""

    asked: Asked
    n: int
    rows: tuple[OptionRow, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What a board shows. `trend` runs up to the period; `score` is that of the chosen item, if it has one.

    `robots` were left out, `waiting` are answered but not counted yet. `growing`, `refused`: see
    `protecting`.
    """

    board: Board
    options: Options
    responses: int
    robots: int
    waiting: int
    figures: tuple[tuple[Asked, Score], ...]
    score: Score | None
    trend: tuple[tuple[Period, Score], ...]
    parts: tuple[Part, ...]
    choices: tuple[ChoiceTable, ...] = ()
    growing: bool = False
    refused: tuple[str, ...] = field(default=())

    @property
    def item(self) -> Asked | None:
        """The chosen item, where it has a score."""
        return self.options.item if self.options.item and self.options.item.item.metric else None


def dashboard(actor: Actor, board: Board, options: Options) -> Dashboard:
    """`board` as `actor` sees it."""
    require(actor, READ)
    return _protected(actor, board, options) if board.anonymous else _open(actor, board, options)


@dataclass(frozen=True, slots=True)
class _Counts:
    trend: Grouped
    parts: Grouped
    waiting: int


_TREND = ("starts_on", "question", "version_id", "option")
_PARTS = ("starts_on", "version_id", "option")


def cuts_of(period: Period) -> tuple[str, ...]:
    """The cuts that are counted in such a period."""
    return WEEK_CUTS if period.unit == "week" else CUTS


def _open(actor: Actor, board: Board, options: Options) -> Dashboard:
    period, item = options.period, options.item
    first = period.back(SHOWN[period.unit] - 1)

    def read() -> _Counts:
        counts = live(actor, [survey.pk for survey in board.surveys], options.keys)
        parts: Grouped = {}
        if item is not None and item.item.metric:
            parts = counts.by_cut(_PARTS, cuts_of(period), period.before, period, {item.key})
        return _Counts(counts.grouped(_TREND, first, period), parts, counts.waiting)

    found = steadily(read)
    tallies = _tallies(board, found.trend)
    figures = _figures(board, tallies, period)
    score: Score | None = None
    parts: tuple[Part, ...] = ()
    if item is not None and item.item.metric:
        score, parts, shifts = _parts(item, found.parts, options, tallies)
        figures, parts = _one_family(item, figures, parts, shifts)
        score = next((one for asked, one in figures if asked.key == item.key), score)
    return Dashboard(
        board=board,
        options=options,
        responses=_total(found.trend, period, ""),
        robots=_total(found.trend, period, ROBOT),
        waiting=found.waiting,
        figures=tuple(figures),
        score=score,
        trend=_trend(item, tallies, first, period),
        parts=parts,
        choices=_choices(board, found.trend, period),
    )


# By item and the first day of a period.
Tallies = Mapping[tuple[str, date], Tally]


def _tallies(board: Board, rows: Grouped) -> dict[tuple[str, date], Tally]:
    by_key = {one.key: one for one in board.scored}
    found: dict[tuple[str, date], dict[tuple[str, ...], list[int]]] = {}
    for (start, question, version, option), counts in rows.items():
        asked = by_key.get(question)
        if asked is None or version not in asked.versions:
            continue
        into = found.setdefault((question, start), {}).setdefault((option,), [0] * len(COLUMNS))
        for place, count in enumerate(counts):
            into[place] += count
    return {key: tally(by_key[key[0]].item, options) for key, options in found.items()}


def _figures(board: Board, tallies: Tallies, period: Period) -> list[tuple[Asked, Score]]:
    found = []
    for asked in board.scored:
        now = tallies.get((asked.key, period.start), {})
        before = tallies.get((asked.key, period.before.start), {})
        found.append((asked, scores(asked.item, [now], [before])[0]))
    return found


def _one_family(
    item: Asked,
    figures: Sequence[tuple[Asked, Score]],
    parts: Sequence[Part],
    shifts: Mapping[str, Shift],
) -> tuple[list[tuple[Asked, Score]], tuple[Part, ...]]:
    """Verdicts of everything the page compares in one metric, corrected together."""
    metric = item.item.metric
    same = [place for place, (asked, _) in enumerate(figures) if asked.item.metric == metric]
    listed = [figures[place][1] for place in same] + [row.score for part in parts for row in part.rows]
    scored, p_of_shifts = judged_with(listed, [one.p for one in shifts.values()])
    told, mixes = iter(scored), mixes_of(dict(zip(shifts, p_of_shifts, strict=True)), shifts)
    shown = list(figures)
    for place in same:
        shown[place] = (figures[place][0], next(told))
    made = tuple(
        Part(part.cut, tuple(PartRow(row.value, next(told)) for row in part.rows), mixes.get(part.cut))
        for part in parts
    )
    for other in {asked.item.metric for asked, _ in shown} - {metric}:
        places = [place for place, (asked, _) in enumerate(shown) if asked.item.metric == other]
        for place, one in zip(places, judged([shown[place][1] for place in places]), strict=True):
            shown[place] = (shown[place][0], one)
    return shown, made


def mixes_of(adjusted: Mapping[str, float], shifts: Mapping[str, Shift]) -> dict[str, Mix]:
    """Shifts by cut that are beyond chance and explain the change of the whole, with names."""
    found = {}
    for cut, one in shifts.items():
        if adjusted[cut] <= ALPHA and one.explains:
            name = named(cut, {one.value}).get(one.value)
            if name is not None:
                found[cut] = Mix(cut, name, one.share_before, one.share, adjusted[cut])
    return found


def _parts(
    item: Asked, rows: Grouped, options: Options, tallies: Tallies
) -> tuple[Score, tuple[Part, ...], dict[str, Shift]]:
    period = options.period
    now: dict[tuple[str, int | str], dict[tuple[str, ...], list[int]]] = {}
    before: dict[tuple[str, int | str], dict[tuple[str, ...], list[int]]] = {}
    for (cut, start, version, option, value), counts in rows.items():
        if version not in item.versions:
            continue
        side = now if start == period.start else before
        into = side.setdefault((cut, value), {}).setdefault((option,), [0] * len(COLUMNS))
        for place, count in enumerate(counts):
            into[place] += count
    here = {key: tally(item.item, found) for key, found in now.items()}
    there = {key: tally(item.item, found) for key, found in before.items()}
    keys = [key for key in here if here[key] and key[0] not in options.keys]
    several = [key for key in keys if sum(1 for other in keys if other[0] == key[0]) > 1]
    total = tallies.get((item.key, period.start), {})
    earlier = tallies.get((item.key, period.before.start), {})
    whole, *found_scores = scores(
        item.item,
        [total, *(here[key] for key in several)],
        [earlier, *(there.get(key, {}) for key in several)],
    )
    parts = _named_parts(dict(zip(several, found_scores, strict=True)), CUTS)
    return whole, parts, shifts_of(item, [part.cut for part in parts], here, there)


def shifts_of(
    item: Asked,
    cuts: Sequence[str],
    now: Mapping[tuple[str, int | str], Tally],
    before: Mapping[tuple[str, int | str], Tally],
) -> dict[str, Shift]:
    """What the shares of every cut of `cuts` did to the whole, from tallies by (cut, value)."""
    found = {}
    for cut in cuts:
        here, there = (
            {value: one for (of, value), one in side.items() if of == cut} for side in (now, before)
        )
        one = shift(item.item, here, there)
        if one is not None:
            found[cut] = one
    return found


def _named_parts(found: Mapping[tuple[str, int | str], Score], cuts: Sequence[str]) -> tuple[Part, ...]:
    parts = []
    for cut in cuts:
        mine = {value: score for (of, value), score in found.items() if of == cut}
        names = named(cut, set(mine)) if mine else {}
        rows = [PartRow(names[value], score) for value, score in mine.items() if value in names]
        rows.sort(key=lambda row: (row.score.value is None, row.score.value or 0, row.value.name))
        if rows:
            parts.append(Part(cut, tuple(rows)))
    return tuple(parts)


def _trend(
    item: Asked | None, tallies: Tallies, first: Period, last: Period
) -> tuple[tuple[Period, Score], ...]:
    if item is None or not item.item.metric:
        return ()
    periods = [last.back(step) for step in range(SHOWN[last.unit])][::-1]
    found = [tallies.get((item.key, one.start), {}) for one in periods]
    listed = scores(item.item, found, [{}, *found[:-1]])
    return tuple((one, score) for one, score in zip(periods, listed, strict=True) if score.n)


def _total(rows: Grouped, period: Period, option: str) -> int:
    return sum(
        counts[0]
        for (start, question, _, named_), counts in rows.items()
        if start == period.start and not question and named_ == option
    )


def _choices(board: Board, rows: Grouped, period: Period) -> tuple[ChoiceTable, ...]:
    found = []
    for asked in board.chosen:
        counts: dict[str, int] = {}
        for (start, question, version, option), columns in rows.items():
            if start == period.start and question == asked.key and version in asked.versions:
                counts[option] = counts.get(option, 0) + columns[0]
        base = counts.get("", 0)
        if base:
            found.append(ChoiceTable(asked, base, _option_rows(asked, counts, base)))
    return tuple(found)


def _option_rows(asked: Asked, counts: Mapping[str, int], base: int) -> tuple[OptionRow, ...]:
    if base < MINIMUM:
        return ()
    rows = []
    for option in asked.item.question.options:
        n = counts.get(option.code, 0)
        low, high = wilson(n / base, base)
        rows.append(
            OptionRow(option.code, picked(option.text) or option.code, n, n / base, float(low), float(high))
        )
    return tuple(sorted(rows, key=lambda row: -row.n))


def _protected(actor: Actor, board: Board, options: Options) -> Dashboard:
    """The board of an anonymous survey: published figures only."""
    period, item, survey = options.period, options.item, board.surveys[0].pk
    first = period.back(SHOWN[period.unit] - 1)
    totals = published_totals(actor, survey, board.scored, first, period)
    tallies = {(key, month.start): one for (key, month), one in totals.items()}
    figures = _figures(board, tallies, period)
    shown = NOTHING
    parts: tuple[Part, ...] = ()
    if item is not None and item.item.metric:
        shown = published(actor, survey, item, period)
        before = published(actor, survey, item, period.before)
        parts = _published_parts(item, shown.parts, before.parts)
        # Shares of groups that may be hidden are not worked with.
        figures, parts = _one_family(item, figures, parts, {})
    return Dashboard(
        board=board,
        options=options,
        responses=max((score.n for _, score in figures), default=0),
        robots=0,
        waiting=0,
        figures=tuple((asked, score) for asked, score in figures if score.n >= STEP),
        score=next((one for asked, one in figures if item and asked.key == item.key and one.n), None),
        trend=_trend(item, tallies, first, period),
        parts=parts,
        growing=shown.growing,
        refused=shown.refused,
    )


def _published_parts(
    item: Asked,
    now: Mapping[str, Mapping[int | str, Tally | None]],
    before: Mapping[str, Mapping[int | str, Tally | None]],
) -> tuple[Part, ...]:
    keys = [(cut, value) for cut in now for value in now[cut]]
    here = [now[cut][value] or {} for cut, value in keys]
    there = [(before.get(cut) or {}).get(value) or {} for cut, value in keys]
    return _named_parts(dict(zip(keys, scores(item.item, here, there), strict=True)), FIXED_CUTS)
