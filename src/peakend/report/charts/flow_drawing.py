"""A flow by step: nodes in a column for each step, and bands between them as wide as those who go there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import SMALL_SIZE, Spec, colour
from peakend.report.lettering import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

_NODE = 8.0
_GAP = 14.0
_TALL = 340.0
_HEAD = 26.0
_CURVE = 16


@dataclass(frozen=True, slots=True)
class Node:
    """A place in column `step` (from 0): its key, its name, how many are there, its colour token."""

    step: int
    key: str
    name: str
    note: str
    size: float
    token: str = "brand"


@dataclass(frozen=True, slots=True)
class Band:
    """From a node of column `step` to one of the next."""

    step: int
    start: str
    to: str
    size: float
    strong: bool = False


def flow_drawing(nodes: Sequence[Node], bands: Sequence[Band], heads: Sequence[str], width: int) -> Spec:
    """A Vega-Lite specification; nodes of a column stand in the order given, bands keep that order."""
    columns = max(node.step for node in nodes) + 1
    most = max(sum(1 for node in nodes if node.step == step) for step in range(columns))
    total = max(sum(node.size for node in nodes if node.step == step) for step in range(columns)) or 1.0
    scale = (_TALL - _GAP * (most - 1)) / total
    pitch = width / columns
    tops: dict[tuple[int, str], float] = {}
    rects: list[Spec] = []
    words: list[Spec] = []
    for step in range(columns):
        y = _HEAD
        words.append(_word(heads[step], step * pitch, 8, "ink-2", SMALL_SIZE, 400))
        for node in (one for one in nodes if one.step == step):
            tall = max(node.size * scale, 1.5)
            tops[step, node.key] = y
            x = step * pitch
            rects.append({"x": x, "x2": x + _NODE, "y": y, "y2": y + tall, "colour": colour(node.token)})
            room = pitch - _NODE - 14
            words.append(
                _word(shortened(node.name, SMALL_SIZE, room), x + _NODE + 6, y + 7, "ink", SMALL_SIZE, 600)
            )
            if tall + _GAP >= 32:
                words.append(_word(node.note, x + _NODE + 6, y + 22, "ink-2", SMALL_SIZE, 400))
            y += max(tall, 2.0) + _GAP
    bottom = max((rect["y2"] for rect in rects), default=_TALL) + 14
    return _spec(_ribbons(nodes, bands, tops, scale, pitch), rects, words, width, bottom)


def _ribbons(
    nodes: Sequence[Node],
    bands: Sequence[Band],
    tops: dict[tuple[int, str], float],
    scale: float,
    pitch: float,
) -> list[Spec]:
    """Points of every band: its upper and lower edge along an S from node to node."""
    place = {(node.step, node.key): number for number, node in enumerate(nodes)}
    leaving = dict(tops)
    arriving = dict(tops)
    points: list[Spec] = []
    ordered = sorted(bands, key=lambda b: (b.step, place[b.step, b.start], place[b.step + 1, b.to]))
    for number, band in enumerate(ordered):
        tall = band.size * scale
        y1, y2 = leaving[band.step, band.start], arriving[band.step + 1, band.to]
        leaving[band.step, band.start] += tall
        arriving[band.step + 1, band.to] += tall
        left, right = band.step * pitch + _NODE, (band.step + 1) * pitch
        for part in range(_CURVE + 1):
            t = part / _CURVE
            y = y1 + (y2 - y1) * (3 * t * t - 2 * t**3)
            points.append(
                {
                    "band": number,
                    "x": round(left + (right - left) * t, 2),
                    "y": round(y, 2),
                    "y2": round(y + max(tall, 0.5), 2),
                    "colour": colour("detractor" if band.strong else "band"),
                }
            )
    return points


def _word(text: str, x: float, y: float, token: str, size: int, weight: int) -> Spec:
    return {"t": text, "x": x, "y": y, "colour": colour(token), "size": size, "weight": weight}


def _spec(points: list[Spec], rects: list[Spec], words: list[Spec], width: int, height: float) -> Spec:
    def pixels(room: float) -> Spec:
        scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
        return {"type": "quantitative", "axis": None, "scale": scale}

    x, y = pixels(width), pixels(height)
    fill = {"field": "colour", "type": "nominal", "scale": None}
    layers: list[Spec] = [
        {
            "data": {"values": points},
            "mark": {"type": "area", "opacity": 0.45, "line": False, "interpolate": "linear"},
            "encoding": {
                "x": {"field": "x", **x},
                "y": {"field": "y", **y, "stack": None},
                "y2": {"field": "y2"},
                "fill": fill,
                "detail": {"field": "band", "type": "nominal"},
            },
        },
        {
            "data": {"values": rects},
            "mark": {"type": "rect"},
            "encoding": {
                "x": {"field": "x", **x},
                "x2": {"field": "x2"},
                "y": {"field": "y", **y},
                "y2": {"field": "y2"},
                "fill": fill,
            },
        },
    ]
    for size, weight in sorted({(word["size"], word["weight"]) for word in words}):
        layers.append(
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
    return {"width": width, "height": height, "autosize": "none", "padding": 0, "layer": layers}
