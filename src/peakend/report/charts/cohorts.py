"""Retention of cohorts: the triangle of who came back, and a sentence of what all cohorts tell together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.heat_table import Cell, heat_table
from peakend.report.charts.journey_words import everybody
from peakend.report.draw import is_phone
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import day, level, number, percent, share_interval

if TYPE_CHECKING:
    from datetime import date

    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.journey_words import Row
    from peakend.report.draw import Spec

_NAMED = (1, 3, 6, 12)
_UNITS = {"month": Text("month", "个月"), "week": Text("week", "周")}


@dataclass(frozen=True)
class Cohorts:
    """What people do when they come back (`do`), from a table of cohorts and one of curves."""

    cohorts: str
    curves: str
    new: Text
    do: Text
    weight: int

    by_programme = False

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.cohorts, self.curves)

    def _curve(self, basis: Basis) -> dict[int, Row]:
        return {row["period"]: row for row in everybody(basis, self.curves)}

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = basis[self.cohorts].to_pylist()
        return sorted(rows, key=lambda row: (row["cohort_on"], row["period"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        curve = self._curve(basis)
        if 1 not in curve:
            return None
        unit = _UNITS[curve[1]["period_kind"]]
        last = max((period for period in _NAMED if period in curve), default=1)
        hundred = round(100 * curve[1]["share"])
        later, later_zh = "", ""
        if last > 1:
            again = round(100 * curve[last]["share"])
            later = f", and {again} in the {_ordinal(last)} {unit.en}"
            later_zh = f"，第 {last} {unit.zh}{self.do.zh}的有 {again} 位"
        next_one = "下月" if unit.en == "month" else "下周"
        headline = Text(
            f"Of 100 {self.new.en}, {hundred} {self.do.en} in the {unit.en} after{later}",
            f"每 100 位{self.new.zh}中，{hundred} 位在{next_one}{self.do.zh}{later_zh}",
        ).in_(language)
        return Finding(
            headline=headline,
            lede=self._lede(basis, language),
            figures=self._figures(basis, curve, language),
            reading=Text(
                f"One row for those who began in a {unit.en} (n: how many), one column for each {unit.en} "
                f"after it: how many in a hundred {self.do.en} in it. The darker, the more; a dot hides few "
                "customers.",
                f"每一行是同一{unit.zh.lstrip('个')}首次出现的客户（n 为人数），每一列是此后的第几{unit.zh}："
                f"每百人中{self.do.zh}的人数，颜色越深越多；圆点处人数太少，不予公布。",
            ).in_(language),
            caution=Text(
                f"Cells are empty where the {unit.en} is not over, not because nobody came. The earliest "
                f"{unit.en}s of the data hold customers who were there before, so these are not all new.",
                "空格表示该周期尚未结束，并非无人再来。数据最早的几个周期包含此前已有的客户，并不都是新客户。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of customer relations", "客户关系负责人").in_(language),
                Text(
                    f"Choose the {unit.en} in which most are lost, and try one reason to come back on half "
                    "of the next newcomers.",
                    "找出流失最多的周期，在下一批新客户中选一半试行一个再来的理由。",
                ).in_(language),
                Text(
                    "The share that comes back, of that half against the other.",
                    "这一半客户与另一半的再来比例之差。",
                ).in_(language),
            ),
            weight=self.weight,
        )

    def _lede(self, basis: Basis, language: Language) -> str:
        rows = [row for row in self._rows(basis) if row["rolling"] is not None and row["period"] == 1]
        if not rows:
            return ""
        # The earliest cohort that may be shown had the longest time to come back.
        row = rows[0]
        unit = _UNITS[row["period_kind"]]
        when = day(row["cohort_on"], language)
        return Text(
            f"Of those who began in the {unit.en} from {when}, {percent(row['rolling'], 'en')} came back at "
            f"some time since (n = {number(row['size'])}).",
            f"{when}起的一{unit.zh}内首次出现的客户，此后至少再来过一次的占 "
            f"{percent(row['rolling'], 'zh')}（n = {number(row['size'])}）。",
        ).in_(language)

    def _figures(self, basis: Basis, curve: dict[int, Row], language: Language) -> tuple[Figure, ...]:
        named = level(basis.settings.confidence, language)
        found = []
        for period in [p for p in _NAMED if p in curve][:3]:
            row = curve[period]
            unit = _UNITS[row["period_kind"]]
            found.append(
                Figure(
                    Text(f"In the {_ordinal(period)} {unit.en} after", f"此后第 {period} {unit.zh}").in_(
                        language
                    ),
                    percent(row["share"], language, 1),
                    f"{named} {share_interval(row['share_low'], row['share_high'], language)} · "
                    f"n = {number(row['n'])}",
                )
            )
        return tuple(found)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in self._rows(basis) if row["period"] > 0]
        seen = [row for row in rows if row["share"] is not None]
        if not seen:
            return None
        most_rows, most_columns = (9, 5) if is_phone(width) else (13, 11)
        # Cohorts with something to show, latest at the end, as in a calendar.
        starts = sorted({row["cohort_on"] for row in seen})[-most_rows:]
        periods = sorted({row["period"] for row in seen if row["cohort_on"] in starts})[:most_columns]
        cells = {(row["cohort_on"], row["period"]): row for row in rows}
        sizes = {row["cohort_on"]: row["size"] for row in rows if row["size"] is not None}
        kind = seen[0]["period_kind"]
        drawn = [
            (
                _start(start, kind, language),
                number(sizes.get(start)),
                [_cell(cells.get((start, period))) for period in periods],
            )
            for start in starts
        ]
        largest = max(row["share"] for row in seen if row["cohort_on"] in starts and row["period"] in periods)
        return heat_table(drawn, [f"+{period}" for period in periods], "n", width, largest)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for row in self._rows(basis) if row["state"] != "future" and not row["hidden"]]
        return self.cohorts, pa.Table.from_pylist(rows, schema=basis[self.cohorts].schema)


def _cell(row: Row | None) -> Cell:
    if row is None or row["state"] != "observed":
        return Cell(None, "")
    if row["hidden"] or row["share"] is None:
        return Cell(None, "·")
    return Cell(row["share"], f"{round(100 * row['share'])}")


def _start(when: date, kind: str, language: Language) -> str:
    if kind == "month":
        return f"{when.year}-{when.month:02d}"
    return when.isoformat()


def _ordinal(value: int) -> str:
    return {1: "first", 3: "third", 6: "sixth", 12: "twelfth"}.get(value, f"{value}th")


RETENTION = Cohorts(
    "retention_cohorts",
    "retention_curves",
    Text("new customers", "新客户"),
    Text("are in touch again", "再次互动"),
    30,
)
PURCHASES = Cohorts(
    "purchase_cohorts",
    "purchase_curves",
    Text("first-time buyers", "首购客户"),
    Text("buy again", "再次购买"),
    35,
)
