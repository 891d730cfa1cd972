"""The page: one file, one language, nothing from outside, everything escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from peakend.declaration import Analysis
from peakend.engine import Engine
from peakend.language import LANGUAGES, Language
from peakend.report import write_report
from peakend.report.charts.touchpoints import RATING
from peakend.report.page import WORDS, ReportIncompleteError, ReportPathError
from peakend.report.story import NothingToReportError
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from pathlib import Path

EngineWith = Callable[[Mapping[str, pa.Table]], Engine]
Everything = dict[str, pa.Table]
Analyses = tuple[Analysis, ...]


@pytest.fixture
def page(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, tmp_path: Path
) -> Callable[..., str]:
    """`page("en")`: the text of the report of every analysis."""

    def make(language: Language, **given: object) -> str:
        path = write_report(
            engine_with(everything),
            tmp_path / "out" / f"{language}.html",
            language=language,
            analyses=analyses,
            **given,
        )
        return path.read_text("utf-8")

    return make


class _Outline(HTMLParser):
    """Headings in order, ids, and references to ids."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.referred: list[str] = []
        self.scopes: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "th":
            self.scopes.append(given.get("scope"))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        for name in ("aria-labelledby", "href"):
            value = given.get(name) or ""
            if name == "aria-labelledby" or value.startswith("#"):
                self.referred += value.lstrip("#").split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_fetches_nothing(page: Callable[..., str], language: Language) -> None:
    text = page(language)
    outside = re.findall(r"https?://[^\s\"'<)]+", text)
    assert set(outside) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(?:script|link|img|iframe|object)\b|@import|url\((?!#)", text)
    assert "default-src 'none'" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_are_in_order_and_every_reference_has_its_target(
    page: Callable[..., str], language: Language
) -> None:
    outline = _Outline()
    outline.feed(page(language))
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.referred) <= set(outline.ids)
    assert set(outline.scopes) == {"col", "row"}


def test_each_page_speaks_one_language(page: Callable[..., str]) -> None:
    english, chinese = page("en"), page("zh")
    assert '<html lang="en"' in english
    assert '<html lang="zh-Hans"' in chinese
    for words in WORDS.values():
        assert words.zh not in english
        if words.zh != words.en and len(words.en.split()) > 1:
            assert words.en not in chinese
    body = english[english.index("<body") :]
    assert not re.search(r"[\u4e00-\u9fff]", body)


def test_names_from_the_data_are_text_and_never_markup(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, tmp_path: Path
) -> None:
    rows = everything["rating_by_touchpoint"].to_pylist()
    evil = '<script>alert("x")</script>\'" --'
    rows = [{**row, "label_en": evil if row["label_en"] == "Shops" else row["label_en"]} for row in rows]
    schema = everything["rating_by_touchpoint"].schema
    engine = engine_with({**everything, "rating_by_touchpoint": pa.Table.from_pylist(rows, schema=schema)})
    text = write_report(engine, tmp_path / "r.html", analyses=analyses, title="<b>Board</b>").read_text(
        "utf-8"
    )
    assert "<script" not in text
    assert "<b>Board" not in text
    assert "&lt;script&gt;" in text


def test_every_analysis_ends_with_who_does_what_and_how_it_is_checked(page: Callable[..., str]) -> None:
    text = page("en")
    articles = text.split('<article class="analysis"')[1:]
    assert len(articles) >= 7
    for article in articles:
        assert WORDS["next"].en in article
        assert WORDS["check"].en in article
        assert WORDS["method"].en in article


def test_a_theme_may_be_fixed(page: Callable[..., str]) -> None:
    assert '<html lang="en" data-theme="dark">' in page("en", theme="dark")
    assert "data-theme=" not in page("en").split("<head>")[0]


def test_both_ways_into_the_dark_have_the_same_colours() -> None:
    from importlib.resources import files

    style = files("peakend.report").joinpath("tokens.css").read_text("utf-8")
    blocks = re.findall(r"color-scheme: dark;(.*?)\}", style, re.DOTALL)
    assert len(blocks) == 2
    assert blocks[0].split() == blocks[1].split()


def test_a_simulated_warehouse_says_so_at_the_top(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, tmp_path: Path
) -> None:
    schema = canonical_table("customers").schema()
    row = {field.name: None for field in schema} | {"customer_id": "1", "source": "simulated:bank"}
    engine = engine_with({**everything, "customers": pa.Table.from_pylist([row], schema=schema)})
    text = write_report(engine, tmp_path / "r.html", language="zh", analyses=analyses).read_text("utf-8")
    assert text.index("模拟数据。") < text.index("<h1>")


def test_shipped_data_are_attributed(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, tmp_path: Path
) -> None:
    schema = canonical_table("customers").schema()
    row = {field.name: None for field in schema} | {"customer_id": "1", "source": "online_retail"}
    engine = engine_with({**everything, "customers": pa.Table.from_pylist([row], schema=schema)})
    text = write_report(engine, tmp_path / "r.html", analyses=analyses).read_text("utf-8")
    assert "CC BY 4.0" in text
    assert "10.24432/C5BW33" in text


def test_a_report_that_cannot_be_made_leaves_the_old_one(
    engine_with: EngineWith, analyses: Analyses, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text("the old one")
    with pytest.raises(NothingToReportError):
        write_report(engine_with({}), path, analyses=analyses)
    assert path.read_text() == "the old one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_is_no_file_to_write_a_report_to(tmp_path: Path, engine_with: EngineWith) -> None:
    with pytest.raises(ReportPathError, match="is a folder"):
        write_report(engine_with({}), tmp_path)


@pytest.mark.parametrize("part", ["finding", "chart"])
def test_an_exhibit_that_fails_costs_neither_the_others_nor_the_truth(
    part: str,
    engine_with: EngineWith,
    everything: Everything,
    analyses: Analyses,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page is written and says what it lacks; whoever asked is told, with the cause."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("nobody answered")

    monkeypatch.setattr(type(RATING), part, fail)
    target = tmp_path / "report.html"
    with pytest.raises(ReportIncompleteError, match="nobody answered") as raised:
        write_report(engine_with(everything), target, analyses=analyses)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert raised.value.data["path"] == str(target)
    text = target.read_text("utf-8")
    assert "Could not be shown" in text
    assert "rfm" in text, "the others are there"
    assert "nobody answered" not in text, "a fault of ours is not the reader's"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"], "no draft is left"
