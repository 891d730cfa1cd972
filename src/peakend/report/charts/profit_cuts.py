"""Profit a customer by segment, channel, site and entry product: dots with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, money, number, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

_MOST_CELLS = 6
_MOST_CUTS = 5
_CUTS: Mapping[str, Text] = {
    "main_channel": Text("Main channel", "主要渠道"),
    "main_site": Text("Main site", "主要网点"),
    "entry_product": Text("First product bought", "首次购买的产品"),
    "entry_channel": Text("Channel of the first purchase", "首次购买的渠道"),
}
_WORDS = {"more": Text("more", "更高"), "less": Text("less", "更低")}


class ProfitCuts:
    """Every cut with the cells of most customers, the widest spread first."""

    needs = ("profit_segments",)
    by_programme = False

    def _cuts(self, basis: Basis) -> list[list[Row]]:
        rows = [r for r in basis["profit_segments"].to_pylist() if not r["hidden"] and r["cut"] != "all"]
        cuts = [[row for row in rows if row["cut"] == cut] for cut in sorted({row["cut"] for row in rows})]
        told = [
            sorted(cut, key=lambda row: (-row["mean_profit"], row["cell"])) for cut in cuts if len(cut) > 1
        ]
        return sorted(told, key=lambda cut: (-_gap(cut), cut[0]["cut"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        cuts = self._cuts(basis)
        if not cuts:
            return None
        shown = [row for cut in cuts for row in cut if row["verdict"] in _WORDS]
        best = max(shown, key=lambda row: (abs(row["difference"]), row["cell"]), default=None)
        return Finding(
            headline=_headline(basis, best, language),
            lede=_lede(shown, best, language),
            figures=_figures(basis, best, language),
            reading=Text(
                "A dot is the mean profit of a customer of that cell, the line its interval, the number on "
                "the right how many customers. “More” and “less” say that the cell differs from all others "
                "of its cut.",
                "圆点为该组客户的人均利润，横线为其区间，右侧数字为客户数；“更高”“更低”表示与该划分其他客户相比差异显著。",
            ).in_(language),
            caution=Text(
                "A difference is no cause: who came in by another product or channel were other customers "
                "from the start. A customer counts where most of their revenue, or the first purchase, was.",
                "差异不等于因果：从不同产品或渠道进入的客户本来就不同。客户按收入最多处或首次购买处归类。",
            ).in_(language),
            next_step=_next_step(basis, best, language),
            weight=48 if best is not None else 20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        cuts = self._cuts(basis)[:_MOST_CUTS]
        if not cuts:
            return None
        drawn: list[Dot] = []
        for cut in cuts:
            drawn.append(Dot(_cut(basis, cut[0], language), heading=True))
            most = sorted(cut, key=lambda row: (-row["n"], row["cell"]))[:_MOST_CELLS]
            for row in sorted(most, key=lambda row: (-row["mean_profit"], row["cell"])):
                word = _WORDS.get(row["verdict"])
                drawn.append(
                    Dot(
                        _cell(basis, row, language),
                        row["mean_profit"],
                        row["mean_profit_low"],
                        row["mean_profit_high"],
                        number(row["n"]),
                        "act"
                        if row["verdict"] == "less"
                        else "good"
                        if row["verdict"] == "more"
                        else "plain",
                        word.in_(language) if word else "",
                    )
                )
        return dots(drawn, width, language, decimals=0, base_title=Text("customers", "客户"))

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        rows = [dict(row) for cut in self._cuts(basis) for row in cut]
        return "profit_segments", pa.Table.from_pylist(rows, schema=basis["profit_segments"].schema)


def _most_first(row: Row) -> tuple[float, str]:
    return -row["mean_profit"], row["cell"]


def _gap(cut: list[Row]) -> float:
    shown = [abs(row["difference"]) for row in cut if row["verdict"] in _WORDS]
    return max(shown, default=0.0)


def _cut(basis: Basis, row: Row, language: Language) -> str:
    known = _CUTS.get(row["cut"])
    return known.in_(language) if known else basis.cut(row["cut"], language)


def _cell(basis: Basis, row: Row, language: Language) -> str:
    return row["cell"] if row["cut"] in _CUTS else basis.segment(row["cut"], row["cell"], language)


def _headline(basis: Basis, best: Row | None, language: Language) -> str:
    if best is None:
        return Text(
            "No segment, channel or entry product is shown to be more profitable than the others",
            "没有哪个分群、渠道或首购产品的利润被证实高于其他",
        ).in_(language)
    who, what = _cell(basis, best, language), _cut(basis, best, language)
    gap = money(abs(best["difference"]), best["currency"])
    what = what[:1].lower() + what[1:] if language == "en" else what
    if best["verdict"] == "more":
        return Text(
            f"A customer of “{who}” ({what}) brings {gap} more profit than the others",
            f"“{who}”（{what}）的客户人均利润比其他客户高 {gap}",
        ).in_(language)
    return Text(
        f"A customer of “{who}” ({what}) brings {gap} less profit than the others",
        f"“{who}”（{what}）的客户人均利润比其他客户低 {gap}",
    ).in_(language)


def _lede(shown: list[Row], best: Row | None, language: Language) -> str:
    if best is None:
        return ""
    p = "p < 0.001" if best["adjusted_p"] < 0.001 else f"p = {number(best['adjusted_p'], 3)}"
    return Text(
        f"The difference is shown ({p} after correction for the cells compared); {number(len(shown))} "
        f"{'cell differs' if len(shown) == 1 else 'cells differ'} from the others of their cut.",
        f"差异显著（多重比较校正后 {p}）；共有 {number(len(shown))} 组与同一划分的其他客户不同。",
    ).in_(language)


def _figures(basis: Basis, best: Row | None, language: Language) -> tuple[Figure, ...]:
    rows = basis["profit_segments"].to_pylist()
    everybody = next((row for row in rows if row["cut"] == "all" and not row["hidden"]), None)
    named = level(basis.settings.confidence, language)
    told = [(Text("All customers", "全体客户").in_(language), everybody)]
    if best is not None:
        told.append((_cell(basis, best, language), best))
    return tuple(
        Figure(
            label,
            money(row["mean_profit"], row["currency"]),
            f"{named} {interval(row['mean_profit_low'], row['mean_profit_high'], language)} · "
            f"n = {number(row['n'])}"
            + (f" · {signed(row['difference'])}" if row["verdict"] in _WORDS else ""),
            "act" if row["verdict"] == "less" else "good" if row["verdict"] == "more" else "plain",
        )
        for label, row in told
        if row is not None and row["mean_profit_low"] is not None
    )


def _next_step(basis: Basis, best: Row | None, language: Language) -> NextStep | None:
    if best is None:
        return None
    who = _cell(basis, best, language)
    return NextStep(
        Text("The owner of acquisition", "获客负责人").in_(language),
        Text(
            f"Ask what is different about customers of “{who}” before moving budget: price, product, cost to "
            "serve, or who they are.",
            f"调整预算之前，先弄清“{who}”客户不同在哪里：价格、产品、服务成本，还是客户本身。",
        ).in_(language),
        Text(
            "Profit of the next customers won there against those won elsewhere in the same months.",
            "比较同期从该处与他处新获客户的利润。",
        ).in_(language),
    )


CUTS = ProfitCuts()
