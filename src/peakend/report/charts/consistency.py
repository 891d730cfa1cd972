"""Whether a service is the same everywhere: channels and sites side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.dots import Dot, dots
from peakend.report.charts.service_words import GOOD, MEASURES, Row, ends, named, place, written
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import level, listing, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec
    from peakend.report.finding import Tone

FEW = 4
CUTS = {"channel": Text("channels", "渠道"), "site": Text("sites", "网点")}


class Consistency:
    """The touchpoint where channels or sites differ most, place by place."""

    needs = ("service_consistency", "service_levels")
    by_programme = False

    def _differing(self, basis: Basis) -> list[Row]:
        rows: list[Row] = basis["service_consistency"].to_pylist()
        order = {"duration": 0, "in_time": 1, "emotion": 2}
        clear = [row for row in rows if row["verdict"] == "differs"]
        return sorted(clear, key=lambda row: (order[row["measure"]], row["p_adjusted"], row["touchpoint_id"]))

    def _levels(self, basis: Basis, about: Row) -> list[Row]:
        keys = ("touchpoint_id", "cut", "measure")
        rows = [
            row
            for row in basis["service_levels"].to_pylist()
            if all(row[key] == about[key] for key in keys) and not row["hidden"] and row["value"] is not None
        ]
        return sorted(rows, key=lambda row: (-row["value"], row["place"]))

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        compared = basis["service_consistency"].num_rows
        if not compared:
            return None
        differing = self._differing(basis)
        if not differing:
            return Finding(
                headline=Text(
                    "No service differs clearly between channels or sites",
                    "没有一项服务在渠道或网点之间有可断定的差异",
                ).in_(language),
                lede=Text(
                    f"{compared} comparisons of time taken, service kept in time and feeling were made.",
                    f"共比较 {compared} 组用时、达标率与感受。",
                ).in_(language),
                weight=10,
            )
        first = differing[0]
        touchpoint = basis.segment("touchpoint", first["touchpoint_id"], language)
        cut, measure = CUTS[first["cut"]], MEASURES[first["measure"]]
        levels = self._levels(basis, first)
        others = [named(basis, row | {"place": ""}, language) for row in differing[1:]]
        different = list(dict.fromkeys(name for name in others if name != touchpoint))[:FEW]
        return Finding(
            headline=self._headline(basis, first, levels, touchpoint, language),
            lede=self._lede(different, measure, cut, language),
            figures=self._figures(basis, levels, language),
            reading=Text(
                f"Each dot is one of the {cut.en}; lines are {level(basis.settings.confidence, 'en')} "
                "intervals that know weeks differ. Times are typical ones (geometric means). A coloured "
                "place stands apart from the others after Holm's correction.",
                f"每个圆点为一个{cut.zh}；线段为{level(basis.settings.confidence, 'zh')}，已计入各周差异。"
                "用时为典型值（几何平均）。着色者经 Holm 校正后与其他处不同。",
            ).in_(language),
            caution=Text(
                "Places serve different customers and tasks; a difference is where to look, not whose fault.",
                "各处的客户与业务不同：差异只说明该看哪里，不说明是谁的过错。",
            ).in_(language),
            next_step=NextStep(
                basis.owners.get(first["touchpoint_id"])
                or Text(f"The owner of {touchpoint}", f"{touchpoint}负责人").in_(language),
                Text(
                    "Watch one hour at the best and one at the worst place, and write down what differs.",
                    "在最好与最差处各观察一小时，记下差别。",
                ).in_(language),
                Text("The same comparison next quarter.", "下季度再作同样比较。").in_(language),
            ),
            weight=40,
        )

    def _headline(
        self, basis: Basis, first: Row, levels: Sequence[Row], touchpoint: str, language: Language
    ) -> str:
        high, low = levels[0], levels[-1]
        values = (written(first["measure"], row["value"], language) for row in (high, low))
        top, bottom = values
        names = [place(basis, row, language) for row in (high, low)]
        measure = MEASURES[first["measure"]]
        return Text(
            f"{touchpoint}: {measure.en} is {top} at {names[0]} and {bottom} at {names[1]}",
            f"{touchpoint}的{measure.zh}：{names[0]}为{top}，{names[1]}为{bottom}",
        ).in_(language)

    def _lede(self, others: list[str], measure: Text, cut: Text, language: Language) -> str:
        said = Text(
            f"The same service should not depend on where it is met: here its {measure.en} differs between "
            f"{cut.en} more than chance explains.",
            f"同一服务不应因地而异：此处{measure.zh}在{cut.zh}之间的差异超出偶然。",
        ).in_(language)
        if not others:
            return said
        listed = listing(others, language)
        more = Text(f" {listed} differ too.", f"{listed}亦有差异。").in_(language)
        return said + more

    def _figures(self, basis: Basis, levels: Sequence[Row], language: Language) -> tuple[Figure, ...]:
        apart = [row for row in levels if row["verdict"] != "cannot_tell"] or [*levels[:1], *levels[-1:]]
        shown = list({row["place"]: row for row in (*apart[:1], *apart[-1:])}.values())
        return tuple(
            Figure(
                place(basis, row, language),
                written(row["measure"], row["value"], language),
                f"{level(basis.settings.confidence, language)} "
                f"{ends(row['measure'], row['value_low'], row['value_high'], language)} · "
                f"n = {number(row['n'])}",
                _tone(row),
            )
            for row in shown
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        differing = self._differing(basis)
        if not differing:
            return None
        first = differing[0]
        scale = {"duration": 1 / 60, "in_time": 100.0, "emotion": 1.0}[first["measure"]]
        suffix = {"duration": Text(" min", " 分钟"), "in_time": Text(" %", "%")}.get(first["measure"])
        rows = [
            Dot(
                place(basis, row, language),
                row["value"] * scale,
                None if row["value_low"] is None else row["value_low"] * scale,
                None if row["value_high"] is None else row["value_high"] * scale,
                number(row["n"]),
                _tone(row),
            )
            for row in self._levels(basis, first)
        ]
        return dots(
            rows,
            width,
            language,
            decimals={"duration": 1, "in_time": 0, "emotion": 2}[first["measure"]],
            suffix=suffix.in_(language) if suffix else "",
            base_title=Text("events", "次互动"),
        )

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        differing = self._differing(basis)
        rows = self._levels(basis, differing[0]) if differing else []
        return "service_levels", pa.Table.from_pylist(rows, schema=basis["service_levels"].schema)


def _tone(row: Row) -> Tone:
    if row["verdict"] not in {"higher", "lower"}:
        return "plain"
    return "good" if (row["verdict"] == "higher") == GOOD[row["measure"]] else "act"


CONSISTENCY = Consistency()
