"""Every touchpoint's score with its interval, best first: where it is weak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.score_words import (
    base_and_interval,
    hidden_words,
    scale_words,
    since_words,
    whole_figure,
)
from peakend.report.finding import Figure, Finding, NextStep, Tone
from peakend.report.lettering import shortened_to
from peakend.report.numbers import listing, number
from peakend.report.standing import Standing, detectable_change, standing

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Measure, Reading, Row
    from peakend.report.draw import Spec

FEW = 3


@dataclass(frozen=True, slots=True)
class _Part:
    row: Row
    label: str
    score: Reading


@dataclass(frozen=True, slots=True)
class _View:
    """The last period that may be shown: its parts best first, what is hidden, and the whole."""

    period: str
    parts: list[_Part]
    hidden: list[str]
    whole: Row | None
    standing: Standing

    @property
    def things(self) -> Text:
        """What the parts are: touchpoints where each has one question, else questions."""
        places = {part.row["touchpoint_id"] for part in self.parts}
        if None not in places and len(places) == len(self.parts):
            return Text("touchpoints", "个接触点")
        return Text("questions", "道题")

    def named(self, group: tuple[int, ...]) -> list[str]:
        return [shortened_to(self.parts[index].label, 60) for index in group]


@dataclass(frozen=True, slots=True)
class Touchpoints:
    """The chart of one measure by touchpoint."""

    measure: Measure

    by_programme = True

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.measure.table,)

    def _view(self, basis: Basis, language: Language) -> _View | None:
        rows = rows_of.everybody(basis[self.measure.table])
        period, of_period = rows_of.latest(rows_of.parts(rows), self.measure)
        if not of_period:
            hidden = rows_of.parts(rows)
            return (
                _View("", [], sorted(rows_of.labels(hidden, language).values()), None, standing([]))
                if hidden
                else None
            )
        labels = rows_of.labels(of_period, language)
        scored = [(row, rows_of.reading(row, self.measure)) for row in of_period]
        shown = [_Part(row, labels[id(row)], score) for row, score in scored if score]
        shown.sort(key=lambda part: (-part.score.value, part.label))
        return _View(
            period,
            shown,
            sorted(labels[id(row)] for row, score in scored if not score),
            rows_of.whole(rows_of.of_period(rows, period)),
            standing(
                [(part.score.value, part.score.low, part.score.high) for part in shown],
                confidence=basis.settings.confidence,
            ),
        )

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis, language)
        if view is None:
            return None
        if not view.parts:
            return _too_few(view, basis, language)
        return Finding(
            headline=_headline(view, self.measure, language),
            lede=_lede(view, self.measure, language),
            figures=_figures(view, self.measure, basis, language),
            reading=_reading(view, self.measure, basis, language),
            caution=hidden_words(view.hidden, basis.settings.minimum_base, language),
            next_step=_next_step(view, self.measure, basis, language),
            weight=self._weight(view),
        )

    def _weight(self, view: _View) -> int:
        if self.measure is not rows_of.RATING:
            return 50 if view.standing.lowest else 25
        return 90 if view.standing.lowest else 45

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis, language)
        if view is None or not view.parts:
            return None
        rows = [self._dot(view, index, language) for index in range(len(view.parts))]
        too_few = Text("too few", "样本过少").in_(language)
        rows += [Dot(label, base=too_few) for label in view.hidden]
        limits = (0.0, 100.0) if self.measure.per_cent else rows_of.scale(part.row for part in view.parts)
        if self.measure.table == rows_of.NPS.table:
            limits = (-100.0, 100.0)
        return dots(
            rows,
            width,
            language,
            decimals=self.measure.decimals,
            suffix=self.measure.suffix,
            limits=limits,
            base_title=Text("answers", "答案数"),
        )

    def _dot(self, view: _View, index: int, language: Language) -> Dot:
        part = view.parts[index]
        score = part.score
        if index in view.standing.lowest:
            tone: Tone = "act"
            word = Text("lowest", "最低").in_(language)
        elif index in view.standing.highest:
            tone, word = "good", Text("highest", "最高").in_(language)
        else:
            tone, word = "plain", ""
        return Dot(part.label, score.value, score.low, score.high, number(score.n), tone, word)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        table = basis[self.measure.table]
        view = self._view(basis, "en")
        rows = [part.row for part in view.parts] if view else []
        whole = [view.whole] if view and view.whole else []
        shown = pa.Table.from_pylist([dict(row) for row in (*whole, *rows)], schema=table.schema)
        return self.measure.table, shown


def _too_few(view: _View, basis: Basis, language: Language) -> Finding:
    least = basis.settings.minimum_base
    return Finding(
        headline=Text(
            "No touchpoint has enough answers to show yet", "目前没有接触点的答案数达到公布标准"
        ).in_(language),
        lede=Text(
            f"Scores appear from {least} answers on; fewer say more about persons than about the touchpoint.",
            f"答案达到 {least} 份才会显示分数；少于此数，看到的更多是个人而非接触点。",
        ).in_(language),
        caution=hidden_words(view.hidden, least, language),
    )


def _headline(view: _View, measure: Measure, language: Language) -> str:
    stand, count = view.standing, len(view.parts)
    if count == 1:
        only = view.parts[0]
        score = measure.written(_as_stored(only.score.value, measure), language)
        return Text(
            f"Only {shortened_to(only.label, 60)} has enough answers: {score}",
            f"只有{shortened_to(only.label, 60)}的答案足够：{score}",
        ).in_(language)
    lowest, highest = _claim(view, stand.lowest, measure.lowest, language), ""
    if stand.highest:
        highest = _claim(view, stand.highest, measure.highest, language)
    if lowest and highest:
        joined = highest.replace(" is ", " ", 1).replace(" are ", " ", 1) if language == "en" else highest
        return f"{lowest}{'; ' if language == 'en' else '，'}{joined}"
    if lowest or highest:
        return lowest or highest
    return Text(
        "No touchpoint stands clearly above or below the others", "没有接触点明显高于或低于其他接触点"
    ).in_(language)


def _claim(view: _View, group: tuple[int, ...], words: Text, language: Language) -> str:
    """ "A and B are rated lowest"; a count where naming all would not be read; empty without a group."""
    if not group:
        return ""
    if len(group) > FEW:
        return Text(
            f"{len(group)} of {len(view.parts)} {view.things.en} are {words.en}",
            f"{len(view.parts)} {view.things.zh}中有 {len(group)} 个{words.zh}",
        ).in_(language)
    names = view.named(group)
    verb = "is" if len(group) == 1 else "are"
    return Text(f"{listing(names, 'en')} {verb} {words.en}", f"{listing(names, 'zh')}{words.zh}").in_(
        language
    )


def _lede(view: _View, measure: Measure, language: Language) -> str:
    first, last = view.parts[0], view.parts[-1]
    best, worst = (measure.written(_as_stored(p.score.value, measure), language) for p in (first, last))
    when = rows_of.when(view.period, language)
    sentences = []
    if len(view.parts) > 1:
        sentences.append(
            Text(
                f"{f'In {when}, the' if when else 'The'} {measure.name.en} runs from {worst} "
                f"({shortened_to(last.label, 60)}) "
                f"to {best} ({shortened_to(first.label, 60)}) over {len(view.parts)} {view.things.en}.",
                f"{f'{when}：' if when else ''}{len(view.parts)} {view.things.zh}的{measure.name.zh}从 "
                f"{worst}"
                f"（{shortened_to(last.label, 60)}）到 {best}（{shortened_to(first.label, 60)}）。",
            ).in_(language)
        )
    stand = view.standing
    if not stand.lowest and 1 < len(stand.among_lowest) < len(view.parts):
        names = view.named(stand.among_lowest[:FEW])
        sentences.append(
            Text(
                f"Among the lowest: {listing(names, 'en')}; which one is lowest cannot be told.",
                f"较低的有{listing(names, 'zh')}，但尚不能断定哪一个最低。",
            ).in_(language)
        )
    sentences.append(since_words([part.row for part in view.parts], language))
    return ("" if language == "zh" else " ").join(sentence for sentence in sentences if sentence)


def _figures(view: _View, measure: Measure, basis: Basis, language: Language) -> tuple[Figure, ...]:
    figures = [whole_figure(view.whole, measure, basis.settings, language)]
    group = view.standing.lowest
    if group:
        last = view.parts[group[0]]
        figures.append(
            Figure(
                label=shortened_to(last.label, 60),
                value=measure.written(_as_stored(last.score.value, measure), language),
                note=base_and_interval(last.score, measure, basis.settings, language),
                tone="act",
            )
        )
        figures.append(
            Figure(
                label=Text("Look here first", "优先查看").in_(language),
                value=number(len(group)),
                note=Text(
                    f"of {len(view.parts)} {view.things.en}: clearly lowest",
                    f"共 {len(view.parts)} {view.things.zh}，明显最低者",
                ).in_(language),
                tone="act",
            )
        )
    elif view.standing.highest:
        best = view.parts[0]
        value = measure.written(_as_stored(best.score.value, measure), language)
        note = base_and_interval(best.score, measure, basis.settings, language)
        figures.append(Figure(shortened_to(best.label, 60), value, note, "good"))
    return tuple(figure for figure in figures if figure)


def _reading(view: _View, measure: Measure, basis: Basis, language: Language) -> str:
    level = f"{basis.settings.confidence * 100:g}"
    ends = scale_words(view.parts[0].row, measure, language)
    weighted = any(part.score.weighted for part in view.parts)
    words = Text(
        f"{measure.name.en.capitalize()}{ends} by touchpoint. The dot is the score, the line its {level} "
        "% interval. "
        "“Not used” and “no answer” are left out."
        + (" Weighted to all customers; the table has both." if weighted else ""),
        f"各接触点的{measure.name.zh}{ends}。圆点为得分，横线为 {level}% 区间；“未使用”与“未作答”不计入。"
        + ("已按总体加权，表中同时列出未加权值。" if weighted else ""),
    )
    return words.in_(language)


def _next_step(view: _View, measure: Measure, basis: Basis, language: Language) -> NextStep:
    group = view.standing.lowest[:FEW] or view.standing.among_lowest[:FEW] or (len(view.parts) - 1,)
    targets = [view.parts[index] for index in group]
    names = listing([shortened_to(target.label, 60) for target in targets], language)
    owners = sorted({basis.owners[t] for part in targets if (t := part.row["touchpoint_id"]) in basis.owners})
    who = listing(owners, language) or Text(f"Whoever answers for {names}", f"{names}的负责人").in_(language)
    widths = [
        (p.score.low, p.score.high) for p in targets if p.score.low is not None and p.score.high is not None
    ]
    rise = max((detectable_change(low, high) for low, high in widths), default=None)
    unit = (
        Text("points", "分").in_(language)
        if not measure.per_cent
        else Text("percentage points", "个百分点").in_(language)
    )
    size = (
        ""
        if rise is None
        else Text(
            f" With as many answers as now, a rise of about {number(rise, max(measure.decimals - 1, 1))} "
            f"{unit} would show.",
            f"若答案数与本期相当，上升约 {number(rise, max(measure.decimals - 1, 1))} {unit}即可看出。",
        ).in_(language)
    )
    return NextStep(
        who=who,
        what=Text(
            f"Read what customers wrote about {names}, name one likely cause, and change one thing as a "
            "test. "
            "A low score shows where to look, not what causes it.",
            f"阅读客户对{names}的留言，找出一个可能的原因，先改一处作为试验。分低只说明该看哪里，并不说明原因。",
        ).in_(language),
        check=Text("The next period's verdict reads “better”.", "下一期的结论为“变好”。").in_(language)
        + size,
    )


def _as_stored(value: float, measure: Measure) -> float:
    return value / 100 if measure.per_cent else value


RATING = Touchpoints(rows_of.RATING)
CSAT = Touchpoints(rows_of.CSAT)
CES = Touchpoints(rows_of.CES)
NPS = Touchpoints(rows_of.NPS)
