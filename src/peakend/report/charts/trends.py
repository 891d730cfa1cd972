"""Scores over the periods, one panel each on one common scale: what changed, and what cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.panels import Panel, Point, panels
from peakend.report.charts.score_words import since_words, whole_figure
from peakend.report.finding import Figure, Finding, NextStep, tone_of
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, listing, number, signed
from peakend.report.standing import VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Measure, Row
    from peakend.report.draw import Spec

FEW = 3
MOST_PANELS = 24


@dataclass(frozen=True, slots=True)
class _Series:
    label: str
    rows: dict[str, Row]

    def verdict(self, period: str) -> str:
        return str(self.rows[period]["verdict"] or "") if period in self.rows else ""


@dataclass(frozen=True, slots=True)
class Trends:
    """The panels of one measure. Shown only where there are at least two periods."""

    measure: Measure

    by_programme = True

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.measure.table,)

    def _view(self, basis: Basis, language: Language) -> tuple[list[str], list[_Series]]:
        """The periods, first to last, and the series: the whole first, then the parts by their last score."""
        rows = [
            row
            for row in rows_of.everybody(basis[self.measure.table])
            if rows_of.reading(row, self.measure) and row["period_kind"] != "undated"
        ]
        periods = rows_of.period_order(rows)
        whole = rows_of.whole(rows)
        wanted = rows_of.parts(rows) + [
            row for row in rows if whole and row["question_id"] == whole["question_id"] and row["overall"]
        ]
        if not wanted and whole:
            wanted = [row for row in rows if row["question_id"] == whole["question_id"]]
        names = _labels(wanted, language)
        grouped: dict[str, dict[str, Row]] = {}
        for row in wanted:
            grouped.setdefault(names[_identity(row)], {})[row["period"] or ""] = row
        series = [_Series(label, of_label) for label, of_label in grouped.items()]
        last = periods[-1] if periods else ""
        series.sort(
            key=lambda one: (not _is_whole(one), last not in one.rows, -self._last(one, periods), one.label)
        )
        return periods, series

    def _last(self, series: _Series, periods: Sequence[str]) -> float:
        last = [series.rows[period] for period in periods if period in series.rows][-1]
        score = rows_of.reading(last, self.measure)
        return score.value if score else 0.0

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        periods, series = self._view(basis, language)
        if len(periods) < 2 or not series:
            return None
        last = periods[-1]
        present = [one for one in series if last in one.rows]
        changed = {
            word: [one for one in present if one.verdict(last) == word] for word in ("better", "worse")
        }
        return Finding(
            headline=_headline(changed, present, self.measure, last, language),
            lede=_lede(series, periods, self.measure, language),
            figures=self._figures(changed, present, last, basis, language),
            reading=self._reading(basis, language),
            caution=Text(
                "A change that coincides with something you did is not yet its effect: other things "
                "changed too.",
                "变化与某项举措同时出现，并不等于由它引起：同期还有别的变化。",
            ).in_(language),
            next_step=_next_step(changed, language),
            weight=80 if changed["worse"] else 60 if changed["better"] else 20,
        )

    def _figures(
        self,
        changed: dict[str, list[_Series]],
        present: list[_Series],
        last: str,
        basis: Basis,
        language: Language,
    ) -> tuple[Figure, ...]:
        figures: list[Figure] = []
        whole = next((one for one in present if _is_whole(one)), None)
        if whole and (figure := whole_figure(whole.rows[last], self.measure, basis.settings, language)):
            figures.append(figure)
        for word in ("worse", "better"):
            figures += [self._change(one, last, word, language) for one in changed[word][:2]]
        return tuple(figures)

    def _change(self, one: _Series, last: str, word: str, language: Language) -> Figure:
        row = one.rows[last]
        scaled = [
            self.measure.shown(row[name]) for name in ("difference", "difference_low", "difference_high")
        ]
        decimals = max(self.measure.decimals, 1)
        ends = interval(scaled[1], scaled[2], language, decimals)
        p = f"p = {number(row['adjusted_p'], 3)}" if (row["adjusted_p"] or 0) >= 0.001 else "p < 0.001"
        return Figure(
            label=_change_label(one, last, language),
            value=f"{signed(scaled[0], decimals)}",
            note=f"{VERDICT_WORDS[word].in_(language)} · {ends} · {p}",
            tone=tone_of(word),
        )

    def _reading(self, basis: Basis, language: Language) -> str:
        level = f"{basis.settings.confidence * 100:g}"
        alpha = f"{basis.settings.alpha * 100:g}"
        return Text(
            f"{self.measure.name.en.capitalize()} by period, all panels on one scale; thin lines are "
            f"{level} % intervals. "
            f"A coloured dot is a change from the period before that stands at {alpha} % after Holm's "
            "correction; "
            "a grey word says what the last period's verdict is.",
            f"各期{self.measure.name.zh}，各小图同一量尺；细线为 {level}% 区间。彩色圆点表示与上一期相比、"
            "经 Holm 校正后"
            f"在 {alpha}% 水平上成立的变化；小字为最近一期的结论。",
        ).in_(language)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        periods, series = self._view(basis, language)
        if len(periods) < 2 or not series:
            return None
        drawn = [
            Panel(
                label=one.label,
                points=tuple(
                    Point(periods.index(period), score.value, score.low, score.high, one.verdict(period))
                    for period in periods
                    if period in one.rows and (score := rows_of.reading(one.rows[period], self.measure))
                ),
                word=_word(one, periods, language),
                strong=_is_whole(one),
            )
            for one in series[:MOST_PANELS]
        ]
        decimals, suffix = self.measure.decimals, self.measure.suffix
        return panels(drawn, [name or "–" for name in periods], width, decimals=decimals, suffix=suffix)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        periods, series = self._view(basis, "en")
        rows = [dict(one.rows[period]) for one in series for period in periods if period in one.rows]
        return self.measure.table, pa.Table.from_pylist(rows, schema=basis[self.measure.table].schema)


def _change_label(one: _Series, last: str, language: Language) -> str:
    since = rows_of.when(one.rows[last]["previous_period"] or "", language)
    name = shortened_to(one.label, 60)
    return Text(f"{name}, change since {since}", f"{name}，与{since}相比").in_(language)


def _word(one: _Series, periods: Sequence[str], language: Language) -> str:
    """The verdict of the last period; where the question was not asked then, since when."""
    verdict = one.verdict(periods[-1])
    if verdict:
        return VERDICT_WORDS[verdict].in_(language)
    asked = rows_of.when([period for period in periods if period in one.rows][-1], language)
    return Text(f"last asked {asked}", f"最近一次：{asked}").in_(language)


def _identity(row: Row) -> tuple[str, str]:
    return row["question_id"], row["touchpoint_id"] or ""


def _labels(rows: Sequence[Row], language: Language) -> dict[tuple[str, str], str]:
    """One label a question and touchpoint, whatever the period."""
    newest = {_identity(row): row for row in sorted(rows, key=lambda row: str(row["period"] or ""))}
    named = rows_of.labels(list(newest.values()), language)
    return {identity: named[id(row)] for identity, row in newest.items()}


def _is_whole(one: _Series) -> bool:
    return all(row["overall"] for row in one.rows.values())


def _headline(
    changed: dict[str, list[_Series]],
    present: list[_Series],
    measure: Measure,
    last: str,
    language: Language,
) -> str:
    previous = {one.rows[last]["previous_period"] for one in present} - {None}
    if not previous:
        return Text(
            "There is no earlier period of these questions to compare with", "这些题目没有更早的期间可比"
        ).in_(language)
    parts = [
        _got(changed["worse"], Text("got worse", "变差"), language),
        _got(changed["better"], Text("got better", "变好"), language),
    ]
    spoken = [part for part in parts if part]
    since = rows_of.when(next(iter(previous)), language) if len(previous) == 1 else ""
    if not spoken:
        return _unclear(present, measure, since, language)
    head = (
        f"{f'Since {since}, ' if since else ''}"
        if language == "en"
        else f"{f'与{since}相比，' if since else ''}"
    )
    return head + (" and " if language == "en" else "，").join(spoken)


def _unclear(present: list[_Series], measure: Measure, since: str, language: Language) -> str:
    """The sentence for a period in which nothing can be said to have changed."""
    after, against = (f" since {since}", f"与{since}相比，") if since else ("", "与上一期相比，")
    if len(present) == 1:
        whole, label = _is_whole(present[0]), shortened_to(present[0].label, 60)
        name = Text(f"the {measure.name.en}", measure.name.zh) if whole else Text(label, label)
        return Text(
            f"Whether {name.en} changed{after} cannot be told", f"{against}{name.zh}是否变化尚不能断定"
        ).in_(language)
    return Text(
        f"No {measure.name.en} can be said to have changed{after}",
        f"{against}没有一项{measure.name.zh}的变化可以断定",
    ).in_(language)


def _got(series: Sequence[_Series], words: Text, language: Language) -> str:
    if not series:
        return ""
    if len(series) > FEW:
        return Text(f"{len(series)} scores {words.en}", f"{len(series)} 项{words.zh}").in_(language)
    names = listing([shortened_to(one.label, 60) for one in series], language)
    return Text(f"{names} {words.en}", f"{names}{words.zh}").in_(language)


def _lede(series: Sequence[_Series], periods: Sequence[str], measure: Measure, language: Language) -> str:
    last = periods[-1]
    now = since_words([one.rows[last] for one in series if last in one.rows], language)
    earlier = [
        (one, period)
        for period in reversed(periods[:-1])
        for one in series
        if one.verdict(period) in {"better", "worse"}
    ]
    sentences = [now]
    if earlier:
        named = [_earlier(one, period, language) for one, period in earlier[:4]]
        more = len(earlier) - len(named)
        if more:
            named.append(Text(f"{more} more", f"另有 {more} 次").in_(language))
        sentences.append(
            Text("Clear changes before that: ", "此前明确的变化：").in_(language)
            + listing(named, language)
            + Text(".", "。").in_(language)
        )
    if len(series) > MOST_PANELS:
        sentences.append(
            Text(
                f"The first {MOST_PANELS} of {len(series)} are drawn.",
                f"图中为 {len(series)} 项中的前 {MOST_PANELS} 项。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentence for sentence in sentences if sentence)


def _earlier(one: _Series, period: str, language: Language) -> str:
    name, word, when = (
        shortened_to(one.label, 40),
        VERDICT_WORDS[one.verdict(period)],
        rows_of.when(period, language),
    )
    return Text(f"{name} {word.en} in {when}", f"{name}（{when}{word.zh}）").in_(language)


def _next_step(changed: dict[str, list[_Series]], language: Language) -> NextStep:
    worse, better = changed["worse"], changed["better"]
    if worse:
        names = listing([shortened_to(one.label, 60) for one in worse[:FEW]], language)
        what = Text(
            f"List what was changed at {names} since the period before, and ask the customers who were "
            "there.",
            f"列出{names}自上一期以来的改动，并询问经历过的客户。",
        )
    elif better:
        names = listing([shortened_to(one.label, 60) for one in better[:FEW]], language)
        what = Text(
            f"Find out what was changed at {names}, keep it, and try it at a second place.",
            f"查清{names}做了哪些改动，予以保持，并在另一处试行。",
        )
    else:
        names = ""
        what = Text(
            "Do not act on these movements. Note every change of service with its date, so that a later "
            "one can be traced.",
            "不要据这些波动行事。逐条记录服务改动及日期，以便日后追溯。",
        )
    who = (
        Text(f"Whoever answers for {names}", f"{names}的负责人")
        if names
        else Text("The owner of the survey", "调查负责人")
    )
    return NextStep(
        who=who.in_(language),
        what=what.in_(language),
        check=Text(
            "The same questions in the next period, with the verdict after correction.",
            "下一期沿用相同题目，以校正后的结论为准。",
        ).in_(language),
    )


RATING = Trends(rows_of.RATING)
CSAT = Trends(rows_of.CSAT)
CES = Trends(rows_of.CES)
NPS = Trends(rows_of.NPS)
