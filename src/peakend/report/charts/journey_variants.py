"""The ways customers go: the most frequent sequences as rows of chips, and how much they leave untold."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from peakend.journey.traces import steps_of
from peakend.language import Language, Text
from peakend.report.charts.journey_words import Row, everybody, lasting, name_of
from peakend.report.charts.step_chips import Way, chips
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "journey_variants"
MOST_ROWS = 8
MOST_CHIPS = 12


class Variants:
    """The most frequent ways, one row each."""

    needs = (TABLE,)
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = [row for row in everybody(basis, TABLE) if row["place"] > 0]
        if not rows:
            return None
        first = rows[0]
        total = round(first["journeys"] / first["share"])
        top = rows[: min(len(rows), MOST_ROWS)]
        upto = percent(top[-1]["cumulative_share"], language)
        rest = next((row for row in everybody(basis, TABLE) if row["place"] == 0), None)
        ways = number(len(rows) + (rest["variants"] if rest else 0))
        named = level(basis.settings.confidence, language)
        return Finding(
            headline=_headline(first, ways, language),
            lede=Text(
                f"{number(total)} journeys take {ways} ways; the {len(top)} most frequent make up {upto}. "
                f"Half of those on the first take no longer than {lasting(first['median_s'], 'en')}.",
                f"{number(total)} 段旅程走出 {ways} 种路径；最常见的 {len(top)} 种占 {upto}。"
                f"最常见路径的时长中位数为 {lasting(first['median_s'], 'zh')}。",
            ).in_(language),
            figures=(
                Figure(
                    Text("Take the most frequent way", "走最常见路径").in_(language),
                    percent(first["share"], language, 1),
                    f"{named} {share_interval(first['share_low'], first['share_high'], language)} · "
                    f"n = {number(total)}",
                ),
            ),
            reading=Text(
                "Each row is one way from the first step to the last, with its share of all journeys. × "
                "counts steps at the same touchpoint in a row.",
                "每行是一种从头到尾的路径及其占全部旅程的比例；× 表示在同一接触点连续发生的次数。",
            ).in_(language),
            caution=Text(
                "What follows is not because of what came before: the order is all that is shown.",
                "先后不等于因果：这里只显示次序。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of the journey", "旅程负责人").in_(language),
                Text(
                    "Compare the frequent ways with the one you designed, and ask why the others differ.",
                    "将常见路径与设计路径对照，查明其他路径为何不同。",
                ).in_(language),
                Text("The share of the designed way next quarter.", "下一季度设计路径的占比。").in_(language),
            ),
            weight=30,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in everybody(basis, TABLE) if row["place"] > 0][:MOST_ROWS]
        if not rows:
            return None
        return chips([_way(basis, row, language) for row in rows], width)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, basis[TABLE]


VARIANTS = Variants()


def _headline(first: Row, ways: str, language: Language) -> str:
    share = percent(first["share"], language)
    if first["share"] >= 0.5:
        return Text(
            f"Most customers go one way: {share} of journeys", f"多数客户走同一条路：占旅程的 {share}"
        ).in_(language)
    return Text(
        f"Customers go {ways} ways; the most frequent is {share} of journeys",
        f"客户走出 {ways} 种路径，最常见的一种占 {share}",
    ).in_(language)


def _way(basis: Basis, row: Row, language: Language) -> Way:
    names = [name_of(basis, step, language) for step in steps_of(row["variant"])]
    runs = [(name, len(list(group))) for name, group in groupby(names)]
    told = [f"{name} × {times}" if times > 1 else name for name, times in runs]
    if len(told) > MOST_CHIPS:
        told = [*told[: MOST_CHIPS - 2], "…", told[-1]]
    return Way(
        row["share"],
        percent(row["share"], language, 1),
        Text(f"{number(row['journeys'])} journeys", f"{number(row['journeys'])} 段旅程").in_(language),
        tuple(told),
    )
