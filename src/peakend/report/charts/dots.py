"""Dots with interval lines, one row each: the picture of scores that carry an interval and a base."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import width as text_width
from peakend.report.lettering import wrapped
from peakend.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from peakend.language import Language, Text
    from peakend.report.finding import Tone

TONES = {"plain": "brand", "act": "detractor", "good": "promoter"}


@dataclass(frozen=True, slots=True)
class Dot:
    """One row. `value` None: a heading when `heading`, else a cell that is hidden, with `base` saying why.
    `word` is what the colour means, written beside the value."""

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    base: str = ""
    tone: Tone = "plain"
    word: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    dot: Dot
    lines: list[str]
    y_label: float
    y_dot: float


def dots(
    rows: Sequence[Dot],
    width: int,
    language: Language,
    *,
    decimals: int = 2,
    suffix: str = "",
    limits: tuple[float, float] | None = None,
    base_title: Text | None = None,
) -> Spec:
    """A Vega-Lite specification of `rows` in the order given.

    `limits` are the ends of the scale of measurement; the axis shows the part of it that holds the data.
    """
    phone = is_phone(width)
    label_room = width - _BASE_ROOM - 16 if phone else _label_room(rows, width)
    placed, height = _placed(rows, label_room, phone)
    low, high, step = axis_range(_extent(rows), limits)
    words = max((text_width(_written(row, decimals, suffix), SMALL_SIZE) for row in rows), default=0)
    ticks = ticks_of(low, high, step)
    axis_decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    half_tick = max(
        (text_width(number(tick, axis_decimals) + suffix, SMALL_SIZE) / 2 for tick in ticks), default=0
    )
    left = max(8.0, half_tick + 2) if phone else label_room + 16
    right = width - (12.0 if phone else _BASE_ROOM) - words - 10
    x = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "range": [left, right], "nice": False, "zero": False},
    }
    y = {
        "type": "quantitative",
        "scale": {"domain": [0, height], "range": [0, height], "nice": False},
        "axis": None,
    }
    data = [_record(row, decimals, suffix) for row in placed]
    layers = [
        _grid(ticks, placed, x, y, height, phone),
        _guides(placed, y, width, phone),
        *_marks(x, y),
        *_labels(placed, y, width, phone),
        _tick_labels(ticks, x, height, axis_decimals, suffix),
    ]
    if base_title is not None and not phone:
        layers.append(_words([{"t": base_title.in_(language), "y": -10}], y, width, "right", "ink-3"))
    top = 24 if base_title is not None and not phone else 6
    return {
        "width": width,
        "height": height,
        "autosize": "none",
        "padding": {"left": 0, "right": 0, "top": top, "bottom": 26},
        "data": {"values": data},
        "layer": layers,
    }


def _label_room(rows: Sequence[Dot], width: int) -> float:
    """As much room at the left as the longest label wants, within a third of the drawing."""
    wanted = max((text_width(row.label, LABEL_SIZE) for row in rows if not row.heading), default=0)
    return min(max(wanted + 4, 90), width * 0.36)


_BASE_ROOM = 74
_LINE = 17


def _placed(rows: Sequence[Dot], room: float, phone: bool) -> tuple[list[_Row], float]:
    """Where every row lies: its label's lines and the height of its dot, and the height of the whole."""
    placed: list[_Row] = []
    top = 0.0
    for index, dot in enumerate(rows):
        lines = wrapped(dot.label, LABEL_SIZE, room, 2)
        block = _LINE * len(lines)
        if dot.heading:
            top += 12 if index else 0
            placed.append(_Row(dot, lines, top + _LINE / 2 + 3, math.nan))
            top += block + 8
        elif phone:
            hidden = dot.value is None
            placed.append(_Row(dot, lines, top + _LINE / 2 + 4, top + block + 14))
            top += block + (12 if hidden else 28)
        else:
            tall = max(block + 8, 28)
            placed.append(_Row(dot, lines, top + tall / 2 - (len(lines) - 1) * _LINE / 2, top + tall / 2))
            top += tall
    return placed, top + 6


def _written(dot: Dot, decimals: int, suffix: str) -> str:
    value = number(dot.value, decimals) + suffix if dot.value is not None else ""
    return f"{value} {dot.word}".strip()


def _record(row: _Row, decimals: int, suffix: str) -> Spec:
    dot = row.dot
    if dot.value is None:
        return {"label": dot.label}
    return {
        "label": dot.label,
        "value": dot.value,
        "low": dot.value if dot.low is None else dot.low,
        "high": dot.value if dot.high is None else dot.high,
        "base": dot.base,
        "written": _written(dot, decimals, suffix),
        "colour": colour(TONES[dot.tone]),
        "y": row.y_dot,
    }


def _marks(x: Spec, y: Spec) -> list[Spec]:
    at = {"field": "y", **y}
    real = [{"filter": "isValid(datum.value)"}]
    paint = {"field": "colour", "type": "nominal", "scale": None}
    return [
        {
            "transform": real,
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {
                "x": {"field": "low", **x, "axis": None},
                "x2": {"field": "high"},
                "y": at,
                "color": paint,
            },
        },
        {
            "transform": real,
            "mark": {"type": "circle", "size": 76},
            "encoding": {"x": {"field": "value", **x, "axis": None}, "y": at, "color": paint},
        },
        {
            "transform": real,
            "mark": {"type": "text", "align": "left", "dx": 9, "baseline": "middle", "fontWeight": 600},
            "encoding": {
                "x": {"field": "high", **x, "axis": None},
                "y": at,
                "text": {"field": "written"},
                "color": paint,
            },
        },
    ]


def _labels(placed: Sequence[_Row], y: Spec, width: int, phone: bool) -> list[Spec]:
    """Labels at the left and bases at the right; on a phone both above the dot."""
    plain: list[Spec] = []
    heads: list[Spec] = []
    bases: list[Spec] = []
    for row in placed:
        for index, line in enumerate(row.lines):
            (heads if row.dot.heading else plain).append({"t": line, "y": row.y_label + index * _LINE})
        if row.dot.base:
            above = phone or row.dot.value is None
            words = f"n = {row.dot.base}" if phone and row.dot.value is not None else row.dot.base
            bases.append({"t": words, "y": row.y_label if above else row.y_dot})
    layers = [
        _words(plain, y, 0, "left", "ink", LABEL_SIZE),
        _words(heads, y, 0, "left", "ink-2", LABEL_SIZE, weight=600),
        _words(bases, y, width, "right", "ink-3"),
    ]
    return [layer for layer in layers if layer["data"]["values"]]


def _words(
    values: list[Spec], y: Spec, x: float, align: str, token: str, size: int = SMALL_SIZE, weight: int = 400
) -> Spec:
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
        "encoding": {"x": {"value": x}, "y": {"field": "y", **y}, "text": {"field": "t", "type": "nominal"}},
    }


def _guides(placed: Sequence[_Row], y: Spec, width: int, phone: bool) -> Spec:
    """A hairline a row, so that the eye finds the label of a far dot."""
    lines = [{"y": row.y_dot} for row in placed if row.dot.value is not None]
    return {
        "data": {"values": lines},
        "mark": {"type": "rule", "color": colour("line"), "strokeWidth": 1, "strokeDash": [1, 3]},
        "encoding": {
            "x": {"value": 0},
            "x2": {"value": width - (0 if phone else _BASE_ROOM)},
            "y": {"field": "y", **y},
        },
    }


def _grid(
    ticks: Sequence[float], placed: Sequence[_Row], x: Spec, y: Spec, height: float, phone: bool
) -> Spec:
    """Vertical lines at the ticks; on a phone only beside the dots, so that none runs through a label."""
    spans = [(row.y_dot - 8, row.y_dot + 8) for row in placed if row.dot.value is not None] if phone else []
    values = [{"t": tick, "y": top, "y2": end} for tick in ticks for top, end in spans or [(0.0, height)]]
    return {
        "data": {"values": values},
        "mark": {"type": "rule", "color": colour("line"), "strokeWidth": 1},
        "encoding": {"x": {"field": "t", **x, "axis": None}, "y": {"field": "y", **y}, "y2": {"field": "y2"}},
    }


def _tick_labels(ticks: Sequence[float], x: Spec, height: float, decimals: int, suffix: str) -> Spec:
    return {
        "data": {"values": [{"t": tick, "written": number(tick, decimals) + suffix} for tick in ticks]},
        "mark": {"type": "text", "baseline": "top", "color": colour("ink-3")},
        "encoding": {
            "x": {"field": "t", **x, "axis": None},
            "y": {"value": height + 8},
            "text": {"field": "written", "type": "nominal"},
        },
    }


def _extent(rows: Iterable[Dot]) -> tuple[float, float]:
    values = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    return (min(values), max(values)) if values else (0.0, 1.0)


def axis_range(extent: tuple[float, float], limits: tuple[float, float] | None) -> tuple[float, float, float]:
    """(low, high, step) of an axis that holds `extent` with round ticks, within `limits`, never empty."""
    low, high = extent
    if high - low < 1e-9:
        room = (limits[1] - limits[0]) / 10 if limits else max(abs(low), 1.0) / 10
        low, high = low - room, high + room
    raw = (high - low) / 4
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(scale * m for m in (1, 2, 5, 10) if scale * m >= raw * (1 - 1e-9))
    start, end = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    if limits:
        start, end = max(start, limits[0]), min(end, limits[1])
    return start, end, step


def ticks_of(low: float, high: float, step: float) -> list[float]:
    """The multiples of `step` from `low` to `high`."""
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 10) for index in range(first, math.floor(high / step + 1e-9) + 1)]
