"""How much customers' ranking hangs on the key by which cost is spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, number, percent, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TABLE = "allocation_sensitivity"
Row = dict[str, Any]
KEYS = {
    "orders": Text("by orders", "按订单"),
    "revenue": Text("by revenue", "按收入"),
    "customers": Text("equally for all", "按人头均摊"),
}


class AllocationKeys:
    """Share of customers whose profit or loss changes sign, by key."""

    needs = (TABLE,)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows = [
            row
            for row in basis[TABLE].to_pylist()
            if row["ranking"] == "profit" and not row["hidden"] and row["sign_share"] is not None
        ]
        return sorted(rows, key=lambda row: (-row["sign_share"], row["allocation_key"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        worst = rows[0]
        warned = [row for row in rows if row["warning"]]
        return Finding(
            headline=_headline(worst, bool(warned), language),
            lede=Text(
                "The same cost to serve was spread by the minutes each customer took, and then by other "
                "keys. "
                "Minutes are what was used; the others are what is often used instead.",
                "同一笔服务成本先按每位客户实际耗用的工时分摊，再改用其他依据。工时反映真实耗用，"
                "其他依据只是常见的替代。",
            ).in_(language),
            figures=_figures(rows, basis, language),
            reading=Text(
                "A dot is the share of customers who are profitable by minutes and a loss by the other "
                "key, or the "
                "other way round; the line is its interval.",
                "圆点为按工时盈利而按另一依据亏损（或相反）的客户占比，横线为区间。",
            ).in_(language),
            caution=Text(
                "Profit here is revenue less the cost of goods where it is known, less the cost to serve; "
                "it is of "
                "the past and says nothing of what a customer may become.",
                "此处利润为收入减已知的商品成本再减服务成本；它只说明过去，不代表客户的未来。",
            ).in_(language),
            next_step=_next_step(worst, language) if warned else None,
            weight=45 if warned else 20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if not rows:
            return None
        drawn = [
            Dot(
                KEYS[row["allocation_key"]].in_(language),
                100 * row["sign_share"],
                100 * row["sign_share_low"],
                100 * row["sign_share_high"],
                number(row["n"]),
                "act" if row["warning"] else "plain",
                Text("hangs on the key", "取决于依据").in_(language) if row["warning"] else "",
            )
            for row in rows
        ]
        return dots(
            drawn,
            width,
            language,
            decimals=1,
            suffix="%",
            limits=(0, 100),
            base_title=Text("customers", "客户数"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TABLE, basis[TABLE].sort_by([("ranking", "ascending"), ("allocation_key", "ascending")])


KEYS_COMPARED = AllocationKeys()


def _headline(worst: Row, warned: bool, language: Language) -> str:
    if worst["to_loss"] + worst["to_profit"] == 0:
        return Text(
            "Whichever key spreads the cost, the same customers are profitable",
            "无论按何种依据分摊，盈利的都是同一批客户",
        ).in_(language)
    share = percent(worst["sign_share"], language)
    key = KEYS[worst["allocation_key"]]
    if not warned:
        return Text(
            f"The key that spreads the cost matters little: at most {share} of customers change between "
            "profit "
            "and loss",
            f"分摊依据影响不大：至多 {share}的客户盈亏改变",
        ).in_(language)
    return Text(
        f"Spread {key.en} instead of by minutes, cost turns {share} of customers from profit to loss or back",
        f"若不按工时而{key.zh}分摊，{share}的客户盈亏互换",
    ).in_(language)


def _figures(rows: Sequence[Row], basis: Basis, language: Language) -> tuple[Figure, ...]:
    name = level(basis.settings.confidence, language)
    found = []
    for row in rows[:2]:
        key = KEYS[row["allocation_key"]]
        found.append(
            Figure(
                Text(f"Change sign, {key.en}", f"盈亏改变（{key.zh}）").in_(language),
                percent(row["sign_share"], language, 1),
                f"{name} {share_interval(row['sign_share_low'], row['sign_share_high'], language)} · "
                f"n = {number(row['n'])}",
                "act" if row["warning"] else "plain",
            )
        )
    ranked = [row for row in rows if row["spearman"] is not None]
    if ranked:
        least = min(ranked, key=lambda row: (row["spearman"], row["allocation_key"]))
        key = KEYS[least["allocation_key"]]
        found.append(
            Figure(
                Text(f"Rank correlation, {key.en}", f"等级相关（{key.zh}）").in_(language),
                number(least["spearman"], 2),
                f"{name} {interval(least['spearman_low'], least['spearman_high'], language, 2)} · "
                f"n = {number(least['n'])}",
            )
        )
    return tuple(found)


def _next_step(worst: Row, language: Language) -> NextStep:
    key = KEYS[worst["allocation_key"]]
    return NextStep(
        Text("Whoever decides on terms for customers", "决定客户政策的人").in_(language),
        Text(
            f"Do not part with a customer on a profit figure spread {key.en}: look at the minutes first.",
            f"不要依据{key.zh}分摊的利润放弃客户：先看实际耗用的工时。",
        ).in_(language),
        Text("How many on the list are profitable by minutes.", "名单中有多少客户按工时计算是盈利的。").in_(
            language
        ),
    )
