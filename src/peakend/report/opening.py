"""How the page opens: the finding as headline, one paragraph, and the figures it stands on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.report.numbers import listing, number
from peakend.report.sources import FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peakend.language import Language
    from peakend.report.finding import Figure
    from peakend.report.sources import Source
    from peakend.report.story import Shown, Story

MOST_FIGURES = 4


@dataclass(frozen=True, slots=True)
class Opening:
    headline: str
    lede: str
    figures: list[Figure]


def opening(story: Story) -> Opening:
    """The weightiest finding first; the next ones as sentences below; the first figure of each."""
    leading = [one for one in story.leading() if one.finding.weight > 0] or story.leading()
    first, rest = leading[0], leading[1:4]
    return Opening(first.finding.headline, _lede(story, rest) or first.finding.lede, _figures(story))


def _lede(story: Story, rest: list[Shown]) -> str:
    """What the page stands on, then the next headlines as sentences."""
    language = story.language
    stop = Text(".", "。").in_(language)
    sentences = [_ground(story)]
    sentences += [one.finding.headline + stop for one in rest if one.finding.weight >= 30]
    return ("" if language == "zh" else " ").join(sentence for sentence in sentences if sentence)


def _ground(story: Story) -> str:
    """How many rows of facts the page stands on; empty when none are counted."""
    if _unrelated(story.sources):
        return _side_by_side(story)
    counted: Counter[str] = Counter()
    for source in story.sources:
        counted.update(source.rows)
    if not (listed := _counts(counted, story.language)):
        return ""
    return Text(f"This page stands on {listed}.", f"本页依据{listed}。").in_(story.language)


def _unrelated(sources: list[Source]) -> bool:
    """Whether several sources share no table: then nothing joins them, and the page must say so."""
    tables = [table for source in sources for table in source.rows]
    return 1 < len(sources) <= 3 and len(tables) == len(set(tables))


def _side_by_side(story: Story) -> str:
    language = story.language
    marks = Text("{} ({})", "{}（{}）").in_(language)
    named = [marks.format(one.short(language), _counts(one.rows, language)) for one in story.sources]
    listed = listing(named, language)
    return Text(
        f"Sources that share no customers stand side by side here: {listed}.",
        f"本页并列展示互不相关的数据来源：{listed}。",
    ).in_(language)


def _counts(rows: Mapping[str, int], language: Language) -> str:
    named = [
        f"{number(rows[table])} {words.in_(language)}"
        for table, words in FACTS.items()
        if rows.get(table) and table != "surveys"
    ]
    return listing(named, language)


def _figures(story: Story) -> list[Figure]:
    """The first figure of the weightiest exhibits, each label once, at most two of an analysis."""
    chosen: dict[str, Figure] = {}
    taken: Counter[str] = Counter()
    for one in sorted(story.shown, key=lambda one: -one.finding.weight):
        if not one.finding.figures or len(chosen) == MOST_FIGURES or taken[one.analysis.name] == 2:
            continue
        figure = one.finding.figures[0]
        if figure.label not in chosen:
            chosen[figure.label] = figure
            taken[one.analysis.name] += 1
    return list(chosen.values())


def page_title(story: Story, given: str | None) -> str:
    """The title of the browser's tab: what was given, else Peakend's own."""
    return given or Text("Peakend: customer experience report", "峰终：客户体验报告").in_(story.language)
