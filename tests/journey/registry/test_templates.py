"""Templates: the 25 touchpoints of the published table, complete playbooks, files that load as they are."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

import peakend as pk
from peakend.journey import programme, template, templates
from peakend.journey.registry.studies import moment_of
from peakend.journey.registry.templates import TemplateError
from peakend.journey.registry.writing import FileInTheWayError, write_template
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from peakend.language import Language

# Requirements, Appendix A: link, touchpoint, English, side.
_TABLE = """
营销环节|广告渠道(互联网、电视、户外、报纸)|Ad channels (internet, TV, outdoor, newspaper)|developer
营销环节|现场销售接待|On-site sales reception|developer
营销环节|电话销售|Telephone sales|developer
营销环节|客户沟通|Customer communication|developer
营销环节|营销现场|Sales site|developer
产品环节|产品规划|Product planning|developer
产品环节|工程质量形象|Engineering-quality image|developer
产品环节|工程管理形象|Engineering-management image|developer
产品环节|产品现场|Product site|developer
服务环节|地产客户投诉处理|Developer complaint handling|developer
服务环节|产证办理服务|Title-deed service|developer
服务环节|房产交付服务|Home hand-over service|developer
服务环节|地产财务服务|Developer finance service|developer
服务环节|物业客户投诉处理|Property complaint handling|property
服务环节|物业交付服务|Property hand-over service|property
服务环节|物业收费服务|Fee collection|property
服务环节|装修服务|Fit-out service|property
服务环节|物业保安|Security|property
服务环节|物业保洁|Cleaning|property
服务环节|绿化维护|Landscaping|property
服务环节|物业维修|Repairs|property
服务环节|设施管理|Facility management|property
服务环节|物业现场|Property site|property
品牌传播环节|企业网站|Corporate website|both
品牌传播环节|公司客户关系媒体|Customer-relationship media|both
"""
PUBLISHED = _TABLE.strip().splitlines()
NAMES = ("airline", "bank", "property", "retailer")


def rows(name: str, language: Language = "en") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = template(name, language).to_pylist()
    return found


def test_the_property_company_has_exactly_the_published_touchpoints() -> None:
    top = [row for row in rows("property", "zh") if row["parent_id"] is None]
    assert [
        "|".join((row["link"], row["name_zh"], row["name"], json.loads(row["attributes"])["side"]))
        for row in top
    ] == PUBLISHED
    counts = [
        sum(row["link"] == link for row in top)
        for link in ("营销环节", "产品环节", "服务环节", "品牌传播环节")
    ]
    assert counts == [5, 4, 14, 2]


def test_its_advertising_has_four_channels_and_its_peaks_and_end_are_named() -> None:
    found = rows("property")
    assert [row["channel"] for row in found if row["parent_id"] == "ads"] == [
        "internet",
        "tv",
        "outdoor",
        "newspaper",
    ]
    moments = {row["touchpoint_id"]: json.loads(row["attributes"]).get("moment_zh") for row in found}
    peaks = {row["touchpoint_id"] for row in found if row["role"] == "peak"}
    assert {moments[one] for one in peaks} == {"合同签订", "交房"}
    ends = [json.loads(row["attributes"])["side"] for row in found if row["role"] == "end"]
    assert set(ends) == {"property"}


@pytest.mark.parametrize("name", NAMES)
def test_every_template_is_complete(name: str) -> None:
    found = rows(name)
    assert template(name).schema == canonical_table("touchpoints").schema()
    for row in found:
        for column in (
            "name",
            "name_zh",
            "stage",
            "link",
            "experience_type",
            "channel",
            "owner",
            "ownership",
        ):
            assert row[column], (row["touchpoint_id"], column)
        for column in (
            "standard_en",
            "standard_zh",
            "script_en",
            "script_zh",
            "indicator",
            "purpose",
            "thread",
        ):
            assert row[column], (row["touchpoint_id"], column)
    for column in ("stage", "experience_type", "ownership", "role", "thread", "purpose"):
        choices = canonical_table("touchpoints").column(column).choices
        assert {row[column] for row in found} <= {*choices, None}
    ids = [row["touchpoint_id"] for row in found]
    assert len(set(ids)) == len(ids)
    assert {row["parent_id"] for row in found} <= {*ids, None}
    assert any(row["service_level_s"] for row in found)
    assert any(row["moment_of_truth"] for row in found)


@pytest.mark.parametrize("name", NAMES)
def test_the_six_cells_and_four_purposes_are_populated(name: str) -> None:
    found = rows(name)
    cells = {(row["thread"], moment_of(row["stage"])) for row in found}
    assert cells == {
        (thread, moment) for thread in ("product", "contact") for moment in ("pre", "during", "post")
    }
    assert {row["purpose"] for row in found} == {"risk", "word_of_mouth", "marketing", "design"}
    assert any("assumption" in words.en or "are ours" in words.en for words in templates()[name].assumptions)


@pytest.mark.parametrize("name", NAMES)
def test_the_designed_journey_has_five_layers_and_a_way_from_start_to_end(name: str) -> None:
    steps, flows = templates()[name].design()
    known = {row["touchpoint_id"] for row in rows(name)}
    for row in steps.to_pylist():
        assert all(row[layer] for layer in ("action", "question", "barrier", "emotion"))
        assert row["touchpoint_id"] in known
    ways = {(row["from_step"], row["to_step"]) for row in flows.to_pylist()}
    reached, frontier = {"start"}, {"start"}
    while frontier:
        frontier = {b for a, b in ways if a in frontier} - reached
        reached |= frontier
    assert reached == {"start", "end", *steps["step_id"].to_pylist()}


def test_earned_and_partner_touchpoints_are_there() -> None:
    assert {row["ownership"] for row in rows("airline")} == {"owned", "partner", "earned"}


def test_the_programme_says_that_it_is_an_assumption() -> None:
    found = programme()
    assert len(found.steps) == 7
    assert all(found.steps["assumption"].to_pylist())
    assert "ASSUMPTION" in found.assumption.en
    assert found.assumption.zh.startswith("假设")


def test_an_unknown_template_is_told_with_those_there_are() -> None:
    with pytest.raises(TemplateError, match="Perhaps retailer"):
        template("retail")
    with pytest.raises(TemplateError, match="There are: airline, bank"):
        template("hotel")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_written_loads_as_it_is(tmp_path: Path, language: Language) -> None:
    write_template("property", tmp_path / "files", language)
    with pk.open(f"duckdb:///{tmp_path / 'w.duckdb'}") as workspace:
        report = workspace.load(tmp_path / "files").as_table().to_pylist()
        stored = workspace.table("touchpoints").to_arrow()
    assert sum(row["refused"] for row in report) == 0
    given = template("property", language).drop_columns(["source", "attributes"]).sort_by("touchpoint_id")
    assert stored.select(given.column_names).sort_by("touchpoint_id").to_pylist() == given.to_pylist()
    assert json.loads(stored.sort_by("touchpoint_id")["attributes"][0].as_py())["side"] == "developer"


def test_nothing_is_overwritten_unless_told(tmp_path: Path) -> None:
    write_template("bank", tmp_path)
    (tmp_path / "touchpoints.csv").write_text("mine", "utf-8")
    (tmp_path / "mapping.yaml").unlink()
    with pytest.raises(FileInTheWayError, match=r"touchpoints\.csv"):
        write_template("bank", tmp_path)
    assert (tmp_path / "touchpoints.csv").read_text("utf-8") == "mine"
    assert not (tmp_path / "mapping.yaml").exists()
    write_template("bank", tmp_path, replace=True)
    assert (tmp_path / "touchpoints.csv").read_text("utf-8-sig").startswith("touchpoint_id")


def test_a_new_channel_is_configuration_alone(tmp_path: Path) -> None:
    """A row more in the file of touchpoints and events that name it: no schema, no code."""
    write_template("bank", tmp_path)
    path = tmp_path / "touchpoints.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        columns = next(csv.reader(file))
    new = {"touchpoint_id": "assistant", "name": "Voice assistant", "name_zh": "智能音箱", "stage": "use"}
    new |= {"channel": "smart_speaker", "link": "Digital", "moment_of_truth": "false"}
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow([new.get(column, "") for column in columns])
    (tmp_path / "events.csv").write_text(
        "id,who,when,where,via\n1,c1,2025-03-01 10:00,assistant,smart_speaker\n", "utf-8"
    )
    with (tmp_path / "mapping.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "  - match: events\n    tables:\n      interactions:\n        columns:\n"
            "          {event_id: id, customer_id: who, at: when, touchpoint_id: where, channel: via}\n"
        )
    with pk.open(f"duckdb:///{tmp_path / 'w.duckdb'}") as workspace:
        workspace.load(tmp_path)
        workspace.run(only=["touchpoint_registry"])
        found: pa.Table = workspace.table("touchpoint_registry").to_arrow()
    row = next(row for row in found.to_pylist() if row["touchpoint_id"] == "assistant")
    assert (row["status"], row["channels_declared"], row["channels_met"]) == (
        "met",
        "smart_speaker",
        "smart_speaker",
    )
    assert row["touchpoint_zh"] == "智能音箱"
