"""Funnels: how many get from step to step, and where the most are lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.charts.journey_words import everybody, lasting
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.journey_words import Row
    from peakend.report.draw import Spec

_SERVICE = "service"


@dataclass(frozen=True)
class Funnel:
    """The funnel of one of `kinds` (the first that there is) that most customers began."""

    kinds: tuple[str, ...]
    of: Text

    needs = ("funnel_steps", "funnel_losses")
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in everybody(basis, "funnel_steps") if row["reached"]]
        for kind in self.kinds:
            begun = [row for row in rows if row["kind"] == kind and row["step"] == 1]
            if begun:
                chosen = max(begun, key=lambda row: (row["reached"], row["funnel"]))["funnel"]
                return sorted((row for row in rows if row["funnel"] == chosen), key=lambda row: row["step"])
        return []

    def _loss(self, basis: Basis, rows: Sequence[Row]) -> Row | None:
        """Where most customers are lost; not on the way to service, which nobody misses who needs none."""
        stages = {row["step"]: row["stage"] for row in rows}
        losses = [
            row
            for row in everybody(basis, "funnel_losses")
            if rows and row["funnel"] == rows[0]["funnel"] and row["lost"]
        ]
        before = [row for row in losses if stages.get(row["step"] + 1) != _SERVICE]
        if rows and rows[0]["kind"] == "design":
            before = losses
        return max(before, key=lambda row: (row["lost"], -row["step"]), default=None)

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if len(rows) < 2:
            return None
        loss = self._loss(basis, rows)
        return Finding(
            headline=_headline(basis, rows, loss, language),
            lede=self._lede(basis, rows, language),
            figures=_figures(basis, rows, loss, language),
            reading=Text(
                "The full bar is everybody who began. Dark: those who reached the step; light: those lost "
                "since the step before. A customer counts by the journey that got furthest.",
                "整条为全部开始的客户：深色为到达该步者，浅色为自上一步起流失者。每位客户按走得最远的一段旅程计算。",
            ).in_(language),
            caution=Text(
                "Who is not seen at a step may have taken it where nothing is recorded, and not everybody "
                "needs, or is entitled to, every step. Journeys that have only just begun count as well.",
                "未见其到达某步的客户，可能是在没有记录之处完成的；也并非人人都需要或有权享用每一步。"
                "刚开始的旅程同样计入。",
            ).in_(language),
            next_step=_next_step(basis, rows, loss, language),
            weight=45 if loss is not None and loss["share"] >= 0.1 else 25,
        )

    def _lede(self, basis: Basis, rows: Sequence[Row], language: Language) -> str:
        last = rows[-1]
        n, share = number(rows[0]["reached"]), last["share_of_first"]
        told = Text(
            f"{n} customers began {self.of.en}; {percent(share, 'en')} reached “{last['label_en']}”.",
            f"{n} 位客户开始了{self.of.zh}，{percent(share, 'zh')}到达“{last['label_zh']}”。",
        ).in_(language)
        apart = _apart(basis, rows[0]["funnel"], language)
        return f"{told}{' ' if language == 'en' else ''}{apart}"

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if len(rows) < 2:
            return None
        loss = self._loss(basis, rows)
        first = rows[0]["reached"]
        drawn = []
        for row, before in zip(rows, [None, *rows[:-1]], strict=True):
            lost = (before["reached"] - row["reached"]) / first if before else 0.0
            worst = loss is not None and row["step"] == loss["step"] + 1
            parts = ((row["reached"] / first, "brand"), (lost, "detractor" if worst else "band"))
            share = percent(row["share_of_first"], language)
            # Behind the whole bar there is room for numbers in both sizes of the chart.
            drawn.append(
                BarRow(
                    f"{row['step']}. {_label(row, language)}",
                    (Bar(parts, f"{share} ({number(row['reached'])})"),),
                    strong=worst,
                )
            )
        legend = (
            (Text("reached it", "到达"), "brand"),
            (Text("lost since the step before", "自上一步起流失"), "band"),
            *(((Text("the biggest loss", "流失最多"), "detractor"),) if loss is not None else ()),
        )
        return bars(drawn, [Column(Text("–", "–"), legend)], width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = self._rows(basis)
        return "funnel_steps", pa.Table.from_pylist(
            [dict(row) for row in rows], schema=basis["funnel_steps"].schema
        )


def _label(row: Row, language: Language, which: str = "label") -> str:
    return str(row[f"{which}_{language}"] or row[f"{which}_en"])


def _headline(basis: Basis, rows: Sequence[Row], loss: Row | None, language: Language) -> str:
    if loss is None:
        return Text(
            f"Everybody who reaches “{rows[0]['label_en']}” gets to “{rows[-1]['label_en']}”",
            f"凡到达“{rows[0]['label_zh']}”的客户都走到了“{rows[-1]['label_zh']}”",
        ).in_(language)
    here, there = _label(loss, language), _label(loss, language, "next")
    share = percent(loss["share"], language)
    ends = share_interval(loss["share_low"], loss["share_high"], language)
    within = f"{level(basis.settings.confidence, language)} {ends}"
    if rows[0]["kind"] == "design":
        return Text(
            f"Most are lost between “{here}” and “{there}”: {share} get no further ({within})",
            f"“{here}”到“{there}”之间流失最多：{share}未再前进（{within}）",
        ).in_(language)
    return Text(
        f"The widest gap lies between “{here}” and “{there}”: {share} are not seen there ({within})",
        f"“{here}”到“{there}”落差最大：{share}的客户未在后者出现（{within}）",
    ).in_(language)


def _apart(basis: Basis, funnel: str, language: Language) -> str:
    """Segments that get on less (or more) often than all others, where that is shown; else that none does."""
    rows: list[Row] = [row for row in basis["funnel_steps"].to_pylist() if row["funnel"] == funnel]
    compared = [row for row in rows if row["verdict"] is not None]
    shown = [row for row in compared if row["verdict"] == "worse"]
    if not compared:
        return ""
    if not shown:
        return Text(
            "No segment is shown to be lost more often than the others.",
            "没有分群被证实比其他客户更易流失。",
        ).in_(language)
    worst = min(shown, key=lambda row: (row["difference"], row["segmentation"], row["segment"], row["step"]))
    who = basis.segment(worst["segmentation"], worst["segment"], language)
    what = basis.cut(worst["segmentation"], language)
    points = number(abs(worst["difference"]) * 100, 1)
    p = "p < 0.001" if worst["adjusted_p"] < 0.001 else f"p = {number(worst['adjusted_p'], 3)}"
    return Text(
        f"“{who}” ({what}) reach “{worst['label_en']}” from the step before less often than all others, "
        f"by {points} points (adjusted {p}).",
        f"“{who}”（{what}）由上一步到达“{worst['label_zh']}”的比例"
        f"比其他客户低 {points} 个百分点（校正后 {p}）。",
    ).in_(language)


def _figures(basis: Basis, rows: Sequence[Row], loss: Row | None, language: Language) -> tuple[Figure, ...]:
    name = level(basis.settings.confidence, language)
    last = rows[-1]
    found = [
        Figure(
            Text(f"Reach “{last['label_en']}”", f"到达“{last['label_zh']}”").in_(language),
            percent(last["share_of_first"], language, 1),
            f"{name} {share_interval(last['share_of_first_low'], last['share_of_first_high'], language)} · "
            f"n = {number(rows[0]['reached'])}",
        )
    ]
    if loss is not None:
        ends = share_interval(loss["share_low"], loss["share_high"], language)
        found.append(
            Figure(
                Text(f"Lost after “{loss['label_en']}”", f"止步于“{loss['label_zh']}”").in_(language),
                Text(f"{number(loss['lost'])} customers", f"{number(loss['lost'])} 位客户").in_(language),
                f"{percent(loss['share'], language, 1)} · {name} {ends} · n = {number(loss['n'])}",
                "act",
            )
        )
    timed = [row for row in rows if row["median_s"] is not None]
    slow = max(timed, key=lambda row: row["median_s"], default=None)
    if slow is not None and slow["p90_s"] is not None:
        found.append(
            Figure(
                Text(f"Longest step: to “{slow['label_en']}”", f"用时最长：到“{slow['label_zh']}”").in_(
                    language
                ),
                lasting(slow["median_s"], language),
                Text(
                    f"median; nine in ten within {lasting(slow['p90_s'], 'en')}",
                    f"中位数；九成在 {lasting(slow['p90_s'], 'zh')}以内",
                ).in_(language)
                + f" · n = {number(slow['reached'])}",
            )
        )
    return tuple(found)


def _next_step(basis: Basis, rows: Sequence[Row], loss: Row | None, language: Language) -> NextStep | None:
    if loss is None:
        return None
    return NextStep(
        Text("The owner of the journey", "旅程负责人").in_(language),
        Text(
            "Call ten of those who stopped there (the list is behind the number) and ask what stopped them.",
            "从数字背后的名单中选十位止步的客户致电，询问为何止步。",
        ).in_(language),
        Text(
            "The share that gets on, among those who begin after the change.",
            "改进之后开始的客户中继续前进的比例。",
        ).in_(language),
    )


class Moments(Funnel):
    """The moments of truth in their order; the stages where none is registered."""


class Designed(Funnel):
    """The designed journey that most customers began."""


MOMENTS = Moments(("moments", "stages"), Text("the way through the moments of truth", "关键时刻之旅"))
DESIGNED = Designed(("design",), Text("the designed journey", "设计旅程"))
