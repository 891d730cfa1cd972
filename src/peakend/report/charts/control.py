"""Control charts: the service that left its usual sway, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from peakend.language import Language, Text
from peakend.report.charts.service_words import GOOD, MEASURES, Row, ends, named, written
from peakend.report.draw import SMALL_SIZE, colour, is_phone
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.numbers import day, number

if TYPE_CHECKING:
    from peakend.report.charts.exhibit import Basis
    from peakend.report.draw import Spec


class Control:
    """The control chart with the clearest point out of control."""

    needs = ("control_points", "control_charts")
    by_programme = False

    def _worst(self, basis: Basis) -> Row | None:
        out = [row for row in basis["control_points"].to_pylist() if row["verdict"] == "out_of_control"]
        # A single site or channel says more than the whole it is part of.
        return min(
            out, key=lambda row: (row["cut"] == "all", row["p_adjusted"], -abs(row["z"])), default=None
        )

    def _points(self, basis: Basis, about: Row) -> list[Row]:
        keys = ("touchpoint_id", "cut", "place", "measure")
        rows = [
            row for row in basis["control_points"].to_pylist() if all(row[key] == about[key] for key in keys)
        ]
        return sorted(rows, key=lambda row: row["period_start"])

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        charts = basis["control_charts"].to_pylist()
        if not charts:
            return None
        worst = self._worst(basis)
        points = sum(row["periods"] for row in charts)
        if worst is None:
            return Finding(
                headline=Text(
                    "Every service is as steady as it has been: no week stands out",
                    "各项服务均如常稳定：没有哪一期明显失控",
                ).in_(language),
                lede=Text(
                    f"{number(points)} points of {number(len(charts))} control charts were judged.",
                    f"共检视 {number(len(charts))} 张控制图的 {number(points)} 个点。",
                ).in_(language),
                weight=8,
            )
        chart = next(
            row
            for row in charts
            if all(row[key] == worst[key] for key in ("touchpoint_id", "cut", "place", "measure"))
        )
        others = sum(row["out_of_control"] > 0 for row in charts) - 1
        return Finding(
            headline=self._headline(basis, worst, chart, language),
            lede=self._lede(worst, chart, others, points, language),
            figures=(
                Figure(
                    self._when(worst, language),
                    written(worst["measure"], worst["value"], language),
                    Text("limits ", "控制限 ").in_(language)
                    + ends(worst["measure"], worst["low"], worst["high"], language)
                    + f" · n = {number(worst['n'])}",
                    "act" if (worst["z"] > 0) != GOOD[worst["measure"]] else "good",
                ),
            ),
            reading=Text(
                "The line is the value by period, the band its control limits: three sigmas of its own usual "
                "sway. A ringed point lies outside by more than chance over all points of all charts.",
                "折线为各期数值，色带为控制限（该服务自身正常波动的三倍标准差）；"
                "加圈的点在所有图的所有点中仍属失控。",
            ).in_(language),
            caution=Text(
                "A chart says that something happened then, not what: ask those who were there.",
                "控制图只说明当时有事发生，不说明是什么：请问当时在场的人。",
            ).in_(language),
            next_step=NextStep(
                basis.owners.get(worst["touchpoint_id"])
                or Text("The owner of the touchpoint", "该接触点负责人").in_(language),
                Text(
                    f"Find out what happened there from {day(worst['period_start'], 'en')} on.",
                    f"查明{day(worst['period_start'], 'zh')}起当处发生了什么。",
                ).in_(language),
                Text("The next periods lie within the band.", "此后各期回到色带之内。").in_(language),
            ),
            weight=55,
        )

    def _when(self, worst: Row, language: Language) -> str:
        started = day(worst["period_start"], language)
        if worst["period_kind"] == "week":
            return Text(f"Week of {started}", f"{started}当周").in_(language)
        return Text(f"Month from {started}", f"{started}当月").in_(language)

    def _headline(self, basis: Basis, worst: Row, chart: Row, language: Language) -> str:
        name, measure = named(basis, worst, language), MEASURES[worst["measure"]]
        value, usual = (
            written(worst["measure"], number_, language) for number_ in (worst["value"], chart["centre"])
        )
        when = self._when(worst, language)
        return Text(
            f"{name} went out of control in the {when[:1].lower()}{when[1:]}: {measure.en} {value}, "
            f"usually {usual}",
            f"{when}，{name}失控：{measure.zh}{value}，平时为{usual}",
        ).in_(language)

    def _lede(self, worst: Row, chart: Row, others: int, points: int, language: Language) -> str:
        said = Text(
            f"Out of {number(points)} points looked at, this one is not chance.",
            f"在所检视的 {number(points)} 个点中，这一点并非偶然。",
        ).in_(language)
        if others > 0:
            more = Text(f" {others} more charts have such points.", f"另有 {others} 张图也有失控点。").in_(
                language
            )
            return said + more
        return said

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        worst = self._worst(basis)
        if worst is None:
            return None
        scale = {"duration": 1 / 60, "in_time": 100.0, "emotion": 1.0}[worst["measure"]]
        unit = {
            "duration": Text("minutes", "分钟"),
            "in_time": Text("% in time", "达标率 %"),
            "emotion": Text("feeling, −1 to 1", "感受（−1 至 1）"),
        }[worst["measure"]]
        values = [
            {
                "at": row["period_start"].isoformat(),
                "value": row["value"] * scale,
                "low": row["low"] * scale,
                "high": row["high"] * scale,
                "out": row["verdict"] == "out_of_control",
            }
            for row in self._points(basis, worst)
        ]
        return _control_spec(values, unit.in_(language), width)

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        worst = self._worst(basis)
        rows = self._points(basis, worst) if worst else []
        return "control_points", pa.Table.from_pylist(rows, schema=basis["control_points"].schema)


def _control_spec(values: list[dict[str, Any]], unit: str, width: int) -> Spec:
    x = {
        "field": "at",
        "type": "temporal",
        "axis": {
            "title": None,
            "format": "%Y-%m",
            "tickCount": 4 if is_phone(width) else 8,
            "grid": False,
            "labelColor": colour("ink-3"),
            "labelFontSize": SMALL_SIZE,
        },
    }
    y_axis = {
        "title": unit,
        "titleAnchor": "end",
        "titleAngle": 0,
        "titleAlign": "left",
        "titleY": -12,
        "titleX": 0,
        "titleColor": colour("ink-3"),
        "titleFontWeight": "normal",
        "titleFontSize": SMALL_SIZE,
        "labelColor": colour("ink-3"),
        "labelFontSize": SMALL_SIZE,
        "gridColor": colour("line"),
        "tickCount": 5,
    }
    scale = {"zero": False}
    ring = {"test": "datum.out", "value": colour("detractor")}
    return {
        "width": width - 56,
        "height": 200 if is_phone(width) else 240,
        "padding": {"left": 2, "right": 10, "top": 18, "bottom": 4},
        "data": {"values": values},
        "encoding": {"x": x},
        "layer": [
            {
                "mark": {"type": "area", "color": colour("brand"), "opacity": 0.12, "interpolate": "step"},
                "encoding": {
                    "y": {"field": "low", "type": "quantitative", "axis": y_axis, "scale": scale},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "line", "color": colour("brand"), "strokeWidth": 1.5},
                "encoding": {"y": {"field": "value", "type": "quantitative", "scale": scale}},
            },
            {
                "mark": {"type": "point", "filled": False, "strokeWidth": 2},
                "encoding": {
                    "y": {"field": "value", "type": "quantitative", "scale": scale},
                    "size": {"condition": {"test": "datum.out", "value": 130}, "value": 12},
                    "color": {"condition": ring, "value": colour("brand")},
                },
            },
        ],
    }


CONTROL = Control()
