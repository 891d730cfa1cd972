from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
from pydantic import ValidationError

from peakend.demo.simulator.company import Company, Kind, company
from peakend.demo.simulator.recipes import shared

KINDS = get_args(Kind)

# The property-company template: 5 + 4 + 14 + 2 touchpoints in four links.
PROPERTY = {
    "营销环节": ["广告渠道（互联网、电视、户外、报纸）", "现场销售接待", "电话销售", "客户沟通", "营销现场"],
    "产品环节": ["产品规划", "工程质量形象", "工程管理形象", "产品现场"],
    "服务环节": [
        "地产客户投诉处理",
        "产证办理服务",
        "房产交付服务",
        "地产财务服务",
        "物业客户投诉处理",
        "物业交付服务",
        "物业收费服务",
        "装修服务",
        "物业保安",
        "物业保洁",
        "绿化维护",
        "物业维修",
        "设施管理",
        "物业现场",
    ],
    "品牌传播环节": ["企业网站", "公司客户关系媒体"],
}


def test_the_property_company_has_the_template_of_25_touchpoints() -> None:
    found: dict[str, list[str]] = {}
    for touchpoint in company("property").touchpoints:
        found.setdefault(touchpoint.link.split()[-1], []).append(touchpoint.name_zh)
    assert {link: sorted(names) for link, names in found.items()} == {
        link: sorted(names) for link, names in PROPERTY.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_company_says_that_it_is_simulated_in_both_languages(kind: Kind) -> None:
    assert "(simulated)" in company(kind).name.en
    assert "（模拟）" in company(kind).name.zh


@pytest.mark.parametrize("kind", KINDS)
def test_keys_are_unique_and_every_stage_of_the_journey_is_there(kind: Kind) -> None:
    described = company(kind)
    for things in (described.touchpoints, described.sites, described.products, described.changes):
        assert max(Counter(thing.id for thing in things).values()) == 1
    assert {t.stage for t in described.touchpoints} == {"pre", "purchase", "use", "service"}
    assert any(t.moment_of_truth for t in described.touchpoints)


@pytest.mark.parametrize("kind", KINDS)
def test_one_change_hurts_the_most_valuable_and_the_others_do_nothing(kind: Kind) -> None:
    described = company(kind)
    hurting = [change for change in described.changes if change.size]
    assert len(hurting) == 1
    assert hurting[0].size < 0
    assert described.tiers[-1].name in hurting[0].tiers
    assert len(described.changes) >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_memory_weights_add_up(kind: Kind) -> None:
    memory = company(kind).experience.memory
    assert memory.mean + memory.peak + memory.end == pytest.approx(1)


def test_a_reference_to_nothing_is_refused() -> None:
    body = company("bank").model_dump()
    body["complaints"]["touchpoint"] = "nowhere"
    with pytest.raises(ValidationError, match="nowhere"):
        Company.model_validate(body)


def test_there_is_one_threshold_fewer_than_scores() -> None:
    described = shared()
    for metric, (low, high) in described.scales.items():
        cuts = described.thresholds[metric]
        assert len(cuts) == high - low
        assert list(cuts) == sorted(set(cuts))
