"""Funnels, flows and cohorts: the sentences that numbers allow, and drawings in both sizes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.cohorts import PURCHASES, RETENTION
from peakend.report.charts.funnels import DESIGNED, MOMENTS
from peakend.report.charts.step_flows import STEP_FLOWS
from peakend.report.draw import DESKTOP_WIDTH, PHONE_WIDTH, svg

Make = Callable[..., Basis]
Row = dict[str, Any]


def funnel_rows(
    kind: str, *reached: int, stages: tuple[str, ...] = ("pre", "purchase", "use", "service")
) -> list[Row]:
    rows = []
    for step, count in enumerate(reached, start=1):
        row: Row = {
            "funnel": kind,
            "kind": kind,
            "segmentation": "all",
            "segment": "all",
            "step": step,
            "label_en": f"Step {step}",
            "label_zh": f"步骤{step}",
            "stage": stages[step - 1],
            "reached": count,
            "share_of_first": count / reached[0],
            "share_of_first_low": 0.1,
            "share_of_first_high": 0.9,
            "median_s": None if step == 1 else 3600.0 * step,
            "p90_s": None if step == 1 else 9000.0 * step,
            "hidden": False,
        }
        rows.append(row)
    return rows


def losses(rows: list[Row]) -> list[Row]:
    found = []
    for row, after in itertools.pairwise(rows):
        lost = row["reached"] - after["reached"]
        kept = (
            "funnel",
            "kind",
            "segmentation",
            "segment",
            "step",
            "label_en",
            "label_zh",
            "stage",
            "hidden",
        )
        found.append(
            {name: row[name] for name in kept}
            | {"next_en": after["label_en"], "next_zh": after["label_zh"], "n": row["reached"], "lost": lost}
            | {"share": lost / row["reached"], "share_low": 0.111, "share_high": 0.555}
        )
    return found


def funnels(basis: Make, rows: list[Row]) -> Basis:
    return basis(funnel_steps=rows, funnel_losses=losses([r for r in rows if r["segment"] == "all"]))


def drawn(exhibit: Any, made: Basis) -> None:  # noqa: ANN401
    """In both languages and sizes, and nothing wider than its room."""
    for language in LANGUAGES:
        finding = exhibit.finding(made, language)
        for width in (PHONE_WIDTH, DESKTOP_WIDTH):
            spec = exhibit.chart(made, language, width)
            assert spec["width"] == width
            assert "<svg" in svg(spec, finding.headline, "chart")


def test_the_biggest_gap_is_named_with_its_interval(basis: Make) -> None:
    made = funnels(basis, funnel_rows("moments", 1000, 900, 300, 10))
    finding = MOMENTS.finding(made, "en")
    # Most are missed at the service, but who needs none is not lost.
    assert finding.headline == (
        "The widest gap lies between “Step 2” and “Step 3”: 67\u00a0% are not seen there "
        "(95\u00a0% 11.1 to 55.5\u00a0%)"
    )
    assert "步骤2" in MOMENTS.finding(made, "zh").headline
    drawn(MOMENTS, made)
    assert MOMENTS.behind(made)[1]["step"].to_pylist() == [1, 2, 3, 4]


def test_a_designed_journey_and_nobody_lost(basis: Make) -> None:
    made = funnels(basis, funnel_rows("design", 50, 50))
    assert "Everybody who reaches" in DESIGNED.finding(made, "en").headline
    assert MOMENTS.finding(made, "en") is None
    drawn(DESIGNED, made)


def test_a_segment_is_named_only_where_it_is_shown(basis: Make) -> None:
    rows = funnel_rows("moments", 100, 50)
    tried = rows[1] | {
        "segmentation": "tier",
        "segment": "Gold",
        "adjusted_p": 0.2,
        "verdict": "cannot_tell",
        "difference": -0.1,
    }
    assert "No segment is shown" in MOMENTS.finding(funnels(basis, [*rows, tried]), "en").lede
    shown = tried | {"verdict": "worse", "adjusted_p": 0.012}
    lede = MOMENTS.finding(funnels(basis, [*rows, shown]), "en").lede
    assert "“Gold” (Tier)" in lede
    assert "10.0 points (adjusted p = 0.012)" in lede


def flow(step: int, start: str, to: str, moved: int, n: int) -> Row:
    return {
        "step": step,
        "from_touchpoint": start,
        "to_touchpoint": to,
        "from_en": start,
        "from_zh": f"{start}（中）",
        "to_en": to,
        "to_zh": f"{to}（中）",
        "n": n,
        "moved": moved,
        "customers": moved,
        "share": moved / n,
        "share_low": 0.1,
        "share_high": 0.9,
        "hidden": False,
    }


FLOWS = [
    flow(1, "Search", "Book", 700, 800),
    flow(1, "Search", "(end)", 100, 800),
    flow(1, "Walk in", "Book", 200, 200),
    flow(2, "Book", "Fly", 600, 900),
    flow(2, "Book", "Tiny", 3, 900),
    flow(2, "Book", "(end)", 297, 900),
    flow(3, "Fly", "(end)", 600, 600),
]


def test_flows_say_where_journeys_begin_and_end(basis: Make) -> None:
    made = basis(flow_steps=FLOWS)
    finding = STEP_FLOWS.finding(made, "en")
    assert finding.headline == "80\u00a0% of journeys begin at “Search”; 88\u00a0% of these go on to “Book”"
    assert "step 3: 600 journeys" in finding.lede
    drawn(STEP_FLOWS, made)
    assert STEP_FLOWS.finding(basis(flow_steps=[]), "en") is None


def cohort(start: date, period: int, share: float | None, state: str = "observed") -> Row:
    return {
        "period_kind": "month",
        "cohort_on": start,
        "period": period,
        "state": state,
        "size": 200,
        "returned": None if share is None else round(200 * share),
        "share": share,
        "share_low": share,
        "share_high": share,
        "rolling": share and min(1.0, share + 0.2),
        "hidden": state == "observed" and share is None,
    }


def point(period: int, share: float) -> Row:
    return {
        "period_kind": "month",
        "segmentation": "all",
        "segment": "all",
        "period": period,
        "n": 400,
        "returned": round(400 * share),
        "share": share,
        "share_low": share - 0.05,
        "share_high": share + 0.05,
        "hidden": False,
    }


@pytest.mark.parametrize(("exhibit", "name"), [(RETENTION, "retention"), (PURCHASES, "purchase")])
def test_a_triangle_and_its_sentence(basis: Make, exhibit: Any, name: str) -> None:  # noqa: ANN401
    january, february = date(2024, 1, 1), date(2024, 2, 1)
    cells = [
        cohort(january, 0, 1.0),
        cohort(january, 1, 0.5),
        cohort(january, 2, 0.25),
        cohort(january, 3, None),
        cohort(february, 0, 1.0),
        cohort(february, 1, 0.4),
        cohort(february, 2, None, "incomplete"),
        cohort(february, 3, None, "future"),
    ]
    made = basis(**{f"{name}_cohorts": cells, f"{name}_curves": [point(0, 1), point(1, 0.45), point(3, 0.2)]})
    headline = exhibit.finding(made, "en").headline
    assert headline.startswith("Of 100 ")
    assert ", 45 " in headline
    assert headline.endswith(", and 20 in the third month")
    assert "45 位在下月" in exhibit.finding(made, "zh").headline
    drawn(exhibit, made)
    written = [
        value["t"]
        for layer in exhibit.chart(made, "en", 680)["layer"][1:]
        for value in layer["data"]["values"]
    ]
    assert {"50", "25", "40"} <= set(written)
    # The cell that is not over is empty, not 0.
    assert "0" not in written
    states = exhibit.behind(made)[1]["state"].to_pylist()
    assert "future" not in states


def test_without_a_second_period_there_is_nothing_to_say(basis: Make) -> None:
    assert RETENTION.finding(basis(retention_curves=[point(0, 1)]), "en") is None
