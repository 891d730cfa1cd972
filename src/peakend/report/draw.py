"""From a Vega-Lite specification to an SVG that follows the page: its colours, its font, its sentence.

Charts are drawn in the light palette. The page's stylesheet maps each of those colours to the token it stands
for (`recolouring`), so one drawing serves light, dark and print, and still looks right on its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Mapping

PALETTE: Mapping[str, str] = {
    "ink": "#1b2430",
    "ink-2": "#4d5866",
    "ink-3": "#64707e",
    "line": "#e4e0d8",
    "line-2": "#cfc9bd",
    "paper": "#fbfaf7",
    "promoter": "#1f7a6b",
    "passive": "#b08d3f",
    "detractor": "#bf3f2b",
    "brand": "#2b4a7f",
    "brand-soft": "#e8edf6",
    "band": "#c3cfe3",
}
# A font that no machine has: the page sets the letters (`tokens.css`), the charts leave room for them
# (`lettering`), and a font that exists would be measured anew for every word, which takes most of the time
# and differs from machine to machine.
FONT = "Peakend"
LABEL_SIZE = 13
SMALL_SIZE = 12
PHONE_WIDTH = 328
DESKTOP_WIDTH = 680

Spec = dict[str, Any]


def colour(token: str) -> str:
    """The light value of a design token; KeyError for a colour that is not one."""
    return PALETTE[token]


def is_phone(width: int) -> bool:
    """Whether a chart of `width` pixels is the phone's own drawing."""
    return width < 480


def recolouring() -> str:
    """CSS rules that give every colour of the palette its token's value in the page's theme."""
    rules = [
        f'.chart [{part}="{value}"]{{{part}:var(--{token})}}'
        for token, value in PALETTE.items()
        for part in ("fill", "stroke")
    ]
    return "\n".join(rules)


def theme() -> Spec:
    """Vega-Lite's `config` for every chart: quiet axes, no frame, one font, labels of at least 12 pixels."""
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "domain": False,
            "ticks": False,
            "gridColor": PALETTE["line"],
            "labelColor": PALETTE["ink-2"],
            "labelFontSize": SMALL_SIZE,
            "titleColor": PALETTE["ink-2"],
            "titleFontSize": SMALL_SIZE,
            "titleFontWeight": 400,
            "labelPadding": 6,
            "titlePadding": 8,
        },
        "text": {"font": FONT, "fontSize": SMALL_SIZE, "color": PALETTE["ink"]},
        "header": {
            "labelColor": PALETTE["ink"],
            "labelFontSize": LABEL_SIZE,
            "labelFontWeight": 600,
            "title": None,
        },
        "rule": {"color": PALETTE["ink-2"], "strokeWidth": 1.5},
        "bar": {"color": PALETTE["brand"]},
        "circle": {"color": PALETTE["brand"], "opacity": 1, "size": 64},
        "line": {"color": PALETTE["brand"], "strokeWidth": 2},
    }


def svg(spec: Spec, sentence: str, name: str) -> str:
    """The drawing of `spec` as an inline SVG element.

    `sentence` is what it shows, for those who do not see it; `name` makes its ids unique on the page.
    """
    import vl_convert

    config = {**theme(), **spec.get("config", {})}
    drawing: str = vl_convert.vegalite_to_svg({**spec, "config": config})
    return _dressed(drawing, sentence, name)


def _dressed(drawing: str, sentence: str, name: str) -> str:
    """Without what only the generator needs, and with a title, a role and ids of its own."""
    root = ElementTree.fromstring(drawing)
    box = root.attrib["viewBox"]
    root.attrib.clear()
    _clean(root, name)
    root.attrib.update(
        {
            "xmlns": _SVG,
            "role": "img",
            "aria-labelledby": f"{name}-title",
            "viewBox": box,
            "preserveAspectRatio": "xMinYMin meet",
            "class": "chart",
        }
    )
    title = ElementTree.Element("title", {"id": f"{name}-title"})
    title.text = sentence
    root.insert(0, title)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(node: ElementTree.Element, name: str) -> None:
    """Drop what draws nothing, shorten coordinates, prefix ids; children first."""
    node.tag = node.tag.removeprefix(f"{{{_SVG}}}")
    for attribute, value in list(node.attrib.items()):
        if attribute in _NOISE or attribute.startswith("aria-") or (attribute, value) in _DEFAULTS:
            del node.attrib[attribute]
        elif attribute == "id":
            node.attrib[attribute] = f"{name}-{value}"
        elif attribute in _GEOMETRY:
            node.attrib[attribute] = _LONG.sub(_two_decimals, value)
        elif "url(#" in value:
            node.attrib[attribute] = value.replace("url(#", f"url(#{name}-")
    for child in list(node):
        _clean(child, name)
        if _draws_nothing(child):
            node.remove(child)


def _draws_nothing(node: ElementTree.Element) -> bool:
    if node.tag == "g":
        return not len(node)
    painted = node.attrib.get("fill", "none") != "none" or "stroke" in node.attrib
    return node.tag == "path" and not painted


def _two_decimals(found: re.Match[str]) -> str:
    return f"{float(found.group(0)):.2f}".rstrip("0").rstrip(".")


_SVG = "http://www.w3.org/2000/svg"
# Marks name their data for screen readers one by one; here the sentence and the table do that.
_NOISE = frozenset({"role", "class", "font-family", "pointer-events"})
_DEFAULTS = frozenset(
    {("opacity", "1"), ("font-weight", "normal"), ("fill-opacity", "1"), ("stroke-opacity", "1")}
)
_GEOMETRY = frozenset(
    {"transform", "d", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "cx", "cy", "r"}
)
_LONG = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
