"""Delivered value by factor, and whether both sides of a relationship gain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.heat_table import Cell, heat_table
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, money, number, percent, share_interval, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

    Row = Mapping[str, Any]

FACTORS = "delivered_factors"
CHANGE = "delivered_change"
COVERAGE = "delivered_coverage"
MUTUAL = "mutual_value"
FEW_KNOWN = 0.2
"""Under this share of customers with all eight factors known, the finding says how thin it is."""

NAMES = {
    "product": Text("Product", "产品价值"),
    "service": Text("Service", "服务价值"),
    "personnel": Text("Personnel", "人员价值"),
    "image": Text("Image", "形象价值"),
    "money": Text("Price paid", "货币成本"),
    "time": Text("Time", "时间成本"),
    "energy": Text("Energy", "精力成本"),
    "psychic": Text("Nerves and senses", "感官与心理成本"),
}
QUADRANTS = {
    "win_win": Text("both gain", "双赢"),
    "subsidy": Text("only the customer gains", "补贴：仅客户得益"),
    "exploitation": Text("only the company gains", "透支：仅公司得益"),
    "exit": Text("neither gains", "双输"),
}


class DeliveredFactors:
    """What an order gives and what it costs, factor by factor."""

    needs = (FACTORS, COVERAGE, CHANGE)
    by_programme = False

    def _rows(self, basis: Basis) -> dict[str, Row]:
        return {r["item"]: r for r in basis[FACTORS].sort_by("position").to_pylist() if not r["hidden"]}

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        whole = rows.get("delivered_value")
        if whole is None:
            return None
        costs = {name: rows[name]["mean"] for name in ("time", "energy", "psychic")}
        worst = max(costs, key=lambda name: costs[name])
        return Finding(
            headline=_headline(whole, language),
            lede=_lede(basis, whole, language),
            figures=_figures(basis, rows, language),
            reading=Text(
                "Means of an order in money, with their intervals: what customers say they get, weighed by "
                "what the company holds it to be worth, and what it costs them beside the price.",
                "每单均值及其区间（折合金额）：客户自述所得，按公司设定的折合标准计，以及价格之外的付出。",
            ).in_(language),
            caution=Text(
                "The money of a score is set by the company (`value_factors`); another setting gives "
                "other amounts, and another order of customers where it weighs the factors otherwise.",
                "分数折合的金额由公司设定（`value_factors`）；设定不同，金额不同；若各因素权重改变，客户排序也会改变。",
            ).in_(language),
            next_step=NextStep(
                who=Text("The owners of service and process", "服务与流程负责人").in_(language),
                what=Text(
                    f"Beside the price, {NAMES[worst].en.lower()} costs them most: take a step out of it.",
                    f"价格之外，客户付出最多的是{NAMES[worst].zh}：先为其减去一个环节。",
                ).in_(language),
                check=Text(
                    "Its mean in the next year, among the same customers.", "下一年同一批客户该项的均值。"
                ).in_(language),
            ),
            weight=46,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if "delivered_value" not in rows:
            return None
        drawn = []
        heads = {"product": Text("What they get", "所得"), "money": Text("What it costs them", "所费")}
        for name, label in NAMES.items():
            if name in heads:
                drawn.append(Dot(heads[name].in_(language), heading=True))
            row = rows[name]
            drawn.append(
                Dot(label.in_(language), row["mean"], row["low"], row["high"], number(row["customers"]))
            )
        return dots(drawn, width, language, decimals=0, base_title=Text("n", "n"))

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return FACTORS, basis[FACTORS].sort_by("position")


class MutualValue:
    """The quadrant of both sides' gain, as a table of two by two."""

    needs = (MUTUAL,)
    by_programme = False

    def _rows(self, basis: Basis) -> dict[str, Row]:
        return {row["quadrant"]: row for row in basis[MUTUAL].sort_by("position").to_pylist()}

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        known = sum(rows[name]["customers"] for name in QUADRANTS if name in rows)
        if known < basis.settings.minimum_base:
            return None
        return Finding(
            headline=_mutual_headline(rows, language),
            lede=_mutual_lede(rows, known, language),
            figures=tuple(
                Figure(
                    _capital(QUADRANTS[name].in_(language)),
                    percent(rows[name]["share"], language),
                    f"{level(basis.settings.confidence, language)} "
                    f"{share_interval(rows[name]['low'], rows[name]['high'], language)} · "
                    f"n = {number(rows[name]['customers'])}",
                )
                for name in ("win_win", "exploitation", "subsidy")
            ),
            reading=Text(
                "Shares of the customers of whom both sides are known. Rows: whether the customer gains "
                "(delivered value above zero), columns: whether the company does.",
                "占双方均已知客户的比例。行为客户是否得益（让渡价值大于零），列为公司是否得益。",
            ).in_(language),
            caution=Text(
                "Whether a customer gains hangs on what the company holds a score to be worth "
                "(`value_factors`); those who answer surveys may differ from those who do not.",
                "客户是否得益取决于分数的折合标准（`value_factors`）；应答者也可能不同于未应答者。",
            ).in_(language),
            next_step=_mutual_step(rows, language),
            weight=53,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if any(name not in rows or rows[name]["share"] is None for name in QUADRANTS):
            return None

        def cell(name: str) -> Cell:
            return Cell(rows[name]["share"], f"{percent(rows[name]['share'], language)}")

        lines = (
            (Text("Customer gains", "客户得益"), ("win_win", "subsidy")),
            (Text("Customer loses", "客户受损"), ("exploitation", "exit")),
        )
        heads = [
            Text("company gains", "公司得益").in_(language),
            Text("company loses", "公司受损").in_(language),
        ]
        drawn = [
            (
                label.in_(language),
                number(sum(rows[name]["customers"] for name in names)),
                [cell(name) for name in names],
            )
            for label, names in lines
        ]
        largest = max(rows[name]["share"] for name in QUADRANTS)
        return heat_table(drawn, heads, "n", width, largest or 1.0)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return MUTUAL, basis[MUTUAL].sort_by("position")


DELIVERED_FACTORS = DeliveredFactors()
MUTUAL_VALUE = MutualValue()


def _headline(whole: Row, language: Language) -> str:
    amount = money(abs(whole["mean"]), whole["currency"])
    if whole["low"] <= 0 <= whole["high"]:
        return Text(
            "What an order gives customers is worth about what it costs them",
            "客户每单所得与所费大致相当",
        ).in_(language)
    if whole["mean"] > 0:
        return Text(
            f"An order gives customers {amount} more than it costs them", f"客户每单所得比所费多 {amount}"
        ).in_(language)
    return Text(
        f"An order costs customers {amount} more than they feel it gives", f"客户每单所费比所得多 {amount}"
    ).in_(language)


def _lede(basis: Basis, whole: Row, language: Language) -> str:
    coverage = {(row["kind"], row["item"]): row for row in basis[COVERAGE].to_pylist()}
    full = coverage.get(("known", "8"))
    sentences = []
    if full is not None:
        share = percent(full["share"], language)
        thin = full["share"] < FEW_KNOWN
        sentences.append(
            Text(
                f"All eight factors are known of {share} of the customers"
                + (": ask more of them before acting on it." if thin else "."),
                f"八项因素齐全的客户占 {share}" + ("：样本偏薄，行动前宜扩大调查。" if thin else "。"),
            ).in_(language)
        )
    changed = next((r for r in basis[CHANGE].to_pylist() if r["item"] == "delivered_value"), None)
    if changed is not None and not changed["hidden"]:
        by = signed(changed["change"])
        verdicts = {
            "better": Text("better", "变好"),
            "worse": Text("worse", "变差"),
            "cannot_tell": Text("cannot tell", "不能断定"),
        }
        verdict = verdicts[changed["verdict"]]
        n = number(changed["customers"])
        sentences.append(
            Text(
                f"Among {n} customers known in both years it changed by {by}: {verdict.en}.",
                f"两年均齐全的 {n} 位客户平均变化 {by}：{verdict.zh}。",
            ).in_(language)
        )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(basis: Basis, rows: Mapping[str, Row], language: Language) -> tuple[Figure, ...]:
    named = level(basis.settings.confidence, language)
    labels = {
        "total_value": Text("What they get", "总价值"),
        "total_cost": Text("What it costs them", "总成本"),
        "delivered_value": Text("Delivered value", "让渡价值"),
    }
    return tuple(
        Figure(
            label.in_(language),
            money(rows[item]["mean"], rows[item]["currency"]),
            f"{named} {interval(rows[item]['low'], rows[item]['high'], language)} · "
            f"n = {number(rows[item]['customers'])}",
        )
        for item, label in labels.items()
    )


def _mutual_headline(rows: Mapping[str, Row], language: Language) -> str:
    largest = max(QUADRANTS, key=lambda name: rows[name]["share"])
    share = percent(rows[largest]["share"], language)
    sentences = {
        "win_win": Text(f"In {share} of the relationships both sides gain", f"{share}的关系双方得益"),
        "subsidy": Text(
            f"In {share} of the relationships only the customer gains", f"{share}的关系仅客户得益，公司在补贴"
        ),
        "exploitation": Text(
            f"In {share} of the relationships only the company gains", f"{share}的关系仅公司得益，客户在吃亏"
        ),
        "exit": Text(f"In {share} of the relationships neither side gains", f"{share}的关系双方都不得益"),
    }
    return sentences[largest].in_(language)


def _mutual_lede(rows: Mapping[str, Row], known: int, language: Language) -> str:
    unknown = rows["unknown"]["customers"] if "unknown" in rows else 0
    return Text(
        f"Of {number(known)} customers both sides are known; of {number(unknown)} more only one is.",
        f"{number(known)} 位客户双方均已知；另有 {number(unknown)} 位仅知一方。",
    ).in_(language)


def _mutual_step(rows: Mapping[str, Row], language: Language) -> NextStep:
    n = number(rows["exploitation"]["customers"])
    return NextStep(
        who=Text("Customer experience and account managers", "客户体验与客户经理").in_(language),
        what=Text(
            f"Look after the {n} customers who bring money and do not gain, before somebody else does.",
            f"优先照顾为公司带来收益却自身未得益的 {n} 位客户，以免被竞争者抢先。",
        ).in_(language),
        check=Text(
            "Next year: how many of them have moved to “both gain”.", "下一年：其中多少位移到“双赢”。"
        ).in_(language),
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
