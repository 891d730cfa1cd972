"""At how many events of journeys a feeling is known, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import number, percent, signed

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec

ENOUGH = 0.3
_SOURCES = {
    "asked": Text("Asked", "询问所得"),
    "recalled": Text("Recalled with the whole", "与总体题同卷回忆"),
    "sensed": Text("Sensed", "感知所得"),
    "words": Text("From words", "由文字得出"),
    "operations": Text("From operations", "由运营记录得出"),
}


class Moments:
    """How much of the journey has a momentary score."""

    needs = ("moment_sources",)
    by_programme = False

    def _rows(self, basis: Basis) -> list[dict[str, Any]]:
        return sorted(basis["moment_sources"].to_pylist(), key=lambda row: (-row["events"], row["source"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        known = [row for row in rows if row["source"] in _SOURCES]
        if not known:
            return None
        share = sum(row["share"] for row in known)
        total = sum(row["events"] for row in rows)
        return Finding(
            headline=Text(
                f"What customers felt is known at {percent(share, 'en')} of the moments of their journeys",
                f"客户旅程中有 {percent(share, 'zh')}的时刻知道其感受",
            ).in_(language),
            lede=Text(
                f"Of {number(total)} events. Where several sources tell, what was asked at the moment goes "
                "before what was sensed, and that before what was recalled.",
                f"共 {number(total)} 次互动。多个来源并存时，当时询问优先于感知，感知优先于事后回忆。",
            ).in_(language),
            figures=tuple(
                Figure(
                    _SOURCES[row["source"]].in_(language),
                    percent(row["share"], language),
                    Text(
                        f"n = {number(row['events'])} · mean {signed(row['score'], 2)} (−1 to 1)",
                        f"n = {number(row['events'])} · 均值 {signed(row['score'], 2)}（−1 至 1）",
                    ).in_(language),
                )
                for row in known
            ),
            next_step=_next_step(share, language),
            weight=2,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        return None

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "moment_sources", pa.Table.from_pylist(
            self._rows(basis), schema=basis["moment_sources"].schema
        )


def _next_step(share: float, language: Language) -> NextStep:
    few = Text(
        "Ask one short question at the moments that matter, at once and not a week later.",
        "在关键时刻当场问一个简短的问题，而不是一周以后。",
    )
    enough = Text(
        "Keep asking at once, and ask about the whole a few days later.",
        "继续当场询问，并在几天后询问总体评价。",
    )
    return NextStep(
        Text("The owner of the journey", "旅程负责人").in_(language),
        (enough if share >= ENOUGH else few).in_(language),
        Text("The share of moments with a score, next month.", "下月有评分的时刻占比。").in_(language),
    )


MOMENTS = Moments()
