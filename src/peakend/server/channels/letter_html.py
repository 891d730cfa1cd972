"""What HTML a letter may hold: read as a mail program reads it, and only what is known to be harmless."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_TAGS = frozenset(
    """
    a abbr article b blockquote body br center caption code col colgroup dd div dl dt em figure
    figcaption font footer h1 h2 h3 h4 h5 h6 head header hr html i img li main ol p pre s section small
    span strong sub sup table tbody td tfoot th thead title tr u ul
    """.split()  # noqa: SIM905 - as words it stays readable
)
_ATTRIBUTES = frozenset(
    """
    align alt bgcolor border cellpadding cellspacing class color colspan dir height href hspace id lang
    role rowspan size span src style target title valign vspace width
    """.split()  # noqa: SIM905 - as words it stays readable
)
_LINK = re.compile(r"(?:https?://|mailto:|tel:|#|\{\{\s*(?:link|decline)\s*\}\})", re.I)
_STYLE = re.compile(r"url\s*\(|expression\s*\(|@import|javascript|behavior|\\|/\*", re.I)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.found.append(f"<{tag[:20]}>")
        for name, value in attrs:
            told = re.sub(r"[\x00-\x20\x7f]", "", value or "")
            linked = name in ("href", "src")
            if (
                not (name in _ATTRIBUTES or name.startswith("aria-"))
                or (linked and not _LINK.match(told))
                or (name == "style" and _STYLE.search(value or ""))
            ):
                self.found.append(name[:20])

    def handle_decl(self, decl: str) -> None:
        if not decl.lower().startswith("doctype"):
            self.found.append("<!")

    def unknown_decl(self, data: str) -> None:
        self.found.append("<!")

    def handle_pi(self, data: str) -> None:
        self.found.append("<?")


def unsafe(html: str) -> list[str]:
    """The elements and attributes that do not belong into a letter, each once."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    # What is left open at the end is read on into whatever follows.
    if reader.rawdata.strip().startswith("<"):
        reader.found.append("<")
    return list(dict.fromkeys(reader.found))
