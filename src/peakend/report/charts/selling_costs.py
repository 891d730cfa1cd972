"""What selling an order costs from month to month, and in how many steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.panels import Panel, Point, panels
from peakend.report.finding import Figure, Finding, tone_of
from peakend.report.numbers import interval, level, money, number

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

COSTS, TRENDS = "selling_costs", "selling_trends"
Row = dict[str, Any]
NAMES = {
    "cost_per_order": Text("Selling, an order", "每单销售成本"),
    "handling_per_order": Text("Handling, an order", "每单处理成本"),
}


class SellingCosts:
    """Cost of selling and of handling an order over complete months."""

    needs = (COSTS, TRENDS)
    by_programme = False

    def _months(self, basis: Basis) -> list[Row]:
        rows = [row for row in basis[COSTS].to_pylist() if row["complete"] and row["orders"]]
        return sorted(rows, key=lambda row: row["month_on"])

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        months = self._months(basis)
        if not months:
            return None
        trends = {row["measure"]: row for row in basis[TRENDS].to_pylist()}
        orders = sum(row["orders"] for row in months)
        currency = months[0]["currency"]
        each = money(sum(row["selling_cost"] for row in months) / orders, currency, 2)
        steps = number(sum(row["steps"] for row in months) / orders, 1)
        base = Text(
            f"{number(orders)} orders, {len(months)} months", f"{number(orders)} 笔订单，{len(months)} 个月"
        ).in_(language)
        trend = trends.get("cost_per_order")
        return Finding(
            headline=_headline(each, steps, trend, language),
            lede=Text(
                "Counted are the interactions at touchpoints before and during the purchase, whether or not "
                "they led to an order.",
                "计入售前与购买阶段接触点的全部互动，无论是否成交。",
            ).in_(language),
            figures=(
                Figure(Text("Selling, an order", "每单销售成本").in_(language), each, base),
                *(
                    _trend(row, basis, currency, language)
                    for row in trends.values()
                    if row["measure"] != "handling_per_order" and row["slope_low"] is not None
                ),
            ),
            reading=Text(
                "One point a complete month: cost of that month's work divided by its orders.",
                "每点为一个完整月份：当月成本除以当月订单数。",
            ).in_(language),
            caution=Text(
                "Some orders come long after the talk that led to them, so a month of many orders looks "
                "cheap.",
                "有些订单在沟通很久之后才成交，因此订单多的月份会显得便宜。",
            ).in_(language),
            weight=40 if trend is not None and trend["verdict"] == "worse" else 20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        months = self._months(basis)
        if len(months) < 2:
            return None
        trends = {row["measure"]: row["verdict"] for row in basis[TRENDS].to_pylist()}
        series = [
            Panel(
                name.in_(language),
                tuple(Point(at, row[measure], None, None) for at, row in enumerate(months)),
                _WORDS[trends.get(measure, "cannot_tell")].in_(language),
            )
            for measure, name in NAMES.items()
            if any(row[measure] for row in months)
        ]
        labels = [f"{row['month_on']:%y-%m}" for row in months]
        return panels(series, labels, width, decimals=2) if series else None

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return COSTS, basis[COSTS].sort_by("month_on")


SELLING = SellingCosts()
_WORDS = {
    "better": Text("falls", "下降"),
    "worse": Text("rises", "上升"),
    "cannot_tell": Text("no clear trend", "无明显走势"),
}


def _headline(each: str, steps: str, trend: Row | None, language: Language) -> str:
    said = Text(
        f"Selling an order costs {each} in {steps} steps", f"每笔订单的销售成本为 {each}，需 {steps} 步"
    ).in_(language)
    if trend is None or trend["verdict"] == "cannot_tell":
        return said
    if trend["verdict"] == "better":
        return said + Text(", and falls", "，并呈下降走势").in_(language)
    return said + Text(", and rises", "，且呈上升走势").in_(language)


def _trend(row: Row, basis: Basis, currency: str | None, language: Language) -> Figure:
    steps = row["measure"] == "steps_per_order"
    name = (
        Text("Steps, change a month", "步骤数每月变化")
        if steps
        else Text("Cost, change a month", "成本每月变化")
    )
    value = number(row["slope"], 2) if steps else money(row["slope"], currency, 2)
    ends = interval(row["slope_low"], row["slope_high"], language, 2)
    months = Text(f"{row['n']} months", f"{row['n']} 个月").in_(language)
    return Figure(
        name.in_(language),
        value,
        f"{level(basis.settings.confidence, language)} {ends} · {months} · "
        f"{_WORDS[row['verdict']].in_(language)}",
        tone_of(row["verdict"]),
    )
