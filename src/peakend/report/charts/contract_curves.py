"""A survival curve: what was observed, step by step, and what is projected beyond, with its band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.report.draw import Spec, colour, is_phone
from peakend.report.lettering import width as text_width
from peakend.report.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakend.language import Language

_LEFT, _TOP, _BOTTOM = 46.0, 26.0, 40.0


@dataclass(frozen=True, slots=True)
class Still:
    """The share still there at an age, with its interval."""

    age: int
    share: float
    low: float
    high: float


def survival_curve(
    observed: Sequence[Still],
    projected: Sequence[Still],
    width: int,
    language: Language,
    *,
    names: tuple[str, str],
    across: str,
) -> Spec:
    """A Vega-Lite specification. names: what the observed dots and the projected line are called."""
    height = 250 if is_phone(width) else 290
    last = max((one.age for one in (*observed, *projected)), default=1)
    end = f"{percent(projected[-1].share, language)}" if projected else ""
    right = width - 12.0 - text_width(end, 12)
    x = {
        "type": "quantitative",
        "scale": {"domain": [0, last], "range": [_LEFT, right], "nice": False},
        "axis": None,
    }
    y = {
        "type": "quantitative",
        "scale": {"domain": [0, 1], "range": [height, 0], "nice": False},
        "axis": None,
    }
    step = next(s for s in (1, 2, 5, 10, 20, 50) if last / s <= (6 if is_phone(width) else 12))
    across_ticks = [{"v": v, "t": str(v)} for v in range(0, last + 1, step)]
    up_ticks = [{"v": v / 4, "t": percent(v / 4, language, 0)} for v in range(5)]
    layers: list[Spec] = [
        {
            "data": {"values": up_ticks},
            "mark": {"type": "rule", "color": colour("line"), "strokeWidth": 1},
            "encoding": {"y": {"field": "v", **y}, "x": {"value": _LEFT}, "x2": {"value": right}},
        },
        _texts(up_ticks, {"value": _LEFT - 8}, {"field": "v", **y}, "right", "ink-3"),
        _texts(across_ticks, {"field": "v", **x}, {"value": height + 14}, "center", "ink-3"),
        _texts([{"t": across}], {"value": right}, {"value": height + 32}, "right", "ink-3"),
    ]
    if projected:
        layers += [
            {
                "data": {"values": [{"a": p.age, "l": p.low, "h": p.high} for p in projected]},
                "mark": {"type": "area", "color": colour("band"), "opacity": 0.55},
                "encoding": {"x": {"field": "a", **x}, "y": {"field": "l", **y}, "y2": {"field": "h"}},
            },
            {
                "data": {"values": [{"a": p.age, "s": p.share} for p in projected]},
                "mark": {"type": "line", "color": colour("brand"), "strokeDash": [5, 3], "strokeWidth": 2},
                "encoding": {"x": {"field": "a", **x}, "y": {"field": "s", **y}},
            },
            _texts(
                [{"t": end, "v": projected[-1].share}],
                {"value": right + 6},
                {"field": "v", **y},
                "left",
                "brand",
                600,
            ),
        ]
    seen = [{"a": p.age, "s": p.share, "l": p.low, "h": p.high} for p in observed]
    layers += [
        {
            "data": {"values": seen},
            "mark": {"type": "rule", "color": colour("ink"), "strokeWidth": 1.5},
            "encoding": {"x": {"field": "a", **x}, "y": {"field": "l", **y}, "y2": {"field": "h"}},
        },
        {
            "data": {"values": seen},
            "mark": {"type": "circle", "color": colour("ink"), "size": 44},
            "encoding": {"x": {"field": "a", **x}, "y": {"field": "s", **y}},
        },
        *_key(names, bool(projected)),
    ]
    return {
        "width": width,
        "height": height,
        "autosize": "none",
        "padding": {"left": 0, "right": 0, "top": _TOP, "bottom": _BOTTOM},
        "layer": layers,
    }


def _key(names: tuple[str, str], both: bool) -> list[Spec]:
    """What the marks are, above the drawing: a dot and a dashed line, each with its word."""
    y, second = -14, _LEFT + 26 + text_width(names[0], 12)
    layers: list[Spec] = [
        {
            "data": {"values": [{}]},
            "mark": {"type": "circle", "color": colour("ink"), "size": 44},
            "encoding": {"x": {"value": _LEFT + 4}, "y": {"value": y}},
        },
        _texts([{"t": names[0]}], {"value": _LEFT + 12}, {"value": y}, "left", "ink"),
    ]
    if both:
        layers += [
            {
                "data": {"values": [{}]},
                "mark": {"type": "rule", "color": colour("brand"), "strokeDash": [5, 3], "strokeWidth": 2},
                "encoding": {"x": {"value": second}, "x2": {"value": second + 22}, "y": {"value": y}},
            },
            _texts([{"t": names[1]}], {"value": second + 28}, {"value": y}, "left", "brand"),
        ]
    return layers


def _texts(values: list[Spec], x: Spec, y: Spec, align: str, token: str, weight: int = 400) -> Spec:
    return {
        "data": {"values": values},
        "mark": {
            "type": "text", "align": align, "baseline": "middle",
            "color": colour(token), "fontWeight": weight,
        },
        "encoding": {"x": x, "y": y, "text": {"field": "t", "type": "nominal"}},
    }  # fmt: skip
