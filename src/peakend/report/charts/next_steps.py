"""What comes next in a journey, and how often the model that says so is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.bars import Bar, BarRow, Column, bars
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

Row = dict[str, Any]

_SHOWN = 8


class NextSteps:
    """The likeliest next step after the most frequent contexts."""

    needs = ("next_step_table", "next_step_quality")
    by_programme = False

    def _quality(self, basis: Basis) -> tuple[Row, Row] | None:
        """The chosen model and the base rate."""
        rows = basis["next_step_quality"].to_pylist()
        chosen = next((row for row in rows if row["chosen"]), None)
        base = next((row for row in rows if row["memory"] == 0), None)
        return None if chosen is None or base is None else (chosen, base)

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = [row for row in basis["next_step_table"].to_pylist() if row["place"] == 1]
        return sorted(rows, key=lambda row: (-row["n_context"], row["context"]))[:_SHOWN]

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        both = self._quality(basis)
        if both is None:
            return None
        chosen, base = both
        foretold = chosen["memory"] > 0 and chosen["verdict"] == "better"
        right, plain = (percent(row["accuracy"], language) for row in (chosen, base))
        headline = (
            Text(
                f"The next step is foretold right {right} of the time; always naming the most frequent gives "
                f"{plain}",
                f"下一步有 {right}可以说中；若总猜最常见的一步，只有 {plain}",
            )
            if foretold
            else Text(
                "Where a journey goes next cannot be told from its last steps",
                "由最近几步看不出旅程接下来去向何处",
            )
        )
        back = chosen["memory"]
        lede = (
            Text(
                f"Looking back {back} step{'s' if back > 1 else ''} serves best; longer memories were tried.",
                f"回看 {back} 步效果最好，更长的也试过。",
            )
            if foretold
            else Text("No model was surely better than the base rate.", "没有模型确实优于基准频率。")
        )
        return Finding(
            headline=headline.in_(language),
            lede=lede.in_(language),
            figures=self._figures(chosen, basis, language),
            reading=Text(
                "The likeliest next step after each touchpoint and its probability; the most frequent first.",
                "各情形之后最可能的下一步及其概率，按出现次数排列。",
            ).in_(language),
            caution=Text(
                "Checked on later journeys that were used for nothing else. What usually comes next is not "
                "what should.",
                "以未作他用的后期旅程检验。通常的下一步并不等于应有的下一步。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of the journey", "旅程负责人").in_(language),
                Text(
                    "Prepare the likeliest next step in advance, and look where journeys end too early.",
                    "提前为最可能的下一步做好准备，并留意旅程过早结束之处。",
                ).in_(language),
                Text("The share of hits in the next period.", "下一期的命中占比。").in_(language),
            ),
            weight=15 if foretold else 5,
        )

    def _figures(self, chosen: Row, basis: Basis, language: Language) -> tuple[Figure, ...]:
        named = level(basis.settings.confidence, language)
        base = f"n = {number(chosen['n'])}"
        found = [
            Figure(
                label.in_(language),
                percent(chosen[name], language, 1),
                f"{named} {share_interval(chosen[f'{name}_low'], chosen[f'{name}_high'], language)} · {base}",
            )
            for name, label in (
                ("accuracy", Text("The likeliest step came", "最可能的一步命中")),
                ("top_3", Text("One of the three likeliest came", "前三步之一命中")),
            )
        ]
        found.append(
            Figure(
                Text("Promised and observed differ by", "承诺与实际之差").in_(language),
                percent(chosen["calibration_error"], language, 1),
                Text(f"mean over tenths of probability · {base}", f"按概率十等分的平均 · {base}").in_(
                    language
                ),
            )
        )
        return tuple(found)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if not rows or self._quality(basis) is None:
            return None
        drawn = [
            BarRow(
                f"{row[f'context_{language}']} →",
                (
                    Bar(
                        ((row["probability"], "brand"),),
                        f"{percent(row['probability'], language)} {row[f'next_{language}']}",
                    ),
                ),
            )
            for row in rows
        ]
        return bars(drawn, [Column(Text("Likeliest next step", "最可能的下一步"))], width, language)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "next_step_table", pa.Table.from_pylist(
            self._rows(basis), schema=basis["next_step_table"].schema
        )


NEXT_STEPS = NextSteps()
