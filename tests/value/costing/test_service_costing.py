"""The costing of a warehouse: what was planted comes out, all adds up, and what is wrong is named."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peakend.declaration import Inputs, Settings
from peakend.engine import Relation
from peakend.value.costing.analyses import SERVICE_COSTING
from peakend.value.costing.cell_costs import event_costs
from peakend.value.costing.costing_columns import ACTIVITY_COSTS, CUSTOMER_SERVICE_COST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Build = Callable[..., Inputs]

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)
Row = dict[str, Any]


def pool(activity: str, **more: Any) -> Row:  # noqa: ANN401
    return {
        "activity_id": activity,
        "period_on": JANUARY,
        "pool": "service",
        "pool_cost": Decimal(1000),
        "capacity_minutes": 1000.0,
        "unit_minutes": 5.0,
        "driver": "interactions",
        "currency": "CNY",
        **more,
    }


def contact(number: int, customer: str | None = "c1", **more: Any) -> Row:  # noqa: ANN401
    return {
        "event_id": f"e{number:05d}",
        "customer_id": customer,
        "at": datetime(2024, 1, 1 + number % 28, 9),
        "touchpoint_id": "desk",
        **more,
    }


def tables(inputs: Inputs) -> dict[str, list[Row]]:
    found = {}
    for name, result in SERVICE_COSTING.compute(inputs).items():
        declared = next(one for one in SERVICE_COSTING.gives if one.name == name)
        table = result.to_arrow(declared.schema()) if isinstance(result, Relation) else result
        found[name] = table.to_pylist()
    return found


def problems(inputs: Inputs) -> dict[str, Row]:
    return {row["problem"]: row for row in tables(inputs)["costing_problems"]}


def test_nothing_to_cost(inputs_of: Build) -> None:
    found = SERVICE_COSTING.compute(inputs_of())
    assert all(table.num_rows == 0 for table in found.values())


def test_a_time_equation_counts_every_term_that_an_event_meets(inputs_of: Build) -> None:
    rows = [
        pool("contact", unit_minutes=5.0),
        pool("by phone", unit_minutes=3.0, driver_channel="phone"),
        pool("complaint", unit_minutes=10.0, driver_kind="complaint", driver_touchpoint_id="desk"),
    ]
    met = [
        contact(0, "c1", channel="phone", kind="complaint"),
        contact(1, "c2", channel="web", kind="complaint"),
        contact(2, "c3", channel=None, kind="complaint", touchpoint_id="elsewhere"),
        contact(3, None, channel="phone"),
    ]
    registry = [{"touchpoint_id": "elsewhere", "channel": "phone"}]
    found = tables(inputs_of(activities=rows, interactions=met, touchpoints=registry))
    # Where an event names no channel, it is that of its touchpoint.
    assert {r["customer_id"]: r["cost_to_serve"] for r in found["customer_service_cost"]} == {
        "c1": 18,
        "c2": 15,
        "c3": 8,
    }
    (cost,) = found["pool_costs"]
    assert (cost["customers_cost"], cost["unidentified_cost"], cost["unused_cost"]) == (41, 8, 951)
    assert cost["state"] == "costed"
    assert cost["last_on"] == date(2024, 1, 31)


def test_what_each_driver_counts(inputs_of: Build) -> None:
    sold = [
        {"transaction_id": f"t{n}", "order_id": order, "customer_id": who, "kind": kind, "at": at}
        for n, (order, who, kind, at) in enumerate(
            [
                ("o1", "c1", "sale", datetime(2024, 1, 2)),
                ("o1", "c1", "sale", datetime(2024, 1, 3)),
                ("o1", "c1", "refund", datetime(2024, 1, 4)),
                ("o1", "c1", "refund", datetime(2024, 1, 4, 5)),
                ("o1", "c1", "refund", datetime(2024, 1, 9)),
                # Without a number, the lines of a customer's day are one order, and those of nobody one each.
                (None, "c2", "sale", datetime(2024, 1, 2)),
                (None, "c2", "sale", datetime(2024, 1, 2, 7)),
                (None, "c2", "sale", datetime(2024, 1, 3)),
                (None, None, "sale", datetime(2024, 1, 3)),
                (None, None, "sale", datetime(2024, 1, 3)),
                ("o2", "c2", "fee", datetime(2024, 1, 3)),
            ]
        )
    ]
    met = [contact(1, duration_s=90.4), contact(2, duration_s=None), contact(3, duration_s=30.0)]
    cases = [{"case_id": "k1", "customer_id": "c1", "opened_at": datetime(2024, 1, 5), "kind": "complaint"}]
    drivers = ["orders", "order_lines", "refunds", "interactions", "interaction_minutes", "cases"]
    rows = [pool(driver, driver=driver, unit_minutes=1.0) for driver in drivers]
    rows.append(pool("fees", driver="order_lines", driver_kind="fee", unit_minutes=1.0))
    found = tables(inputs_of(activities=rows, transactions=sold, interactions=met, cases=cases))
    assert {row["activity_id"]: row["volume"] for row in found["activity_costs"]} == {
        "orders": 5.0,
        "order_lines": 7.0,
        "refunds": 2.0,
        "interactions": 3.0,
        "interaction_minutes": 2.0,
        "cases": 1.0,
        "fees": 1.0,
    }
    assert {r["problem"]: r["n"] for r in found["costing_problems"]} == {"no_duration": 1}


UNITS = {"desk": 4.0, "phone": 7.5, "order": 2.25}
COST = {JANUARY: Decimal("51234.57"), FEBRUARY: Decimal("49876.54")}
CAPACITY = 60_000.0


def simulated(seed: int, known: Mapping[str, float]) -> tuple[dict[str, list[Row]], dict[str, float]]:
    """Facts of two months in which customers took known minutes; the minutes a customer took, by customer."""
    random = np.random.default_rng(seed)
    interactions: list[Row] = []
    transactions: list[Row] = []
    true: dict[str, float] = {}
    for number in range(200):
        customer = f"c{number:03d}"
        for month, cost in COST.items():
            money = float(cost) / CAPACITY
            for name, unit in known.items():
                times = int(random.poisson(0.2 + 3 * random.random()))
                true[customer] = true.get(customer, 0.0) + times * unit * money
                for _ in range(times):
                    at = datetime(month.year, month.month, 1) + timedelta(
                        minutes=int(random.integers(0, 28 * 24 * 60))
                    )
                    key = f"{len(interactions) + len(transactions):06d}"
                    fact = {"customer_id": customer, "at": at}
                    if name == "order":
                        transactions.append(
                            {**fact, "transaction_id": key, "order_id": f"o{key}", "kind": "sale"}
                        )
                    else:
                        interactions.append({**fact, "event_id": key, "touchpoint_id": name})
    activities = [
        {
            "activity_id": name,
            "period_on": month,
            "pool": "all",
            "pool_cost": cost,
            "capacity_minutes": CAPACITY,
            "unit_minutes": unit,
            "driver": "orders" if name == "order" else "interactions",
            "driver_touchpoint_id": None if name == "order" else name,
            "currency": "CNY",
        }
        for month, cost in COST.items()
        for name, unit in UNITS.items()
    ]
    facts = {"activities": activities, "interactions": interactions, "transactions": transactions}
    return facts, true


def test_planted_unit_times_come_back_for_every_customer(inputs_of: Build) -> None:
    facts, true = simulated(3, UNITS)
    found = tables(inputs_of(**facts))
    costs = {row["customer_id"]: row["cost_to_serve"] for row in found["customer_service_cost"]}
    served = {customer: cost for customer, cost in true.items() if cost}
    assert costs.keys() == served.keys()
    # Six activities and periods, each at most a ten-thousandth off.
    assert max(abs(float(costs[c]) - served[c]) for c in served) < 6e-4
    assert sum(costs.values()) == sum(row["customers_cost"] for row in found["pool_costs"])


def test_its_twin_with_equal_work_finds_no_customer_dearer(inputs_of: Build) -> None:
    """Everybody comes once: whatever the pool costs, all customers cost the same to the last unit but one."""
    met = [contact(n, f"c{n:03d}") for n in range(137)]
    found = tables(inputs_of(activities=[pool("a", pool_cost=Decimal("999.99"))], interactions=met))
    costs = [row["cost_to_serve"] for row in found["customer_service_cost"]]
    assert max(costs) - min(costs) <= Decimal("0.0001")


HUNDREDTHS = st.integers(0, 10**6).map(lambda number: number / 100)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_everything_adds_up_whatever_the_pools_and_volumes(inputs_of: Build, data: st.DataObject) -> None:
    money = st.decimals(min_value=0, max_value=10**7, places=4)
    minutes = st.one_of(st.none(), HUNDREDTHS)
    rows = []
    for place in range(data.draw(st.integers(1, 3))):
        said = {
            "pool": f"p{place}",
            "pool_cost": data.draw(st.one_of(st.none(), money)),
            "capacity_minutes": data.draw(minutes),
            "standard_cost": data.draw(st.one_of(st.none(), money)),
            "standard_capacity_minutes": data.draw(minutes),
        }
        for month in (JANUARY, FEBRUARY):
            for term in range(data.draw(st.integers(1, 3))):
                unit = data.draw(st.one_of(st.none(), HUNDREDTHS))
                channel = data.draw(st.sampled_from([None, "a", "b"]))
                driver = data.draw(st.sampled_from(["interactions", "interaction_minutes", None]))
                name = f"{place}-{term}"
                own = {"driver": driver, "driver_channel": channel, "unit_minutes": unit, "period_on": month}
                rows.append(pool(name, **{**said, **own}))
    met = [
        contact(
            n,
            data.draw(st.sampled_from([None, "c1", "c2", "c3", "c4"])),
            at=datetime(2024, data.draw(st.integers(1, 3)), 5),
            channel=data.draw(st.sampled_from([None, "a", "b"])),
            duration_s=data.draw(st.one_of(st.none(), st.floats(0, 4000))),
        )
        for n in range(data.draw(st.integers(0, 25)))
    ]
    found = tables(inputs_of(activities=rows, interactions=met))
    zero = Decimal(0)
    for row in found["pool_costs"]:
        parts = ("customers_cost", "unidentified_cost", "unused_cost", "not_costed")
        assert sum(row[name] for name in parts) == (row["cost"] or zero)
        key = (row["pool"], row["period_on"])
        own = [a for a in found["activity_costs"] if (a["pool"], a["period_on"]) == key]
        assert sum((a["cost"] or zero) for a in own) == row["customers_cost"] + row["unidentified_cost"]
        if row["total_variance"] is not None:
            three = ("rate_variance", "volume_variance", "efficiency_variance")
            assert sum(row[name] for name in three) == row["total_variance"]
            assert row["applied_cost"] + row["total_variance"] == row["cost"]
        assert (row["state"] == "overused") == (row["utilisation"] is not None and row["utilisation"] > 1)
    assert sum((r["cost_to_serve"] for r in found["customer_service_cost"]), zero) == sum(
        (row["customers_cost"] for row in found["pool_costs"]), zero
    )


@pytest.mark.parametrize(
    ("rows", "problem", "kept"),
    [
        ([pool("a", capacity_minutes=0.0)], "zero_capacity", 1000),
        ([pool("a", capacity_minutes=None)], "zero_capacity", 1000),
        ([pool("a", pool_cost=None)], "no_cost", 0),
        ([pool("a", pool_cost=Decimal(-5))], "negative", -5),
        ([pool("a"), pool("b", pool_cost=Decimal(999))], "rows_disagree", 1000),
        ([pool("a"), pool("b", capacity_minutes=999.0)], "rows_disagree", 1000),
        ([pool("a"), pool("b", currency="EUR")], "rows_disagree", 1000),
    ],
)
def test_a_pool_without_a_rate_is_named_and_its_cost_kept_apart(
    inputs_of: Build, rows: list[Row], problem: str, kept: int
) -> None:
    found = tables(inputs_of(activities=rows, interactions=[contact(1)]))
    (cost,) = found["pool_costs"]
    assert cost["state"] == "not_costed"
    assert cost["not_costed"] == kept
    assert found["customer_service_cost"] == []
    assert [row["problem"] for row in found["costing_problems"]] == [problem]
    assert found["costing_problems"][0]["meaning_zh"]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"unit_minutes": None}, "no_unit_minutes"),
        ({"unit_minutes": -1.0}, "negative"),
        ({"driver": None}, "no_driver"),
        ({"driver_channel": "none of ours"}, "no_volume"),
        ({"surveyed_share": 0.4}, "surveyed_shares"),
    ],
)
def test_an_activity_that_cannot_be_costed_is_named(inputs_of: Build, more: Row, problem: str) -> None:
    rows = [pool("a"), pool("b", **more)]
    found = tables(inputs_of(activities=rows, interactions=[contact(1), contact(2, None)]))
    assert [row["problem"] for row in found["costing_problems"]] == [problem]
    (cost,) = found["pool_costs"]
    assert cost["customers_cost"] + cost["unidentified_cost"] + cost["unused_cost"] == 1000


def test_more_work_than_capacity_is_named_and_not_scaled_away(inputs_of: Build) -> None:
    inputs = inputs_of(
        activities=[pool("a", capacity_minutes=100.0)], interactions=[contact(n) for n in range(30)]
    )
    (cost,) = tables(inputs)["pool_costs"]
    assert (cost["state"], cost["customers_cost"], cost["unused_cost"]) == ("overused", 1500, -500)
    told = problems(inputs)["overused"]
    assert (told["minutes"], told["amount"]) == (50.0, 500)


def test_facts_outside_every_period_and_periods_without_facts(inputs_of: Build) -> None:
    rows = [pool("a", period_on=day) for day in (JANUARY, FEBRUARY, date(2024, 3, 1), date(2024, 6, 1))]
    met = [contact(n, at=datetime(2024, month, 3)) for n, month in enumerate([1, 2, 4, 5, 5, 6, 12])]
    found = tables(inputs_of(activities=rows, interactions=met))
    told = {row["problem"]: row for row in found["costing_problems"]}
    # April and May lie in the gap, and December after the end.
    assert told["facts_outside_periods"]["n"] == 4
    assert told["period_without_facts"]["period_on"] == date(2024, 3, 1)
    assert set(told) == {"facts_outside_periods", "period_without_facts"}


def test_other_currencies_are_left_out_and_told(inputs_of: Build) -> None:
    rows = [pool("a"), pool("b", pool="other", currency="EUR"), pool("c", pool="third", currency=None)]
    found = tables(inputs_of(activities=rows, interactions=[contact(1)]))
    assert {row["pool"] for row in found["pool_costs"]} == {"service", "third"}
    told = {row["problem"]: row for row in found["costing_problems"]}
    assert (told["other_currency"]["currency"], told["other_currency"]["amount"]) == ("EUR", 1000)
    assert told["no_currency"]["pool"] == "third"
    chosen = inputs_of(Settings(currency="EUR"), activities=rows, interactions=[contact(1)])
    assert {row["pool"] for row in tables(chosen)["pool_costs"]} == {"other", "third"}


def test_the_ledger_is_met_or_the_difference_told(inputs_of: Build) -> None:
    def booked(month: date, amount: str) -> Row:
        return {
            "period_on": month,
            "account": f"6{month.month}",
            "kind": "service",
            "amount": Decimal(amount),
            "currency": "CNY",
        }

    entry = {"entry_id": "x", "at": datetime(2024, 2, 3), "kind": "service", "currency": "CNY"}
    entries = [
        {**entry, "amount": Decimal("20.5")},
        {**entry, "entry_id": "y", "amount": Decimal(7), "status": "rejected"},
    ]
    quarter = [pool("q", pool="q", period_on=day) for day in (JANUARY, date(2024, 4, 1))]
    given_rows = {"activities": quarter, "interactions": [contact(1)], "cost_entries": entries}
    right = [booked(JANUARY, "400"), booked(FEBRUARY, "300.5"), booked(date(2024, 3, 1), "320")]
    full = [*right, booked(date(2024, 4, 1), "1000")]
    assert "ledger_differs" not in problems(inputs_of(**given_rows, ledger_totals=full))
    wrong = [*full[:3], booked(date(2024, 4, 1), "999.99"), booked(date(2024, 8, 1), "3")]
    told = problems(inputs_of(**given_rows, ledger_totals=wrong))
    assert told["ledger_differs"]["amount"] == Decimal("-0.01")
    assert told["ledger_differs"]["period_on"] == date(2024, 4, 1)
    assert told["ledger_without_pools"]["amount"] == 3


def test_the_list_behind_an_activity_is_as_long_as_its_number(inputs_of: Build) -> None:
    facts, _ = simulated(5, UNITS)
    inputs = inputs_of(**facts)
    for row in tables(inputs)["activity_costs"]:
        listed = ACTIVITY_COSTS.behind(inputs, row).to_arrow()
        assert listed.column_names[0] == "customer_id"
        assert listed.num_rows == row["customers"] > 0


def test_few_customers_are_not_shown(inputs_of: Build) -> None:
    (row,) = tables(inputs_of(activities=[pool("a")], interactions=[contact(1)]))["activity_costs"]
    assert row["hidden"]
    assert row["customers"] is None
    assert row["cost"] == 5


def test_every_event_has_its_cost(inputs_of: Build) -> None:
    facts, _ = simulated(7, UNITS)
    inputs = inputs_of(**facts)
    found = event_costs(inputs)
    assert found is not None
    rows = found.to_arrow().to_pylist()
    assert len(rows) == len(facts["interactions"]) + len(facts["transactions"])
    assigned = sum(row["customers_cost"] for row in tables(inputs)["pool_costs"])
    assert sum(row["cost"] for row in rows) == pytest.approx(float(assigned), abs=1e-3)
    first = next(row for row in rows if row["driver"] == "orders")
    assert first["minutes"] == UNITS["order"]
    assert event_costs(inputs_of()) is None


def test_customers_stay_in_the_engine(inputs_of: Build) -> None:
    found = SERVICE_COSTING.compute(inputs_of(activities=[pool("a")], interactions=[contact(1)]))
    assert isinstance(found[CUSTOMER_SERVICE_COST.name], Relation)
