"""What is remembered after days, and as whose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import level, number, percent, share_interval

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec


class Recall:
    """What is remembered after days, and as whose."""

    needs = ("recall",)
    by_programme = True

    def _row(self, basis: Basis) -> Row | None:
        rows: list[Row] = [row for row in basis["recall"].to_pylist() if not row["hidden"]]
        return max(rows, key=lambda row: row["n"]) if rows else None

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        row = self._row(basis)
        if row is None:
            return None
        named = level(basis.settings.confidence, language)
        after = (
            Text(f"After {number(row['days'])} days ", f"{number(row['days'])} 天后，").in_(language)
            if row["days"] is not None
            else ""
        )
        share = percent(row["recall"], language)
        ours = percent((row["branded"] or 0) * row["recall"], language)
        headline = Text(
            f"{share} still remember it, {ours} as ours", f"{share}的人仍记得，{ours}的人记得是我们"
        ).in_(language)
        vivid = row["vivid_gap_low"] is not None and row["vivid_gap_low"] > 0
        lede = (
            Text(
                "Strong moments, good and bad, are remembered more often than middling ones.",
                "无论好坏，强烈的时刻都比平平之时更常被记住。",
            )
            if vivid
            else Text(
                "Whether strong moments are remembered more often than middling ones cannot be told.",
                "强烈的时刻是否更常被记住，尚不能断定。",
            )
        )
        figures = [
            Figure(
                Text(label.en, label.zh).in_(language),
                percent(row[name], language, 1),
                f"{named} {share_interval(row[f'{name}_low'], row[f'{name}_high'], language)} · "
                f"n = {number(row['n'])}",
            )
            for name, label in (
                ("recall", Text("Remember it", "仍记得")),
                ("branded", Text("Of these, as ours", "其中记得是我们")),
                ("effective", Text("Effective experience", "有效体验")),
            )
            if row[name] is not None
        ]
        return Finding(
            headline=after + headline,
            lede=lede.in_(language),
            figures=tuple(figures),
            reading=Text(
                "Effective experience is quality × remembered × put down to us, from 0 to 100 %: what nobody "
                "remembers, or remembers as somebody else's, counts for nothing.",
                "有效体验 = 质量 × 记得 × 归于我方，取值 0 至 100%：没人记得、或被记在别人名下的体验不计。",
            ).in_(language),
            caution=Text(
                "Those who answer a second survey remember more than those who do not.",
                "愿意回答回访的人，记住的往往更多。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of the brand", "品牌负责人").in_(language),
                Text(
                    "Give the best moment a name and a sign, so that it is remembered as yours.",
                    "为最好的时刻命名并留下标识，使其被记为贵公司的体验。",
                ).in_(language),
                Text("The same two questions after as many days.", "同样天数后再问同样两道题。").in_(
                    language
                ),
            ),
            weight=20,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        return None

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        row = self._row(basis)
        return "recall", pa.Table.from_pylist([dict(row)] if row else [], schema=basis["recall"].schema)


RECALL = Recall()
