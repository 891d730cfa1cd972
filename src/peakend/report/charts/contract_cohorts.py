"""Cohorts of contracts: how many of each are still open, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.contract_words import ALL, PERIODS
from peakend.report.charts.heat_table import Cell, heat_table
from peakend.report.draw import is_phone
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import level, listing, number, percent, period, share_interval

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]


class ContractCohorts:
    """The triangle of cohorts: how many contracts of each are still open after so many periods."""

    needs = ("contract_cohorts", "contract_faults")
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis["contract_cohorts"].to_pylist() if row["product_id"] == ALL]
        return sorted(rows, key=lambda row: (row["cohort_on"], row["age"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        firsts = [row for row in self._rows(basis) if row["age"] == 1 and row["share"] is not None]
        if not firsts:
            return None
        unit = PERIODS[firsts[0]["period_kind"]]
        old, new = firsts[0], firsts[-1]
        return Finding(
            headline=_headline(old, new, unit, language),
            lede=_faults(basis, language),
            figures=tuple(
                _figure(basis, row, unit, language) for row in ((new,) if old is new else (old, new))
            ),
            reading=Text(
                f"One row for contracts opened in a {unit.en} (n: how many), one column for each {unit.en} "
                "after it: how many in a hundred are still open at its end. The darker, the more.",
                f"每一行为同一{unit.zh.lstrip('个')}开立的合约（n 为份数），每一列为其后第几{unit.zh}："
                "每百份中期末仍有效的份数，颜色越深越多。",
            ).in_(language),
            caution=Text(
                f"{unit.en.capitalize()}s that are not over for a contract are left out, and so are rows of "
                "contracts opened before closings were on record.",
                "尚未结束的周期不计；终止记录开始之前开立的合约不列入。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of renewals", "续约负责人").in_(language),
                Text(
                    f"Compare what was sold, to whom and how, in the {unit.en}s with the best and the worst "
                    "first column.",
                    "比较首列最好与最差的批次：卖的是什么、卖给了谁、怎样卖的。",
                ).in_(language),
                Text("The first column of the next cohort.", "下一批合约的首列。").in_(language),
            ),
            weight=20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in self._rows(basis) if not row["seen_late"]]
        seen = [row for row in rows if row["share"] is not None]
        if not seen:
            return None
        most_rows, most_columns = (9, 5) if is_phone(width) else (13, 11)
        starts = sorted({row["cohort_on"] for row in seen})[-most_rows:]
        ages = sorted({row["age"] for row in seen if row["cohort_on"] in starts})[:most_columns]
        cells = {(row["cohort_on"], row["age"]): row for row in rows}
        drawn = []
        for start in starts:
            first = cells.get((start, 1))
            base = number(first["n"]) if first is not None and first["n"] is not None else ""
            own = [_cell(cells.get((start, age))) for age in ages]
            drawn.append((_start(start, seen[0]["period_kind"]), base, own))
        return heat_table(drawn, [f"+{age}" for age in ages], "n", width, 1.0)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for row in self._rows(basis) if not row["hidden"]]
        return "contract_cohorts", pa.Table.from_pylist(rows, schema=basis["contract_cohorts"].schema)


def _headline(old: Row, new: Row, unit: Text, language: Language) -> str:
    kept = round(100 * new["share"])
    when, since = (
        Text(period(label, "en"), period(label, "zh"))
        for label in (_start(row["cohort_on"], row["period_kind"]) for row in (new, old))
    )
    apart = new["share_low"] > old["share_high"] or new["share_high"] < old["share_low"]
    told = Text(
        f"Of 100 contracts opened in {when.en}, {kept} were renewed after the first {unit.en}",
        f"{when.zh}开立的合约，每 100 份有 {kept} 份在首{unit.zh}后续约",
    )
    if not apart:
        return told.in_(language)
    before = round(100 * old["share"])
    return Text(f"{told.en}, against {before} of {since.en}", f"{told.zh}，{since.zh}为 {before} 份").in_(
        language
    )


def _figure(basis: Basis, row: Row, unit: Text, language: Language) -> Figure:
    label = _start(row["cohort_on"], row["period_kind"])
    ends = share_interval(row["share_low"], row["share_high"], language)
    return Figure(
        Text(
            f"Opened in {period(label, 'en')}: open after the first {unit.en}",
            f"{period(label, 'zh')}开立：首{unit.zh}后仍有效",
        ).in_(language),
        percent(row["share"], language, 1),
        f"{level(basis.settings.confidence, language)} {ends} · n = {number(row['n'])}",
    )


def _start(when: date, kind: str) -> str:
    if kind == "year":
        return str(when.year)
    return f"{when.year}-{when.month:02d}" if kind == "month" else f"{when.year}-Q{(when.month + 2) // 3}"


def _cell(row: Row | None) -> Cell:
    if row is None:
        return Cell(None, "")
    if row["hidden"] or row["share"] is None:
        return Cell(None, "·")
    return Cell(row["share"], f"{round(100 * row['share'])}")


_FAULTS = {
    "no_opening_day": Text("without a day of opening (left out)", "缺开立日（剔除）"),
    "opened_in_future": Text("opened in the future (left out)", "开立日在未来（剔除）"),
    "closed_before_opened": Text("closed before they were opened (left out)", "终止早于开立（剔除）"),
    "closed_in_future": Text("closed in the future (counted as open)", "终止日在未来（计为有效）"),
    "zero_length": Text("closed on the day they were opened (counted as lost)", "当日终止（计为流失）"),
    "opened_before_observation": Text(
        "opened before closings were on record (counted from then on)",
        "开立于终止记录开始之前（自彼时起计入）",
    ),
}


def _faults(basis: Basis, language: Language) -> str:
    """What was wrong with contracts, and what became of it; nothing where all are sound."""
    rows = [row for row in basis["contract_faults"].to_pylist() if row["fault"] in _FAULTS]
    if not rows:
        return ""
    if language == "zh":
        told = [f"{number(row['contracts'])} 份{_FAULTS[row['fault']].zh}" for row in rows]
        return f"其中{'、'.join(told)}。"
    told = [f"{number(row['contracts'])} {_FAULTS[row['fault']].en}" for row in rows]
    return f"Among the contracts, {listing(told, language)}."


COHORTS = ContractCohorts()
