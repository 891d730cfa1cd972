"""What is wrong with a page as a browser shows it: barriers, overflow, complaints, foreign hosts, words."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

PHONE, DESK = 390, 1200
WIDTHS = (PHONE, DESK)
SCHEMES = ("light", "dark")
LONG = os.environ.get("PEAKEND_LONG") == "1"
SHOTS = os.environ.get("PEAKEND_TEST_SHOTS")  # a folder for pictures to look at

_RULES = """() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  resultTypes: ['violations']}).then(found => found.violations.map(
  one => `${one.id}: ${one.help}: ${one.nodes[0].html.slice(0, 160)} `
    + one.nodes[0].failureSummary.slice(0, 200)))"""

# What sticks out of the window, by its own box; the page may not be scrolled sideways.
_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.querySelectorAll('body *')].filter(
    e => e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll, .tabs, .hidden'));
  const first = (out[0] || document.body).outerHTML.slice(0, 120);
  return [`${document.documentElement.scrollWidth} px wide: ${first}`];
}"""

# Words in Latin letters of a Chinese page. What a person wrote, and codes, are told apart by their place.
_LATIN = r"""() => {
  const away = 'script, style, svg, code, kbd, pre, textarea, option[lang], [lang]:not(html):not([lang^=zh]),'
    + ' blockquote, .said, .code, datalist, select[name=timezone]';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const words = [];
  const take = text => words.push(...(text.match(/[A-Za-z][A-Za-z0-9_.:@\/-]*[A-Za-z0-9]/g) || []));
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent.closest(away)) take(walk.currentNode.textContent);
  }
  for (const one of document.querySelectorAll('[placeholder], [aria-label], [alt], [title]'))
    if (!one.closest(away))
      for (const name of ['placeholder', 'aria-label', 'alt', 'title']) take(one.getAttribute(name) || '');
  take(document.title);
  return [...new Set(words)].filter(word => /[A-Za-z]{4}/.test(word) && !/[@\/]/.test(word));
}"""


@cache
def _axe() -> str:
    return (files("axe_core_python") / "axe.min.js").read_text("utf-8")


@dataclass
class Watched:
    """A page of the site whose requests and complaints are written down."""

    page: Page
    home: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("console", lambda said: self._said(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and not url.startswith(self.home):
            self.strangers.append(url)

    def _said(self, kind: str, text: str) -> None:
        # A page that refuses a form with 422 is a page; the browser calls it an error.
        if kind in ("error", "warning") and "422" not in text:
            self.complaints.append(text)

    def goto(self, path: str) -> Response | None:
        """Open the address `path` of the site; None where it is no page: a bare refusal, or a file."""
        from playwright.sync_api import Error

        try:
            return self.page.goto(self.home + path)
        except Error as error:
            if not any(
                kind in error.message for kind in ("ERR_HTTP_RESPONSE_CODE_FAILURE", "Download is starting")
            ):
                raise
            # Chromium's own page about it comes between this address and the next: wait for it to be gone.
            for _ in range(50):
                self.page.wait_for_timeout(20)
                if self._left():
                    break
            self.complaints.clear()
            return None

    def _left(self) -> bool:
        from playwright.sync_api import Error

        try:
            self.page.goto("about:blank")
        except Error:
            return False
        return True

    def barriers(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA."""
        if not self.page.evaluate("typeof window.axe === 'object'"):
            self.page.evaluate(_axe())
        return list(self.page.evaluate(_RULES))

    def wide(self) -> list[str]:
        """What makes the page wider than its window."""
        return list(self.page.evaluate(_WIDE))

    def latin(self) -> set[str]:
        """Words of four and more Latin letters that are neither code nor what a person wrote."""
        return set(self.page.evaluate(_LATIN))

    def faults(self) -> list[str]:
        """Everything but the words, at the width and scheme it is shown in; complaints are told once."""
        found = [
            *self.barriers(),
            *self.wide(),
            *self.complaints,
            *(f"asked {url}" for url in self.strangers),
        ]
        self.complaints.clear()
        self.strangers.clear()
        return found

    def everywhere(self, name: str) -> list[str]:
        """The faults at both widths and in both schemes; `name` says which page it was."""
        size = self.page.viewport_size or {"width": DESK, "height": 900}
        found = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": size["height"]})
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                found += [f"{name} ({width} px, {scheme}): {fault}" for fault in self.faults()]
            self.shot(f"{name}-{width}")
        self.page.set_viewport_size(size)
        return found

    def shot(self, name: str) -> None:
        """Keep a picture where `PEAKEND_TEST_SHOTS` says so."""
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
