"""What became of every line of a sale: used as a purchase, or left out, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import money, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

PROBLEMS = "purchase_problems"


class Purchases:
    """Lines by what became of them."""

    needs = (PROBLEMS,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = basis[PROBLEMS].sort_by("position").to_pylist()
        return rows

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = {row["problem"]: row for row in self._rows(basis)}
        used, read, once = rows.get("used"), rows.get("read"), rows.get("one_purchase")
        if used is None or read is None or not used["customers"] or not read["lines"]:
            return None
        share = (once["customers"] if once else 0) / used["customers"]
        lost = rows.get("refund_without_purchase")
        return Finding(
            headline=Text(
                f"{percent(share, 'en')} of {number(used['customers'])} customers bought once",
                f"{number(used['customers'])} 位客户中，{percent(share, 'zh')}只买过一次",
            ).in_(language),
            lede=Text(
                f"{number(used['lines'])} of {number(read['lines'])} lines make up their purchases; the "
                "others are named here, none is lost.",
                f"{number(read['lines'])} 行中有 {number(used['lines'])} 行构成购买；"
                "其余在此逐类列明，无一遗漏。",
            ).in_(language),
            figures=_figures(used, read, lost, language),
            reading=Text(
                "Lines by what became of them; the longer, the more. Together they are all that was read.",
                "按去向统计的行数，合计即为全部读取行。",
            ).in_(language),
            next_step=NextStep(
                who=Text("Whoever keeps the till and the order system", "收银与订单系统负责人").in_(language),
                what=Text(
                    "Give refunds the number of their order, and ask for the member's number at the till.",
                    "为退款登记所对应的订单号，收银时询问会员号。",
                ).in_(language),
                check=Text(
                    "The share of lines without a customer, next quarter.", "下季度无客户的行占比。"
                ).in_(language),
            ),
            weight=18,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        read = next((row for row in rows if row["kind"] == "read"), None)
        shown = [row for row in rows if row["kind"] in ("used", "left_out") and row["lines"]]
        if read is None or not read["lines"] or not shown:
            return None
        drawn = [
            BarRow(
                row["label_zh" if language == "zh" else "label_en"],
                (
                    Bar(
                        ((row["lines"] / read["lines"], "brand" if row["kind"] == "used" else "line-2"),),
                        number(row["lines"]),
                    ),
                ),
                strong=row["kind"] == "used",
            )
            for row in shown
        ]
        return bars(drawn, (Column(Text("lines", "行数")),), width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return PROBLEMS, basis[PROBLEMS].sort_by("position")


PURCHASES = Purchases()


def _figures(used: Row, read: Row, lost: Row | None, language: Language) -> tuple[Figure, ...]:
    lines = Text("lines", "行").in_(language)
    figures = [
        Figure(
            Text("Revenue in purchases", "计入购买的收入").in_(language),
            money(used["revenue"], used["currency"]),
            Text(f"of {money(read['revenue'], None)} read", f"读取合计 {money(read['revenue'], None)}").in_(
                language
            ),
        )
    ]
    if lost is not None and lost["lines"]:
        figures.append(
            Figure(
                Text("Refunds that cancel no purchase here", "找不到对应购买的退款").in_(language),
                money(lost["revenue"], lost["currency"]),
                f"{number(lost['lines'])} {lines}",
            )
        )
    return tuple(figures)
