"""How the sample was weighted to the population, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import shortened_to
from peakend.report.numbers import number, percent

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec

TABLE = "weighting"
MOST_ROWS = 24


class Weighting:
    """The newest weighted survey: its groups in the sample beside the population."""

    needs = (TABLE,)
    by_programme = True

    def _rows(self, basis: Basis) -> tuple[Row | None, list[Row]]:
        """The survey as a whole, and its groups, farthest off first."""
        rows: list[Row] = basis[TABLE].to_pylist()
        wholes = [
            row for row in rows if row["segmentation"] == rows_of.ALL and row["effective_n"] is not None
        ]
        if not wholes:
            return None, []
        last = max(wholes, key=lambda row: (row["period"] or "", row["n"], row["survey_id"]))
        groups = [
            row
            for row in rows
            if row["survey_id"] == last["survey_id"]
            and row["segmentation"] != rows_of.ALL
            and not row["hidden"]
        ]
        return last, sorted(groups, key=lambda row: (-abs(_off(row)), row["segmentation"], row["segment"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        whole, groups = self._rows(basis)
        if whole is None:
            return None
        silent = [row for row in groups if row["status"] == "nobody_answered"]
        return Finding(
            headline=_headline(groups, basis, language),
            lede=_lede(whole, silent, basis, language),
            figures=(
                Figure(
                    Text("Answers of equal weight", "等权答案数").in_(language),
                    number(whole["effective_n"]),
                    Text(
                        f"as precise as these {number(whole['n'])} with their weights",
                        f"与这 {number(whole['n'])} 份加权答案同样精确",
                    ).in_(language),
                ),
            ),
            reading=Text(
                "Each group's share of those who answered, beside its share of the population; weights make "
                "the first equal the second.",
                "各群体占应答者的比例与占总体的比例；加权使前者等于后者。",
            ).in_(language),
            caution=Text(
                "Weights repair what the groups know. If the silent of a group feel otherwise, they cannot.",
                "权重只能修复分组所知道的偏差；若同组中沉默者感受不同，权重无能为力。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of the survey", "调查负责人").in_(language),
                Text(
                    "Invite more of the group that answers least, by the channel it uses.",
                    "用其惯用的渠道，多邀请作答最少的群体。",
                ).in_(language),
                Text(
                    "Sample and population lie closer, and fewer answers are lost to weights.",
                    "样本与总体更接近，因加权而损失的答案更少。",
                ).in_(language),
            ),
            weight=12,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        _, groups = self._rows(basis)
        shown = [row for row in groups if row["sample_share"] is not None][:MOST_ROWS]
        if not shown:
            return None
        most = max(max(row["sample_share"], row["population_share"]) for row in shown)
        drawn = [
            BarRow(
                _label(row, basis, language),
                (
                    Bar(((row["sample_share"] / most, "brand"),), percent(row["sample_share"], language)),
                    Bar(
                        ((row["population_share"] / most, "band"),),
                        percent(row["population_share"], language),
                    ),
                ),
            )
            for row in shown
        ]
        columns = (
            Column(Text("Of those who answered", "占应答者")),
            Column(Text("Of the population", "占总体")),
        )
        return bars(drawn, columns, width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        whole, groups = self._rows(basis)
        rows = [dict(row) for row in ([whole] if whole else []) + groups]
        return TABLE, pa.Table.from_pylist(rows, schema=basis[TABLE].schema)


WEIGHTING = Weighting()


def _off(row: Row) -> float:
    return (row["sample_share"] or 0.0) - (row["population_share"] or 0.0)


def _label(row: Row, basis: Basis, language: Language) -> str:
    cut, segment = row["segmentation"], row["segment"]
    mark = Text(": ", "：").in_(language)
    return f"{basis.cut(cut, language)}{mark}{basis.segment(cut, segment, language)}"


def _headline(groups: list[Row], basis: Basis, language: Language) -> str:
    weighed = [row for row in groups if row["mean_weight"] is not None]
    if not weighed or abs(_off(weighed[0])) < 0.01:
        return Text("Those who answered look like the population", "应答者的构成与总体相近").in_(language)
    row = min(weighed, key=_off)
    name = shortened_to(_label(row, basis, language), 60)
    times = number(row["mean_weight"], 2)
    return Text(
        f"{name} answered too rarely and counts {times}-fold", f"“{name}”作答偏少，每份按 {times} 倍计"
    ).in_(language)


def _lede(whole: Row, silent: list[Row], basis: Basis, language: Language) -> str:
    lost = 1 - whole["effective_n"] / whole["n"]
    when = rows_of.when(whole["period"] or "", language)
    sentences = [
        Text(
            f"{f'In {when}, ' if when else ''}{number(whole['n'])} answers were weighted to the population; "
            f"unequal weights cost the precision of {percent(lost, 'en')} of them.",
            f"{when}有 {number(whole['n'])} 份应答按总体加权；"
            f"权重不等使精度相当于少了 {percent(lost, 'zh')}的答案。",
        ).in_(language)
    ]
    if whole["status"] == "nearly":
        gap = percent(whole["largest_gap"], language, 1)
        sentences.append(
            Text(
                f"The margins hold only nearly: up to {gap} apart.", f"边际仅近似满足，最大相差 {gap}。"
            ).in_(language)
        )
    if silent:
        names = "、".join(_label(row, basis, "zh") for row in silent[:3])
        english = ", ".join(_label(row, basis, "en") for row in silent[:3])
        sentences.append(Text(f"Nobody answered from {english}.", f"{names}无人作答。").in_(language))
    return ("" if language == "zh" else " ").join(sentences)
