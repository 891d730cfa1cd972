"""The chapter on worth, told and drawn from a small simulated airline: every exhibit, both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from peakend.analyses import catalogue, run
from peakend.demo import simulate
from peakend.engine import Engine, connect
from peakend.language import LANGUAGES, Language
from peakend.report.charts import CHARTS
from peakend.report.draw import svg
from peakend.report.story import Shown, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

WORTH = tuple(analysis for analysis in catalogue() if analysis.chapter == "worth")


@pytest.fixture(scope="module")
def airline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with connect(f"duckdb:///{tmp_path_factory.mktemp('worth') / 'airline.duckdb'}") as engine:
        simulate("airline", customers=1_200, seed=4, into=engine)
        report = run(engine, only=[analysis.name for analysis in WORTH])
        assert {outcome.status for outcome in report.outcomes} <= {"done"}, report.outcomes
        yield engine


def _shown(engine: Engine, language: Language) -> list[Shown]:
    story = tell(engine, language)
    assert not story.failed, story.failed
    return [one for one in story.shown if one.analysis.chapter == "worth"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_analysis_of_worth_tells_something_in_whole_sentences(
    airline: Engine, language: Language
) -> None:
    shown = _shown(airline, language)
    assert {one.analysis.name for one in shown} >= {
        *("lifetime_values", "value_tiers", "promoters_worth", "value_focus", "delivered_value"),
        *("mutual_value", "profit_whale", "service_costing", "share_of_wallet", "purchase_summary"),
    }
    for one in shown:
        found = one.finding
        words = [found.headline, found.lede, found.reading, found.caution]
        words += [word for figure in found.figures for word in (figure.label, figure.value, figure.note)]
        for sentence in words:
            assert not re.search(r"\bNone\b(?! of)", sentence), (one.id, sentence)
            assert "nan" not in sentence.split(), (one.id, sentence)
        assert found.headline
        assert not found.headline.endswith((".", "。")), one.id


@pytest.mark.parametrize("width", [328, 680])
def test_every_picture_of_worth_is_drawn(airline: Engine, width: int) -> None:
    drawn = 0
    for one in _shown(airline, "zh"):
        if one.exhibit is None or one.analysis.chart not in CHARTS:
            continue
        spec = one.exhibit.chart(one.basis, "zh", width)
        if spec is not None:
            assert svg(spec, one.finding.headline, "c").startswith("<svg"), one.id
            drawn += 1
        name, rows = one.exhibit.behind(one.basis)
        assert rows.num_rows > 0, name
    assert drawn >= 15
