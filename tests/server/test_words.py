"""Every template speaks both languages, and Chinese is punctuated as Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import peakend.server

ROOT = Path(peakend.server.__file__).parent
TEMPLATES = sorted(path for path in ROOT.rglob("templates/**/*") if path.suffix in (".html", ".txt"))
SAID = re.compile(r"""\{%\s*say\s+"((?:[^"\\]|\\.)*)"\s+"((?:[^"\\]|\\.)*)\"""")
HALF_WIDTH = re.compile(r"[一-鿿”][,;:?!(]|[,;?!)][一-鿿“]|[一-鿿] \(|\) [一-鿿]")
NAMES = re.compile(r"\{(\w+)")
# What is the same in both languages: the brand, and names of languages in themselves.
SAME = {"Peakend", "峰终", "English", "中文", "Excel", "csv", "sav", "xlsx"}
SAME |= {"NPS", "CSAT", "CES", "CSV", "XLSX", "SPSS", "QSF", "LSS", "JSON", "SHA"}
SAME |= {"QR", "API", "HTTP", "UTC", "SVG", "PNG"}


def said(path: Path) -> list[tuple[str, str]]:
    """The two halves of every sentence of a template."""
    return SAID.findall(path.read_text("utf-8"))


def bare(text: str) -> list[str]:
    """Words of a template that stand outside every tag: they would be read in one language only."""
    text = re.sub(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|<!--.*?-->", " ", text, flags=re.S)
    text = re.sub(r"<(style|script|svg|code|pre)\b.*?</\1>", " ", text, flags=re.S)
    text = re.sub(
        r"\{% block (?:body_\w+|attributes) %\}.*?\{% endblock %\}", " ", text
    )  # attributes of a tag
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.S)
    text = re.sub(r"""<(?:"[^"]*"|'[^']*'|[^'">])*>""", " ", text, flags=re.S)
    text = re.sub(r"&[a-z]+;|&#\d+;", " ", text)
    return [word for word in re.findall(r"[A-Za-z]{3,}|[一-鿿]+", text) if word not in SAME]


def test_there_are_templates_and_they_speak() -> None:
    assert len(TEMPLATES) > 10
    assert sum(len(said(path)) for path in TEMPLATES) > 100


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_says_everything_in_both_languages(path: Path) -> None:
    sentences = said(path)
    wrong = [zh for en, zh in sentences if HALF_WIDTH.search(re.sub(r"`[^`]*`|https?:\S*", "`", zh))]
    assert wrong == []
    uneven = [(en, zh) for en, zh in sentences if set(NAMES.findall(en)) != set(NAMES.findall(zh))]
    assert uneven == []
    assert bare(path.read_text("utf-8")) == []


def test_bare_words_and_half_width_marks_are_found() -> None:
    assert bare('<p title="x">Hello {% say "a" "b" %}</p>') == ["Hello"]
    assert bare("<p>您好</p>") == ["您好"]
    assert HALF_WIDTH.search("分值: 超出")
