"""The indices over the periods: experience by dimension, satisfaction and loyalty, one panel each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.panels import Panel, Point, panels
from peakend.report.finding import Figure, Finding, NextStep, tone_of
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, listing, number, signed
from peakend.report.standing import VERDICT_WORDS

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

TABLE = "structural_index"
FEW = 3
WORDS = {**VERDICT_WORDS, "other_questions": Text("other questions", "题目不同")}
ROLES = ("satisfaction", "loyalty", "experience")

Series = list[tuple[str, dict[str, "Row"]]]


class IndexTrends:
    """Panels; shown only where there are at least two periods."""

    needs = (TABLE,)
    by_programme = True

    def _view(self, basis: Basis) -> tuple[list[str], Series]:
        """The periods, first to last, and the series by role and then by their last index."""
        rows: list[Row] = [
            row
            for row in basis[TABLE].to_pylist()
            if row["index"] is not None and row["period_kind"] != "undated"
        ]
        periods = rows_of.period_order(rows)
        grouped: dict[str, dict[str, Row]] = {}
        for row in rows:
            grouped.setdefault(row["block"], {})[row["period"]] = row
        last = periods[-1] if periods else ""
        now = [(block, found) for block, found in grouped.items() if last in found]
        now.sort(key=lambda one: (ROLES.index(one[1][last]["role"]), -one[1][last]["index"], one[0]))
        return periods, now

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        periods, series = self._view(basis)
        if len(periods) < 2 or not series:
            return None
        confidence = f"{basis.settings.confidence * 100:g}"
        last = [found[periods[-1]] for _, found in series]
        changed = {word: [row for row in last if row["verdict"] == word] for word in ("worse", "better")}
        return Finding(
            headline=_headline(changed, last, language),
            lede=_lede(periods, series, language),
            figures=_figures(changed, last, language),
            reading=Text(
                "Each index runs from 0 (worst answers throughout) to 100 (best), all panels on one scale; "
                f"thin lines are {confidence} % intervals. A change is named only when it holds after "
                "correction for all indices of the period, and only between periods that asked the same.",
                "各指数为 0（全部最差）至 100（全部最好），各图同一刻度；细线为 "
                f"{confidence}% 区间。只有题目相同、且经同期各指数的多重比较校正后"
                "仍成立的变化才会指明。",
            ).in_(language),
            caution=Text(
                "The weights of the questions are found anew in each period, so that a small change can be "
                "one of weights.",
                "各题权重每期重新估计，因此微小的变化可能只是权重的变化。",
            ).in_(language),
            next_step=_next_step(changed, language),
            weight=55 if changed["worse"] else 30 if changed["better"] else 15,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        periods, series = self._view(basis)
        if len(periods) < 2 or not series:
            return None
        drawn = []
        for _, found in series:
            points = tuple(
                Point(at, row["index"], row["index_low"], row["index_high"], row["verdict"] or "")
                for at, period in enumerate(periods)
                if (row := found.get(period)) is not None
            )
            row = found[periods[-1]]
            word = WORDS[row["verdict"]].in_(language)
            drawn.append(Panel(_name(row, language), points, word, strong=row["role"] != "experience"))
        return panels(drawn, [rows_of.when(period, language) for period in periods], width, decimals=0)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        _, series = self._view(basis)
        rows = [dict(row) for _, found in series for row in found.values()]
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


INDEX_TRENDS = IndexTrends()


def _name(row: Row, language: Language) -> str:
    return shortened_to(str(row[f"block_{language}"] or row["block_en"]), 60)


def _headline(changed: dict[str, list[Row]], last: list[Row], language: Language) -> str:
    before = next((row["previous_period"] for row in last if row["previous_period"]), "")
    since_en, since_zh = rows_of.when(before, "en"), rows_of.when(before, "zh")
    clauses = []
    for word, words in (("worse", Text("fell", "下降")), ("better", Text("rose", "上升"))):
        rows = changed[word]
        if rows:
            some = len(rows) > FEW
            names = {
                lang: Text(f"{len(rows)} indices", f"{len(rows)} 项指数").in_(lang)
                if some
                else listing([_name(row, lang) for row in rows], lang)
                for lang in ("en", "zh")
            }
            clauses.append(Text(f"{names['en']} {words.en}", f"{names['zh']}{words.zh}").in_(language))
    joined = ("，" if language == "zh" else "; ").join(clauses)
    if joined:
        return Text(f"{joined} since {since_en}", f"与{since_zh}相比，{joined}").in_(language)
    if not before:
        return Text("The indices have no earlier period to stand against", "各指数尚无上一期可比").in_(
            language
        )
    return Text(f"No index clearly moved since {since_en}", f"与{since_zh}相比，没有指数明显变动").in_(
        language
    )


def _lede(periods: list[str], series: Series, language: Language) -> str:
    block = next((found for key, found in series if key == "satisfaction"), None)
    if block is None or len(block) < 2:
        return ""
    first, last = [row for period in periods if (row := block.get(period)) is not None][:: len(block) - 1]
    values = [number(row["index"], 1) for row in (first, last)]
    apart = first["index_high"] < last["index_low"] or last["index_high"] < first["index_low"]
    if not apart:
        return Text(
            f"Satisfaction stood at {values[0]} in {rows_of.when(first, 'en')} and stands at {values[1]} in "
            f"{rows_of.when(last, 'en')}; the intervals overlap.",
            f"满意度指数在{rows_of.when(first, 'zh')}为 {values[0]}，"
            f"在{rows_of.when(last, 'zh')}为 {values[1]}，两者区间重叠。",
        ).in_(language)
    return Text(
        f"Satisfaction went from {values[0]} in {rows_of.when(first, 'en')} to {values[1]} in "
        f"{rows_of.when(last, 'en')}, and the intervals lie apart.",
        f"满意度指数从{rows_of.when(first, 'zh')}的 {values[0]} "
        f"变为{rows_of.when(last, 'zh')}的 {values[1]}，两者区间不重叠。",
    ).in_(language)


def _figures(changed: dict[str, list[Row]], last: list[Row], language: Language) -> tuple[Figure, ...]:
    figures = []
    for word in ("worse", "better"):
        for row in changed[word][:2]:
            ends = interval(row["difference_low"], row["difference_high"], language, 1)
            note = f"{VERDICT_WORDS[word].in_(language)} · {ends}"
            figures.append(Figure(_name(row, language), signed(row["difference"], 1), note, tone_of(word)))
    if not figures:
        whole = next((row for row in last if row["role"] == "satisfaction"), last[0])
        ends = interval(whole["index_low"], whole["index_high"], language, 1)
        figures.append(
            Figure(_name(whole, language), number(whole["index"], 1), f"{ends} · n = {number(whole['n'])}")
        )
    return tuple(figures)


def _next_step(changed: dict[str, list[Row]], language: Language) -> NextStep | None:
    if not changed["worse"]:
        return None
    name = Text(_name(changed["worse"][0], "en"), _name(changed["worse"][0], "zh"))
    return NextStep(
        who=Text(f"Whoever answers for {name.en}", f"“{name.zh}”的负责人").in_(language),
        what=Text(
            f"Look at the questions that make up {name.en}, find the one that fell, and what changed there.",
            f"查看构成“{name.zh}”的各题，找出下降的一题，以及那里发生了什么变化。",
        ).in_(language),
        check=Text("The next period's verdict reads “better”.", "下一期的结论为“变好”。").in_(language),
    )
