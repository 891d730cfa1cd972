"""The page in a real browser: on a phone, on a desk, light, dark and on paper."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.declaration import Analysis
from peakend.engine import Engine
from peakend.language import LANGUAGES, Language
from peakend.report import write_report

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

EngineWith = Callable[[Mapping[str, pa.Table]], Engine]
Analyses = tuple[Analysis, ...]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE, DESK = 390, 1200

# WCAG 2.2, 1.4.3: contrast of every text against the first opaque background behind it.
CONTRAST = """() => {
  const channel = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = c => {
    const [r, g, b] = parse(c).map(channel);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor, p = parse(c);
      if (p.length === 3 || p[3] > 0) return c;
    }
    return 'rgb(255, 255, 255)';
  };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || e.closest('title, .skip') || !e.getClientRects().length) continue;
    const style = getComputedStyle(e), drawn = e instanceof SVGElement;
    const a = light(drawn ? style.fill : style.color), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (e.textContent.trim() !== '■' && ratio < (large ? 3 : 4.5))
      bad.push([e.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return bad;
}"""
# Words of one drawing whose boxes share more than a pixel.
COLLISIONS = """() => {
  const bad = [];
  for (const chart of document.querySelectorAll('svg.chart')) {
    if (!chart.getClientRects().length) continue;
    const words = [...chart.querySelectorAll('text')].filter(t => t.textContent.trim());
    const boxes = words.map(t => [t.textContent, t.getBoundingClientRect()]);
    const frame = chart.getBoundingClientRect();
    boxes.forEach(([text, a], i) => {
      if (a.left < frame.left - 2 || a.right > frame.right + 2) bad.push([text, 'outside']);
      for (const [other, b] of boxes.slice(i + 1))
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4) bad.push([text, other]);
    });
  }
  return bad;
}"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg.chart')]
  .filter(c => c.getClientRects().length)
  .flatMap(c => [...c.querySelectorAll('text')].map(t =>
    parseFloat(getComputedStyle(t).fontSize) * c.getBoundingClientRect().width / c.viewBox.baseVal.width)))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def report(
    engine_with: EngineWith, everything: dict[str, pa.Table], analyses: Analyses, tmp_path: Path
) -> Callable[[Language], Path]:
    """`report("zh")`: the page, with a name nobody wishes for."""

    def make(language: Language) -> Path:
        table = everything["rating_by_touchpoint"]
        long = (
            "A touchpoint whose name somebody wrote as a novel, with “quotes”, <b>tags</b>, 🛫 and 汉字 " * 2
        )
        rows = [
            {**r, "label_en": long, "label_zh": long} if r["label_en"] == "Signs" else r
            for r in table.to_pylist()
        ]
        stored = {**everything, "rating_by_touchpoint": pa.Table.from_pylist(rows, schema=table.schema)}
        return write_report(
            engine_with(stored), tmp_path / f"{language}.html", language=language, analyses=analyses
        )

    return make


@pytest.fixture
def shown(chromium: Browser) -> Iterator[Callable[..., Any]]:
    """`shown(path, width, scheme)`: the page in the browser, what it asked for, what it complained of."""
    contexts = []

    def open_page(path: Path, width: int, scheme: str = "light") -> tuple[Any, list[str], list[str]]:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        return page, asked, complaints

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_page_fits_its_screen_and_stays_at_home(
    report: Callable[..., Path], shown: Callable[..., Any], language: Language, width: int
) -> None:
    path = report(language)
    page, asked, complaints = shown(path, width)
    for fold in page.query_selector_all("summary"):
        fold.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [path.as_uri()]
    assert complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_words_in_charts_never_meet_and_are_readable(
    report: Callable[..., Path], shown: Callable[..., Any], language: Language, width: int
) -> None:
    page, _, _ = shown(report(language), width)
    assert page.evaluate(COLLISIONS) == []
    assert page.evaluate(SMALLEST) >= 12


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_word_has_enough_contrast(
    report: Callable[..., Path], shown: Callable[..., Any], scheme: str, width: int
) -> None:
    page, _, _ = shown(report("en"), width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(CONTRAST) == []


def test_the_dark_page_recolours_its_charts(report: Callable[..., Path], shown: Callable[..., Any]) -> None:
    path = report("en")
    word = "getComputedStyle(document.querySelector('.desktop svg text')).fill"
    colours = [shown(path, DESK, scheme)[0].evaluate(word) for scheme in ("light", "dark")]
    assert colours[0] != colours[1]


def test_a_phone_gets_its_own_drawing(report: Callable[..., Path], shown: Callable[..., Any]) -> None:
    visible = """[...document.querySelectorAll('svg.chart')].filter(c => c.getClientRects().length)
        .map(c => c.viewBox.baseVal.width)"""
    path = report("en")
    assert set(shown(path, PHONE)[0].evaluate(visible)) == {328}
    assert set(shown(path, DESK)[0].evaluate(visible)) == {680}


def test_paper_is_light_and_shows_what_was_folded(
    report: Callable[..., Path], shown: Callable[..., Any]
) -> None:
    page, _, _ = shown(report("en"), DESK, "dark")
    assert not page.is_visible("caption >> nth=0")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.is_visible("caption >> nth=0")
    assert not page.is_visible(".sql >> nth=0")


def test_the_page_is_used_by_keyboard(report: Callable[..., Path], shown: Callable[..., Any]) -> None:
    page, _, _ = shown(report("en"), DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("summary >> nth=0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('details').open")
