"""Where the stops of a journey map lie and the words beside them, across a desktop or down a phone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from peakend.report.charts.journey_layout import arranged, layers_of
from peakend.report.draw import SMALL_SIZE, is_phone
from peakend.report.lettering import width as text_width
from peakend.report.lettering import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.journey_layout import Arrangement
    from peakend.report.charts.journey_routes import Point

Feeling = Literal["pleasant", "unpleasant", "open", "unknown"]
LINE = 15.0
_SMALLEST, _LARGEST = 8.0, 17.0
_LINES = 3
_DUMMY = 9.0


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop. size: 0 to 1 of the largest; place: mean place in the journey; note: written small under the
    name; kind: a touchpoint, or where journeys start or end."""

    label: str
    note: str = ""
    size: float = 0.0
    feeling: Feeling = "unknown"
    place: float = 0.0
    kind: Literal["touchpoint", "start", "end"] = "touchpoint"


@dataclass(frozen=True, slots=True)
class Way:
    """A way from stop number `start` to stop number `end`; weight: 0 to 1 of the strongest."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Box:
    """Where a stop lies: its circle, and its label's lines with where they begin and how they are set."""

    x: float
    y: float
    radius: float
    lines: tuple[str, ...]
    label: Point
    align: Literal["center", "left", "right"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything lies. layer: of every stop; bends: where a way passes a layer, by (number of the way,
    layer); height: of the whole, in pixels."""

    boxes: list[Box]
    layer: tuple[int, ...]
    bends: dict[tuple[int, int], Point]
    height: float


def placed(stops: Sequence[Stop], ways: Sequence[Way], width: int) -> Plan:
    """Stops in layers, from left to right where there is room, from top to bottom on a phone."""
    down = is_phone(width)
    edges = [(way.start, way.end) for way in ways]
    layer = _layers(stops, ways, width, down)
    arrangement = arranged(layer, edges, [way.weight for way in ways])
    return _down(stops, arrangement, width) if down else _across(stops, arrangement, edges, width)


def _layers(stops: Sequence[Stop], ways: Sequence[Way], width: int, down: bool) -> list[int]:
    """Touchpoints in layers by place; start and end, where they are, in layers of their own."""
    inner = [number for number, stop in enumerate(stops) if stop.kind == "touchpoint"]
    places = [stops[number].place for number in inner]
    rank = {number: one for one, number in enumerate(inner)}
    linking = [way for way in ways if way.start in rank and way.end in rank]
    links = [(rank[way.start], rank[way.end]) for way in linking]
    weights = [way.weight for way in linking]
    if down:
        found = layers_of(places, math.ceil(len(inner) / 1.3), 2, links, weights)
    else:
        widest = max(
            (text_width(word, SMALL_SIZE) for n in inner for word in stops[n].label.split()), default=60.0
        )
        columns = int(min(max((width - 56) // (widest + 10), 5), 8))
        most = max(4, math.ceil(1.5 * len(inner) / columns))
        found = layers_of(places, columns, most, links, weights)
    layer = [0] * len(stops)
    for number, level in zip(inner, found, strict=True):
        layer[number] = level + 1
    last = max(found, default=-1) + 2
    for number, stop in enumerate(stops):
        if stop.kind != "touchpoint":
            layer[number] = 0 if stop.kind == "start" else last
    return layer


def _radius(stop: Stop) -> float:
    if stop.kind != "touchpoint":
        return 6.0
    return _SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(max(stop.size, 0.0))


def _across(
    stops: Sequence[Stop], arrangement: Arrangement, edges: Sequence[tuple[int, int]], width: int
) -> Plan:
    """Layers side by side; in each the stops under one another, drawn towards what they are linked with."""
    # The first layer is that of the start, even where nothing is known to start.
    inner = max(len(arrangement.layers) - 1 - any(stop.kind == "end" for stop in stops), 1)
    column = (width - 56.0) / inner
    xs = [10.0, *(28.0 + (place + 0.5) * column for place in range(inner)), width - 10.0]
    lines = [wrapped(stop.label, SMALL_SIZE, column - 6, _LINES) for stop in stops]
    slots: list[list[tuple[float, float]]] = []
    for row in arrangement.layers:
        slots.append(
            [
                (_radius(stops[item]) + 12, _radius(stops[item]) + 10 + LINE * (len(lines[item]) + 1))
                if item >= 0
                else (_DUMMY, _DUMMY)
                for item in row
            ]
        )
    height = max((sum(above + below for above, below in row) for row in slots), default=0.0)
    ys = _relaxed(arrangement, edges, slots, height)
    boxes, bends = [Box(0, 0, 0, (), (0, 0), "center")] * len(stops), {}
    for level, row in enumerate(arrangement.layers):
        for item, y in zip(row, ys[level], strict=True):
            if item < 0:
                bends[-1 - item, level] = (xs[level], y)
                continue
            radius = _radius(stops[item])
            ends = stops[item].kind != "touchpoint"
            align: Literal["center", "left", "right"] = (
                "center" if not ends else "left" if level == 0 else "right"
            )
            at = xs[level] if not ends else (0.0 if level == 0 else float(width))
            text = (*lines[item], stops[item].note) if stops[item].note else tuple(lines[item])
            boxes[item] = Box(xs[level], y, radius, text, (at, y + radius + 11), align)
    return Plan(boxes, arrangement.layer, bends, height)


def _relaxed(
    arrangement: Arrangement,
    edges: Sequence[tuple[int, int]],
    slots: Sequence[Sequence[tuple[float, float]]],
    height: float,
) -> list[list[float]]:
    """Heights of the items of every layer: near what they are linked with, in order, never overlapping."""
    at: dict[tuple[int, int], float] = {}
    for level, row in enumerate(arrangement.layers):
        room = height - sum(above + below for above, below in slots[level])
        top = room / 2
        for item, (above, below) in zip(row, slots[level], strict=True):
            at[level, item] = top + above
            top += above + below
    chains = [_chain(number, edge, arrangement) for number, edge in enumerate(edges)]
    near: dict[tuple[int, int], list[tuple[int, int]]] = {key: [] for key in at}
    for chain in chains:
        for one, other in pairwise(chain):
            near[one].append(other)
            near[other].append(one)
    for _ in range(12):
        for level, row in enumerate(arrangement.layers):
            wanted = []
            for item in row:
                others = [at[key] for key in near[level, item]]
                wanted.append(sum(others) / len(others) if others else at[level, item])
            for item, y in zip(row, _apart(wanted, slots[level], height), strict=True):
                at[level, item] = y
    return [[at[level, item] for item in row] for level, row in enumerate(arrangement.layers)]


def _chain(number: int, edge: tuple[int, int], arrangement: Arrangement) -> list[tuple[int, int]]:
    start, end = edge
    low, high = arrangement.layer[start], arrangement.layer[end]
    if low >= high:
        return []
    return [(low, start), *((level, -1 - number) for level in range(low + 1, high)), (high, end)]


def _apart(wanted: Sequence[float], slots: Sequence[tuple[float, float]], height: float) -> list[float]:
    """`wanted` heights moved as little as order and room need: down from the top, then up from the bottom."""
    ys = list(wanted)
    free = 0.0
    for place, (above, below) in enumerate(slots):
        ys[place] = max(ys[place], free + above)
        free = ys[place] + below
    free = height
    for place in range(len(ys) - 1, -1, -1):
        above, below = slots[place]
        ys[place] = min(ys[place], free - below)
        free = ys[place] - above
    return ys


def _down(stops: Sequence[Stop], arrangement: Arrangement, width: int) -> Plan:
    """Layers under one another; labels at the right of their circles, so that ways go down beside them."""
    boxes, bends = [Box(0, 0, 0, (), (0, 0), "left")] * len(stops), {}
    margin = 26.0
    top = 2.0
    for level, row in enumerate(arrangement.layers):
        passing = sum(item < 0 for item in row)
        nodes = len(row) - passing
        lane = min(_DUMMY, 60.0 / max(passing, 1))
        cell = (width - margin - lane * passing) / max(nodes, 1)
        tallest = 0.0
        placed: list[tuple[int, float, list[str]]] = []
        x = margin
        for item in row:
            if item < 0:
                placed.append((item, x + lane / 2, []))
                x += lane
                continue
            radius = _radius(stops[item])
            lines = wrapped(stops[item].label, SMALL_SIZE, cell - 2 * _LARGEST - 10, 2)
            placed.append((item, x + _LARGEST, lines))
            tallest = max(tallest, 2 * radius, LINE * (len(lines) + bool(stops[item].note)))
            # No wider than the words: what passes by stays near. Stops side by side still share the width.
            words = max(text_width(line, SMALL_SIZE) for line in (*lines, stops[item].note))
            x += cell if nodes > 1 else min(cell, 2 * _LARGEST + 16 + words)
        middle = top + max(tallest, 16.0) / 2
        for item, x, lines in placed:
            if item < 0:
                bends[-1 - item, level] = (x, middle)
                continue
            radius = _radius(stops[item])
            text = (*lines, stops[item].note) if stops[item].note else tuple(lines)
            first = middle - LINE * (len(text) - 1) / 2
            boxes[item] = Box(x, middle, radius, text, (x + radius + 6, first), "left")
        top = middle + max(tallest, 16.0) / 2 + (26.0 if level < len(arrangement.layers) - 1 else 2.0)
    return Plan(boxes, arrangement.layer, bends, top)
