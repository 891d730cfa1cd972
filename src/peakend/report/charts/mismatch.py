"""Totals that do not match their parts: how many against chance, where they cluster, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.charts.mismatch_words import (
    break_words,
    change_words,
    cluster_name,
    cluster_words,
    mean_words,
    said,
    theme_name,
)
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import level, number, percent, period, share_interval

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

Row = dict[str, Any]
TABLE, CLUSTERS, THEMES, CHANGES = "mismatch", "mismatch_clusters", "mismatch_themes", "mismatch_changes"
CUSTOMERS = "mismatch_customers"
MOST_PERIODS = 13
NEARLY = 0.95
MOST_CLUSTERS = 5
MOST_THEMES = 8


def main_question(rows: list[Row]) -> str | None:
    """The question about the whole that most respondents answered; of nearly as many, the best predicted."""
    counts: dict[str, int] = {}
    for row in rows:
        if row["period_kind"] != "all":
            counts[row["question_id"]] = counts.get(row["question_id"], 0) + (row["n"] or 0)
    if not any(counts.values()):
        return None
    explained = {row["question_id"]: row["explained"] or 0 for row in rows if row["period_kind"] == "all"}
    most = max(counts.values())
    usual = [key for key in counts if counts[key] >= NEARLY * most]
    return max(usual, key=lambda key: (explained.get(key, 0), counts[key], key))


class Mismatch:
    """Share of respondents far below their own parts, by period, and in the places where they cluster."""

    needs = (TABLE, CLUSTERS, CHANGES, CUSTOMERS)
    by_programme = True

    def _rows(self, basis: Basis) -> tuple[list[Row], Row | None, list[Row]]:
        """The main question's periods, what holds for all of them, and its clusters that are beyond
        chance."""
        every: list[Row] = basis[TABLE].to_pylist()
        key = main_question(every)
        own = [
            row
            for row in every
            if row["question_id"] == key and not row["hidden"] and row["share"] is not None
        ]
        periods = [row for row in own if row["period_kind"] != "all"]
        whole = next((row for row in own if row["period_kind"] == "all"), periods[0] if periods else None)
        scope = whole["period"] if whole else None
        clusters = [
            row
            for row in basis[CLUSTERS].to_pylist()
            if row["question_id"] == key and row["period"] == scope and row["verdict"] == "clusters"
            and not row["hidden"] and row["segmentation"] not in ("all", "period")
        ]  # fmt: skip
        return periods, whole, clusters

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        periods, whole, clusters = self._rows(basis)
        if whole is None:
            return None
        flagged = [row for row in periods if row["verdict"] == "more_than_chance"]
        found = bool(flagged) or whole["verdict"] == "more_than_chance"
        # A place can stand out where all respondents together do not.
        placed = bool(clusters) and not found
        changes = [row for row in basis[CHANGES].to_pylist() if row["question_id"] == whole["question_id"]]
        return Finding(
            headline=_place_headline(clusters[0], basis, language)
            if placed
            else _headline(whole, found, language),
            lede=_lede(basis, whole, periods, flagged, clusters, changes, language),
            figures=_figures(whole, clusters, basis, language),
            reading=Text(
                "The bar is the share of respondents whose total is far below what their own ratings of the "
                "parts "
                "lead one to expect, the thin line the share that chance alone would bring.",
                "横条为总分远低于自身各分项评分所示水平的应答者占比，细线为仅凭偶然应有的占比。",
            ).in_(language),
            caution=Text(
                "A total that does not match says that something is missing from the questionnaire or from "
                "the "
                "experience; it does not say what. What coincides in time need not be the cause.",
                "总分与分项不相配，说明问卷或体验中缺了什么，但并未说明缺的是什么；时间上吻合也未必是原因。",
            ).in_(language),
            next_step=_next_step(_listed(basis, whole), found or placed, language),
            weight=72 if flagged else 55 if found else 30 if placed else 14,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        periods, whole, clusters = self._rows(basis)
        if whole is None:
            return None
        shown = periods[-MOST_PERIODS:]
        drawn = [
            _bar(period(row["period"], language), row["share"], row["share_expected"], row["n"], language)
            for row in shown
        ]
        for row in clusters[:MOST_CLUSTERS]:
            name = shortened_to(cluster_name(row, basis, language), 60)
            share, chance = row["below"] / row["n"], row["below_expected"] / row["n"]
            drawn.append(_bar(name, share, chance, row["n"], language, strong=True))
        column = Column(
            Text(
                "Far below their own ratings, with chance as a line", "远低于自身评分者占比（细线为偶然水平）"
            )
        )
        return bars(drawn, (column,), width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        periods, whole, _ = self._rows(basis)
        rows = [*periods, *([whole] if whole and whole not in periods else [])]
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


class Words:
    """What those far below say more often than the others."""

    needs = (THEMES, TABLE)
    by_programme = True

    def _themes(self, basis: Basis) -> list[Row]:
        """Of all periods together where there are several; else of the only one."""
        key = main_question(basis[TABLE].to_pylist())
        rows = [
            row
            for row in basis[THEMES].to_pylist()
            if row["question_id"] == key and row["verdict"] == "shared"
        ]
        whole = [row for row in rows if row["period"] == rows_of.ALL]
        return whole or rows

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        themes = self._themes(basis)
        if not themes:
            return None
        missing = [row for row in themes if row["asked_by"] is None]
        first = missing[0] if missing else themes[0]
        flagged = any(row["verdict"] == "more_than_chance" for row in basis[TABLE].to_pylist())
        return Finding(
            headline=_words_headline(first, missing, language),
            lede=_words_lede(themes, missing, flagged=flagged, language=language),
            figures=(_words_figure(first, basis, language),),
            reading=Text(
                "Of those who said anything: the share that says it among respondents far below their own "
                "ratings, "
                "and among all others. Only differences that chance does not explain are shown.",
                "在有意见者中：远低于自身评分者与其他应答者提及该内容的占比。仅列出偶然无法解释的差异。",
            ).in_(language),
            caution=Text(
                "What is said more often goes with the low total; it need not be its reason.",
                "更常被提及的内容与总分偏低相伴，未必是其原因。",
            ).in_(language),
            next_step=_words_step(first, missing, language),
            weight=66 if flagged and missing else 40 if flagged else 22,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        themes = self._themes(basis)[:MOST_THEMES]
        if not themes:
            return None
        drawn = []
        for row in themes:
            far, others = row["n_below"] / row["texts_below"], row["n_others"] / row["texts_others"]
            drawn.append(
                BarRow(
                    shortened_to(theme_name(row, language), 70),
                    (
                        Bar(((far, "detractor"),), percent(far, language, 0)),
                        Bar(((others, "band"),), percent(others, language)),
                    ),
                    strong=row["asked_by"] is None,
                )
            )
        columns = (
            Column(Text("far below their ratings", "远低于自身评分者")),
            Column(Text("all others", "其他应答者")),
        )
        return bars(drawn, columns, width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return THEMES, pa.Table.from_pylist(self._themes(basis), schema=basis[THEMES].schema)


MISMATCH = Mismatch()
WORDS = Words()


def _bar(
    label: str, share: float, chance: float, n: int, language: Language, *, strong: bool = False
) -> BarRow:
    written = f"{percent(share, language, 1)} · n = {number(n)}"
    token = "detractor" if strong else "brand"
    # What is missing to chance is drawn faintly, so that the number stands beyond the line.
    parts = ((share, token), (max(chance - share, 0.0), "brand-soft"))
    return BarRow(label, (Bar(parts, written, chance),), strong)


def _headline(whole: Row, found: bool, language: Language) -> str:
    if not found:
        return Text(
            "The whole is rated as its parts are: no more customers than chance explains fall far short",
            "总分与分项相配：远低于自身评分的客户并不多于偶然所能解释的",
        ).in_(language)
    share, chance = percent(whole["share"], language, 1), percent(whole["share_expected"], language, 1)
    return Text(
        f"{share} of customers rate the whole far below what they rate its parts; chance explains {chance}",
        f"{share}的客户给出的总分远低于其对各分项的评分，而偶然只能解释 {chance}",
    ).in_(language)


def _place_headline(row: Row, basis: Basis, language: Language) -> str:
    name = shortened_to(cluster_name(row, basis, language), 60)
    times = number(row["ratio"], 1)
    return Text(
        f"{name}: the whole is rated far below its parts {times} times as often as elsewhere",
        f"{name}：总分远低于自身分项评分者的比例为别处的 {times} 倍",
    ).in_(language)


def _lede(
    basis: Basis,
    whole: Row,
    periods: list[Row],
    flagged: list[Row],
    clusters: list[Row],
    changes: list[Row],
    language: Language,
) -> str:
    below, chance = number(whole["below"]), number(whole["below_expected"])
    sentences = [
        Text(
            f"{below} of {number(whole['n'])} respondents are far below; chance alone would bring about "
            f"{chance}.",
            f"{number(whole['n'])} 位应答者中有 {below} 位远低于期望，仅凭偶然约为 {chance} 位。",
        ).in_(language),
        mean_words(whole, language),
    ]
    if flagged and len(periods) > 1:
        last = flagged[-1]
        sentences.append(
            Text(
                f"More than chance in {len(flagged)} of {len(periods)} periods, last in "
                f"{period(last['period'], 'en')}.",
                f"{len(periods)} 期中有 {len(flagged)} 期多于偶然，最近一次在"
                f"{period(last['period'], 'zh')}。",
            ).in_(language)
        )
    sentences += [
        cluster_words(
            clusters, basis, language, among=bool(flagged) or whole["verdict"] == "more_than_chance"
        ),
        change_words(changes, language),
        break_words(changes, basis, language),
    ]
    return ("" if language == "zh" else " ").join(sentence for sentence in sentences if sentence)


def _figures(whole: Row, clusters: list[Row], basis: Basis, language: Language) -> tuple[Figure, ...]:
    found = whole["verdict"] == "more_than_chance"
    ends = share_interval(whole["share_low"], whole["share_high"], language)
    named = level(basis.settings.confidence, language)
    figures = [
        Figure(
            Text("Far below their own ratings", "远低于自身评分").in_(language),
            percent(whole["share"], language, 1),
            f"{named} {ends} · n = {number(whole['n'])}",
            "act" if found else "plain",
        ),
        Figure(
            Text("By chance alone", "仅凭偶然").in_(language),
            percent(whole["share_expected"], language, 1),
            Text("from how answers scatter in the middle and upwards", "由答案在中段与上端的离散推得").in_(
                language
            ),
        ),
    ]
    if clusters:
        first = clusters[0]
        figures.append(
            Figure(
                cluster_name(first, basis, language),
                percent(first["below"] / first["n"], language, 1),
                Text(f"far below · n = {number(first['n'])}", f"远低于期望 · n = {number(first['n'])}").in_(
                    language
                ),
                "act",
            )
        )
    return tuple(figures)


def _listed(basis: Basis, whole: Row) -> int:
    """Customers who may be listed by name; none where the survey is anonymous."""
    rows = basis[CUSTOMERS].to_pylist()
    return sum(row["question_id"] == whole["question_id"] for row in rows)


def _next_step(listed: int, found: bool, language: Language) -> NextStep:
    if not found:
        return NextStep(
            who=Text("The owner of the survey", "调查负责人").in_(language),
            what=Text(
                "Nothing to repair here. Keep one open question in the survey: it is how a missing question "
                "is noticed.",
                "此处无需整改。请在问卷中保留一道开放题：缺少哪道题正是由此发现的。",
            ).in_(language),
            check=Text(
                "The next period's verdict stays at “nothing beyond chance”.",
                "下一期的结论仍为“未超出偶然”。",
            ).in_(language),
        )
    call = (
        Text(
            f"Call the {number(listed)} customers on the list and ask what was missing.",
            f"致电名单上的 {number(listed)} 位客户，询问缺了什么。",
        )
        if listed
        else Text("Read the comments of those far below first.", "先阅读远低于期望者的意见。")
    )
    return NextStep(
        who=Text("Whoever answers for the place where they cluster", "集中之处的负责人").in_(language),
        what=call.in_(language),
        check=Text(
            "After the remedy the share falls back to what chance explains.",
            "整改后该占比回落到偶然所能解释的水平。",
        ).in_(language),
    )


def _words_headline(first: Row, missing: list[Row], language: Language) -> str:
    name = shortened_to(theme_name(first, language), 60)
    if missing:
        return Text(
            f"Customers whose total falls short speak of {name}, and no question asks about it",
            f"总分偏低的客户提到{name}，而没有任何题目问及",
        ).in_(language)
    return Text(
        f"Customers whose total falls short say it more often: {name}", f"总分偏低的客户更常表示：{name}"
    ).in_(language)


def _words_lede(themes: list[Row], missing: list[Row], *, flagged: bool, language: Language) -> str:
    first = missing[0] if missing else themes[0]
    sentences = [said(first, language)]
    others = [row for row in themes if row is not first][:3]
    if others:
        names = [shortened_to(theme_name(row, language), 40) for row in others]
        sentences.append(Text(f"Also: {', '.join(names)}.", f"此外还有：{'、'.join(names)}。").in_(language))
    if not flagged:
        sentences.append(
            Text(
                "They are no more than chance would bring, but they are not like the others.",
                "他们的人数并不多于偶然，但与其他人不同。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _words_figure(first: Row, basis: Basis, language: Language) -> Figure:
    far, others = first["n_below"] / first["texts_below"], first["n_others"] / first["texts_others"]
    note = Text(
        f"against {percent(others, 'en')} of the others · n = {number(first['texts_below'])}",
        f"其他应答者为 {percent(others, 'zh')} · n = {number(first['texts_below'])}",
    )
    return Figure(
        shortened_to(theme_name(first, language), 60), percent(far, language, 0), note.in_(language), "act"
    )


def _words_step(first: Row, missing: list[Row], language: Language) -> NextStep:
    name = shortened_to(theme_name(first, language), 60)
    if missing:
        what = Text(
            f"Put a question about {name} into the next survey, and find out what changed there.",
            f"在下一期问卷中加入关于{name}的题目，并查明那里发生了什么变化。",
        )
        check = Text(
            "With the new question in it the expected total comes down to the given one.",
            "加入该题后，期望总分与实际总分趋于一致。",
        )
    else:
        what = Text(
            "Ask those who say so what happened, and record it beside the score.",
            "询问这些客户发生了什么，并与评分一同记录。",
        )
        check = Text(
            "The difference between the two groups narrows in the next period.", "下一期两组之间的差距缩小。"
        )
    return NextStep(
        who=Text("The owner of the survey", "调查负责人").in_(language),
        what=what.in_(language),
        check=check.in_(language),
    )
