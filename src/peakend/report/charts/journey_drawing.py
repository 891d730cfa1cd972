"""A map of a journey as a Vega-Lite specification: stops and the ways between them, at any width."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from peakend.report.charts.journey_positions import LINE, placed
from peakend.report.charts.journey_routes import Route, arc_way, forward_way, loop_way
from peakend.report.draw import SMALL_SIZE, Spec, colour, is_phone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.report.charts.journey_positions import Plan, Stop, Way

_TOKENS = {"pleasant": "promoter", "unpleasant": "detractor", "open": "ink-3", "unknown": "brand"}
_SIGNS = {"pleasant": "+", "unpleasant": "−", "open": "±", "unknown": ""}
_THICKEST = 9.0


def journey_drawing(stops: Sequence[Stop], ways: Sequence[Way], width: int) -> Spec:
    """The map: from left to right where there is room, from top to bottom on a phone.

    Circles grow with `size`; ways are as thick as their weight; a way that goes back is dashed.
    """
    plan = placed(stops, ways, width)
    routes = [_route(number, way, stops, plan, is_phone(width)) for number, way in enumerate(ways)]
    return _spec(stops, plan, routes, width)


def _route(number: int, way: Way, stops: Sequence[Stop], plan: Plan, down: bool) -> Route:
    thick = max(1.0, _THICKEST * way.weight)
    start, end = plan.boxes[way.start], plan.boxes[way.end]
    low, high = plan.layer[way.start], plan.layer[way.end]
    if way.start == way.end:
        return loop_way((start.x, start.y), start.radius, thick)
    if low < high:
        bends = [plan.bends[number, level] for level in range(low + 1, high)]
        return forward_way((start.x, start.y), start.radius, bends, (end.x, end.y), end.radius, thick, down)
    back = low > high or stops[way.start].place > stops[way.end].place
    ends = (start.x, start.y), start.radius, (end.x, end.y), end.radius
    return arc_way(*ends, thick, down, low == high, back)


def _spec(stops: Sequence[Stop], plan: Plan, routes: Sequence[Route], width: int) -> Spec:
    highest = min((y for route in routes for _, y in route.points), default=0.0)
    top = max(4.0, 4.0 - highest)
    x, y = _pixels(width), _pixels(plan.height)
    at = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    paint = {"field": "colour", "type": "nominal", "scale": None}
    layers: list[Spec] = []
    # Thin ways lie over thick ones, and ways that go back over both.
    for dashed in (False, True):
        chosen = sorted((r for r in routes if r.back is dashed), key=lambda r: -r.thick)
        layers += _drawn(chosen, at, paint, dashed)
    circles = [
        {
            "x": box.x,
            "y": box.y,
            "size": math.pi * box.radius**2,
            "colour": colour("ink-2" if stop.kind != "touchpoint" else _TOKENS[stop.feeling]),
            "sign": "" if stop.kind != "touchpoint" else _SIGNS[stop.feeling],
        }
        for stop, box in zip(stops, plan.boxes, strict=True)
    ]
    size = {"field": "size", "type": "quantitative", "scale": None}
    layers.append(
        {
            "data": {"values": circles},
            "mark": {"type": "circle", "opacity": 1, "stroke": colour("paper"), "strokeWidth": 1.5},
            "encoding": {**at, "color": paint, "size": size},
        }
    )
    layers.append(
        {
            "data": {"values": [one for one in circles if one["sign"]]},
            "mark": {"type": "text", "baseline": "middle", "fontWeight": 700, "color": colour("paper")},
            "encoding": {**at, "text": {"field": "sign", "type": "nominal"}},
        }
    )
    layers += _labels(stops, plan, at, paint)
    return {
        "width": width,
        "height": plan.height,
        "autosize": "none",
        "padding": {"left": 0, "right": 0, "top": top, "bottom": 4},
        "layer": layers,
    }


def _drawn(routes: Sequence[Route], at: Spec, paint: Spec, dashed: bool) -> list[Spec]:
    if not routes:
        return []
    token = colour("passive" if dashed else "band")
    points = [
        {"x": x, "y": y, "way": number, "order": order, "thick": route.thick}
        for number, route in enumerate(routes)
        for order, (x, y) in enumerate(route.points)
    ]
    heads = [
        {"x": route.head[0], "y": route.head[1], "angle": route.angle, "size": 26 + 9 * route.thick}
        for route in routes
    ]
    dash = {"strokeDash": [4, 3]} if dashed else {}
    return [
        {
            "data": {"values": points},
            "mark": {"type": "line", "color": token, "strokeCap": "butt", "interpolate": "linear", **dash},
            "encoding": {
                **at,
                "detail": {"field": "way", "type": "nominal"},
                "order": {"field": "order", "type": "quantitative"},
                "size": {"field": "thick", "type": "quantitative", "scale": None},
            },
        },
        {
            "data": {"values": heads},
            "mark": {"type": "point", "shape": "triangle", "filled": True, "opacity": 1},
            "encoding": {
                **at,
                "color": {"value": colour("passive" if dashed else "ink-3")},
                "angle": {"field": "angle", "type": "quantitative", "scale": None},
                "size": {"field": "size", "type": "quantitative", "scale": None},
            },
        },
    ]


def _labels(stops: Sequence[Stop], plan: Plan, at: Spec, paint: Spec) -> list[Spec]:
    """Names and notes, each first as a halo of paper, so that a way behind them does not disturb."""
    layers: list[Spec] = []
    for align in ("center", "left", "right"):
        values = [
            {
                "x": box.label[0],
                "y": box.label[1] + LINE * place,
                "t": line,
                "colour": colour("ink-3" if stop.note and place == len(box.lines) - 1 else "ink"),
            }
            for stop, box in zip(stops, plan.boxes, strict=True)
            if box.align == align
            for place, line in enumerate(box.lines)
        ]
        if not values:
            continue
        mark = {"type": "text", "align": align, "baseline": "middle", "fontSize": SMALL_SIZE}
        text = {"field": "t", "type": "nominal"}
        halo = {"stroke": colour("paper"), "strokeWidth": 4, "strokeJoin": "round", "color": colour("paper")}
        layers.append(
            {"data": {"values": values}, "mark": {**mark, **halo}, "encoding": {**at, "text": text}}
        )
        layers.append(
            {"data": {"values": values}, "mark": mark, "encoding": {**at, "text": text, "color": paint}}
        )
    return layers


def _pixels(room: float) -> Spec:
    scale = {"domain": [0, room], "range": [0, room], "nice": False, "zero": False}
    return {"type": "quantitative", "axis": None, "scale": scale}
