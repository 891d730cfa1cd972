"""Bars of shares in one or more columns, one row each: parts of a whole, or two shares side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import shortened, wrapped
from peakend.report.lettering import width as text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.language import Language, Text

BAR = 14.0
LINE = 17


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `parts` (share, colour token) from the left, `written` beside it, `mark` a thin line."""

    parts: tuple[tuple[float, str], ...]
    written: str = ""
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class BarRow:
    label: str
    bars: tuple[Bar, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of bars; `legend`, (words, colour token), names the parts above it in their order."""

    title: Text
    legend: tuple[tuple[Text, str], ...] = ()


def bars(rows: Sequence[BarRow], columns: Sequence[Column], width: int, language: Language) -> Spec:
    """A Vega-Lite specification of `rows` in the order given; all columns share one scale from zero."""
    phone = is_phone(width)
    longest = max((text_width(row.label, LABEL_SIZE) for row in rows), default=0) + 12
    label_room = 0.0 if phone else min(max(longest, 90), width * 0.34)
    gap = 24.0
    cell = (width - label_room - gap * (len(columns) - 1)) / len(columns)
    written = max((text_width(bar.written, SMALL_SIZE) for row in rows for bar in row.bars), default=0)
    room = cell - (written + 8 if written else 0)
    largest = max((sum(share for share, _ in bar.parts) for row in rows for bar in row.bars), default=1) or 1
    lefts = [label_room + index * (cell + gap) for index in range(len(columns))]
    heads = _heads(columns, lefts, cell, language)
    top = max((entry["y"] for entry in heads), default=0) + 16
    rects: list[Spec] = []
    marks: list[Spec] = []
    words = list(heads)
    for row in rows:
        lines = wrapped(row.label, LABEL_SIZE, (width if phone else label_room - 12), 2)
        block = len(lines) * LINE
        tall = block + BAR + 16 if phone else max(block + 8, 27)
        y = top + (block + BAR / 2 + 2 if phone else tall / 2)
        first = top + LINE / 2 if phone else y - (len(lines) - 1) * LINE / 2
        for place, line in enumerate(lines):
            words.append(_word(line, 0, first + place * LINE, "ink", LABEL_SIZE, 650 if row.strong else 400))
        for left, bar in zip(lefts, row.bars, strict=True):
            at = left
            for share, token in bar.parts:
                wide = max(share, 0) / largest * room
                rects.append(
                    {
                        "x": at,
                        "x2": at + wide,
                        "y": y - BAR / 2,
                        "y2": y + BAR / 2,
                        "share": share,
                        "colour": colour(token),
                    }
                )
                at += wide
            if bar.mark is not None:
                where = left + bar.mark / largest * room
                marks.append({"x": where, "y": y - BAR / 2 - 3, "y2": y + BAR / 2 + 3})
            if bar.written:
                words.append(_word(bar.written, at + 6, y, "ink", SMALL_SIZE, 600))
        top += tall
    return _spec(rects, marks, words, width, top + 4)


def _heads(columns: Sequence[Column], lefts: Sequence[float], cell: float, language: Language) -> list[Spec]:
    """Column titles, and the names of the parts in their colours, as many lines as they need."""
    entries: list[Spec] = []
    for column, left in zip(columns, lefts, strict=True):
        y = 8.0
        if column.title.in_(language).strip("–"):
            for line in wrapped(column.title.in_(language), SMALL_SIZE, cell, 2):
                entries.append(_word(line, left, y, "ink-2", SMALL_SIZE, 400))
                y += 16
        x = left
        for named, token in column.legend:
            text = shortened(named.in_(language), SMALL_SIZE, cell)
            taken = text_width(text, SMALL_SIZE) + 30
            if x > left and x + taken - 14 > left + cell:
                x, y = left, y + 18
            entries.append({**_word("■", x, y, token, LABEL_SIZE, 400)})
            entries.append(_word(text, x + 16, y, "ink-2", SMALL_SIZE, 400))
            x += taken
    return entries


def _word(text: str, x: float, y: float, token: str, size: int, weight: int) -> Spec:
    return {"t": text, "x": x, "y": y, "colour": colour(token), "size": size, "weight": weight}


def _spec(rects: list[Spec], marks: list[Spec], words: list[Spec], width: int, height: float) -> Spec:
    def pixels(room: float) -> Spec:
        scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
        return {"type": "quantitative", "axis": None, "scale": scale}

    x, y = pixels(width), pixels(height)
    drawn: list[Spec] = [
        {
            "data": {"values": rects},
            "mark": {"type": "rect", "stroke": colour("paper"), "strokeWidth": 1},
            "encoding": {
                "x": {"field": "x", **x},
                "x2": {"field": "x2"},
                "y": {"field": "y", **y},
                "y2": {"field": "y2"},
                "fill": {"field": "colour", "type": "nominal", "scale": None},
            },
        }
    ]
    if marks:
        drawn.append(
            {
                "data": {"values": marks},
                "mark": {"type": "rule", "color": colour("ink"), "strokeWidth": 2},
                "encoding": {"x": {"field": "x", **x}, "y": {"field": "y", **y}, "y2": {"field": "y2"}},
            }
        )
    for size, weight in sorted({(word["size"], word["weight"]) for word in words}):
        drawn.append(
            {
                "data": {"values": [w for w in words if (w["size"], w["weight"]) == (size, weight)]},
                "mark": {
                    "type": "text",
                    "align": "left",
                    "baseline": "middle",
                    "fontSize": size,
                    "fontWeight": weight,
                },
                "encoding": {
                    "x": {"field": "x", **x},
                    "y": {"field": "y", **y},
                    "text": {"field": "t", "type": "nominal"},
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                },
            }
        )
    return {"width": width, "height": height, "autosize": "none", "padding": 0, "layer": drawn}
