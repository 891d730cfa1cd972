"""What detractors say and promoters do not: the same phrase's share on both sides."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, listing, number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

TABLE = "key_phrases"
MOST_EACH = 8
FEW = 2
LOW, HIGH = ("detractors", "low"), ("promoters", "high")
GROUPS = {
    "detractors": Text("detractors", "贬损者"),
    "promoters": Text("promoters", "推荐者"),
    "low": Text("those who score low", "低分者"),
    "high": Text("those who score high", "高分者"),
}

FEWEST_COMPARED = 5
"""Where fewer phrases are frequent enough to be compared, one of them is no picture of what is said."""


class KeyPhrasesChart:
    """The clearest phrases of each side, in the last period and the source with most writers."""

    needs = (TABLE,)
    by_programme = True

    def _sides(self, basis: Basis) -> tuple[list[Row], list[Row]]:
        rows: list[Row] = basis[TABLE].to_pylist()
        order = rows_of.period_order(rows)
        last = rows_of.of_period(rows, order[-1]) if order else []
        if not last:
            return [], []
        largest = max(last, key=lambda r: (r["low_writers"] + r["high_writers"], r["source_id"]))["source_id"]
        of_source = sorted(
            (r for r in last if r["source_id"] == largest),
            key=lambda r: (r["adjusted_p"], -abs(r["log_odds"]), r["phrase"]),
        )
        low = [row for row in of_source if row["group"] in LOW]
        high = [row for row in of_source if row["group"] in HIGH]
        return low[:MOST_EACH], high[:MOST_EACH]

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        low, high = self._sides(basis)
        if (not low and not high) or [*low, *high][0]["compared"] < FEWEST_COMPARED:
            return None
        return Finding(
            headline=_headline(low, high, language),
            lede=_lede(low, high, language),
            figures=_figures(low, high, basis, language),
            reading=Text(
                "Each phrase or code that one side uses clearly more (exact test, corrected for all "
                "compared), with the share of writers on each side who use it.",
                "一方明显多用的短语或编码（精确检验，已校正全部比较），以及双方留言者中使用它的占比。",
            ).in_(language),
            caution=Text(
                "What the two sides say differs; that does not make it the reason for the score. Phrases of "
                "fewer people than the minimum base are never shown.",
                "两方说法不同，并不说明这就是给分的原因。使用人数低于最小基数的短语一律不显示。",
            ).in_(language),
            next_step=_next_step(low, language),
            weight=44 if low else 14,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        low, high = self._sides(basis)
        if not low and not high:
            return None
        named = _groups([*low, *high])
        rows = [_bar_row(row, language) for row in (*low, *high)]
        columns = tuple(Column(Text(_sentence(name.en), name.zh)) for name in named)
        return bars(rows, columns, width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        low, high = self._sides(basis)
        shown = [dict(row) for row in (*low, *high)]
        return TABLE, pa.Table.from_pylist(shown, schema=basis[TABLE].schema)


KEY_PHRASES = KeyPhrasesChart()


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _groups(rows: Sequence[Row]) -> tuple[Text, Text]:
    """What the two sides are called."""
    nps = any(row["group"] in ("detractors", "promoters") for row in rows)
    return (GROUPS["detractors"], GROUPS["promoters"]) if nps else (GROUPS["low"], GROUPS["high"])


def _shares(row: Row) -> tuple[float, float]:
    return row["n_low"] / row["low_writers"], row["n_high"] / row["high_writers"]


def _bar_row(row: Row, language: Language) -> BarRow:
    low, high = _shares(row)
    return BarRow(
        shortened_to(str(row[f"phrase_{language}"]), 60),
        (
            Bar(((low, "detractor"),), percent(low, language, 0)),
            Bar(((high, "promoter"),), percent(high, language, 0)),
        ),
    )


def _quoted(rows: Sequence[Row], language: Language) -> str:
    return listing([f"“{shortened_to(str(row[f'phrase_{language}']), 50)}”" for row in rows[:FEW]], language)


def _headline(low: Sequence[Row], high: Sequence[Row], language: Language) -> str:
    unhappy, happy = _groups([*low, *high])
    if low and high:
        return Text(
            f"{_sentence(unhappy.en)} say {_quoted(low, 'en')}; {happy.en} say {_quoted(high, 'en')}",
            f"{unhappy.zh}多说{_quoted(low, 'zh')}，{happy.zh}多说{_quoted(high, 'zh')}",
        ).in_(language)
    if low:
        return Text(
            f"{_quoted(low, 'en')} {'is' if len(low) == 1 else 'are'} what {unhappy.en} say and "
            f"{happy.en} do not",
            f"{_quoted(low, 'zh')}是{unhappy.zh}说而{happy.zh}少说的",
        ).in_(language)
    return Text(
        f"{_sentence(happy.en)} say {_quoted(high, 'en')}; no complaint is clearly the {unhappy.en}’ own",
        f"{happy.zh}多说{_quoted(high, 'zh')}；没有哪项抱怨明显为{unhappy.zh}所特有",
    ).in_(language)


def _lede(low: Sequence[Row], high: Sequence[Row], language: Language) -> str:
    first = [*low, *high][0]
    unhappy, happy = _groups([first])
    when = "" if first["period_kind"] == "all" else rows_of.when(first["period"] or "", language)
    return Text(
        f"{f'In {when}, ' if when else ''}{number(first['low_writers'])} {unhappy.en} and "
        f"{number(first['high_writers'])} {happy.en} left words under “{first['source_en']}”. Of "
        f"{number(first['compared'])} phrases compared, {number(len(low))} "
        f"{'belongs' if len(low) == 1 else 'belong'} clearly to the former and {number(len(high))} to the "
        "latter.",
        f"{f'{when}，' if when else ''}“{first['source_zh']}”下有 {number(first['low_writers'])} 位"
        f"{unhappy.zh}与 {number(first['high_writers'])} 位{happy.zh}留言。"
        f"比较了 {number(first['compared'])} 个短语，"
        f"其中 {number(len(low))} 个明显属于前者，{number(len(high))} 个明显属于后者。",
    ).in_(language)


def _figures(low: Sequence[Row], high: Sequence[Row], basis: Basis, language: Language) -> tuple[Figure, ...]:
    figures = []
    for rows, tone in ((low, "act"), (high, "good")):
        if not rows:
            continue
        row = rows[0]
        own, other = _shares(row) if tone == "act" else _shares(row)[::-1]
        group, rival = _groups([row]) if tone == "act" else tuple(reversed(_groups([row])))
        ends = sorted(abs(row[name]) for name in ("log_odds_low", "log_odds_high"))
        against = Text(f"{percent(other, 'en')} of {rival.en}", f"{rival.zh}中 {percent(other, 'zh')}")
        if other > 0:
            odds = interval(exp(ends[0]), exp(ends[1]), language, 1)
            times = number(exp(abs(row["log_odds"])), 1)
            named = level(basis.settings.confidence, language)
            against = Text(
                f"{against.en} · odds {times} times as high, {named} {odds}",
                f"{against.zh} · 优势为其 {times} 倍，{named} {odds}",
            )
        else:
            # Against nobody the odds have no size worth printing.
            against = Text(f"nobody among {rival.en}", f"{rival.zh}中无人提及")
        figures.append(
            Figure(
                Text(
                    f"“{shortened_to(row['phrase_en'], 50)}”, of {group.en}",
                    f"“{shortened_to(row['phrase_zh'], 50)}”：{group.zh}中",
                ).in_(language),
                percent(own, language),
                f"{against.in_(language)} · n = {number(row['n'])}",
                "act" if tone == "act" else "good",
            )
        )
    return tuple(figures)


def _next_step(low: Sequence[Row], language: Language) -> NextStep:
    if not low:
        return NextStep(
            who=Text("The owner of the survey", "调查负责人").in_(language),
            what=Text(
                "Ask detractors one open question more: what went wrong. Wishes alone do not tell them "
                "apart.",
                "向贬损者多问一道开放题：哪里出了问题。仅凭希望改进之处分不出他们。",
            ).in_(language),
            check=Text(
                "Next period some phrase is clearly the detractors’ own.",
                "下一期出现明显为贬损者特有的说法。",
            ).in_(language),
        )
    name = _quoted(low[:1], language)
    return NextStep(
        who=Text(f"Whoever answers for {name}", f"{name}的负责人").in_(language),
        what=Text(
            f"Read the remarks with {name} in full and settle one likely cause to test.",
            f"通读含{name}的留言，确定一个可能的原因加以试验。",
        ).in_(language),
        check=Text(
            "Next period the phrase no longer separates the two sides.", "下一期该短语不再区分两方。"
        ).in_(language),
    )
