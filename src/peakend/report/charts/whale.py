"""The whale curve: which customers make the profit, and which lose it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.profit_curves import Note, Point, profit_curve
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, money, number, percent, share_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

_LARGE_LOSS = 0.1


class Whale:
    """Cumulative profit, from the most to the least profitable customer."""

    needs = ("profit_deciles", "profit_whale", "profit_figures")
    by_programme = False

    def _figures(self, basis: Basis) -> dict[str, Row]:
        return {row["measure"]: row for row in basis["profit_figures"].to_pylist()}

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        told = self._figures(basis)
        if "customers" not in told or told["customers"]["customers"] < basis.settings.minimum_base:
            return None
        losing = told["unprofitable"]
        lost = _share_lost(told)
        costless = _costless(basis)
        return Finding(
            headline=_without_costs(told, language) if costless else _headline(told, language),
            lede=_only_revenue(told, language) if costless else _lede(basis, told, language),
            figures=() if costless else _shown(basis, told, language),
            reading=Text(
                "Customers from the most to the least profitable, and the profit they make together. It "
                "rises to its peak with everybody who brings more than they cost, and falls with those who "
                "do not; the dashed line is the profit that remains.",
                "客户按利润自高到低累计：曲线随盈利客户升至峰值，再随亏损客户回落；虚线为最终剩下的总利润。",
            ).in_(language),
            caution=_caution(basis, language),
            next_step=_load_costs(language) if costless else _next_step(told, language),
            weight=30
            if costless
            else 70
            if losing["customers"] and (lost is None or lost >= _LARGE_LOSS)
            else 52,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = basis["profit_whale"].sort_by("percentile").to_pylist()
        told = self._figures(basis)
        if len(rows) < 2 or told["customers"]["customers"] < basis.settings.minimum_base:
            return None
        total = float(told["customers"]["profit"])
        relative = total > 0
        points = [
            Point(row["customer_share"], row["profit_share"] if relative else float(row["profit"]))
            for row in rows
        ]
        peak = told["peak"]
        n = told["customers"]["customers"]
        top = float(peak["profit"]) / total if relative else float(peak["profit"])
        share = percent(peak["customers"] / n, language)
        height = percent(top, language) if relative else money(top, peak["currency"])
        losing = told["unprofitable"]["customers"]
        notes = []
        if losing:
            words = Text(
                f"peak: {height}, made by {share} of customers", f"峰值 {height}，由 {share}的客户创造"
            )
            notes.append(Note(peak["customers"] / n, top, words.in_(language), "bottom"))
        gap = "\\u00a0" if language == "en" else ""
        shares = f"format(datum.value * 100, '.0f') + '{gap}%'"
        return profit_curve(
            points,
            width,
            title=Text(
                "cumulative profit (all customers: 100 %)" if relative else "cumulative profit",
                "累计利润（全体客户为 100%）" if relative else "累计利润",
            ).in_(language),
            across=Text("customers, most profitable first", "客户累计占比（利润自高到低）").in_(language),
            notes=notes,
            x_labels=shares,
            y_labels=shares if relative else "format(datum.value, ',d')",
            level=1.0 if relative else total,
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "profit_deciles", basis["profit_deciles"].sort_by("decile")


def _costless(basis: Basis) -> bool:
    """Nothing is known of what customers cost: "profit" is their revenue."""
    spent = ("cost_to_serve", "acquisition", "retention", "other_cost")
    rows = basis["profit_deciles"].to_pylist()
    return all(row["revenue"] == row["margin"] and not any(row[name] for name in spent) for row in rows)


def _without_costs(told: Mapping[str, Row], language: Language) -> str:
    n = number(told["customers"]["customers"])
    return Text(
        f"Nothing is known of what {n} customers cost: what is drawn here is their revenue",
        f"{n} 位客户的成本均未知：此处所示为收入，而非利润",
    ).in_(language)


def _only_revenue(told: Mapping[str, Row], language: Language) -> str:
    revenue = money(told["customers"]["profit"], told["customers"]["currency"])
    share = told["high_value_customers_20"]["value"]
    said = [Text(f"It is {revenue} in all.", f"合计 {revenue}。")]
    if share is not None:
        said.append(
            Text(
                f"A fifth of them brings {percent(share, 'en')} of it.",
                f"其中五分之一的客户带来 {percent(share, 'zh')}。",
            )
        )
    return ("" if language == "zh" else " ").join(one.in_(language) for one in said)


def _load_costs(language: Language) -> NextStep:
    return NextStep(
        who=Text("Finance with whoever loads the data", "财务与数据导入负责人").in_(language),
        what=Text(
            "Load the cost of what is sold (`transactions.cost`, `products.unit_cost`) and of service.",
            "导入销售成本（`transactions.cost` 或 `products.unit_cost`）以及服务成本。",
        ).in_(language),
        check=Text(
            "The next run: this page then tells who makes the profit and who eats it.",
            "下次运行：本页即可说明谁在创造利润、谁在消耗利润。",
        ).in_(language),
    )


def _share_lost(told: Mapping[str, Row]) -> float | None:
    """What the unprofitable lose, as a share of all that the others make."""
    gained = float(told["peak"]["profit"])
    return -float(told["unprofitable"]["profit"]) / gained if gained > 0 else None


def _headline(told: Mapping[str, Row], language: Language) -> str:
    losing, lost = told["unprofitable"], _share_lost(told)
    if not losing["customers"]:
        half = told["high_value_profit_50"]
        share = percent(half["customer_share"], language)
        return Text(
            f"No customer loses money; {share} of them make half of the profit",
            f"没有亏损客户；{share}的客户创造了一半利润",
        ).in_(language)
    who = percent(losing["value"], language)
    if lost is None:
        return Text("Hardly any customer makes a profit", "几乎没有客户盈利").in_(language)
    if lost >= 1:
        return Text(
            f"{who} of customers cost more than they bring, and eat up all that the others make",
            f"{who}的客户入不敷出，吃掉了其余客户创造的全部利润",
        ).in_(language)
    part = percent(lost, language)
    return Text(
        f"{who} of customers cost more than they bring: they eat up {part} of what the others make",
        f"{who}的客户入不敷出，吃掉其余客户所创利润的 {part}",
    ).in_(language)


def _lede(basis: Basis, told: Mapping[str, Row], language: Language) -> str:
    currency = told["customers"]["currency"]
    n, total = told["customers"]["customers"], told["customers"]["profit"]
    top = told["high_value_customers_20"]
    said = [
        Text(
            f"{number(n)} customers made a profit of {money(total, currency)} in all.",
            f"{number(n)} 位客户合计利润 {money(total, currency)}。",
        )
    ]
    if top["value"] is not None:
        said.append(
            Text(
                f"The most profitable fifth alone made {percent(top['value'], 'en')} of it.",
                f"其中最盈利的五分之一就创造了 {percent(top['value'], 'zh')}。",
            )
        )
    rows = basis["profit_deciles"].to_pylist()
    young = sum(row["young_unprofitable"] or 0 for row in rows)
    back = sum(row["would_pay_back"] or 0 for row in rows)
    if young and back:
        said.append(
            Text(
                f"Of those who have not paid back yet, {number(young)} came in the last 90 days and "
                f"{number(back)} are expected to bring more than they have cost: past profit alone would "
                "misjudge them.",
                f"尚未盈利者中，{number(young)} 位在近 90 天内才首次购买，{number(back)} 位预期带来"
                "高于已亏损额的价值：只看过往利润会误判他们。",
            )
        )
    elif young:
        said.append(
            Text(
                f"Of those who have not paid back yet, {number(young)} came only in the last 90 days: it "
                "is too early to judge them.",
                f"尚未盈利者中有 {number(young)} 位在近 90 天内才首次购买，尚不宜下结论。",
            )
        )
    elif back:
        said.append(
            Text(
                f"Of those who have not paid back yet, {number(back)} are expected to bring more than they "
                "have cost: past profit alone would misjudge them.",
                f"尚未盈利者中有 {number(back)} 位预期带来高于已亏损额的价值：只看过往利润会误判他们。",
            )
        )
    return ("" if language == "zh" else " ").join(one.in_(language) for one in said)


def _shown(basis: Basis, told: Mapping[str, Row], language: Language) -> tuple[Figure, ...]:
    currency, named = told["customers"]["currency"], level(basis.settings.confidence, language)
    losing, peak = told["unprofitable"], told["peak"]
    found = []
    if losing["customers"]:
        ends = share_interval(losing["value_low"], losing["value_high"], language)
        found.append(
            Figure(
                Text("Unprofitable customers", "亏损客户").in_(language),
                percent(losing["value"], language),
                f"{number(losing['customers'])} / {number(told['customers']['customers'])} · {named} {ends}",
                "act",
            )
        )
        found.append(
            Figure(
                Text("What they lose", "其亏损额").in_(language),
                money(losing["profit"], currency),
                Text(
                    f"n = {number(losing['customers'])} customers",
                    f"n = {number(losing['customers'])} 位客户",
                ).in_(language),
            )
        )
    if peak["value"] is not None and peak["value_low"] is not None:
        low, high = 100 * peak["value_low"], 100 * peak["value_high"]
        unit = Text("\u00a0%", "%").in_(language)
        found.append(
            Figure(
                Text("Peak of the curve", "曲线峰值").in_(language),
                percent(peak["value"], language),
                Text(
                    f"of total profit · {named} {interval(low, high, 'en', 1)}{unit}",
                    f"占总利润 · {named} {interval(low, high, 'zh', 1)}{unit}",
                ).in_(language),
            )
        )
    return tuple(found)


def _caution(basis: Basis, language: Language) -> str:
    rows = basis["profit_deciles"].to_pylist()
    once = sum(row["bought_once"] or 0 for row in rows)
    n = sum(row["customers"] for row in rows)
    said = Text(
        f"This is past profit: {percent(once / n, 'en')} of these customers bought on one day only. How much "
        "a customer costs to serve depends on how cost is allocated. Costs of campaigns and unused capacity "
        "are nobody's and are in the reconciliation.",
        f"此为过往利润：其中 {percent(once / n, 'zh')}的客户只在一天内购买过。客户的服务成本取决于分摊方法；"
        "营销活动与未用产能的成本不归属任何客户，见对账表。",
    )
    return said.in_(language)


def _next_step(told: Mapping[str, Row], language: Language) -> NextStep:
    if told["unprofitable"]["customers"]:
        return NextStep(
            Text("Sales and service, together with finance", "销售与服务负责人，会同财务").in_(language),
            Text(
                "Go through the list of the least profitable hundredth: new, badly served by us, or priced "
                "wrongly? Decide a lever for each.",
                "逐一查看利润最低的百分之一客户：是新客户、是我方服务失误，还是定价不当？为每位选定一种手段。",
            ).in_(language),
            Text(
                "Next quarter: what these same customers lose, before and after.",
                "下季度检查：同一批客户的亏损额前后对比。",
            ).in_(language),
        )
    return NextStep(
        Text("The head of customer management", "客户管理负责人").in_(language),
        Text(
            "Name a person for each customer of the first tenth.", "为利润最高的十分之一客户逐一指定负责人。"
        ).in_(language),
        Text("Next quarter: how many of them are still there.", "下季度检查：其中多少位仍在。").in_(language),
    )


WHALE = Whale()
