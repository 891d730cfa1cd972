"""The SVG that goes into the page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from peakend.report.charts.dots import Dot, dots
from peakend.report.draw import PALETTE, recolouring, svg

ROWS = [
    Dot("Shops", 3.6, 3.5, 3.7, "500", "act", "lowest"),
    Dot('<script>alert("1")</script> & 🛫 餐饮', 4.0, 3.9, 4.1),
]


def test_a_drawing_says_its_sentence_to_those_who_do_not_see_it() -> None:
    drawn = ElementTree.fromstring(svg(dots(ROWS, 680, "en"), 'Shops are rated "lowest" <b>', "chart-1"))
    assert drawn.attrib["role"] == "img"
    title = drawn.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == 'Shops are rated "lowest" <b>'
    assert drawn.attrib["aria-labelledby"] == title.attrib["id"]


def test_a_name_is_text_whatever_it_holds() -> None:
    drawn = svg(dots(ROWS, 680, "en"), "…", "c")
    assert "<script" not in drawn
    texts = "".join(ElementTree.fromstring(drawn).itertext())
    assert '<script>alert("1")</script>' in texts


def test_every_colour_of_a_drawing_is_a_token_that_the_page_recolours() -> None:
    drawn = svg(dots(ROWS, 328, "zh"), "…", "c")
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]+)"', drawn))
    assert used
    assert used <= set(PALETTE.values())
    rules = recolouring()
    assert all(f'[fill="{colour}"]' in rules and f'[stroke="{colour}"]' in rules for colour in used)


def test_words_are_never_smaller_than_twelve_pixels() -> None:
    for width in (328, 680):
        sizes = re.findall(r'font-size="([\d.]+)px"', svg(dots(ROWS, width, "en"), "…", "c"))
        assert sizes
        assert min(map(float, sizes)) >= 12


def test_a_drawing_has_exactly_the_width_it_was_asked_for() -> None:
    for width in (328, 680):
        box = re.search(r'viewBox="0 0 ([\d.]+)', svg(dots(ROWS, width, "en"), "…", "c"))
        assert box is not None
        assert float(box.group(1)) == width


def test_two_drawings_share_no_id() -> None:
    ids = [
        set(re.findall(r'\bid="([^"]+)"', svg(dots(ROWS, 680, "en"), "…", name))) for name in ("one", "two")
    ]
    assert not ids[0] & ids[1]


def test_a_phone_says_what_its_bases_count_and_runs_no_line_through_a_label() -> None:
    spec = dots(ROWS, 328, "en")
    words = {
        value["t"]
        for layer in spec["layer"]
        for value in layer.get("data", {}).get("values", [])
        if "t" in value
    }
    assert "n = 500" in words
    grid = spec["layer"][0]["data"]["values"]
    assert all(line["y2"] - line["y"] <= 16 for line in grid)
