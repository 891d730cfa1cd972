"""A map of numbered points with their names in a list below: two measures, however many points, any width."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.charts.dots import axis_range, ticks_of
from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import shortened
from peakend.report.lettering import width as text_width
from peakend.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.language import Language, Text

RADIUS = 10.5
LINE = 24.0
_PULLS = 300


@dataclass(frozen=True, slots=True)
class Spot:
    """One point: its number, its name, where it is, what is written behind its name, whether to act."""

    place: int
    label: str
    across: float
    up: float
    note: str
    act: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    left: float
    right: float
    top: float
    bottom: float
    across: tuple[float, float]
    up: tuple[float, float]

    def x(self, value: float) -> float:
        low, high = self.across
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def y(self, value: float) -> float:
        low, high = self.up
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)


def numbered_map(
    spots: Sequence[Spot],
    cut: tuple[float, float],
    width: int,
    language: Language,
    *,
    across: Text,
    up: Text,
    corners: tuple[Text, Text, Text, Text],
    act_corner: int = 0,
    limits: tuple[float, float] | None = None,
) -> Spec:
    """A Vega-Lite specification of `spots` around the crosshair `cut`; positions in pixels.

    corners: what the upper left, upper right, lower left and lower right corner are; `act_corner`: which
    of them is the one to act on. limits: ends of the scale across, where it has any.
    """
    phone = is_phone(width)
    tall = 300.0 if phone else 360.0
    steps_across = axis_range(_extent([s.across for s in spots], cut[0]), limits)
    steps_up = axis_range(_extent([s.up for s in spots], cut[1]), None)
    frame = _Frame(34.0, width - 12.0, 44.0, tall, steps_across[:2], steps_up[:2])
    drawn: list[Spec] = []
    words: list[Spec] = []
    _axes(frame, steps_across[2], steps_up[2], words, drawn, language, across, up)
    drawn += [
        _rule(frame.x(cut[0]), frame.top, frame.x(cut[0]), frame.bottom, "ink-3", dashed=True),
        _rule(frame.left, frame.y(cut[1]), frame.right, frame.y(cut[1]), "ink-3", dashed=True),
    ]
    _corner_words(frame, corners, words, language, act_corner)
    circles = _circles(spots, frame)
    for spot, (x, y) in zip(spots, circles, strict=True):
        token = "detractor" if spot.act else "brand"
        if math.hypot(frame.x(spot.across) - x, frame.y(spot.up) - y) > 2:
            drawn.append(_rule(frame.x(spot.across), frame.y(spot.up), x, y, token))
    listed: list[Spec] = []
    end = _listed(spots, width, tall + 60, words, listed, phone)
    return _spec(spots, circles, frame, drawn, words, listed, width, end)


def _extent(values: Sequence[float], cut: float) -> tuple[float, float]:
    low, high = min(*values, cut), max(*values, cut)
    room = (high - low) * 0.08 or 1.0
    return max(low - room, 0.0), high + room


def _axes(
    frame: _Frame,
    step_across: float,
    step_up: float,
    words: list[Spec],
    drawn: list[Spec],
    language: Language,
    across: Text,
    up: Text,
) -> None:
    for tick in ticks_of(*frame.across, step_across):
        words.append(
            _word(
                number(tick, _decimals(step_across)),
                frame.x(tick),
                frame.bottom + 14,
                "ink-3",
                align="center",
            )
        )
        drawn.append(_rule(frame.x(tick), frame.top, frame.x(tick), frame.bottom, "line"))
    for tick in ticks_of(*frame.up, step_up):
        words.append(
            _word(number(tick, _decimals(step_up)), frame.left - 8, frame.y(tick), "ink-3", align="right")
        )
        drawn.append(_rule(frame.left, frame.y(tick), frame.right, frame.y(tick), "line"))
    words.append(_word(f"↑ {up.in_(language)}", 0, 10, "ink-2"))
    words.append(_word(f"{across.in_(language)} →", frame.right, frame.bottom + 32, "ink-2", align="right"))


def _decimals(step: float) -> int:
    """How many a tick needs, so that no two read the same."""
    return 0 if step >= 1 else 1 if step >= 0.1 else 2


def _corner_words(
    frame: _Frame,
    corners: tuple[Text, Text, Text, Text],
    words: list[Spec],
    language: Language,
    act_corner: int,
) -> None:
    room = (frame.right - frame.left) / 2 - 8
    for index, corner in enumerate(corners):
        right, low = index % 2 == 1, index > 1
        text = shortened(corner.in_(language), SMALL_SIZE, room)
        x = frame.right if right else frame.left
        y = frame.bottom - 9 if low else frame.top - 11
        token = "detractor" if index == act_corner else "ink-3"
        words.append(_word(text, x + (-4 if right else 4), y, token, align="right" if right else "left"))


def _circles(spots: Sequence[Spot], frame: _Frame) -> list[tuple[float, float]]:
    """Where the numbers stand: at their points, pushed apart until none covers another."""
    at = [[frame.x(s.across), frame.y(s.up)] for s in spots]
    # Equal points part in a fixed direction, so that a drawing is the same each time.
    for index, one in enumerate(at):
        one[0] += 0.01 * math.cos(index)
        one[1] += 0.01 * math.sin(index)
    apart = 2 * RADIUS + 1
    for _ in range(_PULLS):
        moved = False
        for i, one in enumerate(at):
            for other in at[i + 1 :]:
                dx, dy = other[0] - one[0], other[1] - one[1]
                gap = math.hypot(dx, dy)
                if gap < apart:
                    push = (apart - gap) / 2 / max(gap, 1e-6)
                    one[0], one[1] = one[0] - dx * push, one[1] - dy * push
                    other[0], other[1] = other[0] + dx * push, other[1] + dy * push
                    moved = True
            one[0] = min(max(one[0], frame.left + RADIUS), frame.right - RADIUS)
            one[1] = min(max(one[1], frame.top + RADIUS), frame.bottom - RADIUS - 16)
        if not moved:
            break
    return [(x, y) for x, y in at]


def _listed(
    spots: Sequence[Spot], width: int, top: float, words: list[Spec], circles: list[Spec], phone: bool
) -> float:
    """The names behind the numbers, in two columns where there is room; where the list ends."""
    columns = 1 if phone else 2
    rows = math.ceil(len(spots) / columns)
    cell = width / columns
    for index, spot in enumerate(spots):
        column, row = divmod(index, rows)
        x, y = column * cell, top + row * LINE
        token = "detractor" if spot.act else "brand"
        circles.append({"x": x + RADIUS, "y": y, "t": str(spot.place), "colour": colour(token)})
        room = cell - 2 * RADIUS - 8 - text_width(spot.note, SMALL_SIZE) - 24
        label = shortened(spot.label, LABEL_SIZE, room)
        words.append(_word(label, x + 2 * RADIUS + 8, y, "ink", size=LABEL_SIZE))
        words.append(_word(spot.note, x + cell - (0 if phone else 12), y, "ink-3", align="right"))
    return top + rows * LINE


def _word(text: str, x: float, y: float, token: str, *, align: str = "left", size: int = SMALL_SIZE) -> Spec:
    return {"t": text, "x": x, "y": y, "colour": colour(token), "align": align, "size": size}


def _rule(x: float, y: float, x2: float, y2: float, token: str, *, dashed: bool = False) -> Spec:
    return {"x": x, "y": y, "x2": x2, "y2": y2, "colour": colour(token), "dashed": dashed}


def _spec(
    spots: Sequence[Spot],
    circles: list[tuple[float, float]],
    frame: _Frame,
    rules: list[Spec],
    words: list[Spec],
    listed: list[Spec],
    width: int,
    height: float,
) -> Spec:
    x, y = _pixels(width), _pixels(height)
    paint = {"field": "colour", "type": "nominal", "scale": None}
    placed = [
        {"x": cx, "y": cy, "t": str(s.place), "colour": colour("detractor" if s.act else "brand")}
        for s, (cx, cy) in zip(spots, circles, strict=True)
    ]
    layers: list[Spec] = [
        {
            "data": {"values": [one for one in rules if one["dashed"] is dashed]},
            "mark": {"type": "rule", "strokeWidth": 1, **({"strokeDash": [4, 3]} if dashed else {})},
            "encoding": {
                "x": {"field": "x", **x},
                "x2": {"field": "x2"},
                "y": {"field": "y", **y},
                "y2": {"field": "y2"},
                "color": paint,
            },
        }
        for dashed in (False, True)
    ]
    at = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    layers.append(
        {
            "data": {"values": [*placed, *listed]},
            "mark": {"type": "circle", "size": math.pi * RADIUS**2, "opacity": 1},
            "encoding": {**at, "color": paint},
        }
    )
    layers.append(
        {
            "data": {"values": [*placed, *listed]},
            "mark": {"type": "text", "baseline": "middle", "fontWeight": 650, "color": colour("paper")},
            "encoding": {**at, "text": {"field": "t", "type": "nominal"}},
        }
    )
    for align, size in sorted({(word["align"], word["size"]) for word in words}):
        layers.append(
            {
                "data": {"values": [w for w in words if (w["align"], w["size"]) == (align, size)]},
                "mark": {"type": "text", "align": align, "baseline": "middle", "fontSize": size},
                "encoding": {**at, "text": {"field": "t", "type": "nominal"}, "color": paint},
            }
        )
    return {"width": width, "height": height, "autosize": "none", "padding": 0, "layer": layers}


def _pixels(room: float) -> Spec:
    scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
    return {"type": "quantitative", "axis": None, "scale": scale}
