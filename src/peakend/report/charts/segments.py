"""The score of the whole by segment, in the fixed cuts that were declared: who feels differently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.score_rows import CES, CSAT, NPS, RATING, Measure, Reading, Row
from peakend.report.charts.score_words import base_and_interval, hidden_words, whole_figure
from peakend.report.finding import Figure, Finding, NextStep, Tone
from peakend.report.lettering import shortened_to
from peakend.report.numbers import listing, number
from peakend.report.standing import pairs, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

FEW = 3
MOST_ROWS = 24


@dataclass(frozen=True, slots=True)
class _Segment:
    row: Row
    name: str
    cut: str
    score: Reading


@dataclass(frozen=True, slots=True)
class _View:
    """Segments by cut, best first; the positions (in `segments`) that stand clearly low or high."""

    measure: Measure
    period: str
    segments: list[_Segment]
    hidden: list[str]
    low: frozenset[int]
    high: frozenset[int]
    whole: Row | None


class Segments:
    """One chart: of the first measure, in the order of `measures`, that has a whole and segments."""

    needs = tuple(measure.table for measure in (NPS, RATING, CSAT, CES))
    measures = (NPS, RATING, CSAT, CES)
    by_programme = True

    def _view(self, basis: Basis, language: Language) -> _View | None:
        for measure in self.measures:
            rows = [
                row
                for row in rows_of.in_segments(basis[measure.table])
                if row["overall"] or not row["touchpoint_id"]
            ]
            period, of_period = rows_of.latest(rows, measure)
            asked = rows_of.whole(of_period)
            if asked:
                chosen = [row for row in of_period if row["question_id"] == asked["question_id"]]
                everybody = rows_of.of_period(rows_of.everybody(basis[measure.table]), period)
                whole = next((row for row in everybody if row["question_id"] == asked["question_id"]), None)
                return _view(measure, period, chosen, whole, basis, language)
        return None

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis, language)
        if view is None or len(view.segments) < 2:
            return None
        least = basis.settings.minimum_base
        return Finding(
            headline=_headline(view, language),
            lede=_lede(view, language),
            figures=_figures(view, basis, language),
            reading=_reading(view, basis, language),
            caution=("" if language == "zh" else " ").join(
                words
                for words in (
                    Text(
                        "Segments differ in much more than their name: a difference is not an effect of "
                        "belonging.",
                        "分群之间的差别远不止名称：得分不同并不是“属于该群”造成的。",
                    ).in_(language),
                    hidden_words(view.hidden, least, language),
                )
                if words
            ),
            next_step=_next_step(view, language),
            weight=65 if view.low else 15,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis, language)
        if view is None or len(view.segments) < 2:
            return None
        rows: list[Dot] = []
        cut = None
        for index in _drawn(view):
            segment = view.segments[index]
            if segment.cut != cut:
                cut = segment.cut
                rows.append(Dot(cut, heading=True))
            rows.append(_dot(view, index, language))
        measure = view.measure
        limits = rows_of.scale(segment.row for segment in view.segments)
        if measure is NPS or measure.per_cent:
            limits = (-100.0 if measure is NPS else 0.0, 100.0)
        return dots(
            rows,
            width,
            language,
            decimals=measure.decimals,
            suffix=measure.suffix,
            limits=limits,
            base_title=Text("answers", "答案数"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        view = self._view(basis, "en")
        if view is None:
            return self.needs[0], basis[self.needs[0]].slice(0, 0)
        rows = [dict(segment.row) for segment in view.segments]
        return view.measure.table, pa.Table.from_pylist(rows, schema=basis[view.measure.table].schema)


SEGMENTS = Segments()


def _view(
    measure: Measure, period: str, rows: Sequence[Row], whole: Row | None, basis: Basis, language: Language
) -> _View:
    scored = [(row, rows_of.reading(row, measure)) for row in rows]

    def named(row: Row) -> tuple[str, str]:
        cut, key = row["segmentation"], row["segment"]
        return basis.segment(cut, key, language), basis.cut(cut, language)

    shown = [_Segment(row, *named(row), score) for row, score in scored if score]
    # A segment without another of its cut beside it compares with nothing.
    sizes = Counter(one.cut for one in shown)
    shown = [one for one in shown if sizes[one.cut] > 1]
    shown.sort(key=lambda one: (one.cut, -one.score.value, one.name))
    cuts = list(dict.fromkeys(one.cut for one in shown))
    looks = sum(pairs(sum(one.cut == cut for one in shown)) for cut in cuts)
    low: set[int] = set()
    high: set[int] = set()
    # Every pair of every cut is looked at, and corrected for together.
    for cut in cuts:
        places = [index for index, one in enumerate(shown) if one.cut == cut]
        scores = [(shown[i].score.value, shown[i].score.low, shown[i].score.high) for i in places]
        stand = standing(scores, confidence=basis.settings.confidence, looks=looks)
        low.update(places[index] for index in stand.lowest)
        high.update(places[index] for index in stand.highest)
    brackets = "{} ({})" if language == "en" else "{}（{}）"
    hidden = sorted(brackets.format(*named(row)) for row, score in scored if not score)
    return _View(measure, period, shown, hidden, frozenset(low), frozenset(high), whole)


def _drawn(view: _View) -> list[int]:
    """The positions that fit one drawing: whole cuts, those with something to see first."""
    cuts = list(dict.fromkeys(one.cut for one in view.segments))
    marked = {view.segments[index].cut for index in view.low | view.high}
    chosen: list[int] = []
    for cut in sorted(cuts, key=lambda name: (name not in marked, cuts.index(name))):
        places = [index for index, one in enumerate(view.segments) if one.cut == cut]
        if not chosen or len(chosen) + len(places) <= MOST_ROWS:
            chosen += places[:MOST_ROWS]
    return sorted(chosen)


def _dot(view: _View, index: int, language: Language) -> Dot:
    segment = view.segments[index]
    score = segment.score
    tone: Tone = "act" if index in view.low else "good" if index in view.high else "plain"
    two = sum(one.cut == segment.cut for one in view.segments) == 2
    low_word = Text("lower", "较低") if two else Text("lowest", "最低")
    high_word = Text("higher", "较高") if two else Text("highest", "最高")
    word = {"act": low_word, "good": high_word}.get(tone)
    return Dot(
        segment.name,
        score.value,
        score.low,
        score.high,
        number(score.n),
        tone,
        word.in_(language) if word else "",
    )


def _gap(view: _View, index: int) -> float:
    return abs(view.segments[index].score.value - _middle(view))


def _middle(view: _View) -> float:
    whole = rows_of.reading(view.whole, view.measure) if view.whole else None
    if whole:
        return whole.value
    return sum(one.score.value for one in view.segments) / len(view.segments)


def _headline(view: _View, language: Language) -> str:
    name = view.measure.name
    if view.low:
        first = max(view.low, key=lambda index: _gap(view, index))
        cut = view.segments[first].cut
        group = [i for i in sorted(view.low) if view.segments[i].cut == cut]
        end = Text("lowest", "最低")
    elif view.high:
        first = max(view.high, key=lambda index: _gap(view, index))
        cut = view.segments[first].cut
        group = [i for i in sorted(view.high) if view.segments[i].cut == cut]
        end = Text("highest", "最高")
    else:
        return Text("No segment stands clearly apart from the others", "没有分群与其他分群明显不同").in_(
            language
        )
    of_cut = [one for one in view.segments if one.cut == cut]
    if len(of_cut) == 2:
        return _of_two(of_cut, view.measure, language)
    names = [shortened_to(view.segments[index].name, 40) for index in group[:FEW]]
    if len(group) > FEW:
        names[-1] = Text(f"{len(group) - FEW + 1} more", f"另外 {len(group) - FEW + 1} 个").in_(language)
    return Text(
        f"By {cut[:1].lower() + cut[1:]}, the {name.en} is {end.en} for {listing(names, 'en')}",
        f"按“{cut}”划分，{listing(names, 'zh')}的{name.zh}{end.zh}",
    ).in_(language)


def _of_two(segments: Sequence[_Segment], measure: Measure, language: Language) -> str:
    """The sentence for a cut with two segments, best first: lower, not lowest."""
    upper, lower = (shortened_to(one.name, 40) for one in segments)
    cut = segments[0].cut
    return Text(
        f"By {cut[:1].lower() + cut[1:]}, the {measure.name.en} is lower for {lower} than for {upper}",
        f"按“{cut}”划分，“{lower}”的{measure.name.zh}低于“{upper}”",
    ).in_(language)


def _lede(view: _View, language: Language) -> str:
    cuts = {one.cut for one in view.segments}
    when = rows_of.when(view.period, language)
    first = Text(
        f"{f'In {when}, ' if when else ''}{len(view.segments)} segments in {len(cuts)} "
        f"fixed {'cut' if len(cuts) == 1 else 'cuts'} have enough answers.",
        f"{f'{when}，' if when else ''}{len(cuts)} 种固定划分中有 {len(view.segments)} 个分群的答案足够。",
    )
    second = Text(
        "A segment is named only if it would still stand apart after looking at all of them.",
        "只有在把全部分群都看过之后仍然突出的分群才会点名。",
    )
    return f"{first.in_(language)}{' ' if language == 'en' else ''}{second.in_(language)}"


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    figures = [whole_figure(view.whole, view.measure, basis.settings, language)]
    ends: tuple[tuple[frozenset[int], Tone], ...] = ((view.low, "act"), (view.high, "good"))
    for places, tone in ends:
        for index in sorted(places, key=lambda place: -_gap(view, place))[:1]:
            one = view.segments[index]
            stored = one.score.value / 100 if view.measure.per_cent else one.score.value
            figures.append(
                Figure(
                    f"{shortened_to(one.name, 60)} · {one.cut}",
                    view.measure.written(stored, language),
                    base_and_interval(one.score, view.measure, basis.settings, language),
                    tone,
                )
            )
    return tuple(figure for figure in figures if figure)


def _reading(view: _View, basis: Basis, language: Language) -> str:
    level = f"{basis.settings.confidence * 100:g}"
    left = len(view.segments) - len(_drawn(view))
    rest = (
        Text(f" {left} more segments are in the table.", f"其余 {left} 个分群见表。").in_(language)
        if left
        else ""
    )
    return (
        Text(
            f"{view.measure.name.en[:1].upper() + view.measure.name.en[1:]} by segment, best first within "
            f"each cut; the line is the {level} % interval.",
            f"各分群的{view.measure.name.zh}，每种划分内由高到低；横线为 {level}% 区间。",
        ).in_(language)
        + rest
    )


def _next_step(view: _View, language: Language) -> NextStep:
    if view.low:
        first = max(view.low, key=lambda index: _gap(view, index))
        name = shortened_to(view.segments[first].name, 60)
        what = Text(
            f"Talk to a handful of customers of the segment “{name}”: what was different for them? Check "
            "that the question was "
            "understood alike (language, culture) before acting.",
            f"与“{name}”中的几位客户交谈：他们遇到了什么不同？行动之前先确认题意的理解是否一致（语言、文化）。",
        )
    else:
        what = Text(
            "Treat all segments alike for now; do not chase the lowest number of a list.",
            "目前对各分群一视同仁；不要追逐名单上最低的那个数字。",
        )
    return NextStep(
        who=Text("The owner of the survey", "调查负责人").in_(language),
        what=what.in_(language),
        check=Text(
            "Whether the same segment stands apart in the next period too.", "下一期同一分群是否仍然突出。"
        ).in_(language),
    )
