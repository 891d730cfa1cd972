"""Which levers would turn unprofitable customers, and how many: a simulation under stated assumptions."""

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


class Turnaround:
    """Each lever alone, then all together, then whom nothing turns."""

    needs = ("turnaround",)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = sorted(basis["turnaround"].to_pylist(), key=lambda row: row["position"])
        return rows if rows and rows[0]["customers"] >= basis.settings.minimum_base else []

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        none, single = rows[-1], [row for row in rows if row["levers"] == 1]
        best = max(single, key=lambda row: (row["turned"], -row["position"]))
        every = rows[-2]
        currency = best["currency"]
        n = best["customers"]
        return Finding(
            headline=_headline(best, none, language),
            lede=Text(
                f"{number(n)} customers lose {money(-best['all_before'], currency)} together. All levers at "
                f"once would bring {number(every['turned'])} of them to zero or above; "
                f"{number(none['smallest_for'])} stay below whatever is done.",
                f"{number(n)} 位客户合计亏损 {money(-best['all_before'], currency)}。全部手段并用可使其中 "
                f"{number(every['turned'])} 位扭亏；{number(none['smallest_for'])} 位无论如何仍为亏损。",
            ).in_(language),
            figures=(
                Figure(
                    Text(f"Turned by {best['label_en']} alone", f"仅凭{best['label_zh']}可扭亏").in_(
                        language
                    ),
                    number(best["turned"]),
                    Text(
                        f"of {number(n)} · would gain {money(best['gain'], currency)} on all of them",
                        f"共 {number(n)} 位 · 对全部实施的增益 {money(best['gain'], currency)}",
                    ).in_(language),
                ),
                Figure(
                    Text("No set of levers is enough", "任何组合均无法扭亏").in_(language),
                    number(none["smallest_for"]),
                    Text(
                        f"of {number(n)}; {number(none['young'])} of these came in the last 90 days",
                        f"共 {number(n)} 位；其中 {number(none['young'])} 位近 90 天才首次购买",
                    ).in_(language),
                    "act" if none["smallest_for"] else "plain",
                ),
            ),
            reading=Text(
                "How many of the unprofitable customers each lever would bring to a profit of zero or above, "
                f"had it applied over the same time. Assumed: {best['assumptions_en']}",
                f"若在同一期间采用各手段，可使多少亏损客户利润不低于零。所作假设：{best['assumptions_zh']}",
            ).in_(language),
            caution=Text(
                "A simulation, no forecast: how customers would react is assumed, not measured. What was "
                "spent to win them stays spent. Try a lever on some of them first, others left alone.",
                "此为模拟而非预测：客户的反应出自假设，并未实测；已花费的获客成本不再收回。"
                "应先在部分客户中试行，并以其余客户作对照。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of customer management", "客户管理负责人").in_(language),
                Text(
                    f"Try “{best['label_en']}” on a random half of those it would turn (the list is behind "
                    "the number).",
                    f"在“{best['label_zh']}”可扭亏的客户中（名单见数字背后）随机选一半试行。",
                ).in_(language),
                Text(
                    "Profit, and who leaves, of that half against the other after a quarter.",
                    "一个季度后比较两半客户的利润与流失。",
                ).in_(language),
            ),
            weight=46 if best["turned"] else 30,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if not rows:
            return None
        single = sorted((r for r in rows if r["levers"] == 1), key=lambda r: (-r["turned"], r["position"]))
        drawn = [_bar(row, row["turned"], row[f"label_{language}"], "brand", language) for row in single]
        together = Text("all five together", "五项并用").in_(language)
        drawn.append(_bar(rows[-2], rows[-2]["turned"], together, "promoter", language))
        none = rows[-1]
        stay = Text("nothing is enough", "均无法扭亏").in_(language)
        drawn.append(_bar(none, none["smallest_for"], stay, "detractor", language))
        return bars(drawn, [Column(Text("–", "–"))], width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "turnaround", basis["turnaround"].sort_by("position")


def _bar(row: Row, count: int, label: str, token: str, language: Language) -> BarRow:
    share = percent(count / row["customers"], language)
    return BarRow(label, (Bar(((count / row["customers"], token),), f"{number(count)} ({share})"),))


def _headline(best: Row, none: Row, language: Language) -> str:
    if not best["turned"]:
        return Text(
            "No single lever would turn an unprofitable customer", "任何单一手段都无法使亏损客户扭亏"
        ).in_(language)
    part = percent(best["turned"] / best["customers"], language)
    never = percent(none["smallest_for"] / best["customers"], language)
    return Text(
        f"{best['label_en'].capitalize()} alone would turn {part} of the unprofitable customers; "
        f"{never} stay unprofitable whatever is done",
        f"仅凭{best['label_zh']}一项可使 {part}的亏损客户扭亏；{never}无论如何仍为亏损",
    ).in_(language)


TURNAROUND = Turnaround()
