"""What an import could not take over, piece by piece."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from peakend.language import Text
from peakend.server.surveys.drafts import Draft


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the source that is not, or not in the same way, in the draft; `where` names it there."""

    where: str
    what: Text


@dataclass(slots=True)
class Imported:
    """A draft and what was lost on the way."""

    draft: Draft
    losses: list[Loss]
    source: str


@dataclass(slots=True)
class Losses:
    """Collects losses, each once."""

    found: list[Loss] = field(default_factory=list)

    def add(self, where: str, en: str, zh: str) -> None:
        """Note a loss."""
        loss = Loss(where[:80], Text(en[:300], zh[:300]))
        if loss not in self.found and len(self.found) < 2000:
            self.found.append(loss)


_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"})
_HIDDEN = frozenset({"script", "style", "head", "title"})


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.hidden += tag in _HIDDEN
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _BREAKS - {"br"}:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def plain(text: object, where: str, losses: Losses) -> str:
    """The words of a text without HTML; what its tags did is noted as lost."""
    if not isinstance(text, str):
        return ""
    if "<" not in text:
        return _tidy(html.unescape(text))
    reader = _Plain()
    reader.feed(text)
    reader.close()
    shown = sorted(tag for tag in reader.tags if tag not in ("br", "p", "span", "div"))
    listed = ", ".join(f"<{tag}>" for tag in shown[:8])
    if {"script", "style"} & reader.tags:
        losses.add(where, "A script or style was removed.", "已移除脚本或样式。")
    if {"img", "video", "audio", "iframe"} & reader.tags:
        losses.add(where, "A picture or recording was removed.", "已移除图片或音视频。")
    if "a" in reader.tags:
        losses.add(where, "A link was removed; its words stay.", "已移除链接，保留其文字。")
    if reader.tags:
        losses.add(
            where,
            f"HTML was stripped{f' ({listed})' if listed else ''}.",
            f"已去除 HTML 格式{f'（{listed}）' if listed else ''}。",
        )
    return _tidy("".join(reader.words))


def _tidy(text: str) -> str:
    lines = [re.sub(r"[ \t\xa0\u200b]+", " ", line).strip() for line in text.replace("\x00", "").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:4000]


def code_of(text: object, taken: set[str], stem: str = "q") -> str:
    """A question's id made of the name it had: lower case, letters, digits, underscores, free."""
    found = re.sub(r"[^a-z0-9_]+", "_", str(text or "").lower()).strip("_")[:34]
    if not found or not found[0].isalpha():
        found = f"{stem}{'_' if found else ''}{found}"[:34]
    made, number = found, 2
    while made in taken:
        made, number = f"{found}_{number}", number + 1
    taken.add(made)
    return made


def option_code(text: object, taken: set[str]) -> str:
    """An option's code made of the one it had."""
    found = re.sub(r"[^A-Za-z0-9_.-]+", "_", str(text or "")).strip("_")[:34] or "o"
    made, number = found, 2
    while made in taken:
        made, number = f"{found}_{number}", number + 1
    taken.add(made)
    return made


_TAGS = {
    "zh-s": "zh",
    "zh-cn": "zh",
    "zh-hans": "zh",
    "zh-t": "zh-Hant",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-hant": "zh-Hant",
    "zh-hant-tw": "zh-Hant",
    "zh-hant-hk": "zh-Hant",
    "en-gb": "en-GB",
    "en-us": "en",
    "es-es": "es-ES",
    "pt-br": "pt-BR",
}


def language_tag(name: object, losses: Losses) -> str | None:
    """The language tag for the name another system has for it; None where it is none."""
    lowered = str(name or "").strip().lower().replace("_", "-")
    tag = _TAGS.get(lowered, lowered)
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        losses.add(
            "languages", f"The language {str(name)[:30]} is not known.", f"无法识别语言 {str(name)[:30]}。"
        )
        return None
    return tag


def short_label(text: str) -> str:
    """The first words of a text, for a list of losses."""
    return text if len(text) <= 40 else f"{text[:39]}…"
