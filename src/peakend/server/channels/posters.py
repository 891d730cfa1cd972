"""QR codes and the words around them."""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno

from peakend.language import Text

SIZES = ("A4", "A6")
LANGUAGES = ("both", "zh", "en")
HEADLINE = Text("How was it here?", "您在这里的体验如何？")
HINT = Text("Scan and tell us. It takes two minutes.", "扫码告诉我们，只需两分钟。")


@dataclass(frozen=True, slots=True)
class Poster:
    """One poster: its place's name, its address and the code as SVG."""

    name: str
    name_zh: str
    link: str
    svg: str


def qr_svg(link: str) -> bytes:
    """The code as an SVG file with a quiet zone; a quarter of it may be scratched or soiled."""
    out = io.BytesIO()
    _code(link).save(out, kind="svg", scale=10, border=4, light="#ffffff", dark="#1b2430")
    return out.getvalue()


def qr_inline(link: str) -> str:
    """The code as an SVG element that takes the width it is given."""
    made: str = _code(link).svg_inline(
        border=4, light="#ffffff", dark="#1b2430", omitsize=True, svgclass="qr", lineclass=None
    )
    return made


def qr_png(link: str) -> bytes:
    """The code as a PNG about 1,000 pixels wide."""
    code = _code(link)
    out = io.BytesIO()
    width = code.symbol_size(border=4)[0]
    code.save(out, kind="png", scale=max(1, round(1000 / width)), border=4, dark="#1b2430", light="#ffffff")
    return out.getvalue()


def _code(link: str) -> segno.QRCode:
    return segno.make(link, error="q", micro=False)
