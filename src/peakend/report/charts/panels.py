"""Small multiples: one panel a series, all on one scale, the last value and its verdict written beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.charts.dots import axis_range, ticks_of
from peakend.report.draw import LABEL_SIZE, SMALL_SIZE, Spec, colour, is_phone
from peakend.report.lettering import shortened, wrapped
from peakend.report.lettering import width as text_width
from peakend.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VERDICT_COLOURS = {"better": "promoter", "worse": "detractor"}


@dataclass(frozen=True, slots=True)
class Point:
    """One score of a series at the period of index `at`; `verdict` on the change that led to it."""

    at: int
    value: float
    low: float | None
    high: float | None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    label: str
    points: tuple[Point, ...]
    word: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """Pixel geometry of the panels in one drawing."""

    columns: int
    cell: float
    plot: float
    left: float
    right: float
    head: float
    low: float
    high: float
    periods: int

    height = 66.0
    gap = 20.0
    foot = 30.0

    def origin(self, index: int) -> tuple[float, float]:
        row, column = divmod(index, self.columns)
        return self.left + column * (self.cell + self.gap), row * (self.head + self.height + self.foot)

    def x(self, index: int, at: float) -> float:
        return self.origin(index)[0] + 4 + (at / max(self.periods - 1, 1)) * (self.plot - 8)

    def y(self, index: int, value: float) -> float:
        share = (self.high - value) / (self.high - self.low)
        return self.origin(index)[1] + self.head + share * self.height


@dataclass(frozen=True, slots=True)
class _Digits:
    """How values are written."""

    decimals: int
    suffix: str

    def of(self, value: float) -> str:
        return number(value, self.decimals) + self.suffix


def panels(
    series: Sequence[Panel], periods: Sequence[str], width: int, *, decimals: int, suffix: str = ""
) -> Spec:
    """A Vega-Lite specification of `series` (in the order given) over `periods`, positions in pixels."""
    digits = _Digits(decimals, suffix)
    frame, step = _frame(series, periods, width, digits)
    rows = math.ceil(len(series) / frame.columns)
    height = rows * (frame.head + frame.height + frame.foot)
    ticks = ticks_of(frame.low, frame.high, step)
    shown = [ticks[0], ticks[-1]] if len(ticks) > 1 else ticks
    return {
        "width": width,
        "height": height,
        "autosize": "none",
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 0},
        "data": {"values": _points(series, frame, periods)},
        "layer": [
            _grid(series, frame, shown, width, height),
            _rules(width, height),
            _lines(width, height),
            _dots(width, height),
            *_words(series, periods, frame, shown, width, height, digits),
        ],
    }


def _frame(
    series: Sequence[Panel], periods: Sequence[str], width: int, digits: _Digits
) -> tuple[_Frame, float]:
    columns = min(2 if is_phone(width) else 4, len(series))
    values = [v for one in series for p in one.points for v in (p.value, p.low, p.high) if v is not None]
    room = (max(values) - min(values)) * 0.06 or 0.05 * (abs(max(values)) or 1)
    low, high = min(values) - room, max(values) + room
    step = axis_range((low, high), None)[2]
    left = max(text_width(digits.of(v), SMALL_SIZE) for v in (low, high)) + 6
    columns = max(columns, 1)
    cell = (width - left - (columns - 1) * _Frame.gap) / columns
    right = max(text_width(digits.of(p.value), SMALL_SIZE) for one in series for p in one.points) + 8
    lines = max(len(wrapped(one.label, LABEL_SIZE, cell, 2)) for one in series)
    return _Frame(columns, cell, cell - right, left, right, lines * 17 + 28.0, low, high, len(periods)), step


def _points(series: Sequence[Panel], frame: _Frame, periods: Sequence[str]) -> list[Spec]:
    rows: list[Spec] = []
    for index, one in enumerate(series):
        run, before = 0, None
        for point in one.points:
            run += before is not None and point.at != before + 1
            before = point.at
            last = point is one.points[-1]
            clear = VERDICT_COLOURS.get(point.verdict)
            rows.append(
                {
                    "label": one.label,
                    "period": periods[point.at],
                    "value": point.value,
                    "x": frame.x(index, point.at),
                    "y": frame.y(index, point.value),
                    "top": frame.y(index, point.value if point.high is None else point.high),
                    "bottom": frame.y(index, point.value if point.low is None else point.low),
                    "run": f"{index}.{run}",
                    "size": 52 if clear or last else 14,
                    "colour": colour(clear or "brand"),
                }
            )
    return rows


def _pixels(width: float, height: float) -> tuple[Spec, Spec]:
    def one(room: float) -> Spec:
        scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
        return {"type": "quantitative", "scale": scale, "axis": None}

    return one(width), one(height)


def _rules(width: float, height: float) -> Spec:
    x, y = _pixels(width, height)
    return {
        "mark": {"type": "rule", "color": colour("band"), "strokeWidth": 1.5},
        "encoding": {"x": {"field": "x", **x}, "y": {"field": "top", **y}, "y2": {"field": "bottom"}},
    }


def _lines(width: float, height: float) -> Spec:
    x, y = _pixels(width, height)
    return {
        "mark": {"type": "line", "color": colour("brand"), "strokeWidth": 1.5},
        "encoding": {
            "x": {"field": "x", **x},
            "y": {"field": "y", **y},
            "detail": {"field": "run", "type": "nominal"},
        },
    }


def _dots(width: float, height: float) -> Spec:
    x, y = _pixels(width, height)
    return {
        "mark": {"type": "circle", "opacity": 1},
        "encoding": {
            "x": {"field": "x", **x},
            "y": {"field": "y", **y},
            "size": {"field": "size", "type": "quantitative", "scale": None},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def _grid(
    series: Sequence[Panel], frame: _Frame, ticks: Sequence[float], width: float, height: float
) -> Spec:
    x, y = _pixels(width, height)
    values = [
        {"x": frame.origin(index)[0], "x2": frame.origin(index)[0] + frame.plot, "y": frame.y(index, tick)}
        for index in range(len(series))
        for tick in ticks
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "rule", "color": colour("line"), "strokeWidth": 1},
        "encoding": {"x": {"field": "x", **x}, "x2": {"field": "x2"}, "y": {"field": "y", **y}},
    }


Style = tuple[str, str, int, int]
"""Alignment, colour token, size in pixels, weight."""


def _words(
    series: Sequence[Panel],
    periods: Sequence[str],
    frame: _Frame,
    ticks: Sequence[float],
    width: float,
    height: float,
    digits: _Digits,
) -> list[Spec]:
    """Labels, verdicts, last values, first and last period, and the ticks of the first column."""
    texts: dict[Style, list[Spec]] = {}
    for index, one in enumerate(series):
        left, _ = frame.origin(index)
        for style, words, x, y in _panel_words(one, periods, frame, index, digits):
            texts.setdefault(style, []).append({"t": words, "x": x, "y": y})
        if index % frame.columns == 0:
            decimals = _tick_decimals(ticks)
            texts.setdefault(("right", "ink-3", SMALL_SIZE, 400), []).extend(
                {"t": number(tick, decimals) + digits.suffix, "x": left - 6, "y": frame.y(index, tick)}
                for tick in ticks
            )
    return [_text_layer(style, values, width, height) for style, values in texts.items()]


def _panel_words(
    one: Panel, periods: Sequence[str], frame: _Frame, index: int, digits: _Digits
) -> Iterator[tuple[Style, str, float, float]]:
    left, top = frame.origin(index)
    lines = wrapped(one.label, LABEL_SIZE, frame.cell, 2)
    bold: Style = ("left", "ink", LABEL_SIZE, 650 if one.strong else 500)
    for line, words in enumerate(lines):
        yield bold, words, left, top + frame.head - 17 * (len(lines) - line) - 19
    last = one.points[-1]
    verdict: Style = ("left", VERDICT_COLOURS.get(last.verdict, "ink-3"), SMALL_SIZE, 400)
    yield verdict, shortened(one.word, SMALL_SIZE, frame.cell), left, top + frame.head - 17
    value: Style = ("left", "ink", SMALL_SIZE, 600)
    yield value, digits.of(last.value), frame.x(index, last.at) + 8, frame.y(index, last.value)
    bottom = top + frame.head + frame.height + 13
    yield ("left", "ink-3", SMALL_SIZE, 400), periods[0], left, bottom
    yield ("right", "ink-3", SMALL_SIZE, 400), periods[-1], left + frame.plot, bottom


def _text_layer(style: Style, values: list[Spec], width: float, height: float) -> Spec:
    align, token, size, weight = style
    x, y = _pixels(width, height)
    return {
        "data": {"values": values},
        "mark": {
            "type": "text",
            "align": align,
            "baseline": "middle",
            "fontSize": size,
            "fontWeight": weight,
            "color": colour(token),
        },
        "encoding": {
            "x": {"field": "x", **x},
            "y": {"field": "y", **y},
            "text": {"field": "t", "type": "nominal"},
        },
    }


def _tick_decimals(ticks: Sequence[float]) -> int:
    return next((d for d in range(4) if all(abs(round(t, d) - t) < 1e-9 for t in ticks)), 4)
