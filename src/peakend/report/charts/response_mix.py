"""Who answered, and what they could answer: response rate, sample against population, answers by question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

TABLE = "response_mix"
MOST_ROWS = 30
PARTS = (
    ("answered", "brand", Text("answered", "已作答")),
    ("not_used", "band", Text("not used or not applicable", "未使用或不适用")),
    ("no_answer", "line-2", Text("left blank", "未作答")),
)


class ResponseMix:
    """The questions of the last period, most answered first."""

    needs = (TABLE,)
    by_programme = True

    def _rows(self, basis: Basis) -> tuple[str, list[Row]]:
        rows: list[Row] = basis[TABLE].to_pylist()
        order = rows_of.period_order(rows)
        last = order[-1] if order else ""
        return last, rows_of.of_period(rows, last)

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        period, rows = self._rows(basis)
        everybody = next((row for row in rows if row["dimension_kind"] == "all" and not row["hidden"]), None)
        if everybody is None:
            return None
        questions, off = _questions(rows), _off_population(rows)
        return Finding(
            headline=_headline(everybody, questions, off, language),
            lede=_lede(period, everybody, questions, off, language),
            figures=_figures(everybody, questions, basis, language),
            reading=Text(
                "Every respondent the question was put to, by what became of it. Scores elsewhere rest on "
                "the answered part only.",
                "被问到该题的全部应答者，按作答情况划分。其他各处的得分只依据已作答部分。",
            ).in_(language),
            caution=Text(
                "Those who answer need not feel like those who do not.", "作答者的感受未必与未作答者相同。"
            ).in_(language),
            next_step=_next_step(everybody, language),
            weight=10,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        _, rows = self._rows(basis)
        questions = _questions(rows)
        if not questions:
            return None
        drawn = [
            BarRow(
                _label(row, language),
                (
                    Bar(
                        tuple((float(row[name] or 0), token) for name, token, _ in PARTS),
                        percent(row["answered"], language, 0),
                    ),
                ),
            )
            for row in (questions if len(questions) <= MOST_ROWS else questions[-MOST_ROWS:])
        ]
        column = Column(Text("–", "–"), tuple((words, token) for _, token, words in PARTS))
        return bars(drawn, (column,), width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        _, rows = self._rows(basis)
        rest = [row for row in rows if row["dimension_kind"] != "question"]
        ordered = [dict(row) for row in (*_questions(rows), *rest)]
        return TABLE, pa.Table.from_pylist(ordered, schema=basis[TABLE].schema)


RESPONSE_MIX = ResponseMix()


def _questions(rows: list[Row]) -> list[Row]:
    """The question rows that may be shown, most answered first."""
    found = [
        r for r in rows if r["dimension_kind"] == "question" and not r["hidden"] and r["answered"] is not None
    ]
    return sorted(found, key=lambda row: (-row["answered"], row["category"]))


def _off_population(rows: list[Row]) -> list[Row]:
    """Segments whose share lies outside its interval around the population's, farthest off first."""
    known = [
        row
        for row in rows
        if row["dimension_kind"] == "segment"
        and not row["hidden"]
        and None not in (row["population_share"], row["share"], row["share_low"], row["share_high"])
    ]
    off = [row for row in known if not row["share_low"] <= row["population_share"] <= row["share_high"]]
    return sorted(off, key=lambda row: (-abs(row["share"] - row["population_share"]), row["category"]))


def _label(row: Row, language: Language) -> str:
    both = (row["label_zh"], row["label_en"]) if language == "zh" else (row["label_en"], row["label_zh"])
    return str(both[0] or both[1] or row["category"])


def _headline(everybody: Row, questions: list[Row], off: list[Row], language: Language) -> str:
    if everybody["response_rate"] is not None:
        rate = percent(everybody["response_rate"], language)
        return Text(f"{rate} of those invited answered", f"受邀者中有 {rate}作答").in_(language)
    if off:
        name = shortened_to(_label(off[0], language), 60)
        more = off[0]["share"] > off[0]["population_share"]
        return Text(
            f"{name} is {'over' if more else 'under'}-represented among those who answered",
            f"应答者中“{name}”的占比{'偏高' if more else '偏低'}",
        ).in_(language)
    if questions:
        name, share = (
            shortened_to(_label(questions[-1], language), 60),
            percent(questions[-1]["answered"], language),
        )
        if questions[-1]["answered"] < 0.5:
            return Text(f"Only {share} could answer about {name}", f"只有 {share}的人能够回答“{name}”").in_(
                language
            )
        return Text(f"Every question was answered by at least {share}", f"每道题至少有 {share}的人作答").in_(
            language
        )
    return Text(f"{number(everybody['n'])} people answered", f"共有 {number(everybody['n'])} 人作答").in_(
        language
    )


def _lede(period: str, everybody: Row, questions: list[Row], off: list[Row], language: Language) -> str:
    when = rows_of.when(period, language)
    sentences = [
        Text(
            f"{number(everybody['n'])} responses{f' in {when}' if when else ''}.",
            f"{when}共 {number(everybody['n'])} 份应答。",
        ).in_(language)
    ]
    if questions and questions[-1]["answered"] < 0.5:
        low = questions[-1]
        unused, blank = percent(low["not_used"], language), percent(low["no_answer"], language)
        sentences.append(
            Text(
                f"{shortened_to(_label(low, 'en'), 60)}: {unused} had not used it and {blank} left it blank; "
                "a thin base is not a bad score.",
                f"{shortened_to(_label(low, 'zh'), 60)}：{unused}的人未使用过，{blank}未作答；"
                "样本少并不等于评价差。",
            ).in_(language)
        )
    for row in off[:2]:
        sentences.append(
            Text(
                f"{shortened_to(_label(row, 'en'), 60)}: {percent(row['share'], 'en')} of responses, "
                f"{percent(row['population_share'], 'en')} of the population.",
                f"{shortened_to(_label(row, 'zh'), 60)}：占应答的 {percent(row['share'], 'zh')}，"
                f"占总体的 {percent(row['population_share'], 'zh')}。",
            ).in_(language)
        )
    if everybody["response_rate"] is None:
        sentences.append(
            Text(
                "No invitations are on record, so there is no response rate.",
                "没有邀请记录，因此无法给出应答率。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(everybody: Row, questions: list[Row], basis: Basis, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    figures = [
        Figure(
            Text("Responses", "应答").in_(language), number(everybody["n"]), rows_of.when(everybody, language)
        )
    ]
    if everybody["response_rate"] is not None:
        ends = share_interval(everybody["response_rate_low"], everybody["response_rate_high"], language)
        note = f"{named} {ends} · n = {number(everybody['invited'])}"
        figures.append(
            Figure(
                Text("Response rate", "应答率").in_(language),
                percent(everybody["response_rate"], language, 1),
                note,
            )
        )
    if questions:
        low = questions[-1]
        ends = share_interval(low["answered_low"], low["answered_high"], language)
        label = Text("Answered least: ", "作答最少：").in_(language) + shortened_to(_label(low, language), 60)
        figures.append(
            Figure(label, percent(low["answered"], language), f"{named} {ends} · n = {number(low['n'])}")
        )
    return tuple(figures)


def _next_step(everybody: Row, language: Language) -> NextStep:
    if everybody["response_rate"] is None:
        what = Text(
            "Record whom you invite, when and how: without it nobody can tell how many kept silent.",
            "记录邀请了谁、何时、以何种方式：否则无从得知有多少人沉默。",
        )
        check = Text(
            "The next period shows a response rate, and the sample beside the population.",
            "下一期能给出应答率，并将样本构成与总体对照。",
        )
    else:
        what = Text(
            "Ask a small sample of those who did not answer by another channel, with one question.",
            "换一种渠道，用一道题询问少量未作答者。",
        )
        check = Text(
            "Whether their answers differ from those that came by themselves.",
            "看他们的回答与主动作答者是否不同。",
        )
    owner = Text("The owner of the survey", "调查负责人")
    return NextStep(who=owner.in_(language), what=what.in_(language), check=check.in_(language))
