"""Touchpoints that work together: pairs after which an outcome is more frequent than both alone explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.attribution_words import WORDS
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep, Tone
from peakend.report.numbers import capitalised, interval, level, number, percent

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

Row = dict[str, Any]

_SHOWN = 6


class Sequences:
    """The pairs that stand out, by outcome; where none does, that is what is said."""

    needs = ("touchpoint_sequences",)
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        """What stands out, most certain first; of a pair only the more certain link."""
        found: dict[tuple[str, str, str], Row] = {}
        for row in basis["touchpoint_sequences"].to_pylist():
            if row["verdict"] in {"more", "less"}:
                key = (row["outcome"], row["first_id"], row["second_id"])
                if key not in found or row["p_value"] < found[key]["p_value"]:
                    found[key] = row
        order = list(WORDS)
        ranked = sorted(found.values(), key=lambda row: (order.index(row["outcome"]), row["p_value"]))
        return [
            row for outcome in order for row in [one for one in ranked if one["outcome"] == outcome][:_SHOWN]
        ]

    def _pair(self, row: Row, language: Language) -> str:
        arrow = Text(" → ", " → ") if row["link"] == "eventual" else Text(" → at once ", " → 紧接着 ")
        return f"{row[f'first_{language}']}{arrow.in_(language)}{row[f'second_{language}']}"

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        tested = sum(
            {row["outcome"]: row["tested"] for row in basis["touchpoint_sequences"].to_pylist()}.values()
        )
        if not tested:
            return None
        rows = self._rows(basis)
        named = level(basis.settings.confidence, language)
        return Finding(
            headline=self._headline(rows, language),
            lede=Text(
                f"{number(tested)} sequences of two touchpoints were compared with what either brings alone.",
                f"共比较了 {number(tested)} 个先后组合与两者单独出现时的结果。",
            ).in_(language),
            figures=self._figures(rows, named, language),
            reading=Text(
                "Percentage points by which the outcome is more (right of 0) or less frequent after the "
                "sequence than if both touchpoints only added up; lines are "
                f"{named} intervals. All shown hold after Holm's correction.",
                f"该先后组合之后，结果比两接触点简单相加时多（0 右侧）或少的百分点；线段为{named}。"
                "所列各项均通过 Holm 校正。",
            ).in_(language),
            caution=Text(
                "Who takes both steps in this order may differ from who does not: try it first.",
                "按此顺序走的客户可能本就不同：先试验，再推广。",
            ).in_(language),
            next_step=NextStep(
                Text("The owners of both touchpoints", "两个接触点的负责人").in_(language),
                Text(
                    "Lead a random half of those at the first touchpoint on to the second.",
                    "从经过前者的客户中随机引导一半到后者。",
                ).in_(language),
                Text(
                    "The outcome of both halves after the same number of days.",
                    "同样天数后两半客户的结果之差。",
                ).in_(language),
            )
            if rows
            else None,
            weight=40 if rows else 8,
        )

    def _headline(self, rows: list[Row], language: Language) -> str:
        if not rows:
            return Text(
                "No two touchpoints, one after the other, do more than each alone",
                "没有哪两个接触点先后相连时胜过各自单独出现",
            ).in_(language)
        row = rows[0]
        words = WORDS[row["outcome"]]
        often = Text("more often", "更常") if row["verdict"] == "more" else Text("less often", "较少")
        return capitalised(
            Text(
                f"after {self._pair(row, 'en')}, customers {_DO[row['outcome']]} {often.en} than "
                "either explains",
                f"经过{self._pair(row, 'zh')}之后，客户{often.zh}{words.name.zh}，超出两者相加",
            ).in_(language)
        )

    def _figures(self, rows: list[Row], named: str, language: Language) -> tuple[Figure, ...]:
        found = []
        for row in rows[:3]:
            low, high = 100 * row["lift_low"], 100 * row["lift_high"]
            found.append(
                Figure(
                    self._pair(row, language),
                    percent(row["rate"], language, 1),
                    Text(
                        f"{WORDS[row['outcome']].rate.en}; {percent(row['expected'], 'en', 1)} expected; "
                        f"difference {named} {interval(low, high, 'en', 1)} points · n = {number(row['n'])}",
                        f"{WORDS[row['outcome']].rate.zh}；应有 {percent(row['expected'], 'zh', 1)}；"
                        f"差距{named} {interval(low, high, 'zh', 1)} 个百分点 · n = {number(row['n'])}",
                    ).in_(language),
                )
            )
        return tuple(found)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if not rows:
            return None
        drawn: list[Dot] = []
        before = ""
        for row in rows:
            words = WORDS[row["outcome"]]
            if row["outcome"] != before:
                drawn.append(Dot(words.rate.in_(language), heading=True))
                before = row["outcome"]
            tone: Tone = "good" if (row["verdict"] == "more") == words.good else "act"
            drawn.append(
                Dot(
                    self._pair(row, language),
                    100 * row["lift"],
                    100 * row["lift_low"],
                    100 * row["lift_high"],
                    base=number(row["n"]),
                    tone=tone,
                    word=(Text("more", "更多") if row["verdict"] == "more" else Text("less", "更少")).in_(
                        language
                    ),
                )
            )
        return dots(drawn, width, language, decimals=1, base_title=Text("Journeys", "旅程"))

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "touchpoint_sequences", pa.Table.from_pylist(
            self._rows(basis), schema=basis["touchpoint_sequences"].schema
        )


_DO = {"repurchase": "buy again", "churn": "leave", "complaint": "complain"}

SEQUENCES = Sequences()
