"""Whether the end of journeys eats their peak: ends month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.panels import Panel, Point, panels
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import interval, level, number, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

Row = dict[str, Any]
MOST_PANELS = 6
VERDICTS = {
    "eroding": Text("eroding", "恶化"),
    "improving": Text("improving", "改善"),
    "cannot_tell": Text("cannot tell", "尚不能断定"),
}
PANEL_WORDS = {"eroding": "worse", "improving": "better", "cannot_tell": "cannot_tell"}


def _name(basis: Basis, row: Row, language: Language) -> str:
    if not row["touchpoint_id"]:
        return Text("All journeys", "全部旅程").in_(language)
    return basis.segment("touchpoint", row["touchpoint_id"], language)


class Erosion:
    """The ends of journeys month by month, and where they take what is remembered."""

    needs = ("erosion", "end_trends")
    by_programme = False

    def _rows(self, basis: Basis) -> list[Row]:
        """All together first, then what erodes, then the others by journeys."""
        rows: list[Row] = basis["erosion"].to_pylist()
        order = {"eroding": 0, "improving": 1, "cannot_tell": 2}
        return sorted(rows, key=lambda row: (row["touchpoint_id"] != "", order[row["verdict"]], -row["n"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        rows = self._rows(basis)
        if not rows:
            return None
        eroding = [row for row in rows if row["verdict"] == "eroding"]
        # A single touchpoint says more than all together.
        told = next((row for row in eroding if row["touchpoint_id"]), eroding[0] if eroding else None)
        return Finding(
            headline=self._headline(basis, told, rows, language),
            lede=_erosion_lede(told, language),
            figures=_erosion_figures(basis, told, rows, language),
            reading=Text(
                "Each panel follows the last moment of journeys, month by month, from −1 (bad) to 1 (good); "
                "thin lines are intervals. A coloured word stands after Holm's correction.",
                "每格为旅程最后一个时刻的逐月感受，−1（差）至 1（好）；细线为区间。"
                "带色文字经 Holm 校正后成立。",
            ).in_(language),
            caution=Text(
                "A projection says what follows if ends go on as they have and nothing else changes.",
                "推算的前提是终值照此变化、其他不变。",
            ).in_(language),
            next_step=None
            if told is None
            else NextStep(
                basis.owners.get(told["touchpoint_id"])
                or Text("The owner of the journey's end", "旅程终点负责人").in_(language),
                Text(
                    "Read what customers say about the end, and try one cheap gesture there by lot.",
                    "细读客户对终点的评价，并在那里随机试行一个低成本举措。",
                ).in_(language),
                Text("The slope in three months.", "三个月后的走势。").in_(language),
            ),
            weight=75 if told else 18,
        )

    def _headline(self, basis: Basis, told: Row | None, rows: Sequence[Row], language: Language) -> str:
        if told is None:
            better = [row for row in rows if row["verdict"] == "improving"]
            if better:
                return Text(
                    f"Journeys end better and better: {_name(basis, better[0], 'en').lower()}",
                    f"旅程的收尾越来越好：{_name(basis, better[0], 'zh')}",
                ).in_(language)
            return Text(
                "The ends of journeys hold: no worsening can be told", "旅程终值稳定：看不出恶化"
            ).in_(language)
        name = _name(basis, told, language)
        months = told["months_to_eaten"]
        if told["end_weight"] is not None and months is not None and 0 < months <= 36:
            return Text(
                f"A worsening end eats the peak: at {name}, in about {number(months)} months nothing good is "
                "left of it",
                f"不断恶化的终值正在消耗峰值：照此下去，{name}约 {number(months)} 个月后将消耗殆尽",
            ).in_(language)
        return Text(f"Journeys end worse and worse: {name}", f"旅程的收尾越来越差：{name}").in_(language)

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        rows = self._rows(basis)[:MOST_PANELS]
        if not rows:
            return None
        trends = basis["end_trends"].to_pylist()
        months = sorted({row["month_start"] for row in trends})
        drawn = [
            Panel(
                label=_name(basis, row, language),
                points=tuple(
                    Point(
                        months.index(point["month_start"]),
                        point["end_score"],
                        max(point["end_score"] - 1.96 * point["end_se"], -1),
                        min(point["end_score"] + 1.96 * point["end_se"], 1),
                        PANEL_WORDS[row["verdict"]] if point["month_start"] == row["last_month"] else "",
                    )
                    for point in trends
                    if point["touchpoint_id"] == row["touchpoint_id"]
                ),
                word=VERDICTS[row["verdict"]].in_(language),
                strong=not row["touchpoint_id"],
            )
            for row in rows
        ]
        names = [f"{month:%Y-%m}" for month in months]
        return panels(drawn, names, width, decimals=2)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return "erosion", pa.Table.from_pylist(self._rows(basis), schema=basis["erosion"].schema)


def _erosion_lede(told: Row | None, language: Language) -> str:
    if told is None or told["change"] is None:
        return Text(
            "The last moment is one of the two that memory tends to keep, so its trend is watched.",
            "最后的感受往往被记住，因此跟踪它的走势。",
        ).in_(language)
    change, ends = signed(told["change"], 2), interval(told["change_low"], told["change_high"], language, 2)
    months = number(told["horizon"])
    return Text(
        f"If ends go on so, the remembered whole changes by {change} (interval {ends}) in {months} months.",
        f"若终值照此变化，{months} 个月后总体评分将变化 {change}（区间 {ends}）。",
    ).in_(language)


def _erosion_figures(
    basis: Basis, told: Row | None, rows: Sequence[Row], language: Language
) -> tuple[Figure, ...]:
    shown = [row for row in (told, rows[0]) if row is not None]
    named = level(basis.settings.confidence, language)
    figures = []
    for row in {row["touchpoint_id"]: row for row in shown}.values():
        ends = interval(12 * row["slope_low"], 12 * row["slope_high"], language, 2)
        tone: Tone = "act" if row["verdict"] == "eroding" else "plain"
        label = Text(", change of the end a year", "，终值每年变化").in_(language)
        figures.append(
            Figure(
                _name(basis, row, language) + label,
                signed(12 * row["slope"], 2),
                f"{named} {ends} · n = {number(row['n'])}",
                tone,
            )
        )
    return tuple(figures)


EROSION = Erosion()
