"""Charts of variants, designed against lived journeys, and hand-off gaps: words, drawings, empty cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from peakend.journey.designed.columns import DESIGN_CONFORMANCE, DESIGN_DEVIATIONS, HANDOFF_GAPS
from peakend.journey.traces.columns import JOURNEY_VARIANTS
from peakend.language import LANGUAGES, Language
from peakend.report.charts import Basis
from peakend.report.charts.designed_journeys import DESIGNED
from peakend.report.charts.handoff_gaps import GAPS
from peakend.report.charts.journey_variants import VARIANTS

if TYPE_CHECKING:
    from peakend.declaration import ResultTable


def _table(table: ResultTable, *rows: dict[str, Any]) -> pa.Table:
    names = table.schema().names
    return pa.Table.from_pylist(
        [dict.fromkeys(names) | {"hidden": False} | row for row in rows], table.schema()
    )


def _share(n: int, of: int) -> dict[str, Any]:
    return {"share": n / of, "share_low": max(n / of - 0.02, 0), "share_high": min(n / of + 0.02, 1)}


_WAY = {"segmentation": "all", "segment": "all", "median_s": 7200.0, "variants": 1}
_TRIP = {"design_id": "trip", "version": "2", "touchpoint_id": "t", "of_journeys": 200, "customers": 40}
_SEARCH = _TRIP | {"step_id": "s", "position": 1, "name": "Search", "name_zh": "查询"}
_BOOK = _TRIP | {"step_id": "b", "position": 2, "name": "Book", "name_zh": "订票"}
_LONG = " → ".join("xyz" * 9)


def _ways() -> list[dict[str, Any]]:
    told = ((1, "a → a → b→→c", 60, 0.6, 1), (2, _LONG, 30, 0.9, 1), (0, None, 10, 1.0, 7))
    return [
        _WAY
        | {"place": place, "variant": variant, "journeys": n, "cumulative_share": upto, "variants": many}
        | _share(n, 100)
        for place, variant, n, upto, many in told
    ]


def _differences() -> list[dict[str, Any]]:
    told = (
        *((_SEARCH, "skipped", 50), (_SEARCH, "out_of_order", 9), (_BOOK, "repeated", 20)),
        (_TRIP | {"step_id": ""}, "unexpected", 11),
    )
    return [step | {"kind": kind, "journeys": n} | _share(n, 200) for step, kind, n in told]


def _versions() -> list[dict[str, Any]]:
    fit = {"fitness": 0.9, "fitness_low": 0.88, "fitness_high": 0.92}
    own = {"design_id": "trip", "version": "2", "state": "checked", "journeys": 200, "checked": 200}
    none = {"design_id": "", "version": "", "state": "none", "journeys": 12}
    return [none, own | fit | {"conforming": 120} | _share(120, 200)]


def _gaps() -> list[dict[str, Any]]:
    felt = {"difference": -0.3, "difference_low": -0.5, "difference_high": -0.1, "n_gap": 25, "n_held": 60}
    pair = {"from_channel": "web", "to_channel": "门店", "designed": True, "n": 100, "gaps": 30}
    counts = {"missing": 20, "not_accepted": 5, "late": 5, "verdict": "worse"}
    other = {"from_channel": "app", "to_channel": "web", "designed": False, "n": 40}
    return [pair | counts | felt | _share(30, 100), other]


def _basis() -> Basis:
    return Basis(
        {
            "journey_variants": _table(JOURNEY_VARIANTS, *_ways()),
            "design_conformance": _table(DESIGN_CONFORMANCE, *_versions()),
            "design_deviations": _table(DESIGN_DEVIATIONS, *_differences()),
            "handoff_gaps": _table(HANDOFF_GAPS, *_gaps()),
        }
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("exhibit", [VARIANTS, DESIGNED, GAPS], ids=lambda e: type(e).__name__)
def test_each_says_and_draws(exhibit: Any, language: Language) -> None:  # noqa: ANN401 - any exhibit
    found = exhibit.finding(_basis(), language)
    assert found is not None
    assert found.headline
    assert not found.headline.endswith((".", "。"))
    for width in (328, 680):
        spec = exhibit.chart(_basis(), language, width)
        assert spec is not None
        assert spec["width"] == width
    name, rows = exhibit.behind(_basis())
    assert name in exhibit.needs
    assert rows.num_rows


def test_the_findings_are_the_right_ones() -> None:
    assert "60\N{NO-BREAK SPACE}%" in VARIANTS.finding(_basis(), "en").headline  # type: ignore[union-attr]
    assert "Search is skipped in 25\N{NO-BREAK SPACE}%" in DESIGNED.finding(_basis(), "en").headline  # type: ignore[union-attr]
    assert "查询在 25%" in DESIGNED.finding(_basis(), "zh").headline  # type: ignore[union-attr]
    assert "web → 门店: 30\N{NO-BREAK SPACE}%" in GAPS.finding(_basis(), "en").headline  # type: ignore[union-attr]


def test_nothing_to_tell_is_nothing_told() -> None:
    empty = Basis({name: table.slice(0, 0) for name, table in _basis().tables.items()})
    for exhibit in (VARIANTS, DESIGNED, GAPS):
        assert exhibit.finding(empty, "en") is None
        assert exhibit.chart(empty, "en", 680) is None


def test_chips_stay_within_the_width() -> None:
    spec = VARIANTS.chart(_basis(), "en", 328)
    assert spec is not None
    ends = [value["x2"] for layer in spec["layer"] for value in layer["data"]["values"] if "x2" in value]
    assert max(ends) <= 328
