"""Answers given without reading: one score for everything, beyond chance, and texts without words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, number, percent, share_interval, signed
from peakend.report.numbers import period as period_words

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

TABLE = "answer_quality"
LINES = "straight_lines"
MORE = "more_than_chance"
FEWEST_TEXTS = 50
"""Of fewer texts a share says nothing worth a headline: three copies of fifteen are three people."""
TEXT_KINDS = {
    "copied_texts": Text("copied from another text", "与他人雷同"),
    "empty_texts": Text("no word in them", "没有文字"),
    "nothing_said": Text("“none”, “no comment”", "“无”“没有意见”之类"),
    "system_texts": Text("written by the system", "系统默认"),
}


class AnswerQuality:
    """Straight lines of every period; without any, the texts of the last one."""

    needs = (TABLE,)
    by_programme = True

    def _lines(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis[TABLE].to_pylist() if row["kind"] == LINES and row["share"] is not None]
        order = rows_of.period_order(rows)
        return sorted(rows, key=lambda row: order.index(row["period"] or ""))

    def _texts(self, basis: Basis) -> list[Row]:
        """Kinds of texts that occurred in the last period that has texts, commonest first."""
        rows = [
            row
            for row in basis[TABLE].to_pylist()
            if row["kind"] in TEXT_KINDS and row["share"] is not None and row["n"] >= FEWEST_TEXTS
        ]
        order = rows_of.period_order(rows)
        found = [row for row in rows if row["period"] == order[-1] and row["share"] > 0] if order else []
        return sorted(found, key=lambda row: (-row["share"], row["kind"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        lines, texts = self._lines(basis), self._texts(basis)
        if lines:
            return _of_lines(lines, texts, basis, language)
        return _of_texts(texts, basis, language) if texts else None

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        lines = self._lines(basis)
        if lines:
            drawn = [_dot(row, language) for row in lines if row["excess_low"] is not None]
            base = Text("n", "n")
            return dots(drawn, width, language, decimals=1, suffix="%", base_title=base) if drawn else None
        texts = self._texts(basis)
        if not texts:
            return None
        shares = [
            BarRow(
                TEXT_KINDS[row["kind"]].in_(language),
                (
                    Bar(
                        ((float(row["share"]), "brand"),),
                        share_interval(row["share_low"], row["share_high"], language),
                    ),
                ),
            )
            for row in texts
        ]
        return bars(shares, (Column(Text("Share of texts", "占文本的比例")),), width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = self._lines(basis)
        rest = [row for row in basis[TABLE].to_pylist() if row not in rows]
        return TABLE, pa.Table.from_pylist([dict(row) for row in (*rows, *rest)], schema=basis[TABLE].schema)


ANSWER_QUALITY = AnswerQuality()


def _dot(row: Row, language: Language) -> Dot:
    """What exceeds chance in one period, and the share of all such answers."""
    more, when = row["verdict"] == MORE, period_words(row["period"] or "", language)
    share = percent(row["share"], language, 1)
    return Dot(
        label=f"{when} ({share} in all)" if language == "en" else f"{when}（共 {share}）",
        value=row["excess"] * 100,
        low=row["excess_low"] * 100,
        high=row["excess_high"] * 100,
        base=number(row["n"]),
        tone="act" if more else "plain",
        word=Text("more than chance", "超出应有").in_(language) if more else "",
    )


def _of_lines(lines: list[Row], texts: list[Row], basis: Basis, language: Language) -> Finding:
    last, more = lines[-1], [row for row in lines if row["verdict"] == MORE]
    return Finding(
        headline=_headline(last, language),
        lede=_lede(lines, more, texts, language),
        figures=_figures(last, basis, language),
        reading=Text(
            "A dot is the share of respondents who gave one score to everything beyond those who would, "
            "reading every question and feeling as these do; the line is its interval, and one that holds 0 "
            "shows nothing. In brackets, the share of all who gave one score to at least five questions.",
            "圆点为各题同分者中超出应有的占比，即扣除认真读题、看法相同的人本来就会有的部分；线为其区间，"
            "含 0 即未见异常。括号内为至少作答五题且各题同分者的总占比。",
        ).in_(language),
        caution=Text(
            "One score for everything may be an honest opinion; no answer is taken out and nobody is "
            "singled out. How long somebody took is not on record.",
            "各题同分也可能是真实看法；这里不剔除任何答案，也不指认任何人。作答用时没有记录。",
        ).in_(language),
        next_step=_next_step(last["verdict"] == MORE, language),
        weight=35 if last["verdict"] == MORE else 8,
    )


def _headline(last: Row, language: Language) -> str:
    if last["verdict"] == MORE:
        excess = percent(last["excess"], language)
        return Text(
            f"About {excess} answer without reading the questions", f"约 {excess}的人没有读题就作答"
        ).in_(language)
    share = percent(last["share"], language)
    return Text(
        f"{share} give everything one score, no more than attentive customers would",
        f"{share}的人各题都打同一分，并不多于认真作答者本来会有的比例",
    ).in_(language)


def _lede(lines: list[Row], more: list[Row], texts: list[Row], language: Language) -> str:
    last = lines[-1]
    share, chance = (percent(last[name], language, 1) for name in ("share", "chance"))
    n, items, when = number(last["n"]), number(last["items"]), rows_of.when(last, language)
    sentences = [
        Text(
            f"In {when}, {share} of {n} respondents gave one score to all the questions they answered "
            f"(of {items}); people who read every question and feel as these do would in {chance}.",
            f"{when}的 {n} 位应答者中，{share}对所答各题（共 {items} 题）都打了同一分；"
            f"认真读题、看法相同的人本来就会有 {chance}。",
        )
    ]
    if len(lines) > 1:
        count, whole = number(len(more)) if more else "none", number(len(lines))
        some = f"有 {count} 期" if more else "没有一期"
        sentences.append(
            Text(f"It is more than that in {count} of {whole} periods.", f"{whole} 期中{some}超出应有。")
        )
    if last["score"] is not None:
        plain, careful = number(last["score"], 2), number(last["score_without"], 2)
        sentences.append(
            Text(
                f"Counting each such answer by its chance of being meant, the overall score is {careful} "
                f"instead of {plain}.",
                f"若按其属认真作答的概率计入，总体均分为 {careful}，原为 {plain}。",
            )
        )
    if texts:
        top = texts[0]
        sentences.append(_text_words(top, language))
    return ("" if language == "zh" else " ").join(one.in_(language) for one in sentences)


def _text_words(row: Row, language: Language) -> Text:
    share = percent(row["share"], language)
    kind = TEXT_KINDS[row["kind"]]
    n = number(row["n"])
    return Text(f"Of {n} texts, {share} are: {kind.en}.", f"{n} 条文本中，{share}为：{kind.zh}。")


def _figures(last: Row, basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    figures = [
        Figure(
            Text("One score for everything", "各题同分").in_(language),
            percent(last["share"], language, 1),
            f"{named} {share_interval(last['share_low'], last['share_high'], language)} · "
            f"n = {number(last['n'])}",
        ),
        Figure(
            Text("Beyond chance", "超出应有").in_(language),
            percent(last["excess"], language, 1),
            f"{named} {share_interval(last['excess_low'], last['excess_high'], language)}",
            "act" if last["verdict"] == MORE else "plain",
        ),
    ]
    if last["difference"] is not None:
        figures.append(
            Figure(
                Text("What it does to the overall score", "对总体均分的影响").in_(language),
                signed(last["difference"], 2),
                f"{named} {interval(last['difference_low'], last['difference_high'], language, 2)}",
            )
        )
    return tuple(figures)


def _next_step(more: bool, language: Language) -> NextStep:
    owner = Text("The owner of the survey", "调查负责人")
    if more:
        what = Text(
            "Shorten the questionnaire where rows of equal questions follow each other, and word some of "
            "them the other way round.",
            "在同类题目连成一片的地方缩短问卷，并把其中几题改为反向提问。",
        )
        check = Text(
            "The next period shows no more straight lines than chance explains.",
            "下一期各题同分的比例不再超出应有。",
        )
    else:
        what = Text(
            "Leave these answers in, and look again when the questionnaire grows.",
            "保留这些答案；问卷加长时再看一次。",
        )
        check = Text("The share stays within what chance explains.", "各题同分的比例不超出应有。")
    return NextStep(who=owner.in_(language), what=what.in_(language), check=check.in_(language))


def _of_texts(texts: list[Row], basis: Basis, language: Language) -> Finding:
    top = texts[0]
    share, kind = percent(top["share"], language), TEXT_KINDS[top["kind"]]
    named = level(basis.settings.confidence, language)
    figures = tuple(
        Figure(
            TEXT_KINDS[row["kind"]].in_(language),
            percent(row["share"], language, 1),
            f"{named} {share_interval(row['share_low'], row['share_high'], language)} · "
            f"n = {number(row['n'])}",
        )
        for row in texts[:3]
    )
    return Finding(
        headline=Text(
            f"{share} of the texts say nothing new: {kind.en}", f"{share}的文本没有新内容：{kind.zh}"
        ).in_(language),
        lede=_text_words(top, language).in_(language),
        figures=figures,
        reading=Text(
            "Share of answered texts with its interval. A copy has at least four fifths of its characters "
            "or words, and pairs of them, in common with an earlier text.",
            "占已作答文本的比例及其区间。雷同指与较早文本的字词及相邻字词组合至少五分之四相同。",
        ).in_(language),
        caution=Text(
            "Whether a copy was meant cannot be seen from the text.", "是否有意雷同，从文本本身看不出来。"
        ).in_(language),
        next_step=_next_step(False, language),
        weight=8,
    )
