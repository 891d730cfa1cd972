"""Two bars a row from a common zero, one to each side, with intervals: what takes away and what adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import width as text_width
from peakend.report.lettering import wrapped
from peakend.report.numbers import signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.language import Language, Text

Measured = tuple[float | None, float | None, float | None]
BAR = 12.0
LINE = 17


@dataclass(frozen=True, slots=True)
class Pair:
    """One row: (value, low, high) to the left and to the right of zero; `word` stands behind the label."""

    label: str
    left: Measured
    right: Measured
    word: str = ""


def diverging(
    rows: Sequence[Pair], titles: tuple[Text, Text], width: int, language: Language, decimals: int = 2
) -> Spec:
    """A Vega-Lite specification of `rows` in the order given; `titles` above the two sides."""
    phone = is_phone(width)
    names = [f"{row.label} · {row.word}" if row.word else row.label for row in rows]
    wanted = max(text_width(name, LABEL_SIZE) for name in names) + 12
    room = 0.0 if phone else min(max(wanted, 90), width * 0.36)
    ends = [v for row in rows for v in (*row.left, *row.right) if v is not None]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    figure = text_width(signed(-8.88, decimals), SMALL_SIZE) * 1.1 + 14
    start, stop = room + figure, width - figure
    scale = (stop - start) / ((high - low) or 1.0)
    zero = start - low * scale
    marks: list[Spec] = []
    lines: list[Spec] = []
    words = [
        _word(titles[0].in_(language), zero - 8, 8, "detractor", "right", 600),
        _word(titles[1].in_(language), zero + 8, 8, "promoter", "left", 600),
    ]
    top = 24.0
    for name, row in zip(names, rows, strict=True):
        listed = wrapped(name, LABEL_SIZE, width if phone else room - 12, 2)
        block = len(listed) * LINE
        tall = block + BAR + 14 if phone else max(block + 8, 27)
        y = top + (block + BAR / 2 + 2 if phone else tall / 2)
        first = top + LINE / 2 if phone else y - (len(listed) - 1) * LINE / 2
        words += [
            {**_word(line, 0, first + place * LINE, "ink", "left", 400), "size": LABEL_SIZE}
            for place, line in enumerate(listed)
        ]
        for measured, token in ((row.left, "detractor"), (row.right, "promoter")):
            _side(measured, token, zero, scale, y, decimals, marks, lines, words)
        top += tall
    lines.append({"x": zero, "x2": zero, "y": 18, "y2": top, "colour": colour("ink-3")})
    return _spec(marks, lines, words, width, top + 4)


def _side(
    measured: Measured,
    token: str,
    zero: float,
    scale: float,
    y: float,
    decimals: int,
    marks: list[Spec],
    lines: list[Spec],
    words: list[Spec],
) -> None:
    value, low, high = measured
    if value is None:
        return
    at = zero + value * scale
    marks.append(
        {
            "x": min(at, zero),
            "x2": max(at, zero),
            "y": y - BAR / 2,
            "y2": y + BAR / 2,
            "colour": colour(token),
        }
    )
    ends = (at, at)
    if low is not None and high is not None:
        ends = zero + low * scale, zero + high * scale
        lines.append({"x": ends[0], "x2": ends[1], "y": y, "y2": y, "colour": colour("ink")})
    left = token == "detractor"
    beside = min(*ends, at, zero) - 6 if left else max(*ends, at, zero) + 6
    words.append(_word(signed(value, decimals), beside, y, token, "right" if left else "left", 600))


def _word(text: str, x: float, y: float, token: str, align: str, weight: int) -> Spec:
    return {
        "t": text,
        "x": x,
        "y": y,
        "colour": colour(token),
        "align": align,
        "weight": weight,
        "size": SMALL_SIZE,
    }


def _spec(marks: list[Spec], lines: list[Spec], words: list[Spec], width: int, height: float) -> Spec:
    def pixels(room: float) -> Spec:
        scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
        return {"type": "quantitative", "axis": None, "scale": scale}

    x, y = {"field": "x", **pixels(width)}, {"field": "y", **pixels(height)}
    paint = {"field": "colour", "type": "nominal", "scale": None}
    ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    layers: list[Spec] = [
        {
            "data": {"values": marks},
            "mark": {"type": "rect", "opacity": 0.75},
            "encoding": {"x": x, "y": y, **ends, "fill": paint},
        },
        {
            "data": {"values": lines},
            "mark": {"type": "rule", "strokeWidth": 1.25},
            "encoding": {"x": x, "y": y, **ends, "color": paint},
        },
    ]
    for align, weight, size in sorted({(w["align"], w["weight"], w["size"]) for w in words}):
        own = [w for w in words if (w["align"], w["weight"], w["size"]) == (align, weight, size)]
        mark = {
            "type": "text",
            "align": align,
            "baseline": "middle",
            "fontSize": size,
            "fontWeight": weight,
        }
        layers.append(
            {
                "data": {"values": own},
                "mark": mark,
                "encoding": {"x": x, "y": y, "text": {"field": "t", "type": "nominal"}, "color": paint},
            }
        )
    return {"width": width, "height": height, "autosize": "none", "padding": 0, "layer": layers}
