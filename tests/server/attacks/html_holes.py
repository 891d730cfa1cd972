"""Finds what an attack became in a page: read as a browser reads it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# As an element, an attribute, out of a script, a title or a text area; as a template and as a format.
BREAKOUT = (
    '"\'><pkx{n}x pkx=1 onload=pkx()>{{{{"pk"|add:"evil"}}}}{{% now "\\p\\k\\e\\v\\i\\l" %}}{{0.__class__}}'
    "</script></textarea></title></style>--><pkx{n}x>"
)
ADDRESS = "javascript:pkx({n})//"
ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "data", "poster", "background", "xlink:href", "srcset", "ping"}
    | {"hx-get", "hx-post", "hx-put", "hx-delete", "hx-patch", "hx-push-url"}
)
_RUNS = re.compile(
    r"(?:javascript|vbscript|livescript):|data:(?!image/(?:png|jpeg|webp|gif|svg\+xml)[;,])", re.I
)
SHOWN = re.compile(r"(?:&lt;|\\u003[Cc]|%3C|<)pkx(\d+)x")


def breakout(n: int) -> str:
    """Attack number `n` on the markup around it."""
    return BREAKOUT.format(n=n)


def address(n: int) -> str:
    """Attack number `n` on a link."""
    return ADDRESS.format(n=n)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.holes: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.startswith("pkx"):
            self.holes.append(f"element <{tag}>")
        given = dict(attrs)
        for name, value in attrs:
            if name.startswith(("pkx", "on")):
                self.holes.append(f"attribute {name} of <{tag}>")
            plain = re.sub(r"[\x00-\x20]", "", value or "")
            if name in ADDRESSES and _RUNS.match(plain):
                self.holes.append(f"<{tag} {name}={plain[:60]}>")
            if name.startswith("hx-on") or (name in ("hx-vals", "hx-headers") and plain.startswith("js:")):
                self.holes.append(f"script in {name} of <{tag}>")
            if name == "style" and "pkx" in plain and "url(" in plain:
                self.holes.append(f"style of <{tag}>")
        if tag == "script" and "src" not in given and "json" not in (given.get("type") or ""):
            self.holes.append("a script inside the page")
        inside = given.pop("srcdoc", None)
        if inside is not None:
            # A page of its own: it may run nothing, and is read as the page around it is.
            if tag != "iframe" or "sandbox" not in given or "allow-scripts" in (given["sandbox"] or ""):
                self.holes.append("a page in the page without a sandbox")
            self.holes += holes_in(inside)
        if tag in ("base", "iframe", "object", "embed", "meta") and "pkx" in str(given.values()):
            self.holes.append(f"<{tag}> with an attack")

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def holes_in(page: str) -> list[str]:
    """What an attack became in `page`, or nothing."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    words = "".join(reader.words)
    if "pkevil" in words or "pkevil" in page:
        reader.holes.append("a template was evaluated")
    if re.search(r"<class '|<bound method|object at 0x", words):
        reader.holes.append("a format was evaluated")
    return sorted(set(reader.holes))
