"""The curves that the ways of a journey map are drawn as, with their heads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]
_STEPS = 8
_GAP = 6.0


@dataclass(frozen=True, slots=True)
class Route:
    """One way: the points of its line, its head and the head's angle in degrees (0 points up), its thickness
    in pixels, and whether it goes back."""

    points: tuple[Point, ...]
    head: Point
    angle: float
    thick: float
    back: bool


def forward_way(
    start: Point,
    radius: float,
    bends: Sequence[Point],
    end: Point,
    end_radius: float,
    thick: float,
    down: bool,
) -> Route:
    """From the far side of one circle to the near side of the next, through `bends`, never turning back."""
    first = (start[0], start[1] + radius) if down else (start[0] + radius, start[1])
    last = (end[0], end[1] - end_radius - _GAP) if down else (end[0] - end_radius - _GAP, end[1])
    stations = [first, *bends, last]
    points: list[Point] = [first]
    for (x, y), (x2, y2) in pairwise(stations):
        for step in range(1, _STEPS + 1):
            along = step / _STEPS
            eased = along * along * (3 - 2 * along)
            points.append(
                (x + (x2 - x) * eased, y + (y2 - y) * along)
                if down
                else (x + (x2 - x) * along, y + (y2 - y) * eased)
            )
    head = (last[0], last[1] + 1) if down else (last[0] + 1, last[1])
    return Route(tuple(points), head, 180.0 if down else 90.0, thick, back=False)


def arc_way(
    start: Point,
    radius: float,
    end: Point,
    end_radius: float,
    thick: float,
    down: bool,
    beside: bool,
    back: bool,
) -> Route:
    """An arc over the circles (at their left where the map goes down); beside: within one layer."""
    apart = math.dist(start, end)
    bulge = min(14 + 0.12 * apart, 60.0)
    if down and beside:
        control = ((start[0] + end[0]) / 2, start[1] - max(radius, end_radius) - 26)
        first, last = (start[0], start[1] - radius), (end[0], end[1] - end_radius - 3)
    elif down:
        side = min(start[0] - radius, end[0] - end_radius)
        reach = max(side - bulge, 2.0)
        control = (2 * reach - (start[0] - radius + end[0] - end_radius) / 2, (start[1] + end[1]) / 2)
        control = (max(control[0], -reach), control[1])
        first, last = (start[0] - radius, start[1]), (end[0] - end_radius - 3, end[1])
    elif beside:
        control = (max(start[0], end[0]) + radius + 2 * bulge, (start[1] + end[1]) / 2)
        first, last = (start[0] + radius, start[1]), (end[0] + end_radius + 3, end[1])
    else:
        control = ((start[0] + end[0]) / 2, min(start[1], end[1]) - max(radius, end_radius) - 2 * bulge)
        first, last = (start[0], start[1] - radius), (end[0], end[1] - end_radius - 3)
    points = []
    for step in range(2 * _STEPS + 1):
        t = step / (2 * _STEPS)
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append(
            (a * first[0] + b * control[0] + c * last[0], a * first[1] + b * control[1] + c * last[1])
        )
    return Route(tuple(points), last, _angle(control, last), thick, back)


def loop_way(centre: Point, radius: float, thick: float) -> Route:
    """A small circle at the upper right of the stop: the same touchpoint again."""
    small = 7.0
    x, y = centre[0] + 0.75 * radius + 3, centre[1] - 0.75 * radius - 3
    turns = [math.radians(150 + 300 * step / (2 * _STEPS)) for step in range(2 * _STEPS + 1)]
    points = [(x + small * math.cos(turn), y + small * math.sin(turn)) for turn in turns]
    return Route(tuple(points), points[-1], _angle(points[-2], points[-1]), min(thick, 4.0), back=True)


def _angle(before: Point, at: Point) -> float:
    return math.degrees(math.atan2(at[1] - before[1], at[0] - before[0])) + 90
