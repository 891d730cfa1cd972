"""From the results in a warehouse to chapters with sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from peakend.declaration import Analysis
from peakend.engine import Engine
from peakend.report.opening import opening
from peakend.report.story import NothingToReportError, tell
from peakend.warehouse.schema import canonical_table

EngineWith = Callable[[Mapping[str, pa.Table]], Engine]
Everything = dict[str, pa.Table]
Analyses = tuple[Analysis, ...]


def _facts(name: str, *rows: Mapping[str, Any]) -> dict[str, pa.Table]:
    schema = canonical_table(name).schema()
    filled = [{field.name: row.get(field.name) for field in schema} for row in rows]
    return {name: pa.Table.from_pylist(filled, schema=schema)}


def test_a_warehouse_without_results_says_what_to_do_first(
    engine_with: EngineWith, analyses: Analyses
) -> None:
    with pytest.raises(NothingToReportError) as raised:
        tell(engine_with({}), "en", analyses)
    assert "peakend run" in raised.value.in_("en")
    assert "peakend run" in raised.value.in_("zh")


def test_chapters_come_in_their_order_and_only_with_something_inside(
    engine_with: EngineWith, everything: Everything, analyses: Analyses
) -> None:
    story = tell(engine_with(everything), "en", analyses)
    assert [key for key, _, _ in story.chapters()] == ["feel", "worth", "listening", "data"]


def test_the_page_opens_with_the_weightiest_finding(
    engine_with: EngineWith, everything: Everything, analyses: Analyses
) -> None:
    found = opening(tell(engine_with(everything), "en", analyses))
    assert found.headline == "Shops is rated lowest; Screens rated highest"
    assert "Champions are 20\u00a0%" in found.lede
    labels = [figure.label for figure in found.figures]
    assert labels == [
        "Overall rating",
        "Net Promoter Score",
        "Revenue from Champions",
        "Revenue from the largest 20 %",
    ]


def test_what_was_not_computed_is_listed(
    engine_with: EngineWith, everything: Everything, analyses: Analyses
) -> None:
    stored = {name: table for name, table in everything.items() if not name.startswith("rfm")}
    story = tell(engine_with(stored), "en", analyses)
    assert [analysis.name for analysis, _ in story.skipped] == ["rfm"]


def test_every_survey_programme_has_its_own_charts(
    engine_with: EngineWith, everything: Everything, analyses: Analyses
) -> None:
    rows = everything["rating_by_touchpoint"].to_pylist()
    rows += [{**row, "programme": "other"} for row in rows[:2]]
    schema = everything["rating_by_touchpoint"].schema
    stored = {**everything, "rating_by_touchpoint": pa.Table.from_pylist(rows, schema=schema)}
    story = tell(engine_with(stored), "en", analyses)
    programmes = {
        one.programme for one in story.shown if "rating" in one.id and "Touchpoints" in repr(one.exhibit)
    }
    assert programmes == {"survey", "other"}
    assert len({one.id for one in story.shown}) == len(story.shown)


def test_an_analysis_with_an_unknown_chart_is_shown_as_a_table(
    engine_with: EngineWith, everything: Everything, analyses: Analyses
) -> None:
    bare = [replace(one, chart="of_a_plugin") for one in analyses if one.name == "rfm"]
    story = tell(engine_with({"rfm_segments": everything["rfm_segments"]}), "zh", bare)
    tables = [one.table.name for one in story.shown if one.table]
    assert tables == ["rfm_segments"]


@pytest.mark.parametrize("source", ["simulated:airline", "simulated"])
def test_simulated_data_are_recognised_by_their_source(
    engine_with: EngineWith, everything: Everything, analyses: Analyses, source: str
) -> None:
    surveys = _facts("surveys", {"survey_id": "s", "source": source})
    assert tell(engine_with({**everything, **surveys}), "en", analyses).simulated


def test_simulated_data_are_recognised_by_the_truth_beside_them(
    engine_with: EngineWith, everything: Everything, analyses: Analyses
) -> None:
    truth = {"truth_parameters": pa.table({"name": ["effect"], "value": [0.3]})}
    assert tell(engine_with({**everything, **truth}), "en", analyses).simulated
    assert not tell(engine_with(everything), "en", analyses).simulated


def test_titles_and_owners_come_from_the_warehouse(
    engine_with: EngineWith, everything: Everything, analyses: Analyses
) -> None:
    members = _facts(
        "segment_members",
        {"segmentation": "age", "segment": "18-24", "subject": "response", "subject_id": "1", "source": "s",
         "attributes": '{"title_en": "Age group", "title_zh": "年龄段", "label_zh": "18–24 岁"}'},
        {"segmentation": "odd", "segment": "x", "subject": "response", "subject_id": "1", "source": "s",
         "attributes": "not json"},
    )  # fmt: skip
    places = _facts("touchpoints", {"touchpoint_id": "t_Shops", "owner": "Retail team", "source": "s"})
    story = tell(engine_with({**everything, **members, **places}), "zh", analyses)
    basis = story.shown[0].basis
    assert (basis.cut("age", "zh"), basis.segment("age", "18-24", "zh")) == ("年龄段", "18–24 岁")
    assert (basis.cut("odd", "zh"), basis.segment("odd", "x", "zh")) == ("Odd", "x")
    assert basis.owners == {"t_Shops": "Retail team"}


def test_names_of_places_come_from_the_warehouse_and_a_retest_gets_no_exhibits_of_its_own(
    engine_with: EngineWith, everything: Everything, analyses: Analyses
) -> None:
    places = _facts(
        "touchpoints", {"touchpoint_id": "t", "name": "Lounge", "name_zh": "休息室", "source": "s"}
    )
    sites = _facts("sites", {"site_id": "HZH", "name": "Terminal 1", "source": "s"})
    surveys = _facts(
        "surveys",
        {"survey_id": "a", "programme": "survey", "source": "s"},
        {"survey_id": "b", "programme": "other", "source": "s"},
    )
    answered = {"customer_id": "c", "event_id": "e", "source": "s"}
    responses = _facts(
        "responses",
        {"response_id": "1", "survey_id": "a", "answered_at": datetime(2024, 1, 1), **answered},
        {"response_id": "2", "survey_id": "b", "answered_at": datetime(2024, 1, 9), **answered},
    )
    stored = dict(everything)
    ratings = stored["rating_by_touchpoint"]
    other = ratings.set_column(
        ratings.schema.get_field_index("programme"), "programme", pa.array(["other"] * len(ratings))
    )
    stored["rating_by_touchpoint"] = pa.concat_tables([ratings, other])
    story = tell(engine_with({**stored, **places, **sites, **surveys, **responses}), "zh", analyses)
    assert "other" not in {one.programme for one in story.shown}
    basis = story.shown[0].basis
    assert basis.segment("touchpoint", "t", "zh") == "休息室"
    assert basis.segment("site", "HZH", "zh") == "Terminal 1"
