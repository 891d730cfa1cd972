"""A table of shares whose cells are the darker the larger they are: one hue, the number in every cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import SMALL_SIZE, Spec, colour
from peakend.report.lettering import shortened
from peakend.report.lettering import width as text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = 26.0
_HEAD = 22.0
_LIGHTEST, _DARKEST = 0.06, 0.92
# From here on light letters stand out more than dark ones.
_DARK = 0.6


@dataclass(frozen=True, slots=True)
class Cell:
    """share None: nothing to colour; `written` stands there all the same."""

    share: float | None
    written: str


def heat_table(
    rows: Sequence[tuple[str, str, Sequence[Cell]]],
    heads: Sequence[str],
    corner: str,
    width: int,
    largest: float,
) -> Spec:
    """A Vega-Lite specification. rows: (name, base, cells); `largest` is the share of the darkest cell."""
    named = max((text_width(name, SMALL_SIZE) for name, _, _ in rows), default=0) + 8
    based = (
        max((text_width(text, SMALL_SIZE) for text in (corner, *(base for _, base, _ in rows))), default=0)
        + 10
    )
    left = named + based
    pitch = (width - left) / max(len(heads), 1)
    rects: list[Spec] = []
    words = [_word(corner, left - 8, 10, "ink-2", "right")]
    words += [_word(head, left + (n + 0.5) * pitch, 10, "ink-2", "center") for n, head in enumerate(heads)]
    for line, (name, base, cells) in enumerate(rows):
        middle = _HEAD + (line + 0.5) * _LINE
        words.append(_word(shortened(name, SMALL_SIZE, named), 0, middle, "ink", "left"))
        words.append(_word(base, left - 8, middle, "ink-2", "right"))
        for place, cell in enumerate(cells):
            depth = 0.0 if cell.share is None else min(cell.share / largest, 1.0) if largest > 0 else 0.0
            opacity = _LIGHTEST + (_DARKEST - _LIGHTEST) * depth
            if cell.share is not None:
                rects.append(
                    {
                        "x": left + place * pitch,
                        "x2": left + (place + 1) * pitch,
                        "y": middle - _LINE / 2,
                        "y2": middle + _LINE / 2,
                        "opacity": round(opacity, 3),
                    }
                )
            token = "ink-3" if cell.share is None else "paper" if opacity > _DARK else "ink"
            words.append(_word(cell.written, left + (place + 0.5) * pitch, middle, token, "center"))
    return _spec(rects, words, width, _HEAD + _LINE * len(rows) + 4)


def _word(text: str, x: float, y: float, token: str, align: str) -> Spec:
    return {"t": text, "x": x, "y": y, "colour": colour(token), "align": align}


def _spec(rects: list[Spec], words: list[Spec], width: int, height: float) -> Spec:
    def pixels(room: float) -> Spec:
        scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
        return {"type": "quantitative", "axis": None, "scale": scale}

    x, y = pixels(width), pixels(height)
    layers: list[Spec] = [
        {
            "data": {"values": rects},
            "mark": {"type": "rect", "fill": colour("brand"), "stroke": colour("paper"), "strokeWidth": 1.5},
            "encoding": {
                "x": {"field": "x", **x},
                "x2": {"field": "x2"},
                "y": {"field": "y", **y},
                "y2": {"field": "y2"},
                "fillOpacity": {"field": "opacity", "type": "quantitative", "scale": None},
            },
        }
    ]
    for align in ("left", "center", "right"):
        layers.append(
            {
                "data": {"values": [word for word in words if word["align"] == align]},
                "mark": {"type": "text", "align": align, "baseline": "middle", "fontSize": SMALL_SIZE},
                "encoding": {
                    "x": {"field": "x", **x},
                    "y": {"field": "y", **y},
                    "text": {"field": "t", "type": "nominal"},
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                },
            }
        )
    return {"width": width, "height": height, "autosize": "none", "padding": 0, "layer": layers}
