"""What winning a customer costs by the product and channel they came in by, and when it is paid back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import money, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

_MOST = 8
_NOTHING = "–"


class WinningCosts:
    """The cut (entry product or channel) with most stated spend."""

    needs = ("acquisition_costs", "keeping_costs")
    by_programme = False

    def _cells(self, basis: Basis) -> list[Row]:
        rows = [r for r in basis["acquisition_costs"].to_pylist() if not r["hidden"] and r["cac"] is not None]
        cuts = [
            [r for r in rows if r["cut"] == cut and r["spend"]] for cut in ("entry_product", "entry_channel")
        ]
        chosen = max(cuts, key=lambda cut: (len(cut) > 1, sum(row["spend"] for row in cut)))
        return sorted(chosen, key=lambda row: (-row["cac"], row["cell"])) if len(chosen) > 1 else []

    def _whole(self, basis: Basis) -> Row | None:
        rows = basis["acquisition_costs"].to_pylist()
        return next((r for r in rows if r["cut"] == "all" and r["cac"] is not None), None)

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        whole, cells = self._whole(basis), self._cells(basis)
        if whole is None or not whole["spend"]:
            return None
        return Finding(
            headline=_headline(whole, cells, language),
            lede=_lede(basis, whole, language),
            figures=_figures(basis, whole, language),
            reading=Text(
                "Spend on winning customers, divided by the new customers who came in there; beside it the "
                "months until such a customer has brought that much, and how many they were.",
                "获客支出除以由此进入的新客户数；旁列该类客户贡献达到此数所需的月数与人数。",
            ).in_(language),
            caution=Text(
                "Spend is exact, not estimated; but a campaign counts where its entry says, and customers "
                "who would have come anyway are in the denominator. It is a mean, not the cost of one more.",
                "支出为账面数而非估计；但营销活动按分录注明之处计入，本来就会来的客户也在分母之中。"
                "这是平均成本，并非多获一位客户的成本。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of acquisition", "获客负责人").in_(language),
                Text(
                    "Move part of the spend from what is not paid back to what is, for one quarter.",
                    "用一个季度，将部分支出从尚未回收处移到已回收处。",
                ).in_(language),
                Text(
                    "Cost and payback of the customers won in that quarter.",
                    "该季度新客户的获客成本与回收期。",
                ).in_(language),
            ),
            weight=44 if any(row["state"] == "not_yet" for row in (whole, *cells)) else 34,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        cells = self._cells(basis)
        if not cells:
            return None
        rows = [
            BarRow(
                row["cell"],
                (
                    Bar(
                        ((row["cac"], "detractor" if row["state"] == "not_yet" else "brand"),),
                        f"{number(row['cac'], 0 if row['cac'] >= 10 else 2)} · {_paid(row, language)}",
                    ),
                ),
            )
            for row in cells[:_MOST]
        ]
        legend = (
            (Text("paid back", "已回收"), "brand"),
            (Text("not paid back yet", "尚未回收"), "detractor"),
        )
        return bars(rows, [Column(Text("–", "–"), legend)], width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        order = {"all": 0, "entry_product": 1, "entry_channel": 2}
        rows = sorted(
            basis["acquisition_costs"].to_pylist(),
            key=lambda row: (order[row["cut"]], -(row["cac"] or 0), row["cell"]),
        )
        return "acquisition_costs", pa.Table.from_pylist(rows, schema=basis["acquisition_costs"].schema)


def _paid(row: Row, language: Language) -> str:
    n = number(row["new_customers"])
    if row["payback_months"] is None:
        return Text(f"not yet (n = {n})", f"尚未（n = {n}）").in_(language)
    if row["payback_months"] == 0:
        return Text(f"first month (n = {n})", f"首月（n = {n}）").in_(language)
    return Text(f"{row['payback_months']} mo. (n = {n})", f"{row['payback_months']} 个月（n = {n}）").in_(
        language
    )


def _headline(whole: Row, cells: list[Row], language: Language) -> str:
    if cells and cells[-1]["cac"] > 0:
        dear, cheap = cells[0], cells[-1]
        return Text(
            f"A customer won by “{dear['cell']}” costs {money(dear['cac'], whole['currency'])}, by "
            f"“{cheap['cell']}” {money(cheap['cac'], whole['currency'])}",
            f"由“{dear['cell']}”获得一位客户要花 {money(dear['cac'], whole['currency'])}，"
            f"由“{cheap['cell']}”只需 {money(cheap['cac'], whole['currency'])}",
        ).in_(language)
    cost = money(whole["cac"], whole["currency"])
    return Text(f"Winning a customer costs {cost}", f"获得一位客户要花 {cost}").in_(language)


def _lede(basis: Basis, whole: Row, language: Language) -> str:
    n, spent = number(whole["new_customers"]), money(whole["spend"], whole["currency"])
    said = [Text(f"{spent} was spent to win {n} customers.", f"共支出 {spent}，获得 {n} 位客户。")]
    years = [row for row in basis["keeping_costs"].to_pylist() if row["ratio"] is not None]
    if years:
        row = max(years, key=lambda one: one["year"])
        said.append(
            Text(
                f"In {row['year']} keeping a customer cost {number(row['ratio'], 2)} times what winning one "
                "did.",
                f"{row['year']} 年维系一位客户的成本是获取一位的 {number(row['ratio'], 2)} 倍。",
            )
        )
    return ("" if language == "zh" else " ").join(one.in_(language) for one in said)


def _figures(basis: Basis, whole: Row, language: Language) -> tuple[Figure, ...]:
    found = [
        Figure(
            Text("Cost of winning a customer", "人均获客成本").in_(language),
            money(whole["cac"], whole["currency"]),
            Text(f"paid back: {_paid(whole, 'en')}", f"回收期：{_paid(whole, 'zh')}").in_(language),
            "act" if whole["state"] == "not_yet" else "plain",
        )
    ]
    years = [row for row in basis["keeping_costs"].to_pylist() if row["cost_to_keep"] and row["retention"]]
    if years:
        row = max(years, key=lambda one: one["year"])
        found.append(
            Figure(
                Text(f"Cost of keeping one, {row['year']}", f"{row['year']} 年人均维系成本").in_(language),
                money(row["cost_to_keep"], row["currency"]),
                f"n = {number(row['kept_customers'])}",
            )
        )
    return tuple(found)


WINNING = WinningCosts()
