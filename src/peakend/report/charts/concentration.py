"""Revenue concentration: the Lorenz curve, and how few customers bring how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from peakend.language import Language, Text
from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.finding import Figure, Finding, NextStep
from peakend.report.lettering import wrapped
from peakend.report.numbers import interval, level, number, percent

if TYPE_CHECKING:
    import pyarrow as pa

    from peakend.report.charts.exhibit import Basis

CONCENTRATION = "revenue_concentration"
LORENZ = "revenue_lorenz"
Row = Mapping[str, Any]


class Concentration:
    """The curve with the top fifth marked."""

    needs = (CONCENTRATION, LORENZ)
    by_programme = False

    def _measures(self, basis: Basis) -> dict[str, Row]:
        return {row["measure"]: row for row in basis[CONCENTRATION].to_pylist()}

    def finding(self, basis: Basis, language: Language) -> Finding | None:
        measures = self._measures(basis)
        top = measures.get("top_20")
        if top is None or top["value"] is None:
            return None
        warned = [row for row in measures.values() if row["warning"] and row["kind"] == "dependency"]
        return Finding(
            headline=_headline(measures, warned, language),
            lede=_lede(measures, warned, language),
            figures=_figures(measures, basis, language),
            reading=Text(
                "Customers from the smallest to the largest, and the share of revenue they bring "
                "together. The straight line "
                "is where the curve would lie if all brought the same.",
                "客户由小到大累计，及其合计带来的收入占比。若人人相同，曲线将与直线重合。",
            ).in_(language),
            caution=Text(
                "Only customers whose net revenue is above zero are on the curve; the table accounts for "
                "the rest.",
                "曲线只含净收入为正的客户，其余见表中对账各行。",
            ).in_(language),
            next_step=_next_step(measures, warned, language),
            weight=60 if warned else 50,
        )

    def chart(self, basis: Basis, language: Language, width: int) -> Spec | None:
        points = basis[LORENZ].sort_by("percentile").to_pylist()
        return _curve(points, language, width) if len(points) > 1 else None

    def behind(self, basis: Basis) -> tuple[str, pa.Table]:
        return CONCENTRATION, basis[CONCENTRATION].sort_by("position")


REVENUE = Concentration()


def _label(row: Row, language: Language) -> str:
    both = (row["label_zh"], row["label_en"]) if language == "zh" else (row["label_en"], row["label_zh"])
    return str(both[0] or both[1] or row["measure"])


def _headline(measures: Mapping[str, Row], warned: list[Row], language: Language) -> str:
    share = percent(measures["top_20"]["value"], language)
    biggest = measures.get("biggest_customer")
    if warned and biggest in warned and biggest is not None:
        alone = percent(biggest["value"], language)
        return Text(
            f"One customer alone brings {alone} of the revenue", f"仅一位客户就带来 {alone}的收入"
        ).in_(language)
    if measures["top_20"]["value"] < 0.3:
        return Text(
            f"Revenue is spread evenly: the largest fifth of customers brings {share}",
            f"收入分布均匀：最大的五分之一客户带来 {share}",
        ).in_(language)
    return Text(
        f"A fifth of the customers brings {share} of the revenue", f"五分之一的客户带来 {share}的收入"
    ).in_(language)


def _lede(measures: Mapping[str, Row], warned: list[Row], language: Language) -> str:
    sentences = []
    if (half := measures.get("customers_for_80")) and half["customers"] is not None:
        sentences.append(
            Text(
                f"{number(half['customers'])} customers make up 80 % of it.",
                f"{number(half['customers'])} 位客户贡献了其中的八成。",
            ).in_(language)
        )
    if (biggest := measures.get("biggest_customer")) and biggest["value"] is not None:
        sentences.append(
            Text(
                f"The largest single one brings {percent(biggest['value'], 'en')}.",
                f"最大的一位占 {percent(biggest['value'], 'zh')}。",
            ).in_(language)
        )
    sentences.append(
        Text("By these measures the company depends on few customers.", "按这些指标，公司依赖少数客户。").in_(
            language
        )
        if warned
        else Text(
            "None of the measures says that the company depends on single customers.",
            "没有指标显示公司依赖个别客户。",
        ).in_(language)
    )
    return ("" if language == "zh" else " ").join(sentences)


def _figures(measures: Mapping[str, Row], basis: Basis, language: Language) -> tuple[Figure, ...]:
    figures = []
    for top in (20, 1):
        if (row := measures.get(f"top_{top}")) and row["value"] is not None:
            label = Text(f"Revenue from the largest {top} %", f"最大 {top}% 客户的收入占比").in_(language)
            note = Text(f"n = {number(row['customers'])} customers", f"n = {number(row['customers'])} 位客户")
            figures.append(Figure(label, percent(row["value"], language), note.in_(language)))
    if (gini := measures.get("gini")) and gini["value"] is not None:
        note_words = (
            f"{level(basis.settings.confidence, language)} {interval(gini['low'], gini['high'], language, 2)}"
        )
        figures.append(
            Figure(
                _label(gini, language),
                number(gini["value"], 2),
                f"{note_words} · n = {number(gini['customers'])}",
            )
        )
    return tuple(figures)


def _next_step(measures: Mapping[str, Row], warned: list[Row], language: Language) -> NextStep:
    top = measures.get("top_1") or measures["top_20"]
    count = number(top["customers"])
    return NextStep(
        who=Text("Sales and key account managers", "销售与大客户经理").in_(language),
        what=Text(
            f"Name a person for each of the {count} largest customers, and ask them what would make them "
            "leave.",
            f"为最大的 {count} 位客户逐一指定负责人，并询问什么会让他们离开。",
        ).in_(language),
        check=Text(
            "Next quarter: how many of them have a person and have been asked, and whether their share "
            "has moved.",
            "下季度检查：其中多少位已有负责人并完成访谈，其收入占比是否变化。",
        ).in_(language),
    )


def _curve(points: list[Row], language: Language, width: int) -> Spec:
    phone = is_phone(width)
    plot = width - 66 if phone else 560
    values = [{"customers": p["customer_share"], "revenue": p["revenue_share"]} for p in points]
    at = min(points, key=lambda p: abs(p["customer_share"] - 0.8))
    rest = percent(1 - at["revenue_share"], language)
    note = Text(
        f"the largest fifth of customers: {rest} of revenue", f"最大的五分之一客户：占收入的 {rest}"
    ).in_(language)
    mark = {"x": at["customer_share"], "y": at["revenue_share"]}
    x, y = _axes(values, language)
    plain_x, plain_y = {**x, "field": "x"}, {**y, "field": "y"}
    ends = [{"x": 0, "y": 0}, {"x": 1, "y": 1}]
    return {
        "width": plot,
        "height": plot * (0.85 if phone else 0.66),
        "autosize": "none",
        "padding": {"left": 44, "right": width - plot - 44, "top": 30, "bottom": 44},
        "layer": [
            _title(language),
            _line(ends, plain_x, plain_y, "line-2", 1.5),
            _line(values, x, y, "brand", 2.5),
            {
                "data": {"values": [{**mark, "top": 1}]},
                "mark": {"type": "rule", "color": colour("ink-2"), "strokeWidth": 1.5},
                "encoding": {"x": plain_x, "y": plain_y, "y2": {"field": "top"}},
            },
            {
                "data": {"values": [mark]},
                "mark": {"type": "circle", "size": 70, "color": colour("brand")},
                "encoding": {"x": plain_x, "y": plain_y},
            },
            *_note(note, mark, plain_x, plot, phone),
        ],
    }


def _axes(values: list[Spec], language: Language) -> tuple[Spec, Spec]:
    axis = {"format": ".0%", "grid": True, "labelFlush": False, "labelExpr": _ticks(language)}
    title = Text("customers, smallest first", "客户累计占比（由小到大）").in_(language)
    lowest = min(0.0, *(value["revenue"] for value in values))
    x: Spec = {
        "field": "customers",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {**axis, "values": [0.2, 0.4, 0.6, 0.8, 1], "title": title},
    }
    y: Spec = {
        "field": "revenue",
        "type": "quantitative",
        "scale": {"domain": [lowest, 1]},
        "axis": {**axis, "values": [0, 0.2, 0.4, 0.6, 0.8, 1], "title": None},
    }
    return x, y


def _title(language: Language) -> Spec:
    """What the vertical axis counts, written above it rather than turned on its side."""
    return {
        "data": {"values": [{"t": Text("revenue", "收入累计占比").in_(language)}]},
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "color": colour("ink-2")},
        "encoding": {"x": {"value": -44}, "y": {"value": -12}, "text": {"field": "t", "type": "nominal"}},
    }


def _line(values: list[Spec], x: Spec, y: Spec, token: str, thick: float) -> Spec:
    return {
        "data": {"values": values},
        "mark": {"type": "line", "color": colour(token), "strokeWidth": thick},
        "encoding": {"x": x, "y": y},
    }


def _note(words: str, mark: Spec, x: Spec, plot: float, phone: bool) -> list[Spec]:
    """The sentence at the mark, in the empty corner above the curve."""
    size = SMALL_SIZE if phone else LABEL_SIZE
    lines = wrapped(words, size, plot * 0.5, 3)
    return [
        {
            "data": {"values": [{"t": line, "x": mark["x"]}]},
            "mark": {
                "type": "text",
                "align": "right",
                "baseline": "middle",
                "dx": -10,
                "fontSize": size,
                "fontWeight": 600,
                "color": colour("ink"),
            },
            "encoding": {"x": x, "y": {"value": 34 + index * 18}, "text": {"field": "t", "type": "nominal"}},
        }
        for index, line in enumerate(lines)
    ]


def _ticks(language: Language) -> str:
    space = "\\u00a0" if language == "en" else ""
    return f"format(datum.value * 100, '.0f') + '{space}%'"
