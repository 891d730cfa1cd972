"""When customers pay back what they cost: cumulative profit by month since they began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.profit_curves import Note, Point, profit_curve
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, money, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]


class BreakEven:
    """All cohorts together; the table has every one."""

    needs = ("profit_break_even", "profit_cohorts")
    by_programme = False

    def _whole(self, basis: Basis) -> Row | None:
        rows = basis["profit_break_even"].to_pylist()
        return next((row for row in rows if row["kind"] == "all" and not row["hidden"]), None)

    def _curve(self, basis: Basis) -> list[Row]:
        rows: list[Row] = basis["profit_cohorts"].to_pylist()
        return sorted(
            (r for r in rows if r["kind"] == "all" and not r["hidden"]), key=lambda row: row["month"]
        )

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        whole, curve = self._whole(basis), self._curve(basis)
        # Who cost nothing to win has nothing to pay back.
        if whole is None or len(curve) < 2 or not whole["acquisition_per_customer"]:
            return None
        return Finding(
            headline=_headline(whole, language),
            lede=_lede(basis, whole, language),
            figures=_figures(basis, whole, curve, language),
            reading=Text(
                "The line is the mean profit a customer has brought by so many months after beginning, the "
                "cost of winning them counted at the start; the band its interval. Above zero they have "
                "paid back.",
                "曲线为客户开始后各月的人均累计利润（获客成本记在起点），色带为其区间；高于零即已回本。",
            ).in_(language),
            caution=Text(
                "Each month is of all who have been observed that long, at least half of everybody; later "
                "cohorts may do otherwise. Cost to serve that is costed by activity is spread evenly over "
                "the months.",
                "各月只含已观测到该月的客户（不少于全体的一半），之后的批次可能不同；按作业核算的服务成本平均分摊到各月。",
            ).in_(language),
            next_step=_next_step(whole, language),
            weight=50 if whole["state"] != "reached" else 38,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        whole, curve = self._whole(basis), self._curve(basis)
        if whole is None or len(curve) < 2:
            return None
        points = [
            Point(
                row["month"],
                row["cumulative_per_customer"],
                row["cumulative_per_customer_low"],
                row["cumulative_per_customer_high"],
            )
            for row in curve
        ]
        notes = []
        if whole["break_even_month"]:
            at = next(row for row in curve if row["month"] == whole["break_even_month"])
            words = Text(
                f"paid back after {at['month']} {'month' if at['month'] == 1 else 'months'}",
                f"第 {at['month']} 个月回本",
            )
            notes.append(Note(at["month"], at["cumulative_per_customer"], words.in_(language)))
        return profit_curve(
            points,
            width,
            title=Text(
                f"cumulative profit a customer, {whole['currency']}", f"人均累计利润（{whole['currency']}）"
            ).in_(language),
            across=Text("months since the first purchase", "首次购买后的月数").in_(language),
            notes=notes,
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [row for row in basis["profit_break_even"].to_pylist() if not row["hidden"]]
        rows.sort(key=lambda row: (row["kind"] != "all", str(row["cohort_on"])))
        return "profit_break_even", pa.Table.from_pylist(rows, schema=basis["profit_break_even"].schema)


def _months(count: int) -> str:
    return f"{count} {'month' if count == 1 else 'months'}"


def _headline(whole: Row, language: Language) -> str:
    month, seen = whole["break_even_month"], whole["months_observed"]
    if month is None:
        return Text(
            f"After {_months(seen)} customers have not yet paid back what they cost",
            f"观测 {seen} 个月，客户尚未回本",
        ).in_(language)
    if month == 0:
        return Text("Customers pay back what they cost in their first month", "客户在首月即已回本").in_(
            language
        )
    if whole["state"] == "not_shown":
        return Text(
            f"Customers seem to pay back after {_months(month)}, but it is not shown yet",
            f"客户似在第 {month} 个月回本，但尚未得到证实",
        ).in_(language)
    return Text(
        f"A customer pays back what they cost after {_months(month)}", f"客户平均在第 {month} 个月回本"
    ).in_(language)


def _lede(basis: Basis, whole: Row, language: Language) -> str:
    rows = [r for r in basis["profit_break_even"].to_pylist() if r["kind"] == "cohort" and not r["hidden"]]
    states = [row["state"] for row in rows]
    if not states:
        return ""
    reached, rest = states.count("reached"), len(states) - states.count("reached")
    cost = money(whole["acquisition_per_customer"], whole["currency"])
    return Text(
        f"Winning a customer cost {cost}. Of {len(states)} monthly cohorts {reached} have paid back, "
        f"{rest} not yet or not shown.",
        f"人均获客成本 {cost}。{len(states)} 个月度批次中 {reached} 个已回本，{rest} 个尚未或未证实。",
    ).in_(language)


def _figures(basis: Basis, whole: Row, curve: list[Row], language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    last = curve[-1]
    n = Text(f"n = {number(last['customers'])}", f"n = {number(last['customers'])}").in_(language)
    found = [
        Figure(
            Text(
                f"Profit a customer after {_months(last['month'])}", f"第 {last['month']} 个月的人均累计利润"
            ).in_(language),
            money(last["cumulative_per_customer"], whole["currency"]),
            f"{named} "
            f"{interval(last['cumulative_per_customer_low'], last['cumulative_per_customer_high'], language)}"
            f" · {n}",
            "plain" if last["cumulative_per_customer"] >= 0 else "act",
        )
    ]
    if whole["break_even_month"] is not None:
        latest = whole["latest"]
        month = str(whole["break_even_month"])
        until = Text(
            f"{named} {whole['earliest']} to {latest if latest is not None else 'not yet shown'}",
            f"{named} {whole['earliest']} 至 {latest if latest is not None else '尚未证实'}",
        )
        found.append(
            Figure(
                Text("Break-even, months", "回本月数").in_(language),
                month,
                f"{until.in_(language)} · n = {number(whole['customers'])}",
            )
        )
    return tuple(found)


def _next_step(whole: Row, language: Language) -> NextStep:
    return NextStep(
        Text("The owner of acquisition, with finance", "获客负责人会同财务").in_(language),
        Text(
            "Set a payback period that the company can afford, and stop what does not reach it."
            if whole["state"] != "reached"
            else "Use this month as the limit for every campaign, and look at those that miss it.",
            "确定公司可承受的回收期，停止达不到的投放。"
            if whole["state"] != "reached"
            else "以此月数为各项投放的上限，检查未达到者。",
        ).in_(language),
        Text("The cohorts of the next months, at the same age.", "后续各月批次在相同月龄时的累计利润。").in_(
            language
        ),
    )


BREAK_EVEN = BreakEven()
