"""Dumbbells, one row each: where something was expected to be, where it was found, and the gap in writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.charts.dots import TONES, axis_range, ticks_of
from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import width as text_width
from peakend.report.lettering import wrapped
from peakend.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peakend.language import Language, Text
    from peakend.report.finding import Tone

_LINE = 17
_HEAD = 26.0


@dataclass(frozen=True, slots=True)
class Dumbbell:
    """One row: an open ring at `start`, a full dot at `end` with its interval `low` to `high` as a pale band,
    `written` beside them, `base` at the right."""

    label: str
    start: float
    end: float
    written: str
    base: str = ""
    tone: Tone = "plain"
    low: float | None = None
    high: float | None = None


def dumbbells(
    rows: Sequence[Dumbbell],
    width: int,
    language: Language,
    *,
    names: tuple[Text, Text],
    limits: tuple[float, float],
    base_title: Text,
) -> Spec:
    """A Vega-Lite specification of `rows` in the order given; `names` of the ring and the dot stand above."""
    phone = is_phone(width)
    base_room = 0.0 if phone else 66.0
    label_room = 0.0 if phone else _label_room(rows, width)
    written = max((text_width(row.written, SMALL_SIZE) for row in rows), default=0) + 14
    values = [v for row in rows for v in (row.start, row.end, row.low, row.high) if v is not None]
    low, high, step = axis_range((min(values), max(values)), limits)
    left, right = label_room + 12, width - base_room - written - 8
    scale = (right - left) / (high - low)

    def x_of(value: float) -> float:
        return left + (value - low) * scale

    marks: list[Spec] = []
    words = _legend(names, left if not phone else 0.0, language)
    if not phone:
        words.append(_word(base_title.in_(language), width, 8.0, "ink-3", align="right"))
    top = _HEAD
    for row in rows:
        lines = wrapped(row.label, LABEL_SIZE, width - 74 if phone else label_room, 2)
        block = len(lines) * _LINE
        tall = block + 28 if phone else max(block + 8, 28)
        y = top + (block + 12 if phone else tall / 2)
        first = top + _LINE / 2 + 2 if phone else y - (len(lines) - 1) * _LINE / 2
        for place, line in enumerate(lines):
            words.append(_word(line, 0, first + place * _LINE, "ink", size=LABEL_SIZE))
        base = f"n = {row.base}" if phone else row.base
        words.append(_word(base, width, first if phone else y, "ink-3", align="right"))
        token = TONES[row.tone]
        start, end = x_of(row.start), x_of(row.end)
        ends = [end if value is None else x_of(value) for value in (row.low, row.high)]
        words.append(_word(row.written, max(start, end, ends[1]) + 11, y, token, weight=600))
        marks.append(
            {"x": start, "x2": end, "y": y, "low": ends[0], "high": ends[1], "colour": colour(token)}
        )
        top += tall
    return _spec(marks, words, ticks_of(low, high, step), x_of, width, top)


def _label_room(rows: Sequence[Dumbbell], width: int) -> float:
    wanted = max((text_width(row.label, LABEL_SIZE) for row in rows), default=0)
    return min(max(wanted + 4, 90), width * 0.36)


def _legend(names: tuple[Text, Text], left: float, language: Language) -> list[Spec]:
    found = []
    x = left
    for mark, name in zip("○●", names, strict=True):
        words = name.in_(language)
        found.append(_word(mark, x, 8.0, "ink-2"))
        found.append(_word(words, x + 16, 8.0, "ink-2"))
        x += text_width(words, SMALL_SIZE) + 34
    return found


def _word(
    text: str,
    x: float,
    y: float,
    token: str,
    *,
    size: int = SMALL_SIZE,
    weight: int = 400,
    align: str = "left",
) -> Spec:
    return {"t": text, "x": x, "y": y, "c": colour(token), "size": size, "weight": weight, "align": align}


def _spec(
    marks: list[Spec],
    words: list[Spec],
    ticks: Sequence[float],
    at: Callable[[float], float],
    width: int,
    height: float,
) -> Spec:
    def pixels(room: float) -> Spec:
        scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
        return {"type": "quantitative", "axis": None, "scale": scale}

    x, y = pixels(width), pixels(height + 24)
    paint = {"field": "colour", "type": "nominal", "scale": None}
    lines = [{"x": at(tick), "y": _HEAD - 6, "y2": height} for tick in ticks]
    words = [*words, *({**_word(number(t), at(t), height + 12, "ink-3"), "align": "center"} for t in ticks)]
    place = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    layers: list[Spec] = [
        {
            "data": {"values": lines},
            "mark": {"type": "rule", "color": colour("line"), "strokeWidth": 1},
            "encoding": {**place, "y2": {"field": "y2"}},
        },
        {
            "data": {"values": marks},
            "mark": {"type": "rule", "strokeWidth": 12, "color": colour("band")},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": {"field": "y", **y}},
        },
        {
            "data": {"values": marks},
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {**place, "x2": {"field": "x2"}, "color": paint},
        },
        {
            "data": {"values": marks},
            "mark": {"type": "point", "size": 62, "filled": False, "strokeWidth": 2, "fill": colour("paper")},
            "encoding": {**place, "stroke": paint},
        },
        {
            "data": {"values": marks},
            "mark": {"type": "circle", "size": 76},
            "encoding": {"x": {"field": "x2", **x}, "y": {"field": "y", **y}, "color": paint},
        },
    ]
    kinds = sorted({(word["size"], word["weight"], word["align"]) for word in words})
    for size, weight, align in kinds:
        chosen = [w for w in words if (w["size"], w["weight"], w["align"]) == (size, weight, align)]
        layers.append(
            {
                "data": {"values": chosen},
                "mark": {
                    "type": "text",
                    "align": align,
                    "baseline": "middle",
                    "fontSize": size,
                    "fontWeight": weight,
                },
                "encoding": {
                    **place,
                    "text": {"field": "t", "type": "nominal"},
                    "color": {"field": "c", "type": "nominal", "scale": None},
                },
            }
        )
    return {"width": width, "height": height + 24, "autosize": "none", "padding": 0, "layer": layers}
