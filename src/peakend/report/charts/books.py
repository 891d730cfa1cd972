"""Whether customers' profits add up to the books: company by kind, against the ledger where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import money, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

_PARTS = (
    ("customers", Text("identified customers", "已识别客户"), "brand"),
    ("unidentified", Text("not identified", "未识别"), "passive"),
    ("unallocated", Text("nobody's (campaigns, unused capacity)", "未分配（营销活动、未用产能）"), "band"),
)
# Customers without a cost count with their whole revenue: above this share of it, profit is not profit.
_MUCH_UNKNOWN = 0.1


class Books:
    """Totals by kind; the months that differ are in the table."""

    needs = ("profit_reconciliation", "profit_checks")
    by_programme = False

    def _totals(self, basis: Basis) -> list[Row]:
        rows = basis["profit_reconciliation"].to_pylist()
        return sorted((r for r in rows if r["month_on"] is None), key=lambda row: row["position"])

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        totals = self._totals(basis)
        if not totals:
            return None
        checks = {row["check"]: row for row in basis["profit_checks"].to_pylist()}
        unknown = _unknown(totals, checks)
        differs = checks.get("ledger_differs")
        return Finding(
            headline=_headline(totals, checks, unknown, language),
            lede=_lede(totals, checks, language),
            figures=_figures(totals, checks, language),
            reading=Text(
                "Every kind of value and cost in all: what lies on identified customers, on customers nobody "
                "knows, and on nobody. The three make the company's total to the cent; fees and adjustments "
                "are in the table.",
                "各类价值与成本的合计：归属已识别客户、未识别客户与未分配三部分，其和精确等于公司合计；收费与调整见表。",
            ).in_(language),
            caution=_caution(checks, language),
            next_step=NextStep(
                Text("Finance", "财务").in_(language),
                Text(
                    "Settle the months that differ, and give the products without a cost one.",
                    "查清与总账不符的月份，补齐没有成本的产品。",
                ).in_(language),
                Text(
                    "The next run: months that differ, lines without a cost.",
                    "下次运行：不符的月份数与成本未知的行数。",
                ).in_(language),
            ),
            weight=45 if differs or unknown >= _MUCH_UNKNOWN else 12,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        drawn = []
        for row in self._totals(basis):
            parts = [float(row[name]) for name, _, _ in _PARTS]
            if row["kind"] == "profit" or min(parts) < 0 or not any(parts):
                continue
            told = tuple((part, token) for part, (_, _, token) in zip(parts, _PARTS, strict=True))
            drawn.append(
                BarRow(row[f"label_{language}"], (Bar(told, money(row["company"], row["currency"])),))
            )
        if not drawn:
            return None
        legend = tuple((name, token) for _, name, token in _PARTS)
        return bars(drawn, [Column(Text("–", "–"), legend)], width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "profit_reconciliation", basis["profit_reconciliation"].sort_by("position")


def _unknown(totals: list[Row], checks: Mapping[str, Row]) -> float:
    """Revenue of lines without a cost, as a share of all revenue."""
    revenue = next((float(row["company"]) for row in totals if row["kind"] == "revenue"), 0.0)
    found = checks.get("cost_unknown")
    return float(found["amount"]) / revenue if found and revenue > 0 else 0.0


def _headline(totals: list[Row], checks: Mapping[str, Row], unknown: float, language: Language) -> str:
    differs, agrees = checks.get("ledger_differs"), checks.get("ledger_agrees")
    if differs:
        count = differs["lines"]
        money_off = money(differs["amount"], differs["currency"], 2)
        return Text(
            f"Customers' profits add up, but the ledger differs in {number(count)} "
            f"{'place' if count == 1 else 'places'}, by {money_off} together",
            f"客户利润加总无误，但与总账有 {number(count)} 处不符，合计相差 {money_off}",
        ).in_(language)
    if unknown >= _MUCH_UNKNOWN:
        part = round(100 * unknown)
        return Text(
            f"For {part}\u00a0% of revenue nobody knows the cost: profit is overstated there",
            f"{part}% 的收入没有成本数据，相应利润被高估",
        ).in_(language)
    if agrees:
        return Text(
            "Customers' profits add up to the ledger, to the cent", "客户利润与总账对平，分毫不差"
        ).in_(language)
    return Text(
        "Customers' profits add up; no ledger was loaded to compare with",
        "客户利润加总无误；尚未载入总账以供核对",
    ).in_(language)


def _lede(totals: list[Row], checks: Mapping[str, Row], language: Language) -> str:
    profit = next(row for row in totals if row["kind"] == "profit")
    currency = profit["currency"]
    whole, own, nobody = (money(profit[name], currency) for name in ("company", "customers", "unallocated"))
    said = [
        Text(
            f"Of a profit of {whole}, {own} lie on identified customers and {nobody} on nobody.",
            f"总利润 {whole}，其中已识别客户 {own}，未分配 {nobody}。",
        )
    ]
    waiting = checks.get("entries_pending")
    if waiting:
        said.append(
            Text(
                f"{number(waiting['lines'])} entries wait for approval and do not count.",
                f"{number(waiting['lines'])} 条分录待批准，未计入。",
            )
        )
    return ("" if language == "zh" else " ").join(one.in_(language) for one in said)


def _figures(totals: list[Row], checks: Mapping[str, Row], language: Language) -> tuple[Figure, ...]:
    profit = next(row for row in totals if row["kind"] == "profit")
    found = [
        Figure(
            Text("Profit of the company, as far as it is known", "已知的公司利润").in_(language),
            money(profit["company"], profit["currency"]),
            Text("exact sum, to the cent", "精确合计").in_(language),
        )
    ]
    unknown = checks.get("cost_unknown")
    if unknown:
        found.append(
            Figure(
                Text("Revenue without a known cost", "成本未知的收入").in_(language),
                money(unknown["amount"], unknown["currency"]),
                Text(f"{number(unknown['lines'])} lines", f"{number(unknown['lines'])} 行").in_(language),
                "act",
            )
        )
    return tuple(found)


def _caution(checks: Mapping[str, Row], language: Language) -> str:
    odd = [
        name
        for name in (
            "refund_without_purchase",
            "sale_below_zero",
            "refund_above_zero",
            "after_end",
            "other_currency",
        )
        if name in checks
    ]
    if not odd:
        return ""
    listed = {
        "en": "; ".join(f"{checks[n]['label_en']}: {number(checks[n]['lines'])}" for n in odd),
        "zh": "；".join(f"{checks[n]['label_zh']}：{number(checks[n]['lines'])}" for n in odd),
    }
    return Text(f"Odd in the books: {listed['en']}.", f"账目异常：{listed['zh']}。").in_(language)


BOOKS = Books()
