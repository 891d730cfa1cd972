"""Far better than expected: the share of the delighted, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts import score_rows as rows_of
from peakend.report.charts.dots import Dot, dots
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, number, percent, share_interval, signed

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.charts.score_rows import Row
    from peakend.report.draw import Spec


class Delight:
    """The share that found it far better than expected, period by period."""

    needs = ("delight",)
    by_programme = True

    def _rows(self, basis: Basis) -> list[Row]:
        rows: list[Row] = [
            r for r in basis["delight"].to_pylist() if not r["hidden"] and r["far_better"] is not None
        ]
        order = rows_of.period_order(rows)
        return sorted(rows, key=lambda row: (order.index(row["period"] or ""), row["question_id"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        last = rows[-1]
        share = percent(last["far_better"], language)
        when = rows_of.when(last, language)
        lifted = last["adjusted_p"] is not None and last["adjusted_p"] <= basis.settings.alpha
        way = Text("above", "高") if (last["lift"] or 0) > 0 else Text("below", "低")
        more = (
            Text(
                f"; their score of the whole is {number(abs(last['lift']), 1)} points {way.en} that of those "
                "for whom it was as expected",
                f"，其总体得分比“符合预期”者{way.zh} {number(abs(last['lift']), 1)} 分",
            ).in_(language)
            if lifted
            else ""
        )
        return Finding(
            headline=Text(
                f"{share} found it far better than expected{f' in {when}' if when else ''}",
                f"{when}有 {share}的人觉得远好于预期",
            ).in_(language)
            + more,
            lede=Text(
                f"{percent(last['as_expected'], 'en')} found it as expected, "
                f"{percent(last['worse'], 'en')} worse.",
                f"{percent(last['as_expected'], 'zh')}觉得符合预期，"
                f"{percent(last['worse'], 'zh')}觉得不如预期。",
            ).in_(language),
            figures=self._figures(last, basis, language),
            reading=Text(
                f"Share of “far better than expected” by period; lines are "
                f"{level(basis.settings.confidence, 'en')} intervals.",
                f"各期“远好于预期”的占比；线段为{level(basis.settings.confidence, 'zh')}。",
            ).in_(language),
            caution=Text(
                "Those who were delighted may have liked the company before: the difference is no effect.",
                "喜出望外者可能原本就喜欢这家公司：差别并不等于效果。",
            ).in_(language),
            next_step=NextStep(
                Text("The owner of the experience", "体验负责人").in_(language),
                Text(
                    "Read what the delighted wrote, and try the cheapest surprise at one site.",
                    "阅读喜出望外者的留言，并在一处试行成本最低的惊喜。",
                ).in_(language),
                Text(
                    "The share at that site against the others, in the next period.",
                    "下一期将该处的占比与其他网点对照。",
                ).in_(language),
            ),
            weight=25,
        )

    def _figures(self, last: Row, basis: Basis, language: Language) -> tuple[Figure, ...]:
        named = level(basis.settings.confidence, language)
        ends = share_interval(last["far_better_low"], last["far_better_high"], language)
        found = [
            Figure(
                Text("Far better than expected", "远好于预期").in_(language),
                percent(last["far_better"], language, 1),
                f"{named} {ends} · n = {number(last['n'])}",
            )
        ]
        if last["lift"] is not None and last["lift_low"] is not None:
            p = last["adjusted_p"]
            found.append(
                Figure(
                    Text("Outcome beside “as expected”", "与“符合预期”者的结果之差").in_(language),
                    signed(last["lift"], 1),
                    f"{named} {interval(last['lift_low'], last['lift_high'], language, 1)} · "
                    f"n = {number(last['n_delighted'])} + {number(last['n_as_expected'])} · "
                    + ("p < 0.001" if p < 0.001 else f"p = {number(p, 3)}"),
                )
            )
        return tuple(found)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)
        if len(rows) < 2:
            return None
        drawn = [
            Dot(
                rows_of.when(row, language) or "–",
                100 * row["far_better"],
                100 * row["far_better_low"],
                100 * row["far_better_high"],
                base=number(row["n"]),
            )
            for row in rows[-24:]
        ]
        return dots(
            drawn, width, language, decimals=1, suffix="%", limits=(0, 100), base_title=Text("n", "n")
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "delight", pa.Table.from_pylist(
            [dict(row) for row in self._rows(basis)], schema=basis["delight"].schema
        )


DELIGHT = Delight()
