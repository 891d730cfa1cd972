"""One curve above and below zero: its band, the zero line, and words at the point that matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import width as text_width
from peakend.report.lettering import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Point:
    """low and high: the band around y; None: no band here."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Words for a point that gets a dot; they stand in the part of the chart that `corner` names."""

    x: float
    y: float
    words: str
    corner: str = "top"


def profit_curve(
    points: Sequence[Point],
    width: int,
    *,
    title: str,
    across: str,
    notes: Sequence[Note] = (),
    x_labels: str = "format(datum.value, ',d')",
    y_labels: str = "format(datum.value, ',d')",
    level: float = 0.0,
) -> Spec:
    """A Vega-Lite specification. `level`: where the reference line lies, zero unless said otherwise."""
    phone = is_phone(width)
    left = 62.0
    plot = width - left - 14
    height = plot * (0.8 if phone else 0.5)
    ends = [end for p in points for end in (p.low, p.high, p.y) if end is not None]
    low, high = min(0.0, *ends), max(0.0, level, *ends)
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [points[0].x, points[-1].x], "nice": False},
        "axis": {"title": across, "grid": False, "tickCount": 5 if phone else 9, "labelExpr": x_labels},
    }
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [low, high + (high - low) * 0.06], "nice": True},
        "axis": {"title": None, "tickCount": 5, "labelExpr": y_labels},
    }
    layers: list[Spec] = [_title(title, left)]
    banded = [p for p in points if p.low is not None and p.high is not None]
    if banded:
        layers.append(
            {
                "data": {"values": [{"x": p.x, "y": p.low, "y2": p.high} for p in banded]},
                "mark": {"type": "area", "color": colour("band"), "opacity": 0.55},
                "encoding": {"x": x, "y": y, "y2": {"field": "y2"}},
            }
        )
    layers.append(_reference(points, level, x, y))
    layers.append(
        {
            "data": {"values": [{"x": p.x, "y": p.y} for p in points]},
            "mark": {"type": "line", "color": colour("brand"), "strokeWidth": 2.5},
            "encoding": {"x": x, "y": y},
        }
    )
    for note in notes:
        layers += _note(note, x, y, plot, height, phone)
    return {
        "width": plot,
        "height": height,
        "autosize": "none",
        "padding": {"left": left, "right": 14, "top": 30, "bottom": 46},
        "layer": layers,
    }


def _title(title: str, left: float) -> Spec:
    return {
        "data": {"values": [{"t": title}]},
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "color": colour("ink-2")},
        "encoding": {"x": {"value": -left}, "y": {"value": -12}, "text": {"field": "t", "type": "nominal"}},
    }


def _reference(points: Sequence[Point], level: float, x: Spec, y: Spec) -> Spec:
    return {
        "data": {"values": [{"x": end.x, "y": level} for end in (points[0], points[-1])]},
        "mark": {"type": "line", "color": colour("ink-3"), "strokeWidth": 1, "strokeDash": [4, 3]},
        "encoding": {"x": x, "y": y},
    }


def _note(note: Note, x: Spec, y: Spec, plot: float, height: float, phone: bool) -> list[Spec]:
    """A dot at the point, and words in a corner: right of the middle below, or left of it above."""
    size = SMALL_SIZE if phone else LABEL_SIZE
    room = plot * 0.56
    lines = wrapped(note.words, size, room, 3)
    below = note.corner == "bottom"
    at = plot - 4 if below else 12
    top = height - 14 - (len(lines) - 1) * 17 if below else 8
    widest = max(text_width(line, size) for line in lines)
    layers: list[Spec] = [
        {
            "data": {"values": [{"x": note.x, "y": note.y}]},
            "mark": {"type": "circle", "size": 80, "color": colour("brand")},
            "encoding": {"x": x, "y": y},
        }
    ]
    layers += [
        {
            "data": {"values": [{"t": line}]},
            "mark": {
                "type": "text",
                "align": "right" if below else "left",
                "baseline": "middle",
                "fontSize": size,
                "fontWeight": 600,
                "color": colour("ink"),
            },
            "encoding": {
                "x": {"value": min(at, plot - widest) if not below else at},
                "y": {"value": top + place * 17},
                "text": {"field": "t", "type": "nominal"},
            },
        }
        for place, line in enumerate(lines)
    ]
    return layers
