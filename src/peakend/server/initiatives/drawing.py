"""The curve of cost against satisfaction as numbers of an SVG: points, whiskers, the line of no change."""

from __future__ import annotations

from dataclasses import dataclass

from peakend.server.initiatives.selectors.initiatives import Curve

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 16, 36


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with its whisker, in units of the drawing."""

    x: float
    y: float
    low: float
    high: float
    number: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Marks, the height of no change, and what the ends of the axes stand for."""

    marks: list[Mark]
    zero: float
    most: float
    lowest: float
    highest: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def drawn(curve: Curve) -> Drawing | None:
    """The drawing of `curve`; None for an empty one. Both axes hold 0."""
    if not curve.points:
        return None
    ends = [
        value
        for point in curve.points
        for value in (point.difference, point.low, point.high)
        if value is not None
    ]
    lowest, highest = min(0.0, *ends), max(0.0, *ends)
    if lowest == highest:
        highest = 1.0
    most = float(curve.points[-1].cumulated) or 1.0

    def across(amount: float) -> float:
        return round(LEFT + amount / most * (WIDTH - LEFT - RIGHT), 1)

    def down(value: float) -> float:
        return round(TOP + (highest - value) / (highest - lowest) * (HEIGHT - TOP - BOTTOM), 1)

    marks = [
        Mark(
            across(float(point.cumulated)),
            down(point.difference),
            down(point.difference if point.low is None else point.low),
            down(point.difference if point.high is None else point.high),
            number,
        )
        for number, point in enumerate(curve.points, 1)
    ]
    return Drawing(marks, down(0.0), most, lowest, highest)
