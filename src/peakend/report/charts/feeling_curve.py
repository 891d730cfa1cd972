"""A journey from top to bottom: how every touchpoint felt, and how much of the memory it carries."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import shortened
from peakend.report.lettering import width as text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.language import Language, Text

LARGEST = 15.0
_SMALLEST = 3.0


@dataclass(frozen=True, slots=True)
class Stop:
    """One touchpoint: how it felt (−1 to 1), with its interval; `weight`: share of the memory (0 to 1), the
    area of its circle; `note` is written at the right, `strong` in bold; token: its colour."""

    label: str
    value: float
    low: float | None
    high: float | None
    weight: float
    note: str
    strong: bool = False
    token: str = "brand"


@dataclass(frozen=True, slots=True)
class _Frame:
    left: float
    right: float
    low: float
    high: float
    row: float
    lift: float

    def x(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def y(self, place: int) -> float:
        return self.row * place + self.row / 2 + self.lift


def feeling_curve(
    stops: Sequence[Stop], width: int, language: Language, ends: tuple[Text, Text, Text]
) -> Spec:
    """A Vega-Lite specification of `stops` in the order of the journey.

    ends: what the left end of the scale, its middle and its right end mean.
    """
    phone = is_phone(width)
    frame = _frame(stops, width, phone)
    height = frame.row * len(stops) + 6
    x, y = _pixels(width), _pixels(height)
    layers = [
        _neutral(frame, height, x, y),
        _line(stops, frame, x, y),
        _intervals(stops, frame, x, y),
        _circles(stops, frame, x, y),
        *_words(stops, frame, width, phone, x, y),
        _foot(frame, height, ends, language, x, y),
    ]
    return {
        "width": width,
        "height": height,
        "autosize": "none",
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 26},
        "layer": layers,
    }


def _frame(stops: Sequence[Stop], width: int, phone: bool) -> _Frame:
    notes = max(text_width(stop.note, SMALL_SIZE) for stop in stops)
    labels = max(text_width(stop.label, LABEL_SIZE) for stop in stops)
    left = LARGEST + 4 if phone else min(max(labels + 6, 90), width * 0.3) + LARGEST
    right = width - LARGEST - 4 if phone else width - min(notes + 8, width * 0.34) - LARGEST
    seen = [v for stop in stops for v in (stop.value, stop.low, stop.high) if v is not None]
    reach = max(0.2, *(abs(value) for value in seen))
    reach = min(1.0, math.ceil(reach * 5) / 5)
    return _Frame(left, right, -reach, reach, 58.0 if phone else 36.0, 12.0 if phone else 0.0)


def _pixels(room: float) -> Spec:
    scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
    return {"type": "quantitative", "scale": scale, "axis": None}


def _neutral(frame: _Frame, height: float, x: Spec, y: Spec) -> Spec:
    return {
        "data": {"values": [{"x": frame.x(0), "y": 0.0, "y2": height}]},
        "mark": {"type": "rule", "color": colour("line-2"), "strokeWidth": 1},
        "encoding": {"x": {"field": "x", **x}, "y": {"field": "y", **y}, "y2": {"field": "y2"}},
    }


def _line(stops: Sequence[Stop], frame: _Frame, x: Spec, y: Spec) -> Spec:
    values = [{"x": frame.x(stop.value), "y": frame.y(place), "o": place} for place, stop in enumerate(stops)]
    return {
        "data": {"values": values},
        "mark": {"type": "line", "color": colour("band"), "strokeWidth": 2, "interpolate": "monotone"},
        "encoding": {
            "x": {"field": "x", **x},
            "y": {"field": "y", **y},
            "order": {"field": "o", "type": "quantitative"},
        },
    }


def _intervals(stops: Sequence[Stop], frame: _Frame, x: Spec, y: Spec) -> Spec:
    values = [
        {"x": frame.x(stop.low), "x2": frame.x(stop.high), "y": frame.y(place)}
        for place, stop in enumerate(stops)
        if stop.low is not None and stop.high is not None
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "rule", "color": colour("ink-3"), "strokeWidth": 1.5},
        "encoding": {"x": {"field": "x", **x}, "x2": {"field": "x2"}, "y": {"field": "y", **y}},
    }


def _circles(stops: Sequence[Stop], frame: _Frame, x: Spec, y: Spec) -> Spec:
    most = max((stop.weight for stop in stops), default=0) or 1.0
    values = [
        {
            "x": frame.x(stop.value),
            "y": frame.y(place),
            "label": stop.label,
            "size": math.pi * max(_SMALLEST, LARGEST * math.sqrt(max(stop.weight, 0) / most)) ** 2,
            "colour": colour(stop.token),
        }
        for place, stop in enumerate(stops)
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "circle", "opacity": 1, "stroke": colour("paper"), "strokeWidth": 1.5},
        "encoding": {
            "x": {"field": "x", **x},
            "y": {"field": "y", **y},
            "size": {"field": "size", "type": "quantitative", "scale": None},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def _words(stops: Sequence[Stop], frame: _Frame, width: int, phone: bool, x: Spec, y: Spec) -> list[Spec]:
    """Touchpoints at the left, what they are to memory at the right; on a phone both above the circle."""
    lift = 31.0 if phone else 0.0
    labels: list[Spec] = []
    plain: list[Spec] = []
    strong: list[Spec] = []
    for place, stop in enumerate(stops):
        at = frame.y(place) - lift
        room = width - text_width(stop.note, SMALL_SIZE) - 12 if phone else frame.left - LARGEST - 6
        labels.append({"t": shortened(stop.label, LABEL_SIZE, room), "x": 0.0, "y": at})
        (strong if stop.strong else plain).append({"t": stop.note, "x": float(width), "y": at})
    return [
        _text(labels, "left", LABEL_SIZE, 400, "ink", x, y),
        _text(plain, "right", SMALL_SIZE, 400, "ink-3", x, y),
        _text(strong, "right", SMALL_SIZE, 650, "ink", x, y),
    ]


def _foot(
    frame: _Frame, height: float, ends: tuple[Text, Text, Text], language: Language, x: Spec, y: Spec
) -> Spec:
    places = (frame.x(frame.low), frame.x(0), frame.x(frame.high))
    values = [
        {"t": word.in_(language), "x": place, "y": height + 10}
        for word, place in zip(ends, places, strict=True)
    ]
    return _text(values, "center", SMALL_SIZE, 400, "ink-3", x, y)


def _text(values: list[Spec], align: str, size: int, weight: int, token: str, x: Spec, y: Spec) -> Spec:
    return {
        "data": {"values": values},
        "mark": {
            "type": "text",
            "align": align,
            "baseline": "middle",
            "fontSize": size,
            "fontWeight": weight,
            "color": colour(token),
        },
        "encoding": {
            "x": {"field": "x", **x},
            "y": {"field": "y", **y},
            "text": {"field": "t", "type": "nominal"},
        },
    }
