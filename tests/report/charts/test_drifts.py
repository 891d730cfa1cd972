"""Where scores are heading, in sentences that the intervals allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.drifts import RATING
from peakend.report.draw import svg

Make = Callable[..., Basis]
Row = dict[str, Any]


def series(name: str, change: float, verdict: str, **more: object) -> Row:
    return {
        "programme": "p",
        "metric": "rating",
        "question_id": name,
        "label_en": name.capitalize(),
        "label_zh": f"{name}（中）",
        "overall": False,
        "touchpoint_id": name,
        "segmentation": "all",
        "segment": "all",
        "periods": 8,
        "first_period": "2010",
        "last_period": "2017",
        "slope": change / 7,
        "change": change,
        "change_low": change - 0.1,
        "change_high": change + 0.1,
        "adjusted_p": 0.001 if verdict in {"rising", "falling"} else 0.4,
        "verdict": verdict,
        "last_value": 4.0,
        "expected_low": 3.9,
        "expected_high": 4.1,
        "standing": "usual",
    } | more


def test_what_fell_and_what_rose_is_named_since_when(basis: Make) -> None:
    rows = [
        series("shops", -0.3, "falling"),
        series("signs", 0.2, "rising"),
        series("wifi", 0.1, "cannot_tell"),
    ]
    found = RATING.finding(basis(score_trends=rows), "en")
    assert found is not None
    assert found.headline == "Since 2010, Shops fell while Signs rose"
    assert "1 rose, 1 fell, and for 1 it cannot be told" in found.lede
    assert [figure.tone for figure in found.figures] == ["act", "good"]
    chinese = RATING.finding(basis(score_trends=rows), "zh")
    assert chinese is not None
    assert chinese.headline == "自2010年以来，shops（中）持续下降，signs（中）持续上升"


def test_the_whole_comes_first_among_many(basis: Make) -> None:
    rows = [series(f"part{n}", 0.3, "rising") for n in range(4)]
    rows.append(series("whole", 0.1, "rising", overall=True))
    found = RATING.finding(basis(score_trends=rows), "en")
    assert found is not None
    assert found.headline == "Since 2010, Whole and 4 others rose"


def test_nothing_clear_is_said_so_and_a_last_wave_out_of_line_is_named(basis: Make) -> None:
    odd = series("shops", 0.1, "cannot_tell", standing="below", last_value=3.2)
    found = RATING.finding(basis(score_trends=[odd]), "en")
    assert found is not None
    assert found.headline == "No mean rating drifts clearly over the periods"
    assert "Shops at 3.20 (expected 3.90 to 4.10)" in found.lede


def test_short_series_are_not_drawn(basis: Make) -> None:
    rows = [series("shops", 0.1, "too_few_periods", slope=None)]
    assert RATING.finding(basis(score_trends=rows), "en") is None
    assert RATING.chart(basis(score_trends=rows), "en", 680) is None


def test_many_series_keep_both_ends_and_every_width_draws(basis: Make) -> None:
    rows = [series(f"part{n:02}", n / 100, "cannot_tell") for n in range(50)]
    for language in LANGUAGES:
        for width in (328, 680):
            spec = RATING.chart(basis(score_trends=rows), language, width)
            assert spec is not None
            assert len(spec["data"]["values"]) == 30
            assert svg(spec, "x", "c").startswith("<svg")
    assert RATING.behind(basis(score_trends=rows))[1].num_rows == 50
