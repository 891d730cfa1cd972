"""Two pictures of a prediction: lines over time, and predicted points beside actual ones with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Line:
    """points: (x, y) in order. The name stands at its end."""

    name: str
    token: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


def lines(
    drawn: Sequence[Line],
    width: int,
    *,
    title: str,
    across: str,
    mark: float | None = None,
    marked: str = "",
) -> Spec:
    """Lines with their names in the corner that growing sums leave empty; `mark`: where something begins."""
    frame = _frame(width)
    xs = [x for line in drawn for x, _ in line.points]
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [min(xs), max(xs)], "nice": False},
        "axis": {"title": across, "grid": False, "tickCount": 6},
    }
    y: Spec = {"field": "y", "type": "quantitative", "axis": {"title": None, "format": ",d", "tickCount": 5}}
    layers: list[Spec] = [_title(title)]
    if mark is not None:
        layers += _mark(mark, marked, x)
    for place, line in enumerate(drawn):
        layers.append(
            {
                "data": {"values": [{"x": at, "y": value} for at, value in line.points]},
                "mark": {
                    "type": "line",
                    "color": colour(line.token),
                    "strokeWidth": 2.5,
                    **({"strokeDash": [5, 4]} if line.dashed else {}),
                },
                "encoding": {"x": x, "y": y},
            }
        )
        layers.append(_legend(line.name, line.token, place))
    return {**frame, "layer": layers}


def ranges(
    points: Sequence[tuple[int, float, float, float, float]],
    width: int,
    *,
    title: str,
    across: str,
    names: tuple[str, str],
) -> Spec:
    """Points (place, predicted, actual, low, high): predicted as a line, actual as dots on intervals."""
    frame = _frame(width)
    values = [
        {"x": place, "predicted": predicted, "actual": actual, "low": low, "high": high}
        for place, predicted, actual, low, high in points
    ]
    right = frame["width"] - 12 if values[0]["predicted"] > values[-1]["predicted"] else None
    x: Spec = {
        "field": "x",
        "type": "ordinal",
        "axis": {"title": across, "labelAngle": 0, "grid": False},
    }

    def y(field: str) -> Spec:
        return {
            "field": field,
            "type": "quantitative",
            "scale": {"domainMin": 0},
            "axis": {"title": None, "tickCount": 5},
        }

    return {
        **frame,
        "layer": [
            _title(title),
            {
                "data": {"values": values},
                "mark": {"type": "rule", "color": colour("ink"), "strokeWidth": 1.2},
                "encoding": {"x": x, "y": y("low"), "y2": {"field": "high"}},
            },
            {
                "data": {"values": values},
                "mark": {"type": "line", "color": colour("brand"), "strokeWidth": 2.5},
                "encoding": {"x": x, "y": y("predicted")},
            },
            {
                "data": {"values": values},
                "mark": {"type": "circle", "size": 60, "color": colour("ink"), "opacity": 1},
                "encoding": {"x": x, "y": y("actual")},
            },
            # In the corner that the curve leaves empty.
            _legend(names[1], "ink", 0, right),
            _legend(names[0], "brand", 1, right),
        ],
    }


def _frame(width: int) -> Spec:
    phone = is_phone(width)
    plot = width - 66 if phone else min(width - 80, 620)
    return {
        "width": plot,
        "height": plot * (0.8 if phone else 0.5),
        "autosize": "none",
        "padding": {"left": 52, "right": max(width - plot - 52, 8), "top": 30, "bottom": 48},
    }


def _title(words: str) -> Spec:
    """What the vertical axis counts, written above it rather than turned on its side."""
    return {
        "data": {"values": [{"t": words}]},
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "color": colour("ink-2")},
        "encoding": {"x": {"value": -48}, "y": {"value": -12}, "text": {"field": "t", "type": "nominal"}},
    }


def _legend(words: str, token: str, place: int, right: float | None = None) -> Spec:
    return {
        "data": {"values": [{"t": words}]},
        "mark": {
            "type": "text",
            "align": "left" if right is None else "right",
            "baseline": "top",
            "fontSize": LABEL_SIZE,
            "fontWeight": 600,
            "color": colour(token),
        },
        "encoding": {
            "x": {"value": 12 if right is None else right},
            "y": {"value": 8 + 20 * place},
            "text": {"field": "t", "type": "nominal"},
        },
    }


def _mark(at: float, words: str, x: Spec) -> list[Spec]:
    values = [{"x": at, "t": words}]
    plain = {**x, "field": "x"}
    return [
        {
            "data": {"values": values},
            "mark": {"type": "rule", "color": colour("ink-2"), "strokeWidth": 1, "strokeDash": [2, 3]},
            "encoding": {"x": plain},
        },
        {
            "data": {"values": values},
            "mark": {
                "type": "text",
                "align": "right",
                "baseline": "bottom",
                "dx": -6,
                "fontSize": SMALL_SIZE,
                "color": colour("ink-2"),
            },
            "encoding": {"x": plain, "y": {"value": -2}, "text": {"field": "t", "type": "nominal"}},
        },
    ]
