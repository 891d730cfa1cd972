"""What customers speak of: themes by the share who mention them, marked where those who do score lower."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import interval, level, listing, number, percent, share_interval
from peakend.report.standing import standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

TABLE = "themes"
MOST_ROWS = 12
MOST_OTHERS = 3
ENOUGH = 5
FEW = 3


@dataclass(frozen=True, slots=True)
class _View:
    """The last period: the source with most writers (`main`, its themes by share), then others.

    requests: whether `main` are wishes and complaints as coded, praise set apart. unnamed: codes without
    words.
    """

    period: str
    main: list[Row]
    praise: list[Row]
    others: list[list[Row]]
    requests: bool
    unnamed: int

    @property
    def shown(self) -> list[Row]:
        return [*self.main, *(row for rows in self.others for row in rows)]

    def telling(self, verdict: str) -> list[Row]:
        """Shown themes whose mentioners score clearly "lower" or "higher", those of the main source first."""
        return [row for row in self.shown if row["verdict"] == verdict]


class Themes:
    """The themes of the last period of a programme."""

    needs = (TABLE,)
    by_programme = True

    def _view(self, basis: Basis) -> _View | None:
        rows: list[Row] = basis[TABLE].to_pylist()
        named = [row for row in rows if row["named"]]
        period, last = _current(named)
        if not last:
            return None
        last = sorted(last, key=lambda row: (-_share(row), row["theme"]))
        by_source: dict[str, list[Row]] = {}
        for row in last:
            by_source.setdefault(row["source_id"], []).append(row)
        ranked = sorted(by_source.values(), key=lambda rows: (-rows[0]["commented"], rows[0]["source_id"]))
        asked = [row for row in ranked[0] if row["tone"] == "negative"]
        main = asked or [row for row in ranked[0] if row["tone"] != "neutral"] or ranked[0]
        unnamed = len(rows_of.of_period(rows, last[0]["period"])) - len(last)
        return _View(
            period,
            _most_telling(main),
            [row for row in ranked[0] if row["tone"] == "positive"] if asked else [],
            [chosen for source in ranked[1:] if (chosen := _telling_of(source))],
            bool(asked),
            unnamed,
        )

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        view = self._view(basis)
        if view is None:
            return None
        return Finding(
            headline=_headline(view, basis, language),
            lede=_lede(view, language),
            figures=_figures(view, basis, language),
            reading=_reading(view, basis, language),
            caution=_caution(view, language),
            next_step=_next_step(view, language),
            weight=58 if view.telling("lower") else 42,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        view = self._view(basis)
        if view is None:
            return None
        drawn = [_dot(row, language) for row in view.main]
        for rows in view.others:
            drawn.append(Dot(_source(rows[0], language), heading=True))
            drawn += [_dot(row, language) for row in rows]
        return dots(
            drawn,
            width,
            language,
            decimals=1,
            suffix="%",
            limits=(0.0, 100.0),
            base_title=Text("mention it", "提到人数"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        table = basis[TABLE]
        view = self._view(basis)
        shown = [dict(row) for row in (*view.shown, *view.praise)] if view else []
        return TABLE, pa.Table.from_pylist(shown, schema=table.schema)


THEMES = Themes()


def _current(rows: Sequence[Row]) -> tuple[str, list[Row]]:
    """The last period and its rows; all periods together ("") where the last one shows few themes."""
    single = [row for row in rows if row["period_kind"] != "all"]
    together = [row for row in rows if row["period_kind"] == "all"]
    order = rows_of.period_order(single)
    last = rows_of.of_period(single, order[-1]) if order else []
    if together and len(last) < ENOUGH:
        return "", together
    return (order[-1], last) if order else ("", [])


def _most_telling(rows: Sequence[Row]) -> list[Row]:
    """The most mentioned of `rows`, and those whose mentioners score lower, however few they are."""
    lower = [row for row in rows[MOST_ROWS:] if row["verdict"] == "lower"][:MOST_OTHERS]
    return [*rows[: MOST_ROWS - len(lower)], *lower]


def _telling_of(rows: Sequence[Row]) -> list[Row]:
    """Of another source what blames, those whose mentioners score lower first; without tones what does so."""
    worth = [r for r in rows if r["verdict"] == "lower" or r["tone"] == "negative"]
    return sorted(worth, key=lambda r: (r["verdict"] != "lower", -_share(r), r["theme"]))[:MOST_OTHERS]


def _share(row: Row) -> float:
    return float(row["share"] if row["weighted_share"] is None else row["weighted_share"])


def _ends(row: Row) -> tuple[float, float]:
    first, second = (
        ("share_low", "share_high") if row["weighted_share"] is None else ("weighted_low", "weighted_high")
    )
    share = _share(row)
    return float(share if row[first] is None else row[first]), float(
        share if row[second] is None else row[second]
    )


def _name(row: Row, language: Language) -> str:
    return shortened_to(str(row[f"theme_{language}"]), 60)


def _quoted(row: Row, language: Language) -> str:
    return f"“{_name(row, language)}”"


def _source(row: Row, language: Language) -> str:
    return str(row[f"source_{language}"])


def _dot(row: Row, language: Language) -> Dot:
    low, high = _ends(row)
    tone: Tone = "plain"
    word = ""
    if row["verdict"] == "lower":
        tone, word = "act", Text("rate the whole lower", "总体评分较低").in_(language)
    elif row["verdict"] == "higher":
        tone, word = "good", Text("rate the whole higher", "总体评分较高").in_(language)
    elif row["change_verdict"] == "more":
        word = Text("more than before", "比上期多").in_(language)
    elif row["change_verdict"] == "less":
        word = Text("less than before", "比上期少").in_(language)
    elif row["covered"] is False:
        word = Text("no question asks", "问卷未问").in_(language)
    return Dot(
        shortened_to(str(row[f"theme_{language}"]), 70),
        100 * _share(row),
        100 * low,
        100 * high,
        number(row["n"]),
        tone,
        word,
    )


def _headline(view: _View, basis: Basis, language: Language) -> str:
    ends = [(_share(row), *_ends(row)) for row in view.main]
    top = standing(ends, confidence=basis.settings.confidence).highest
    lower = view.telling("lower")
    verb = Text("asked for", "要求") if view.requests else Text("spoken of", "谈")
    if len(view.main) == 1:
        first = Text(
            f"{_quoted(view.main[0], 'en')} is the one theme that enough customers speak of",
            f"达到最小人数的主题只有{_quoted(view.main[0], 'zh')}",
        ).in_(language)
    elif 0 < len(top) <= FEW:
        names = [_quoted(view.main[n], language) for n in top]
        first = Text(
            f"{listing(names, 'en')} {'is' if len(top) == 1 else 'are'} {verb.en} most",
            f"客户{verb.zh}得最多的是{listing(names, 'zh')}",
        ).in_(language)
    else:
        name = _quoted(view.main[0], language)
        first = Text(
            f"{name} is among what customers {'ask for' if view.requests else 'speak of'} most",
            f"客户{verb.zh}得较多的有{name}",
        ).in_(language)
    if not lower:
        return first
    who = _quoted(lower[0], language)
    second = Text(f"; those who mention {who} rate the whole lower", f"；提到{who}的人总体评分较低").in_(
        language
    )
    return first + second


def _lede(view: _View, language: Language) -> str:
    top = view.main[:FEW]
    when = rows_of.when(view.period, language)
    base = number(top[0]["commented"])
    named = [f"{_quoted(row, language)} ({percent(_share(row), language)})" for row in top]
    if language == "zh":
        named = [f"{_quoted(row, language)}（{percent(_share(row), language)}）" for row in top]
    sentences = [
        Text(
            f"{f'In {when}, among' if when else 'Over all periods, among'} the {base} remarks under "
            f"“{_source(top[0], 'en')}”, the most frequent are {listing(named, 'en')}.",
            f"{when or '全部期间合计'}，“{_source(top[0], 'zh')}”下共有 {base} 份留言，"
            f"提到较多的是{listing(named, 'zh')}。",
        ).in_(language)
    ]
    if view.praise:
        good = view.praise[0]
        sentences.append(
            Text(
                f"{percent(_share(good), 'en')} praise: {_quoted(good, 'en')}.",
                f"另有 {percent(_share(good), 'zh')} 表示赞扬：{_quoted(good, 'zh')}。",
            ).in_(language)
        )
    changed = [row for row in view.shown if row["change_verdict"] in ("more", "less")][:FEW]
    if changed:
        sentences.append(_changed_words(changed, language))
    elif all(row["change_verdict"] == "no_previous_period" for row in view.shown):
        sentences.append(
            Text("No earlier period has the same remarks to compare with.", "没有可比的更早一期留言。").in_(
                language
            )
        )
    return ("" if language == "zh" else " ").join(sentences)


def _changed_words(changed: Sequence[Row], language: Language) -> str:
    more = [_quoted(row, language) for row in changed if row["change_verdict"] == "more"]
    less = [_quoted(row, language) for row in changed if row["change_verdict"] == "less"]
    parts = []
    if more:
        parts.append(Text(f"{listing(more, 'en')} rose", f"{listing(more, 'zh')}变多").in_(language))
    if less:
        parts.append(Text(f"{listing(less, 'en')} fell", f"{listing(less, 'zh')}变少").in_(language))
    since = rows_of.when(changed[0]["previous_period"] or "", language)
    head = Text(f"Since {since or 'the period before'}, ", f"与{since or '上一期'}相比，").in_(language)
    return head + Text("; ", "；").in_(language).join(parts) + Text(".", "。").in_(language)


def _figures(view: _View, basis: Basis, language: Language) -> tuple[Figure, ...]:
    top = view.main[0]
    figures = [
        Figure(
            _name(top, language),
            percent(_share(top), language),
            f"{level(basis.settings.confidence, language)} {share_interval(*_ends(top), language)}"
            f" · n = {number(top['n'])}",
        )
    ]
    lower = view.telling("lower")
    if lower:
        row = lower[0]
        others = Text("others", "其他留言者").in_(language)
        ends = interval(row["mean_low"], row["mean_high"], language, 2)
        figures.append(
            Figure(
                Text(
                    f"{row['score_en']}, by those who mention {_quoted(row, 'en')}",
                    f"{row['score_zh']}：提到{_quoted(row, 'zh')}者",
                ).in_(language),
                number(row["mean"], 2),
                f"{level(basis.settings.confidence, language)} {ends} · n = {number(row['scored'])} · "
                f"{others} {number(row['others_mean'], 2)} (n = {number(row['others'])})"
                if language == "en"
                else f"{level(basis.settings.confidence, language)} {ends} · n = {number(row['scored'])} · "
                f"{others} {number(row['others_mean'], 2)}（n = {number(row['others'])}）",
                "act",
            )
        )
    silent = [row for row in view.main if row["covered"] is False]
    if silent:
        names = listing([_quoted(row, language) for row in silent[:2]], language)
        figures.append(
            Figure(
                Text("Themes that no question asks about", "问卷没有问到的主题").in_(language),
                number(len(silent)),
                Text(
                    f"of the {len(view.main)} shown, such as {names}",
                    f"所列 {len(view.main)} 个主题中，如{names}",
                ).in_(language),
            )
        )
    return tuple(figures)


def _reading(view: _View, basis: Basis, language: Language) -> str:
    weighted = view.main[0]["weighted_share"] is not None
    confidence = f"{basis.settings.confidence * 100:g}"
    words = Text(
        f"Share of those with a remark who mention the theme; the line is its {confidence} % interval. "
        "“Rate the whole lower”: their mean score of the whole lies below that of the other writers, after "
        "correction for all themes compared."
        + (" Weighted to all customers; the table has both." if weighted else ""),
        f"有留言者中提到该主题的占比，横线为 {confidence}% 区间。“总体评分较低”：其总体题均分低于其他留言者，"
        "且经全部主题的多重比较校正。" + ("已按总体加权，表中同时列出未加权值。" if weighted else ""),
    )
    return words.in_(language)


def _caution(view: _View, language: Language) -> str:
    words = Text(
        "Those who write are not all customers, and a low score beside a theme does not say that the theme "
        "caused it.",
        "留言者不等于全体客户；提到某主题者评分低，也不说明是该主题造成的。",
    )
    unnamed = Text(
        f" {view.unnamed} codes came without words and are not shown.",
        f"另有 {view.unnamed} 个代码没有文字说明，未予显示。",
    )
    return words.in_(language) + (unnamed.in_(language) if view.unnamed else "")


def _next_step(view: _View, language: Language) -> NextStep:
    silent = [row for row in view.main if row["covered"] is False]
    silent.sort(key=lambda row: row["verdict"] != "lower")
    lower = view.telling("lower")
    if silent:
        name = _quoted(silent[0], language)
        return NextStep(
            who=Text("The owner of the survey", "调查负责人").in_(language),
            what=Text(
                f"Put one rating question on {name} into the next wave: {number(silent[0]['n'])} wrote about "
                "it unasked.",
                f"下一期就{name}增加一道评分题：有 {number(silent[0]['n'])} 人未经提问就写到它。",
            ).in_(language),
            check=Text(
                "The new score shows whether those who did not write feel the same.",
                "新题得分可看出未留言者是否也有同感。",
            ).in_(language),
        )
    name = _quoted(lower[0] if lower else view.main[0], language)
    return NextStep(
        who=Text(f"Whoever answers for {name}", f"{name}的负责人").in_(language),
        what=Text(
            "Read those remarks in full, name one likely cause and change one thing as a test.",
            "通读这些留言，找出一个可能的原因，先改一处作为试验。",
        ).in_(language),
        check=Text(
            "Next period fewer mention it, and the verdict on its share reads “less”.",
            "下一期提到它的人减少，其占比的结论为“变少”。",
        ).in_(language),
    )
