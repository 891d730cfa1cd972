"""Contracts and wallets: the sentences that numbers allow, and drawings in both sizes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from peakend.language import LANGUAGES
from peakend.report.charts import Basis
from peakend.report.charts.contract_cohorts import COHORTS
from peakend.report.charts.contract_hazards import HAZARDS
from peakend.report.charts.contract_survival import SURVIVAL
from peakend.report.charts.wallets import HEADROOM, SHARES
from peakend.report.draw import DESKTOP_WIDTH, PHONE_WIDTH, svg

Make = Callable[..., Basis]
Row = dict[str, Any]

DAY = date(2025, 6, 30)


def curve(seen: int, until: int, **more: object) -> list[Row]:
    rows = []
    for age in range(until + 1):
        share = 0.8**age
        row: Row = {"product_id": "(all)", "period_kind": "year", "age": age}
        row |= {"projected": share, "projected_low": 0.9 * share, "projected_high": min(1.1 * share, 1)}
        if age <= seen:
            row |= {"at_risk": 100, "observed": share, "observed_low": share, "observed_high": share}
        rows.append(row | more)
    return rows


MODEL: Row = {
    "product_id": "(all)", "model": "ShiftedBetaGeoModel", "chosen": True, "chosen_by": "validation",
    "test_predicted": 247.3, "test_lost": 235, "test_periods": 1238, "lifetime": 3.8, "lifetime_low": 3.7,
    "lifetime_high": 4.0, "discount_rate": 0.1,
}  # fmt: skip


def hazard(level: str, ratio: float, verdict: str, **more: object) -> Row:
    return {
        "factor": "product", "level": level, "reference": "motor", "contracts": 500, "closed": 200,
        "hazard_ratio": ratio, "hazard_ratio_low": 0.8 * ratio, "hazard_ratio_high": 1.2 * ratio,
        "p_value": 0.001, "adjusted_p": 0.002, "verdict": verdict, "proportional_p": 0.4,
    } | more  # fmt: skip


def wallet(segment: str, share: float, **more: object) -> Row:
    return {
        "category": "Food", "as_of_on": DAY, "measure": "stated", "hidden": False, "n": 300,
        "segmentation": "all" if segment == "all" else "tier", "segment": segment, "currency": "CNY",
        "mean_share": share, "mean_share_low": share - 0.02, "mean_share_high": share + 0.02,
        "ratio_share": share, "ratio_share_low": share - 0.02, "ratio_share_high": share + 0.02,
        "own_spend": Decimal(40), "total_spend": Decimal(100), "headroom": Decimal(60),
    } | more  # fmt: skip


def test_what_is_projected_is_said_with_its_ends_and_its_trial(basis: Make) -> None:
    told = SURVIVAL.finding(basis(contract_survival=curve(4, 10), contract_models=[MODEL]), "en")
    assert told is not None
    assert (
        told.headline
        == "Of 100 contracts 41 are still open after 4 years; after 6 it will be 24 to 29, if they go on so"
    )
    assert "247 contracts were to be lost and 235 were (of 1,238)" in told.lede
    assert told.figures[-1].value == "3.8 years"


def test_without_a_model_only_what_was_seen_is_said(basis: Make) -> None:
    rows = [{k: v for k, v in row.items() if not k.startswith("projected")} for row in curve(4, 4)]
    told = SURVIVAL.finding(basis(contract_survival=rows), "zh")
    assert told is not None
    assert told.headline == "每 100 份合约中，4 年后仍有效的有 41 份"
    assert "无法拟合模型" in told.lede


def test_the_product_left_soonest_is_named_and_a_turning_ratio_said(basis: Make) -> None:
    rows = [
        hazard("travel", 1.69, "worse", level_name="Travel", reference_name="Motor", proportional_p=0.001),
        hazard("home", 0.5, "better"),
        hazard("pets", 1.1, "cannot_tell"),
    ]
    told = HAZARDS.finding(basis(contract_hazards=rows), "en")
    assert told is not None
    assert told.headline == "Contracts of “Travel” end 1.7 times as fast as those of “Motor”"
    assert "The ratio of “Travel” changes with the age" in told.caution
    assert [figure.tone for figure in told.figures] == ["act", "good"]


def test_where_nothing_differs_it_is_said(basis: Make) -> None:
    told = HAZARDS.finding(basis(contract_hazards=[hazard("pets", 1.1, "cannot_tell")]), "zh")
    assert told is not None
    assert told.headline == "没有产品、渠道或分群被证实流失得更快"


def cohorts(*first: float) -> list[Row]:
    return [
        {
            "product_id": "(all)", "period_kind": "year", "cohort_on": date(2018 + place, 1, 1), "age": age,
            "seen_late": False, "contracts": 300, "at_risk": 300, "n": 300, "share": share**age,
            "share_low": share**age - 0.03, "share_high": share**age + 0.03, "hidden": False,
        }
        for place, share in enumerate(first)
        for age in range(1, len(first) - place + 1)
    ]  # fmt: skip


def test_cohorts_are_compared_only_where_they_differ(basis: Make) -> None:
    faults = [{"fault": "closed_before_opened", "treatment": "left_out", "contracts": 3}]
    told = COHORTS.finding(basis(contract_cohorts=cohorts(0.7, 0.75, 0.8), contract_faults=faults), "en")
    assert told is not None
    assert (
        told.headline
        == "Of 100 contracts opened in 2020, 80 were renewed after the first year, against 70 of 2018"
    )
    assert told.lede == "Among the contracts, 3 closed before they were opened (left out)."
    alike = COHORTS.finding(basis(contract_cohorts=cohorts(0.7, 0.72)), "zh")
    assert alike is not None
    assert alike.headline == "2019年开立的合约，每 100 份有 72 份在首年后续约"


def test_shares_say_who_differs_how_they_changed_and_what_ranks_would_say(basis: Make) -> None:
    shares = [
        wallet("all", 0.44),
        wallet("gold", 0.5, difference=0.08, p_value=0.001, adjusted_p=0.003, verdict="better"),
        wallet("new", 0.42, difference=-0.03, p_value=0.4, adjusted_p=0.8, verdict="cannot_tell"),
    ]
    trend = {
        "category": "Food", "before_on": date(2024, 6, 30), "as_of_on": DAY, "n": 280, "change": -0.02,
        "change_low": -0.03, "change_high": -0.01, "verdict": "worse", "hidden": False,
    }  # fmt: skip
    rule = {
        "category": "Food", "as_of_on": DAY, "n": 300, "rule_share": 0.53, "mean_absolute_error": 0.21,
        "hidden": False,
    }  # fmt: skip
    told = SHARES.finding(basis(share_of_wallet=shares, wallet_trends=[trend], wallet_rule=[rule]), "en")
    assert told is not None
    assert told.headline == "Of every 100 that customers spend on “Food”, 44 are spent with us"
    assert "it fell since 30 June 2024: −2.0 points" in told.lede
    assert "“gold” give us 8.0 points more" in told.lede
    assert "it would be 53\u00a0%, off by 21 points" in told.caution


def cells() -> list[Row]:
    return [
        {
            "category": "Food", "as_of_on": DAY, "size_band": size, "share_band": share, "customers": 30,
            "headroom": Decimal(size * 100), "headroom_share": size / 24, "currency": "CNY",
            "hidden": share == 4,
        }
        for size in (1, 2, 3)
        for share in (1, 2, 3, 4)
    ]  # fmt: skip


def test_where_the_money_is_is_named(basis: Make) -> None:
    told = HEADROOM.finding(basis(wallet_headroom=cells(), share_of_wallet=[wallet("all", 0.4)]), "en")
    assert told is not None
    assert (
        told.headline
        == "12\u00a0% of the money spent elsewhere lies with large wallets that give us under a quarter"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [PHONE_WIDTH, DESKTOP_WIDTH])
def test_drawings_come_in_both_sizes(basis: Make, language: Any, width: int) -> None:  # noqa: ANN401
    one = basis(
        contract_survival=curve(4, 12),
        contract_models=[MODEL],
        contract_cohorts=cohorts(0.7, 0.8),
        contract_hazards=[hazard("travel", 1.6, "worse")],
        share_of_wallet=[wallet("all", 0.44), wallet("gold", 0.5, verdict="better")],
        wallet_headroom=cells(),
    )
    for exhibit in (SURVIVAL, COHORTS, HAZARDS, SHARES, HEADROOM):
        spec = exhibit.chart(one, language, width)
        assert spec is not None
        assert svg(spec, "…", "c").startswith("<svg")
        name, rows = exhibit.behind(one)
        assert rows.num_rows > 0
        assert name in exhibit.needs
