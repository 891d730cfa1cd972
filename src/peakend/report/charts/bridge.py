"""A bridge: bars that start where the one above ends, from nothing to a whole change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import width as text_width
from peakend.report.lettering import wrapped
from peakend.report.numbers import signed

if TYPE_CHECKING:
    from collections.abc import Sequence

BAR = 14.0
LINE = 17
GAP = 12.0


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: how far it goes, its colour token, the ends of its interval; `apart` sets it off from the
    others."""

    label: str
    value: float
    token: str
    low: float | None = None
    high: float | None = None
    apart: bool = False


def bridge(steps: Sequence[Step], whole: str, change: float, width: int, decimals: int = 2) -> Spec:
    """A Vega-Lite specification of `steps` in the order given, and of their sum, called `whole`, below
    them."""
    phone = is_phone(width)
    rows = [*steps, Step(whole, change, "ink-2", apart=True)]
    starts = [sum(step.value for step in steps[:place]) for place in range(len(steps))] + [0.0]
    room = (
        0.0 if phone else min(max(max(text_width(r.label, LABEL_SIZE) for r in rows) + 12, 90), width * 0.4)
    )
    low, high = _reach(rows, starts)
    figure = text_width(signed(-8.88, decimals), SMALL_SIZE) + 14
    scale = (width - room - 2 * figure) / ((high - low) or 1.0)
    zero = room + figure - low * scale
    rects: list[Spec] = []
    rules: list[Spec] = []
    words: list[Spec] = []
    top = 4.0
    for place, (row, start) in enumerate(zip(rows, starts, strict=True)):
        top += GAP if row.apart else 0.0
        lines = wrapped(row.label, LABEL_SIZE, width if phone else room - 12, 2)
        block = len(lines) * LINE
        tall = block + BAR + 14 if phone else max(block + 8, 27)
        y = top + (block + BAR / 2 + 2 if phone else tall / 2)
        first = top + LINE / 2 if phone else y - (len(lines) - 1) * LINE / 2
        weight = 650 if row.apart else 400
        words += [
            _word(line, 0, first + n * LINE, "ink", "left", LABEL_SIZE, weight)
            for n, line in enumerate(lines)
        ]
        left, right = sorted((zero + start * scale, zero + (start + row.value) * scale))
        rects.append(
            {
                "x": left,
                "x2": max(right, left + 1),
                "y": y - BAR / 2,
                "y2": y + BAR / 2,
                "colour": colour(row.token),
            }
        )
        ends = [left, right]
        if row.low is not None and row.high is not None:
            limits = zero + (start + row.low) * scale, zero + (start + row.high) * scale
            rules.append({"x": limits[0], "x2": limits[1], "y": y, "y2": y, "colour": colour("ink")})
            ends += limits
        words.append(_word(signed(row.value, decimals), max(ends) + 6, y, "ink", "left", SMALL_SIZE, 600))
        if place + 1 < len(rows) - 1:
            at = zero + (start + row.value) * scale
            below = y + BAR / 2 + (GAP if rows[place + 1].apart else 0) + (tall - BAR)
            if not phone:
                rules.append({"x": at, "x2": at, "y": y + BAR / 2, "y2": below, "colour": colour("line-2")})
        top += tall
    # On a phone labels lie above their bars: the line of nothing must not run through them.
    spans = [(bar["y"] - 4, bar["y2"] + 4) for bar in rects] if phone else [(0.0, top)]
    rules += [{"x": zero, "x2": zero, "y": a, "y2": b, "colour": colour("line-2")} for a, b in spans]
    return _spec(rects, rules, words, width, top + 4)


def _reach(rows: Sequence[Step], starts: Sequence[float]) -> tuple[float, float]:
    """The least and the largest place that anything is drawn at."""
    places = [0.0]
    for row, start in zip(rows, starts, strict=True):
        places += [start + value for value in (0.0, row.value, row.low, row.high) if value is not None]
    return min(places), max(places)


def _word(text: str, x: float, y: float, token: str, align: str, size: int, weight: int) -> Spec:
    return {
        "t": text,
        "x": x,
        "y": y,
        "colour": colour(token),
        "align": align,
        "size": size,
        "weight": weight,
    }


def _spec(rects: list[Spec], rules: list[Spec], words: list[Spec], width: int, height: float) -> Spec:
    def pixels(room: float) -> Spec:
        scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
        return {"type": "quantitative", "axis": None, "scale": scale}

    x, y = pixels(width), pixels(height)
    ends = {
        "x": {"field": "x", **x},
        "x2": {"field": "x2"},
        "y": {"field": "y", **y},
        "y2": {"field": "y2"},
    }
    paint = {"field": "colour", "type": "nominal", "scale": None}
    drawn: list[Spec] = [
        {
            "data": {"values": rules},
            "mark": {"type": "rule", "strokeWidth": 1.5},
            "encoding": {**ends, "color": paint},
        },
        {"data": {"values": rects}, "mark": {"type": "rect"}, "encoding": {**ends, "fill": paint}},
    ]
    # The intervals lie over their bars.
    drawn.append({**drawn[0], "data": {"values": [rule for rule in rules if rule["y"] == rule["y2"]]}})
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
                    "color": paint,
                },
            }
        )
    return {"width": width, "height": height, "autosize": "none", "padding": 0, "layer": drawn}
