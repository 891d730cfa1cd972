"""Rows of chips: a share with its bar, and the steps of a way, one chip each, wrapped to the width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import shortened
from peakend.report.lettering import width as text_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HIGH, _GAP, _LINE, _PAD = 26.0, 20.0, 34.0, 9.0
_LONGEST = 180.0


@dataclass(frozen=True, slots=True)
class Way:
    """share (0 to 1) and how it is written, what stands beside it in small letters, and the steps."""

    share: float
    written: str
    note: str
    steps: tuple[str, ...]


def chips(ways: Sequence[Way], width: int) -> Spec:
    """A Vega-Lite specification of `ways` in the order given, positions in pixels."""
    phone = is_phone(width)
    room = 0.0 if phone else 150.0
    largest = max(way.share for way in ways)
    rects: list[Spec] = []
    words: list[Spec] = []
    arrows: list[Spec] = []
    top = 4.0
    for way in ways:
        bar = max(2.0, way.share / largest * ((width if phone else room - 20) * 0.9))
        rects.append(_rect(0, top + 22, bar, 5, "brand", 2))
        words.append(_word(way.written, 0, top + 10, "ink", LABEL_SIZE, 650))
        if phone:
            words.append(
                _word(
                    way.note,
                    text_width(way.written, LABEL_SIZE) * 1.1 + 10,
                    top + 10,
                    "ink-3",
                    SMALL_SIZE,
                    400,
                )
            )
        else:
            words.append(_word(way.note, 0, top + 40, "ink-3", SMALL_SIZE, 400))
        y = top + (36 if phone else 0)
        for x, row, wide, text, last in _laid(way.steps, width - room):
            middle = y + row * _LINE + _HIGH / 2
            rects.append(_rect(room + x, middle - _HIGH / 2, wide, _HIGH, "brand-soft", 6))
            words.append(_word(text, room + x + _PAD, middle, "ink", SMALL_SIZE, 400))
            if not last:
                arrows.append(_word("→", room + x + wide + 3, middle, "ink-3", LABEL_SIZE, 400))
            bottom = middle + _HIGH / 2
        top = max(bottom, top + 48) + 16
    return _spec(rects, [*words, *arrows], width, top)


def _laid(steps: Sequence[str], room: float) -> Iterator[tuple[float, int, float, str, bool]]:
    """(x, line, width, words, whether it is the last) of every chip."""
    x, row = 0.0, 0
    for place, step in enumerate(steps):
        text = shortened(step, SMALL_SIZE, min(_LONGEST, room - 2 * _PAD - _GAP))
        wide = text_width(text, SMALL_SIZE) * 1.06 + 2 * _PAD
        if x > 0 and x + wide + _GAP > room:
            x, row = 0.0, row + 1
        yield x, row, wide, text, place == len(steps) - 1
        x += wide + _GAP


def _rect(x: float, y: float, wide: float, high: float, token: str, corner: float) -> Spec:
    return {"x": x, "x2": x + wide, "y": y, "y2": y + high, "colour": colour(token), "corner": corner}


def _word(text: str, x: float, y: float, token: str, size: int, weight: int) -> Spec:
    return {"t": text, "x": x, "y": y, "colour": colour(token), "size": size, "weight": weight}


def _spec(rects: list[Spec], words: list[Spec], width: int, height: float) -> Spec:
    def pixels(room: float) -> Spec:
        scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
        return {"type": "quantitative", "axis": None, "scale": scale}

    x, y = {"field": "x", **pixels(width)}, {"field": "y", **pixels(height)}
    paint = {"field": "colour", "type": "nominal", "scale": None}
    layers: list[Spec] = []
    for corner in sorted({rect["corner"] for rect in rects}):
        layers.append(
            {
                "data": {"values": [rect for rect in rects if rect["corner"] == corner]},
                "mark": {"type": "rect", "cornerRadius": corner},
                "encoding": {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}, "fill": paint},
            }
        )
    for size, weight in sorted({(word["size"], word["weight"]) for word in words}):
        mark = {"type": "text", "align": "left", "baseline": "middle", "fontSize": size, "fontWeight": weight}
        own = [word for word in words if (word["size"], word["weight"]) == (size, weight)]
        layers.append(
            {
                "data": {"values": own},
                "mark": mark,
                "encoding": {"x": x, "y": y, "text": {"field": "t", "type": "nominal"}, "color": paint},
            }
        )
    return {"width": width, "height": height, "autosize": "none", "padding": 0, "layer": layers}
