"""Analyses of contracts: ages by hand, planted churn recovered, records cut off seen, lists right."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.declaration import Inputs, Settings
from peakend.engine import connect
from peakend.value import BetaDiscreteWeibullModel, ConstantRetentionModel, ShiftedBetaGeoModel
from peakend.value.contracts.analyses import ANALYSES, HAZARDS, LIFETIMES, RETENTION
from peakend.value.contracts.model_choice import chosen_model
from peakend.value.contracts.spells import EVERY, ages_of, span_of, spells_of
from peakend.value.models.fitting import DidNotConvergeError
from peakend.value.models.renewal_counts import RenewalCounts
from peakend.warehouse.schema import canonical_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakend.engine import Engine

LAST = date(2024, 12, 31)


def holding(
    number: int, opened: date, closed: date | None, product: str = "policy", customer: str | None = None
) -> dict[str, Any]:
    return {
        "holding_id": f"h{number:06d}", "customer_id": customer or f"c{number:06d}", "product_id": product,
        "opened_on": opened, "closed_on": closed if closed is not None and closed <= LAST else None,
    }  # fmt: skip


def drawn(
    contracts: int,
    *,
    alpha: float = 0.7,
    beta: float = 2.0,
    first: int = 2014,
    seed: int = 3,
    monthly: bool = False,
) -> list[dict[str, Any]]:
    """Yearly contracts that end at anniversaries (monthly: on any day), opened on any day of ten years."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(contracts):
        opened = date(first, 1, 1) + timedelta(days=int(random.integers(0, 365 * (2024 - first))))
        opened = opened.replace(day=min(opened.day, 28))
        churn = random.beta(alpha, beta)
        if monthly:
            closed = opened + timedelta(days=int(random.exponential(1 / max(churn / 12, 1e-4)) * 30.4) + 1)
        else:
            years = int(random.geometric(max(churn, 0.01)))
            closed = opened.replace(year=min(opened.year + years, 9000))
        product = "policy" if number % 3 else "lease"
        rows.append(holding(number, opened, closed, product))
    # Somebody opens and somebody closes on the last day on record.
    rows.append(holding(contracts, LAST, None))
    return rows


@pytest.fixture
def held(inputs_of: Callable[..., Inputs]) -> Callable[..., Inputs]:
    return lambda rows, **more: inputs_of(holdings=rows, **more)


def rows_of(analysis: Any, inputs: Inputs, name: str) -> list[dict[str, Any]]:  # noqa: ANN401
    result = analysis.compute(inputs)[name]
    found: list[dict[str, Any]] = (result if isinstance(result, pa.Table) else result.to_arrow()).to_pylist()
    return found


def test_ages_by_hand(held: Callable[..., Inputs]) -> None:
    """Yearly: what closes on an anniversary was not renewed there; what closed this year is not known yet."""
    rows = [
        holding(1, date(2020, 3, 15), date(2021, 3, 15)),
        holding(2, date(2020, 3, 15), date(2021, 3, 16)),
        holding(3, date(2020, 3, 15), None),
        holding(4, date(2024, 6, 1), date(2024, 7, 1)),
        holding(5, date(2019, 12, 31), None),
        *(holding(n, date(2018, 1, 1), date(2019 + n % 5, 1, 1)) for n in range(10, 40)),
    ]
    inputs = held([*rows, holding(99, LAST, None)])
    span = span_of(inputs)
    assert span is not None
    assert (span.period, span.as_of, span.since) == ("year", LAST, None)
    found = {row["contract_id"]: row for row in ages_of(inputs, span).to_arrow().to_pylist()}
    ages = {n: (found[f"h{n:06d}"]["finished"], found[f"h{n:06d}"]["lost_in"]) for n in (1, 2, 3, 4, 5, 99)}
    assert ages == {1: (4, 1), 2: (4, 2), 3: (4, None), 4: (0, 1), 5: (5, None), 99: (0, None)}
    counts = spells_of(inputs, span).counts()
    assert counts.total == len(rows) - 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    contracts=st.lists(
        st.tuples(st.integers(0, 1500), st.one_of(st.none(), st.integers(0, 1500))), min_size=1, max_size=30
    )
)
def test_counts_are_those_of_plain_dates(contracts: list[tuple[int, int | None]]) -> None:
    """The life table against plain Python, of any openings (until the 28th) and closings."""
    rows = []
    for number, (opened_day, days) in enumerate(contracts):
        opened = date(2020, 1, 1) + timedelta(days=opened_day)
        opened = opened.replace(day=min(opened.day, 28))
        rows.append(holding(number, opened, None if days is None else opened + timedelta(days=days)))
    with connect("duckdb:///:memory:") as engine:
        inputs = _inputs(engine, rows)
        span = span_of(inputs)
        assert span is not None
        if span.since is not None:
            return
        table = spells_of(inputs, span).counts().life_table()
    expected: dict[int, list[int]] = {}
    for row in rows:
        if row["opened_on"] > span.as_of:
            continue
        age = 1
        while (end := _later(row["opened_on"], age * span.months)) <= span.as_of:
            at_risk, lost = expected.setdefault(age, [0, 0])
            closed = row["closed_on"] is not None and row["closed_on"] <= end
            expected[age] = [at_risk + 1, lost + closed]
            if closed:
                break
            age += 1
    found = {
        int(age): [int(n), int(d)] for age, n, d in zip(table.age, table.at_risk, table.lost, strict=True)
    }
    assert found == expected


def test_planted_retention_is_recovered_and_predicted(held: Callable[..., Inputs]) -> None:
    inputs = held(drawn(6000))
    models = rows_of(LIFETIMES, inputs, "contract_models")
    chosen = {row["product_id"]: row for row in models if row["chosen"]}
    assert chosen[EVERY]["chosen_by"] == "validation"
    assert chosen[EVERY]["model"] in ("ShiftedBetaGeoModel", "BetaDiscreteWeibullModel")
    one = next(r for r in models if r["product_id"] == EVERY and r["model"] == "ShiftedBetaGeoModel")
    assert abs(one["alpha"] - 0.7) < 3 * one["alpha_se"]
    assert abs(one["beta"] - 2.0) < 3 * one["beta_se"]
    # The last window, nothing was chosen by: predicted losses are those that came, within chance.
    assert abs(one["test_predicted"] - one["test_lost"]) < 3 * np.sqrt(one["test_predicted"])
    constant = next(r for r in models if r["product_id"] == EVERY and r["model"] == "ConstantRetentionModel")
    assert one["test_score"] > constant["test_score"]
    curve = {r["age"]: r for r in rows_of(LIFETIMES, inputs, "contract_survival") if r["product_id"] == EVERY}
    for age in (1, 4, 8):
        truth = float(np.prod([(2.0 + t - 1) / (2.7 + t - 1) for t in range(1, age + 1)]))
        assert curve[age]["projected_low"] - 0.01 < truth < curve[age]["projected_high"] + 0.01
        assert curve[age]["observed_low"] - 0.01 < truth < curve[age]["observed_high"] + 0.01
    assert max(curve) >= 14
    assert curve[max(curve)]["observed"] is None


def test_contracts_that_end_on_any_day_are_not_counted_as_lost_before_their_time(
    held: Callable[..., Inputs],
) -> None:
    """Half-over periods would show their losses and not their survivors; they are left out."""
    random = np.random.default_rng(4)
    rows = []
    for number in range(6000):
        opened = date(2023, 1, 1) + timedelta(days=int(random.integers(0, 700)))
        opened = opened.replace(day=min(opened.day, 28))
        rows.append(holding(number, opened, opened + timedelta(days=1 + int(random.exponential(300)))))
    inputs = held([*rows, holding(6000, LAST, None)])
    span = span_of(inputs)
    assert span is not None
    assert span.period == "month"
    table = spells_of(inputs, span).counts().life_table()
    truth = 1 - np.exp(-30.4 / 300)
    assert table.lost.sum() / table.at_risk.sum() == pytest.approx(truth, rel=0.04)


def test_records_that_begin_late_are_seen_and_do_not_lengthen_lives(held: Callable[..., Inputs]) -> None:
    """Closings before 2019 are not on record: the contracts neither. Whole records raise no alarm."""
    everything = drawn(8000, monthly=True, alpha=3.0, beta=9.0)
    cut = [r for r in everything if r["closed_on"] is None or r["closed_on"] >= date(2019, 1, 1)]
    whole, late = span_of(held(everything)), span_of(held(cut))
    assert whole is not None
    assert late is not None
    assert whole.since is None
    assert late.since is not None
    assert date(2019, 1, 1) <= late.since <= date(2019, 1, 10)
    honest, truth = (
        {r["age"]: r for r in rows_of(LIFETIMES, held(rows), "contract_survival") if r["product_id"] == EVERY}
        for rows in (cut, everything)
    )
    for age in (1, 3, 5):
        assert honest[age]["projected"] == pytest.approx(truth[age]["projected"], abs=0.025)
    faults = {r["fault"]: r for r in rows_of(RETENTION, held(cut), "contract_faults")}
    assert faults["opened_before_observation"]["contracts"] > 100
    cohorts = rows_of(RETENTION, held(cut), "contract_cohorts")
    assert all(r["share"] is None for r in cohorts if r["seen_late"])
    assert any(r["share"] is not None for r in cohorts)


def test_what_cannot_be_is_named_and_counted(held: Callable[..., Inputs]) -> None:
    sound = drawn(300)
    odd = [
        holding(900, date(2020, 5, 1), None) | {"closed_on": date(2019, 5, 1)},
        holding(901, date(2020, 5, 1), None) | {"closed_on": date(2020, 5, 1)},
        holding(902, date(2999, 5, 1), None),
        holding(903, date(2020, 5, 1), None) | {"closed_on": date(2999, 5, 1)},
    ]
    found = {r["fault"]: r for r in rows_of(RETENTION, held([*sound, *odd]), "contract_faults")}
    assert {fault: row["contracts"] for fault, row in found.items()} == {
        "sound": 301, "closed_before_opened": 1, "zero_length": 1,
        "opened_in_future": 1, "closed_in_future": 1,
    }  # fmt: skip
    assert found["closed_in_future"]["treatment"] == "counted_as_open"
    assert found["zero_length"]["treatment"] == "lost_in_first_period"


def test_the_null_twin_constant_churn_has_a_constant_model(held: Callable[..., Inputs]) -> None:
    rows = drawn(5000, alpha=400.0, beta=1200.0, seed=9)
    inputs = held(rows)
    span = span_of(inputs)
    assert span is not None
    spells = spells_of(inputs, span)
    table = spells.counts().life_table()
    assert table.lost.sum() / table.at_risk.sum() == pytest.approx(0.25, abs=0.015)
    choice = chosen_model(spells, 10)
    assert choice.model is not None
    rates = choice.model.retention_rate([1, 3, 6])
    assert float(np.ptp(rates)) < 0.04


def test_every_open_contract_has_its_terms_once(held: Callable[..., Inputs]) -> None:
    rows = drawn(1500)
    inputs = held(rows)
    residuals = rows_of(LIFETIMES, inputs, "contract_residuals")
    terms = rows_of(LIFETIMES, inputs, "contract_terms")
    still = {row["holding_id"] for row in rows if row["closed_on"] is None}
    assert {row["contract_id"] for row in terms} == still
    assert len(terms) == len(still)
    lookup = {(r["product_id"], r["renewals"]): r for r in residuals if not r["hidden"]}
    for row in terms[::37]:
        one = lookup.get((row["product_id"], row["renewals"]))
        if one is not None:
            assert row["residual_terms"] == pytest.approx(one["residual_terms"])
    # The more often renewed, the likelier the next time.
    own = sorted(
        (r["renewals"], r["next_retention"])
        for r in residuals
        if r["product_id"] == EVERY and not r["hidden"]
    )
    assert [rate for _, rate in own] == sorted(rate for _, rate in own)


def test_margins_make_residual_values(held: Callable[..., Inputs]) -> None:
    """100 a year less 40: a contract's residual value is 60 times its terms, where cost is stated."""
    rows = drawn(600)
    sales = []
    for row in rows:
        day, number = row["opened_on"], 0
        while day <= min(row["closed_on"] or LAST, LAST):
            sales.append(
                {
                    "transaction_id": f"t{row['holding_id']}-{number}",
                    "customer_id": row["customer_id"],
                    "product_id": row["product_id"],
                    "at": datetime(day.year, day.month, day.day, 9),
                    "kind": "sale",
                    "revenue": 100,
                    "cost": 40,
                    "currency": "CNY",
                }
            )
            day, number = _later(day, 12), number + 1
    inputs = held(rows, transactions=sales)
    residuals = [
        r for r in rows_of(LIFETIMES, inputs, "contract_residuals") if r["residual_value"] is not None
    ]
    assert residuals
    for row in residuals:
        # A line falls due at the start of a period, so that there are a few more of them than full periods.
        assert 60 <= float(row["margin_per_period"]) < 85
        worth = float(row["margin_per_period"]) * row["residual_terms"]
        assert float(row["residual_value"]) == pytest.approx(worth, abs=0.001)
        assert row["currency"] == "CNY"


def test_a_product_that_is_left_sooner_is_told_and_segments_of_chance_are_not(
    held: Callable[..., Inputs],
) -> None:
    random = np.random.default_rng(5)
    rows, members = [], []
    for number in range(3000):
        opened = date(2020, 1, 1) + timedelta(days=int(random.integers(0, 1200)))
        product = "lease" if number % 2 else "policy"
        ends = opened + timedelta(days=1 + int(random.exponential(500 if product == "lease" else 900)))
        rows.append(holding(number, opened, ends, product))
        members.append(
            {
                "segmentation": "tier",
                "segment": "ABC"[int(random.integers(0, 3))],
                "subject": "customer",
                "subject_id": f"c{number:06d}",
            }
        )
    inputs = held([*rows, holding(4000, LAST, None, "policy")], segment_members=members)
    found = {(r["factor"], r["level"]): r for r in rows_of(HAZARDS, inputs, "contract_hazards")}
    lease = found["product", "lease"]
    assert lease["verdict"] == "worse"
    assert lease["hazard_ratio_low"] < 1.8 < lease["hazard_ratio_high"]
    assert {r["verdict"] for key, r in found.items() if key[0] == "tier"} == {"cannot_tell"}
    curves = rows_of(HAZARDS, inputs, "contract_curves")
    year = next(r for r in curves if (r["level"], r["months"]) == ("policy", 12))
    assert year["survival_low"] < np.exp(-366 / 900) < year["survival_high"]


def test_every_list_of_customers_is_as_long_as_its_number(held: Callable[..., Inputs]) -> None:
    inputs = held(drawn(800))
    for analysis in ANALYSES:
        for table in analysis.gives:
            if table.behind is None:
                continue
            counted = {"contract_cohorts": "active"}.get(table.name, "contracts")
            rows = [r for r in rows_of(analysis, inputs, table.name) if r[counted] is not None]
            assert rows, table.name
            for row in rows[:: max(1, len(rows) // 6)]:
                listed = table.behind(inputs, row).to_arrow()
                assert listed.column_names[0] == "customer_id"
                assert listed.num_rows == row[counted], row


def test_few_contracts_are_hidden(held: Callable[..., Inputs]) -> None:
    rows = [*drawn(400), *(holding(5000 + n, date(2020, 1, 1), date(2022, 1, 1), "tiny") for n in range(4))]
    inputs = held(rows)
    for analysis, name, shown in (
        (RETENTION, "contract_cohorts", "contracts"),
        (LIFETIMES, "contract_residuals", "residual_terms"),
    ):
        tiny = [r for r in rows_of(analysis, inputs, name) if r["product_id"] == "tiny"]
        assert all(r["hidden"] and r[shown] is None for r in tiny)
    curves = [r for r in rows_of(HAZARDS, inputs, "contract_curves") if r["level"] == "tiny"]
    assert all(r["hidden"] and r["contracts"] is None for r in curves)


def test_without_contracts_and_without_losses_tables_are_empty_or_say_so(held: Callable[..., Inputs]) -> None:
    for analysis in ANALYSES:
        for table in analysis.gives:
            assert rows_of(analysis, held([]), table.name) == []
    kept = [holding(n, date(2015, 1, 1) + timedelta(days=n), None) for n in range(200)]
    assert rows_of(LIFETIMES, held(kept), "contract_models") == []
    assert rows_of(LIFETIMES, held(kept), "contract_residuals") == []
    assert rows_of(HAZARDS, held(kept), "contract_hazards") == []


def test_memberships_stand_in_where_there_are_no_holdings(inputs_of: Callable[..., Inputs]) -> None:
    rows = [
        {
            "membership_id": row["holding_id"],
            "customer_id": row["customer_id"],
            "programme": "club",
            "joined_on": row["opened_on"],
            "left_on": row["closed_on"],
        }
        for row in drawn(500)
    ]
    found = rows_of(RETENTION, inputs_of(memberships=rows), "contract_cohorts")
    assert {(row["source"], row["product_id"]) for row in found} >= {("memberships", "club")}


@pytest.mark.private_data
def test_a_telephone_company_is_projected_from_its_tenures(private_data: Callable[..., Any]) -> None:
    """7,043 fictitious contracts, tenure in months × churn: fitted to two years, read at the fourth.

    Each has one tenure at one moment; customers of tenure 0 have no period yet.
    """
    path = private_data("telco_churn") / "Telco-Customer-Churn.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    tenure = np.array([int(row["tenure"]) for row in rows])
    lost = np.array([row["Churn"] == "Yes" for row in rows])
    known = tenure > 0
    every = RenewalCounts.from_spells(tenure[known], lost[known])
    early = RenewalCounts.from_spells(np.minimum(tenure, 24)[known], (lost & (tenure <= 24))[known])
    assert every.total == 7032
    table = every.life_table()
    observed = float(np.prod(1 - table.lost[:48] / table.at_risk[:48]))
    assert observed == pytest.approx(0.709, abs=0.001)
    # The shifted-beta-geometric model is 4 points off two years ahead, constant retention 12; the richer one
    # has no optimum here and says so.
    assert float(ShiftedBetaGeoModel().fit(early).survival(48)) == pytest.approx(0.753, abs=0.002)
    assert float(ConstantRetentionModel().fit(early).survival(48)) == pytest.approx(0.588, abs=0.002)
    with pytest.raises(DidNotConvergeError):
        BetaDiscreteWeibullModel().fit(early)


def _later(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return day.replace(year=number // 12, month=number % 12 + 1)


def _inputs(engine: Engine, rows: list[dict[str, Any]]) -> Inputs:
    tables = {"holdings": rows, "memberships": [], "transactions": [], "segment_members": []}
    relations = {
        name: engine.from_arrow(pa.Table.from_pylist(own, canonical_table(name).schema()))
        for name, own in tables.items()
    }
    return Inputs(engine, relations, Settings())
