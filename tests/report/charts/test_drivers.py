"""The charts of the drivers: what they claim follows from places and tests, in both languages and widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.asymmetry import ASYMMETRY
from peakend.report.charts.drivers import DRIVERS
from peakend.report.charts.drivers_by_segment import DRIVERS_BY_SEGMENT
from peakend.report.charts.numbered_map import RADIUS
from peakend.report.charts.priorities import PRIORITIES
from peakend.report.draw import svg

Make = Callable[..., Basis]
Row = dict[str, Any]

WHERE: Row = {
    "programme": "p",
    "period": "2024",
    "period_kind": "wave",
    "outcome_id": "overall",
    "outcome_en": "The whole",
    "outcome_zh": "整体",
    "outcome_metric": "rating",
}
MODEL: Row = {
    **WHERE,
    "n": 500,
    "r2": 0.5,
    "r2_low": 0.4,
    "r2_high": 0.6,
    "r2_p": 1e-9,
    "halo": "weak",
    "common": 0.2,
}


def part(name: str, rank: int, **given: object) -> Row:
    share = 0.5 / rank
    return {
        **WHERE,
        "question_id": name,
        "label_en": name,
        "label_zh": f"{name}（中）",
        "touchpoint_id": name,
        "used": True,
        "n": 400,
        "rank": rank,
        "rank_low": rank,
        "rank_high": rank,
        "leader": rank == 1,
        "share": share,
        "share_low": share - 0.05,
        "share_high": share + 0.05,
        "performance": 60.0 + 5 * rank,
        **given,
    }


def priority(name: str, rank: int, **given: object) -> Row:
    row = part(name, rank)
    kept = {key: row[key] for key in (*WHERE, "question_id", "label_en", "label_zh", "touchpoint_id", "n")}
    return {
        **kept,
        "rank": rank,
        "rank_low": rank,
        "rank_high": rank,
        "first": rank == 1,
        "importance": 0.5 / rank,
        "importance_low": 0.4 / rank,
        "importance_high": 0.6 / rank,
        "performance": 60.0 + 5 * rank,
        "performance_low": 59.0 + 5 * rank,
        "performance_high": 61.0 + 5 * rank,
        "importance_cut": 0.3,
        "r2_p": 1e-9,
        "performance_cut": 70.0,
        "need": 20.0 / rank,
        "quadrant": "fix_first" if rank == 1 else "no_hurry",
        "sure": rank == 1,
        **given,
    }


def role(name: str, **given: object) -> Row:
    return {
        **WHERE,
        "question_id": name,
        "label_en": name,
        "label_zh": f"{name}（中）",
        "n": 500,
        "poor_to": 2.0,
        "top_from": 5.0,
        "poor_n": 50,
        "top_n": 90,
        "penalty": -0.5,
        "penalty_low": -0.7,
        "penalty_high": -0.3,
        "reward": 0.1,
        "reward_low": -0.1,
        "reward_high": 0.3,
        "effect_p": 0.001,
        "effect_adjusted_p": 0.004,
        "role": "cannot_tell",
        **given,
    }


def drawn(exhibit: Any, basis: Basis) -> None:  # noqa: ANN401 - any exhibit
    for language in LANGUAGES:
        found = exhibit.finding(basis, language)
        assert found is not None
        assert found.next_step is not None
        for width in (328, 680):
            spec = exhibit.chart(basis, language, width)
            assert spec is None or svg(spec, found.headline, "c").startswith("<svg")
    name, table = exhibit.behind(basis)
    assert name == exhibit.needs[0]
    assert table.num_rows > 0


def test_a_clear_first_is_named_and_nothing_else(basis: Make) -> None:
    given = basis(
        driver_models=[MODEL], driver_importance=[part("Food", 1), part("Signs", 2), part("Art", 3)]
    )
    found = DRIVERS.finding(given, "en")
    assert found is not None
    assert found.headline == "“Food” has most to do with “The whole”"
    assert "not that changing one moves the other" in found.caution
    drawn(DRIVERS, given)


def test_parts_that_cannot_be_told_apart_are_not_ranked(basis: Make) -> None:
    alike = [part(name, rank, leader=True) for rank, name in enumerate("abcde", start=1)]
    given = basis(driver_models=[{**MODEL, "halo": "strong", "common": 0.6}], driver_importance=alike)
    found = DRIVERS.finding(given, "en")
    assert found is not None
    assert found.headline == "Which of 5 parts has most to do with “The whole” cannot be told"
    assert "one common mood makes up 60\u00a0%" in found.lede
    some = [{**row, "leader": row["rank"] < 5} for row in alike]
    found = DRIVERS.finding(basis(driver_models=[MODEL], driver_importance=some), "zh")
    assert found is not None
    assert found.headline == "与“整体”关联最大的看似是“a（中）”，但 5 项中有 4 项难分高下"


def test_what_explains_nothing_is_not_shown(basis: Make) -> None:
    nothing = {**MODEL, "r2_p": 0.3}
    rows = [part("Food", 1), part("Signs", 2)]
    assert DRIVERS.finding(basis(driver_models=[nothing], driver_importance=rows), "en") is None
    order = [priority("Food", 1, r2_p=0.3), priority("Signs", 2, r2_p=0.3)]
    assert PRIORITIES.finding(basis(priorities=order), "en") is None


def test_parts_left_out_are_named(basis: Make) -> None:
    few = part("Parking", 9, used=False, share=None, reason="too_few_answered_it")
    given = basis(driver_models=[MODEL], driver_importance=[part("Food", 1), part("Signs", 2), few])
    found = DRIVERS.finding(given, "en")
    assert found is not None
    assert "fewer than half of the respondents could judge it: “Parking”" in found.caution


def test_the_first_place_is_claimed_only_where_it_is_alone(basis: Make) -> None:
    rows = [priority("Food", 1), priority("Signs", 2), priority("Art", 3)]
    found = PRIORITIES.finding(basis(priorities=rows), "en")
    assert found is not None
    assert found.headline == "Look at “Food” first"
    tied = [{**row, "first": True} for row in rows]
    found = PRIORITIES.finding(basis(priorities=tied), "en")
    assert found is not None
    assert found.headline == "Where to look first cannot be told yet"
    assert {figure.tone for figure in found.figures} == {"plain"}
    drawn(PRIORITIES, basis(priorities=rows))


@pytest.mark.parametrize("width", [328, 680])
def test_numbers_on_the_map_do_not_cover_each_other(basis: Make, width: int) -> None:
    rows = [priority(f"part {rank}", rank, performance=70.0, importance=0.05) for rank in range(1, 25)]
    spec = PRIORITIES.chart(basis(priorities=rows), "en", width)
    assert spec is not None
    circles = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "circle")["data"]["values"]
    at = [(one["x"], one["y"]) for one in circles]
    assert len(at) == 48
    gaps = [((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 for i, a in enumerate(at) for b in at[i + 1 :]]
    assert min(gaps) > 2 * RADIUS - 1
    assert all(0 <= x <= width for x, _ in at)


def test_basic_and_exciting_parts_are_told(basis: Make) -> None:
    both = [role("Toilets", role="basic"), role("Art", role="excitement", penalty=-0.1, reward=0.6)]
    found = ASYMMETRY.finding(basis(driver_roles=both), "en")
    assert found is not None
    assert found.headline == "“Toilets” can only disappoint, “Art” can delight"
    drawn(ASYMMETRY, basis(driver_roles=both))


def test_a_part_without_a_shown_effect_is_not_drawn(basis: Make) -> None:
    rows = [role("Food", role="performance"), role("Signs", effect_adjusted_p=0.4)]
    given = basis(driver_roles=rows)
    found = ASYMMETRY.finding(given, "en")
    assert found is not None
    assert "No part is shown only to disappoint" in found.lede
    assert ASYMMETRY.behind(given)[1].num_rows == 1
    assert ASYMMETRY.finding(basis(driver_roles=rows[1:]), "en") is None


def test_an_end_without_enough_answers_has_no_bar(basis: Make) -> None:
    drawn(ASYMMETRY, basis(driver_roles=[role("Food", penalty=None, penalty_low=None, penalty_high=None)]))


def test_segments_differ_only_where_it_holds(basis: Make) -> None:
    row: Row = {
        **WHERE,
        "question_id": "Food",
        "label_en": "Food",
        "label_zh": "餐饮",
        "segmentation": "age_band",
        "segment": "young",
        "n": 200,
        "pooled": 0.4,
        "pooled_low": 0.3,
        "pooled_high": 0.5,
        "common": 0.2,
        "verdict": "more",
    }
    found = DRIVERS_BY_SEGMENT.finding(basis(drivers_by_segment=[row]), "en")
    assert found is not None
    assert found.headline == "“Food” has more to do with the whole for “Age band: young”"
    drawn(DRIVERS_BY_SEGMENT, basis(drivers_by_segment=[row]))
    alike = basis(drivers_by_segment=[{**row, "verdict": "cannot_tell"}])
    found = DRIVERS_BY_SEGMENT.finding(alike, "en")
    assert found is not None
    assert found.headline == "No group is shown to weigh the parts differently"
    assert DRIVERS_BY_SEGMENT.chart(alike, "en", 680) is None
