"""The charts of themes and key phrases: claims follow verdicts, in both languages and widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peakend.language import LANGUAGES, Language
from peakend.report.charts import Basis, Exhibit
from peakend.report.charts.key_phrases import KEY_PHRASES
from peakend.report.charts.themes import THEMES
from peakend.report.draw import svg

Make = Callable[..., Basis]
Row = dict[str, Any]

WHERE: Row = {
    "programme": "p",
    "period": "2024",
    "period_kind": "wave",
    "source_id": "ask",
    "source_kind": "coded",
    "source_en": "Wishes",
    "source_zh": "愿望",
}


def theme(name: str, n: int, **given: object) -> Row:
    return {
        **WHERE,
        "theme": name,
        "theme_en": name,
        "theme_zh": f"{name}（中）",
        "origin": "code",
        "named": True,
        "tone": "negative",
        "covered": True,
        "n": n,
        "commented": 1000,
        "share": n / 1000,
        "share_low": n / 1000 - 0.01,
        "share_high": n / 1000 + 0.01,
        "score_en": "The whole",
        "score_zh": "整体",
        "scored": n,
        "mean": 3.5,
        "mean_low": 3.3,
        "mean_high": 3.7,
        "others": 1000 - n,
        "others_mean": 4.1,
        "verdict": "cannot_tell",
        "change_verdict": "no_previous_period",
        **given,
    }


def phrase(name: str, group: str, low: int, high: int) -> Row:
    sign = 1 if group == "detractors" else -1
    return {
        **WHERE,
        "phrase": name,
        "phrase_en": name,
        "phrase_zh": f"{name}（中）",
        "group": group,
        "n": low + high,
        "n_low": low,
        "n_high": high,
        "low_writers": 200,
        "high_writers": 400,
        "log_odds": 1.5 * sign,
        "log_odds_low": 1.0 * sign,
        "log_odds_high": 2.0 * sign,
        "adjusted_p": 0.001,
        "compared": 30,
    }


def headline(exhibit: Exhibit, made: Basis) -> str:
    finding = exhibit.finding(made, "en")
    assert finding is not None
    return str(finding.headline)


def test_the_headline_names_what_is_clearly_most_and_what_goes_with_low_scores(basis: Make) -> None:
    rows = [theme("shops", 90, verdict="lower"), theme("power", 300, covered=False), theme("art", 60)]
    said = headline(THEMES, basis(themes=rows))
    assert said == "“power” is asked for most; those who mention “shops” rate the whole lower"


def test_without_a_clear_first_nothing_is_called_most(basis: Make) -> None:
    rows = [theme("a", 101), theme("b", 100), theme("c", 99)]
    assert "is among what customers ask for most" in headline(THEMES, basis(themes=rows))


def test_praise_is_no_wish(basis: Make) -> None:
    rows = [theme("all great", 500, tone="positive"), theme("shops", 90), theme("Q8-1", 80, named=False)]
    finding = THEMES.finding(basis(themes=rows), "en")
    assert finding is not None
    assert "50" in finding.lede
    assert "all great" not in finding.headline
    assert "1 codes" in finding.caution


def test_few_themes_in_the_last_period_give_way_to_all_periods(basis: Make) -> None:
    last = [theme("now", 20)]
    together = [theme("always", 200, period="all", period_kind="all")]
    assert "always" in headline(THEMES, basis(themes=[*last, *together]))


def test_both_sides_are_told(basis: Make) -> None:
    rows = [phrase("queues", "detractors", 60, 10), phrase("smiles", "promoters", 5, 90)]
    said = headline(KEY_PHRASES, basis(key_phrases=rows))
    assert said == "Detractors say “queues”; promoters say “smiles”"
    assert "no complaint" in headline(KEY_PHRASES, basis(key_phrases=rows[1:]))


@pytest.mark.parametrize("exhibit", [THEMES, KEY_PHRASES])
def test_nothing_said_is_no_chart(basis: Make, exhibit: Exhibit) -> None:
    nothing = basis(themes=[], key_phrases=[])
    assert exhibit.finding(nothing, "en") is None
    assert exhibit.chart(nothing, "en", 680) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [328, 680])
def test_the_charts_draw(basis: Make, language: Language, width: int) -> None:
    themes = [theme("shops", 90, verdict="lower"), theme("power", 300, covered=False, change_verdict="more")]
    other = theme(
        "dirty", 20, source_id="clean", source_en="On cleanliness", source_zh="关于清洁", commented=90
    )
    made = basis(
        themes=[*themes, other],
        key_phrases=[phrase("queues", "detractors", 60, 10), phrase("smiles", "promoters", 5, 90)],
    )
    for exhibit in (THEMES, KEY_PHRASES):
        spec = exhibit.chart(made, language, width)
        assert spec is not None
        assert "<svg" in svg(spec, "said", "name")
        assert exhibit.behind(made)[1].num_rows >= 2
