"""Tiers by lifetime value: how few customers hold how much of what is to come, and who moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.charts.heat_table import Cell, heat_table
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import day, interval, level, money, number, percent, share_interval

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

TIERS = "value_tiers"
MOVES = "tier_migration"
POTENTIAL = "growth_potential"
Row = Mapping[str, Any]

NAMES = {
    "platinum": Text("Platinum", "铂金"),
    "gold": Text("Gold", "黄金"),
    "iron": Text("Iron", "铁"),
    "lead": Text("Lead", "铅"),
    "new": Text("New since", "其后新客"),
    "total": Text("All", "合计"),
}


class ValueTiers:
    """Share of customers beside share of expected value, by tier."""

    needs = (TIERS, POTENTIAL)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = basis[TIERS].sort_by("position").to_pylist()
        return rows

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = {row["tier"]: row for row in self._rows(basis)}
        top, everybody = rows.get("platinum"), rows.get("total")
        if top is None or everybody is None or top["value_share"] is None:
            return None
        n, share = number(top["customers"]), percent(top["value_share"], language)
        return Finding(
            headline=Text(
                f"{n} customers hold {share} of what is expected from all {number(everybody['customers'])}",
                f"{number(everybody['customers'])} 位客户的预期价值中，{n} 位客户占 {share}",
            ).in_(language),
            lede=_lede(basis, everybody, language),
            figures=_figures(basis, top, everybody, language),
            reading=Text(
                "Left: share of customers. Right: share of the value expected from them. Tiers begin at "
                "round amounts near the largest twentieth, fifth and half, so that they stay when data grow.",
                "左为客户占比，右为预期价值占比。等级门槛取接近前二十分之一、五分之一和一半处的整数金额，数据增长时保持稳定。",
            ).in_(language),
            caution=Text(
                "The interval shows only how well the parameters are known; how far the model was off on a "
                "time it had not seen stands with the model.",
                "区间只反映参数的不确定性；模型在未见时期的偏差见模型一节。",
            ).in_(language),
            next_step=NextStep(
                who=Text("Key account and service managers", "大客户与服务经理").in_(language),
                what=Text(
                    f"Give the {n} platinum customers a person who knows them, and look first at those whose "
                    "satisfaction fell.",
                    f"为 {n} 位铂金客户指定熟悉他们的负责人，并优先关注满意度下降的客户。",
                ).in_(language),
                check=Text(
                    "Next quarter: how many of them are still platinum.", "下季度检查：其中多少位仍为铂金。"
                ).in_(language),
            ),
            weight=56,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = [row for row in self._rows(basis) if row["tier"] != "total"]
        if not rows or any(row["value_share"] is None for row in rows):
            return None
        drawn = [
            BarRow(
                NAMES[row["tier"]].in_(language),
                (
                    Bar(((row["customer_share"], "line-2"),), percent(row["customer_share"], language)),
                    Bar(((max(row["value_share"], 0.0), "brand"),), percent(row["value_share"], language)),
                ),
                strong=row["tier"] == "platinum",
            )
            for row in rows
        ]
        return bars(
            drawn,
            (Column(Text("customers", "客户")), Column(Text("expected value", "预期价值"))),
            width,
            language,
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return TIERS, basis[TIERS].sort_by("position")


class TierMoves:
    """Who moved between tiers, as a table of shares."""

    needs = (MOVES,)
    by_programme = False

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = basis[MOVES].to_pylist()
        stayed = next((r for r in rows if r["from_tier"] == "platinum" and r["to_tier"] == "platinum"), None)
        if stayed is None:
            return None
        since = day(stayed["from_on"], language)
        share = percent(stayed["share"], language)
        risen = sum(
            r["customers"] for r in rows if r["to_tier"] == "platinum" and r["from_tier"] != "platinum"
        )
        return Finding(
            headline=Text(
                f"{share} of the platinum customers of {since} still are; {number(risen)} others rose",
                f"{since} 的铂金客户中 {share}仍为铂金，另有 {number(risen)} 位升入",
            ).in_(language),
            lede=Text(
                "Every row makes 100 %; both days are judged by the same thresholds.",
                "每行合计 100%；两个日期采用同一门槛。",
            ).in_(language),
            figures=(
                Figure(
                    Text("Platinum that stayed", "保持铂金").in_(language),
                    share,
                    f"{level(basis.settings.confidence, language)} "
                    f"{share_interval(stayed['low'], stayed['high'], language)}",
                ),
            ),
            reading=Text(
                "Rows: the tier then. Columns: the tier now. The darker, the more of the row.",
                "行为当时等级，列为当前等级；颜色越深，占该行比例越高。",
            ).in_(language),
            weight=22,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = basis[MOVES].to_pylist()
        before = [tier for tier in NAMES if any(row["from_tier"] == tier for row in rows)]
        after = ("platinum", "gold", "iron", "lead")
        if not before:
            return None
        found = {(row["from_tier"], row["to_tier"]): row for row in rows}
        drawn = []
        for one in before:
            mine = [found[one, other] for other in after]
            cells = [Cell(row["share"], percent(row["share"], language)) for row in mine]
            drawn.append((NAMES[one].in_(language), number(sum(row["customers"] for row in mine)), cells))
        heads = [NAMES[tier].in_(language) for tier in after]
        return heat_table(drawn, heads, "n", width, 1.0)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return MOVES, basis[MOVES]


VALUE_TIERS = ValueTiers()
TIER_MOVES = TierMoves()


def _lede(basis: Basis, everybody: Row, language: Language) -> str:
    watch = next((row for row in basis[POTENTIAL].to_pylist() if row["band"] == "watch"), None)
    alive, customers = everybody["active_customers"], everybody["customers"]
    sentences = []
    if alive < 0.995 * customers:
        sentences.append(
            Text(
                f"About {number(alive)} of them are expected to buy again at all.",
                f"其中约 {number(alive)} 位预计仍会再次购买。",
            ).in_(language)
        )
    if watch is not None:
        gain = money(watch["potential"], watch["currency"])
        sentences.append(
            Text(
                f"{number(watch['customers'])} on the watch list are expected to bring {gain} more than in "
                "the last period.",
                f"关注名单上的 {number(watch['customers'])} 位客户，预计比上一期多贡献 {gain}。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(basis: Basis, top: Row, everybody: Row, language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    figures = []
    for row, label in (
        (everybody, Text("Expected value of all", "全部客户的预期价值")),
        (top, Text("Of the platinum tier", "铂金等级的预期价值")),
    ):
        ends = interval(row["low"], row["high"], language) if row["low"] is not None else ""
        note = (
            f"{named} {ends} · n = {number(row['customers'])}" if ends else f"n = {number(row['customers'])}"
        )
        figures.append(Figure(label.in_(language), money(row["lifetime_value"], row["currency"]), note))
    return tuple(figures)
